//! The object class `user`.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::failure::{Failure, Operation};
use super::{Answer, Call, headers, object, operations, revision_of, update_of};
use crate::error::Error;
use crate::frontends::json;
use crate::operations::Connector;
use crate::operations::network::Network;
use crate::operations::patch::PatchOperation;
use crate::operations::schema::USER;
use crate::operations::user::Updated;

/// Answers a request about users.
pub(super) fn answer<'c, N: Network + 'c>(
    call: Call<'_>,
    connector: impl FnOnce() -> Connector<'c, N>,
    content: impl FnOnce() -> Result<Value, Failure>,
) -> Result<Answer, Failure> {
    let class = format!("system/{}/user", call.system);
    match (call.request.method.as_str(), &call.id) {
        ("GET", Some(id)) if !call.parameters.is_query() => {
            let fields = call.parameters.fields()?;
            let names = fields.attributes(USER.iter().filter(|a| a.is_returned_by_default()).map(|a| a.name));
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let read = connector().get_user(id, &names);
            Ok(Answer::ok(fields.filter(read.map_err(|error| Failure::of_operation(error, Operation::Read, &class, id))?)))
        }
        ("PUT", Some(id)) => {
            let revision = update_of(call.condition)?;
            let fields = call.parameters.fields()?;
            let key = headers::idempotency_key(&call.request.headers)?;
            let updated = connector().update_user(id, revision.as_deref(), &object(content()?)?, key);
            let updated = updated.map_err(|error| Failure::of_operation(error, Operation::Update, &class, id))?;
            Ok(Answer::ok(fields.filter(outcome(updated, &class, id)?)))
        }
        ("PATCH", Some(id)) => {
            let fields = call.parameters.fields()?;
            let key = headers::idempotency_key(&call.request.headers)?;
            let attributes = patched(&operations(&content()?)?)?;
            let updated = connector().update_user(id, revision_of(&call.condition), &attributes, key);
            let updated = updated.map_err(|error| Failure::of_operation(error, Operation::Patch, &class, id))?;
            Ok(Answer::ok(fields.filter(outcome(updated, &class, id)?)))
        }
        _ => Err(Failure::not_implemented(&call.request.method, &call.parameters, "user")),
    }
}

/// The attributes that patch operations write: to a user, values of the three attributes can be added.
fn patched(operations: &[PatchOperation]) -> Result<Map<String, Value>, Failure> {
    let mut attributes: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for operation in operations {
        match operation.written() {
            Some((name, values)) => attributes.entry(name.to_owned()).or_default().extend(values),
            None => {
                let problem = format!("{}: of a user, values can be added to the attributes of contacts", operation.attribute());
                return Err(Failure::new(StatusCode::BAD_REQUEST, problem));
            }
        }
    }
    Ok(attributes.into_iter().map(|(name, values)| (name, Value::Array(values))).collect())
}

/// The user after an update; a failure where one of its contacts failed, which tells what became of each.
fn outcome(updated: Updated, class: &str, id: &str) -> Result<Map<String, Value>, Failure> {
    let outcomes: Vec<Value> = updated.outcomes.iter().map(json::outcome).collect();
    match updated.outcomes.into_iter().find_map(|outcome| outcome.error.map(|error| (outcome.attribute, outcome.position, error)))
    {
        None => Ok(updated.user),
        Some((attribute, position, error)) => {
            let error = Error { message: format!("{attribute}[{position}]: {}", error.message), ..error };
            Err(Failure::of_operation(error, Operation::Contact, class, id).with_detail(json!({"contacts": outcomes})))
        }
    }
}
