//! Microsoft's clouds: the Graph endpoint and the sign-in endpoint of each.

use std::fmt;
use std::str::FromStr;

use crate::http_client::endpoint::Endpoint;

/// One of Microsoft's clouds. A tenant is in one of them, and its tokens are valid only there.
///
/// Microsoft Graph and the sign-in service of the first four are those of
/// <https://learn.microsoft.com/en-us/graph/deployments>; the sign-in services of the others are those that Microsoft's
/// authentication library (MSAL) knows, and their Microsoft Graph is that of Microsoft Graph PowerShell's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cloud {
    /// `global`: the worldwide cloud, and GCC.
    Global,
    /// `us-gov-l4`: GCC High.
    UsGovL4,
    /// `us-gov-l5`: the Department of Defense.
    UsGovL5,
    /// `china`: operated by 21Vianet.
    China,
    /// `bleu`: France.
    Bleu,
    /// `delos`: Germany.
    Delos,
    /// `govsg`: the government of Singapore.
    GovSg,
}

impl Cloud {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Global, Self::UsGovL4, Self::UsGovL5, Self::China, Self::Bleu, Self::Delos, Self::GovSg];

    /// The name that settings have for it.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// Where Microsoft Graph is, without a slash at the end.
    pub fn graph(self) -> &'static str {
        self.row().1
    }

    /// Where tokens come from, without a slash at the end: `{login}/{tenant}/oauth2/v2.0/token`.
    pub fn login(self) -> &'static str {
        self.row().2
    }

    /// What a token has to be asked for so that the cloud's Microsoft Graph takes it.
    pub fn scope(self) -> String {
        format!("{}/.default", self.graph())
    }

    fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Global => ("global", Endpoint::GLOBAL, "https://login.microsoftonline.com"),
            Self::UsGovL4 => ("us-gov-l4", "https://graph.microsoft.us", "https://login.microsoftonline.us"),
            Self::UsGovL5 => ("us-gov-l5", "https://dod-graph.microsoft.us", "https://login.microsoftonline.us"),
            Self::China => ("china", "https://microsoftgraph.chinacloudapi.cn", "https://login.chinacloudapi.cn"),
            Self::Bleu => ("bleu", "https://graph.svc.sovcloud.fr", "https://login.sovcloud-identity.fr"),
            Self::Delos => ("delos", "https://graph.svc.sovcloud.de", "https://login.sovcloud-identity.de"),
            Self::GovSg => ("govsg", "https://graph.svc.sovcloud.sg", "https://login.sovcloud-identity.sg"),
        }
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Cloud {
    type Err = UnknownCloud;

    fn from_str(text: &str) -> Result<Self, UnknownCloud> {
        Self::ALL.into_iter().find(|cloud| cloud.name() == text).ok_or_else(|| UnknownCloud(text.to_owned()))
    }
}

/// A text that is no cloud's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no cloud {0:?}: choose one of {names}", names = Cloud::ALL.map(Cloud::name).join(", "))]
pub struct UnknownCloud(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_its_cloud_and_every_graph_an_endpoint() {
        for cloud in Cloud::ALL {
            assert_eq!(cloud.name().parse(), Ok(cloud));
            assert_eq!(cloud.graph().parse::<Endpoint>().unwrap().as_str(), cloud.graph());
            assert_eq!(cloud.login().parse::<Endpoint>().unwrap().as_str(), cloud.login());
        }
        assert_eq!(Cloud::UsGovL4.scope(), "https://graph.microsoft.us/.default");
    }

    /// A token for one cloud must not go to another: the component has the same addresses.
    #[test]
    fn the_component_has_the_same_addresses() {
        for cloud in Cloud::ALL {
            let known = graph_contacts::graph::cloud::Cloud::named(cloud.name()).unwrap();
            assert_eq!((known.graph, known.login), (Some(cloud.graph()), Some(cloud.login())), "{cloud}");
        }
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        let error = "germany".parse::<Cloud>().unwrap_err().to_string();
        assert!(error.contains("\"germany\"") && error.contains("us-gov-l4, us-gov-l5, china"), "{error}");
    }
}
