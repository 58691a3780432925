//! The entity data model: the types of values, and the versions of Microsoft Graph that declare them.

/// The versions of Microsoft Graph, by the first segment of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    /// v1.0 without the e-mail slots, as some national clouds have it.
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
    /// Both, except for v1.0 without the e-mail slots.
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

/// A type of the entity data model.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Edm {
    String,
    Boolean,
    /// A date, `YYYY-MM-DD`.
    Date,
    DateTimeOffset,
    /// One of these names.
    Enum(&'static [&'static str]),
    Complex(&'static Complex),
    Collection(&'static Edm),
}

impl Edm {
    /// Returns whether `$orderby` and the comparisons of `$filter` support this type.
    pub(crate) fn is_primitive(self) -> bool {
        !matches!(self, Self::Complex(_) | Self::Collection(_))
    }
}

/// A complex type.
#[derive(Debug)]
pub(crate) struct Complex {
    /// The name in the namespace `microsoft.graph`.
    pub(crate) name: &'static str,
    /// Whether Graph omits empty members, so that an empty value is `{}`: addresses do (sample of "Update contact").
    pub(crate) sparse: bool,
    pub(crate) members: &'static [Member],
}

/// A member of a complex type.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) edm: Edm,
    pub(crate) declared: Declared,
}

/// Creates a row of [`Complex::members`].
pub(crate) const fn member(name: &'static str, edm: Edm, declared: Declared) -> Member {
    Member { name, edm, declared }
}

/// The phone of contacts in beta and of organizational contacts.
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
