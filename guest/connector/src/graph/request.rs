//! A request to Microsoft Graph: the HTTP message, what it changes, and the response that it expects.

use http::header::{ACCEPT, CONTENT_TYPE, IF_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::http_message::HttpRequest;

/// The effect of a request on the service. It decides whether the request can be sent again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RequestEffect {
    /// The request changes nothing.
    None,
    /// The request changes something. Sent again, it has the same outcome.
    Idempotent,
    /// The request deletes something. Sent again, it finds nothing.
    Deletion,
    /// The request changes something each time that it is sent.
    NotIdempotent,
}

impl RequestEffect {
    /// Checks whether the request changes something.
    pub fn is_write(self) -> bool {
        self != RequestEffect::None
    }

    /// Checks whether the request can be sent again although it may have taken effect.
    pub fn is_safe_to_retry(self) -> bool {
        self != RequestEffect::NotIdempotent
    }
}

/// The body of a successful response.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ExpectedBody {
    /// A JSON object, or no body with the status 204.
    Object,
    /// No body. A JSON object is accepted too.
    Nothing,
    /// The bytes of a picture.
    Picture,
    /// A JSON object with the responses of a batch, with any status.
    Batch,
}

/// What is known of a response before it arrives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expectation {
    /// The effect of the request.
    pub effect: RequestEffect,
    /// The body of a success.
    pub body: ExpectedBody,
    /// Whether the request has a condition.
    pub is_conditional: bool,
}

/// A request to Microsoft Graph, without credential.
#[derive(Clone, Debug)]
pub struct GraphRequest {
    http: HttpRequest,
    effect: RequestEffect,
    expected: ExpectedBody,
}

impl GraphRequest {
    /// Creates a `GET` of a JSON object. `prefer` is the value of the header `Prefer`, in parts.
    pub fn get(address: String, prefer: &[&str]) -> Result<GraphRequest> {
        build(Method::GET, address, prefer, Body::Empty, RequestEffect::None, ExpectedBody::Object)
    }

    /// Creates a `GET` of a picture.
    pub fn get_picture(address: String, prefer: &[&str]) -> Result<GraphRequest> {
        let request = build(Method::GET, address, prefer, Body::Empty, RequestEffect::None, ExpectedBody::Picture)?;
        Ok(request.with_header(ACCEPT, "image/*"))
    }

    /// Creates a `POST` with a JSON body that changes something each time.
    pub fn post(address: String, prefer: &[&str], body: Value) -> Result<GraphRequest> {
        build(Method::POST, address, prefer, Body::Json(body), RequestEffect::NotIdempotent, ExpectedBody::Object)
    }

    /// Creates a `POST` without a body that deletes something.
    pub fn post_deletion(address: String, prefer: &[&str]) -> Result<GraphRequest> {
        build(Method::POST, address, prefer, Body::Empty, RequestEffect::Deletion, ExpectedBody::Nothing)
    }

    /// Creates a `POST` with a JSON body that carries other requests.
    pub fn post_batch(address: String, body: Value) -> Result<GraphRequest> {
        build(Method::POST, address, &[], Body::Json(body), RequestEffect::NotIdempotent, ExpectedBody::Batch)
    }

    /// Creates a `POST` with a JSON body that only reads.
    pub fn post_read_only(address: String, body: Value) -> Result<GraphRequest> {
        build(Method::POST, address, &[], Body::Json(body), RequestEffect::None, ExpectedBody::Object)
    }

    /// Creates a `PATCH` with a JSON body.
    pub fn patch(address: String, prefer: &[&str], body: Value) -> Result<GraphRequest> {
        build(Method::PATCH, address, prefer, Body::Json(body), RequestEffect::Idempotent, ExpectedBody::Object)
    }

    /// Creates a `PUT` with a JSON body.
    pub fn put(address: String, body: Value) -> Result<GraphRequest> {
        build(Method::PUT, address, &[], Body::Json(body), RequestEffect::Idempotent, ExpectedBody::Nothing)
    }

    /// Creates a `PUT` of a picture.
    pub fn put_picture(address: String, prefer: &[&str], media_type: &'static str, picture: Vec<u8>) -> Result<GraphRequest> {
        let body = Body::Picture(media_type, picture);
        build(Method::PUT, address, prefer, body, RequestEffect::Idempotent, ExpectedBody::Nothing)
    }

