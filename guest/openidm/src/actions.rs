//! Actions on an object class (`_action=liveSync`, `_action=schema`) and on an object (`_action=permanentDelete`).

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
use connector::operations::icf::schema::build_schema;
use connector::operations::icf::uid::Uid;

/// Carries out an action on an object class.
pub(super) fn act_on_class(
    request: &ObjectRequest<'_>,
    connector: &Connector<'_>,
    content: impl FnOnce() -> Result<Value, Failure>,
) -> Result<ObjectResponse, Failure> {
    let bad = |problem: String| Failure::new(StatusCode::BAD_REQUEST, problem);
    let body = match request.parameters.action().map(str::to_ascii_lowercase).as_deref() {
        Some("schema") => build_schema(connector.service()).get(request.class.name()).cloned().unwrap_or_default(),
        Some("livesync" | "activesync") => {
            let mailbox = match request.parameters.get("mailbox") {
                None if request.class.is_in_mailbox() => {
                    return Err(bad("The parameter 'mailbox' is missing: it names the owner of the contacts".to_owned()));
                }
                named => named.unwrap_or("me"),
            };
            let folders = request.parameters.get("folder").map(str::to_owned).into_iter().collect();
            let container = Container { mailbox: Mailbox::from_name(mailbox), folders };
            let token = parse_sync_token(&content()?)?;
            let synced = live_sync(request, connector, &container, token.as_deref());
            synced.map_err(|error| failure::from_operation_error(error, FailedOperation::Action, &request.path(), ""))?
        }
        // OpenIDM has it for every class. This connector has no passwords.
        Some("authenticate") => {
            let problem =
                format!("Operation ACTION is not implemented for the object class {}: authenticate", request.class.name());
            return Err(Failure::new(StatusCode::NOT_IMPLEMENTED, problem));
        }
        _ => {
            let action = request.parameters.action().unwrap_or_default();
            return Err(bad(format!(
                "The action {action} is not supported for {}; use liveSync or schema",
                request.class.name()
            )));
        }
    };
    Ok(ObjectResponse { body, ..ObjectResponse::ok(Map::new()) })
}

/// Carries out an action on an object: `_action=permanentDelete`, which leaves nothing in Deleted Items.
pub(super) fn act_on_object(request: &ObjectRequest<'_>, connector: &Connector<'_>, id: &str) -> Result<ObjectResponse, Failure> {
    if !request.parameters.action().is_some_and(|action| action.eq_ignore_ascii_case("permanentDelete")) {
        return Err(failure::not_implemented(&request.request.method, &request.parameters, request.class.name()));
    }
    let deleted = Uid::decode(id).and_then(|uid| match request.class {
        ObjectClass::ContactFolder => connector.delete_folder(&uid.container.mailbox, &uid.id, true),
        ObjectClass::User | ObjectClass::OrgContact | ObjectClass::DistributionList => {
            Err(request.class.build_unsupported_error("permanentDelete"))
        }
        ObjectClass::Contact => connector.permanently_delete_contact(&uid.container, &uid.id),
    });
    deleted.map_err(|error| failure::from_operation_error(error, FailedOperation::Action, &request.path(), id))?;
    Ok(ObjectResponse::ok(Map::new()))
}

/// Returns the token in a body, which is the response to the previous liveSync. `None` for the first liveSync.
fn parse_sync_token(body: &Value) -> Result<Option<String>, Failure> {
    let problem =
        "The body of liveSync must be the response to the previous one, with connectorData.syncToken, or empty for the first one";
    match body {
        Value::Null => Ok(None),
        // OpenIDM's repository keeps nulls, and a caller that has no token yet may send them.
        Value::Object(members) => match members.get("connectorData") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(data)) => match data.get("syncToken") {
                Some(Value::Null) => Ok(None),
                Some(Value::String(token)) if !token.is_empty() => Ok(Some(token.clone())),
                _ => Err(Failure::new(StatusCode::BAD_REQUEST, problem)),
            },
            Some(_) => Err(Failure::new(StatusCode::BAD_REQUEST, problem)),
        },
        _ => Err(Failure::new(StatusCode::BAD_REQUEST, problem)),
    }
}

/// Returns a page of the changes since a token, and the token for the next request. The first call has only the
/// token, as in OpenIDM: a reconciliation reads the objects that exist already.
fn live_sync(
    request: &ObjectRequest<'_>,
    connector: &Connector<'_>,
    container: &Container,
    token: Option<&str>,
) -> OperationResult<Value> {
    let (token, changes, has_more) = match token {
        None => (connector.get_latest_sync_token(request.class, container)?, Vec::new(), false),
        Some(token) => {
            let sync = connector.sync_objects(request.class, container, Some(token))?;
            (sync.token, sync.changes, sync.more)
        }
    };
    let changes: Vec<Value> = changes.into_iter().map(|change| change.to_json()).collect();
    Ok(json!({
        "connectorData": {"nativeType": "string", "syncToken": token},
        "changes": changes,
        "more": has_more,
    }))
}
