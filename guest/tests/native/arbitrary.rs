//! Strategies for arbitrary contacts, in Graph's JSON.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The writable String properties of both versions (Microsoft's metadata, `microsoft.graph.contact`).
pub const STRINGS: &[&str] = &[
    "assistantName",
    "companyName",
    "department",
    "displayName",
    "fileAs",
    "generation",
    "givenName",
    "initials",
    "jobTitle",
    "manager",
    "middleName",
    "nickName",
    "officeLocation",
    "personalNotes",
    "profession",
    "spouseName",
    "surname",
    "title",
    "yomiCompanyName",
    "yomiGivenName",
    "yomiSurname",
];

fn string() -> impl Strategy<Value = String> {
    // Any Unicode: combining marks, right-to-left, four bytes, controls, quotes.
    proptest::string::string_regex("\\PC{1,12}|[\"\\\\\u{0}-\u{1f}é\u{301}אب👩‍👩‍👧]{1,6}").unwrap()
}

fn maybe<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(value)
}

fn nullable(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop_oneof![3 => value, 1 => Just(Value::Null)]
}

fn object(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    vec(maybe(string()), names.len()).prop_map(move |values| {
        names.iter().zip(values).filter_map(|(name, v)| Some((name.to_string(), json!(v?)))).collect::<Map<_, _>>().into()
    })
}

fn strings(most: usize) -> impl Strategy<Value = Value> {
    vec(string(), 0..=most).prop_map(|strings| json!(strings))
}

fn date() -> impl Strategy<Value = String> {
    (1900u16..2100, 1u8..13, 1u8..29).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"))
}

const ADDRESS: &[&str] = &["street", "city", "state", "postalCode", "countryOrRegion"];

/// Returns the strategy of each property that both versions have.
fn common() -> Vec<(&'static str, BoxedStrategy<Value>)> {
    let mut all: Vec<(&str, BoxedStrategy<Value>)> =
        STRINGS.iter().map(|name| (*name, nullable(string().prop_map(Value::from)).boxed())).collect();
    all.push(("categories", strings(4).boxed()));
    all.push(("children", strings(4).boxed()));
    all.push(("imAddresses", strings(3).boxed()));
    all.push(("birthday", nullable(date().prop_map(|d| json!(format!("{d}T11:59:00Z")))).boxed()));
    for slot in ["primaryEmailAddress", "secondaryEmailAddress", "tertiaryEmailAddress"] {
        all.push((slot, nullable(object(&["name", "address"])).boxed()));
    }
    all
}

fn assemble(properties: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Map<String, Value>> {
    let (names, values): (Vec<_>, Vec<_>) = properties.into_iter().unzip();
    values
        .into_iter()
        .map(|value| maybe(value).boxed())
        .collect::<Vec<_>>()
        .prop_map(move |values| names.iter().zip(values).filter_map(|(name, v)| Some((name.to_string(), v?))).collect())
        .boxed()
}

/// Returns contacts that a caller can write with v1.0.
pub fn writable_v1() -> BoxedStrategy<Map<String, Value>> {
    let mut all = common();
    all.push(("businessPhones", strings(2).boxed()));
    all.push(("homePhones", strings(2).boxed()));
    all.push(("mobilePhone", nullable(string().prop_map(Value::from)).boxed()));
    all.push(("businessHomePage", nullable(string().prop_map(Value::from)).boxed()));
    for address in ["businessAddress", "homeAddress", "otherAddress"] {
        all.push((address, object(ADDRESS).boxed()));
    }
    all.push(("emailAddresses", vec(object(&["name", "address"]), 0..=3).prop_map(Value::from).boxed()));
    assemble(all)
}

/// Returns contacts that a caller can write with beta.
pub fn writable_beta() -> BoxedStrategy<Map<String, Value>> {
    let mut all = common();
    let typed = |kinds: &'static [&'static str], names: &'static [&'static str]| {
        (proptest::sample::select(kinds), object(names)).prop_map(|(kind, rest)| {
            let mut value = Map::from_iter([("type".to_owned(), json!(kind))]);
            value.extend(rest.as_object().unwrap().clone());
            Value::Object(value)
        })
    };
    const PHONES: &[&str] =
        &["home", "business", "mobile", "other", "assistant", "homeFax", "businessFax", "otherFax", "pager", "radio"];
    let phone = (proptest::sample::select(PHONES), string()).prop_map(|(kind, number)| json!({"type": kind, "number": number}));
    all.push(("phones", vec(phone, 0..6).prop_map(Value::from).boxed()));
    const BETA_ADDRESS: &[&str] = &["street", "city", "state", "postalCode", "countryOrRegion", "postOfficeBox"];
    let address = typed(&["unknown", "home", "business", "other"], BETA_ADDRESS);
    all.push(("postalAddresses", vec(address, 0..4).prop_map(Value::from).boxed()));
    let site = typed(&["other", "home", "work", "blog", "profile"], &["address", "displayName"]);
    all.push(("websites", vec(site, 0..4).prop_map(Value::from).boxed()));
    let email = typed(&["unknown", "work", "personal", "main", "other"], &["name", "address", "otherLabel"]);
    all.push(("emailAddresses", vec(email, 0..=3).prop_map(Value::from).boxed()));
    all.push(("gender", nullable(string().prop_map(Value::from)).boxed()));
    all.push(("isFavorite", nullable(any::<bool>().prop_map(Value::from)).boxed()));
    all.push(("weddingAnniversary", nullable(date().prop_map(Value::from)).boxed()));
    assemble(all)
}

/// Adds what Graph returns beyond that: assigned properties, annotations, and properties that the connector does not know.
pub fn returned(writable: BoxedStrategy<Map<String, Value>>) -> BoxedStrategy<Map<String, Value>> {
    let unknown = vec(("x[a-z]{1,8}", nullable(string().prop_map(Value::from))), 0..4);
    (writable, unknown, string())
        .prop_map(|(writable, unknown, key)| {
            let mut contact = Map::from_iter([
                ("@odata.etag".to_owned(), json!(format!("W/\"{key}\""))),
                ("id".to_owned(), json!("AAMkAGI2THk0AAA=")),
                ("createdDateTime".to_owned(), json!("2014-10-19T23:08:24Z")),
                ("lastModifiedDateTime".to_owned(), json!("2014-10-19T23:08:24Z")),
                ("changeKey".to_owned(), json!(key)),
                ("parentFolderId".to_owned(), json!("AAMkAGI2AAEOAAA=")),
            ]);
            contact.extend(writable);
            contact.extend(unknown);
            contact
        })
        .boxed()
}
