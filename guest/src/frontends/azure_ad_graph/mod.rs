//! The Azure AD Graph API, which Microsoft has switched off: its requests come in here, and leave as requests of Microsoft Graph.
//!
//! `/{tenant}/users/{id}?api-version=1.6`, as for `https://graph.windows.net`. The rules are those of the pages "Contact" (2013-04-05) and
//! "Azure AD Graph API reference" (1.6), and of what was recorded of the service; `docs/azure-ad-graph.md` says what is different.
//!
//! * [`address`]: what a path names; [`query`]: the options; [`version`]: the versions of the API.
//! * [`properties`]: the table of properties, with [`complex`] for structures; [`entity`] reads objects by it, [`input`] writes them,
//!   [`filter`] makes Microsoft Graph's filters of Azure AD Graph's, [`metadata`] tells it as CSDL, [`reference`] as a page.
//! * [`call`]: a request whose caller is known; `objects`, `relations`, `functions` and `changes` carry it out, `paging` has the tokens
//!   between pages, `selection` what is read, [`batch`] takes several in one.
//! * [`format`]: the forms of JSON; [`failure`]: what goes wrong.

pub mod address;
pub mod batch;
pub mod call;
mod changes;
pub mod complex;
pub mod entity;
pub mod failure;
pub mod filter;
pub mod format;
mod functions;
pub mod input;
pub mod metadata;
mod objects;
mod paging;
pub mod properties;
pub mod query;
pub mod reference;
mod relations;
mod selection;
pub mod version;

use std::time::SystemTime;

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, header};

use self::address::{Address, Target, Tenant};
use self::call::{Answer, Call, Request};
use self::failure::Failure;
use self::format::{Content, Format, Writer};
use self::version::Version;
use crate::error::Result;
use crate::frontends::authentication;
use crate::operations::Connector;
use crate::operations::network::{BodyFault, Network, Reply};
use crate::settings::Settings;

/// Whether a request is one of this API's: its path is none of OpenIDM's, and the gateway serves a directory, or the request says
/// itself that it is.
pub fn is_of(request: &Parts, settings: &Result<Settings>) -> bool {
    let is_openidm = request.uri.path().trim_start_matches('/').split('/').next() == Some("openidm");
    let serves = settings.as_ref().is_ok_and(|settings| !settings.gateway.directory.is_empty());
    !is_openidm && (serves || request.uri.query().unwrap_or_default().to_ascii_lowercase().contains("api-version="))
}

/// Answers a request. `body` reads its body, and is called after the caller is known and only where a body is wanted.
pub fn handle<N: Network>(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyFault>,
    settings: &Result<Settings>,
    network: &N,
    reply: &mut dyn Reply,
) {
    let ids = Ids::of(&request.headers, network.unique_id(), network.date());
    let answer = answer(request, body, settings, network, &ids);
    reply.whole(answer);
}

/// By what a request is known.
pub struct Ids {
    /// The service's own id.
    request: String,
    /// The caller's; the service's where it has none.
    client: Option<HeaderValue>,
    /// Now, in the form that errors have it.
    date: String,
}

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

impl Ids {
    /// Those of a request with these headers, under an id of the service's own.
    pub fn of(headers: &HeaderMap, id: String, now: SystemTime) -> Ids {
        let given = headers.get(&CLIENT_REQUEST_ID).filter(|id| id.len() <= 128).cloned();
        Ids { client: given.or_else(|| HeaderValue::from_str(&id).ok()), request: id, date: date(now) }
    }
}

/// The answer to a request that a host refuses in this component's place.
pub fn refused(failure: &Failure, headers: &HeaderMap, ids: &Ids) -> Response<Vec<u8>> {
    identified(failed(failure, Format::of(headers, None).unwrap_or(Format::Minimal), ids), ids)
}

