//! A contact under sequences of CREST's PATCH and OpenIDM's PUT, beside a model that knows only their rules.
//!
//! Rules of the model: a patch applies each operation to what a read returns (CREST's `PatchOperation`; on a collection `add`
//! appends or inserts, `remove` removes a position or equal values; on anything else `add` and `replace` replace, `remove`
//! removes). A PUT replaces the attributes that it names (`handleUpdate`), and keeps the parts of a structure that it does not
//! name (docs/openidm.md). With beta, an entry of a list is in the property dedicated to its kind as far as that holds it
//! (docs/attributes.md).
//!
//! `PROPTEST_CASES=1000000 cargo test --release --locked -p graph-contacts --test native crest_model` runs a million sequences of
//! each version.

use connector::contact::Version;
use connector::graph::address::{Container, Mailbox};
use connector::graph::service::Service;
use connector::operations::connector::Connector;
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::icf::patch;
use connector::operations::icf::uid::Uid;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::crest_steps::{Step, step, stored};
use crate::script::PLAIN;
use crate::stored_contact::StoredContact;

type Object = Map<String, Value>;

/// The attributes of a contact that the model knows.
#[derive(Clone, Debug, PartialEq)]
struct Model {
    view: Object,
    version: Version,
}

/// The lists of beta: the list, the kind of an entry without one, and for each kind the dedicated property, whether that is a collection, and the only part it shows.
type Dedicated = (&'static str, &'static str, bool);
const LISTS: [(&str, &str, Option<&str>, &[Dedicated]); 3] = [
    (
        "phones",
        "other",
        Some("number"),
        &[("business", "businessPhones", true), ("home", "homePhones", true), ("mobile", "mobilePhone", false)],
    ),
    (
        "postalAddresses",
        "unknown",
        None,
        &[("business", "businessAddress", false), ("home", "homeAddress", false), ("other", "otherAddress", false)],
    ),
    ("websites", "other", Some("address"), &[("work", "businessHomePage", false)]),
];

const COLLECTIONS: [&str; 9] = [
    "businessPhones",
    "homePhones",
    "children",
    "categories",
    "imAddresses",
    "emailAddresses",
    "phones",
    "postalAddresses",
    "websites",
];

/// Microsoft's limits, by reports (microsoft-graph-docs#15276): the connector has to refuse more.
fn limits(version: Version) -> Vec<(&'static str, usize)> {
    let mut limits = vec![("imAddresses", 3), ("emailAddresses", 3)];
    if version == Version::V1 {
        limits.extend([("businessPhones", 2), ("homePhones", 2)]);
    }
    limits
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            members.iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), without_nulls(v))).collect::<Object>().into()
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// Returns what the dedicated property shows of an entry, if it can show all of it.
fn shown_alone(entry: &Value, part: Option<&str>) -> Option<Value> {
    let mut members = entry.as_object()?.clone();
    members.shift_remove("type");
    match part {
        None => (!members.is_empty()).then_some(Value::Object(members)),
        Some(part) => members.shift_remove(part).filter(|_| members.is_empty()),
    }
}

impl Model {
    /// Returns the attributes without what a caller does not see: no value is null, blank or empty.
    fn normalized(mut self) -> Model {
        for value in self.view.values_mut() {
            *value = without_nulls(value);
        }
        if self.version == Version::Beta {
            for list in LISTS {
                self.fill_dedicated(list);
            }
        }
        // A flag without a status is not flagged.
        if let Some(Value::Object(flag)) = self.view.get_mut("flag")
            && flag.get("flagStatus") == Some(&json!("notFlagged"))
        {
            flag.shift_remove("flagStatus");
        }
        self.view.retain(|_, value| {
            !(value.is_null()
                || *value == ""
                || value.as_array().is_some_and(Vec::is_empty)
                || value.as_object().is_some_and(Map::is_empty))
        });
        self
    }