    /// Creates a `DELETE`.
    pub fn delete(address: String, prefer: &[&str]) -> Result<GraphRequest> {
        build(Method::DELETE, address, prefer, Body::Empty, RequestEffect::Deletion, ExpectedBody::Nothing)
    }

    /// Creates the `GET` of a following page, with the headers of the first one. `link` is the address that the page before it
    /// gave.
    pub fn follow(&self, link: String) -> Result<GraphRequest> {
        let mut request = GraphRequest::get(link, &[])?;
        request.http.headers_mut().clone_from(self.http.headers());
        Ok(request)
    }

    /// Returns the request with a header set to a value.
    pub fn with_header(mut self, name: HeaderName, value: &'static str) -> GraphRequest {
        self.http.headers_mut().insert(name, HeaderValue::from_static(value));
        self
    }

    /// Returns the request with other preferences, the value of the header `Prefer`.
    pub(super) fn with_preferences(mut self, preferences: HeaderValue) -> GraphRequest {
        self.http.headers_mut().insert("prefer", preferences);
        self
    }

    /// Returns the request with another address.
    pub(super) fn with_uri(mut self, uri: Uri) -> GraphRequest {
        *self.http.uri_mut() = uri;
        self
    }

    /// Returns the request with a header set to a value that is known only now. A value that no header can have is left out.
    pub fn with_header_value(mut self, name: HeaderName, value: &str) -> GraphRequest {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.http.headers_mut().insert(name, value);
        }
        self
    }

    /// Returns the request with the condition that the object has that revision, which is its `changeKey`. A strong comparison of
    /// entity tags would never match Graph's, which are weak.
    pub fn with_revision(mut self, revision: &str) -> GraphRequest {
        if let Ok(tag) = HeaderValue::try_from(format!("W/\"{revision}\"")) {
            self.http.headers_mut().insert(IF_MATCH, tag);
        }
        self
    }

    /// Sets the id by which the service's logs name the request.
    pub fn set_client_request_id(&mut self, id: &str) {
        if let Ok(id) = HeaderValue::from_str(id) {
            self.http.headers_mut().insert("client-request-id", id);
        }
    }

    /// Returns the effect of the request.
    pub fn effect(&self) -> RequestEffect {
        self.effect
    }

    /// Returns what is known of the response.
    pub fn expectation(&self) -> Expectation {
        let is_conditional = self.http.headers().contains_key(IF_MATCH);
        Expectation { effect: self.effect, body: self.expected, is_conditional }
    }

    /// Returns the HTTP method.
    pub fn method(&self) -> &Method {
        self.http.method()
    }

    /// Returns the address.
    pub fn uri(&self) -> &Uri {
        self.http.uri()
    }

    /// Returns the method and the address without the query, for messages.
    pub fn name(&self) -> String {
        let address = self.http.uri().to_string();
        format!("{} {}", self.http.method(), address.split('?').next().unwrap_or_default())
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        self.http.headers()
    }

    /// Returns the body; empty if there is none.
    pub fn body(&self) -> &[u8] {
        self.http.body()
    }

    /// Returns the HTTP message, to be sent.
    pub fn into_http(self) -> HttpRequest {
        self.http
    }
}

enum Body {
    Empty,
    Json(Value),
    Picture(&'static str, Vec<u8>),
}

fn build(
    method: Method,
    address: String,
    prefer: &[&str],
    body: Body,
    effect: RequestEffect,
    expected: ExpectedBody,
) -> Result<GraphRequest> {
    let mut http = http::Request::builder().method(method).uri(address).header(ACCEPT, "application/json");
    if !prefer.is_empty() {
        http = http.header("prefer", prefer.join(","));
    }
    let (media_type, body) = match body {
        Body::Empty => (None, Vec::new()),
        Body::Json(body) => (Some("application/json"), body.to_string().into_bytes()),
        Body::Picture(media_type, picture) => (Some(media_type), picture),
    };
    if let Some(media_type) = media_type {
        http = http.header(CONTENT_TYPE, media_type);
    }
    let http = http.body(body).map_err(|error| Error::new(ErrorKind::Internal, format!("cannot build a request: {error}")))?;
    Ok(GraphRequest { http, effect, expected })
}
