//! Strategies for a stored contact, and for the steps that change it. The values are few, so that they often meet.

use connector::contact::Version;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// A request that changes a contact.
#[derive(Clone, Debug)]
pub enum Step {
    /// Updates these attributes.
    Put(Map<String, Value>),
    /// Updates the whole object as it was read, with these changes.
    SendBack(Map<String, Value>),
    /// Applies these operations.
    Patch(Vec<Value>),
}

/// The shape of an attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Text,
    Day,
    Boolean,
    Texts,
    Emails,
    Email,
    Address,
    Flag,
    Phones,
    Addresses,
    Websites,
}

use Shape::{Address, Addresses, Boolean, Day, Email, Emails, Flag, Phones, Text, Texts, Websites};

const BOTH: &[(&str, Shape)] = &[
    ("displayName", Text),
    ("givenName", Text),
    ("jobTitle", Text),
    ("personalNotes", Text),
    ("birthday", Day),
    ("children", Texts),
    ("categories", Texts),
    ("imAddresses", Texts),
    ("emailAddresses", Emails),
    ("primaryEmailAddress", Email),
];
/// Callers use these names with both versions.
const V1: &[(&str, Shape)] = &[
    ("businessPhones", Texts),
    ("homePhones", Texts),
    ("mobilePhone", Text),
    ("businessHomePage", Text),
    ("businessAddress", Address),
    ("homeAddress", Address),
    ("otherAddress", Address),
];
const BETA: &[(&str, Shape)] = &[
    ("phones", Phones),
    ("postalAddresses", Addresses),
    ("websites", Websites),
    ("flag", Flag),
    ("gender", Text),
    ("isFavorite", Boolean),
    ("weddingAnniversary", Day),
];

fn text() -> BoxedStrategy<Value> {
    select(&["a", "b", "c"][..]).prop_map(|text| json!(text)).boxed()
}

fn object(parts: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let (names, values): (Vec<&str>, Vec<_>) = parts.into_iter().map(|(name, value)| (name, option::of(value))).unzip();
    values
        .prop_map(move |values| {
            names.iter().zip(values).filter_map(|(name, v)| Some(((*name).to_owned(), v?))).collect::<Map<_, _>>().into()
        })
        .boxed()
}

fn typed(kinds: &'static [&'static str], parts: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    (select(kinds), object(parts))
        .prop_map(|(kind, parts)| {
            let mut entry = Map::from_iter([("type".to_owned(), json!(kind))]);
            entry.extend(parts.as_object().unwrap().clone());
            Value::Object(entry)
        })
        .boxed()
}

fn phone() -> BoxedStrategy<Value> {
    (select(&["home", "business", "mobile", "pager", "other"][..]), text())
        .prop_map(|(kind, number)| json!({"type": kind, "number": number}))
        .boxed()
}

fn date_time() -> BoxedStrategy<Value> {
    select(&["2026-11-28T00:00:00", "2026-11-29T00:00:00"][..]).prop_map(|at| json!({"dateTime": at, "timeZone": "UTC"})).boxed()
}

/// Returns the strategy of an item of a collection.
fn item(shape: Shape, version: Version) -> BoxedStrategy<Value> {
    match shape {
        Texts => text(),
        Emails if version == Version::Beta => {
            typed(&["work", "personal", "other"], vec![("name", text()), ("address", text()), ("otherLabel", text())])
        }
        Emails => object(vec![("name", text()), ("address", text())]),
        Phones => phone(),
        Addresses => typed(&["unknown", "home", "business", "other"], vec![("city", text()), ("postOfficeBox", text())]),
        Websites => typed(&["other", "work", "blog"], vec![("address", text()), ("displayName", text())]),
        other => value(other, version),
    }
}

