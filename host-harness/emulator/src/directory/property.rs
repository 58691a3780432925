//! What a property of a directory object is, and what `$filter` may do with it.

use crate::odata::edm::Edm;

/// When the directory takes an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OperatorSupport {
    Always,
    /// With `ConsistencyLevel: eventual` and `$count=true`.
    Advanced,
    Never,
}

use OperatorSupport::{Advanced, Always, Never};

/// The operators of a property, or of the items of a collection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operators {
    /// `eq` and `in`; `ne` as well, in advanced queries.
    pub(crate) equal: OperatorSupport,
    /// `ge` and `le`: the page of the type has them for more properties than the table of advanced queries. Taken as `eq` is.
    pub(crate) order: OperatorSupport,
    pub(crate) starts: OperatorSupport,
    pub(crate) ends: OperatorSupport,
    /// `eq null`
    pub(crate) null: OperatorSupport,
}

const fn operators(
    equal: OperatorSupport,
    order: OperatorSupport,
    starts: OperatorSupport,
    ends: OperatorSupport,
    null: OperatorSupport,
) -> Operators {
    Operators { equal, order, starts, ends, null }
}

/// Of a property that is not filtered by.
pub(crate) const NONE: Operators = operators(Never, Never, Never, Never, Never);
/// Of most texts.
pub(crate) const TEXT: Operators = operators(Always, Always, Always, Never, Advanced);
/// Of a text that is in the index alone.
pub(crate) const INDEXED: Operators = operators(Advanced, Advanced, Advanced, Never, Advanced);
/// Of most texts with `endsWith`.
pub(crate) const ADDRESS: Operators = operators(Always, Always, Always, Advanced, Advanced);
/// Of what is compared for equality.
pub(crate) const EQUAL: Operators = operators(Always, Never, Never, Never, Never);
/// The same, with null.
pub(crate) const EQUAL_NULL: Operators = operators(Always, Never, Never, Never, Advanced);
/// The same, with `ge` and `le`.
pub(crate) const ORDERED: Operators = operators(Always, Always, Never, Never, Never);
pub(crate) const ORDERED_NULL: Operators = operators(Always, Always, Never, Never, Advanced);
pub(crate) const ORDERED_INDEXED: Operators = operators(Advanced, Advanced, Never, Never, Never);
/// Of what only has a null to compare with.
pub(crate) const NULL: Operators = operators(Never, Never, Never, Never, Advanced);
pub(crate) const ALWAYS_NULL: Operators = operators(Always, Never, Never, Never, Always);
pub(crate) const INDEXED_NOT_NULL: Operators = operators(Advanced, Advanced, Advanced, Never, Never);
pub(crate) const INDEXED_EQUAL: Operators = operators(Advanced, Never, Advanced, Never, Never);
pub(crate) const NOT_NULL: Operators = operators(Always, Always, Always, Never, Never);
pub(crate) const ADDRESS_NOT_NULL: Operators = operators(Always, Always, Always, Advanced, Never);

/// Who may set a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// A request may.
    Written,
    /// The directory, or whatever it is synchronized with.
    Managed,
    /// A request may, and no answer shows it.
    Secret,
}

/// A property of a directory object.
#[derive(Debug)]
pub(crate) struct ObjectProperty {
    pub(crate) name: &'static str,
    pub(crate) edm: Edm,
    /// Whether an answer has it without `$select`.
    pub(crate) default: bool,
    pub(crate) access: Access,
    pub(crate) operators: Operators,
    /// The members by which items of a collection are filtered, with `eq`: `onPremisesProvisioningErrors/any(o:o/category eq 'x')`.
    pub(crate) members: &'static [&'static str],
}

/// A property that answers have without `$select`.
pub(crate) const fn shown(name: &'static str, edm: Edm, access: Access, operators: Operators) -> ObjectProperty {
    ObjectProperty { name, edm, default: true, access, operators, members: &[] }
}

/// A property that answers have on `$select` alone.
pub(crate) const fn selected(name: &'static str, edm: Edm, access: Access, operators: Operators) -> ObjectProperty {
    ObjectProperty { default: false, ..shown(name, edm, access, operators) }
}

/// A collection of structured values, filtered by members of theirs.
pub(crate) const fn structured(name: &'static str, edm: Edm, default: bool, members: &'static [&'static str]) -> ObjectProperty {
    ObjectProperty { name, edm, default, access: Access::Managed, operators: NONE, members }
}
