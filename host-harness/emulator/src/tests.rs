//! The emulator over HTTP. The expectations are from Graph's documentation and the reports that the code cites, not from the
//! code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod batch;
mod bodies;
mod carried_out;
mod clouds;
mod contacts;
mod delta;
mod directory;
mod distribution_lists;
mod extensions;
mod faults;
mod folders;
mod gzip;
mod lists;
mod photos;
mod plan;
mod protocol;
mod throttle;
mod translate;
mod user_filter;
mod users;
mod variation;

use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use crate::{Emulator, Options, User};

/// The id of the user with a mailbox.
const ADELE: &str = "671fa173-ad81-41c3-89bf-af939426eee7";
const SOURCE_ID: &str = "String {66f5a359-4659-4830-9070-00040ec6ac6e} Name SourceId";

/// An emulator with two users: AdeleV@contoso.com, and AlexW@contoso.com without a mailbox.
struct Graph {
    emulator: Emulator,
    client: reqwest::Client,
}

struct TestResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl TestResponse {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Returns status and code of an error.
    fn get_error(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["error"]["code"].as_str().unwrap_or_default())
    }

    fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }

    fn id(&self) -> &str {
        self.body["id"].as_str().unwrap()
    }
}

impl Graph {
    async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    async fn start_with(options: Options) -> Self {
        let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
        emulator.add_user(User { job_title: Some("Retail Manager".into()), ..User::new(ADELE, "AdeleV@contoso.com") });
        emulator.add_user(User { mailbox: false, ..User::new("4782e723-f4f4-4af3-a76e-25e3bab0d896", "AlexW@contoso.com") });
        Self { emulator, client: reqwest::Client::new() }
    }

    fn request(&self, method: Method, target: &str) -> reqwest::RequestBuilder {
        let url = if target.starts_with("http") { target.to_owned() } else { self.emulator.endpoint() + target };
        self.client.request(method, url)
    }

    async fn send(&self, method: Method, target: &str, headers: &[(&str, &str)], body: Option<String>) -> TestResponse {
        let mut request = self.request(method, target).header("authorization", "Bearer token");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        send_request(request).await
    }

    async fn get(&self, target: &str) -> TestResponse {
        self.send(Method::GET, target, &[], None).await
    }

    async fn post(&self, target: &str, body: Value) -> TestResponse {
        self.send(Method::POST, target, &[("content-type", "application/json")], Some(body.to_string())).await
    }

    async fn patch(&self, target: &str, body: Value) -> TestResponse {
        self.send(Method::PATCH, target, &[("content-type", "application/json")], Some(body.to_string())).await
    }

    async fn delete(&self, target: &str) -> TestResponse {
        self.send(Method::DELETE, target, &[], None).await
    }

    /// Creates a contact in v1.0, and returns its path without the version.
    async fn create_contact(&self, body: Value) -> String {
        let created = self.post("/v1.0/me/contacts", body).await;
        assert_eq!(created.status, 201, "{}", created.body);
        format!("/me/contacts/{}", created.id())
    }

    /// Creates contacts "Contact 0", "Contact 1", ... without the network.
    fn fill(&self, count: usize) {
        for number in 0..count {
            self.emulator.add_contact(ADELE, &json!({"givenName": "Contact", "surname": number.to_string()})).unwrap();
        }
    }
}

async fn send_request(request: reqwest::RequestBuilder) -> TestResponse {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.bytes().await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    TestResponse { status, headers, body }
}
