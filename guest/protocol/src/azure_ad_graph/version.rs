//! The versions of the Azure AD Graph API, as `api-version` names them.

/// A version of the API. Older versions are less than newer ones.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum ApiVersion {
    /// `2013-04-05`
    V2013_04,
    /// `2013-11-08`
    V2013_11,
    /// `1.5`
    V1_5,
    /// `1.6`
    V1_6,
    /// `beta`
    Beta,
}

use ApiVersion::{Beta, V1_5, V1_6, V2013_04, V2013_11};

impl ApiVersion {
    /// Every version.
    pub const ALL: [ApiVersion; 5] = [V2013_04, V2013_11, V1_5, V1_6, Beta];

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            V2013_04 => "2013-04-05",
            V2013_11 => "2013-11-08",
            V1_5 => "1.5",
            V1_6 => "1.6",
            Beta => "beta",
        }
    }

    /// Returns the version with that name.
    pub fn from_name(name: &str) -> Option<ApiVersion> {
        Self::ALL.into_iter().find(|version| version.name() == name)
    }

    /// Returns the namespace of the types.
    pub fn namespace(self) -> &'static str {
        if self < V1_5 { "Microsoft.WindowsAzure.ActiveDirectory" } else { "Microsoft.DirectoryServices" }
    }
}
