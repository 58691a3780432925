//! The versions of Microsoft Graph.

/// A version of Microsoft Graph. The two have different shapes for a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// `v1.0`.
    V1,
    /// `beta`.
    Beta,
}

impl Version {
    /// Returns the version's name, as it stands in an address.
    pub fn name(self) -> &'static str {
        match self {
            Version::V1 => "v1.0",
            Version::Beta => "beta",
        }
    }
}
