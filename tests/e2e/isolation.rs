//! That no secret leaves the host's own memory, and none is used for another tenant.

use std::fmt::Write as _;
use std::path::PathBuf;
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
use crate::hosting::{TempFolder, start_graph};
use crate::serve_process::ServeProcess;

/// A text that occurs nowhere else.
fn canary() -> String {
    generate_token().unwrap().0
}

fn hostile_file() -> PathBuf {
    component_file().with_file_name("graph_contacts_hostile.wasm")
}

/// Tenants with each kind of credential, each a canary: a client secret, a fixed access token, another issuer's token, and
/// a secret that the sign-in service refuses.
struct Aviary {
    folder: TempFolder,
    graphs: Vec<Emulator>,
    secrets: Vec<String>,
    password: String,
    configuration: String,
}

const TENANTS: [&str; 4] = ["by-secret", "by-token", "by-federation", "refused"];

impl Aviary {
    async fn open(name: &str) -> Aviary {
        let folder = TempFolder::new(name);
        let secrets: Vec<String> = (0..TENANTS.len()).map(|_| canary()).collect();
        let password = canary();
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
                "by-token" => format!("access-token.file = '{tenant}'"),
                "by-federation" => format!("workload-identity = {{ {application}, token-file = '{tenant}' }}"),
                _ => format!("client-secret = {{ {application}, secret-file = '{tenant}' }}"),
            };
            write!(
                configuration,
                "[[tenants]]\nname = '{tenant}'\ncallers = ['caller']\nendpoint = '{}'\nmax-retries = 0\ncredential.{credential}\n\
                 limits = {{ cpu-seconds = 1, requests = 20, answer-mib = 1, memory-mib = 128 }}\n",
                emulator.endpoint()
            )
            .unwrap();
            graphs.push(emulator);
        }
        Aviary { folder, graphs, secrets, password, configuration }
    }

    /// All that must not be seen. Tokens that the emulator issues have a beginning of their own.
    fn secrets(&self) -> Vec<String> {
        let in_basic = STANDARD.encode(format!("caller:{}", self.password));
        let others = [self.password.clone(), in_basic, "emulated-".to_owned()];
        self.secrets.iter().cloned().chain(others).collect()
    }

    fn request(&self, process: &ServeProcess, method: Method, tenant: &str, rest: &str) -> reqwest::RequestBuilder {
        let request = nobodys(process, method, tenant, rest);
        request.header("X-OpenIDM-Username", "caller").header("X-OpenIDM-Password", &self.password)
    }

    /// The same with the password in Basic.
    fn request_in_basic(&self, process: &ServeProcess, tenant: &str, rest: &str) -> reqwest::RequestBuilder {
        nobodys(process, Method::GET, tenant, rest).basic_auth("caller", Some(&self.password))
    }

    /// Nothing of what was written has a secret. Both are looked at only if something is in them.
    fn assert_unseen(&self, written: &[(&str, String)]) {
        let secrets = self.secrets();
        assert!(self.graphs.iter().any(|graph| graph.count_token_requests() > 0), "tokens were issued");
        for (place, text) in written {
            assert!(!text.is_empty(), "{place}");
            for secret in &secrets {
                let line = text.lines().find(|line| line.contains(secret));
                assert_eq!(line, None, "a secret in the {place}");
            }
        }
    }
}

/// A request without a login.
fn nobodys(process: &ServeProcess, method: Method, tenant: &str, rest: &str) -> reqwest::RequestBuilder {
    reqwest::Client::new().request(method, format!("{}/openidm/system/{tenant}/{rest}", process.address))
}

/// The whole of an answer, as far as it comes.
async fn everything(request: reqwest::RequestBuilder) -> String {
    let mut response = request.send().await.unwrap();
    let mut told = format!("{} {:?}\n", response.status(), response.headers());
    while let Ok(Some(piece)) = response.chunk().await {
        told.push_str(&String::from_utf8_lossy(&piece));
    }
    told.push('\n');
    told
}

#[test]
fn connector_output_contains_no_secret() {
    let aviary = run(Aviary::open("canaries"));
    let process = ServeProcess::start(&aviary.folder, &component_file(), &aviary.configuration, true);
    let mut answers = String::new();
    run(async {
        for (tenant, graph) in TENANTS.into_iter().zip(&aviary.graphs) {
            let user = format!("user/{UID}");
            let add = json!({"__addContacts__": {"givenName": "Ada"}}).to_string();
            let request = |method: Method, rest: &str| aviary.request(&process, method, tenant, rest);
            let put = || request(Method::PUT, &user).header("If-Match", "*").header("Content-Type", "application/json");
            for request in [
                request(Method::GET, &user),
                put().body(add),
                put().body("no JSON"),
                request(Method::GET, "user/nobody"),
                request(Method::GET, "user?_queryFilter=nonsense"),
                request(Method::PUT, &user),
                aviary.request_in_basic(&process, tenant, &user),
                nobodys(&process, Method::GET, tenant, &user).basic_auth("caller", Some("wrong-password")),
                nobodys(&process, Method::GET, tenant, &user).basic_auth("stranger", Some("stranger")),
                request(Method::POST, "?_action=test"),
            ] {
                answers += &everything(request).await;
            }
            graph.revoke_tokens();
            answers += &everything(request(Method::GET, &user)).await;
            graph.set_sign_in_outage(Some(StatusCode::SERVICE_UNAVAILABLE));
            answers += &everything(request(Method::GET, &user)).await;
        }
        let all = aviary.request(&process, Method::POST, "", "?_action=test");
        answers += &everything(all).await;
    });
    assert!(answers.contains("200 OK") && answers.contains("401 Unauthorized") && answers.contains("503 Service"), "{answers}");
    let log = process.log();
    assert!(log.contains("AADSTS7000215") && log.contains("TRACE"), "the log has it all");
    aviary.assert_unseen(&[("log", log), ("audit log", process.audit()), ("answers", answers)]);
}

