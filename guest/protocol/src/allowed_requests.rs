//! The requests that the connector sends to Microsoft Graph. A host allows these, and refuses all others.

use crate::graph_path::{GraphPath, Segment};

/// The beginning of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Base {
    /// The service itself.
    Service,
    /// A mailbox: `/me` or `/users/{id}`.
    Mailbox,
    /// A folder of a mailbox, at any depth: `/contactFolders/{id}/childFolders/{id}/...`.
    Folder,
    /// A mailbox or a folder of one.
    Container,
}

/// A set of requests: methods, and a path in which `{}` stands for any key.
struct RequestPattern {
    methods: &'static [&'static str],
    base: Base,
    path: &'static [&'static str],
}

const fn allow(methods: &'static [&'static str], base: Base, path: &'static [&'static str]) -> RequestPattern {
    RequestPattern { methods, base, path }
}

use Base::{Container, Folder, Mailbox, Service};

/// The requests that every connector sends.
const ALLOWED_REQUESTS: &[RequestPattern] = &[
    allow(&["POST"], Service, &["$batch"]),
    allow(&["GET"], Service, &["users"]),
    allow(&["GET"], Service, &["contacts"]),
    allow(&["GET"], Service, &["contacts", "delta"]),
    allow(&["GET", "PATCH", "DELETE"], Service, &["contacts", "{}"]),
    allow(&["GET"], Service, &["contacts", "{}", "manager"]),
    allow(&["GET"], Service, &["contacts", "{}", "directReports"]),
    allow(&["GET"], Service, &["contacts", "{}", "memberOf"]),
    allow(&["GET"], Service, &["contacts", "{}", "transitiveMemberOf"]),
    allow(&["GET"], Service, &["contacts", "{}", "onPremisesSyncBehavior"]),
    allow(&["POST"], Service, &["contacts", "{}", "getMemberGroups"]),
    allow(&["POST"], Service, &["contacts", "{}", "checkMemberGroups"]),
    allow(&["POST"], Service, &["directoryObjects", "getByIds"]),
    allow(&["GET"], Mailbox, &[]),
    allow(&["GET", "POST"], Container, &["contacts"]),
    allow(&["GET"], Container, &["contacts", "delta"]),
    allow(&["GET", "PATCH", "DELETE"], Container, &["contacts", "{}"]),
    allow(&["POST"], Container, &["contacts", "{}", "permanentDelete"]),
    allow(&["GET", "PUT"], Container, &["contacts", "{}", "photo", "$value"]),
    allow(&["POST"], Container, &["contacts", "{}", "extensions"]),
    allow(&["PATCH", "DELETE"], Container, &["contacts", "{}", "extensions", "{}"]),
    allow(&["GET", "POST"], Mailbox, &["distributionLists"]),
    allow(&["GET", "PATCH", "DELETE"], Mailbox, &["distributionLists", "{}"]),
    allow(&["POST"], Mailbox, &["distributionLists", "{}", "addMembers"]),
    allow(&["POST"], Mailbox, &["distributionLists", "{}", "deleteMembers"]),
    allow(&["GET", "POST"], Mailbox, &["contactFolders"]),
    allow(&["GET"], Mailbox, &["contactFolders", "delta"]),
    allow(&["GET", "PATCH", "DELETE"], Mailbox, &["contactFolders", "{}"]),
    allow(&["POST"], Mailbox, &["contactFolders", "{}", "permanentDelete"]),
    allow(&["GET", "POST"], Folder, &["childFolders"]),
    allow(&["GET"], Folder, &["childFolders", "delta"]),
];

/// The requests that a connector also sends if it serves a directory through the Azure AD Graph API. They change users.
const ALLOWED_DIRECTORY_REQUESTS: &[RequestPattern] = &[
    allow(&["POST"], Service, &["users"]),
    allow(&["GET"], Service, &["users", "delta"]),
    allow(&["GET"], Service, &["groups", "delta"]),
    allow(&["GET"], Service, &["groups", "{}"]),
    allow(&["GET"], Service, &["directoryObjects", "{}"]),
    allow(&["POST"], Service, &["directoryObjects", "{}", "checkMemberGroups"]),
    allow(&["PUT", "DELETE"], Service, &["contacts", "{}", "manager", "$ref"]),
    allow(&["POST"], Service, &["contacts", "{}", "getMemberObjects"]),
    allow(&["PATCH", "DELETE"], Mailbox, &[]),
    allow(&["GET"], Mailbox, &["manager"]),
    allow(&["GET"], Mailbox, &["directReports"]),
    allow(&["GET"], Mailbox, &["memberOf"]),
    allow(&["PUT", "DELETE"], Mailbox, &["manager", "$ref"]),
    allow(&["POST"], Mailbox, &["checkMemberGroups"]),
    allow(&["POST"], Mailbox, &["getMemberGroups"]),
    allow(&["POST"], Mailbox, &["getMemberObjects"]),
    allow(&["GET", "PUT"], Mailbox, &["photo", "$value"]),
];

/// Checks whether the connector sends requests with that method to that path.
///
/// The path begins with the version (`/v1.0/...`) and is encoded as on the wire. `serves_directory`: the connector serves a directory
/// through the Azure AD Graph API. Every spelling of a path is allowed, as in the service, and no path with several readings; see
/// [`GraphPath::parse`].
pub fn is_allowed(method: &str, path: &str, serves_directory: bool) -> bool {
    split_version(path).and_then(GraphPath::parse).is_some_and(|path| is_allowed_path(method, &path, serves_directory))
}

/// Returns the part of a path after the version. It begins with a slash.
pub fn split_version(path: &str) -> Option<&str> {
    let (version, rest) = path.split_at_checked("/v1.0".len())?;
    ["/v1.0", "/beta"]
        .iter()
        .any(|known| version.eq_ignore_ascii_case(known))
        .then_some(rest)
        .filter(|rest| rest.starts_with('/'))
}

/// Checks the same for the path after the version, such as that of an item of a batch.
pub fn is_allowed_path(method: &str, path: &GraphPath, serves_directory: bool) -> bool {
    let others = if serves_directory { ALLOWED_DIRECTORY_REQUESTS } else { &[] };
    let matches = |pattern: &RequestPattern| pattern.methods.contains(&method) && pattern.matches_path(path);
    ALLOWED_REQUESTS.iter().chain(others).any(matches)
}

impl RequestPattern {
    fn matches_path(&self, path: &GraphPath) -> bool {
        if self.base == Service {
            return self.matches_rest(path.segments());
        }
        if path.mailbox().is_none() {
            return false;
        }
        let mut rest = path.strip_mailbox();
        let mut in_folder = false;
        loop {
            let is_base = match self.base {
                Service | Mailbox => !in_folder,
                Folder => in_folder,
                Container => true,
            };
            if is_base && self.matches_rest(rest) {
                return true;
            }
            rest = match rest {
                [collection, Segment::Key(_), rest @ ..]
                    if is(collection, if in_folder { "childFolders" } else { "contactFolders" }) =>
                {
                    rest
                }
                _ => return false,
            };
            in_folder = true;
        }
    }

    fn matches_rest(&self, path: &[Segment]) -> bool {
        let matches = |(segment, name): (&Segment, &&str)| match segment {
            Segment::Key(_) => *name == "{}",
            Segment::Name(_) => is(segment, name),
        };
        path.len() == self.path.len() && path.iter().zip(self.path).all(matches)
    }
}

fn is(segment: &Segment, name: &str) -> bool {
    matches!(segment, Segment::Name(given) if given.eq_ignore_ascii_case(name))
}
