//! OpenIDM's REST paths: `/openidm/system/{system}/user/{id}`, read and updated as on the OpenICF page
//! "Contacts (MS Graph API)", and the same of `contact` and `contactFolder`.
//!
//! The rules are those of ForgeRock's CREST and of OpenIDM's provisioner, whose sources are the reference for every status
//! and message here. Where this frontend is stricter on purpose, `docs/openidm.md` says so.
//!
//! * [`headers`]: conditions, versions and content types.
//! * [`query`]: parameters, and `_fields`.
//! * [`failure`]: what goes wrong, as status and body.
//! * `objects`: the objects of a class, `rows` for many of them, `actions` on the class; `system`: what is asked of the system
//!   itself.

mod actions;
pub mod failure;
pub mod headers;
mod objects;
pub mod query;
mod rows;
mod system;

use http::request::Parts;
use http::{Method, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::bounded_json::{self, Unreadable};
use crate::error::Result;
use crate::frontends::authentication;
use crate::operations::Connector;
use crate::operations::network::{BodyFault, Network, Reply};
use crate::operations::object_class::ObjectClass;
use crate::operations::patch::{self, PatchOperation};
use crate::settings::Settings;
use failure::Failure;
use headers::Condition;
use query::Parameters;

/// Answers a request. `body` reads its body, and is called after the caller is known and only where a body is wanted.
pub fn handle<N: Network>(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyFault>,
    settings: &Result<Settings>,
    network: &N,
    reply: &mut dyn Reply,
) {
    match answer(request, body, settings, network, reply) {
        Ok(None) => {}
        Ok(Some((answer, pretty))) => {
            let mut response = respond(answer.status, &answer.body, pretty);
            let headers =
                [(header::ETAG, answer.revision.map(|revision| format!("\"{revision}\""))), (header::LOCATION, answer.location)];
            for (name, value) in headers {
                if let Some(Ok(value)) = value.map(header::HeaderValue::try_from) {
                    response.headers_mut().insert(name, value);
                }
            }
            reply.whole(response);
        }
        Err(failure) => {
            let mut response = respond(failure.status, &failure.body(), false);
            if let Some(seconds) = failure.retry_after_seconds {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            if failure.status == StatusCode::UNAUTHORIZED {
                let challenge = header::HeaderValue::from_static("Basic realm=\"OpenIDM\", charset=\"UTF-8\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
            reply.whole(response);
        }
    }
}

/// What a request is answered with.
struct Answer {
    status: StatusCode,
    body: Value,
    /// The revision of the object, for `ETag`.
    revision: Option<String>,
    /// Where a new object is.
    location: Option<String>,
}

impl Answer {
    fn ok(body: Map<String, Value>) -> Answer {
        Answer { status: StatusCode::OK, body: Value::Object(body), revision: None, location: None }
    }
}

/// A request about objects whose caller is known, taken apart.
struct Call<'a> {
    request: &'a Parts,
    parameters: Parameters,
    condition: Condition,
    /// The system's name.
    system: &'a str,
    class: ObjectClass,
    /// The id in the path; `None` where the object class as a whole is meant.
    id: Option<String>,
    /// Whether the answer is to be read by people.
    pretty: bool,
}

impl Call<'_> {
    /// The class as OpenIDM's messages have it: `system/azuread/user`.
    fn path(&self) -> String {
        format!("system/{}/{}", self.system, self.class.name())
    }
}

/// The answer, and whether it is to be read by people; `None` where `reply` has had it already.
fn answer<N: Network>(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyFault>,
    settings: &Result<Settings>,
    network: &N,
    reply: &mut dyn Reply,
) -> std::result::Result<Option<(Answer, bool)>, Failure> {
    let settings = settings.as_ref().map_err(|error| Failure::of_settings(error.clone()))?;
    let is_known = authentication::is_known(&request.headers, &settings.gateway);
    if !is_known.map_err(|error| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, error.message))? {
        return Err(Failure::new(StatusCode::UNAUTHORIZED, "Access Denied"));
    }
    headers::check_versions(&request.headers)?;
    let parameters = Parameters::read(request.uri.query().unwrap_or_default())?;
    let pretty = parameters.pretty_print()?;
    let system = &settings.gateway.system;
    let connector = || Connector::new(&settings.service, network, &settings.terms);
    let (class, id) = match route(request.uri.path(), system)? {
        Target::Objects(class, id) => (class, id),
        Target::System { all } => {
            headers::condition(&request.method, &request.headers)?;
            let answer = system::answer(request, &parameters, system, all, connector)?;
            return Ok(Some((answer, pretty)));
        }
    };
    let condition = headers::condition(&request.method, &request.headers)?;
    if parameters.is_query() && condition != Condition::None {
        return Err(Failure::new(StatusCode::PRECONDITION_FAILED, "If-None-Match not supported for query requests"));
    }
    let is_action = request_type(&request.method, &parameters) == "ACTION";
    let call = Call { request, parameters, condition, system, class, id, pretty };
    let content = || {
        // An action may come without a body, and then without a type.
        if is_action {
            let body = body().map_err(Failure::of_body)?;
            return if body.is_empty() { Ok(Value::Null) } else { json(&body) };
        }
        headers::check_content_type(&request.headers)?;
        json(&body().map_err(Failure::of_body)?)
    };
    if !matches!(request.method.as_str(), "GET" | "POST" | "PATCH" | "DELETE" | "PUT") {
        return Err(Failure::new(StatusCode::METHOD_NOT_ALLOWED, format!("Method {} is not known here", request.method)));
    }
    let answer = objects::answer(call, connector, content, reply)?;
    Ok(answer.map(|answer| (answer, pretty)))
}

/// The revision that a `PUT` is for; `None` for any.
fn update_of(condition: Condition) -> std::result::Result<Option<String>, Failure> {
    let refuse = |message: &str| Err(Failure::new(StatusCode::INTERNAL_SERVER_ERROR, message));
    match condition {
        Condition::Match(revision) => Ok(revision),
        Condition::New => refuse("Create with client provided ID is not supported."),
        Condition::None | Condition::NoneMatch(_) => {
            refuse("UPSERT (i.e. PUT without the 'if-match' nor 'if-none-match' header) is not supported. Send If-Match: *")
        }
    }
}

/// What a path names.
enum Target {
    /// Objects of a class: the one of that id, or the class as a whole.
    Objects(ObjectClass, Option<String>),
    /// The system itself; `all` where the path names every system, of which there is one.
    System { all: bool },
}

fn route(path: &str, system: &str) -> std::result::Result<Target, Failure> {
    let not_found = |what: &str| Failure::new(StatusCode::NOT_FOUND, format!("Resource '{what}' not found"));
    let segments: Vec<String> = path
        .trim_start_matches('/')
        .split('/')
        .map(|segment| percent_decode_str(segment).decode_utf8().map(|text| text.into_owned()))
        .collect::<std::result::Result<_, _>>()
        .map_err(|_| Failure::new(StatusCode::BAD_REQUEST, "The path is not UTF-8"))?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let class =
        |name: &str| ObjectClass::named(name).ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, format!("Not found: {name}")));
    match segments.as_slice() {
        ["openidm", "system"] | ["openidm", "system", ""] => Ok(Target::System { all: true }),
        ["openidm", "system", name, ..] if *name != system => Err(not_found(&format!("system/{name}"))),
        ["openidm", "system", _] | ["openidm", "system", _, ""] => Ok(Target::System { all: false }),
        ["openidm", "system", _, name] | ["openidm", "system", _, name, ""] => Ok(Target::Objects(class(name)?, None)),
        ["openidm", "system", _, name, id] => Ok(Target::Objects(class(name)?, Some((*id).to_owned()))),
        _ => Err(not_found(path.trim_start_matches('/').trim_start_matches("openidm/"))),
    }
}

