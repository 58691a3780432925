//! Actions on an object class, `_action=liveSync` and `_action=schema`, and on one of its objects, `_action=permanentDelete`.

use http::StatusCode;
use serde_json::{Map, Value, json};

use protocol::openidm::failure::Failure;

use crate::failure::{self, FailedOperation};
use crate::request::ObjectRequest;
use crate::response::ObjectResponse;
use connector::error::Result as OperationResult;
use connector::graph::address::{Container, Mailbox};
use connector::operations::connector::Connector;
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::icf::schema::schema;
use connector::operations::icf::uid::Uid;

/// Answers an action on an object class.
pub(super) fn of_objects(
    call: &ObjectRequest<'_>,
    connector: &Connector<'_>,
    content: impl FnOnce() -> Result<Value, Failure>,
) -> Result<ObjectResponse, Failure> {
    let bad = |problem: String| Failure::new(StatusCode::BAD_REQUEST, problem);
    let body = match call.parameters.action().map(str::to_ascii_lowercase).as_deref() {
        Some("schema") => schema(connector.service().version).get(call.class.name()).cloned().unwrap_or_default(),
        Some("livesync") => {
            let mailbox = match call.parameters.get("mailbox") {
                None if call.class.is_in_mailbox() => return Err(bad("Say whose with the parameter 'mailbox'".to_owned())),
                named => named.unwrap_or("me"),
            };
            let folders = call.parameters.get("folder").map(str::to_owned).into_iter().collect();
            let container = Container { mailbox: Mailbox::named(mailbox), folders };
            let token = token(&content()?)?;
            let synced = live_sync(call, connector, &container, token.as_deref());
            synced.map_err(|error| failure::of_operation(error, FailedOperation::Action, &call.path(), ""))?
        }
        // OpenIDM knows it of every class, and this connector knows no passwords.
        Some("authenticate") => {
            let problem = format!("Operation ACTION is not implemented for the object class {}: authenticate", call.class.name());
            return Err(Failure::new(StatusCode::NOT_IMPLEMENTED, problem));
        }
        _ => {
            let action = call.parameters.action().unwrap_or_default();
            return Err(bad(format!(
                "The action {action} is not supported for {}; there are liveSync and schema",
                call.class.name()
            )));
        }
    };
    Ok(ObjectResponse { body, ..ObjectResponse::ok(Map::new()) })
}

/// Answers an action on one object: `_action=permanentDelete`, which leaves nothing in Deleted Items.
pub(super) fn of_object(call: &ObjectRequest<'_>, connector: &Connector<'_>, id: &str) -> Result<ObjectResponse, Failure> {
    if !call.parameters.action().is_some_and(|action| action.eq_ignore_ascii_case("permanentDelete")) {
        return Err(failure::not_implemented(&call.request.method, &call.parameters, call.class.name()));
    }
    let deleted = Uid::decode(id).and_then(|uid| match call.class {
        ObjectClass::ContactFolder => connector.delete_folder(&uid.container.mailbox, &uid.id, true),
        ObjectClass::User | ObjectClass::OrgContact => Err(call.class.lacks("permanentDelete")),
        ObjectClass::Contact => connector.permanently_delete_contact(&uid.container, &uid.id),
    });
    deleted.map_err(|error| failure::of_operation(error, FailedOperation::Action, &call.path(), id))?;
    Ok(ObjectResponse::ok(Map::new()))
}

/// The token of the body, which is the answer to the liveSync before; none where there was none.
fn token(body: &Value) -> Result<Option<String>, Failure> {
    let problem = "The body of liveSync is the answer to the one before, with connectorData.syncToken; at first it is empty";
    match body {
        Value::Null => Ok(None),
        Value::Object(members) => match members.get("connectorData").map(|data| data.get("syncToken")) {
            None => Ok(None),
            Some(Some(Value::String(token))) => Ok(Some(token.clone())),
            Some(_) => Err(Failure::new(StatusCode::BAD_REQUEST, problem)),
        },
        _ => Err(Failure::new(StatusCode::BAD_REQUEST, problem)),
    }
}

/// The changes since a token, one page of them, and the state to send the next time. Without a token it is now that is kept, as in
/// OpenIDM: what is there already is for a reconciliation.
fn live_sync(
    call: &ObjectRequest<'_>,
    connector: &Connector<'_>,
    container: &Container,
    token: Option<&str>,
) -> OperationResult<Value> {
    let (token, changes, more) = match token {
        None => (connector.latest_sync_token(call.class, container)?, Vec::new(), false),
        Some(token) => {
            let sync = connector.sync_objects(call.class, container, Some(token))?;
            (sync.token, sync.changes, sync.more)
        }
    };
    let changes: Vec<Value> = changes.into_iter().map(|change| change.to_json()).collect();
    Ok(json!({
        "connectorData": {"nativeType": "string", "syncToken": token},
        "changes": changes,
        "more": more,
    }))
}
