//! The versions of the Azure AD Graph API, as `api-version` names them.

/// A version, the oldest first.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum Version {
    /// `2013-04-05`
    V2013April,
    /// `2013-11-08`
    V2013November,
    /// `1.5`
    V1_5,
    /// `1.6`
    V1_6,
    /// `beta`
    Beta,
}

use Version::{Beta, V1_5, V1_6, V2013April, V2013November};

impl Version {
    /// Every version.
    pub const ALL: [Version; 5] = [V2013April, V2013November, V1_5, V1_6, Beta];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            V2013April => "2013-04-05",
            V2013November => "2013-11-08",
            V1_5 => "1.5",
            V1_6 => "1.6",
            Beta => "beta",
        }
    }

    /// The version of that name.
    pub fn named(name: &str) -> Option<Version> {
        Self::ALL.into_iter().find(|version| version.name() == name)
    }

    /// The namespace of its types.
    pub fn namespace(self) -> &'static str {
        if self < V1_5 { "Microsoft.WindowsAzure.ActiveDirectory" } else { "Microsoft.DirectoryServices" }
    }
}