fn value(shape: Shape, version: Version) -> BoxedStrategy<Value> {
    match shape {
        Text => text(),
        Day => select(&["1974-07-22", "1815-12-10"][..]).prop_map(|day| json!(day)).boxed(),
        Boolean => any::<bool>().prop_map(Value::from).boxed(),
        Email => object(vec![("name", text()), ("address", text())]),
        Address => object(vec![("street", text()), ("city", text()), ("state", text())]),
        Flag => object(vec![
            ("flagStatus", select(&["notFlagged", "complete", "flagged"][..]).prop_map(|status| json!(status)).boxed()),
            ("startDateTime", date_time()),
            ("dueDateTime", date_time()),
        ]),
        collection => vec(item(collection, version), 0..3).prop_map(Value::from).boxed(),
    }
}

fn attributes(version: Version) -> Vec<(&'static str, Shape)> {
    [BOTH, V1, if version == Version::Beta { BETA } else { &[] }].concat()
}

/// Returns the strategy of the attributes of a PUT.
fn body(version: Version, most: usize) -> BoxedStrategy<Map<String, Value>> {
    let attribute = select(attributes(version)).prop_flat_map(move |(name, shape)| {
        let given = match shape {
            // A bare value is a collection of one.
            Texts | Emails | Phones | Addresses | Websites => {
                prop_oneof![4 => value(shape, version), 1 => item(shape, version), 1 => Just(Value::Null)].boxed()
            }
            Text => prop_oneof![4 => text(), 1 => Just(Value::Null), 1 => Just(json!(""))].boxed(),
            _ => prop_oneof![4 => value(shape, version), 1 => Just(Value::Null)].boxed(),
        };
        given.prop_map(move |value| (name.to_owned(), value))
    });
    vec(attribute, 0..=most).prop_map(|attributes| attributes.into_iter().collect()).boxed()
}

fn operation(version: Version) -> BoxedStrategy<Value> {
    select(attributes(version)).prop_flat_map(move |(name, shape)| operation_on(name, shape, version)).boxed()
}

fn operation_on(name: &'static str, shape: Shape, version: Version) -> BoxedStrategy<Value> {
    let write = |field: String, value: BoxedStrategy<Value>| {
        (select(&["add", "replace"][..]), value)
            .prop_map(move |(kind, value)| json!({"operation": kind, "field": field, "value": value}))
            .boxed()
    };
    let remove = |field: String| Just(json!({"operation": "remove", "field": field})).boxed();
    let remove_value = |field: String, value: BoxedStrategy<Value>| {
        value.prop_map(move |value| json!({"operation": "remove", "field": field, "value": value})).boxed()
    };
    let whole = value(shape, version);
    let name_of = || name.to_owned();
    match shape {
        Texts | Emails | Phones | Addresses | Websites => {
            let one = item(shape, version);
            let append =
                one.clone().prop_map(move |value| json!({"operation": "add", "field": format!("{name}/-"), "value": value}));
            let at = (0usize..3, one.clone(), select(&["add", "replace", "remove"][..])).prop_map(move |(at, value, kind)| {
                let field = format!("{name}/{at}");
                match kind {
                    "remove" => json!({"operation": kind, "field": field}),
                    _ => json!({"operation": kind, "field": field, "value": value}),
                }
            });
            prop_oneof![
                2 => write(name_of(), whole.clone()),
                2 => write(name_of(), one.clone()),
                1 => remove(name_of()),
                1 => remove_value(name_of(), one),
                1 => remove_value(name_of(), whole),
                3 => append,
                4 => at,
            ]
            .boxed()
        }
        Address | Email | Flag => {
            let parts: &[&str] = match shape {
                Address => &["street", "city", "state"],
                Email => &["name", "address"],
                _ => &["startDateTime", "dueDateTime"],
            };
            let of_part = if shape == Flag { date_time() } else { text() };
            let part = select(parts).prop_flat_map(move |part| {
                let field = format!("{name}/{part}");
                prop_oneof![write(field.clone(), of_part.clone()), remove(field.clone()), remove_value(field, of_part.clone()),]
            });
            prop_oneof![2 => write(name_of(), whole.clone()), 1 => remove(name_of()), 1 => remove_value(name_of(), whole), 3 => part]
                .boxed()
        }
        _ => {
            prop_oneof![3 => write(name_of(), whole.clone()), 1 => remove(name_of()), 1 => remove_value(name_of(), whole)].boxed()
        }
    }
}

