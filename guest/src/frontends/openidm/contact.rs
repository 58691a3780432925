//! The object class `contact`.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::failure::{Failure, Operation};
use super::headers::Condition;
use super::{Answer, Call, headers, object, operations, revision_of, update_of};
use crate::operations::Connector;
use crate::operations::contact_class::Uid;
use crate::operations::network::Network;

/// Answers a request about contacts.
pub(super) fn answer<'c, N: Network + 'c>(
    call: Call<'_>,
    connector: impl FnOnce() -> Connector<'c, N>,
    content: impl FnOnce() -> Result<Value, Failure>,
) -> Result<Answer, Failure> {
    let class = format!("system/{}/contact", call.system);
    let failed = |operation: Operation, id: &str| {
        let (class, id) = (class.clone(), id.to_owned());
        move |error| Failure::of_operation(error, operation, &class, &id)
    };
    let fields = call.parameters.fields()?;
    match (call.request.method.as_str(), &call.id) {
        ("GET", Some(id)) if !call.parameters.is_query() => {
            let uid = Uid::decode(id).map_err(failed(Operation::Read, id))?;
            let read = connector().get_contact_object(&uid).map_err(failed(Operation::Read, id))?;
            if let Condition::NoneMatch(revision) = &call.condition
                && read.get("_rev").and_then(Value::as_str) == Some(revision)
            {
                return Ok(Answer { status: StatusCode::NOT_MODIFIED, ..shown(Map::new()) });
            }
            Ok(Answer { body: Value::Object(fields.filter(read.clone())), ..shown(read) })
        }
        ("GET", None) => {
            let search = call.parameters.search()?;
            let found = connector().search_contacts(&search).map_err(failed(Operation::Query, ""))?;
            let ids_alone = call.parameters.wants_ids();
            let result: Vec<Value> = found
                .objects
                .into_iter()
                .map(|object| if ids_alone { ids(object) } else { fields.filter(object) })
                .map(Value::Object)
                .collect();
            let envelope = json!({
                "result": result,
                "resultCount": result.len(),
                "pagedResultsCookie": found.cookie,
                "totalPagedResultsPolicy": "NONE",
                "totalPagedResults": -1,
                "remainingPagedResults": -1,
            });
            Ok(Answer { status: StatusCode::OK, body: envelope, revision: None, location: None })
        }
        ("POST", None) if call.parameters.action().is_none_or(|action| action.eq_ignore_ascii_case("create")) => {
            let key = headers::idempotency_key(&call.request.headers)?;
            let created = connector().create_contact_object(&object(content()?)?, key).map_err(failed(Operation::Create, ""))?;
            let location = created.get("_id").and_then(Value::as_str).map(|id| format!("/openidm/{class}/{id}"));
            let body = Value::Object(fields.filter(created.clone()));
            Ok(Answer { status: StatusCode::CREATED, location, body, ..shown(created) })
        }
        ("PUT", Some(id)) => {
            let revision = update_of(call.condition)?;
            let uid = Uid::decode(id).map_err(failed(Operation::Update, id))?;
            let updated = connector().update_contact_object(&uid, revision.as_deref(), &object(content()?)?);
            let updated = updated.map_err(failed(Operation::Update, id))?;
            Ok(Answer { body: Value::Object(fields.filter(updated.clone())), ..shown(updated) })
        }
        ("PATCH", Some(id)) => {
            let operations = operations(&content()?)?;
            let uid = Uid::decode(id).map_err(failed(Operation::Patch, id))?;
            let patched = connector().patch_contact_object(&uid, revision_of(&call.condition), &operations);
            let patched = patched.map_err(failed(Operation::Patch, id))?;
            Ok(Answer { body: Value::Object(fields.filter(patched.clone())), ..shown(patched) })
        }
        ("DELETE", Some(id)) => {
            let revision = revision_of(&call.condition);
            let uid = Uid::decode(id).map_err(failed(Operation::Delete, id))?;
            let deleted = connector().delete_contact_object(&uid, revision).map_err(failed(Operation::Delete, id))?;
            Ok(Answer::ok(fields.filter(deleted)))
        }
        _ => Err(Failure::not_implemented(&call.request.method, &call.parameters, "contact")),
    }
}

/// What a query for ids alone gives of an object.
fn ids(mut object: Map<String, Value>) -> Map<String, Value> {
    object.retain(|name, _| matches!(name.as_str(), "_id" | "_rev"));
    object
}

/// An answer with an object and its revision.
fn shown(object: Map<String, Value>) -> Answer {
    let revision = object.get("_rev").and_then(Value::as_str).map(str::to_owned);
    Answer { revision, ..Answer::ok(object) }
}