/// The answer, with the ids that it is known by.
fn identified(mut response: Response<Vec<u8>>, ids: &Ids) -> Response<Vec<u8>> {
    let headers = response.headers_mut();
    let request = HeaderValue::from_str(&ids.request).ok();
    for (name, value) in [(CLIENT_REQUEST_ID, ids.client.clone()), (REQUEST_ID, request)] {
        headers.extend(value.map(|value| (name, value)));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// `2018-11-29T00:31:52`: without a zone, as the service wrote it.
fn date(now: SystemTime) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // Thu, 29 Nov 2018 00:31:52 GMT
    let text = httpdate::fmt_http_date(now);
    let parts: Vec<&str> = text.split(' ').collect();
    let [_, day, month, year, time, _] = parts.as_slice() else { return text };
    let month = MONTHS.iter().position(|name| name == month).map_or(0, |place| place + 1);
    format!("{year}-{month:02}-{day}T{time}")
}

fn answer<N: Network>(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyFault>,
    settings: &Result<Settings>,
    network: &N,
    ids: &Ids,
) -> Response<Vec<u8>> {
    let query = request.uri.query().unwrap_or_default();
    let named = query::version(query);
    let version = named.as_ref().copied().unwrap_or(Version::V1_6);
    let format = Format::of(&request.headers, query::format(query).as_deref());
    let shown = format.as_ref().copied().unwrap_or(Format::Minimal);
    let directory = settings.as_ref().map(|settings| settings.gateway.directory.as_slice()).unwrap_or_default();
    let base = base(request, directory);
    let writer = Writer { format: shown, version, base: &base };
    let served = || {
        let settings = settings.as_ref().map_err(|error| Failure::from(error.clone()))?;
        let address = Address::read(request.uri.path());
        // "No authentication is necessary to read the service metadata."
        if let Ok(address) = &address
            && address.target == Target::Metadata
            && request.method == Method::GET
            && !settings.gateway.directory.is_empty()
            && names_directory(&address.tenant, directory)
        {
            return Ok(Answer::ok(Content::Document(metadata::document(named?))));
        }
        if !authentication::is_known(&request.headers, &settings.gateway).map_err(Failure::from)? {
            return Err(Failure::unknown_caller());
        }
        if settings.gateway.directory.is_empty() {
            return Err(Failure::not_served(
                "This gateway serves no directory by the Azure AD Graph API: its operator names the directory in GATEWAY_DIRECTORY.",
            ));
        }
        let address = address.map_err(|strange| Failure::of_path(&strange))?;
        if !names_directory(&address.tenant, directory) {
            return Err(Failure::unknown_directory());
        }
        named?;
        // What is answered otherwise than in JSON has one form.
        if !matches!(address.target, Target::Batch | Target::Photo(_)) {
            format?;
        }
        if address.effect(&request.method).is_none() {
            return Err(Failure::of_method(&request.method, &address));
        }
        let has_body = matches!(request.method, Method::POST | Method::PUT | Method::PATCH);
        let body = if has_body { body().map_err(Failure::of_body)? } else { Vec::new() };
        let connector = Connector::new(&settings.service, network, &settings.terms);
        let call = Call { connector: &connector, writer, directory };
        let request = Request { method: request.method.clone(), address, query, headers: &request.headers, body };
        if request.address.target == Target::Batch {
            return batch::answer(&call, &request, network, ids);
        }
        call.answer(request)
    };
    let mut response = match served() {
        Ok(answer) => succeeded(answer, &writer),
        Err(failure) => failed(&failure, shown, ids),
    };
    if let Ok(version) = HeaderValue::from_str(version.name()) {
        response.headers_mut().insert(HeaderName::from_static("x-ms-dirapi-data-contract-version"), version);
    }
    identified(response, ids)
}

/// Whether a path's tenant is the directory of these names.
pub fn names_directory(tenant: &Tenant, directory: &[String]) -> bool {
    match tenant {
        Tenant::OfCaller => true,
        Tenant::Named(name) => directory.iter().any(|known| known.eq_ignore_ascii_case(name)),
    }
}

/// The address of the directory, as the caller has it. What is no path of this API has that of its own directory.
fn base(request: &Parts, directory: &[String]) -> String {
    let text = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = match text("x-forwarded-proto") {
        Some("https") => "https",
        Some("http") => "http",
        _ => request.uri.scheme_str().unwrap_or("http"),
    };
    let host =
        text("host").or_else(|| request.uri.authority().map(|authority| authority.as_str())).unwrap_or("graph.windows.net");
    // As it was written, so that what the caller compares is the same.
    let first = request.uri.path().trim_start_matches('/').split('/').next().unwrap_or_default();
    let tenant = match Address::read(&format!("/{first}/users")) {
        Ok(Address { tenant: tenant @ Tenant::Named(_), .. }) if names_directory(&tenant, directory) => first,
        _ => "myorganization",
    };
    format!("{scheme}://{host}/{tenant}")
}

/// The answer to a request that succeeded.
pub(crate) fn succeeded(answer: Answer, writer: &Writer<'_>) -> Response<Vec<u8>> {
    let (media_type, body) = match answer.content {
        Content::None => (None, Vec::new()),
        Content::Bytes(media_type, bytes) => (Some(media_type), bytes),
        Content::Document(text) => (Some("application/xml;charset=utf-8".to_owned()), text.into_bytes()),
        content => (Some(writer.format.media_type().to_owned()), writer.text(&content).into_bytes()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    let data_service_version = match (media_type.as_deref(), writer.format) {
        (Some(_), Format::Minimal | Format::Plain) => "3.0;",
        (Some(_), Format::Verbose) => "2.0;",
        (None, _) => "1.0;",
    };
    let fixed = [
        (header::CONTENT_TYPE, media_type),
        (HeaderName::from_static("dataserviceversion"), Some(data_service_version.to_owned())),
        (header::CACHE_CONTROL, Some("no-cache".to_owned())),
        (header::LOCATION, answer.location),
    ];
    let fixed = fixed.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let others = answer.headers.into_iter().map(|(name, value)| (HeaderName::from_static(name), value));
    for (name, value) in fixed.chain(others) {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The answer to a request that failed.
pub(crate) fn failed(failure: &Failure, format: Format, ids: &Ids) -> Response<Vec<u8>> {
    let body = failure.body(format == Format::Verbose, &ids.request, &ids.date);
    let mut response = Response::new(body.to_string().into_bytes());
    *response.status_mut() = failure.status;
    *response.headers_mut() = failure.headers();
    let media_type = match format {
        Format::Minimal => "application/json;odata=minimalmetadata;charset=utf-8",
        Format::Plain => "application/json;odata=nometadata;charset=utf-8",
        Format::Verbose => "application/json;odata=verbose;charset=utf-8",
    };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private"));
    response
}
