//! OpenIDM's REST API as a frontend of the connector: `/openidm/system/{system}/user/{id}`, as on the OpenICF page
//! "Contacts (MS Graph API)", and the same for `contact`, `contactFolder` and `orgContact`.
//!
//! The sources of ForgeRock's CREST and of OpenIDM's provisioner are the reference for every status and message.
//! `docs/openidm.md` says where this frontend is stricter on purpose.
//!
//! | module | what it holds |
//! |---|---|
//! | [`headers`], [`query`], `request` | what a request carries |
//! | `objects`, `actions`, `system` | the operations on objects, on object classes, and on the system |
//! | `response`, `row_writer`, [`failure`] | responses: one object, many rows, failures |

mod actions;
pub mod failure;
pub mod headers;
mod objects;
pub mod query;
mod request;
mod response;
mod row_writer;
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
use protocol::openidm::parameters::Parameters;
use protocol::openidm::path::{NotFound, Path, without_prefix};
use protocol::openidm::sync_source::SyncSource;
use serde_json::Value;

use crate::headers::Condition;
use crate::request::{ObjectRequest, parse_json, request_type};
use crate::response::ObjectResponse;

/// Carries out a request. `body` reads its body. It is called only if the caller is known and the request needs a body.
pub fn handle(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyError>,
    settings: &Result<Settings>,
    network: &dyn Network,
    writer: &mut dyn ResponseWriter,
) {
    match respond(request, body, settings, network, writer) {
        Ok(None) => {}
        Ok(Some((response, is_pretty))) => writer.write_whole(response.write(is_pretty)),
        Err(failure) => writer.write_whole(failure.response()),
    }
}

/// Returns the response, and whether its JSON is indented. `None` if `writer` has the response already.
fn respond(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyError>,
    settings: &Result<Settings>,
    network: &dyn Network,
    writer: &mut dyn ResponseWriter,
) -> std::result::Result<Option<(ObjectResponse, bool)>, Failure> {
    let settings = settings.as_ref().map_err(|error| failure::from_settings_error(error.clone()))?;
    match settings.gateway.is_caller(&request.headers) {
        None => return Err(Failure::new(StatusCode::INTERNAL_SERVER_ERROR, login::NOT_CONFIGURED)),
        Some(false) => return Err(Failure::unknown_caller()),
        Some(true) => {}
    }
    headers::check_versions(&request.headers)?;
    let mut parameters = query::parse(request.uri.query().unwrap_or_default())?;
    let is_pretty = query::parse_pretty_print(&parameters)?;
    let system = &settings.gateway.system;
    let connector = || Connector::new(&settings.service, network, &settings.operation);
    let (class, id) = match find_route(request, &parameters, system)? {
        Route::Objects(class, id) => (class, id),
        Route::Sync(class, mailbox) => {
            if let Some(mailbox) = mailbox {
                parameters.add_default("mailbox", mailbox);
            }
            (class, None)
        }
        Route::System { is_for_all } => {
            headers::parse_condition(&request.method, &request.headers)?;
            let response = system::act(request, &parameters, system, is_for_all, connector)?;
            return Ok(Some((response, is_pretty)));
        }
    };
    let condition = headers::parse_condition(&request.method, &request.headers)?;
    if parameters.is_query() && condition != Condition::None {
        return Err(Failure::new(StatusCode::PRECONDITION_FAILED, "If-None-Match not supported for query requests"));
    }
    let is_action = request_type(&request.method, &parameters) == "ACTION";
    let object_request = ObjectRequest { request, parameters, condition, system, class, id, is_pretty };
    let content = || {
        // An action may have no body, and then no content type.
        if is_action {
            let body = body().map_err(failure::from_body_error)?;
            return if body.is_empty() { Ok(Value::Null) } else { parse_json(&body) };
        }
        headers::check_content_type(&request.headers)?;
        parse_json(&body().map_err(failure::from_body_error)?)
    };
    if !matches!(request.method.as_str(), "GET" | "POST" | "PATCH" | "DELETE" | "PUT") {
        return Err(Failure::unknown_method(&request.method));
    }
    let response = objects::respond(object_request, connector, content, writer)?;
    Ok(response.map(|response| (response, is_pretty)))
}

/// The target of a path.
enum Route {
    /// An object of a class, or without an id the class as a whole.
    Objects(ObjectClass, Option<String>),
    /// The objects of a class to synchronize, and the mailbox that the source names.
    Sync(ObjectClass, Option<String>),
    /// The system. `is_for_all`: the path names every system, of which there is one.
    System { is_for_all: bool },
}

/// Returns the target of a request.
fn find_route(request: &Parts, parameters: &Parameters, own_system: &str) -> std::result::Result<Route, Failure> {
    let path = request.uri.path();
    let source = || SyncSource::from_request(&request.method, parameters).transpose();
    let find_class = |name: &str| {
        ObjectClass::from_name(name).ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, format!("Not found: {name}")))
    };
    let check_system = |system: &str| {
        if system == own_system { Ok(()) } else { Err(Failure::not_found(&format!("system/{system}"))) }
    };
    let path_target = match Path::parse(path) {
        Ok(target) => target,
        Err(NotFound::NotUtf8) => return Err(Failure::new(StatusCode::BAD_REQUEST, "The path is not UTF-8")),
        Err(NotFound::Unknown(name)) => return Err(Failure::not_found(&name)),
    };
    let (class, id) = match path_target {
        Path::System { system, class: Some(class), id, has_more } => {
            check_system(&system)?;
            if has_more {
                return Err(Failure::not_found(without_prefix(path)));
            }
            (class, id)
        }
        system_target => {
            if let Path::System { system, has_more, .. } = &system_target {
                check_system(system)?;
                if *has_more {
                    return Err(Failure::not_found(without_prefix(path)));
                }
            }
            let Some(source) = source()? else {
                return Ok(Route::System { is_for_all: system_target == Path::AllSystems });
            };
            check_system(&source.system)?;
            return Ok(Route::Sync(find_class(&source.class)?, source.mailbox));
        }
    };
    Ok(Route::Objects(find_class(&class)?, id))
}
