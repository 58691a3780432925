//! One contact, two dialects: what a write in v1.0 means for beta's lists, and the other way round.
//!
//! The pairs are those of the two pages of the type (v1.0 `businessPhones` against beta `phones` of type `business`, and so
//! on). That `businessHomePage` is the website of type `work` is not documented.

use serde_json::{Map, Value, json};

use super::schema::Version;

const PHONES: [(&str, &str); 2] = [("businessPhones", "business"), ("homePhones", "home")];
const ADDRESSES: [(&str, &str); 3] = [("businessAddress", "business"), ("homeAddress", "home"), ("otherAddress", "other")];
const EMAIL_SLOTS: [&str; 3] = ["primaryEmailAddress", "secondaryEmailAddress", "tertiaryEmailAddress"];

/// The values that a contact has; what is absent is empty.
pub(super) type Values = Map<String, Value>;

/// Brings both forms of phones, addresses and websites together, after these properties were written in that version.
pub(super) fn dialects(values: &mut Values, written: &[&str], version: Version) {
    let touched = |names: &[&str]| names.iter().any(|name| written.contains(name));
    match version {
        Version::V1 | Version::NationalV1 => {
            if touched(&["businessPhones", "homePhones", "mobilePhone"]) {
                phones_from_slots(values);
            }
            let slots: Vec<_> = ADDRESSES.into_iter().filter(|(slot, _)| written.contains(slot)).collect();
            for (slot, kind) in slots {
                address_from_slot(values, slot, kind);
            }
            if touched(&["businessHomePage"]) {
                website_from_slot(values);
            }
        }
        Version::Beta => {
            if touched(&["phones"]) {
                slots_from_phones(values);
            }
            if touched(&["postalAddresses"]) {
                for (slot, kind) in ADDRESSES {
                    let address = first(values, "postalAddresses", kind);
                    put(values, slot, address.map(without_type));
                }
            }
            if touched(&["websites"]) {
                let address = first(values, "websites", "work").and_then(|site| site.get("address").cloned());
                put(values, "businessHomePage", address);
            }
        }
    }
}

/// Brings `emailAddresses` and the three slots together. Which of them wins when a body has both is undocumented; here the
/// list is laid into the slots first, then the slots of the body over it.
pub(super) fn emails(values: &mut Values, before: &Values, written: &[&str]) {
    let list = written.contains(&"emailAddresses");
    if !list && !EMAIL_SLOTS.iter().any(|slot| written.contains(slot)) {
        return;
    }
    let listed = items(values, "emailAddresses");
    let mut filled = Vec::new();
    for (place, slot) in EMAIL_SLOTS.into_iter().enumerate() {
        let address = match (written.contains(&slot), list) {
            (true, _) => values.get(slot).cloned(),
            (false, true) => listed.get(place).cloned(),
            (false, false) => before.get(slot).cloned(),
        };
        filled.extend(address.clone());
        put(values, slot, address);
    }
    put(values, "emailAddresses", (!filled.is_empty()).then_some(Value::Array(filled)));
}

fn phones_from_slots(values: &mut Values) {
    let mut mobile_seen = false;
    let mut kept = items(values, "phones");
    kept.retain(|phone| match kind(phone) {
        "business" | "home" => false,
        // v1.0 knows one mobile number; the further ones are out of its sight and stay.
        "mobile" => std::mem::replace(&mut mobile_seen, true),
        _ => true,
    });
    let mut phones = Vec::new();
    for (slot, kind) in PHONES {
        phones.extend(items(values, slot).into_iter().map(|number| json!({"type": kind, "number": number})));
    }
    phones.extend(values.get("mobilePhone").map(|number| json!({"type": "mobile", "number": number})));
    phones.extend(kept);
    put(values, "phones", Some(Value::Array(phones)));
}

fn slots_from_phones(values: &mut Values) {
    let phones = items(values, "phones");
    let numbers = |wanted: &str| -> Vec<Value> {
        phones.iter().filter(|phone| kind(phone) == wanted).filter_map(|phone| phone.get("number").cloned()).collect()
    };
    for (slot, kind) in PHONES {
        put(values, slot, Some(Value::Array(numbers(kind))));
    }
    put(values, "mobilePhone", numbers("mobile").into_iter().next());
}

fn address_from_slot(values: &mut Values, slot: &str, wanted: &str) {
    let mut addresses = items(values, "postalAddresses");
    addresses.retain(|address| kind(address) != wanted);
    if let Some(Value::Object(parts)) = values.get(slot).filter(|address| **address != json!({})) {
        let mut address = Map::from_iter([("type".to_owned(), Value::from(wanted))]);
        address.extend(parts.clone());
        addresses.push(Value::Object(address));
    }
    put(values, "postalAddresses", Some(Value::Array(addresses)));
}

fn website_from_slot(values: &mut Values) {
    let mut sites = items(values, "websites");
    sites.retain(|site| kind(site) != "work");
    sites.extend(values.get("businessHomePage").map(|address| json!({"type": "work", "address": address})));
    put(values, "websites", Some(Value::Array(sites)));
}

fn items(values: &Values, name: &str) -> Vec<Value> {
    values.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn first(values: &Values, name: &str, wanted: &str) -> Option<Value> {
    items(values, name).into_iter().find(|item| kind(item) == wanted)
}

fn kind(item: &Value) -> &str {
    item.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn without_type(mut address: Value) -> Value {
    if let Some(parts) = address.as_object_mut() {
        parts.remove("type");
    }
    address
}

fn put(values: &mut Values, name: &str, value: Option<Value>) {
    match value {
        Some(value) => values.insert(name.to_owned(), value),
        None => values.remove(name),
    };
}
