//! Values in the JSON of OData 2, for programs that read no later version.
//! <https://www.odata.org/documentation/odata-version-2-0/json-format/>
//!
//! OData 2 has no collections of values. Its programs take arrays (pyodata), and not the object with `results` of OData 3. A time is the
//! number of its milliseconds since 1970.

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
            parse_milliseconds(text).map_or(json!(text), |time| json!(format!("/Date({time})/")))
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

/// Returns the milliseconds from 1970 to a time such as `2026-11-28T09:30:00.123Z`.
fn parse_milliseconds(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z').unwrap_or(text).split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let numbers: Vec<i64> = date.split('-').chain(time.split(':')).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [year, month, day, hour, minute, second] = numbers.try_into().ok()?;
    let milliseconds: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some((((count_days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000 + milliseconds)
}

/// Returns the days from 1970-01-01 to a date of the Gregorian calendar.
fn count_days(year: i64, month: i64, day: i64) -> i64 {
    // A year that begins in March ends with the day that only leap years have.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day - 719_469
}