    /// Puts the entries of a list into the dedicated properties that have room for them.
    fn fill_dedicated(&mut self, (list, kind, part, dedicated): (&str, &str, Option<&str>, &[Dedicated])) {
        let entries = self.view.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
        let mut rest = Vec::new();
        for mut entry in entries {
            entry.as_object_mut().unwrap().entry("type").or_insert_with(|| json!(kind));
            let place = dedicated.iter().find(|(kind, ..)| entry.get("type") == Some(&json!(kind)));
            match (place, shown_alone(&entry, part)) {
                (Some((_, name, true)), Some(value)) => {
                    let values = self.view.entry(*name).or_insert_with(|| json!([]));
                    values.as_array_mut().unwrap().push(value);
                }
                (Some((_, name, false)), Some(value)) if is_free(self.view.get(*name)) => {
                    self.view.insert((*name).to_owned(), value);
                }
                _ => rest.push(entry),
            }
        }
        self.view.insert(list.to_owned(), Value::Array(rest));
    }

    /// Applies a PUT: the named attributes are replaced, structures in part. An entry of a list that a dedicated property shows
    /// already is not a second one (docs/attributes.md), unless the body has that property as well.
    fn put(&mut self, body: &Object, given: &[&str]) {
        let mut body = body.clone();
        for (list, _, part, dedicated) in LISTS {
            let Some(entries) = body.get_mut(list) else { continue };
            *entries = to_list(entries);
            let is_shown = |entry: &Value| {
                dedicated.iter().filter(|(_, name, _)| !given.contains(name)).any(|(kind, name, is_list)| {
                    let value = shown_alone(entry, part).filter(|_| entry.get("type") == Some(&json!(kind)));
                    let shown = self.view.get(*name);
                    value.is_some_and(|value| match is_list {
                        true => shown.is_some_and(|shown| shown.as_array().unwrap().contains(&value)),
                        false => shown == Some(&value),
                    })
                })
            };
            entries.as_array_mut().unwrap().retain(|entry| !is_shown(entry));
        }
        let body = &body;
        for (name, value) in body {
            match (self.view.get_mut(name), value) {
                (Some(Value::Object(before)), Value::Object(parts)) => before.extend(parts.clone()),
                _ => {
                    let value = if COLLECTIONS.contains(&name.as_str()) { to_list(value) } else { value.clone() };
                    self.view.insert(name.clone(), value);
                }
            }
        }
    }

    /// Applies a patch. `None` if CREST cannot apply it.
    fn patch(&mut self, operations: &[Value]) -> Option<()> {
        for operation in operations {
            let (kind, value) = (operation["operation"].as_str()?, operation.get("value"));
            let (name, inner) = match operation["field"].as_str()?.split_once('/') {
                Some((name, inner)) => (name, Some(inner)),
                None => (operation["field"].as_str()?, None),
            };
            let before = self.view.get(name).cloned().unwrap_or_default();
            let after = match inner {
                _ if COLLECTIONS.contains(&name) => Value::Array(patch_list(to_list(&before), kind, inner, value)?),
                None => patch_value(before, kind, value)?,
                Some(part) => {
                    let mut parts = before.as_object().cloned().unwrap_or_default();
                    let after = patch_value(parts.get(part).cloned().unwrap_or_default(), kind, value)?;
                    parts.insert(part.to_owned(), after);
                    Value::Object(parts)
                }
            };
            self.view.insert(name.to_owned(), after);
        }
        Some(())
    }

    fn is_within_limits(&self) -> bool {
        let count = |name: &str| self.view.get(name).and_then(Value::as_array).map_or(0, Vec::len);
        limits(self.version).into_iter().all(|(name, limit)| count(name) <= limit)
    }
}

fn is_free(value: Option<&Value>) -> bool {
    value.is_none_or(|value| value.is_null() || *value == "" || *value == json!({}))
}

/// A bare value is a list of one (`AttributeInfoHelper.getMultiValue`).
fn to_list(value: &Value) -> Value {
    match value {
        Value::Null => json!([]),
        Value::Array(_) => value.clone(),
        bare => json!([bare]),
    }
}

fn patch_value(before: Value, kind: &str, value: Option<&Value>) -> Option<Value> {
    match (kind, value) {
        ("remove", Some(value)) => Some(if before == *value { Value::Null } else { before }),
        ("remove", None) => Some(Value::Null),
        ("add" | "replace", Some(value)) => Some(value.clone()),
        _ => None,
    }
}

