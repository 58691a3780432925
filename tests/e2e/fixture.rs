//! The fixture of most tests: an emulator with one user, and a gateway with the component.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use graph_contacts_host::{ComponentHost, Credential, Gateway, GatewayLogin, Limits, Secret, Settings, gateway};
use graph_emulator::{Emulator, User};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::varied::{start_emulator, start_exact_emulator};

pub const UID: &str = "671fa173-ad81-41c3-89bf-af939426eee7";
pub const TOKEN: &str = "token-that-the-component-never-sees";

/// Returns the path of the component that `make component` builds.
pub fn component_file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/wasm32-wasip2/release/graph_contacts.wasm")
}

/// One runtime for all tests, because pooled connections belong to the runtime that opened them.
static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap());

pub fn run<T>(test: impl Future<Output = T>) -> T {
    RUNTIME.block_on(test)
}

/// Returns the component host of the connector, compiled once for all tests.
pub fn connector() -> ComponentHost {
    static CONNECTOR: OnceLock<ComponentHost> = OnceLock::new();
    CONNECTOR.get_or_init(fresh_connector).clone()
}

pub fn fresh_connector() -> ComponentHost {
    ComponentHost::from_file(&component_file(), Limits::default()).unwrap()
}

pub struct Fixture {
    pub emulator: Emulator,
    pub gateway: Gateway,
    pub settings: Settings,
    client: reqwest::Client,
}

impl Fixture {
    pub async fn start() -> Fixture {
        Fixture::with(connector(), |_| ()).await
    }

    /// Starts a fixture with changed settings. The default is a deadline of ten seconds and no retries.
    pub async fn with(connector: ComponentHost, change: impl FnOnce(&mut Settings)) -> Fixture {
        Fixture::before(start_emulator(TOKEN).await, connector, change).await
    }

    /// Starts a fixture whose Microsoft Graph does not vary, for a test that counts or compares the requests that reach it: a page
    /// more is a request more. `change` as in [`Fixture::with`].
    pub async fn exact(connector: ComponentHost, change: impl FnOnce(&mut Settings)) -> Fixture {
        Fixture::before(start_exact_emulator(TOKEN).await, connector, change).await
    }

    async fn before(emulator: Emulator, connector: ComponentHost, change: impl FnOnce(&mut Settings)) -> Fixture {
        emulator.add_user(User::new(UID, "test.user@contoso.example"));
        let mut settings = Settings {
            endpoint: Some(emulator.endpoint().parse().unwrap()),
            credential: Credential::bearer(TOKEN).unwrap(),
            gateway: Some(GatewayLogin { username: "openidm-admin".to_owned(), password: Secret::new("openidm-admin") }),
            deadline: Duration::from_secs(10),
            max_retries: Some(0),
            retry_delay: Some(Duration::from_millis(50)),
            ..Settings::default()
        };
        change(&mut settings);
        let listener = gateway::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let gateway = Gateway::start(listener, connector, settings.clone()).unwrap();
        Fixture { emulator, gateway, settings, client: reqwest::Client::new() }
    }

    pub fn url(&self, rest: &str) -> String {
        format!("http://{}/openidm/system/azuread/user/{rest}", self.gateway.address())
    }

    /// Creates a request for users with the headers of the OpenICF page.
    pub fn request(&self, method: http::Method, rest: &str) -> reqwest::RequestBuilder {
        self.request_of("user", method, rest)
    }

