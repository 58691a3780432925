//! The requests that the connector sends to Microsoft Graph. A host allows these, and refuses all others.

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

/// A set of requests: methods, and a path in which `{}` stands for any segment.
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
/// through the Azure AD Graph API. Names are compared without case, as in the service. A path with an empty or a dot segment is never
/// allowed.
pub fn is_allowed(method: &str, path: &str, serves_directory: bool) -> bool {
    let Some(path) = path.strip_prefix('/') else { return false };
    let segments: Vec<&str> = path.split('/').collect();
    match segments.as_slice() {
        ["v1.0" | "beta", rest @ ..] => is_allowed_segments(method, rest, serves_directory),
        _ => false,
    }
}

/// Checks the same for the segments after the version, such as those of an item of a batch.
pub fn is_allowed_segments(method: &str, path: &[&str], serves_directory: bool) -> bool {
    let is_dots = |segment: &&str| matches!(segment.replace("%2E", ".").replace("%2e", ".").as_str(), "" | "." | "..");
    let others = if serves_directory { ALLOWED_DIRECTORY_REQUESTS } else { &[] };
    let matches = |pattern: &RequestPattern| pattern.methods.contains(&method) && pattern.matches_path(path);
    !path.iter().any(is_dots) && ALLOWED_REQUESTS.iter().chain(others).any(matches)
}

impl RequestPattern {
    fn matches_path(&self, path: &[&str]) -> bool {
        if self.base == Service {
            return self.matches_rest(path);
        }
        let Some(mut rest) = strip_mailbox(path) else { return false };
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
                [collection, _, rest @ ..] if is(collection, if in_folder { "childFolders" } else { "contactFolders" }) => rest,
                _ => return false,
            };
            in_folder = true;
        }
    }

    fn matches_rest(&self, path: &[&str]) -> bool {
        path.len() == self.path.len() && path.iter().zip(self.path).all(|(segment, name)| *name == "{}" || is(segment, name))
    }
}

fn strip_mailbox<'p, 's>(path: &'p [&'s str]) -> Option<&'p [&'s str]> {
    match path {
        [me, rest @ ..] if is(me, "me") => Some(rest),
        [users, _, rest @ ..] if is(users, "users") => Some(rest),
        _ => None,
    }
}

fn is(segment: &str, name: &str) -> bool {
    segment.eq_ignore_ascii_case(name)
}
