//! A request whose caller is known and whose address names something, carried out.

use crate::failure::of_operation;
use crate::response::Answer;
use http::{HeaderMap, Method, StatusCode, header};
use protocol::shorten::shorten;
use serde_json::{Map, Value};

use crate::entity::Kind;
use crate::graph_key::graph_key;
use crate::query::Query;
use crate::writer::{Content, Writer};
use connector::bounded_json::{self, Unreadable};
use connector::graph::directory_objects::{Key as GraphKey, Options};
use connector::operations::connector::Connector;
use protocol::azure_ad_graph::address::{Address, Key, Target};
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::version::Version;

/// A request.
pub struct Request<'r> {
    /// Its method, which its address has.
    pub method: Method,
    /// Its address.
    pub address: Address,
    /// The query, as on the wire.
    pub query: &'r str,
    /// The headers.
    pub headers: &'r HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// What carries requests out.
pub struct Call<'c> {
    /// The operations.
    pub connector: &'c Connector<'c>,
    /// How answers are written.
    pub writer: Writer<'c>,
    /// The names of the directory.
    pub directory: &'c [String],
}

impl Call<'_> {
    /// The version that is spoken.
    pub(super) fn version(&self) -> Version {
        self.writer.version
    }

    /// Answers a request that is no batch.
    pub fn answer(&self, request: Request<'_>) -> Result<Answer, Failure> {
        request.check_headers()?;
        let query = Query::read(request.query)?;
        match &request.address.target {
            Target::Service => Ok(Answer::ok(Content::Service)),
            Target::Metadata => Ok(Answer::ok(Content::Document(super::metadata::document(self.version())))),
            // Within a batch; on its own it is answered before it comes here.
            Target::Batch => Err(Failure::bad_request("A batch cannot have a batch in it.")),
            Target::Objects(set) => match request.method {
                Method::POST => self.create(*set, &request),
                _ if query.delta_link.is_some() => self.changes(*set, &query, request.headers),
                _ => self.list(*set, query),
            },
            Target::Object(key) => match request.method {
                Method::PATCH => self.update(key, &query, &request),
                Method::DELETE => self.delete(key),
                _ => self.get(key, &query),
            },
            Target::Photo(key) if request.method == Method::PUT => self.put_photo(key, request.body),
            Target::Photo(key) => self.get_photo(key),
            Target::Related(key, relation) => self.related(key, *relation, query),
            Target::Links(key, relation) => match request.method {
                Method::PUT => self.link_manager(key, &request),
                Method::DELETE => self.unlink_manager(key),
                _ => self.links(key, *relation, query),
            },
            Target::FunctionOf(key, function) => self.function_of(key, *function, &request),
            Target::IsMemberOf => self.is_member_of(&request),
            Target::ObjectsByIds => self.objects_by_ids(&request),
        }
    }

    /// The type of an object, and where it is in Microsoft Graph. What is addressed as any object has to be read to know it.
    pub(super) fn typed(&self, key: &Key) -> Result<(Kind, GraphKey), Failure> {
        let (kind, id) = match key {
            Key::Me => return Ok((Kind::User, GraphKey::Me)),
            Key::Of(set, id) => match Kind::of(*set) {
                Some(kind) => (kind, id),
                None => (
                    Kind::of_object(
                        &self.connector.directory_object(&graph_key(key), &Options::default()).map_err(of_operation)?,
                    ),
                    id,
                ),
            },
        };
        Ok((kind, GraphKey::Of(kind.collection(), id.clone())))
    }

    /// The same of an object that is written, or that has relations and memberships.
    pub(super) fn served(&self, key: &Key) -> Result<(Kind, GraphKey), Failure> {
        match self.typed(key)? {
            (Kind::Group | Kind::Role | Kind::Other, _) => {
                Err(Failure::not_served("Only users and contacts are served in this way. Use Microsoft Graph for other objects."))
            }
            served => Ok(served),
        }
    }
}

impl Request<'_> {
    /// Refuses headers by which a request means something else. To do another thing than the caller means would be worse than to do
    /// nothing.
    fn check_headers(&self) -> Result<(), Failure> {
        let any = |name: &str, value: &[u8]| matches!(name, "if-match") && value == b"*";
        let refused = ["if-match", "if-none-match", "x-http-method", "x-http-method-override"];
        let given = |name: &&&str| self.headers.get(**name).is_some_and(|value| !any(name, value.as_bytes()));
        match refused.iter().find(given) {
            None => Ok(()),
            Some(name) => {
                let message = format!("Header {name} is not currently supported.");
                Err(Failure::new(StatusCode::BAD_REQUEST, "Headers_HeaderNotSupported", message))
            }
        }
    }

    /// The JSON object that the body is.
    pub(super) fn object(&self) -> Result<Map<String, Value>, Failure> {
        let unsupported = |found: &str| {
            let found = shorten(found);
            let message = format!("The body is {found}; only application/json is read here, and no XML.");
            Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Request_BadRequest", message)
        };
        let media_type = self.headers.get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let media_type = media_type.ok_or_else(|| unsupported("of no Content-Type"))?;
        if !media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
            return Err(unsupported(&media_type));
        }
        match bounded_json::read(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Failure::bad_request("The body is JSON, but no object.")),
            Err(Unreadable::TooMany) => {
                let message = format!("The body is too large: {}.", Unreadable::TooMany);
                Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "Request_BadRequest", message))
            }
            Err(problem) => Err(Failure::bad_request(format!("The body is not JSON: {problem}."))),
        }
    }

    /// Whether the caller prefers this, as `return-content`: OData 3's form of it.
    pub(super) fn prefers(&self, what: &str) -> bool {
        let values = self.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split([',', ';'])).any(|preference| preference.trim().eq_ignore_ascii_case(what))
    }
}

/// A member of a body that has to be a text.
pub(super) fn text<'b>(body: &'b Map<String, Value>, name: &str) -> Result<&'b str, Failure> {
    let wrong = || Failure::property(name, "a string is wanted");
    body.get(name).and_then(Value::as_str).ok_or_else(wrong)
}

/// A member of a body that has to be a list of texts.
pub(super) fn texts(body: &Map<String, Value>, name: &str) -> Result<Vec<String>, Failure> {
    let wrong = || Failure::property(name, "a collection of strings is wanted");
    let items = body.get(name).map(|value| value.get("results").unwrap_or(value));
    let items = items.and_then(Value::as_array).ok_or_else(wrong)?;
    items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
}
