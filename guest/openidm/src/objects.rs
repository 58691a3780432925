//! Operations on the objects of a class: read, query, create, update, patch, delete.

use http::StatusCode;
use serde_json::{Map, Value, json};

use protocol::openidm::failure::Failure;

use crate::failure::{self, FailedOperation};
use crate::headers::Condition;
use crate::request::{ObjectRequest, get_revision, parse_patch, require_update, to_object};
use crate::response::ObjectResponse;
use crate::row_writer::RowWriter;
use crate::{actions, headers, query};
use connector::error::{Error, ErrorKind};
use connector::operations::connector::Connector;
use connector::operations::icf::filter::Filter;
use connector::operations::icf::object_class::ObjectClass::User;
use connector::operations::icf::outcome::{Outcome, Updated};
use connector::operations::icf::search::SearchSummary;
use connector::operations::icf::user_attributes::{CONTACTS, USER};
use connector::operations::icf::user_contacts::{UserMailbox, write_contact_value};
use connector::response_writer::ResponseWriter;

/// Carries out a request about objects of a class. Returns `None` if `writer` has the response already.
pub(crate) fn respond<'c>(
    request: ObjectRequest<'_>,
    connector: impl FnOnce() -> Connector<'c>,
    content: impl FnOnce() -> Result<Value, Failure>,
    writer: &mut dyn ResponseWriter,
) -> Result<Option<ObjectResponse>, Failure> {
    let class = request.class;
    let failed = |operation: FailedOperation, id: &str| {
        let (path, id) = (request.path(), id.to_owned());
        move |error| failure::from_operation_error(error, operation, &path, &id)
    };
    let fields = query::parse_fields(&request.parameters)?;
    let key = || headers::parse_idempotency_key(&request.request.headers);
    let to_response = |object: Map<String, Value>| {
        let revision = object.get("_rev").and_then(Value::as_str).map(str::to_owned);
        ObjectResponse { revision, ..ObjectResponse::ok(fields.filter(object)) }
    };
    match (request.request.method.as_str(), &request.id) {
        ("GET", Some(id)) if !request.parameters.is_query() && class == User => {
            let names = fields.attributes(USER.iter().filter(|a| a.is_returned_by_default()).map(|a| a.name));
            read_user(&request, &connector(), id, &names, writer).map_err(failed(FailedOperation::Read, id))
        }
        ("GET", Some(id)) if !request.parameters.is_query() => {
            let read = connector().get_object(class, id, &fields.names()).map_err(failed(FailedOperation::Read, id))?;
            let revision = read.get("_rev").and_then(Value::as_str);
            let is_unchanged = matches!(&request.condition, Condition::IfNoneMatch(known) if Some(known.as_str()) == revision);
            let status = if is_unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
            Ok(Some(ObjectResponse { status, ..to_response(read) }))
        }
        ("GET", None) => run_query(&request, &connector(), writer).map_err(|error| match error {
            QueryError::Request(failure) => failure,
            QueryError::Operation(error) => failed(FailedOperation::Query, "")(error),
        }),
        ("POST", None)
            if request.parameters.action().is_none_or(|action| action.eq_ignore_ascii_case("create")) && class != User =>
        {
            let created =
                connector().create_object(class, &to_object(content()?)?, key()?).map_err(failed(FailedOperation::Create, ""))?;
            let location = created.get("_id").and_then(Value::as_str).map(|id| format!("/openidm/{}/{id}", request.path()));
            Ok(Some(ObjectResponse { status: StatusCode::CREATED, location, ..to_response(created) }))
        }
        ("POST", None) if request.parameters.action().is_some_and(|action| !action.eq_ignore_ascii_case("create")) => {
            actions::act_on_class(&request, &connector(), content).map(Some)
        }
        ("POST", Some(id)) if class != User => actions::act_on_object(&request, &connector(), id).map(Some),
        ("PUT", Some(id)) => {
            let revision = require_update(request.condition.clone())?;
            let updated = connector().update_object(class, id, revision.as_deref(), &to_object(content()?)?, key()?);
            let updated = updated.map_err(failed(FailedOperation::Update, id))?;
            to_updated_object(updated, &request.path(), id).map(to_response).map(Some)
        }
        ("PATCH", Some(id)) => {
            let (operations, key) = (parse_patch(&content()?)?, key()?);
            let updated = connector().patch_object(class, id, get_revision(&request.condition), &operations, key);
            to_updated_object(updated.map_err(failed(FailedOperation::Patch, id))?, &request.path(), id)
                .map(to_response)
                .map(Some)
        }
        ("DELETE", Some(id)) if class != User => {
            let deleted = connector().delete_object(class, id, get_revision(&request.condition));
            // A deleted object has no revision.
            Ok(Some(ObjectResponse { revision: None, ..to_response(deleted.map_err(failed(FailedOperation::Delete, id))?) }))
        }
        _ => Err(failure::not_implemented(&request.request.method, &request.parameters, class.name())),
    }
}

