//! Checks the mapping: the canonical contact loses no value.

use graph_contacts::contact::{Contact, Version, diff, validate, properties, from_json, to_json};
use graph_contacts::error::{Error, Kind};
use serde_json::{Map, Value};

/// Checks the mapping in both versions. `stored` is a contact from Graph, `wanted` one from a caller.
pub fn check(stored: &str, wanted: &str) {
    let object = |text| match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    };
    let (stored, wanted) = (object(stored), object(wanted));
    for version in [Version::V1, Version::Beta] {
        let stored = stored.as_ref().map(|stored| (stored, answered(stored, version)));
        let contact = wanted.as_ref().and_then(|wanted| asked(wanted, version));
        if let (Some((stored, before)), Some(wanted), Some(contact)) = (stored, &wanted, contact) {
            updated(stored, &before, wanted, &contact, version);
        }
    }
}

/// Checks that a contact in a response of Graph is written back completely.
fn answered(stored: &Map<String, Value>, version: Version) -> Contact {
    let contact = from_json::parse_response(stored, version);
    let again = to_json::write_response(&contact, version);
    assert_eq!(again.len(), stored.len(), "{again:?}");
    for (name, value) in stored {
        assert!(holds(name, again.get(name), value, Kinds::Open), "{name} was {value} and is {:?}", again.get(name));
    }
    assert_eq!(to_json::write_response(&from_json::parse_response(&again, version), version), again);
    // Callers see v1.0's names. One of them can equal the name of an unknown property of beta.
    if !properties::list_for_callers(version).any(|property| !property.is_in(version) && stored.contains_key(property.name)) {
        seen(stored, &contact, version);
    }
    contact
}

/// Checks that a caller sees the whole contact, and changes nothing by sending it back.
fn seen(stored: &Map<String, Value>, contact: &Contact, version: Version) {
    let shown = to_json::write_for_caller(contact, version);
    let (mut there, mut said) = (Vec::new(), Vec::new());
    shown.values().for_each(|value| texts(value, &mut there));
    stored.iter().filter(|(name, _)| !name.contains('@') && !is_date(name)).for_each(|(_, value)| texts(value, &mut said));
    said.retain(|text| !there.contains(text));
    assert!(said.is_empty(), "{said:?} is not shown in {shown:?}");

    let mut back = shown.clone();
    // These two are shown without their nulls.
    back.retain(|name, _| !contact.unknown.contains_key(name) && !matches!(name.as_str(), "extensions" | "photo"));
    if let Ok(wanted) = from_json::parse_input(&back, version, "") {
        let body = diff::diff(contact, &wanted, version).map(|change| to_json::write_update_body(&change, version));
        assert_eq!(body, Ok(Map::new()), "{shown:?}");
    }
}

/// Checks that a caller's contact is accepted completely, or rejected with the names of its attributes.
fn asked(wanted: &Map<String, Value>, version: Version) -> Option<Contact> {
    let contact = match from_json::parse_input(wanted, version, "") {
        Ok(contact) => contact,
        Err(error) => {
            refused(&error);
            // The error shortens a long name, which then ends in dots.
            let named = |path: &String| path.ends_with("...") || wanted.keys().any(|name| path.starts_with(name));
            assert!(error.attributes.iter().all(named), "{error}");
            return None;
        }
    };
    let body = to_json::write_update_body(&contact, version);
    taken(wanted, &body, version, Kinds::Closed);
    let fits = validate::check_creatable(&contact, version, "").and_then(|()| validate::check_storable(&contact, version, ""));
    match fits {
        Ok(()) => {
            let body = to_json::write_create_body(&contact, version);
            taken(wanted, &body, version, Kinds::Closed);
            assert!(!has_null(&Value::Object(body)));
        }
        Err(error) => refused(&error),
    }
    Some(contact)
}

