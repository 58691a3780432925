//! Secrets stay in the host's memory, and are used only for their own tenant.

use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use graph_contacts_host::{
    Application, CallError, Credential, GatewayLogin, Secret, Settings, TokenSource, generate_token, hash_password,
};
use graph_emulator::{AppRegistration, ClientCredential, Emulator};
use http::{Method, StatusCode};
use serde_json::json;

use crate::fixture::{UID, component_file, run};
use crate::hostile::hostile_file;
use crate::hosting::{TempFolder, start_graph};
use crate::serve_process::ServeProcess;

/// Returns a string that occurs nowhere else.
fn generate_canary() -> String {
    generate_token().unwrap().0
}

/// Tenants with each kind of credential, each of them a canary: a client secret, a fixed access token, a federated token, a secret that
/// the sign-in service rejects, and a token of a tenant with little CPU time.
struct CanaryFixture {
    folder: TempFolder,
    graphs: Vec<Emulator>,
    secrets: Vec<String>,
    password: String,
    configuration: String,
}

const TENANTS: [&str; 5] = ["by-secret", "by-token", "by-federation", "refused", HURRIED];
/// The tenant whose calls may compute for one second. The others have time enough to count in their memory, however busy the machine.
const HURRIED: &str = "hurried";

impl CanaryFixture {
    async fn open(name: &str) -> CanaryFixture {
        let folder = TempFolder::new(name);
        let secrets: Vec<String> = (0..TENANTS.len()).map(|_| generate_canary()).collect();
        let password = generate_canary();
        let mut configuration = format!(
            "[[callers]]\nname = 'caller'\npassword-hash = '{}'\n[[callers]]\nname = 'stranger'\npassword-hash = '{}'\n",
            hash_password(&password).unwrap(),
            hash_password("stranger").unwrap(),
        );
        let mut graphs = Vec::new();
        for (tenant, secret) in TENANTS.into_iter().zip(&secrets) {
            let emulator = start_graph(secret).await;
            folder.write(tenant, secret);
            let credential = match tenant {
                "by-secret" => ClientCredential::Secret(secret.clone()),
                "by-federation" => ClientCredential::Federated(secret.clone()),
                _ => ClientCredential::Secret("another".to_owned()),
            };
            let (directory, graph) = ("contoso.example".to_owned(), "https://graph.microsoft.com".to_owned());
            let registration = AppRegistration {
                tenant: directory,
                client_id: "app".to_owned(),
                graph,
                credential,
                lifetime: Duration::from_secs(3600),
            };
            emulator.register(registration);
            let application =
                format!("tenant = 'contoso.example', client-id = 'app', login-endpoint = '{}'", emulator.endpoint());
            let credential = match tenant {
                "by-token" | HURRIED => format!("access-token.file = '{tenant}'"),
                "by-federation" => format!("workload-identity = {{ {application}, token-file = '{tenant}' }}"),
                _ => format!("client-secret = {{ {application}, secret-file = '{tenant}' }}"),
            };
            let cpu_seconds = if tenant == HURRIED { 1 } else { 60 };
            write!(
                configuration,
                "[[tenants]]\nname = '{tenant}'\ncallers = ['caller']\noperations = ['all']\nendpoint = '{}'\nmax-retries = 0\ncredential.{credential}\n\
                 limits = {{ cpu-seconds = {cpu_seconds}, deadline-seconds = 300, requests = 20, answer-mib = 1, memory-mib = 128 }}\n",
                emulator.endpoint()
            )
            .unwrap();
            graphs.push(emulator);
        }
        CanaryFixture { folder, graphs, secrets, password, configuration }
    }

    /// Returns the texts that must not occur in output. `emulated-` is the prefix of tokens that the emulator issues.
    fn secrets(&self) -> Vec<String> {
        let in_basic = STANDARD.encode(format!("caller:{}", self.password));
        let others = [self.password.clone(), in_basic, "emulated-".to_owned()];
        self.secrets.iter().cloned().chain(others).collect()
    }

    fn request(&self, process: &ServeProcess, method: Method, tenant: &str, rest: &str) -> reqwest::RequestBuilder {
        let request = anonymous_request(process, method, tenant, rest);
        request.header("X-OpenIDM-Username", "caller").header("X-OpenIDM-Password", &self.password)
    }

    /// The same with the password in Basic.
    fn request_in_basic(&self, process: &ServeProcess, tenant: &str, rest: &str) -> reqwest::RequestBuilder {
        anonymous_request(process, Method::GET, tenant, rest).basic_auth("caller", Some(&self.password))
    }

    /// Checks that each output has content, and no secret.
    fn assert_no_secrets(&self, written: &[(&str, String)]) {
        let secrets = self.secrets();
        assert!(self.graphs.iter().any(|graph| graph.count_token_requests() > 0), "tokens were issued");
        for (name, text) in written {
            assert!(!text.is_empty(), "{name}");
            for secret in &secrets {
                let line = text.lines().find(|line| line.contains(secret));
                assert_eq!(line, None, "a secret in the {name}");
            }
        }
    }
}

