//! Which of Microsoft's clouds is emulated. Graph is not the same in all of them.

use std::str::FromStr;

use super::error::{GraphError, Outcome};
use super::schema::Version;

/// One of Microsoft's clouds, for what it has of contacts. By the CSDL of each (microsoftgraph/msgraph-metadata, `schemas/`) and
/// the tables of clouds on Graph's pages; the differences for beta are not known, and none is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cloud {
    /// The worldwide service: everything.
    #[default]
    Global,
    /// Microsoft Cloud for US Government, L4 and L5. v1.0 is without `primaryEmailAddress`, `secondaryEmailAddress` and
    /// `tertiaryEmailAddress` (the CSDL for Fairfax), and there is no `permanentDelete`
    /// (<https://learn.microsoft.com/graph/api/contact-permanentdelete>).
    UsGovernment,
    /// Microsoft Cloud China, operated by 21Vianet: as [`Cloud::UsGovernment`] (the CSDL for Mooncake), and without delta queries on
    /// contacts and folders (<https://learn.microsoft.com/graph/api/contact-delta>): see
    /// [`Delta::unavailable`](super::Delta::unavailable).
    China,
}

impl Cloud {
    /// The version as this cloud has it.
    pub(super) fn version(self, version: Version) -> Version {
        match (self, version) {
            (Self::UsGovernment | Self::China, Version::V1) => Version::NationalV1,
            _ => version,
        }
    }

    /// Fails where there is no `permanentDelete`. That it is told as any other address that is not there is unverified.
    pub(super) fn check_permanent_delete(self) -> Outcome<()> {
        if self == Self::Global { Ok(()) } else { Err(GraphError::unknown_segment("permanentDelete")) }
    }
}

impl FromStr for Cloud {
    type Err = CloudError;

    fn from_str(text: &str) -> Result<Self, CloudError> {
        match text {
            "global" => Ok(Self::Global),
            "us-government" => Ok(Self::UsGovernment),
            "china" => Ok(Self::China),
            _ => Err(CloudError(text.to_owned())),
        }
    }
}

/// A name that no emulated cloud has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no cloud {0:?} here: global, us-government and china are known")]
pub struct CloudError(String);
