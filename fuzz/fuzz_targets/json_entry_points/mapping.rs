//! The mapping: no value is lost on the way through the canonical contact.

use connector::contact::{Contact, Version, diff, from_json, properties, to_json, validate};
use connector::error::{Error, ErrorKind};
use serde_json::{Map, Value};

/// Checks with two texts in both versions: one as the contact that Graph stores, one as the contact that a caller wants.
pub fn check(stored: &str, wanted: &str) {
    let object = |text| match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    };
    let (stored, wanted) = (object(stored), object(wanted));
    for version in [Version::V1, Version::Beta] {
        let stored = stored.as_ref().map(|stored| (stored, check_response(stored, version)));
        let contact = wanted.as_ref().and_then(|wanted| check_input(wanted, version));
        if let (Some((stored, before)), Some(wanted), Some(contact)) = (stored, &wanted, contact) {
            check_update(stored, &before, wanted, &contact, version);
        }
    }
}

/// Checks that a response of Graph, parsed and written again, is unchanged.
fn check_response(stored: &Map<String, Value>, version: Version) -> Contact {
    let contact = from_json::parse_response(stored, version);
    let again = to_json::write_response(&contact, version);
    assert_eq!(again.len(), stored.len(), "{again:?}");
    for (name, value) in stored {
        assert!(has_values(name, again.get(name), value, Kinds::Open), "{name} was {value} and is {:?}", again.get(name));
    }
    assert_eq!(to_json::write_response(&from_json::parse_response(&again, version), version), again);
    // The caller's view has v1.0's names. In beta, an unknown property can have one of them.
    if !properties::list_for_callers(version).any(|property| !property.is_in(version) && stored.contains_key(property.name)) {
        check_caller_view(stored, &contact, version);
    }
    contact
}

/// Checks that the caller's view has every value, and that sending it back changes nothing.
fn check_caller_view(stored: &Map<String, Value>, contact: &Contact, version: Version) {
    let shown = to_json::write_for_caller(contact, version);
    let (mut found, mut expected) = (Vec::new(), Vec::new());
    shown.values().for_each(|value| collect_strings(value, &mut found));
    stored
        .iter()
        .filter(|(name, _)| !name.contains('@') && !is_date(name))
        .for_each(|(_, value)| collect_strings(value, &mut expected));
    expected.retain(|text| !found.contains(text));
    assert!(expected.is_empty(), "{expected:?} is missing in {shown:?}");

    let mut back = shown.clone();
    // In these two, the caller's view omits nulls at any depth.
    back.retain(|name, _| !contact.unknown.contains_key(name) && !matches!(name.as_str(), "extensions" | "photo"));
    if let Ok(wanted) = from_json::parse_input(&back, version, "") {
        let body = diff::diff(contact, &wanted, version).map(|change| to_json::write_update_body(&change, version));
        assert_eq!(body, Ok(Map::new()), "{shown:?}");
    }
}

/// Checks that a caller's input is accepted completely, or rejected by name.
fn check_input(wanted: &Map<String, Value>, version: Version) -> Option<Contact> {
    let contact = match from_json::parse_input(wanted, version, "") {
        Ok(contact) => contact,
        Err(error) => {
            check_rejection(&error);
            // A shortened name ends in dots.
            let named = |path: &String| path.ends_with("...") || wanted.keys().any(|name| path.starts_with(name));
            assert!(error.attributes.iter().all(named), "{error}");
            return None;
        }
    };
    let body = to_json::write_update_body(&contact, version);
    check_values(wanted, &body, version, Kinds::Closed);
    let fits = validate::check_creatable(&contact, version, "").and_then(|()| validate::check_storable(&contact, version, ""));
    match fits {
        Ok(()) => {
            let body = to_json::write_create_body(&contact, version);
            check_values(wanted, &body, version, Kinds::Closed);
            assert!(!has_null(&Value::Object(body)));
        }
        Err(error) => check_rejection(&error),
    }
    Some(contact)
}