/// A request without a login.
fn anonymous_request(process: &ServeProcess, method: Method, tenant: &str, rest: &str) -> reqwest::RequestBuilder {
    reqwest::Client::new().request(method, format!("{}/openidm/system/{tenant}/{rest}", process.address))
}

/// Sends a request. Returns status, headers and the body as far as it arrives.
async fn read_response(request: reqwest::RequestBuilder) -> String {
    let mut response = request.send().await.unwrap();
    let mut text = format!("{} {:?}\n", response.status(), response.headers());
    while let Ok(Some(piece)) = response.chunk().await {
        text.push_str(&String::from_utf8_lossy(&piece));
    }
    text.push('\n');
    text
}

#[test]
fn connector_output_contains_no_secret() {
    let fixture = run(CanaryFixture::open("canaries"));
    let process = ServeProcess::start(&fixture.folder, &component_file(), &fixture.configuration, true);
    let mut responses = String::new();
    run(async {
        for (tenant, graph) in TENANTS.into_iter().zip(&fixture.graphs) {
            let user = format!("user/{UID}");
            let add = json!({"__addContacts__": {"givenName": "Ada"}}).to_string();
            let request = |method: Method, rest: &str| fixture.request(&process, method, tenant, rest);
            let put = || request(Method::PUT, &user).header("If-Match", "*").header("Content-Type", "application/json");
            for request in [
                request(Method::GET, &user),
                put().body(add),
                put().body("no JSON"),
                request(Method::GET, "user/nobody"),
                request(Method::GET, "user?_queryFilter=nonsense"),
                request(Method::PUT, &user),
                fixture.request_in_basic(&process, tenant, &user),
                anonymous_request(&process, Method::GET, tenant, &user).basic_auth(tenant, Some("wrong-password")),
                anonymous_request(&process, Method::GET, tenant, &user).basic_auth("stranger", Some("stranger")),
                request(Method::POST, "?_action=test"),
            ] {
                responses += &read_response(request).await;
            }
            graph.revoke_tokens();
            responses += &read_response(request(Method::GET, &user)).await;
            graph.set_sign_in_outage(Some(StatusCode::SERVICE_UNAVAILABLE));
            responses += &read_response(request(Method::GET, &user)).await;
        }
        let all = fixture.request(&process, Method::POST, "", "?_action=test");
        responses += &read_response(all).await;
    });
    assert!(
        responses.contains("200 OK") && responses.contains("401 Unauthorized") && responses.contains("503 Service"),
        "{responses}"
    );
    let log = process.log();
    assert!(log.contains("AADSTS7000215") && log.contains("TRACE"), "the log has every level");
    fixture.assert_no_secrets(&[("log", log), ("audit log", process.audit()), ("responses", responses)]);
}

/// The same for a hostile component, which also searches all of its memory for the secrets. It receives each secret in two
/// halves, so that it does not find the query. Its memory then has all that the host passes to it: the environment, the caller's headers,
/// responses and refusals.
#[test]
fn hostile_component_finds_no_secret() {
    let fixture = run(CanaryFixture::open("hostile-canaries"));
    let mut process = ServeProcess::start(&fixture.folder, &hostile_file(), &fixture.configuration, true);
    let mut responses = String::new();
    run(async {
        for tenant in TENANTS {
            let request = |rest: &str| fixture.request(&process, Method::GET, tenant, rest);
            for behaviour in [
                "well",
                "environment",
                "spin",
                "allocate",
                "nest",
                "flood",
                "hand-over",
                "hoard",
                "announce",
                "fail",
                "exit",
                "pour",
                "silent",
                "fetch?url=https://evil.example/",
                "fetch?url=/v1.0/users&header=Authorization: Bearer x",
            ] {
                if behaviour != "spin" || tenant == HURRIED {
                    responses += &read_response(request(behaviour)).await;
                }
            }
            responses += &read_response(fixture.request_in_basic(&process, tenant, "well")).await;
            // Five failures would lock the caller out.
            if tenant != HURRIED {
                let wrong = anonymous_request(&process, Method::GET, tenant, "well").basic_auth("caller", Some("wrong-password"));
                responses += &read_response(wrong).await;
            }
        }
        for secret in fixture.secrets() {
            for tenant in TENANTS.into_iter().filter(|tenant| *tenant != HURRIED) {
                assert_eq!(count_in_memory(&fixture, &process, tenant, &secret).await, 0);
            }
        }
        // It finds what its memory has: its own path and its environment.
        assert!(count_in_memory(&fixture, &process, "by-secret", "system/by-secret").await > 0);
        assert!(count_in_memory(&fixture, &process, "by-secret", "GRAPH_ENDPOINT").await > 0);
    });
    process.signal("-TERM");
    assert!(process.wait().success(), "the process ends without an error");
    fixture.assert_no_secrets(&[("log", process.log()), ("audit log", process.audit()), ("responses", responses)]);
}

