//! OpenIDM's REST paths: `/openidm/system/{system}/user/{id}`, read and updated as on the OpenICF page
//! "Contacts (MS Graph API)".
//!
//! The rules are those of ForgeRock's CREST and of OpenIDM's provisioner, whose sources are the reference for every status
//! and message here. Where this frontend is stricter on purpose, `docs/openidm.md` says so.
//!
//! * [`authentication`]: who calls.
//! * [`headers`]: conditions, versions and content types.
//! * [`query`]: parameters, and `_fields`.
//! * [`failure`]: what goes wrong, as status and body.

pub mod authentication;
pub mod failure;
pub mod headers;
pub mod query;

use http::request::Parts;
use http::{Method, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::frontends::call::USER_CLASS;
use crate::frontends::json;
use crate::operations::Connector;
use crate::operations::network::Network;
use crate::operations::schema::USER;
use crate::operations::user::Updated;
use crate::settings::Settings;
use failure::{Failure, Operation};
use headers::Condition;
use query::Parameters;

/// Why the body of a request is not there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BodyFault {
    /// It is longer than that many bytes.
    TooLarge(usize),
    /// The caller stopped sending, or was too slow.
    Incomplete,
}

/// Answers a request. `body` reads its body, and is called after the caller is known and only where a body is wanted.
pub fn handle<N: Network>(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyFault>,
    settings: &Result<Settings>,
    network: &N,
) -> Response<Vec<u8>> {
    match answer(request, body, settings, network) {
        Ok((value, pretty)) => respond(StatusCode::OK, &value, pretty),
        Err(failure) => {
            let mut response = respond(failure.status, &failure.body(), false);
            if let Some(seconds) = failure.retry_after_seconds {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            if failure.status == StatusCode::UNAUTHORIZED {
                let challenge = header::HeaderValue::from_static("Basic realm=\"OpenIDM\", charset=\"UTF-8\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            response
        }
    }
}

fn answer<N: Network>(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyFault>,
    settings: &Result<Settings>,
    network: &N,
) -> std::result::Result<(Value, bool), Failure> {
    let settings = settings.as_ref().map_err(|error| Failure::of_settings(error.clone()))?;
    authentication::check(&request.headers, &settings.gateway)?;
    headers::check_versions(&request.headers)?;
    let parameters = Parameters::read(request.uri.query().unwrap_or_default())?;
    let pretty = parameters.pretty_print()?;
    let id = route(request.uri.path(), &settings.gateway.system)?;
    let condition = headers::condition(&request.method, &request.headers)?;
    let connector = || Connector::new(&settings.service, network, &settings.terms);
    let value = match (request.method.as_str(), id) {
        ("GET", Some(id)) if !parameters.is_query() => {
            let fields = parameters.fields()?;
            let names = fields.attributes(USER.iter().filter(|a| a.is_returned_by_default()).map(|a| a.name));
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let read = connector().get_user(&id, &names);
            fields.filter(read.map_err(|error| Failure::of_operation(error, Operation::Read, &id, &settings.gateway.system))?)
        }
        ("PUT", Some(id)) => {
            let revision = update_of(condition)?;
            let fields = parameters.fields()?;
            headers::check_content_type(&request.headers)?;
            let attributes = object(&body().map_err(Failure::of_body)?)?;
            let key = headers::idempotency_key(&request.headers)?;
            let updated = connector().update_user(&id, revision.as_deref(), &attributes, key);
            let failed = |error| Failure::of_operation(error, Operation::Update, &id, &settings.gateway.system);
            fields.filter(outcome(updated.map_err(failed)?, &id, &settings.gateway.system)?)
        }
        ("GET" | "POST" | "PATCH" | "DELETE" | "PUT", _) => return Err(Failure::not_implemented(&request.method, &parameters)),
        _ => return Err(Failure::new(StatusCode::METHOD_NOT_ALLOWED, format!("Method {} is not known here", request.method))),
    };
    Ok((Value::Object(value), pretty))
}

/// The user after an update; a failure where one of its contacts failed, which tells what became of each.
fn outcome(updated: Updated, id: &str, system: &str) -> std::result::Result<Map<String, Value>, Failure> {
    let outcomes = updated.outcomes.iter().map(json::outcome).collect();
    match updated.outcomes.into_iter().find_map(|outcome| outcome.error.map(|error| (outcome.attribute, outcome.position, error)))
    {
        None => Ok(updated.user),
        Some((attribute, position, error)) => {
            let error = Error { message: format!("{attribute}[{position}]: {}", error.message), ..error };
            Err(Failure::of_operation(error, Operation::Contact, id, system)
                .with_detail(json!({"contacts": Value::Array(outcomes)})))
        }
    }
}

/// The revision that a `PUT` is for; `None` for any.
fn update_of(condition: Condition) -> std::result::Result<Option<String>, Failure> {
    let refuse = |message: &str| Err(Failure::new(StatusCode::INTERNAL_SERVER_ERROR, message));
    match condition {
        Condition::Match(revision) => Ok(revision),
        Condition::New => refuse("Create with client provided ID is not supported."),
        Condition::None => {
            refuse("UPSERT (i.e. PUT without the 'if-match' nor 'if-none-match' header) is not supported. Send If-Match: *")
        }
    }
}

/// The id that the path names, or `None` for the object class as a whole.
fn route(path: &str, system: &str) -> std::result::Result<Option<String>, Failure> {
    let not_found = |what: &str| Failure::new(StatusCode::NOT_FOUND, format!("Resource '{what}' not found"));
    let segments: Vec<String> = path
        .trim_start_matches('/')
        .split('/')
        .map(|segment| percent_decode_str(segment).decode_utf8().map(|text| text.into_owned()))
        .collect::<std::result::Result<_, _>>()
        .map_err(|_| Failure::new(StatusCode::BAD_REQUEST, "The path is not UTF-8"))?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["openidm", "system", name, ..] if *name != system => Err(not_found(&format!("system/{name}"))),
        ["openidm", "system", _, USER_CLASS] | ["openidm", "system", _, USER_CLASS, ""] => Ok(None),
        ["openidm", "system", _, USER_CLASS, id] => Ok(Some((*id).to_owned())),
        ["openidm", "system", _, class] => Err(Failure::new(StatusCode::NOT_FOUND, format!("Not found: {class}"))),
        _ => Err(not_found(path.trim_start_matches('/').trim_start_matches("openidm/"))),
    }
}

/// The JSON object in a body.
fn object(body: &[u8]) -> std::result::Result<Map<String, Value>, Failure> {
    let bad = |message: &str| Failure::new(StatusCode::BAD_REQUEST, message);
    if body.is_empty() {
        return Err(bad("The request could not be processed because it did not contain any JSON content"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(bad("The request could not be processed because the provided content is not a JSON object")),
        Err(error) => {
            let problem = "The request could not be processed because the provided content is not valid JSON";
            Err(bad(problem).with_detail(json!(error.to_string())))
        }
    }
}

fn respond(status: StatusCode, body: &Value, pretty: bool) -> Response<Vec<u8>> {
    let body = if pretty { format!("{body:#}") } else { body.to_string() };
    let mut response = Response::new(body.into_bytes());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json; charset=UTF-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::HeaderName::from_static("content-api-version"), "protocol=2.1,resource=1.0"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    response
}

/// The name that OpenIDM gives the kind of request that a method makes.
fn request_type(method: &Method, parameters: &Parameters) -> &'static str {
    match method.as_str() {
        "GET" if parameters.is_query() => "QUERY",
        "GET" => "READ",
        "PUT" => "UPDATE",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ if parameters.action().is_some_and(|action| !action.eq_ignore_ascii_case("create")) => "ACTION",
        _ => "CREATE",
    }
}
