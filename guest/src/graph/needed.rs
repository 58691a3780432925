//! Which requests to Microsoft Graph the connector needs. A host that allows these allows everything that the connector does, and
//! nothing else.

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Under {
    /// The service itself.
    Service,
    /// A mailbox: `/me` or `/users/{id}`.
    Mailbox,
    /// A folder of a mailbox, at any depth: `/contactFolders/{id}/childFolders/{id}/...`.
    Folder,
    /// A mailbox or a folder of one.
    Container,
}

/// Requests that are needed: methods, and a path of which `{}` is any segment.
struct Need {
    methods: &'static [&'static str],
    under: Under,
    path: &'static [&'static str],
}

const fn need(methods: &'static [&'static str], under: Under, path: &'static [&'static str]) -> Need {
    Need { methods, under, path }
}

use Under::{Container, Folder, Mailbox, Service};

const NEEDS: &[Need] = &[
    need(&["POST"], Service, &["$batch"]),
    need(&["GET"], Service, &["users"]),
    need(&["GET"], Service, &["contacts"]),
    need(&["GET"], Service, &["contacts", "delta"]),
    need(&["GET", "PATCH", "DELETE"], Service, &["contacts", "{}"]),
    need(&["GET"], Service, &["contacts", "{}", "manager"]),
    need(&["GET"], Service, &["contacts", "{}", "directReports"]),
    need(&["GET"], Service, &["contacts", "{}", "memberOf"]),
    need(&["GET"], Service, &["contacts", "{}", "transitiveMemberOf"]),
    need(&["POST"], Service, &["contacts", "{}", "getMemberGroups"]),
    need(&["POST"], Service, &["contacts", "{}", "checkMemberGroups"]),
    need(&["POST"], Service, &["directoryObjects", "getByIds"]),
    need(&["GET"], Mailbox, &[]),
    need(&["GET", "POST"], Container, &["contacts"]),
    need(&["GET"], Container, &["contacts", "delta"]),
    need(&["GET", "PATCH", "DELETE"], Container, &["contacts", "{}"]),
    need(&["POST"], Container, &["contacts", "{}", "permanentDelete"]),
    need(&["GET", "PUT"], Container, &["contacts", "{}", "photo", "$value"]),
    need(&["POST"], Container, &["contacts", "{}", "extensions"]),
    need(&["PATCH", "DELETE"], Container, &["contacts", "{}", "extensions", "{}"]),
    need(&["GET", "POST"], Mailbox, &["contactFolders"]),
    need(&["GET"], Mailbox, &["contactFolders", "delta"]),
    need(&["GET", "PATCH", "DELETE"], Mailbox, &["contactFolders", "{}"]),
    need(&["POST"], Mailbox, &["contactFolders", "{}", "permanentDelete"]),
    need(&["GET", "POST"], Folder, &["childFolders"]),
    need(&["GET"], Folder, &["childFolders", "delta"]),
];

/// What is needed besides where a directory is served by the Azure AD Graph API, which creates, changes and deletes users.
const NEEDS_OF_DIRECTORY: &[Need] = &[
    need(&["POST"], Service, &["users"]),
    need(&["GET"], Service, &["users", "delta"]),
    need(&["GET"], Service, &["groups", "delta"]),
    need(&["GET"], Service, &["groups", "{}"]),
    need(&["GET"], Service, &["directoryObjects", "{}"]),
    need(&["POST"], Service, &["directoryObjects", "{}", "checkMemberGroups"]),
    need(&["PUT", "DELETE"], Service, &["contacts", "{}", "manager", "$ref"]),
    need(&["POST"], Service, &["contacts", "{}", "getMemberObjects"]),
    need(&["PATCH", "DELETE"], Mailbox, &[]),
    need(&["GET"], Mailbox, &["manager"]),
    need(&["GET"], Mailbox, &["directReports"]),
    need(&["GET"], Mailbox, &["memberOf"]),
    need(&["PUT", "DELETE"], Mailbox, &["manager", "$ref"]),
    need(&["POST"], Mailbox, &["checkMemberGroups"]),
    need(&["POST"], Mailbox, &["getMemberGroups"]),
    need(&["POST"], Mailbox, &["getMemberObjects"]),
    need(&["GET", "PUT"], Mailbox, &["photo", "$value"]),
];

/// Whether the connector needs requests of that method to that path, which begins with the version (`/v1.0/...`) and is encoded as
/// on the wire; `directory` says whether a directory is served. Names are compared in any case, as the service does, and segments
/// that a path must not have are those of nothing.
pub fn is_needed(method: &str, path: &str, directory: bool) -> bool {
    let Some(path) = path.strip_prefix('/') else { return false };
    let segments: Vec<&str> = path.split('/').collect();
    match segments.as_slice() {
        ["v1.0" | "beta", rest @ ..] => is_needed_at(method, rest, directory),
        _ => false,
    }
}

/// The same of a path whose segments follow the version.
pub fn is_needed_at(method: &str, path: &[&str], directory: bool) -> bool {
    let strange = |segment: &&str| matches!(segment.replace("%2E", ".").replace("%2e", ".").as_str(), "" | "." | "..");
    let besides = if directory { NEEDS_OF_DIRECTORY } else { &[] };
    let is_one = |need: &Need| need.methods.contains(&method) && need.covers(path);
    !path.iter().any(strange) && NEEDS.iter().chain(besides).any(is_one)
}

impl Need {
    fn covers(&self, path: &[&str]) -> bool {
        if self.under == Service {
            return self.is_path(path);
        }
        let Some(mut rest) = after_mailbox(path) else { return false };
        let mut in_folder = false;
        loop {
            let begins = match self.under {
                Service | Mailbox => !in_folder,
                Folder => in_folder,
                Container => true,
            };
            if begins && self.is_path(rest) {
                return true;
            }
            rest = match rest {
                [collection, _, rest @ ..] if is(collection, if in_folder { "childFolders" } else { "contactFolders" }) => rest,
                _ => return false,
            };
            in_folder = true;
        }
    }

    fn is_path(&self, path: &[&str]) -> bool {
        path.len() == self.path.len() && path.iter().zip(self.path).all(|(segment, name)| *name == "{}" || is(segment, name))
    }
}

fn after_mailbox<'p, 's>(path: &'p [&'s str]) -> Option<&'p [&'s str]> {
    match path {
        [me, rest @ ..] if is(me, "me") => Some(rest),
        [users, _, rest @ ..] if is(users, "users") => Some(rest),
        _ => None,
    }
}

fn is(segment: &str, name: &str) -> bool {
    segment.eq_ignore_ascii_case(name)
}
