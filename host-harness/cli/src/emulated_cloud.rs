//! The national clouds, for what their Microsoft Graph lacks.

use std::str::FromStr;

use graph_contacts_host::Cloud;
use graph_emulator::Features;

/// The value of `--cloud` of `graph-contacts emulator`. Several clouds lack the same features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmulatedCloud {
    Global,
    /// The clouds of the US government. The others are unknown, and count as these.
    UsGovernment,
    China,
}

impl EmulatedCloud {
    /// Returns what the cloud's Microsoft Graph has.
    pub(crate) fn features(self) -> Features {
        match self {
            Self::Global => Features::default(),
            Self::UsGovernment => Features { email_slots: false, permanent_delete: false, ..Features::default() },
            Self::China => Features { delta: false, email_slots: false, permanent_delete: false },
        }
    }
}

impl From<Cloud> for EmulatedCloud {
    fn from(cloud: Cloud) -> Self {
        match cloud {
            Cloud::Global => Self::Global,
            Cloud::China => Self::China,
            _ => Self::UsGovernment,
        }
    }
}

impl FromStr for EmulatedCloud {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "global" => Ok(Self::Global),
            "us-government" => Ok(Self::UsGovernment),
            "china" => Ok(Self::China),
            _ => Err(format!("there is no cloud {text:?}: choose global, us-government or china")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cloud_name_selects_its_features() {
        let features = |name: &str| name.parse().map(EmulatedCloud::features);
        assert_eq!(features("global"), Ok(Features::default()));
        assert!(features("us-government").is_ok_and(|features| features.delta && !features.email_slots));
        assert!(features("china").is_ok_and(|features| !features.delta && !features.permanent_delete));
        assert!(features("mars").is_err_and(|error| error.contains("\"mars\"") && error.contains("us-government")));
    }
}
