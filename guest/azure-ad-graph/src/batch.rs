//! `$batch`: several requests in one, as `multipart/mixed`.
//! <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-batch-processing>
//!
//! Microsoft Graph has no transactions: of a change set that fails in the middle, the answer says what was done before.

mod multipart;

use http::{Method, Response, StatusCode, header};
use protocol::shorten::shorten;

use self::multipart::{Embedded, Part, boundary, embedded, parts};
use crate::call::{Call, Request};
use crate::response::Answer;
use crate::writer::{Content, Writer};
use protocol::azure_ad_graph::address::{Address, Key, Target};
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::format::Format;
use protocol::azure_ad_graph::query;
use protocol::azure_ad_graph::response::{Ids, write_failure};

use crate::response;
use connector::operations::send::network::Network;

/// Queries and change sets that a batch has at most.
const MOST_ITEMS: usize = 5;
/// Links that a change set changes at most.
const MOST_LINKS: usize = 20;

/// What a batch has.
enum Item {
    Query(Embedded),
    ChangeSet(Vec<Embedded>),
}

/// Answers a batch: 202, with an answer for each of its requests.
pub(super) fn answer(call: &Call<'_>, request: &Request<'_>, network: &dyn Network, ids: &Ids) -> Result<Answer, Failure> {
    // All of it is read before anything of it is done.
    let items = items(request, &call.writer)?;
    let name = format!("batchresponse_{}", network.unique_id());
    let mut text = Vec::new();
    for item in items {
        text.extend_from_slice(format!("--{name}\r\n").as_bytes());
        match item {
            Item::Query(embedded) => part(&mut text, &carried_out(call, embedded, ids)),
            Item::ChangeSet(embedded) => {
                let inner = format!("changesetresponse_{}", network.unique_id());
                text.extend_from_slice(format!("Content-Type: multipart/mixed; boundary={inner}\r\n\r\n").as_bytes());
                for response in change_set(call, embedded, ids) {
                    text.extend_from_slice(format!("--{inner}\r\n").as_bytes());
                    part(&mut text, &response);
                }
                text.extend_from_slice(format!("--{inner}--\r\n").as_bytes());
            }
        }
    }
    text.extend_from_slice(format!("--{name}--\r\n").as_bytes());
    let content = Content::Bytes(format!("multipart/mixed; boundary={name}"), text);
    let headers = vec![("dataserviceversion", "1.0;".to_owned())];
    Ok(Answer { status: StatusCode::ACCEPTED, headers, ..Answer::ok(content) })
}

/// The requests of a batch.
fn items(request: &Request<'_>, writer: &Writer<'_>) -> Result<Vec<Item>, Failure> {
    let media_type = request.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = boundary(media_type).ok_or_else(|| {
        let message = "A batch is multipart/mixed, with a boundary in its Content-Type.";
        Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Request_BadRequest", message)
    })?;
    let parts = parts(&request.body, &boundary)?;
    if parts.len() > MOST_ITEMS {
        return Err(Failure::bad_request(format!(
            "The batch has {} queries and change sets; there may be {MOST_ITEMS} at most.",
            parts.len()
        )));
    }
    parts.iter().map(|part| item(part, writer)).collect()
}

fn item(part: &Part<'_>, writer: &Writer<'_>) -> Result<Item, Failure> {
    let media_type = part.media_type();
    if let Some(boundary) = boundary(&media_type) {
        let changes = parts(part.body, &boundary)?.iter().map(|part| single(part, writer)).collect::<Result<Vec<_>, _>>()?;
        check_change_set(&changes)?;
        return Ok(Item::ChangeSet(changes));
    }
    let embedded = single(part, writer)?;
    let is_function =
        embedded.method == Method::POST && matches!(address(&embedded), Ok(address) if is_function(&address.target));
    if embedded.method != Method::GET && !is_function {
        return Err(Failure::bad_request("In a batch, what writes belongs into a change set."));
    }
    Ok(Item::Query(embedded))
}

fn is_function(target: &Target) -> bool {
    matches!(target, Target::FunctionOf(..) | Target::IsMemberOf | Target::ObjectsByIds)
}

fn single(part: &Part<'_>, writer: &Writer<'_>) -> Result<Embedded, Failure> {
    if !part.media_type().to_ascii_lowercase().starts_with("application/http") {
        return Err(Failure::bad_request("A part of the batch is neither application/http nor a change set."));
    }
    let embedded = embedded(part.body)?;
    Ok(Embedded { target: path(&embedded.target, writer)?, ..embedded })
}

