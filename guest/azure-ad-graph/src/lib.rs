//! The Azure AD Graph API, which Microsoft has switched off: its requests come in here, and leave as requests of Microsoft Graph.
//!
//! `/{tenant}/users/{id}?api-version=1.6`, as for `https://graph.windows.net`. The rules are those of the pages "Contact" (2013-04-05) and
//! "Azure AD Graph API reference" (1.6), and of what was recorded of the service; `docs/azure-ad-graph.md` says what is different.
//!
//! * [`query`]: the query options.
//! * [`properties`]: the table of properties, with [`complex`] for structures; [`entity`] reads objects by it, [`input`] writes them,
//!   [`filter`] makes Microsoft Graph's filters of Azure AD Graph's, [`metadata`] tells it as CSDL, [`reference`] as a page.
//! * [`call`]: a request whose caller is known; `objects`, `relations`, `functions` and `changes` carry it out, `paging` has the tokens
//!   between pages, `selection` what is read, [`batch`] takes several in one.
//! * [`writer`]: the forms of JSON; `response`: responses before they are written; [`failure`]: failures of the connector.

pub mod batch;
pub mod call;
mod changes;
pub mod complex;
pub mod entity;
pub mod failure;
pub mod filter;
mod functions;
mod graph_key;
pub mod input;
pub mod metadata;
mod objects;
mod paging;
pub mod properties;
pub mod query;
pub mod reference;
mod relations;
mod response;
mod selection;
pub mod writer;

use connector::error::Result;
use connector::operations::connector::Connector;
use connector::operations::send::network::Network;
use connector::response_writer::{BodyError, ResponseWriter};
use connector::settings::Settings;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use protocol::azure_ad_graph::address::{Address, Target, Tenant};
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::format::Format;
use protocol::azure_ad_graph::query::{api_version, format_option};
use protocol::azure_ad_graph::response::{Ids, add_headers, write_failure};
use protocol::azure_ad_graph::version::Version;
use protocol::login;

use crate::call::{Call, Request};
use crate::response::Answer;
use crate::writer::{Content, Writer};

/// Carries out a request. `body` reads its body, and is called after the caller is known and only where a body is needed.
pub fn handle(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyError>,
    settings: &Result<Settings>,
    network: &dyn Network,
    writer: &mut dyn ResponseWriter,
) {
    let ids = Ids::of(&request.headers, network.unique_id(), network.date());
    writer.write_whole(respond(request, body, settings, network, &ids));
}

fn respond(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyError>,
    settings: &Result<Settings>,
    network: &dyn Network,
    ids: &Ids,
) -> Response<Vec<u8>> {
    let query = request.uri.query().unwrap_or_default();
    let named = api_version(query);
    let version = named.as_ref().copied().unwrap_or(Version::V1_6);
    let format = Format::of(&request.headers, format_option(query).as_deref());
    let shown = format.as_ref().copied().unwrap_or(Format::Minimal);
    let directory = settings.as_ref().map(|settings| settings.gateway.directory.as_slice()).unwrap_or_default();
    let base = base(request, directory);
    let writer = Writer { format: shown, version, base: &base };
    let served = || {
        let settings = settings.as_ref().map_err(|error| failure::of_operation(error.clone()))?;
        let address = Address::parse(request.uri.path());
        // "No authentication is necessary to read the service metadata."
        if let Ok(address) = &address
            && address.target == Target::Metadata
            && request.method == Method::GET
            && !settings.gateway.directory.is_empty()
            && address.tenant.is_directory(directory)
        {
            return Ok(Answer::ok(Content::Document(metadata::document(named?))));
        }
        match settings.gateway.is_caller(&request.headers) {
            None => {
                let code = "Service_InternalServerError";
                return Err(Failure::new(StatusCode::INTERNAL_SERVER_ERROR, code, login::NOT_CONFIGURED));
            }
            Some(false) => return Err(Failure::unknown_caller()),
            Some(true) => {}
        }
        if settings.gateway.directory.is_empty() {
            return Err(Failure::not_served(
                "This gateway serves no directory by the Azure AD Graph API: its operator names the directory in GATEWAY_DIRECTORY.",
            ));
        }
        let address = address.map_err(|strange| Failure::of_path(&strange))?;
        if !address.tenant.is_directory(directory) {
            return Err(Failure::unknown_directory());
        }
        named?;
        // What is answered otherwise than in JSON has one form.
        if !matches!(address.target, Target::Batch | Target::Photo(_)) {
            format?;
        }
        if address.operations(&request.method).is_none() {
            return Err(Failure::of_method(&request.method, &address));
        }
        let has_body = matches!(request.method, Method::POST | Method::PUT | Method::PATCH);
        let body = if has_body { body().map_err(failure::of_body)? } else { Vec::new() };
        let connector = Connector::new(&settings.service, network, &settings.terms);
        let call = Call { connector: &connector, writer, directory };
        let request = Request { method: request.method.clone(), address, query, headers: &request.headers, body };
        if request.address.target == Target::Batch {
            return batch::answer(&call, &request, network, ids);
        }
        call.answer(request)
    };
    let mut response = match served() {
        Ok(answer) => response::write(answer, &writer),
        Err(failure) => write_failure(&failure, shown, ids),
    };
    if let Ok(version) = HeaderValue::from_str(version.name()) {
        response.headers_mut().insert(HeaderName::from_static("x-ms-dirapi-data-contract-version"), version);
    }
    add_headers(response.headers_mut(), ids);
    response
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
    let tenant = match Address::parse(&format!("/{first}/users")) {
        Ok(Address { tenant: tenant @ Tenant::Named(_), .. }) if tenant.is_directory(directory) => first,
        _ => "myorganization",
    };
    format!("{scheme}://{host}/{tenant}")
}