/// The same of a component that does what it may not, and that searches all of its memory for the secrets, of which it is told each
/// in two halves. That memory has by then everything that the host gave it: its environment, the caller's headers, answers and
/// refusals. It shows that no secret comes into a sandbox by a way that the host has; what a component makes of its own memory is
/// its own matter.
#[test]
fn hostile_component_finds_no_secret() {
    let aviary = run(Aviary::open("hostile-canaries"));
    let mut process = ServeProcess::start(&aviary.folder, &hostile_file(), &aviary.configuration, true);
    let mut answers = String::new();
    run(async {
        for tenant in TENANTS {
            let request = |rest: &str| aviary.request(&process, Method::GET, tenant, rest);
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
                answers += &everything(request(behaviour)).await;
            }
            answers += &everything(aviary.request_in_basic(&process, tenant, "well")).await;
            let wrong = nobodys(&process, Method::GET, tenant, "well").basic_auth("caller", Some("wrong-password"));
            answers += &everything(wrong).await;
        }
        for secret in aviary.secrets() {
            for tenant in TENANTS {
                assert_eq!(occurrences(&aviary, &process, tenant, &secret).await, 0);
            }
        }
        // It does find what is there: its own path, and what it plants itself.
        assert!(occurrences(&aviary, &process, "by-secret", "system/by-secret").await > 0);
        assert!(occurrences(&aviary, &process, "by-secret", "GRAPH_ENDPOINT").await > 0);
    });
    process.signal("-TERM");
    assert!(process.ended().success(), "after all that it ends as it should");
    aviary.assert_unseen(&[("log", process.log()), ("audit log", process.audit()), ("answers", answers)]);
}

/// How often a text is in the memory of a sandbox.
async fn occurrences(aviary: &Aviary, process: &ServeProcess, tenant: &str, text: &str) -> u64 {
    occurrences_beside(aviary, process, tenant, text, "").await
}

/// The same in a memory where a pattern was planted just before.
async fn occurrences_beside(aviary: &Aviary, process: &ServeProcess, tenant: &str, text: &str, pattern: &str) -> u64 {
    let (first, second) = text.split_at(text.len() / 2);
    let arguments = [("first", first), ("second", second), ("pattern", pattern)];
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(arguments).finish();
    let told = aviary.request(process, Method::GET, tenant, &format!("search?{query}")).send().await.unwrap();
    let told = told.text().await.unwrap();
    told.parse().unwrap_or_else(|_| panic!("{told}"))
}

/// Memory comes out of a pool: what one tenant left in a place is not there for the next who gets it.
#[test]
fn reused_memory_is_cleared() {
    let aviary = run(Aviary::open("leftovers"));
    let process = ServeProcess::start(&aviary.folder, &hostile_file(), &aviary.configuration, false);
    run(async {
        let pattern = canary();
        let other = canary();
        assert!(occurrences_beside(&aviary, &process, "by-token", &other, &other).await > 1_000, "what is there is found");
        for _ in 0..5 {
            let planted = aviary.request(&process, Method::GET, "by-token", &format!("plant?pattern={pattern}"));
            let planted: u64 = planted.send().await.unwrap().text().await.unwrap().parse().unwrap();
            assert!(planted > 1 << 20, "{planted}");
            assert_eq!(occurrences(&aviary, &process, "by-secret", &pattern).await, 0);
            assert_eq!(occurrences(&aviary, &process, "by-token", &pattern).await, 0, "not for itself either");
        }
    });
}

#[test]
fn formatted_values_hide_secrets() {
    let (secret, token) = (canary(), canary());
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
    let shown = format!("{source:?} {source:#?} {settings:?} {settings:#?} {error:?} {error}");
    assert!(!shown.contains(&secret) && !shown.contains(&token), "{shown}");
}

/// What a hosted component finds in its environment: where to go and for how long, and a login that was made for it.
#[test]
fn sandbox_environment_contains_no_secret() {
    run(async {
        let fixture = crate::hostile::HostileFixture::open("environment").await;
        let (status, told) = crate::fixture::send_request(fixture.request("mallory", "environment", &[])).await;
        assert_eq!(status, 200);
        let names: Vec<&String> = told.as_object().unwrap().keys().collect();
        let expected =
            ["GRAPH_CLOUD", "GRAPH_ENDPOINT", "GRAPH_TIMEOUT_SECONDS", "GATEWAY_USERNAME", "GATEWAY_PASSWORD", "GATEWAY_SYSTEM"];
        assert_eq!(names, expected);
        for secret in ["token-of-mallory", &fixture.token, &fixture.token_hash, "caller"] {
            assert!(!told.to_string().contains(secret), "{secret} in {told}");
        }
        // Each tenant has its own login, which opens nothing but its own sandbox.
        let (_, other) = crate::fixture::send_request(fixture.request("neighbour", "environment", &[])).await;
        assert_ne!(told["GATEWAY_PASSWORD"], other["GATEWAY_PASSWORD"]);
        let login = |name: &str| told[name].as_str().map(ToOwned::to_owned);
        let client = reqwest::Client::new();
        let url = format!("http://{}/openidm/system/mallory/well", fixture.gateway.address());
        let status = client.get(url).basic_auth(login("GATEWAY_USERNAME").unwrap(), login("GATEWAY_PASSWORD")).send().await;
        assert_eq!(status.unwrap().status(), 401);
    });
}