/// The JSON object that a body is.
fn object(content: Value) -> std::result::Result<Map<String, Value>, Failure> {
    match content {
        Value::Object(object) => Ok(object),
        _ => {
            let problem = "The request could not be processed because the provided content is not a JSON object";
            Err(Failure::new(StatusCode::BAD_REQUEST, problem))
        }
    }
}

/// The operations that the body of a patch has.
fn operations(content: &Value) -> std::result::Result<Vec<PatchOperation>, Failure> {
    patch::parse(content).map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.message))
}

/// The revision that a patch or deletion is for; `None` for any.
fn revision_of(condition: &Condition) -> Option<&str> {
    match condition {
        Condition::Match(revision) => revision.as_deref(),
        _ => None,
    }
}

/// The JSON in a body.
fn json(body: &[u8]) -> std::result::Result<Value, Failure> {
    let bad = |message: &str| Failure::new(StatusCode::BAD_REQUEST, message);
    if body.is_empty() {
        return Err(bad("The request could not be processed because it did not contain any JSON content"));
    }
    match bounded_json::read(body) {
        Ok(value) => Ok(value),
        Err(Unreadable::TooMany) => {
            let problem = format!("The request's body is too large: {}", Unreadable::TooMany);
            Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, problem))
        }
        Err(error) => {
            let problem = "The request could not be processed because the provided content is not valid JSON";
            Err(bad(problem).with_detail(json!(error.to_string())))
        }
    }
}

fn respond(status: StatusCode, body: &Value, pretty: bool) -> Response<Vec<u8>> {
    let body = match status {
        StatusCode::NOT_MODIFIED => String::new(),
        _ if pretty => format!("{body:#}"),
        _ => body.to_string(),
    };
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
