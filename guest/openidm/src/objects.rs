//! The objects of a class: read, query, create, update, patch, delete.

use http::StatusCode;
use serde_json::{Map, Value, json};

use protocol::openidm::failure::Failure;

use crate::failure::{self, FailedOperation};
use crate::headers::Condition;
use crate::request::{ObjectRequest, object, operations, revision_of, update_of};
use crate::response::ObjectResponse;
use crate::rows::Rows;
use crate::{actions, headers, query};
use connector::error::Error;
use connector::graph::selection::Selection;
use connector::operations::connector::Connector;
use connector::operations::icf::filter::Filter;
use connector::operations::icf::object_class::ObjectClass::User;
use connector::operations::icf::outcome::{Outcome, Updated};
use connector::operations::icf::user_attributes::USER;
use connector::operations::icf::user_class::shown_contact;
use connector::response_writer::ResponseWriter;

/// Answers a request about objects of a class; `None` where `reply` has had the answer already.
pub(crate) fn respond<'c>(
    call: ObjectRequest<'_>,
    connector: impl FnOnce() -> Connector<'c>,
    content: impl FnOnce() -> Result<Value, Failure>,
    writer: &mut dyn ResponseWriter,
) -> Result<Option<ObjectResponse>, Failure> {
    let class = call.class;
    let failed = |operation: FailedOperation, id: &str| {
        let (path, id) = (call.path(), id.to_owned());
        move |error| failure::of_operation(error, operation, &path, &id)
    };
    let fields = query::fields(&call.parameters)?;
    let key = || headers::idempotency_key(&call.request.headers);
    let shown = |object: Map<String, Value>| {
        let revision = object.get("_rev").and_then(Value::as_str).map(str::to_owned);
        ObjectResponse { revision, ..ObjectResponse::ok(fields.filter(object)) }
    };
    match (call.request.method.as_str(), &call.id) {
        ("GET", Some(id)) if !call.parameters.is_query() && class == User => {
            let names = fields.attributes(USER.iter().filter(|a| a.is_returned_by_default()).map(|a| a.name));
            read_user(&call, &connector(), id, &names, writer).map_err(failed(FailedOperation::Read, id))
        }
        ("GET", Some(id)) if !call.parameters.is_query() => {
            let read = connector().get_object(class, id, &fields.names()).map_err(failed(FailedOperation::Read, id))?;
            let revision = read.get("_rev").and_then(Value::as_str);
            let is_known = matches!(&call.condition, Condition::NoneMatch(known) if Some(known.as_str()) == revision);
            let status = if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
            Ok(Some(ObjectResponse { status, ..shown(read) }))
        }
        ("GET", None) => query(&call, &connector(), writer).map_err(|failure| match failure {
            Unanswered::Request(failure) => failure,
            Unanswered::Operation(error) => failed(FailedOperation::Query, "")(error),
        }),
        ("POST", None)
            if call.parameters.action().is_none_or(|action| action.eq_ignore_ascii_case("create")) && class != User =>
        {
            let created =
                connector().create_object(class, &object(content()?)?, key()?).map_err(failed(FailedOperation::Create, ""))?;
            let location = created.get("_id").and_then(Value::as_str).map(|id| format!("/openidm/{}/{id}", call.path()));
            Ok(Some(ObjectResponse { status: StatusCode::CREATED, location, ..shown(created) }))
        }
        ("POST", None) if call.parameters.action().is_some_and(|action| !action.eq_ignore_ascii_case("create")) => {
            actions::of_objects(&call, &connector(), content).map(Some)
        }
        ("POST", Some(id)) if class != User => actions::of_object(&call, &connector(), id).map(Some),
        ("PUT", Some(id)) => {
            let revision = update_of(call.condition.clone())?;
            let updated = connector().update_object(class, id, revision.as_deref(), &object(content()?)?, key()?);
            let updated = updated.map_err(failed(FailedOperation::Update, id))?;
            outcome(updated, &call.path(), id).map(shown).map(Some)
        }
        ("PATCH", Some(id)) => {
            let (operations, key) = (operations(&content()?)?, key()?);
            let updated = connector().patch_object(class, id, revision_of(&call.condition), &operations, key);
            outcome(updated.map_err(failed(FailedOperation::Patch, id))?, &call.path(), id).map(shown).map(Some)
        }
        ("DELETE", Some(id)) if class != User => {
            let deleted = connector().delete_object(class, id, revision_of(&call.condition));
            // A deleted object has no revision any more.
            Ok(Some(ObjectResponse { revision: None, ..shown(deleted.map_err(failed(FailedOperation::Delete, id))?) }))
        }
        _ => Err(failure::not_implemented(&call.request.method, &call.parameters, class.name())),
    }
}

