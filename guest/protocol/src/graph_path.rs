//! The path of a request to Microsoft Graph, parsed into its meaning.
//!
//! OData and URLs have several spellings of one path, and Microsoft Graph writes links in others than those it was asked with
//! (microsoft-graph-docs, "contact: delta": `/me/contactfolders('{id}')/contacts/delta`). A key stands in parentheses or in a
//! segment of its own, names have no case, a function has parentheses or a namespace or neither, and any letter can be
//! percent-encoded.
//! <https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html#sec_KeyasSegmentConvention>
//!
//! The host decides about the parsed path which requests may leave, and the component which links it follows.

use percent_encoding::percent_decode_str;

/// The collections whose next segment is a key, unless it is one of [`is_reserved`].
const COLLECTIONS: [&str; 8] =
    ["users", "contacts", "contactfolders", "childfolders", "distributionlists", "groups", "directoryobjects", "extensions"];

/// The functions that can follow a collection.
const FUNCTIONS: [&str; 3] = ["delta", "getbyids", "validateproperties"];

/// The namespace that can precede a function.
const NAMESPACE: &str = "microsoft.graph.";

/// A segment, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// The name of a collection, property, function or action: in lower case, without namespace and parentheses.
    Name(String),
    /// The key of an object.
    Key(String),
}

/// A path after the API version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphPath(Vec<Segment>);

/// The mailbox that a path is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailboxName<'p> {
    /// The mailbox of the signed-in user.
    Me,
    /// The mailbox of the user with this id or user principal name.
    User(&'p str),
}

/// Whether two names are those of one mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameMailbox {
    /// They are.
    Yes,
    /// They are not.
    No,
    /// Only the directory knows: one is an id, and the other a user principal name or `/me`.
    Unknown,
}

impl GraphPath {
    /// Parses the path that follows the API version. It begins with a slash and is encoded as on the wire.
    ///
    /// `None` if a server could read another path: with an empty or a dot segment, with an encoded slash, backslash or control
    /// character, or with parentheses around anything but a quoted key.
    pub fn parse(path: &str) -> Option<GraphPath> {
        let mut segments: Vec<Segment> = Vec::new();
        for raw in path.strip_prefix('/')?.split('/') {
            let text = decode(raw)?;
            let follows_collection = matches!(segments.last(), Some(Segment::Name(name)) if COLLECTIONS.contains(&name.as_str()));
            if let Some((name, key)) = split_key(&text) {
                segments.push(parse_name(name)?);
                segments.push(Segment::Key(key?));
            } else if follows_collection && !text.ends_with(')') && !is_reserved(&text) {
                segments.push(parse_key(&text)?);
            } else {
                segments.push(parse_name(text.strip_suffix("()").unwrap_or(&text))?);
            }
        }
        Some(GraphPath(segments))
    }

    /// Returns the mailbox that the path is in.
    pub fn mailbox(&self) -> Option<MailboxName<'_>> {
        match self.0.as_slice() {
            [Segment::Name(me), ..] if me == "me" => Some(MailboxName::Me),
            [Segment::Name(users), Segment::Key(key), ..] if users == "users" => Some(MailboxName::User(key)),
            _ => None,
        }
    }

    /// Returns the segments as text: names in lower case, and keys.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|segment| match segment {
            Segment::Name(text) | Segment::Key(text) => text.as_str(),
        })
    }

    /// Returns the segments.
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Checks whether the path is one of these names, in lower case.
    pub fn is_name(&self, name: &str) -> bool {
        matches!(self.0.as_slice(), [Segment::Name(only)] if only == name)
    }

    /// Checks whether another path names the same thing, in whatever spelling. `None` if it names another one.
    ///
    /// The id and the user principal name of a user can be one mailbox; then the result says so.
    pub fn compare(&self, other: &GraphPath) -> Option<SameMailbox> {
        let (same, ours, theirs) = match (self.mailbox(), other.mailbox()) {
            (None, None) => (SameMailbox::Yes, self.segments(), other.segments()),
            (Some(our), Some(their)) => (our.compare(their), self.strip_mailbox(), other.strip_mailbox()),
            _ => return None,
        };
        let is_same = |(one, another): (&Segment, &Segment)| match (one, another) {
            (Segment::Key(one), Segment::Key(another)) => is_same_key(one, another),
            _ => one == another,
        };
        let rest = ours.len() == theirs.len() && ours.iter().zip(theirs).all(is_same);
        (rest && same != SameMailbox::No).then_some(same)
    }

    /// Checks whether a page of the list at `first` can link to this path. The list of the default folder can name the folder.
    pub fn is_page_of(&self, first: &GraphPath) -> bool {
        if self.compare(first).is_some() {
            return true;
        }
        let default_folder = match self.strip_mailbox() {
            [Segment::Name(folders), Segment::Key(_), Segment::Name(contacts), ..] => {
                folders == "contactfolders" && contacts == "contacts"
            }
            _ => false,
        };
        let mut without = self.clone();
        let count = self.0.len() - self.strip_mailbox().len();
        default_folder && {
            without.0.drain(count..count + 2);
            without.compare(first).is_some()
        }
    }

    /// Returns the segments without the mailbox. All of them if there is none.
    pub(crate) fn strip_mailbox(&self) -> &[Segment] {
        let count = match self.mailbox() {
            None => 0,
            Some(MailboxName::Me) => 1,
            Some(MailboxName::User(_)) => 2,
        };
        self.0.get(count..).unwrap_or_default()
    }
}

