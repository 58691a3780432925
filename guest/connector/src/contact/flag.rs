//! The follow-up flag, from and to JSON, and its update.

use serde_json::{Map, Value, json};

use super::field::Field;
use super::field_ref::{FieldRef, field_ref};
use super::json_nulls::are_same_members;
use super::json_values::{Strictness, expected_one_of, parse_members, parse_nullable, parse_object, parse_string, require};
use super::kinds::{FlagStatus, Kind};
use super::parts::{DateTimeTimeZone, Flag};
use crate::error::{Error, Problems, Result};

const STATUS: &str = "flagStatus";
const DATES: [(&str, FieldRef<Flag, Field<DateTimeTimeZone>>); 3] =
    [("startDateTime", field_ref!(start)), ("dueDateTime", field_ref!(due)), ("completedDateTime", field_ref!(completed))];

/// Parses a flag. A status or a date that the connector cannot read is among its unknown members.
pub(super) fn parse(value: &Value, path: &str, strictness: Strictness<'_>) -> Result<Flag> {
    let mut flag = Flag { unknown: Some(Map::new()), ..Flag::default() };
    let mut problems = Problems::default();
    for (name, value) in parse_object(value, path)? {
        let path = format!("{path}.{name}");
        let date = DATES.iter().find(|(date, _)| date == name);
        let parsed = match date {
            Some((_, field)) => {
                parse_nullable(value, |v| parse_date_time(v, &path)).map(|date| *(field.get_mut)(&mut flag) = date)
            }
            None if name == STATUS => parse_nullable(value, |v| parse_status(v, &path)).map(|status| flag.status = status),
            None => Err(Error::invalid_attribute(
                path,
                expected_one_of(&[STATUS, "startDateTime", "dueDateTime", "completedDateTime"]),
            )),
        };
        match parsed {
            Err(_) if strictness.accepts(name, value) => {
                flag.unknown.get_or_insert_default().insert(name.clone(), value.clone());
            }
            Err(problem) => problems.push(problem),
            Ok(()) => {}
        }
    }
    problems.into_result().map(|()| flag)
}

fn parse_status(value: &Value, path: &str) -> Result<FlagStatus> {
    let known: Vec<&str> = FlagStatus::ALL.iter().map(|status| status.name()).collect();
    let unknown = || Error::invalid_attribute(path, format!("expected one of {}", known.join(", ")));
    FlagStatus::from_name(&parse_string(value, path)?).ok_or_else(unknown)
}

fn parse_date_time(value: &Value, path: &str) -> Result<DateTimeTimeZone> {
    let [date_time, time_zone] = parse_members(value, path, ["dateTime", "timeZone"])?;
    let time_zone = time_zone.map(|zone| parse_string(zone, &format!("{path}.timeZone"))).transpose()?;
    Ok(DateTimeTimeZone { date_time: require(date_time, path, "dateTime", parse_string)?, time_zone })
}

/// Writes a flag.
pub(super) fn write(flag: &Flag) -> Value {
    let mut members = Map::new();
    let mut put = |name: &str, value: Option<Value>| value.map(|value| members.insert(name.to_owned(), value));
    put(STATUS, write_field(&flag.status, |status| json!(status.name())));
    for (name, field) in &DATES {
        put(name, write_field((field.get)(flag), write_date_time));
    }
    for (name, value) in flag.unknown.iter().flatten() {
        put(name, Some(value.clone()));
    }
    Value::Object(members)
}

fn write_field<T>(field: &Field<T>, write: impl FnOnce(&T) -> Value) -> Option<Value> {
    if field.is_unset() { None } else { Some(field.value().map_or(Value::Null, write)) }
}

fn write_date_time(at: &DateTimeTimeZone) -> Value {
    match &at.time_zone {
        Some(zone) => json!({"dateTime": at.date_time, "timeZone": zone}),
        None => json!({"dateTime": at.date_time}),
    }
}

/// Returns the whole flag to send so that `stored` becomes `wanted`; `None` if it is that already.
///
/// A removed flag is one with the status `notFlagged`: Graph returns 500 for a null structure.
pub(super) fn complete(wanted: Option<&Flag>, stored: Option<&Flag>) -> Option<Flag> {
    let nothing = Flag { unknown: Some(Map::new()), ..Flag::default() };
    let stored = stored.unwrap_or(&nothing);
    let has_unread = |flag: &Flag, name: &str| flag.unknown.as_ref().is_some_and(|members| members.contains_key(name));
    let mut whole = wanted.unwrap_or(&nothing).clone();
    if let Some(wanted) = wanted {
        whole.status = whole.status.or(&stored.status);
        for (_, field) in &DATES {
            let date = std::mem::take((field.get_mut)(&mut whole)).or((field.get)(stored));
            *(field.get_mut)(&mut whole) = date;
        }
        // A record has `notFlagged` in the place of a status that the connector does not know.
        let status_is_given =
            !wanted.status.is_unset() && (wanted.unknown.is_some() || wanted.status != Field::Set(FlagStatus::NotFlagged));
        // A record has nothing in the place of a date that the connector cannot read.
        let date_is_given =
            |date: &Field<DateTimeTimeZone>| date.value().is_some() || (wanted.unknown.is_some() && !date.is_unset());
        let is_replaced = |name: &str| {
            (name == STATUS && status_is_given)
                || DATES.iter().any(|(date, field)| *date == name && date_is_given((field.get)(wanted)))
        };
        for (name, value) in stored.unknown.iter().flatten().filter(|(name, _)| !is_replaced(name)) {
            whole.unknown.get_or_insert_default().entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    if are_same(&whole, stored) {
        return None;
    }
    if whole.status.value().is_none() && !has_unread(&whole, STATUS) {
        let is_lost = stored.status.value().is_some() || has_unread(stored, STATUS);
        whole.status = if is_lost { Field::Set(FlagStatus::NotFlagged) } else { Field::Unset };
    }
    for (name, field) in &DATES {
        if (field.get)(&whole).value().is_none() {
            let is_lost = (field.get)(stored).value().is_some() || has_unread(stored, name);
            *(field.get_mut)(&mut whole) = if is_lost && !has_unread(&whole, name) { Field::Null } else { Field::Unset };
        }
    }
    Some(whole)
}

fn are_same(one: &Flag, other: &Flag) -> bool {
    let status = |flag: &Flag| flag.status.value().copied().unwrap_or(FlagStatus::NotFlagged);
    status(one) == status(other)
        && DATES.iter().all(|(_, field)| (field.get)(one).value() == (field.get)(other).value())
        && match (&one.unknown, &other.unknown) {
            (Some(one), Some(other)) => are_same_members(one, other),
            _ => true,
        }
}