fn patch_list(list: Value, kind: &str, inner: Option<&str>, value: Option<&Value>) -> Option<Vec<Value>> {
    let mut list = list.as_array()?.clone();
    let given = value.map(|value| to_list(value).as_array().unwrap().clone());
    let position = inner.and_then(|inner| inner.parse::<usize>().ok());
    match (kind, inner, position, given) {
        ("add", None | Some("-"), _, Some(given)) => list.extend(given),
        ("add", _, Some(at), Some(given)) if at <= list.len() => {
            list.splice(at..at, given);
        }
        ("replace", None, _, Some(given)) => list = given,
        ("replace", _, Some(at), Some(given)) if at < list.len() => {
            list.splice(at..=at, given);
        }
        ("remove", None, _, None) => list.clear(),
        ("remove", None, _, Some(given)) => list.retain(|value| !given.contains(value)),
        ("remove", _, Some(at), None) if at < list.len() => {
            list.remove(at);
        }
        _ => return None,
    }
    Some(list)
}

/// The attributes beside those of the model: what identifies the contact, and what the service assigns.
const OTHERS: [&str; 9] =
    ["_id", "_rev", "mailbox", "folders", "id", "changeKey", "createdDateTime", "lastModifiedDateTime", "parentFolderId"];

fn to_model(object: &Object, version: Version) -> Model {
    let view = object.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str()));
    Model { view: view.map(|(name, value)| (name.clone(), value.clone())).collect(), version }
}

/// Returns the model of what the service stores: values without nulls, and the date of a birthday.
fn model_of_stored(stored: &Object, version: Version) -> Model {
    let mut model = to_model(stored, version);
    model.view.retain(|name, _| !name.contains('@'));
    if let Some(birthday) = model.view.get_mut("birthday")
        && let Some(text) = birthday.as_str()
    {
        *birthday = json!(text[..10]);
    }
    model.normalized()
}

fn run_sequence(stored: Object, steps: Vec<Step>, version: Version) -> Result<(), TestCaseError> {
    let service = Service::new(Service::GLOBAL_ENDPOINT, version).unwrap();
    let network = StoredContact::new(stored.clone(), version);
    let connector = Connector::new(&service, &network, &PLAIN);
    let uid = Uid { container: Container::from_mailbox(Mailbox::from_name("me")), id: "AAMk".to_owned() }.encode();
    let read = || connector.get_object(ObjectClass::Contact, &uid, &[]).unwrap();
    let mut model = model_of_stored(&stored, version);
    prop_assert_eq!(&to_model(&read(), version).normalized(), &model);
    for step in steps {
        let mut next = model.clone();
        let writes = network.count_writes();
        let (is_possible, result) = match &step {
            Step::Put(body) => {
                next.put(body, &body.keys().map(String::as_str).collect::<Vec<_>>());
                (true, connector.update_object(ObjectClass::Contact, &uid, None, body, None))
            }
            // The whole object as it was read, with a change: read-only values, unknown ones, and all others.
            Step::SendBack(change) => {
                let mut body = read();
                for (name, value) in change {
                    body.insert(name.clone(), value.clone());
                }
                next.put(change, &body.keys().map(String::as_str).collect::<Vec<_>>());
                (true, connector.update_object(ObjectClass::Contact, &uid, None, &body, None))
            }
            Step::Patch(operations) => {
                let is_possible = next.patch(operations).is_some();
                let operations = patch::parse(&json!(operations)).unwrap();
                (is_possible, connector.patch_object(ObjectClass::Contact, &uid, None, &operations, None))
            }
        };
        let next = next.normalized();
        if is_possible && next.is_within_limits() {
            let updated = result.map_err(|error| TestCaseError::fail(format!("{step:?}: {error}")))?;
            prop_assert_eq!(&to_model(&updated.object, version).normalized(), &next, "{:?}", step);
            if matches!(&step, Step::SendBack(change) if change.is_empty()) {
                prop_assert_eq!(network.count_writes(), writes);
            }
            model = next;
        } else {
            prop_assert!(result.is_err(), "{:?}", step);
            prop_assert_eq!(network.count_writes(), writes);
        }
        prop_assert_eq!(&to_model(&read(), version).normalized(), &model, "{:?}", step);
    }
    Ok(())
}

proptest! {
    #[test]
    fn v1_contact_is_what_crest_says(stored in stored(Version::V1), steps in proptest::collection::vec(step(Version::V1), 1..5)) {
        run_sequence(stored, steps, Version::V1)?;
    }

    #[test]
    fn beta_contact_is_what_crest_says(
        stored in stored(Version::Beta),
        steps in proptest::collection::vec(step(Version::Beta), 1..5),
    ) {
        run_sequence(stored, steps, Version::Beta)?;
    }
}
