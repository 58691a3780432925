//! A hostile component (`tests/hostile`): the host stops each call with its own error, records it in the audit log, and
//! continues to serve the other tenants.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use graph_contacts_host::{
    AuditLog, CallError, ComponentHost, Gateway, Limits, Settings, TenantRegistry, gateway, generate_token,
};
use graph_emulator::Emulator;
use http::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, component_file, run, send_request};
use crate::hosting::{TempFolder, start_graph};
use crate::hosting_audit::AuditLines;

/// The CPU time of calls that are to exceed it. Other calls have the default, because a busy machine makes all calls slow.
const BRIEF_CPU_TIME: Duration = Duration::from_millis(300);

/// Returns limits that are lower than the defaults where those take long to reach.
fn limits() -> Limits {
    Limits {
        concurrency: 16,
        requests: 20,
        gateway_response_bytes: 1 << 20,
        grace: Duration::from_millis(200),
        ..Limits::default()
    }
}

/// Returns the path of the hostile component.
pub fn hostile_file() -> PathBuf {
    component_file().with_file_name("graph_contacts_hostile.wasm")
}

/// Returns the component host of the hostile component, compiled once for all tests.
pub fn component_host() -> ComponentHost {
    static CONNECTOR: OnceLock<ComponentHost> = OnceLock::new();
    CONNECTOR.get_or_init(|| ComponentHost::from_file(&hostile_file(), limits()).unwrap()).clone()
}

/// A gateway whose tenants all have the hostile component: one that misuses it, one with little CPU time, one with a short
/// deadline, and a neighbour.
pub struct HostileFixture {
    pub mallory: Emulator,
    pub neighbour: Emulator,
    pub audit: AuditLines,
    pub gateway: Gateway,
    pub token: String,
    pub token_hash: String,
    // The tenants' files, kept until the end of the test.
    _folder: TempFolder,
    client: reqwest::Client,
}

impl HostileFixture {
    pub async fn open(name: &str) -> HostileFixture {
        let folder = TempFolder::new(name);
        let (mallory, neighbour) = (start_graph("token-of-mallory").await, start_graph("token-of-neighbour").await);
        folder.write("mallory.token", "token-of-mallory");
        folder.write("neighbour.token", "token-of-neighbour");
        let (token, token_hash) = generate_token().unwrap();
        let tenant = |name: &str, emulator: &Emulator, file: &str, limits: &str| {
            format!(
                "[[tenants]]\nname = '{name}'\ncallers = ['caller']\noperations = ['all']\nendpoint = '{}'\n\
                 credential.access-token.file = '{file}.token'\nlimits = {{ {limits} }}\n",
                emulator.endpoint()
            )
        };
        let brief = format!("deadline-seconds = 60, cpu-seconds = {}", BRIEF_CPU_TIME.as_secs_f64());
        let text = [
            format!("[[callers]]\nname = 'caller'\ntoken-hash = '{token_hash}'\n"),
            tenant("mallory", &mallory, "mallory", "deadline-seconds = 60"),
            tenant("spinner", &mallory, "mallory", &brief),
            tenant("hasty", &mallory, "mallory", "deadline-seconds = 1"),
            tenant("neighbour", &neighbour, "neighbour", "deadline-seconds = 60"),
        ];
        let file = folder.write("tenants.toml", &text.concat());
        let audit = AuditLines::default();
        let registry = TenantRegistry::load(&file, component_host()).unwrap().with_audit_log(AuditLog::to_writer(audit.clone()));
        let listener = gateway::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let gateway = Gateway::start_multi_tenant(listener, &registry).unwrap();
        let client = reqwest::Client::new();
        HostileFixture { mallory, neighbour, audit, gateway, token, token_hash, _folder: folder, client }
    }

    pub fn request(&self, tenant: &str, behaviour: &str, arguments: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(arguments).finish();
        let url = format!("http://{}/openidm/system/{tenant}/{behaviour}?{query}", self.gateway.address());
        self.client.request(Method::GET, url).bearer_auth(&self.token)
    }

    /// Returns the outcome of a request by the component: `status`, `headers` and `body`, or `error`; and the `refused` headers.
    pub async fn fetch(&self, arguments: &[(&str, &str)]) -> Value {
        let (status, outcome) = send_request(self.request("mallory", "fetch", arguments)).await;
        assert_eq!(status, 200, "{outcome}");
        outcome
    }
}

/// Checks that the neighbour, and a connector in the same process, respond until `done`, at least once.
async fn assert_neighbours_respond(fixture: &HostileFixture, neighbour: &Fixture, done: impl Fn() -> bool) {
    loop {
        let (status, outcome) = send_request(fixture.request("neighbour", "well", &[])).await;
        assert_eq!(
            (status, &outcome["system"], &outcome["graph"]["status"]),
            (200, &json!("neighbour"), &json!(200)),
            "{outcome}"
        );
        assert_eq!(neighbour.get(UID).await.0, 200);
        if done() {
            return;
        }
    }
}

/// Returns the audit log lines of a tenant.
fn audit_lines(lines: &[Value], tenant: &str) -> Vec<Value> {
    lines.iter().filter(|line| line["tenant"] == tenant).cloned().collect()
}

