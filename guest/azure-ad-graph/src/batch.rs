//! `$batch`: several requests in one, as `multipart/mixed`.
//! <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-batch-processing>
//!
//! Microsoft Graph has no transactions. If a change set fails, its response says which changes were made before.

mod multipart;

use connector::operations::send::network::Network;
use http::{Method, Response, StatusCode, header};
use protocol::azure_ad_graph::address::{Address, EntityKey, Resource};
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::format::{Format, MAX_VERSION};
use protocol::azure_ad_graph::query::{parse_api_version, parse_format_option};
use protocol::azure_ad_graph::response::{RequestIds, write_failure};
use protocol::shorten::shorten;

use self::multipart::{EmbeddedRequest, Part, parse_boundary, parse_request, split_parts};
use crate::handler::RequestHandler;
use crate::request::ApiRequest;
use crate::response::ApiResponse;
use crate::writer::{Content, ContentWriter};

/// The most queries and change sets of a batch.
const MAX_ITEMS: usize = 5;
/// The most links of a change set.
const MAX_LINKS: usize = 20;

/// An item of a batch.
enum BatchItem {
    Query(EmbeddedRequest),
    ChangeSet(Vec<EmbeddedRequest>),
}

impl BatchItem {
    fn requests_mut(&mut self) -> &mut [EmbeddedRequest] {
        match self {
            BatchItem::Query(embedded) => std::slice::from_mut(embedded),
            BatchItem::ChangeSet(changes) => changes,
        }
    }
}

/// Carries out a batch. Returns 202, with a response for each of its requests.
pub(super) fn handle_batch(
    handler: &RequestHandler<'_>,
    request: &ApiRequest<'_>,
    network: &dyn Network,
    ids: &RequestIds,
) -> Result<ApiResponse, Failure> {
    // All items are checked before the first is carried out.
    let items = parse_items(request, &handler.writer)?;
    let boundary = format!("batchresponse_{}", network.unique_id());
    let mut text = Vec::new();
    for item in items {
        text.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        match item {
            BatchItem::Query(embedded) => {
                let format = negotiate_format(&embedded).unwrap_or(Format::MinimalMetadata);
                let result = handle_embedded(handler, embedded);
                write_part(&mut text, &result.unwrap_or_else(|failure| write_failure(&failure, format, ids)));
            }
            BatchItem::ChangeSet(changes) => {
                let inner = format!("changesetresponse_{}", network.unique_id());
                text.extend_from_slice(format!("Content-Type: multipart/mixed; boundary={inner}\r\n\r\n").as_bytes());
                for response in handle_change_set(handler, changes, ids) {
                    text.extend_from_slice(format!("--{inner}\r\n").as_bytes());
                    write_part(&mut text, &response);
                }
                text.extend_from_slice(format!("--{inner}--\r\n").as_bytes());
            }
        }
    }
    text.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content = Content::Bytes(format!("multipart/mixed; boundary={boundary}"), text);
    let headers = vec![("dataserviceversion", "1.0;".to_owned())];
    Ok(ApiResponse { status: StatusCode::ACCEPTED, headers, ..ApiResponse::ok(content) })
}

/// Parses the items of a batch.
fn parse_items(request: &ApiRequest<'_>, writer: &ContentWriter<'_>) -> Result<Vec<BatchItem>, Failure> {
    let media_type = request.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = parse_boundary(media_type).ok_or_else(|| {
        let message = "Content-Type: a batch has multipart/mixed with a boundary.";
        Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Request_BadRequest", message)
    })?;
    let parts = split_parts(&request.body, &boundary)?;
    if parts.len() > MAX_ITEMS {
        return Err(Failure::bad_request(format!(
            "The batch has {} queries and change sets, more than {MAX_ITEMS}: split it.",
            parts.len()
        )));
    }
    let mut items: Vec<BatchItem> = parts.iter().map(|part| parse_item(part, writer)).collect::<Result<_, _>>()?;
    // What the program reads at most holds for each request that does not say it.
    if let Some(version) = request.headers.get(MAX_VERSION) {
        for embedded in items.iter_mut().flat_map(BatchItem::requests_mut) {
            embedded.headers.entry(MAX_VERSION).or_insert_with(|| version.clone());
        }
    }
    Ok(items)
}

fn parse_item(part: &Part<'_>, writer: &ContentWriter<'_>) -> Result<BatchItem, Failure> {
    let media_type = part.media_type();
    if let Some(boundary) = parse_boundary(&media_type) {
        let parts = split_parts(part.body, &boundary)?;
        let changes = parts.iter().map(|part| parse_embedded(part, writer)).collect::<Result<Vec<_>, _>>()?;
        check_change_set(&changes)?;
        return Ok(BatchItem::ChangeSet(changes));
    }
    let embedded = parse_embedded(part, writer)?;
    let is_function =
        embedded.method == Method::POST && parse_address(&embedded).is_ok_and(|address| is_function(&address.resource));
    if embedded.method != Method::GET && !is_function {
        return Err(Failure::bad_request("A batch takes changes only in change sets: put the request in one."));
    }
    Ok(BatchItem::Query(embedded))
}

fn is_function(resource: &Resource) -> bool {
    matches!(resource, Resource::FunctionOf(..) | Resource::IsMemberOf | Resource::ObjectsByIds)
}

fn parse_embedded(part: &Part<'_>, writer: &ContentWriter<'_>) -> Result<EmbeddedRequest, Failure> {
    if !part.media_type().to_ascii_lowercase().starts_with("application/http") {
        return Err(Failure::bad_request("A part of the batch is neither application/http nor a change set."));
    }
    let embedded = parse_request(part.body)?;
    Ok(EmbeddedRequest { target: to_path(&embedded.target, writer)?, ..embedded })
}

