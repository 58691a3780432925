//! Microsoft's clouds: where Microsoft Graph and the sign-in service are, and what each cloud lacks. The one table of them.
//!
//! Addresses: <https://learn.microsoft.com/en-us/graph/deployments> for the first four. The sign-in services of the others are those that
//! Microsoft's authentication library (MSAL) knows, and their Microsoft Graph is that of Microsoft Graph PowerShell's documentation.
//! What a cloud has is in its metadata (<https://github.com/microsoftgraph/msgraph-metadata>).

use std::fmt;
use std::str::FromStr;

/// One of Microsoft's clouds. A tenant lives in one cloud, and its tokens are good there only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cloud {
    /// The name in settings: `GRAPH_CLOUD`, `--cloud`, `cloud` of a tenant.
    pub name: &'static str,
    /// Scheme and host of Microsoft Graph. `None` where Microsoft does not publish them.
    pub graph: Option<&'static str>,
    /// Scheme and host of the sign-in service: `{login}/{tenant}/oauth2/v2.0/token`. `None` where Microsoft does not publish them.
    pub login: Option<&'static str>,
    /// Whether contacts and contact folders have delta queries.
    pub has_delta: bool,
    /// Whether v1.0 has `primaryEmailAddress`, `secondaryEmailAddress` and `tertiaryEmailAddress`.
    pub has_email_slots: bool,
    /// Whether `permanentDelete` exists.
    pub has_permanent_delete: bool,
    /// Whether beta has personal distribution lists.
    pub has_distribution_lists: bool,
}

const fn cloud(name: &'static str, graph: Option<&'static str>, login: Option<&'static str>) -> Cloud {
    Cloud {
        name,
        graph,
        login,
        has_delta: true,
        has_email_slots: false,
        has_permanent_delete: false,
        has_distribution_lists: false,
    }
}

impl Cloud {
    /// The worldwide cloud, and GCC.
    pub const GLOBAL: Cloud = Cloud {
        has_email_slots: true,
        has_permanent_delete: true,
        has_distribution_lists: true,
        ..cloud("global", Some("https://graph.microsoft.com"), Some("https://login.microsoftonline.com"))
    };

    /// Every cloud that has personal contacts.
    pub const ALL: [Cloud; 8] = [
        Cloud::GLOBAL,
        cloud("us-gov-l4", Some("https://graph.microsoft.us"), Some("https://login.microsoftonline.us")),
        cloud("us-gov-l5", Some("https://dod-graph.microsoft.us"), Some("https://login.microsoftonline.us")),
        Cloud {
            has_delta: false,
            ..cloud("china", Some("https://microsoftgraph.chinacloudapi.cn"), Some("https://login.chinacloudapi.cn"))
        },
        cloud("bleu", Some("https://graph.svc.sovcloud.fr"), Some("https://login.sovcloud-identity.fr")),
        cloud("delos", Some("https://graph.svc.sovcloud.de"), Some("https://login.sovcloud-identity.de")),
        cloud("usnat", None, None),
        cloud("ussec", None, None),
    ];

    /// Returns the names of all clouds, with commas between them.
    pub fn names() -> String {
        Cloud::ALL.map(|cloud| cloud.name).join(", ")
    }
}

/// The clouds that exist and have no personal contacts.
const WITHOUT_CONTACTS: &[&str] = &["govsg"];

impl FromStr for Cloud {
    type Err = UnknownCloud;

    /// Parses a name, in any case.
    fn from_str(name: &str) -> Result<Cloud, UnknownCloud> {
        let found = Cloud::ALL.into_iter().find(|cloud| cloud.name.eq_ignore_ascii_case(name));
        found.ok_or_else(|| UnknownCloud(name.to_owned()))
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A name that is not one of a cloud with personal contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCloud(String);

impl fmt::Display for UnknownCloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = crate::shorten::shorten(&self.0);
        if WITHOUT_CONTACTS.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            write!(f, "the cloud {name} has no personal contacts: choose one of {}", Cloud::names())
        } else {
            write!(f, "there is no cloud {name:?}: choose one of {}", Cloud::names())
        }
    }
}

impl std::error::Error for UnknownCloud {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_is_parsed_in_any_case() {
        for cloud in Cloud::ALL {
            assert_eq!(cloud.name.parse(), Ok(cloud));
            assert_eq!(cloud.name.to_uppercase().parse(), Ok(cloud));
        }
    }

    #[test]
    fn unknown_cloud_is_refused_with_the_known_names() {
        let error = "germany".parse::<Cloud>().unwrap_err().to_string();
        assert!(error.contains("\"germany\"") && error.contains("us-gov-l4, us-gov-l5, china"), "{error}");
        let error = "govsg".parse::<Cloud>().unwrap_err().to_string();
        assert!(error.contains("no personal contacts"), "{error}");
    }
}
