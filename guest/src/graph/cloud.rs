//! The clouds that Microsoft Graph runs in, and what they lack.
//!
//! <https://learn.microsoft.com/en-us/graph/deployments>; what is there is in the metadata of each cloud
//! (<https://github.com/microsoftgraph/msgraph-metadata>).

use crate::contact::{Contact, Version};
use crate::error::{Error, Kind, Problems, Result};

/// A cloud.
#[derive(Debug, PartialEq)]
pub struct Cloud {
    /// Its name in `GRAPH_CLOUD`.
    pub name: &'static str,
    /// Scheme and host of its Microsoft Graph, where they are published.
    pub graph: Option<&'static str>,
    /// Scheme and host of its sign-in service, where they are published.
    pub login: Option<&'static str>,
    /// Whether it has delta queries of contacts and contact folders.
    pub delta: bool,
    /// Whether its v1.0 has `primaryEmailAddress`, `secondaryEmailAddress` and `tertiaryEmailAddress`.
    pub email_slots: bool,
    /// Whether it has `permanentDelete`.
    pub permanent_delete: bool,
    /// Whether it has personal contacts at all.
    pub contacts: bool,
}

const fn cloud(name: &'static str, graph: Option<&'static str>, login: Option<&'static str>) -> Cloud {
    Cloud { name, graph, login, delta: true, email_slots: false, permanent_delete: false, contacts: true }
}

/// The global cloud, and GCC.
pub static GLOBAL: &Cloud = &CLOUDS[0];

/// Every cloud.
pub static CLOUDS: [Cloud; 9] = [
    Cloud {
        email_slots: true,
        permanent_delete: true,
        ..cloud("global", Some("https://graph.microsoft.com"), Some("https://login.microsoftonline.com"))
    },
    cloud("us-gov-l4", Some("https://graph.microsoft.us"), Some("https://login.microsoftonline.us")),
    cloud("us-gov-l5", Some("https://dod-graph.microsoft.us"), Some("https://login.microsoftonline.us")),
    Cloud {
        delta: false,
        ..cloud("china", Some("https://microsoftgraph.chinacloudapi.cn"), Some("https://login.chinacloudapi.cn"))
    },
    cloud("bleu", Some("https://graph.svc.sovcloud.fr"), Some("https://login.sovcloud-identity.fr")),
    cloud("delos", Some("https://graph.svc.sovcloud.de"), Some("https://login.sovcloud-identity.de")),
    Cloud {
        contacts: false,
        ..cloud("govsg", Some("https://graph.svc.sovcloud.sg"), Some("https://login.sovcloud-identity.sg"))
    },
    cloud("usnat", None, None),
    cloud("ussec", None, None),
];

impl Cloud {
    /// The cloud of that name, in any case.
    pub fn named(name: &str) -> Option<&'static Cloud> {
        CLOUDS.iter().find(|cloud| cloud.name.eq_ignore_ascii_case(name))
    }

    /// Fails where the cloud lacks what `has` says of it; `what` is its name, `instead` what to do.
    pub fn require(&self, has: bool, what: &str, instead: &str) -> Result<()> {
        if has { Ok(()) } else { Err(self.lacks(what, instead)) }
    }

    /// Checks that the cloud has a place for every value of the contact. `path` stands before the names in errors.
    pub fn storable(&self, contact: &Contact, version: Version, path: &str) -> Result<()> {
        let slots = [
            ("primaryEmailAddress", &contact.primary_email_address),
            ("secondaryEmailAddress", &contact.secondary_email_address),
            ("tertiaryEmailAddress", &contact.tertiary_email_address),
        ];
        let lacks = !self.email_slots && version == Version::V1;
        let given = slots.into_iter().filter(|(_, slot)| lacks && slot.value().is_some());
        let problem =
            format!("Microsoft Graph in the cloud {} has no such property (GRAPH_CLOUD): use emailAddresses", self.name);
        given.map(|(name, _)| Error::attribute(format!("{path}{name}"), &problem)).collect::<Problems>().result()
    }

    fn lacks(&self, what: &str, instead: &str) -> Error {
        Error::new(
            Kind::Unsupported,
            format!("Microsoft Graph in the cloud {} has no {what} (GRAPH_CLOUD): {instead}", self.name),
        )
    }
}
