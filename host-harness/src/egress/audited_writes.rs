//! What the requests of a call write, for the audit log: operation, object class and id, by method and path. No value.

use http::Method;
use protocol::graph_path::GraphPath;
use protocol::operation::Operation;

use super::batch::{self, BatchItem};
use crate::observability::audited_write::AuditedWrite;

/// The actions that only read.
const READ_ACTIONS: &[&str] = &["getByIds", "checkMemberGroups", "getMemberGroups", "getMemberObjects"];
/// The action that deletes.
const PERMANENT_DELETE: &str = "permanentDelete";

/// Returns what a request writes; `items` are those of a batch. Nothing for one that reads.
pub(super) fn list_writes(request: &reqwest::Request, items: Option<&[BatchItem]>) -> Vec<AuditedWrite> {
    match items {
        Some(items) => items.iter().filter_map(|item| describe(&item.method, &item.path)).collect(),
        None => batch::parse_url_path(request.url()).and_then(|path| describe(request.method(), &path)).into_iter().collect(),
    }
}

/// Returns what a method does to the object that a path after the version leads to.
fn describe(method: &Method, path: &GraphPath) -> Option<AuditedWrite> {
    let path: Vec<&str> = path.texts().collect();
    let is_action = |names: &[&str]| path.last().is_some_and(|last| names.iter().any(|name| last.eq_ignore_ascii_case(name)));
    if method.is_safe() || *method == Method::POST && is_action(READ_ACTIONS) {
        return None;
    }
    let mut object = AuditedWrite::default();
    let mut rest = path.as_slice();
    // The innermost object; what follows it is a part of it.
    loop {
        let (class, id, after) = match rest {
            [me, after @ ..] if object.class.is_none() && me.eq_ignore_ascii_case("me") => ("user", Some("me".to_owned()), after),
            [collection, after @ ..] => {
                let Some(class) = class_of(collection, object.mailbox.is_some()) else { break };
                match after {
                    [] => (class, None, after),
                    [id, after @ ..] => (class, Some((*id).to_owned()), after),
                }
            }
            [] => break,
        };
        if class == "user" {
            object.mailbox.clone_from(&id);
        }
        (object.class, object.id) = (Some(class), id);
        rest = after;
    }
    object.operation = Some(match *method {
        Method::POST if object.id.is_none() => Operation::Create,
        Method::POST if is_action(&[PERMANENT_DELETE]) => Operation::Delete,
        Method::DELETE if rest.is_empty() => Operation::Delete,
        _ => Operation::Patch,
    });
    // A user's own id is the mailbox.
    if object.class == Some("user") {
        object.mailbox = None;
    }
    Some(object)
}

/// Returns the object class of a collection.
fn class_of(collection: &str, in_mailbox: bool) -> Option<&'static str> {
    let classes = [
        ("users", "user"),
        ("contacts", if in_mailbox { "contact" } else { "orgContact" }),
        ("contactFolders", "contactFolder"),
        ("childFolders", "contactFolder"),
    ];
    classes.into_iter().find(|(name, _)| collection.eq_ignore_ascii_case(name)).map(|(_, class)| class)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns operation, class, mailbox and id.
    fn described(method: &str, path: &str) -> Option<[String; 4]> {
        let write = describe(&method.parse().unwrap(), &GraphPath::parse(path).unwrap())?;
        let text = |value: Option<String>| value.unwrap_or("-".to_owned());
        let (operation, class) = (write.operation.map(|it| it.name().to_owned()), write.class.map(str::to_owned));
        Some([text(operation), text(class), text(write.mailbox), text(write.id)])
    }

    #[test]
    fn write_is_described_by_method_and_path() {
        for (method, path, expected) in [
            ("POST", "/users/u/contacts", ["create", "contact", "u", "-"]),
            ("POST", "/me/contactFolders/f/contacts", ["create", "contact", "me", "-"]),
            ("PATCH", "/users/u%40x/contacts/AAMk%3D", ["patch", "contact", "u@x", "AAMk="]),
            ("PATCH", "/Users('u@x')/Contacts('AAMk=')", ["patch", "contact", "u@x", "AAMk="]),
            ("DELETE", "/users/u/contactFolders/f/childFolders/g/contacts/c", ["delete", "contact", "u", "c"]),
            ("POST", "/users/u/contacts/c/permanentDelete", ["delete", "contact", "u", "c"]),
            ("PUT", "/users/u/contacts/c/photo/$value", ["patch", "contact", "u", "c"]),
            ("POST", "/users/u/contacts/c/extensions", ["patch", "contact", "u", "c"]),
            ("DELETE", "/users/u/contacts/c/extensions/x", ["patch", "contact", "u", "c"]),
            ("POST", "/users/u/contactFolders", ["create", "contactFolder", "u", "-"]),
            ("POST", "/users/u/contactFolders/f/childFolders", ["create", "contactFolder", "u", "-"]),
            ("PATCH", "/users/u/contactFolders/f", ["patch", "contactFolder", "u", "f"]),
            ("POST", "/users", ["create", "user", "-", "-"]),
            ("DELETE", "/users/u", ["delete", "user", "-", "u"]),
            ("PUT", "/users/u/manager/$ref", ["patch", "user", "-", "u"]),
            ("DELETE", "/users/u/manager/$ref", ["patch", "user", "-", "u"]),
            ("PATCH", "/contacts/o", ["patch", "orgContact", "-", "o"]),
            ("DELETE", "/contacts/o/manager/$ref", ["patch", "orgContact", "-", "o"]),
            // What the allow-list has not, and may have one day.
            ("POST", "/elsewhere/x", ["create", "-", "-", "-"]),
        ] {
            assert_eq!(described(method, path).unwrap(), expected.map(str::to_owned), "{method} {path}");
        }
        for (method, path) in [
            ("GET", "/users/u/contacts"),
            ("POST", "/users/u/getMemberGroups"),
            ("POST", "/directoryObjects/getByIds"),
            ("POST", "/contacts/o/checkMemberGroups"),
        ] {
            assert_eq!(described(method, path), None, "{method} {path}");
        }
    }
}