impl MailboxName<'_> {
    /// Compares two names. User principal names and ids of users have no case.
    pub fn compare(self, other: MailboxName<'_>) -> SameMailbox {
        match (self, other) {
            (MailboxName::Me, MailboxName::Me) => SameMailbox::Yes,
            (MailboxName::User(one), MailboxName::User(other)) if one.to_lowercase() == other.to_lowercase() => SameMailbox::Yes,
            (MailboxName::User(one), MailboxName::User(other)) => {
                let is_id_and_name = |id: &str, name: &str| is_guid(id) && name.contains('@');
                if is_id_and_name(one, other) || is_id_and_name(other, one) { SameMailbox::Unknown } else { SameMailbox::No }
            }
            _ => SameMailbox::Unknown,
        }
    }
}

/// Checks whether a segment after a collection names something else than an object: `$count`, `delta`. The key of an object with
/// such a name stands in parentheses: `users('$name')` (msgraph-sdk-dotnet#2635).
pub fn is_reserved(segment: &str) -> bool {
    let name = segment.to_ascii_lowercase();
    let name = name.strip_prefix(NAMESPACE).unwrap_or(&name);
    segment.starts_with('$') || FUNCTIONS.contains(&name)
}

/// Checks whether a text is a GUID, such as the id of an object of the directory. It has no case.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| if matches!(at, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() })
}

/// Compares two keys. Ids of Exchange differ by case.
fn is_same_key(one: &str, other: &str) -> bool {
    one == other || (is_guid(one) && one.eq_ignore_ascii_case(other))
}

/// Decodes a segment once. `None` if a server could read it otherwise.
fn decode(raw: &str) -> Option<String> {
    let mut rest = raw.split('%').skip(1);
    let is_encoded = |part: &str| part.len() >= 2 && part.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    let text = percent_decode_str(raw).decode_utf8().ok()?.into_owned();
    let is_ambiguous = text.contains(|letter: char| letter.is_control() || matches!(letter, '/' | '\\'));
    (rest.all(is_encoded) && !is_ambiguous && !matches!(text.as_str(), "" | "." | "..")).then_some(text)
}

/// Splits `name('key')` into the name, and the key; no key if its quotes are not doubled.
fn split_key(text: &str) -> Option<(&str, Option<String>)> {
    let (name, quoted) = text.strip_suffix("')")?.split_once("('")?;
    let key = quoted.replace("''", "'");
    // Without the doubled quotes there are none left.
    let is_valid = !quoted.replace("''", "").contains('\'') && !matches!(key.as_str(), "" | "." | "..");
    Some((name, is_valid.then_some(key)))
}

fn parse_name(text: &str) -> Option<Segment> {
    let name = text.to_ascii_lowercase();
    let name = name.strip_prefix(NAMESPACE).unwrap_or(&name);
    (!name.is_empty() && !name.contains(['(', ')'])).then(|| Segment::Name(name.to_owned()))
}

