//! `POST /users/{id}/translateExchangeIds`: ids in another format.
//!
//! <https://learn.microsoft.com/graph/api/user-translateexchangeids>

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::mailbox::ids;
use crate::mailbox::path::UserKey;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::json_body;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::store::Store;

/// The most ids in a request.
const MAX_IDS: usize = 1000;

/// The formats that the emulator supports. Its ids never change, so the immutable format equals the ordinary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ExchangeIdFormat {
    Rest,
    Ews,
}

/// Translates ids. An id that fails has an error in its own entry, as the type `convertIdResult` provides; the code in it is
/// unverified.
pub(crate) fn handle(store: &mut Store, request: &GraphRequest, version: Version, user: &UserKey) -> Outcome<GraphResponse> {
    if request.method != Method::POST {
        return Err(GraphError::method_not_allowed());
    }
    store.find_mailbox(user)?;
    let body = json_body::parse_parameters(
        &request.headers,
        &request.body,
        "translateExchangeIds",
        &["inputIds", "sourceIdType", "targetIdType"],
    )?;
    let (source, target) = (parse_format(&body, "sourceIdType")?, parse_format(&body, "targetIdType")?);
    let inputs: Option<Vec<&str>> =
        body.get("inputIds").and_then(Value::as_array).and_then(|inputs| inputs.iter().map(Value::as_str).collect());
    let inputs = inputs.ok_or_else(|| GraphError::invalid_argument("inputIds is a list of ids."))?;
    if inputs.len() > MAX_IDS {
        return Err(GraphError::invalid_argument("inputIds has more than 1000 ids."));
    }
    let results: Vec<Value> = inputs.into_iter().map(|id| translate_id(id, source, target)).collect();
    let context = format!("{}/{}/$metadata#Collection(microsoft.graph.convertIdResult)", request.origin, version.segment());
    Ok(GraphResponse::json(StatusCode::OK, &json!({"@odata.context": context, "value": results})))
}

fn parse_format(body: &Map<String, Value>, name: &str) -> Outcome<ExchangeIdFormat> {
    match body.get(name).and_then(Value::as_str) {
        Some("restId" | "restImmutableEntryId") => Ok(ExchangeIdFormat::Rest),
        Some("ewsId") => Ok(ExchangeIdFormat::Ews),
        Some(other @ ("entryId" | "immutableEntryId")) => Err(GraphError::not_emulated(other)),
        Some(other) => Err(GraphError::request_body_read(format!("Requested value '{other}' was not found."))),
        None => Err(GraphError::invalid_argument(&format!("{name} is missing."))),
    }
}

fn translate_id(id: &str, source: ExchangeIdFormat, target: ExchangeIdFormat) -> Value {
    // The two differ in the characters that a URL does not allow. Which replaces which is unverified.
    let rest = if source == ExchangeIdFormat::Ews { id.replace('/', "-").replace('+', "_") } else { id.to_owned() };
    if !ids::is_well_formed(&rest) {
        return json!({"sourceId": id, "errorDetails": {"code": "ErrorInvalidIdMalformed", "message": "Id is malformed."}});
    }
    let translated = if target == ExchangeIdFormat::Ews { rest.replace('-', "/").replace('_', "+") } else { rest };
    json!({"sourceId": id, "targetId": translated})
}
