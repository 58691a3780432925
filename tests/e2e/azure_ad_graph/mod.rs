//! Azure AD Graph API requests to the gateway, over the emulated directory.

mod batches;
mod changes;
mod contact_properties;
mod contacts;
mod documents;
mod functions;
mod hosting;
mod injections;
mod keys;
mod protocol;
mod queries;
mod user_properties;
mod users;
mod version2;

use graph_contacts_host::Settings;
use graph_emulator::User;
use http::Method;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, connector};

/// The directory's names in the API reference. The first is as printed: an actual id has two more digits.
const DIRECTORY: [&str; 3] = ["12345678-9abc-def0-1234-56789abcde", "contoso.com", "contoso.onmicrosoft.com"];
/// The bearer token of the clients, which is the gateway's password.
const BEARER: &str = "openidm-admin";

/// A directory with one user, as an Azure AD Graph client sees it.
pub struct Directory {
    pub fixture: Fixture,
    client: reqwest::Client,
}

impl Directory {
    pub async fn open() -> Directory {
        Directory::with(|_| ()).await
    }

    /// Starts a directory with changed settings.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Directory {
        let change = |settings: &mut Settings| {
            settings.directory = DIRECTORY.map(str::to_owned).to_vec();
            change(settings);
        };
        Directory::before(Fixture::with(connector(), change).await)
    }

    /// Starts a directory whose Microsoft Graph does not vary: see [`Fixture::exact`].
    pub async fn exact() -> Directory {
        let set = |settings: &mut Settings| settings.directory = DIRECTORY.map(str::to_owned).to_vec();
        Directory::before(Fixture::exact(connector(), set).await)
    }

    fn before(fixture: Fixture) -> Directory {
        fixture.emulator.set_me(UID);
        Directory { fixture, client: reqwest::Client::new() }
    }

    /// Creates a request for a path and query of `https://graph.windows.net`.
    pub fn request(&self, method: Method, target: &str) -> RequestBuilder {
        let url = format!("http://{}{target}", self.fixture.gateway.address());
        self.client.request(method, url).bearer_auth(BEARER)
    }

    pub async fn get(&self, target: &str) -> (u16, Value) {
        crate::fixture::send_request(self.request(Method::GET, target)).await
    }

    /// Sends JSON. Returns the status and the JSON of the response, or null if it has no body.
    pub async fn send(&self, method: Method, target: &str, body: &Value) -> (u16, Value) {
        let request = self.request(method, target).header("content-type", "application/json").body(body.to_string());
        read_response(request.send().await.unwrap()).await
    }

    pub async fn delete(&self, target: &str) -> (u16, Value) {
        read_response(self.request(Method::DELETE, target).send().await.unwrap()).await
    }

    /// Returns the base URL of the directory.
    pub fn base(&self) -> String {
        format!("http://{}/contoso.com", self.fixture.gateway.address())
    }

    pub fn add_user(&self, id: &str, name: &str, properties: &Value) {
        self.fixture.emulator.add_user(User::new(id, name));
        self.fixture.emulator.change_object(id, properties).unwrap();
    }

    pub fn add_contact(&self, contact: &Value) -> String {
        self.fixture.emulator.add_org_contact(contact).unwrap()
    }
}

pub async fn read_response(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(json!(text)) };
    (status, body)
}

/// Returns the code of an error.
pub fn code(body: &Value) -> &str {
    body["odata.error"]["code"].as_str().unwrap_or_default()
}

/// Returns the message of an error.
pub fn message(body: &Value) -> &str {
    body["odata.error"]["message"]["value"].as_str().unwrap_or_default()
}

/// Returns the ids of the objects in a list.
pub fn ids(body: &Value) -> Vec<&str> {
    body["value"].as_array().unwrap().iter().map(|object| object["objectId"].as_str().unwrap()).collect()
}