/// Checks that an update results in the wanted contact, and that the same update then changes nothing.
fn updated(stored: &Map<String, Value>, before: &Contact, wanted: &Map<String, Value>, contact: &Contact, version: Version) {
    let body = match diff::diff(before, contact, version) {
        Ok(change) => to_json::write_update_body(&change, version),
        Err(error) => return refused(&error),
    };
    for (name, value) in &body {
        let asked_for = wanted.keys().any(|asked| asked == name || list_of(asked) == Some(name.as_str()));
        assert!(name == "displayName" || asked_for, "{name} is written, and no one asked for it");
        assert!(!(name.ends_with("Address") && value.is_null()), "{name} is a structure, and null");
    }
    // Graph replaces each property in the body.
    let mut after = stored.clone();
    after.extend(body);
    let mut understood = wanted.clone();
    understood
        .retain(|name, _| !before.unknown.contains_key(name) && !before.unknown.contains_key(list_of(name).unwrap_or(name)));
    taken(&understood, &after, version, Kinds::Open);
    let again =
        diff::diff(&from_json::parse_response(&after, version), contact, version).map(|change| to_json::write_update_body(&change, version));
    assert_eq!(again, Ok(Map::new()));
}

fn refused(error: &Error) {
    assert_eq!(error.kind, Kind::InvalidAttributeValue, "{error}");
    assert!(!error.attributes.is_empty() && error.exchange.is_none() && !error.may_have_taken_effect, "{error}");
}

/// Checks that `body` has each value of `wanted`.
fn taken(wanted: &Map<String, Value>, body: &Map<String, Value>, version: Version, kinds: Kinds) {
    for (name, value) in wanted {
        if properties::PROPERTIES.iter().any(|property| property.name == name && property.read_only) {
            continue;
        }
        let holds = match list_of(name).filter(|_| version == Version::Beta) {
            // Several of a caller's properties become one list of beta.
            Some(list) => {
                let (mut there, mut said) = (Vec::new(), Vec::new());
                texts(body.get(list).unwrap_or(&Value::Null), &mut there);
                texts(value, &mut said);
                said.iter().all(|text| there.contains(text))
            }
            None => holds(name, body.get(name), value, kinds),
        };
        assert!(holds, "{name} was {value} and is lost in {body:?}");
    }
}

/// Returns the list of beta that holds a property's values among others.
fn list_of(name: &str) -> Option<&'static str> {
    match name {
        "businessPhones" | "homePhones" | "mobilePhone" | "phones" => Some("phones"),
        "businessAddress" | "homeAddress" | "otherAddress" | "postalAddresses" => Some("postalAddresses"),
        "businessHomePage" | "websites" => Some("websites"),
        _ => None,
    }
}

fn is_date(name: &str) -> bool {
    matches!(name, "birthday" | "weddingAnniversary")
}

/// Collects the non-empty strings in a value, without kinds.
fn texts<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) if !text.is_empty() => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => {
            members
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "type" | "flagStatus"))
                .for_each(|(_, value)| texts(value, found));
        }
        _ => {}
    }
}

/// How strictly the kinds of phone numbers and similar values are compared.
#[derive(Clone, Copy, PartialEq)]
enum Kinds {
    /// From a caller: only known kinds.
    Closed,
    /// From the service: an unknown kind counts as `other`.
    Open,
}

/// Returns whether `now` has all that `then` had, as the value of `name`.
///
/// The rules are the documented ones. Null, an empty collection, an empty structure and a missing value are equal. A collection
/// keeps its order. Only the day of a birthday counts. The names of kinds are case-insensitive.
fn holds(name: &str, now: Option<&Value>, then: &Value, kinds: Kinds) -> bool {
    match (then, now) {
        (Value::Object(members), _) => {
            members.iter().all(|(name, value)| holds(name, now.and_then(|now| now.get(name)), value, kinds))
        }
        (Value::Array(items), Some(Value::Array(now))) => {
            items.len() == now.len() && items.iter().zip(now).all(|(item, now)| holds(name, Some(now), item, kinds))
        }
        (then, Some(now)) if then == now => true,
        (Value::String(then), Some(Value::String(now))) => match name {
            name if is_date(name) => then.get(..10).is_some() && then.get(..10) == now.get(..10),
            "type" if kinds == Kinds::Open => true,
            "type" | "flagStatus" => then.eq_ignore_ascii_case(now),
            _ => false,
        },
        // A missing kind equals its default.
        (Value::Null, Some(Value::String(_))) => name == "type",
        (then, now) => says_nothing(then) && now.is_none_or(says_nothing),
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(says_nothing),
        _ => false,
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}