/// Returns path and query of a target. The target may be a whole address of this service, or relative to the directory's address.
fn to_path(target: &str, writer: &ContentWriter<'_>) -> Result<String, Failure> {
    if target.starts_with('/') {
        return Ok(target.to_owned());
    }
    let before_query = target.split('?').next().unwrap_or_default();
    let Some((scheme, rest)) = before_query.split_once("://") else {
        let directory = writer.base.rsplit('/').next().unwrap_or_default();
        return Ok(format!("/{directory}/{target}"));
    };
    let host = rest.split('/').next().unwrap_or_default();
    if !writer.is_own_address(&scheme.to_ascii_lowercase(), host) {
        let target = shorten(before_query);
        return Err(Failure::bad_request(format!("A part of the batch is for another service: {target}.")));
    }
    let start = scheme.len() + "://".len() + host.len();
    Ok(target.get(start..).filter(|path| path.starts_with('/')).unwrap_or("/").to_owned())
}

fn parse_address(embedded: &EmbeddedRequest) -> Result<Address, Failure> {
    let path = embedded.target.split('?').next().unwrap_or_default();
    Address::parse(path).map_err(|error| Failure::from_path_error(&error))
}

/// "A change set can contain a maximum of one source object modification and up to 20 add-link and delete-link operations combined. All
/// operations in the change set must be on a single source entity."
fn check_change_set(changes: &[EmbeddedRequest]) -> Result<(), Failure> {
    let (mut modifications, mut links) = (0, 0);
    let mut source: Option<Option<EntityKey>> = None;
    for change in changes {
        if change.method == Method::GET {
            return Err(Failure::bad_request("A change set has no queries: put the query beside it in the batch."));
        }
        // The response to this request says what is wrong with its path.
        let Ok(address) = parse_address(change) else { continue };
        let key = match address.resource {
            Resource::Links(key, _) => {
                links += 1;
                Some(key)
            }
            Resource::Object(key) | Resource::Photo(key) => {
                modifications += 1;
                Some(key)
            }
            _ => {
                modifications += 1;
                None
            }
        };
        if !is_same_object(source.get_or_insert_with(|| key.clone()), &key) {
            return Err(Failure::bad_request("The operations of a change set must be on one object."));
        }
    }
    if modifications > 1 || links > MAX_LINKS {
        return Err(Failure::bad_request(format!(
            "A change set changes one object at most, and {MAX_LINKS} links; this one has {modifications} and {links}."
        )));
    }
    Ok(())
}

/// Checks whether two keys name one object. Ids and user principal names compare without case, and an id is of one object in every set.
fn is_same_object(one: &Option<EntityKey>, other: &Option<EntityKey>) -> bool {
    match (one, other) {
        (Some(EntityKey::Of(_, one)), Some(EntityKey::Of(_, other))) => one.eq_ignore_ascii_case(other),
        (one, other) => one == other,
    }
}

/// Carries out a change set in its order, up to the first failure. Then it has only the response to the failed change, which says what
/// was done before.
fn handle_change_set(handler: &RequestHandler<'_>, changes: Vec<EmbeddedRequest>, ids: &RequestIds) -> Vec<Response<Vec<u8>>> {
    let mut responses = Vec::new();
    let mut done: Vec<String> = Vec::new();
    for change in changes {
        let line = format!("{} {}", change.method, change.target.split('?').next().unwrap_or_default());
        let format = negotiate_format(&change).unwrap_or(Format::MinimalMetadata);
        match handle_embedded(handler, change) {
            Ok(response) => responses.push(response),
            Err(mut failure) => {
                if !done.is_empty() {
                    let done = done.join(", ");
                    failure.message = format!("{} Done before it, and not undone: {done}.", failure.message);
                }
                return vec![write_failure(&failure, format, ids)];
            }
        }
        done.push(line);
    }
    responses
}

fn negotiate_format(embedded: &EmbeddedRequest) -> Result<Format, Failure> {
    Format::negotiate(&embedded.headers, parse_format_option(get_query(embedded)).as_deref())
}

fn get_query(embedded: &EmbeddedRequest) -> &str {
    embedded.target.split_once('?').map(|(_, query)| query).unwrap_or_default()
}

fn handle_embedded(handler: &RequestHandler<'_>, embedded: EmbeddedRequest) -> Result<Response<Vec<u8>>, Failure> {
    let address = parse_address(&embedded)?;
    if !address.directory.is_one_of(handler.directory) {
        return Err(Failure::unknown_directory());
    }
    let version = parse_api_version(get_query(&embedded))?;
    if address.operations(&embedded.method).is_none() {
        return Err(Failure::method_not_allowed(&embedded.method, &address));
    }
    let writer = ContentWriter { format: negotiate_format(&embedded)?, version, ..handler.writer };
    let handler = RequestHandler { connector: handler.connector, writer, directory: handler.directory };
    let query = embedded.target.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let request = ApiRequest { method: embedded.method, address, query, headers: &embedded.headers, body: embedded.body };
    handler.handle(request).map(|response| response.write(&writer))
}

/// Writes a response as a part.
fn write_part(text: &mut Vec<u8>, response: &Response<Vec<u8>>) {
    let status = response.status();
    let reason = status.canonical_reason().unwrap_or_default();
    text.extend_from_slice(b"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
    text.extend_from_slice(format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).as_bytes());
    text.extend_from_slice(b"X-Content-Type-Options: nosniff\r\n");
    for (name, value) in response.headers() {
        text.extend_from_slice(format!("{name}: ").as_bytes());
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\r\n");
    text.extend_from_slice(response.body());
    text.extend_from_slice(b"\r\n");
}