/// Returns the strategy of a step.
pub fn step(version: Version) -> BoxedStrategy<Step> {
    prop_oneof![
        2 => body(version, 3).prop_map(Step::Put),
        1 => body(version, 1).prop_map(Step::SendBack),
        4 => vec(operation(version), 1..4).prop_map(Step::Patch),
    ]
    .boxed()
}

/// Returns the strategy of a stored contact: with nulls, members, kinds and properties that the connector does not know.
pub fn stored(version: Version) -> BoxedStrategy<Map<String, Value>> {
    let own: Vec<(&'static str, Shape)> = match version {
        Version::V1 => [BOTH, V1].concat(),
        Version::Beta => [BOTH, BETA].concat(),
    };
    let properties: Vec<BoxedStrategy<Option<(String, Value)>>> = own
        .into_iter()
        .map(|(name, shape)| {
            let value = match shape {
                Day if name == "birthday" => {
                    value(shape, version).prop_map(|day| json!(format!("{}T11:59:00Z", day.as_str().unwrap()))).boxed()
                }
                Phones | Addresses | Websites | Emails => vec(stored_item(shape, version), 0..4).prop_map(Value::from).boxed(),
                Texts => value(shape, version),
                Address | Email | Flag => prop_oneof![3 => value(shape, version), 1 => stored_structure(shape)].boxed(),
                _ => prop_oneof![3 => value(shape, version), 1 => Just(Value::Null)].boxed(),
            };
            option::of(value.prop_map(move |value| (name.to_owned(), value))).boxed()
        })
        .collect();
    properties
        .prop_map(|properties| {
            let assigned = json!({
                "@odata.etag": "W/\"key 0\"", "id": "AAMk", "changeKey": "key 0", "createdDateTime": "2014-10-19T23:08:24Z",
                "lastModifiedDateTime": "2014-10-19T23:08:24Z", "parentFolderId": "AAMkAGI2AAEOAAA=",
                "newProperty": {"kept": [1, null], "empty": null},
            });
            let mut contact = assigned.as_object().unwrap().clone();
            contact.extend(properties.into_iter().flatten());
            contact
        })
        .boxed()
}

/// An item as the service can return it.
fn stored_item(shape: Shape, version: Version) -> BoxedStrategy<Value> {
    let known = item(shape, version);
    let odd = match shape {
        Phones => vec![
            json!({"type": "business", "number": null}),
            json!({"type": "pager"}),
            json!({"type": "home", "number": "a", "rank": 1}),
            json!({"type": "satellite", "number": "b"}),
            json!({"type": null, "number": "c"}),
        ],
        Addresses => vec![
            json!({"type": "home"}),
            json!({"type": "business", "city": null, "street": "a"}),
            json!({"type": "boat", "city": "b"}),
            json!({"type": "other", "city": "c", "rank": {"x": null}}),
        ],
        Websites => vec![
            json!({"type": "work", "address": "a", "rank": 1}),
            json!({"type": "feed", "address": "b"}),
            json!({"type": "work", "address": null, "displayName": "c"}),
            json!({"type": "blog", "address": "a", "rank": null}),
        ],
        _ if version == Version::Beta => {
            vec![json!({"type": "club", "address": "a"}), json!({"name": null, "address": "b", "rank": 1})]
        }
        _ => vec![json!({"name": null, "address": "b"}), json!({"name": "a", "address": "b", "rank": 1})],
    };
    prop_oneof![3 => known, 2 => select(odd)].boxed()
}

/// A structure as the service can return it.
fn stored_structure(shape: Shape) -> BoxedStrategy<Value> {
    let odd = match shape {
        Flag => vec![
            json!({"flagStatus": "snoozed"}),
            json!({"flagStatus": "flagged", "rank": 1, "dueDateTime": null}),
            json!({"flagStatus": "flagged", "dueDateTime": {"dateTime": "2026-11-28T00:00:00", "timeZone": "UTC", "zone": 1}}),
        ],
        _ => vec![json!({}), json!({"city": null, "rank": 1}), json!({"name": "a", "rank": null})],
    };
    select(odd).boxed()
}