/// Path and query of a target, which may be a whole address of this service's, or one that follows that of the directory.
fn path(target: &str, writer: &Writer<'_>) -> Result<String, Failure> {
    if target.starts_with('/') {
        return Ok(target.to_owned());
    }
    let before_query = target.split('?').next().unwrap_or_default();
    let Some((scheme, rest)) = before_query.split_once("://") else {
        let directory = writer.base.rsplit('/').next().unwrap_or_default();
        return Ok(format!("/{directory}/{target}"));
    };
    let host = rest.split('/').next().unwrap_or_default();
    if !writer.is_here(&scheme.to_ascii_lowercase(), host) {
        let target = shorten(before_query);
        return Err(Failure::bad_request(format!("A part of the batch is for another service: {target}.")));
    }
    let start = scheme.len() + "://".len() + host.len();
    Ok(target.get(start..).filter(|path| path.starts_with('/')).unwrap_or("/").to_owned())
}

fn address(embedded: &Embedded) -> Result<Address, Failure> {
    let path = embedded.target.split('?').next().unwrap_or_default();
    Address::parse(path).map_err(|strange| Failure::of_path(&strange))
}

/// "A change set can contain a maximum of one source object modification and up to 20 add-link and delete-link operations combined. All
/// operations in the change set must be on a single source entity."
fn check_change_set(changes: &[Embedded]) -> Result<(), Failure> {
    let (mut modifications, mut links) = (0, 0);
    let mut source: Option<Option<Key>> = None;
    for change in changes {
        if change.method == Method::GET {
            return Err(Failure::bad_request("A change set has no queries."));
        }
        // What names nothing is told when its turn comes.
        let Ok(address) = address(change) else { continue };
        let key = match address.target {
            Target::Links(key, _) => {
                links += 1;
                Some(key)
            }
            Target::Object(key) | Target::Photo(key) => {
                modifications += 1;
                Some(key)
            }
            _ => {
                modifications += 1;
                None
            }
        };
        if source.get_or_insert_with(|| key.clone()) != &key {
            return Err(Failure::bad_request("The operations of a change set have to be on one object."));
        }
    }
    if modifications > 1 || links > MOST_LINKS {
        return Err(Failure::bad_request(format!(
            "A change set changes one object at most, and {MOST_LINKS} links; here are {modifications} and {links}."
        )));
    }
    Ok(())
}

/// Carries a change set out in its order, up to the first that fails: then it has the answer to that one alone, which says what was done.
fn change_set(call: &Call<'_>, changes: Vec<Embedded>, ids: &Ids) -> Vec<Response<Vec<u8>>> {
    let mut done = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for change in changes {
        let line = format!("{} {}", change.method, change.target.split('?').next().unwrap_or_default());
        let format = form(&change).unwrap_or(Format::Minimal);
        match outcome(call, change) {
            Ok(response) => done.push(response),
            Err(mut failure) => {
                if !lines.is_empty() {
                    let before = lines.join(", ");
                    failure.message = format!("{} Done before it, and not undone: {before}.", failure.message);
                }
                return vec![write_failure(&failure, format, ids)];
            }
        }
        lines.push(line);
    }
    done
}

fn carried_out(call: &Call<'_>, embedded: Embedded, ids: &Ids) -> Response<Vec<u8>> {
    let format = form(&embedded).unwrap_or(Format::Minimal);
    outcome(call, embedded).unwrap_or_else(|failure| write_failure(&failure, format, ids))
}

fn form(embedded: &Embedded) -> Result<Format, Failure> {
    let query = embedded.target.split_once('?').map(|(_, query)| query).unwrap_or_default();
    Format::of(&embedded.headers, query::format_option(query).as_deref())
}

fn outcome(call: &Call<'_>, embedded: Embedded) -> Result<Response<Vec<u8>>, Failure> {
    let address = address(&embedded)?;
    if !address.tenant.is_directory(call.directory) {
        return Err(Failure::unknown_directory());
    }
    let query = embedded.target.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let version = query::api_version(query)?;
    if address.operations(&embedded.method).is_none() {
        return Err(Failure::of_method(&embedded.method, &address));
    }
    let writer = Writer { format: form(&embedded)?, version, ..call.writer };
    let call = Call { connector: call.connector, writer, directory: call.directory };
    let request = Request { method: embedded.method, address, query, headers: &embedded.headers, body: embedded.body };
    call.answer(request).map(|answer| response::write(answer, &writer))
}

/// Writes an answer as a part.
fn part(text: &mut Vec<u8>, response: &Response<Vec<u8>>) {
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
