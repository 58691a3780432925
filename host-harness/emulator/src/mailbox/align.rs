//! One contact in two versions: keeps the single values of v1.0 and the lists of beta equal.
//!
//! The pairs are those of the two pages of the type (v1.0 `businessPhones` and beta `phones` of type `business`, and so on).
//! That `businessHomePage` is the website of type `work` is not documented.

use serde_json::{Map, Value, json};

use crate::odata::edm::Version;

const PHONES: [(&str, &str); 2] = [("businessPhones", "business"), ("homePhones", "home")];
const ADDRESSES: [(&str, &str); 3] = [("businessAddress", "business"), ("homeAddress", "home"), ("otherAddress", "other")];
const EMAIL_SLOTS: [&str; 3] = ["primaryEmailAddress", "secondaryEmailAddress", "tertiaryEmailAddress"];

/// The values of a contact. Absent values are empty.
pub(crate) type ContactValues = Map<String, Value>;

/// Aligns both forms of phones, addresses and websites after a write of these properties in that version.
pub(crate) fn align_versions(values: &mut ContactValues, written: &[&str], version: Version) {
    let is_written = |names: &[&str]| names.iter().any(|name| written.contains(name));
    match version {
        Version::V1 | Version::ReducedV1 => {
            if is_written(&["businessPhones", "homePhones", "mobilePhone"]) {
                fill_phones(values);
            }
            let slots: Vec<_> = ADDRESSES.into_iter().filter(|(slot, _)| written.contains(slot)).collect();
            for (slot, kind) in slots {
                fill_postal_address(values, slot, kind);
            }
            if is_written(&["businessHomePage"]) {
                fill_website(values);
            }
        }
        Version::Beta => {
            if is_written(&["phones"]) {
                fill_phone_slots(values);
            }
            if is_written(&["postalAddresses"]) {
                for (slot, kind) in ADDRESSES {
                    let address = find_of_type(values, "postalAddresses", kind);
                    set_or_remove(values, slot, address.map(remove_type));
                }
            }
            if is_written(&["websites"]) {
                let address = find_of_type(values, "websites", "work").and_then(|site| site.get("address").cloned());
                set_or_remove(values, "businessHomePage", address);
            }
        }
    }
}

/// Aligns `emailAddresses` and the three slots. Microsoft does not document which of them wins in a body with both. Here the
/// list fills the slots first, then the slots of the body replace its entries.
pub(crate) fn align_email_addresses(values: &mut ContactValues, before: &ContactValues, written: &[&str]) {
    let list = written.contains(&"emailAddresses");
    if !list && !EMAIL_SLOTS.iter().any(|slot| written.contains(slot)) {
        return;
    }
    let listed = get_items(values, "emailAddresses");
    let mut filled = Vec::new();
    for (path, slot) in EMAIL_SLOTS.into_iter().enumerate() {
        let address = match (written.contains(&slot), list) {
            (true, _) => values.get(slot).cloned(),
            (false, true) => listed.get(path).cloned(),
            (false, false) => before.get(slot).cloned(),
        };
        filled.extend(address.clone());
        set_or_remove(values, slot, address);
    }
    set_or_remove(values, "emailAddresses", (!filled.is_empty()).then_some(Value::Array(filled)));
}

fn fill_phones(values: &mut ContactValues) {
    let mut mobile_seen = false;
    let mut kept = get_items(values, "phones");
    kept.retain(|phone| match get_type(phone) {
        "business" | "home" => false,
        // v1.0 has one mobile number. Further ones are invisible to it and stay.
        "mobile" => std::mem::replace(&mut mobile_seen, true),
        _ => true,
    });
    let mut phones = Vec::new();
    for (slot, kind) in PHONES {
        phones.extend(get_items(values, slot).into_iter().map(|number| json!({"type": kind, "number": number})));
    }
    phones.extend(values.get("mobilePhone").map(|number| json!({"type": "mobile", "number": number})));
    phones.extend(kept);
    set_or_remove(values, "phones", Some(Value::Array(phones)));
}

fn fill_phone_slots(values: &mut ContactValues) {
    let phones = get_items(values, "phones");
    let numbers = |kind: &str| -> Vec<Value> {
        phones.iter().filter(|phone| get_type(phone) == kind).filter_map(|phone| phone.get("number").cloned()).collect()
    };
    for (slot, kind) in PHONES {
        set_or_remove(values, slot, Some(Value::Array(numbers(kind))));
    }
    set_or_remove(values, "mobilePhone", numbers("mobile").into_iter().next());
}

fn fill_postal_address(values: &mut ContactValues, slot: &str, kind: &str) {
    let mut addresses = get_items(values, "postalAddresses");
    addresses.retain(|address| get_type(address) != kind);
    if let Some(Value::Object(parts)) = values.get(slot).filter(|address| **address != json!({})) {
        let mut address = Map::from_iter([("type".to_owned(), Value::from(kind))]);
        address.extend(parts.clone());
        addresses.push(Value::Object(address));
    }
    set_or_remove(values, "postalAddresses", Some(Value::Array(addresses)));
}

fn fill_website(values: &mut ContactValues) {
    let mut sites = get_items(values, "websites");
    sites.retain(|site| get_type(site) != "work");
    sites.extend(values.get("businessHomePage").map(|address| json!({"type": "work", "address": address})));
    set_or_remove(values, "websites", Some(Value::Array(sites)));
}

fn get_items(values: &ContactValues, name: &str) -> Vec<Value> {
    values.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn find_of_type(values: &ContactValues, name: &str, kind: &str) -> Option<Value> {
    get_items(values, name).into_iter().find(|item| get_type(item) == kind)
}

fn get_type(item: &Value) -> &str {
    item.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn remove_type(mut address: Value) -> Value {
    if let Some(parts) = address.as_object_mut() {
        parts.remove("type");
    }
    address
}

fn set_or_remove(values: &mut ContactValues, name: &str, value: Option<Value>) {
    match value {
        Some(value) => values.insert(name.to_owned(), value),
        None => values.remove(name),
    };
}
