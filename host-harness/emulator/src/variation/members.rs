//! Members of an entity that a client does not expect, none of which holds a value: nulls, annotations, unknown properties and
//! unknown names of enumerations.

use serde_json::{Map, Value, json};

use crate::variation::choices::Choices;
use crate::variation::kind::VariationKind;

/// Collections of structures, by name: the members of an item without a value. The first is an enumeration or null.
const STRUCTURES: &[(&str, &[&str])] = &[
    ("phones", &["type", "number"]),
    ("websites", &["type", "address", "displayName"]),
    ("postalAddresses", &["type", "street", "city", "state", "countryOrRegion", "postalCode", "postOfficeBox"]),
];
/// Collections of strings, whose items the metadata allow to be null.
const STRINGS: &[&str] = &["businessPhones", "homePhones", "imAddresses", "categories", "children"];
/// Members of the items of collections that versions of Graph have and a client may not know.
const ADDED: &[(&str, &str)] = &[("phones", "language"), ("phones", "region"), ("websites", "label")];

/// Adds such members to an entity, or to each row of a list.
pub(crate) fn add_members(body: &mut Map<String, Value>, choices: Choices) {
    match body.get_mut("value") {
        Some(Value::Array(rows)) => {
            for (part, row) in (0..).zip(rows.iter_mut()) {
                if let Value::Object(row) = row {
                    add_to_entity(row, choices, part);
                }
            }
            if choices.has(VariationKind::UnknownMembers) {
                body.insert(
                    "@microsoft.graph.tips".to_owned(),
                    "Use $select to choose only the properties your app needs.".into(),
                );
            }
        }
        _ => add_to_entity(body, choices, 0),
    }
}

fn add_to_entity(entity: &mut Map<String, Value>, choices: Choices, part: u64) {
    if !entity.contains_key("id") || entity.contains_key("@removed") {
        return;
    }
    for (name, members) in STRUCTURES {
        let Some(Value::Array(items)) = entity.get_mut(*name) else { continue };
        let unknown = choices.has_at(VariationKind::UnknownEnumNames, part);
        if unknown || choices.has_at(VariationKind::Nulls, part) {
            let kind = if unknown { json!("unknownFutureValue") } else { json!("other") };
            let values = members.iter().map(|member| ((*member).to_owned(), Value::Null));
            let mut item: Map<String, Value> = values.collect();
            item.insert("type".to_owned(), kind);
            items.push(Value::Object(item));
        }
        if choices.has_at(VariationKind::UnknownMembers, part) {
            for (_, member) in ADDED.iter().filter(|(collection, _)| collection == name) {
                items.iter_mut().filter_map(Value::as_object_mut).for_each(|item| {
                    item.insert((*member).to_owned(), Value::Null);
                });
            }
        }
    }
    if choices.has_at(VariationKind::Nulls, part) {
        for name in STRINGS {
            if let Some(Value::Array(items)) = entity.get_mut(*name) {
                items.push(Value::Null);
            }
        }
    }
    // The members of an open extension are data of an application.
    if choices.has_at(VariationKind::UnknownMembers, part) && !entity.contains_key("extensionName") {
        entity.insert("displayName@odata.type".to_owned(), "#String".into());
        entity.insert("@odata.futureAnnotation".to_owned(), json!({"known": false}));
        entity.insert("propertyOfTheFuture".to_owned(), Value::Null);
    }
}