/// Reads a user. The contacts go to the caller page by page as they come; where they fail after the first of them are gone, the
/// answer breaks off, so that no one takes a part for the whole.
fn read_user(
    call: &ObjectRequest<'_>,
    connector: &Connector<'_>,
    id: &str,
    names: &[String],
    writer: &mut dyn ResponseWriter,
) -> Result<Option<ObjectResponse>, Error> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (user, container) = connector.get_user_alone(id, &names)?;
    let Some(container) = container else { return Ok(Some(ObjectResponse::ok(user))) };
    let version = connector.service().version;
    let mut rows = Rows::in_member(writer, &user, "contacts", call.pretty);
    match connector.list_contacts(&container, &Selection::default(), |contact| rows.row(&shown_contact(&contact, version))) {
        Ok(()) => rows.end(&Map::new()),
        Err(error) if rows.discard() => return Err(error),
        Err(_) => {}
    }
    Ok(None)
}

/// Why a query has no answer.
enum Unanswered {
    Request(Failure),
    Operation(Error),
}

/// Answers a query. The objects go to the caller as they are found. A failure after the first one is told behind them, as CREST
/// does (`RequestRunner`).
fn query(
    call: &ObjectRequest<'_>,
    connector: &Connector<'_>,
    writer: &mut dyn ResponseWriter,
) -> Result<Option<ObjectResponse>, Unanswered> {
    let search = query::search(&call.parameters, call.class).map_err(Unanswered::Request)?;
    let fields = query::fields(&call.parameters).map_err(Unanswered::Request)?;
    let ids_alone = query::wants_ids(&call.parameters);
    let mut rows = Rows::in_member(writer, &Map::new(), "result", call.pretty);
    let found = connector.search_objects(call.class, &search, &mut |mut object| {
        if ids_alone {
            object.retain(|name, _| matches!(name.as_str(), "_id" | "_rev"));
        }
        rows.row(&Value::Object(if ids_alone { object } else { fields.filter(object) }))
    });
    let mut tail = Map::from_iter([("resultCount".to_owned(), json!(rows.count()))]);
    match found {
        Ok(found) => {
            let policy = match found.count {
                None => "NONE",
                Some(_) if search.filter == Filter::Constant(true) => "EXACT",
                // The connector compares again what the service has filtered and counted.
                Some(_) => "ESTIMATE",
            };
            tail.extend([
                ("pagedResultsCookie".to_owned(), json!(found.cookie)),
                ("totalPagedResultsPolicy".to_owned(), json!(policy)),
                ("totalPagedResults".to_owned(), found.count.map_or(json!(-1), Value::from)),
                ("remainingPagedResults".to_owned(), json!(-1)),
            ]);
        }
        Err(error) if !rows.has_begun() => return Err(Unanswered::Operation(error)),
        Err(error) => {
            let failure = failure::of_operation(error, FailedOperation::Query, &call.path(), "");
            tail.insert("error".to_owned(), failure.body());
        }
    }
    rows.end(&tail);
    Ok(None)
}

/// The object after an update; a failure where one of a user's contacts failed, which tells what became of each.
fn outcome(updated: Updated, path: &str, id: &str) -> Result<Map<String, Value>, Failure> {
    let outcomes: Vec<Value> = updated.outcomes.iter().map(Outcome::to_json).collect();
    match updated.outcomes.into_iter().find_map(|outcome| outcome.error.map(|error| (outcome.attribute, outcome.position, error)))
    {
        None => Ok(updated.object),
        Some((attribute, position, error)) => {
            let error = Error { message: format!("{attribute}[{position}]: {}", error.message), ..error };
            Err(failure::of_operation(error, FailedOperation::Contact, path, id).with_detail(json!({"contacts": outcomes})))
        }
    }
}
