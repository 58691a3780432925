//! `POST /users/{id}/translateExchangeIds`: one id in another format.
//!
//! <https://learn.microsoft.com/graph/api/user-translateexchangeids>

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::body;
use super::error::{GraphError, Outcome};
use super::ids;
use super::route::UserKey;
use super::schema::Version;
use super::service::Call;
use super::store::Store;

/// The most ids in a request.
const LARGEST: usize = 1000;

/// The formats that the emulator knows. Its ids never change, so the immutable one is the same as the ordinary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Rest,
    Ews,
}

/// Translates ids. One that cannot be is told of in its own place, as the type `convertIdResult` provides; the code there is
/// unverified.
pub(super) fn ids(store: &mut Store, call: &Call, version: Version, user: &UserKey) -> Outcome<Answer> {
    if call.method != Method::POST {
        return Err(GraphError::method_not_allowed());
    }
    store.mailbox(user)?;
    let request = body::object(&call.headers, &call.body)?;
    let (source, target) = (format(&request, "sourceIdType")?, format(&request, "targetIdType")?);
    let inputs: Option<Vec<&str>> =
        request.get("inputIds").and_then(Value::as_array).and_then(|inputs| inputs.iter().map(Value::as_str).collect());
    let inputs = inputs.ok_or_else(|| GraphError::invalid_argument("inputIds is a list of ids."))?;
    if inputs.len() > LARGEST {
        return Err(GraphError::invalid_argument("inputIds has more than 1000 ids."));
    }
    let results: Vec<Value> = inputs.into_iter().map(|id| translated(id, source, target)).collect();
    let context = format!("{}/{}/$metadata#Collection(microsoft.graph.convertIdResult)", call.origin, version.segment());
    Ok(Answer::json(StatusCode::OK, &json!({"@odata.context": context, "value": results})))
}

fn format(request: &Map<String, Value>, name: &str) -> Outcome<Format> {
    match request.get(name).and_then(Value::as_str) {
        Some("restId" | "restImmutableEntryId") => Ok(Format::Rest),
        Some("ewsId") => Ok(Format::Ews),
        Some(other @ ("entryId" | "immutableEntryId")) => Err(GraphError::not_emulated(other)),
        Some(other) => Err(GraphError::request_body_read(format!("Requested value '{other}' was not found."))),
        None => Err(GraphError::invalid_argument(&format!("{name} is missing."))),
    }
}

fn translated(id: &str, source: Format, target: Format) -> Value {
    // The two differ in the characters that a URL does not take; which stands for which is unverified.
    let rest = if source == Format::Ews { id.replace('/', "-").replace('+', "_") } else { id.to_owned() };
    if !ids::is_well_formed(&rest) {
        return json!({"sourceId": id, "errorDetails": {"code": "ErrorInvalidIdMalformed", "message": "Id is malformed."}});
    }
    let translated = if target == Format::Ews { rest.replace('-', "/").replace('_', "+") } else { rest };
    json!({"sourceId": id, "targetId": translated})
}
