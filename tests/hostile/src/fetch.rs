//! Requests to arbitrary URLs.

use serde_json::{Value, json};

use crate::bindings::wasi::http::outgoing_handler;
use crate::bindings::wasi::http::types::{Fields, IncomingResponse, Method, OutgoingBody, OutgoingRequest, Scheme};

/// Returns the endpoint of Microsoft Graph that the host has set.
pub fn endpoint() -> String {
    std::env::var("GRAPH_ENDPOINT").unwrap_or_default()
}

/// A request to send.
pub struct Fetch {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Fetch {
    pub fn get(url: &str) -> Fetch {
        Fetch { method: "GET".to_owned(), url: url.to_owned(), headers: Vec::new(), body: String::new() }
    }

    /// Parses the arguments `method`, `url` (a URL, or a path at the endpoint), `header` (`name: value`, repeatable) and `body`.
    pub fn read(arguments: &[(String, String)]) -> Fetch {
        let mut fetch = Fetch::get("");
        for (name, value) in arguments {
            match name.as_str() {
                "method" => fetch.method.clone_from(value),
                "url" if value.starts_with('/') => fetch.url = endpoint() + value,
                "url" => fetch.url.clone_from(value),
                "body" => fetch.body.clone_from(value),
                "header" => {
                    let (name, value) = value.split_once(": ").unwrap_or((value, ""));
                    fetch.headers.push((name.to_owned(), value.to_owned()));
                }
                _ => {}
            }
        }
        fetch
    }

    /// Sends the request. Returns `status`, `headers` and `body`, or `error`; and `refused`, the headers that could not be set.
    pub fn send(&self) -> Value {
        let fields = Fields::new();
        let mut refused = Vec::new();
        for (name, value) in &self.headers {
            if fields.append(name, value.as_bytes()).is_err() {
                refused.push(name.as_str());
            }
        }
        let mut result = match self.exchange(fields) {
            Ok(response) => response,
            Err(error) => json!({"error": error}),
        };
        result["refused"] = json!(refused);
        result
    }

    fn exchange(&self, fields: Fields) -> Result<Value, String> {
        let request = OutgoingRequest::new(fields);
        let (scheme, rest) = self.url.split_once("://").ok_or("no URL")?;
        let scheme = match scheme {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            other => Scheme::Other(other.to_owned()),
        };
        let path_begins = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at(path_begins);
        let is_accepted = request.set_method(&Method::Other(self.method.clone())).is_ok()
            && request.set_scheme(Some(&scheme)).is_ok()
            && request.set_authority(Some(authority)).is_ok()
            && request.set_path_with_query(Some(path)).is_ok();
        if !is_accepted {
            return Err("the host does not accept such a URL".to_owned());
        }
        let body = if self.body.is_empty() { None } else { request.body().ok() };
        let future = outgoing_handler::handle(request, None).map_err(|code| format!("{code:?}"))?;
        if let Some(body) = body {
            if let Ok(stream) = body.write() {
                // The response shows whether it arrived.
                let _ = stream.blocking_write_and_flush(self.body.as_bytes());
            }
            OutgoingBody::finish(body, None).map_err(|code| format!("{code:?}"))?;
        }
        future.subscribe().block();
        match future.get() {
            Some(Ok(Ok(response))) => Ok(to_json(&response)),
            Some(Ok(Err(code))) => Err(format!("{code:?}")),
            _ => Err("no response".to_owned()),
        }
    }
}

fn to_json(response: &IncomingResponse) -> Value {
    let headers: Vec<[String; 2]> = {
        let entries = response.headers().entries();
        entries.into_iter().map(|(name, value)| [name, String::from_utf8_lossy(&value).into_owned()]).collect()
    };
    let mut bytes = Vec::new();
    if let Ok(body) = response.consume()
        && let Ok(stream) = body.stream()
    {
        while let Ok(piece) = stream.blocking_read(64 << 10) {
            bytes.extend_from_slice(&piece);
        }
    }
    json!({"status": response.status(), "headers": headers, "body": String::from_utf8_lossy(&bytes)})
}