#[test]
fn each_exceeded_limit_stops_only_its_call() {
    run(async {
        let fixture = HostileFixture::open("hostile").await;
        let neighbour = Fixture::start().await;
        let expected = [
            ("spinner", "spin", 504, "cpu-time", "Limits::cpu_time; cpu-seconds"),
            ("mallory", "allocate", 503, "memory", "Limits::memory; memory-mib"),
            ("mallory", "nest", 503, "stack", "Limits::stack"),
            ("mallory", "flood", 503, "requests", "Limits::requests; requests"),
            ("mallory", "hand-over", 503, "hostcall-bytes", "Limits::hostcall_bytes"),
            ("mallory", "hoard", 503, "handles", "Limits::handles"),
            ("mallory", "announce", 503, "answer-bytes", "Limits::gateway_response_bytes; answer-mib"),
            ("mallory", "fail", 503, "trap", "unreachable"),
            ("mallory", "exit", 503, "trap", "exit"),
            ("hasty", "wait", 504, "deadline", "Settings::deadline and Limits::grace; deadline-seconds"),
        ];
        for (number, (tenant, behaviour, status, stopped, setting)) in expected.into_iter().enumerate() {
            let call = tokio::spawn(send_request(fixture.request(tenant, behaviour, &[])));
            assert_neighbours_respond(&fixture, &neighbour, || call.is_finished()).await;
            let (actual, body) = call.await.unwrap();
            assert_eq!(actual, status, "{behaviour}: {body}");
            assert!(body["message"].as_str().unwrap().contains(setting), "{behaviour}: {body}");
            let line = loop {
                let lines = fixture.audit.take(1).await;
                let by_tenant = ["spinner", "mallory", "hasty"].map(|tenant| audit_lines(&lines, tenant));
                if let Some(line) = by_tenant.concat().get(number) {
                    break line.clone();
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            };
            let actual = (&line["status"], &line["stopped"], &line["complete"]);
            assert_eq!(actual, (&json!(status), &json!(stopped), &json!(true)), "{behaviour}: {line}");
        }
        // No request beyond the limit is sent.
        assert_eq!(fixture.mallory.requests().len(), 20);
        for line in audit_lines(&fixture.audit.take(1).await, "neighbour") {
            assert_eq!((&line["status"], &line["stopped"]), (&json!(200), &Value::Null), "{line}");
        }
        while fixture.gateway.live_sandboxes() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
}

/// The status is already sent, so the connection is aborted.
#[test]
fn endless_response_is_aborted() {
    run(async {
        let fixture = HostileFixture::open("endless").await;
        let neighbour = Fixture::start().await;
        let mut response = fixture.request("mallory", "pour", &[]).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let mut length = 0;
        let broken = loop {
            match response.chunk().await {
                Ok(Some(piece)) => length += piece.len(),
                Ok(None) => break false,
                Err(_) => break true,
            }
        };
        assert!(broken && length <= limits().gateway_response_bytes, "{length} bytes; ended normally: {}", !broken);
        assert_neighbours_respond(&fixture, &neighbour, || true).await;
        let line = audit_lines(&fixture.audit.take(1).await, "mallory").remove(0);
        assert_eq!((&line["status"], &line["stopped"]), (&json!(200), &json!("answer-bytes")), "{line}");
        assert_eq!(line["complete"], false);
    });
}

/// A call without a response exceeds no limit, but is an error.
#[test]
fn missing_response_is_an_error() {
    run(async {
        let fixture = HostileFixture::open("silent").await;
        let (status, body) = send_request(fixture.request("mallory", "silent", &[])).await;
        assert_eq!(status, 500);
        assert!(body["message"].as_str().unwrap().contains("without a response"), "{body}");
    });
}

/// The limits also apply to typed interfaces, and to concurrent calls.
#[test]
fn exceeded_limits_stop_typed_calls() {
    run(async {
        let settings = Settings { deadline: Duration::from_secs(60), ..Settings::default() };
        let call_at = async |host: &ComponentHost, operation: &'static str, settings: &Settings| {
            host.call(settings, async |component, store| {
                component.graph_contacts_connector_json().call_invoke(store, operation, "{}").await
            })
            .await
        };
        let host = component_host();
        let call = async |operation: &'static str, settings: &Settings| call_at(&host, operation, settings).await;
        let spinner = ComponentHost::from_file(&hostile_file(), Limits { cpu_time: BRIEF_CPU_TIME, ..limits() }).unwrap();
        let brief = Settings { deadline: Duration::from_millis(300), ..Settings::default() };
        let (spin, allocate, nest, huge, fail, wait, well) = tokio::join!(
            call_at(&spinner, "spin", &settings),
            call("allocate", &settings),
            call("nest", &settings),
            call("huge", &settings),
            call("fail", &settings),
            call("wait", &brief),
            call("well", &settings),
        );
        assert!(matches!(spin, Err(CallError::OutOfCpuTime { .. })), "{spin:?}");
        assert!(matches!(allocate, Err(CallError::OutOfMemory { .. })), "{allocate:?}");
        assert!(matches!(nest, Err(CallError::StackExhausted { .. })), "{nest:?}");
        assert!(matches!(huge, Err(CallError::TooMuchData { .. })), "{huge:?}");
        assert!(matches!(fail, Err(CallError::Trapped(_))), "{fail:?}");
        assert!(matches!(wait, Err(CallError::TimedOut { .. })), "{wait:?}");
        assert_eq!(well.unwrap(), Ok("null".to_owned()));
    });
}

/// The limits also apply to the connector.
#[test]
fn connector_error_names_exceeded_limit() {
    run(async {
        let limits = Limits { requests: 1, concurrency: 2, ..Limits::default() };
        let connector = ComponentHost::from_file(&component_file(), limits).unwrap();
        let neighbour = Fixture::with(connector, |_| ()).await;
        assert_eq!(neighbour.get(&format!("{UID}?_fields=_id,contacts")).await.0, 200, "one request");
        let (status, body) = neighbour.get(&format!("{UID}?_fields=displayName,contacts")).await;
        assert_eq!(status, 503, "{body}");
        assert!(body["message"].as_str().unwrap().contains("more than 1 requests (Limits::requests; requests)"), "{body}");
        assert_eq!(neighbour.emulator.requests().len(), 2);
    });
}