    /// Creates the same request for another object class.
    pub fn request_of(&self, class: &str, method: http::Method, rest: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}/openidm/system/azuread/{class}/{rest}", self.gateway.address());
        self.client
            .request(method, url)
            .header("X-OpenIDM-Username", "openidm-admin")
            .header("X-OpenIDM-Password", "openidm-admin")
            .header("Accept-API-Version", "resource=1.0")
            .header("Content-Type", "application/json")
    }

    pub async fn put(&self, attributes: Value) -> (u16, Value) {
        let request = self.request(http::Method::PUT, UID).header("If-Match", "*").body(attributes.to_string());
        send_request(request).await
    }

    pub async fn get(&self, rest: &str) -> (u16, Value) {
        send_request(self.request(http::Method::GET, rest)).await
    }

    /// Sends a query for objects of a class.
    pub async fn query(&self, class: &str, parameters: &[(&str, &str)]) -> (u16, Value) {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        send_request(self.request_of(class, http::Method::GET, &format!("?{query}"))).await
    }

    /// Returns the user's contacts, read through the gateway.
    pub async fn contacts(&self) -> Vec<Value> {
        let (status, mut user) = self.get(&format!("{UID}?_fields=_id,contacts")).await;
        assert_eq!(status, 200, "{user}");
        match user["contacts"].take() {
            Value::Array(contacts) => contacts,
            other => panic!("expected contacts, found {other}"),
        }
    }

    /// Adds a contact to the mailbox in the emulator. Returns its id.
    pub fn add(&self, contact: Value) -> String {
        self.emulator.add_contact(UID, &contact).unwrap()
    }

    /// Returns the requests that reached the emulator, as `METHOD target`.
    pub fn sent(&self) -> Vec<String> {
        self.emulator.requests().iter().map(|request| format!("{} {}", request.method, request.target)).collect()
    }

    /// Appends the requests that reached the emulator to the file that RECORD_REQUESTS names, one JSON line each, for
    /// `tests/openapi/check.py`.
    fn record(&self) {
        let Some(file) = std::env::var_os("RECORD_REQUESTS") else { return };
        let mut lines = String::new();
        for request in self.emulator.requests() {
            let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
            lines.push_str(&json!({"method": request.method.as_str(), "target": request.target, "body": body}).to_string());
            lines.push('\n');
        }
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
        file.write_all(lines.as_bytes()).unwrap();
    }

    /// Checks that no request to the emulator was a write.
    pub fn assert_nothing_written(&self) {
        // A batch does not write itself: its items are recorded as requests.
        let writes: Vec<String> =
            self.sent().into_iter().filter(|line| !line.starts_with("GET ") && !line.ends_with("/$batch")).collect();
        assert_eq!(writes, [""; 0]);
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.record();
    }
}

/// Sends a request. Returns the status and JSON of the response.
pub async fn send_request(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: {text}"));
    (status, body)
}

/// Adds the rows that are not there yet. The same row may come on two pages of a round: "It's possible that a single entity will be
/// contained multiple times" (<https://learn.microsoft.com/graph/delta-query-overview>).
pub fn add_new_rows(rows: &mut Vec<Value>, page: &Value) {
    for row in page.as_array().unwrap() {
        if !rows.contains(row) {
            rows.push(row.clone());
        }
    }
}

/// Sends bytes unchanged. Returns the status and body of the response.
pub async fn send_raw(address: SocketAddr, request: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    let response = String::from_utf8(response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_else(|_| json!(body)))
}

/// Calls a function of an interface in a fresh sandbox.
macro_rules! call {
    ($fixture:expr, $interface:ident . $function:ident ( $($argument:expr),* $(,)? )) => {
        $crate::fixture::connector()
            .call(&$fixture.settings, async |component, store| component.$interface().$function(store, $($argument),*).await)
            .await
            .unwrap()
    };
}
pub(crate) use call;

/// Calls an operation of the JSON interface.
pub async fn invoke(fixture: &Fixture, operation: &str, arguments: Value) -> Result<Value, Value> {
    let arguments = arguments.to_string();
    let response = connector()
        .call(&fixture.settings, async |component, store| {
            component.graph_contacts_connector_json().call_invoke(store, operation, &arguments).await
        })
        .await
        .unwrap();
    let parse = |text: String| serde_json::from_str(&text).unwrap();
    response.map(parse).map_err(parse)
}
