//! Values in the JSON of OData 2, for programs that read no later version.
//! <https://www.odata.org/documentation/odata-version-2-0/json-format/>
//!
//! OData 2 has no collections of values. Its programs take arrays (pyodata), and not the object with `results` of OData 3. A time is the
//! number of its milliseconds since 1970.

use connector::contact::Instant;
use protocol::azure_ad_graph::version::ApiVersion;
use serde_json::{Value, json};

use crate::edm::EdmType;
use crate::entity_type::EntityType;

/// Returns the value of a property of a type.
pub(crate) fn write_property(type_name: &str, name: &str, value: &Value) -> Value {
    let entity_type = EntityType::KNOWN.into_iter().find(|known| known.name() == type_name).unwrap_or(EntityType::Other);
    entity_type.find_property(name, ApiVersion::Beta).map_or_else(|| value.clone(), |known| write_value(known.edm_type, value))
}

fn write_value(edm_type: EdmType, value: &Value) -> Value {
    match (edm_type, value) {
        (EdmType::DateTime, Value::String(text)) => {
            Instant::parse(text).map_or(json!(text), |time| json!(format!("/Date({})/", time.milliseconds())))
        }
        (EdmType::Complex(complex), Value::Object(members)) => {
            let write = |(name, value): (&String, &Value)| {
                let member = complex.members.iter().find(|member| member.name == name);
                (name.clone(), member.map_or_else(|| value.clone(), |member| write_value(member.edm_type, value)))
            };
            Value::Object(members.iter().map(write).collect())
        }
        (EdmType::ComplexCollection(complex), Value::Array(items)) => {
            items.iter().map(|item| write_value(EdmType::Complex(complex), item)).collect()
        }
        (_, value) => value.clone(),
    }
}