/// Counts a text in the memory of a sandbox.
async fn count_in_memory(fixture: &CanaryFixture, process: &ServeProcess, tenant: &str, text: &str) -> u64 {
    count_beside_pattern(fixture, process, tenant, text, "").await
}

/// Counts a text in the memory of a sandbox after the component has planted a pattern there.
async fn count_beside_pattern(fixture: &CanaryFixture, process: &ServeProcess, tenant: &str, text: &str, pattern: &str) -> u64 {
    let (first, second) = text.split_at(text.len() / 2);
    let arguments = [("first", first), ("second", second), ("pattern", pattern)];
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(arguments).finish();
    let response = fixture.request(process, Method::GET, tenant, &format!("search?{query}")).send().await.unwrap();
    let text = response.text().await.unwrap();
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

/// Sandboxes take memory from a pool. A tenant does not find what an earlier sandbox left there.
#[test]
fn reused_memory_is_cleared() {
    let fixture = run(CanaryFixture::open("leftovers"));
    let process = ServeProcess::start(&fixture.folder, &hostile_file(), &fixture.configuration, false);
    run(async {
        let pattern = generate_canary();
        let other = generate_canary();
        assert!(
            count_beside_pattern(&fixture, &process, "by-token", &other, &other).await > 1_000,
            "the search finds a planted pattern"
        );
        for _ in 0..5 {
            let planted = fixture.request(&process, Method::GET, "by-token", &format!("plant?pattern={pattern}"));
            let planted: u64 = planted.send().await.unwrap().text().await.unwrap().parse().unwrap();
            assert!(planted > 1 << 20, "{planted}");
            assert_eq!(count_in_memory(&fixture, &process, "by-secret", &pattern).await, 0);
            assert_eq!(
                count_in_memory(&fixture, &process, "by-token", &pattern).await,
                0,
                "the same tenant finds nothing either"
            );
        }
    });
}

#[test]
fn formatted_values_hide_secrets() {
    let (secret, token) = (generate_canary(), generate_canary());
    let application =
        Application { tenant: "t".to_owned(), client_id: "c".to_owned(), login: "https://login.example".parse().unwrap() };
    let source = TokenSource::ClientSecret(application, Secret::new(secret.clone()));
    let settings = Settings {
        credential: Credential::bearer(&token).unwrap(),
        gateway: Some(GatewayLogin { username: "u".to_owned(), password: Secret::new(secret.clone()) }),
        ..Settings::default()
    };
    let failed = run(crate::hostile::component_host().call(&settings, async |component, store| {
        component.graph_contacts_connector_json().call_invoke(store, "fail", "{}").await
    }));
    let error: CallError = failed.unwrap_err();
    let formatted = format!("{source:?} {source:#?} {settings:?} {settings:#?} {error:?} {error}");
    assert!(!formatted.contains(&secret) && !formatted.contains(&token), "{formatted}");
}

/// What a hosted component finds in its environment: where to go and for how long, and a login that was made for it.
#[test]
fn sandbox_environment_contains_no_secret() {
    run(async {
        let fixture = crate::hostile::HostileFixture::open("environment").await;
        let (status, environment) = crate::fixture::send_request(fixture.request("mallory", "environment", &[])).await;
        assert_eq!(status, 200);
        let names: Vec<&String> = environment.as_object().unwrap().keys().collect();
        let expected =
            ["GRAPH_CLOUD", "GRAPH_ENDPOINT", "GRAPH_TIMEOUT_SECONDS", "GATEWAY_USERNAME", "GATEWAY_PASSWORD", "GATEWAY_SYSTEM"];
        assert_eq!(names, expected);
        for secret in ["token-of-mallory", &fixture.token, &fixture.token_hash, "caller"] {
            assert!(!environment.to_string().contains(secret), "{secret} in {environment}");
        }
        // Each tenant has its own login, which only its own sandbox accepts.
        let (_, other) = crate::fixture::send_request(fixture.request("neighbour", "environment", &[])).await;
        assert_ne!(environment["GATEWAY_PASSWORD"], other["GATEWAY_PASSWORD"]);
        let login = |name: &str| environment[name].as_str().map(ToOwned::to_owned);
        let client = reqwest::Client::new();
        let url = format!("http://{}/openidm/system/mallory/well", fixture.gateway.address());
        let status = client.get(url).basic_auth(login("GATEWAY_USERNAME").unwrap(), login("GATEWAY_PASSWORD")).send().await;
        assert_eq!(status.unwrap().status(), 401);
    });
}
