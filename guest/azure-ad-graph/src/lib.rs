//! The Azure AD Graph API, which Microsoft has retired, as a frontend of the connector: its requests become requests to Microsoft Graph.
//!
//! A path is `/{tenant}/users/{id}?api-version=1.6`, as for `https://graph.windows.net`. The rules are from the pages "Contact"
//! (2013-04-05) and "Azure AD Graph API reference" (1.6), and from recorded responses of the service. `docs/azure-ad-graph.md` lists
//! the differences.
//!
//! | module | what it holds |
//! |---|---|
//! | `handler`, `request`, `query` | the handler of requests, and what a request carries |
//! | `objects`, `relations`, `functions`, `differential_query`, [`batch`] | the operations |
//! | [`properties`], [`edm`], [`entity_type`] | the table of properties and its types |
//! | [`entity`], [`input`] | conversion of objects from and to Microsoft Graph's |
//! | [`filter`], `selection`, `read_options` | `$filter`, `$select`, `$expand` |
//! | `paging`, `page_size` | pages and their tokens |
//! | [`writer`], `version2`, `response`, [`failure`] | responses |
//! | [`metadata`], [`reference`](mod@reference) | the table of properties as CSDL and as a page |

pub mod batch;
mod differential_query;
pub mod edm;
pub mod entity;
pub mod entity_type;
pub mod failure;
pub mod filter;
mod functions;
mod graph_key;
pub mod handler;
pub mod input;
mod json_type;
pub mod metadata;
mod objects;
mod page_size;
mod paging;
pub mod properties;
pub mod query;
mod read_options;
pub mod reference;
mod relations;
pub mod request;
mod response;
mod selection;
mod version2;
pub mod writer;

use connector::error::Result;
use connector::operations::connector::Connector;
use connector::operations::send::network::Network;
use connector::response_writer::{BodyError, ResponseWriter};
use connector::settings::Settings;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use protocol::azure_ad_graph::address::{Address, DirectoryRef, Resource};
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::format::Format;
use protocol::azure_ad_graph::query::{parse_api_version, parse_format_option};
use protocol::azure_ad_graph::response::{RequestIds, add_headers, write_failure};
use protocol::azure_ad_graph::version::ApiVersion;
use protocol::login;

use crate::batch::handle_batch;
use crate::handler::RequestHandler;
use crate::request::ApiRequest;
use crate::response::ApiResponse;
use crate::writer::{Content, ContentWriter};

/// Carries out a request. `body` reads its body. It is called only if the caller is known and the request needs a body.
pub fn handle(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyError>,
    settings: &Result<Settings>,
    network: &dyn Network,
    writer: &mut dyn ResponseWriter,
) {
    let ids = RequestIds::from_headers(&request.headers, network.unique_id(), network.date());
    writer.write_whole(respond(request, body, settings, network, &ids));
}

fn respond(
    request: &Parts,
    body: impl FnOnce() -> std::result::Result<Vec<u8>, BodyError>,
    settings: &Result<Settings>,
    network: &dyn Network,
    ids: &RequestIds,
) -> Response<Vec<u8>> {
    let query = request.uri.query().unwrap_or_default();
    let named_version = parse_api_version(query);
    let version = named_version.as_ref().copied().unwrap_or(ApiVersion::V1_6);
    let named_format = Format::negotiate(&request.headers, parse_format_option(query).as_deref());
    let format = named_format.as_ref().copied().unwrap_or(Format::MinimalMetadata);
    let directory = settings.as_ref().map(|settings| settings.gateway.directory.as_slice()).unwrap_or_default();
    let base = build_base(request, directory);
    let writer = ContentWriter { format, version, base: &base };
    let carry_out = || {
        let settings = settings.as_ref().map_err(|error| failure::from_error(error.clone()))?;
        let address = Address::parse(request.uri.path());
        // "No authentication is necessary to read the service metadata."
        if let Ok(address) = &address
            && address.resource == Resource::Metadata
            && request.method == Method::GET
            && !settings.gateway.directory.is_empty()
            && address.directory.is_one_of(directory)
        {
            let document = metadata::write_document(named_version?);
            return Ok(ApiResponse::ok(Content::Document(protocol::azure_ad_graph::metadata::adapt(document, &request.headers))));
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
                "This gateway serves no directory through the Azure AD Graph API: the operator has to set GATEWAY_DIRECTORY.",
            ));
        }
        let address = address.map_err(|error| Failure::from_path_error(&error))?;
        if !address.directory.is_one_of(directory) {
            return Err(Failure::unknown_directory());
        }
        named_version?;
        // Batches and photos are not JSON, so they have only one format.
        if !matches!(address.resource, Resource::Batch | Resource::Photo(_)) {
            named_format?;
        }
        if address.operations(&request.method).is_none() {
            return Err(Failure::method_not_allowed(&request.method, &address));
        }
        let has_body = matches!(request.method, Method::POST | Method::PUT | Method::PATCH);
        let body = if has_body { body().map_err(failure::from_body_error)? } else { Vec::new() };
        let connector = Connector::new(&settings.service, network, &settings.operation);
        let handler = RequestHandler { connector: &connector, writer, directory };
        let request = ApiRequest { method: request.method.clone(), address, query, headers: &request.headers, body };
        if request.address.resource == Resource::Batch {
            return handle_batch(&handler, &request, network, ids);
        }
        handler.handle(request)
    };
    let mut response = match carry_out() {
        Ok(response) => response.write(&writer),
        Err(failure) => write_failure(&failure, format, ids),
    };
    if let Ok(version) = HeaderValue::from_str(version.name()) {
        response.headers_mut().insert(HeaderName::from_static("x-ms-dirapi-data-contract-version"), version);
    }
    add_headers(response.headers_mut(), ids);
    response
}

/// Returns the address of the directory as the caller has it. For a path outside of the API, it is the address of `myorganization`.
fn build_base(request: &Parts, directory: &[String]) -> String {
    let text = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = match text("x-forwarded-proto") {
        Some("https") => "https",
        Some("http") => "http",
        _ => request.uri.scheme_str().unwrap_or("http"),
    };
    let host =
        text("host").or_else(|| request.uri.authority().map(|authority| authority.as_str())).unwrap_or("graph.windows.net");
    // The name stays as the caller wrote it, so that a caller can compare addresses.
    let first = request.uri.path().trim_start_matches('/').split('/').next().unwrap_or_default();
    let name = match Address::parse(&format!("/{first}/users")) {
        Ok(Address { directory: named @ DirectoryRef::Named(_), .. }) if named.is_one_of(directory) => first,
        _ => "myorganization",
    };
    format!("{scheme}://{host}/{name}")
}
