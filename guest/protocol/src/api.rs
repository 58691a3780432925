//! The REST APIs of the gateway. A new one is a line in each of the three lists below, and a module with its [`Frontend`].

use crate::azure_ad_graph::AzureAdGraph;
use crate::frontend::{Frontend, Head};
use crate::openidm::OpenIdm;

/// The REST APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// The Azure AD Graph API, which Microsoft has retired.
    AzureAdGraph,
    /// OpenIDM's API, to which every other request goes.
    OpenIdm,
}

impl Api {
    /// Every API, in the order of [`Api::of`]. The last one takes all other requests.
    pub const ALL: [Api; 2] = [Api::AzureAdGraph, Api::OpenIdm];

    /// Returns the API that a request is for. `serves_directory` tells whether the gateway serves any directory through the
    /// Azure AD Graph API.
    pub fn of(head: Head<'_>, serves_directory: bool) -> Api {
        Api::ALL.into_iter().find(|api| api.matches(head, serves_directory)).unwrap_or(Api::OpenIdm)
    }

    /// Without [`Api::frontend`], whose table of functions would bring into the component what only the host needs.
    fn matches(self, head: Head<'_>, serves_directory: bool) -> bool {
        match self {
            Api::AzureAdGraph => AzureAdGraph.matches(head, serves_directory),
            Api::OpenIdm => OpenIdm.matches(head, serves_directory),
        }
    }

    /// Returns the rules of the API.
    pub fn frontend(self) -> &'static dyn Frontend {
        match self {
            Api::AzureAdGraph => &AzureAdGraph,
            Api::OpenIdm => &OpenIdm,
        }
    }
}