fn parse_key(text: &str) -> Option<Segment> {
    (!text.contains(['(', ')'])).then(|| Segment::Key(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(one: &str, other: &str) -> Option<SameMailbox> {
        let parse = |path: &str| GraphPath::parse(path).unwrap_or_else(|| panic!("{path}"));
        parse(one).compare(&parse(other))
    }

    #[test]
    fn path_has_several_spellings() {
        for (one, other) in [
            ("/users/a%40b.example/contacts", "/users('a@b.example')/contacts"),
            ("/users/a@b.example/contacts", "/Users('A%40B.example')/Contacts"),
            ("/users/o'b@c.example/contacts", "/users('o''b@c.example')/contacts"),
            ("/users/o%27b@c.example/contacts", "/users(%27o%27%27b%40c.example%27)/contacts"),
            ("/me/contactFolders/AA=/contacts/delta", "/me/contactfolders('AA%3D')/contacts/microsoft.graph.delta()"),
            ("/me/contactFolders/AA=/contacts/delta", "/me/contactfolders/AA%3d/contacts/delta()"),
            ("/me/contactFolders/A/childFolders/B/contacts", "/me/contactFolders('A')/childfolders('B')/contacts"),
            ("/users", "/users()"),
            ("/contacts/delta", "/contacts/Microsoft.Graph.delta"),
            ("/contacts/671FA173-ad81-41c3-89bf-af939426eee7", "/contacts('671fa173-AD81-41c3-89bf-af939426eee7')"),
            ("/directoryObjects/getByIds", "/directoryobjects/microsoft.graph.getByIds"),
        ] {
            assert_eq!(compare(one, other), Some(SameMailbox::Yes), "{one} {other}");
        }
    }

    /// Only the directory knows which user a name is of.
    #[test]
    fn mailbox_can_have_id_name_or_me() {
        let (id, other) = ("671fa173-ad81-41c3-89bf-af939426eee7", "00000000-ad81-41c3-89bf-af939426eee7");
        for (one, another, same) in [
            (format!("/users/{id}/contacts"), "/users('a@b.example')/contacts".to_owned(), Some(SameMailbox::Unknown)),
            ("/me/contacts".to_owned(), format!("/users('{id}')/contacts"), Some(SameMailbox::Unknown)),
            (format!("/users/{id}/contacts"), format!("/users/{other}/contacts"), None),
            ("/users/a@b.example/contacts".to_owned(), "/users/c@b.example/contacts".to_owned(), None),
            ("/me/contacts".to_owned(), "/contacts".to_owned(), None),
        ] {
            assert_eq!(compare(&one, &another), same, "{one} {another}");
        }
    }

    #[test]
    fn link_of_default_folder_can_name_it() {
        let is_page_of = |link: &str, first: &str| GraphPath::parse(link).unwrap().is_page_of(&GraphPath::parse(first).unwrap());
        assert!(is_page_of("/me/contactfolders('A')/contacts/delta", "/me/contacts/delta"));
        assert!(is_page_of("/users('u')/contactFolders/A/contacts", "/users/u/contacts"));
        assert!(!is_page_of("/me/contactfolders('A')/contacts/delta", "/me/contactFolders/B/contacts/delta"));
        assert!(!is_page_of("/me/contactfolders('A')/childFolders", "/me/contacts"));
        assert!(!is_page_of("/me/contacts", "/me/contactFolders/A/contacts"));
        assert!(!is_page_of("/users('v')/contactFolders/A/contacts", "/users/u/contacts"));
    }

    #[test]
    fn other_paths_are_others() {
        for (one, other) in [
            ("/me/contacts", "/me/contactFolders"),
            ("/me/contacts", "/me/contacts/delta"),
            ("/me/contacts/delta", "/me/contacts('delta')"),
            ("/me/contactFolders/AAA/contacts", "/me/contactFolders/aaa/contacts"),
            ("/me/contactFolders/AAA/contacts", "/me/contacts"),
            ("/me/contacts/A/extensions/x", "/me/contacts/A/extensions/X"),
        ] {
            assert_eq!(compare(one, other), None, "{one} {other}");
        }
    }

    /// A front end that decodes, or splits, in another order would read another path.
    #[test]
    fn ambiguous_path_is_refused() {
        for path in [
            "",
            "/",
            "users",
            "//users",
            "/users/",
            "/users//contacts",
            "/users/./contacts",
            "/users/%2e%2E/contacts",
            "/users/a%2F..%2Fb/contacts",
            "/users/a%2fb/contacts",
            "/users/a%5Cb",
            "/users/a\\b",
            "/users/a%00",
            "/users/a%0Ab",
            "/users/%zz",
            "/users/%F",
            "/users/%FF",
            "/users('a'/contacts",
            "/users('a'b')/contacts",
            "/users(a)/contacts",
            "/users('')/contacts",
            "/users('..')/contacts",
            "/users('a/../b')/contacts",
            "/users/a(b)/contacts",
            "/users(())",
            "/me/contacts/delta(x='y')",
            "/('a')",
        ] {
            assert_eq!(GraphPath::parse(path), None, "{path}");
        }
    }
}
