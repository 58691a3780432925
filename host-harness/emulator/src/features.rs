//! The features of Microsoft Graph that some national clouds lack.

use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};

/// The features of the emulated Graph. By default, it has all of them, as the worldwide service has.
///
/// The documentation of each feature names the clouds without it, by the CSDL of each cloud (microsoftgraph/msgraph-metadata,
/// `schemas/`) and the tables of clouds on Graph's pages. Differences of beta are not known, and the emulator makes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Features {
    /// Delta queries on contacts and folders. Microsoft Cloud China has none
    /// (<https://learn.microsoft.com/graph/api/contact-delta>). For all clouds at once, or for the directory as well, see
    /// [`DeltaBehaviour::unavailable`](crate::DeltaBehaviour::unavailable).
    pub delta: bool,
    /// `primaryEmailAddress`, `secondaryEmailAddress` and `tertiaryEmailAddress` in v1.0. The CSDL for Fairfax and the one for
    /// Mooncake lack them.
    pub email_slots: bool,
    /// `permanentDelete` on contacts and folders. Only the worldwide service has it
    /// (<https://learn.microsoft.com/graph/api/contact-permanentdelete>), and only it has personal distribution lists
    /// (<https://learn.microsoft.com/graph/api/distributionlist-addmembers?view=graph-rest-beta>), which go with it here.
    pub permanent_delete: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self { delta: true, email_slots: true, permanent_delete: true }
    }
}

impl Features {
    /// Returns the version as a Graph with these features has it.
    pub(crate) fn adjust_version(self, version: Version) -> Version {
        if version == Version::V1 && !self.email_slots { Version::ReducedV1 } else { version }
    }

    /// Fails without `permanentDelete`. That Graph refuses it as any unknown address is unverified.
    pub(crate) fn check_permanent_delete(self) -> Outcome<()> {
        if self.permanent_delete { Ok(()) } else { Err(GraphError::unknown_segment("permanentDelete")) }
    }
}
