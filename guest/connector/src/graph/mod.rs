//! Microsoft Graph as values: addresses, requests, answers, errors, pages. Nothing here sends anything.
//!
//! One file for each part of the protocol; `contacts`, `folders`, `extensions`, `photo`, `users` and `org_contacts` have one function
//! for each Graph operation, named after it.

pub mod address;
pub mod answer;
pub mod batch;
pub mod cloud;
pub mod contacts;
pub mod delta;
pub mod directory_objects;
pub mod extensions;
pub mod folders;
pub mod org_contacts;
pub mod page;
pub mod photo;
pub mod selection;
pub mod token;
pub mod users;

use http::uri::{Scheme, Uri};

use crate::contact::Version;
use crate::error::{Error, Kind, Result};
use protocol::cloud::Cloud;

/// A request to Microsoft Graph, without credential.
pub type Request = http::Request<Vec<u8>>;

/// Marks a request that asks something with a method that writes: it can be repeated, and changes nothing when its answer gets lost.
#[derive(Clone, Copy, Debug)]
pub struct Question;

/// An answer.
pub type Response = http::Response<Vec<u8>>;

/// A Microsoft Graph: where it is, and which version of it is spoken.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    endpoint: String,
    /// The cloud that it belongs to, which decides what it has.
    pub cloud: Cloud,
    /// The version, which decides the shape of a contact.
    pub version: Version,
}

impl Service {
    /// The Graph of the global cloud.
    /// <https://learn.microsoft.com/en-us/graph/deployments#microsoft-graph-and-graph-explorer-service-root-endpoints>
    pub const GLOBAL: &'static str = "https://graph.microsoft.com";

    /// The service at `endpoint`: scheme and host, and a port where it needs one, as `https://graph.microsoft.us`. It has what
    /// the global cloud has.
    ///
    /// Plain `http` is for an emulator on the same machine alone: a token goes with every request.
    pub fn new(endpoint: &str, version: Version) -> Result<Service> {
        Ok(Service { endpoint: checked("GRAPH_ENDPOINT", endpoint)?, cloud: Cloud::GLOBAL, version })
    }

    /// The service, with what that cloud has.
    pub fn in_cloud(self, cloud: Cloud) -> Service {
        Service { cloud, ..self }
    }

    /// The address of `path`, which begins with a slash and is encoded already.
    fn address(&self, path: &str) -> String {
        format!("{}/{}{path}", self.endpoint, self.version.name())
    }

    /// Whether `address` belongs to this service: what it answers as link to a next page must not lead a token elsewhere.
    fn owns(&self, address: &str) -> bool {
        let Ok(uri) = address.parse::<Uri>() else { return false };
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else { return false };
        let ours: Option<Uri> = self.endpoint.parse().ok();
        ours.is_some_and(|ours| {
            ours.scheme() == Some(scheme)
                && authority.as_str().eq_ignore_ascii_case(ours.authority().map_or("", |a| a.as_str()))
                && uri.path().starts_with(&format!("/{}/", self.version.name()))
        })
    }
}

/// Scheme and host of `endpoint`, which the setting `name` gives: https, or http to this machine.
pub fn checked(name: &str, endpoint: &str) -> Result<String> {
    let wrong = |problem: &str| Error::new(Kind::Configuration, format!("{name} is {endpoint}, and {problem}"));
    let uri: Uri = endpoint.parse().map_err(|_| wrong("that is not an address, such as https://graph.microsoft.com"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
        return Err(wrong("it lacks the scheme or the host, as in https://graph.microsoft.com"));
    };
    if authority.as_str().contains('@') {
        return Err(Error::new(Kind::Configuration, format!("{name} holds a user name; give the credential to the host")));
    }
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return Err(wrong("it goes on after the host; the version is set with GRAPH_API_VERSION"));
    }
    let local = matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]");
    if *scheme != Scheme::HTTPS && !(*scheme == Scheme::HTTP && local) {
        return Err(wrong("only https is spoken, and http to this machine (127.0.0.1, [::1], localhost)"));
    }
    Ok(format!("{scheme}://{authority}").to_ascii_lowercase())
}

/// A request without body.
fn request(method: http::Method, address: String, prefer: &[&str]) -> Result<Request> {
    build(method, address, prefer, None)
}

/// A request with a JSON body.
fn request_with(method: http::Method, address: String, prefer: &[&str], body: serde_json::Value) -> Result<Request> {
    build(method, address, prefer, Some(body))
}

fn build(method: http::Method, address: String, prefer: &[&str], body: Option<serde_json::Value>) -> Result<Request> {
    let mut request = http::Request::builder().method(method).uri(address).header(http::header::ACCEPT, "application/json");
    if !prefer.is_empty() {
        request = request.header("prefer", prefer.join(","));
    }
    if body.is_some() {
        request = request.header(http::header::CONTENT_TYPE, "application/json");
    }
    let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
    request.body(body).map_err(|error| Error::new(Kind::Internal, format!("a request could not be built: {error}")))
}