/// Checks that an update stores the wanted values, and that the same update again sends nothing.
fn check_update(stored: &Map<String, Value>, before: &Contact, wanted: &Map<String, Value>, contact: &Contact, version: Version) {
    let body = match diff::diff(before, contact, version) {
        Ok(change) => to_json::write_update_body(&change, version),
        Err(error) => return check_rejection(&error),
    };
    for (name, value) in &body {
        let has_cause = wanted.keys().any(|wanted| wanted == name || find_list(wanted) == Some(name.as_str()));
        assert!(name == "displayName" || has_cause, "{name} is written although the input does not have it");
        assert!(!(name.ends_with("Address") && value.is_null()), "{name} is a null structure");
    }
    // Graph replaces each property that is in the body.
    let mut after = stored.clone();
    after.extend(body);
    let mut known = wanted.clone();
    known.retain(|name, _| !before.unknown.contains_key(name) && !before.unknown.contains_key(find_list(name).unwrap_or(name)));
    check_values(&known, &after, version, Kinds::Open);
    let again = diff::diff(&from_json::parse_response(&after, version), contact, version)
        .map(|change| to_json::write_update_body(&change, version));
    assert_eq!(again, Ok(Map::new()));
}

fn check_rejection(error: &Error) {
    assert_eq!(error.kind, ErrorKind::InvalidAttributeValue, "{error}");
    assert!(!error.attributes.is_empty() && error.exchange.is_none() && !error.may_have_taken_effect, "{error}");
}

/// Checks that `body` has every value of `wanted`.
fn check_values(wanted: &Map<String, Value>, body: &Map<String, Value>, version: Version, kinds: Kinds) {
    for (name, value) in wanted {
        if properties::PROPERTIES.iter().any(|property| property.name == name && property.read_only) {
            continue;
        }
        let is_held = match find_list(name).filter(|_| version == Version::Beta) {
            // One list of beta holds the values of several properties of a caller.
            Some(list) => {
                let (mut found, mut expected) = (Vec::new(), Vec::new());
                collect_strings(body.get(list).unwrap_or(&Value::Null), &mut found);
                collect_strings(value, &mut expected);
                expected.iter().all(|text| found.contains(text))
            }
            None => has_values(name, body.get(name), value, kinds),
        };
        assert!(is_held, "{name} was {value} and is missing in {body:?}");
    }
}

/// Returns the list of beta that holds the property's values.
fn find_list(name: &str) -> Option<&'static str> {
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

/// Collects the strings in a value, except kinds and empty strings.
fn collect_strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) if !text.is_empty() => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect_strings(item, found)),
        Value::Object(members) => {
            members
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "type" | "flagStatus"))
                .for_each(|(_, value)| collect_strings(value, found));
        }
        _ => {}
    }
}

/// Which kinds of telephone numbers, addresses and websites can occur.
#[derive(Clone, Copy, PartialEq)]
enum Kinds {
    /// A caller's: only the known kinds.
    Closed,
    /// The service's: the connector reads an unknown kind as `other`.
    Open,
}

/// Checks whether `now` has every value of `then`, as the value of `name`.
///
/// The rules are those of the documentation. An absent value equals null, an empty collection and an empty structure. Collections
/// keep their order. Of a birthday only the date counts. Kinds have the same name in upper and lower case.
fn has_values(name: &str, now: Option<&Value>, then: &Value, kinds: Kinds) -> bool {
    match (then, now) {
        (Value::Object(members), _) => {
            members.iter().all(|(name, value)| has_values(name, now.and_then(|now| now.get(name)), value, kinds))
        }
        (Value::Array(items), Some(Value::Array(now))) => {
            items.len() == now.len() && items.iter().zip(now).all(|(item, now)| has_values(name, Some(now), item, kinds))
        }
        (then, Some(now)) if then == now => true,
        (Value::String(then), Some(Value::String(now))) => match name {
            name if is_date(name) => then.get(..10).is_some() && then.get(..10) == now.get(..10),
            "type" if kinds == Kinds::Open => true,
            "type" | "flagStatus" => then.eq_ignore_ascii_case(now),
            _ => false,
        },
        // A null kind becomes the kind for unknown ones.
        (Value::Null, Some(Value::String(_))) => name == "type",
        (then, now) => is_blank(then) && now.is_none_or(is_blank),
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_blank),
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
