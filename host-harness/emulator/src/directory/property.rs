//! What a property of a directory object is, and what `$filter` may do with it.

use crate::schema::Edm;

/// When the directory takes an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    Always,
    /// With `ConsistencyLevel: eventual` and `$count=true`.
    Advanced,
    Never,
}

use Taken::{Advanced, Always, Never};

/// The operators of a property, or of the items of a collection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operators {
    /// `eq` and `in`; `ne` as well, in advanced queries.
    pub(super) equal: Taken,
    /// `ge` and `le`: the page of the type has them for more properties than the table of advanced queries. Taken as `eq` is.
    pub(super) order: Taken,
    pub(super) starts: Taken,
    pub(super) ends: Taken,
    /// `eq null`
    pub(super) null: Taken,
}

const fn operators(equal: Taken, order: Taken, starts: Taken, ends: Taken, null: Taken) -> Operators {
    Operators { equal, order, starts, ends, null }
}

/// Of a property that is not filtered by.
pub(super) const NONE: Operators = operators(Never, Never, Never, Never, Never);
/// Of most texts.
pub(super) const TEXT: Operators = operators(Always, Always, Always, Never, Advanced);
/// Of a text that is in the index alone.
pub(super) const INDEXED: Operators = operators(Advanced, Advanced, Advanced, Never, Advanced);
/// Of most texts with `endsWith`.
pub(super) const ADDRESS: Operators = operators(Always, Always, Always, Advanced, Advanced);
/// Of what is compared for equality.
pub(super) const EQUAL: Operators = operators(Always, Never, Never, Never, Never);
/// The same, with null.
pub(super) const EQUAL_NULL: Operators = operators(Always, Never, Never, Never, Advanced);
/// The same, with `ge` and `le`.
pub(super) const ORDERED: Operators = operators(Always, Always, Never, Never, Never);
pub(super) const ORDERED_NULL: Operators = operators(Always, Always, Never, Never, Advanced);
pub(super) const ORDERED_INDEXED: Operators = operators(Advanced, Advanced, Never, Never, Never);
/// Of what only has a null to compare with.
pub(super) const NULL: Operators = operators(Never, Never, Never, Never, Advanced);
pub(super) const ALWAYS_NULL: Operators = operators(Always, Never, Never, Never, Always);
pub(super) const INDEXED_NOT_NULL: Operators = operators(Advanced, Advanced, Advanced, Never, Never);
pub(super) const INDEXED_EQUAL: Operators = operators(Advanced, Never, Advanced, Never, Never);
pub(super) const NOT_NULL: Operators = operators(Always, Always, Always, Never, Never);
pub(super) const ADDRESS_NOT_NULL: Operators = operators(Always, Always, Always, Advanced, Never);

/// Who may set a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// A request may.
    Written,
    /// The directory, or whatever it is synchronized with.
    Managed,
    /// A request may, and no answer shows it.
    Secret,
}

/// A property of a directory object.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) edm: Edm,
    /// Whether an answer has it without `$select`.
    pub(super) default: bool,
    pub(super) access: Access,
    pub(super) operators: Operators,
    /// The members by which items of a collection are filtered, with `eq`: `onPremisesProvisioningErrors/any(o:o/category eq 'x')`.
    pub(super) members: &'static [&'static str],
}

/// A property that answers have without `$select`.
pub(super) const fn shown(name: &'static str, edm: Edm, access: Access, operators: Operators) -> Property {
    Property { name, edm, default: true, access, operators, members: &[] }
}

/// A property that answers have on `$select` alone.
pub(super) const fn selected(name: &'static str, edm: Edm, access: Access, operators: Operators) -> Property {
    Property { default: false, ..shown(name, edm, access, operators) }
}

/// A collection of structured values, filtered by members of theirs.
pub(super) const fn structured(name: &'static str, edm: Edm, default: bool, members: &'static [&'static str]) -> Property {
    Property { name, edm, default, access: Access::Managed, operators: NONE, members }
}
