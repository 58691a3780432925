//! Properties of directory objects, and the operators of `$filter` that each supports.

use crate::odata::edm::Edm;

/// The support for an operator.
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
    /// `eq` and `in`; in advanced queries also `ne`.
    pub(crate) equal: OperatorSupport,
    /// `ge` and `le`, with the support of `eq`: the page of the type has them for more properties than the table of advanced
    /// queries.
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

/// For a property that filters cannot name.
pub(crate) const NONE: Operators = operators(Never, Never, Never, Never, Never);
/// For most String properties.
pub(crate) const FILTERABLE: Operators = operators(Always, Always, Always, Never, Advanced);
/// For a String property that only the index has.
pub(crate) const INDEXED: Operators = operators(Advanced, Advanced, Advanced, Never, Advanced);
/// For most String properties with `endsWith`.
pub(crate) const ADDRESS: Operators = operators(Always, Always, Always, Advanced, Advanced);
/// For equality.
pub(crate) const EQUAL: Operators = operators(Always, Never, Never, Never, Never);
/// For equality, also with null.
pub(crate) const EQUAL_NULL: Operators = operators(Always, Never, Never, Never, Advanced);
/// For equality and order.
pub(crate) const ORDERED: Operators = operators(Always, Always, Never, Never, Never);
pub(crate) const ORDERED_NULL: Operators = operators(Always, Always, Never, Never, Advanced);
pub(crate) const ORDERED_INDEXED: Operators = operators(Advanced, Advanced, Never, Never, Never);
/// For comparisons with null.
pub(crate) const NULL: Operators = operators(Never, Never, Never, Never, Advanced);
pub(crate) const ALWAYS_NULL: Operators = operators(Always, Never, Never, Never, Always);
pub(crate) const INDEXED_NOT_NULL: Operators = operators(Advanced, Advanced, Advanced, Never, Never);
pub(crate) const INDEXED_EQUAL: Operators = operators(Advanced, Never, Advanced, Never, Never);
pub(crate) const NOT_NULL: Operators = operators(Always, Always, Always, Never, Never);
pub(crate) const ADDRESS_NOT_NULL: Operators = operators(Always, Always, Always, Advanced, Never);

/// The origin of a property's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// A request may set it.
    Written,
    /// The directory or its synchronization sets it.
    Managed,
    /// A request may set it, and no response has it.
    Secret,
}

/// A property of a directory object.
#[derive(Debug)]
pub(crate) struct ObjectProperty {
    pub(crate) name: &'static str,
    pub(crate) edm: Edm,
    /// Whether a response has it without `$select`.
    pub(crate) default: bool,
    pub(crate) access: Access,
    pub(crate) operators: Operators,
    /// The members in filters on items of a collection, with `eq`: `onPremisesProvisioningErrors/any(o:o/category eq 'x')`.
    pub(crate) members: &'static [&'static str],
}

/// A property that responses have without `$select`.
pub(crate) const fn shown(name: &'static str, edm: Edm, access: Access, operators: Operators) -> ObjectProperty {
    ObjectProperty { name, edm, default: true, access, operators, members: &[] }
}

/// A property that responses have only on `$select`.
pub(crate) const fn selected(name: &'static str, edm: Edm, access: Access, operators: Operators) -> ObjectProperty {
    ObjectProperty { default: false, ..shown(name, edm, access, operators) }
}

/// A collection of complex values, which filters address by their members.
pub(crate) const fn structured(name: &'static str, edm: Edm, default: bool, members: &'static [&'static str]) -> ObjectProperty {
    ObjectProperty { name, edm, default, access: Access::Managed, operators: NONE, members }
}