/// Reads a user. Contacts are sent page by page. If a later page fails, the response is aborted, so that nobody takes a part for the
/// whole.
fn read_user(
    request: &ObjectRequest<'_>,
    connector: &Connector<'_>,
    id: &str,
    names: &[String],
    writer: &mut dyn ResponseWriter,
) -> Result<Option<ObjectResponse>, Error> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (user, mailbox) = connector.get_user_without_contacts(id, &names)?;
    let Some(mailbox) = mailbox else { return Ok(Some(ObjectResponse::ok(user))) };
    let version = connector.service().version;
    let mut rows = RowWriter::new(writer, &user, "contacts", request.is_pretty);
    match connector.list_user_contacts(&mailbox, |contact| rows.write_row(&write_contact_value(&contact, version))) {
        Ok(()) => rows.end(&Map::new()),
        Err(error) if rows.discard() => return Err(error),
        Err(_) => {}
    }
    Ok(None)
}

/// Writes a user with the contacts, as they are read. A user that was deleted after the directory returned it is omitted.
fn write_user(
    connector: &Connector<'_>,
    user: &Map<String, Value>,
    mailbox: &UserMailbox,
    rows: &mut RowWriter<'_>,
) -> Result<(), Error> {
    let version = connector.service().version;
    let listed = connector.list_user_contacts(mailbox, |contact| {
        if !rows.is_in_row() {
            rows.begin_row(user, CONTACTS)?;
        }
        rows.write_item(&write_contact_value(&contact, version))
    });
    match listed {
        Err(error) if error.kind == ErrorKind::UnknownUid && !rows.is_in_row() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            if !rows.is_in_row() {
                rows.begin_row(user, CONTACTS)?;
            }
            rows.end_row()
        }
    }
}

/// Why a query failed before its first object.
enum QueryError {
    Request(Failure),
    Operation(Error),
}

/// Carries out a query. Objects are sent as they are found. A failure after the first one follows the objects, as in CREST
/// (`RequestRunner`).
fn run_query(
    request: &ObjectRequest<'_>,
    connector: &Connector<'_>,
    writer: &mut dyn ResponseWriter,
) -> Result<Option<ObjectResponse>, QueryError> {
    let search = query::parse_search(&request.parameters, request.class).map_err(QueryError::Request)?;
    let fields = query::parse_fields(&request.parameters).map_err(QueryError::Request)?;
    let only_ids = query::is_for_ids(&request.parameters);
    let mut rows = RowWriter::new(writer, &Map::new(), "result", request.is_pretty);
    let show = |mut object: Map<String, Value>| {
        if only_ids {
            object.retain(|name, _| matches!(name.as_str(), "_id" | "_rev"));
            return object;
        }
        fields.filter(object)
    };
    let found = match request.class {
        User => {
            let found = connector.search_users_without_contacts(&search, &mut |user, mailbox| match mailbox {
                None => rows.write_row(&Value::Object(show(user))),
                Some(mailbox) => write_user(connector, &show(user), &mailbox, &mut rows),
            });
            found.map(|cookie| SearchSummary { cookie, count: None })
        }
        class => connector.search_objects(class, &search, &mut |object| rows.write_row(&Value::Object(show(object)))),
    };
    if rows.is_in_row()
        && let Err(error) = found
    {
        // Nobody must take a part of a user's contacts for the whole.
        return if rows.discard() { Err(QueryError::Operation(error)) } else { Ok(None) };
    }
    let mut tail = Map::from_iter([("resultCount".to_owned(), json!(rows.count()))]);
    match found {
        Ok(found) => {
            let policy = match found.count {
                None => "NONE",
                Some(_) if search.filter == Filter::Constant(true) => "EXACT",
                // The connector filters again what the service has filtered and counted.
                Some(_) => "ESTIMATE",
            };
            tail.extend([
                ("pagedResultsCookie".to_owned(), json!(found.cookie)),
                ("totalPagedResultsPolicy".to_owned(), json!(policy)),
                ("totalPagedResults".to_owned(), found.count.map_or(json!(-1), Value::from)),
                ("remainingPagedResults".to_owned(), json!(-1)),
            ]);
        }
        Err(error) if !rows.has_begun() => return Err(QueryError::Operation(error)),
        Err(error) => {
            let failure = failure::from_operation_error(error, FailedOperation::Query, &request.path(), "");
            tail.insert("error".to_owned(), failure.body());
        }
    }
    rows.end(&tail);
    Ok(None)
}

/// Returns the object after an update.
///
/// # Errors
///
/// If one of a user's contacts failed. The failure has the outcome of each contact.
fn to_updated_object(updated: Updated, path: &str, id: &str) -> Result<Map<String, Value>, Failure> {
    let outcomes: Vec<Value> = updated.outcomes.iter().map(Outcome::to_json).collect();
    match updated.outcomes.into_iter().find_map(|outcome| outcome.error.map(|error| (outcome.attribute, outcome.position, error)))
    {
        None => Ok(updated.object),
        Some((attribute, position, error)) => {
            let error = Error { message: format!("{attribute}[{position}]: {}", error.message), ..error };
            Err(failure::from_operation_error(error, FailedOperation::Contact, path, id)
                .with_detail(json!({"contacts": outcomes})))
        }
    }
}
