//! The entity data model: the types of values, and the versions of Microsoft Graph that declare them.

/// The two dialects of Microsoft Graph, by the first segment of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    /// v1.0 outside of the global service, where it has less.
    ReducedV1,
    Beta,
}

impl Version {
    pub(crate) fn segment(self) -> &'static str {
        match self {
            Self::V1 | Self::ReducedV1 => "v1.0",
            Self::Beta => "beta",
        }
    }
}

/// The versions that declare a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Declared {
    Both,
    /// Both, v1.0 in the global service alone.
    UnlessReduced,
    OnlyV1,
    OnlyBeta,
}

impl Declared {
    pub(crate) fn is_in(self, version: Version) -> bool {
        match self {
            Self::Both => true,
            Self::UnlessReduced => version != Version::ReducedV1,
            Self::OnlyV1 => version != Version::Beta,
            Self::OnlyBeta => version == Version::Beta,
        }
    }
}

/// The type of a value in the entity data model.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Edm {
    String,
    Boolean,
    /// A calendar day, `YYYY-MM-DD`.
    Date,
    DateTimeOffset,
    /// One of these names.
    Enum(&'static [&'static str]),
    Complex(&'static Complex),
    Collection(&'static Edm),
}

impl Edm {
    /// Whether `$orderby` and the plain comparisons of `$filter` can use a property of this type.
    pub(crate) fn is_primitive(self) -> bool {
        !matches!(self, Self::Complex(_) | Self::Collection(_))
    }
}

/// A structured type.
#[derive(Debug)]
pub(crate) struct Complex {
    /// Name in the namespace `microsoft.graph`.
    pub(crate) name: &'static str,
    /// Whether Graph leaves empty members out, so that an empty value reads `{}`: addresses do (sample of "Update contact").
    pub(crate) sparse: bool,
    pub(crate) members: &'static [Member],
}

/// A member of a structured type.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) edm: Edm,
    pub(crate) declared: Declared,
}

/// A row of [`Complex::members`].
pub(crate) const fn member(name: &'static str, edm: Edm, declared: Declared) -> Member {
    Member { name, edm, declared }
}

/// `phone`, of contacts in beta and of organizational contacts.
pub(crate) static PHONE: Complex = Complex {
    name: "phone",
    sparse: false,
    members: &[
        member(
            "type",
            Edm::Enum(&[
                "home",
                "business",
                "mobile",
                "other",
                "assistant",
                "homeFax",
                "businessFax",
                "otherFax",
                "pager",
                "radio",
            ]),
            Declared::Both,
        ),
        member("number", Edm::String, Declared::Both),
    ],
};
