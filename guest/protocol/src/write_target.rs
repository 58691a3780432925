//! What a request writes to. Requests that write to the same are carried out one after another: each reads before it writes, so that
//! one which runs beside another would overwrite what it has not read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;

/// What a request writes to, as far as its head tells. Empty if it only reads, or if its head does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteTarget {
    /// The key by which a repeated creation is recognized.
    pub idempotency_key: Option<String>,
    /// The mailbox, or the object of the directory: an id or a user principal name, in lower case.
    pub owner: Option<String>,
    /// The id of the one object in the mailbox that is written. `None` stands for any number of them.
    pub object: Option<String>,
}

impl WriteTarget {
    /// Returns the target for everything in a mailbox, or for an object of the directory: its id or its user principal name, which
    /// Microsoft Graph compares without case.
    pub fn owner(name: &str) -> WriteTarget {
        WriteTarget { owner: Some(name.to_lowercase()), ..WriteTarget::default() }
    }

    /// Returns the target for the object with that uid: a contact or a folder in a mailbox. Any other text is the name of a user or
    /// of an object of the directory.
    pub fn from_uid(uid: &str) -> WriteTarget {
        match split_uid(uid) {
            Some((mailbox, id)) => WriteTarget { object: Some(id), ..WriteTarget::owner(&mailbox) },
            None => WriteTarget::owner(uid),
        }
    }
}

/// Returns the idempotency key of a request, without the quotes that it may have.
pub(crate) fn get_idempotency_key(headers: &HeaderMap) -> Option<String> {
    let key = headers.get("idempotency-key")?.to_str().ok()?.trim();
    let unquoted = key.strip_prefix('"').and_then(|key| key.strip_suffix('"'));
    Some(unquoted.unwrap_or(key).to_owned())
}

/// Returns mailbox and id in the uid of a contact or a folder: JSON in base64, a list of the mailbox, folders and the id.
fn split_uid(uid: &str) -> Option<(String, String)> {
    let mut parts: Vec<String> = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(uid).ok()?).ok()?;
    let id = parts.pop()?;
    let mailbox = parts.into_iter().next()?;
    Some((mailbox, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uid_names_object_and_mailbox_without_case() {
        let encode = |parts: &str| URL_SAFE_NO_PAD.encode(parts);
        let contact = WriteTarget::from_uid(&encode(r#"["Adele@Contoso.com","folder","AAMk="]"#));
        assert_eq!(contact, WriteTarget { object: Some("AAMk=".to_owned()), ..WriteTarget::owner("adele@contoso.com") });
        assert_eq!(WriteTarget::from_uid(&encode(r#"["me","AAMk="]"#)).owner.as_deref(), Some("me"));
        for user in ["Adele@Contoso.com", "671FA173-ad81-41c3-89bf-af939426eee7", &encode(r#"["me"]"#), &encode("{}"), ""] {
            assert_eq!(WriteTarget::from_uid(user), WriteTarget::owner(user), "{user}");
        }
    }
}
