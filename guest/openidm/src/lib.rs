//! OpenIDM's REST paths: `/openidm/system/{system}/user/{id}`, read and updated as on the OpenICF page
//! "Contacts (MS Graph API)", and the same of `contact` and `contactFolder`.
//!
//! The rules are those of ForgeRock's CREST and of OpenIDM's provisioner, whose sources are the reference for every status
//! and message here. Where this frontend is stricter on purpose, `docs/openidm.md` says so.
//!
//! * [`headers`]: conditions, versions and content types.
//! * [`query`]: parameters of searches, and `_fields`.
//! * [`failure`]: failures of the connector, as OpenIDM's.
//! * `request` and `response`: what a request carries, and what is written.
//! * `objects`: the objects of a class, `rows` for many of them, `actions` on the class; `system`: the system itself.

mod actions;
pub mod failure;
pub mod headers;
mod objects;
pub mod query;
mod request;
mod response;
mod rows;
mod system;

use connector::error::Result;
use connector::operations::connector::Connector;
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::send::network::Network;
use connector::response_writer::{BodyError, ResponseWriter};
use connector::settings::Settings;
use http::StatusCode;
use http::request::Parts;
use protocol::login;
use protocol::openidm::failure::Failure;
use protocol::openidm::path::{NotFound, Path, without_prefix};
use serde_json::Value;

use crate::headers::Condition;
use crate::request::{ObjectRequest, parse_json, request_type};
use crate::response::ObjectResponse;

/// Carries out a request. `body` reads its body, and is called after the caller is known and only where a body is needed.
pub fn handle(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyError>,
    settings: &Result<Settings>,
    network: &dyn Network,
    writer: &mut dyn ResponseWriter,
) {
    match respond(request, body, settings, network, writer) {
        Ok(None) => {}
        Ok(Some((response, pretty))) => writer.write_whole(response.write(pretty)),
        Err(failure) => writer.write_whole(failure.response()),
    }
}

/// Returns the response, and whether its JSON is indented. `None` where `writer` has the response already.
fn respond(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyError>,
    settings: &Result<Settings>,
    network: &dyn Network,
    writer: &mut dyn ResponseWriter,
) -> std::result::Result<Option<(ObjectResponse, bool)>, Failure> {
    let settings = settings.as_ref().map_err(|error| failure::of_settings(error.clone()))?;
    match settings.gateway.is_caller(&request.headers) {
        None => return Err(Failure::new(StatusCode::INTERNAL_SERVER_ERROR, login::NOT_CONFIGURED)),
        Some(false) => return Err(Failure::unknown_caller()),
        Some(true) => {}
    }
    headers::check_versions(&request.headers)?;
    let parameters = query::parse(request.uri.query().unwrap_or_default())?;
    let pretty = query::pretty_print(&parameters)?;
    let system = &settings.gateway.system;
    let connector = || Connector::new(&settings.service, network, &settings.terms);
    let (class, id) = match route(request.uri.path(), system)? {
        Route::Objects(class, id) => (class, id),
        Route::System { all } => {
            headers::condition(&request.method, &request.headers)?;
            let response = system::act(request, &parameters, system, all, connector)?;
            return Ok(Some((response, pretty)));
        }
    };
    let condition = headers::condition(&request.method, &request.headers)?;
    if parameters.is_query() && condition != Condition::None {
        return Err(Failure::new(StatusCode::PRECONDITION_FAILED, "If-None-Match not supported for query requests"));
    }
    let is_action = request_type(&request.method, &parameters) == "ACTION";
    let object_request = ObjectRequest { request, parameters, condition, system, class, id, pretty };
    let content = || {
        // An action may come without a body, and then without a type.
        if is_action {
            let body = body().map_err(failure::of_body)?;
            return if body.is_empty() { Ok(Value::Null) } else { parse_json(&body) };
        }
        headers::check_content_type(&request.headers)?;
        parse_json(&body().map_err(failure::of_body)?)
    };
    if !matches!(request.method.as_str(), "GET" | "POST" | "PATCH" | "DELETE" | "PUT") {
        return Err(Failure::unknown_method(&request.method));
    }
    let response = objects::respond(object_request, connector, content, writer)?;
    Ok(response.map(|response| (response, pretty)))
}

/// What a path names in this system.
enum Route {
    /// Objects of a class: the one with that id, or the class as a whole.
    Objects(ObjectClass, Option<String>),
    /// The system itself. `all` where the path names every system, of which there is one.
    System { all: bool },
}

fn route(path: &str, own_system: &str) -> std::result::Result<Route, Failure> {
    let (system, class, id, has_more) = match Path::parse(path) {
        Ok(Path::AllSystems) => return Ok(Route::System { all: true }),
        Ok(Path::System { system, class, id, has_more }) => (system, class, id, has_more),
        Err(NotFound::NotUtf8) => return Err(Failure::new(StatusCode::BAD_REQUEST, "The path is not UTF-8")),
        Err(NotFound::Unknown(name)) => return Err(Failure::not_found(&name)),
    };
    if system != own_system {
        return Err(Failure::not_found(&format!("system/{system}")));
    }
    if has_more {
        return Err(Failure::not_found(without_prefix(path)));
    }
    let Some(name) = class else { return Ok(Route::System { all: false }) };
    match ObjectClass::named(&name) {
        Some(class) => Ok(Route::Objects(class, id)),
        None => Err(Failure::new(StatusCode::NOT_FOUND, format!("Not found: {name}"))),
    }
}
