//! The spellings of a link. The emulator accepts each of them, as Microsoft Graph does.

use crate::odata::percent::{self, Plus};
use crate::odata::segment::is_named;
use crate::variation::choices::Choices;
use crate::variation::kind::VariationKind;

/// The collections whose members a link names by key.
const COLLECTIONS: &[&str] = &["users", "contacts", "contactFolders", "childFolders", "extensions", "groups", "directoryObjects"];
/// What follows a collection and is not a key.
const FUNCTIONS: &[&str] = &["delta", "microsoft.graph.delta", "$count", "$ref", "getByIds"];

/// The other key of a user: the id for a userPrincipalName, and the other way round. None if the directory has no such user.
pub(crate) type FindOtherKey<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Spells a link of Graph's anew: the same resource, the same options.
pub(crate) fn respell(link: &str, choices: Choices, find_other_key: FindOtherKey) -> String {
    let (address, query) = link.split_once('?').map_or((link, None), |(address, query)| (address, Some(query)));
    let authority = address.find("://").map_or(0, |scheme| scheme + 3);
    let path_start = address[authority..].find('/').map_or(address.len(), |slash| authority + slash);
    let (origin, path) = address.split_at(path_start);
    let path = respell_path(path, choices, find_other_key);
    match query {
        Some(query) => format!("{origin}{path}?{}", respell_query(query, choices)),
        None => format!("{origin}{path}"),
    }
}

/// A segment of a path: a name, and the key of a member in parentheses or in the next segment.
struct Segment {
    name: String,
    key: Option<String>,
}

fn respell_path(path: &str, choices: Choices, find_other_key: FindOtherKey) -> String {
    let Some(segments) = parse_path(path) else { return path.to_owned() };
    let mut spelled = String::new();
    for (part, Segment { name, key }) in (0..).zip(segments) {
        let is_folder = is_named(&name, "contactFolders") && choices.has(VariationKind::LowerCaseFolders);
        spelled.push('/');
        spelled.push_str(&if is_folder { name.to_lowercase() } else { name.clone() });
        let Some(key) = key else { continue };
        let other = find_other_key(&key).filter(|_| is_named(&name, "users") && choices.has(VariationKind::OtherUserKey));
        let key = other.unwrap_or(key);
        if choices.has_at(VariationKind::KeySpelling, part) {
            spelled.push_str(&format!("('{}')", encode_key(&key.replace('\'', "''"), choices)));
        } else {
            spelled.push_str(&format!("/{}", encode_key(&key, choices)));
        }
    }
    spelled
}

/// Parses a path that the emulator wrote. None for another one.
fn parse_path(path: &str) -> Option<Vec<Segment>> {
    let mut segments: Vec<Segment> = Vec::new();
    for segment in path.split('/').skip(1) {
        let decoded = percent::decode(segment, Plus::Literal)?;
        if let Some((name, key)) = decoded.strip_suffix("')").and_then(|open| open.split_once("('")) {
            segments.push(Segment { name: name.to_owned(), key: Some(key.replace("''", "'")) });
            continue;
        }
        let is_key = segments
            .last()
            .is_some_and(|last| last.key.is_none() && COLLECTIONS.iter().any(|collection| is_named(&last.name, collection)))
            && !FUNCTIONS.iter().any(|function| is_named(&decoded, function));
        match segments.last_mut().filter(|_| is_key) {
            Some(collection) => collection.key = Some(decoded),
            None => segments.push(Segment { name: segment.to_owned(), key: None }),
        }
    }
    Some(segments)
}

fn encode_key(key: &str, choices: Choices) -> String {
    let mut encoded = percent::encode(key).replace("%27", "'");
    if choices.has(VariationKind::RawAt) {
        encoded = encoded.replace("%40", "@");
    }
    if choices.has(VariationKind::RawEquals) {
        encoded = encoded.replace("%3D", "=");
    }
    encoded
}

fn respell_query(query: &str, choices: Choices) -> String {
    let respell_pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        // Without a letter it is the number of rows.
        let is_base64 = value.contains(|letter: char| !letter.is_ascii_digit()) && value.len() % 4 > 1;
        let is_token = matches!(name, "$skiptoken" | "$deltatoken") && is_base64;
        let mut value = value.to_owned();
        if is_token && choices.has(VariationKind::PaddedTokens) {
            let pad = if choices.has(VariationKind::RawEquals) { "=" } else { "%3D" };
            value.push_str(&pad.repeat(4 - value.len() % 4));
        }
        let encoded = name.strip_prefix('$').filter(|_| choices.has(VariationKind::EncodedDollar));
        let name = encoded.map_or_else(|| name.to_owned(), |name| format!("%24{name}"));
        if pair.contains('=') { format!("{name}={value}") } else { name }
    };
    query.split('&').map(respell_pair).collect::<Vec<_>>().join("&")
}
