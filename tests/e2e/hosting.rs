//! A multi-tenant gateway: authentication, permissions and configuration reloads.

use std::path::{Path, PathBuf};
use std::time::Duration;

use graph_contacts_host::{Gateway, Metrics, TenantRegistry, gateway, generate_token, hash_password};
use graph_emulator::{AppRegistration, ClientCredential, Emulator, Fault, FaultKind, User};
use http::Method;
use serde_json::{Value, json};

use crate::fixture::{UID, connector, run, send_request};
use crate::varied::{start_emulator, start_exact_emulator};

/// A folder that is removed when it is dropped.
pub struct TempFolder(PathBuf);

impl TempFolder {
    pub fn new(name: &str) -> TempFolder {
        let folder = std::env::temp_dir().join(format!("graph-contacts-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        TempFolder(folder)
    }

    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let file = self.0.join(name);
        std::fs::write(&file, content).unwrap();
        // Others must not read secrets, and the gateway warns where they can.
        #[cfg(unix)]
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        file
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Starts an emulator that accepts only one token and has the test user.
pub async fn start_graph(token: &str) -> Emulator {
    with_user(start_emulator(token).await)
}

/// Starts the same Microsoft Graph, whose responses do not vary, for a test that counts requests or reads lists in one page.
pub async fn start_exact_graph(token: &str) -> Emulator {
    with_user(start_exact_emulator(token).await)
}

fn with_user(emulator: Emulator) -> Emulator {
    emulator.add_user(User::new(UID, "test.user@contoso.example"));
    emulator
}

/// Two tenants, each with its own Microsoft Graph and caller, and a caller of both.
pub struct MultiTenantFixture {
    folder: TempFolder,
    file: PathBuf,
    pub contoso: Emulator,
    pub fabrikam: Emulator,
    registry: TenantRegistry,
    gateway: Gateway,
    pub token: String,
    client: reqwest::Client,
}

impl MultiTenantFixture {
    pub async fn open(name: &str) -> MultiTenantFixture {
        MultiTenantFixture::with(name, |registry| registry).await
    }

    /// Opens a fixture with a changed registry.
    pub async fn with(name: &str, change: impl FnOnce(TenantRegistry) -> TenantRegistry) -> MultiTenantFixture {
        let folder = TempFolder::new(name);
        let (contoso, fabrikam) = (start_graph("token-of-contoso").await, start_graph("token-of-fabrikam").await);
        folder.write("contoso.token", "token-of-contoso\n");
        folder.write("fabrikam.token", "token-of-fabrikam\n");
        let (token, token_hash) = generate_token().unwrap();
        let text = format!(
            r#"
[[callers]]
name = "openidm-admin"
password-hash = "{}"
[[callers]]
name = "midpoint"
token-hash = "{token_hash}"
[[callers]]
name = "auditor"
password-hash = "{}"

[[tenants]]
name = "contoso"
callers = ["openidm-admin", "auditor"]
operations = ["all"]
endpoint = "{}"
max-retries = 0
credential.access-token.file = "contoso.token"

[[tenants]]
name = "fabrikam"
callers = ["midpoint", "auditor"]
operations = ["read", "query", "test"]
endpoint = "{}"
cloud = "china"
max-retries = 0
credential.access-token.file = "fabrikam.token"
"#,
            hash_password("pässword").unwrap(),
            hash_password("audit").unwrap(),
            contoso.endpoint(),
            fabrikam.endpoint(),
        );
        let file = folder.write("tenants.toml", &text);
        let registry = change(TenantRegistry::load(&file, connector()).unwrap());
        let listener = gateway::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let gateway = Gateway::start_multi_tenant(listener, &registry).unwrap();
        MultiTenantFixture { folder, file, contoso, fabrikam, registry, gateway, token, client: reqwest::Client::new() }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("http://{}/openidm/system{path}", self.gateway.address()))
    }

    pub fn read_of(&self, tenant: &str) -> reqwest::RequestBuilder {
        self.request(Method::GET, &format!("/{tenant}/user/{UID}?_fields=_id,contacts"))
    }

    /// Rewrites the configuration and reloads it.
    pub fn change(&self, change: impl FnOnce(String) -> String) -> Result<(), String> {
        self.folder.write("tenants.toml", &change(self.text()));
        self.registry.reload(&self.file).map_err(|error| error.to_string())
    }

    pub fn metrics(&self) -> Metrics {
        self.registry.metrics()
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.file).unwrap()
    }
}

fn login(request: reqwest::RequestBuilder, name: &str, password: &str) -> reqwest::RequestBuilder {
    // curl sends characters outside ASCII as they are.
    let value = |text: &str| reqwest::header::HeaderValue::from_bytes(text.as_bytes()).unwrap();
    request.header("X-OpenIDM-Username", value(name)).header("X-OpenIDM-Password", value(password))
}

pub fn admin(request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    login(request, "openidm-admin", "pässword")
}

#[test]
fn tenant_uses_own_callers_endpoint_and_token() {
    run(async {
        let fixture = MultiTenantFixture::open("tenants").await;
        fixture.contoso.add_contact(UID, &json!({"givenName": "Ada"})).unwrap();
        fixture.fabrikam.add_contact(UID, &json!({"givenName": "Grace"})).unwrap();
        let name = |(status, body): (u16, Value)| {
            assert_eq!(status, 200, "{body}");
            body["contacts"][0]["givenName"].clone()
        };
        assert_eq!(name(send_request(admin(fixture.read_of("contoso"))).await), "Ada");
        assert_eq!(name(send_request(fixture.read_of("contoso").basic_auth("openidm-admin", Some("pässword"))).await), "Ada");
        assert_eq!(name(send_request(fixture.read_of("fabrikam").bearer_auth(&fixture.token)).await), "Grace");
        for tenant in ["contoso", "fabrikam"] {
            assert!(name(send_request(login(fixture.read_of(tenant), "auditor", "audit")).await).is_string());
        }
        for (emulator, token) in [(&fixture.contoso, "Bearer token-of-contoso"), (&fixture.fabrikam, "Bearer token-of-fabrikam")]
        {
            assert!(!emulator.requests().is_empty());
            for request in emulator.requests() {
                assert_eq!(request.header("authorization"), Some(token));
                assert_eq!(request.header("x-openidm-password"), None);
            }
        }
    });
}

/// A caller cannot distinguish another caller's tenant from a tenant that does not exist.
#[test]
fn unauthorized_caller_receives_401_or_404() {
    run(async {
        let fixture = MultiTenantFixture::open("unauthorized").await;
        for request in [
            fixture.read_of("contoso"),
            login(fixture.read_of("contoso"), "openidm-admin", "audit"),
            login(fixture.read_of("contoso"), "nobody", "pässword"),
            fixture.read_of("contoso").bearer_auth("pässword"),
            fixture.read_of("nowhere"),
            fixture.request(Method::POST, "?_action=test"),
        ] {
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 401);
            assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic "));
            let body: Value = response.json().await.unwrap();
            assert_eq!(body, json!({"code": 401, "reason": "Unauthorized", "message": "Access Denied"}));
        }
        for request in [
            admin(fixture.read_of("fabrikam")),
            admin(fixture.read_of("nowhere")),
            fixture.read_of("contoso").bearer_auth(&fixture.token),
            admin(fixture.request(Method::GET, "/nowhere")),
            admin(fixture.request(Method::GET, "/..%2Fcontoso/user")),
        ] {
            let (status, body) = send_request(request).await;
            assert_eq!((status, &body["reason"]), (404, &json!("Not Found")), "{body}");
            assert!(body["message"].as_str().unwrap().starts_with("Resource &#39;system/"), "{body}");
        }
        assert!(fixture.contoso.requests().is_empty() && fixture.fabrikam.requests().is_empty());
    });
}

/// A lockout outlasts the correct password and a reload. Tokens and other names are not affected.
#[test]
fn failed_logins_lock_out_name() {
    run(async {
        let fixture = MultiTenantFixture::open("lockout").await;
        for _ in 0..5 {
            assert_eq!(send_request(login(fixture.read_of("contoso"), "auditor", "wrong")).await.0, 401);
        }
        fixture.change(|text| text.replace("\"query\", ", "")).unwrap();
        let response = login(fixture.read_of("contoso"), "auditor", "audit").send().await.unwrap();
        assert_eq!(response.status(), 429);
        let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=31).contains(&wait), "{wait}");
        let body: Value = response.json().await.unwrap();
        assert_eq!((&body["code"], &body["reason"]), (&json!(429), &json!("Too Many Requests")), "{body}");
        assert!(body["message"].as_str().unwrap().starts_with("Too many failed logins: try again in"), "{body}");
        assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 200);
        assert_eq!(send_request(fixture.read_of("fabrikam").bearer_auth(&fixture.token)).await.0, 200);
    });
}

#[test]
fn read_only_tenant_rejects_writes() {
    run(async {
        let fixture = MultiTenantFixture::open("operations").await;
        let update = json!({"__addContacts__": {"givenName": "x"}}).to_string();
        let user = format!("/fabrikam/user/{UID}");
        for request in [
            fixture.request(Method::PUT, &user).header("If-Match", "*").body(update.clone()),
            fixture.request(Method::PATCH, &user).body("[]"),
            fixture.request(Method::POST, "/fabrikam/contact?_action=create").body("{}"),
            fixture.request(Method::DELETE, "/fabrikam/contact/x"),
            fixture.request(Method::POST, "/fabrikam/distributionList?_action=create").body("{}"),
            fixture.request(Method::PATCH, "/fabrikam/distributionList/x").body("[]"),
            fixture.request(Method::DELETE, "/fabrikam/distributionList/x"),
            fixture.request(Method::POST, "/fabrikam?_action=other"),
        ] {
            let (status, body) =
                send_request(request.header("Content-Type", "application/json").bearer_auth(&fixture.token)).await;
            assert_eq!(status, 403, "{body}");
            assert!(body["message"].as_str().unwrap().contains("is not allowed on system/fabrikam"), "{body}");
        }
        assert!(fixture.fabrikam.requests().is_empty());
        let (status, body) =
            send_request(fixture.request(Method::POST, "/fabrikam?_action=test").bearer_auth(&fixture.token)).await;
        assert_eq!((status, &body["ok"]), (200, &json!(true)), "{body}");
        let request = admin(fixture.request(Method::PUT, &format!("/contoso/user/{UID}")));
        let (status, body) =
            send_request(request.header("If-Match", "*").header("Content-Type", "application/json").body(update)).await;
        assert_eq!(status, 200, "{body}");
        let request = admin(fixture.request(Method::OPTIONS, "/contoso"));
        assert_eq!(send_request(request).await.0, 405);
    });
}

#[test]
fn test_action_reports_each_tenant_of_caller() {
    run(async {
        let fixture = MultiTenantFixture::open("all").await;
        fixture.fabrikam.inject(Fault::new(FaultKind::Close));
        let test = || fixture.request(Method::POST, "?_action=test");
        let (status, body) = send_request(login(test(), "auditor", "audit")).await;
        assert_eq!(status, 200, "{body}");
        let results: Vec<_> = body.as_array().unwrap().iter().map(|one| (one["name"].clone(), one["ok"].clone())).collect();
        assert_eq!(results, [(json!("contoso"), json!(true)), (json!("fabrikam"), json!(false))], "{body}");
        assert!(body[1]["error"].is_string());
        let (_, body) = send_request(admin(test())).await;
        assert_eq!(body.as_array().unwrap().len(), 1, "{body}");
        for (request, status) in [
            (fixture.request(Method::GET, "?_action=test"), 501),
            (fixture.request(Method::POST, ""), 400),
            (fixture.request(Method::POST, "?_action=create"), 400),
        ] {
            assert_eq!(send_request(admin(request)).await.0, status);
        }
    });
}

#[test]
fn reload_takes_effect_without_losing_requests() {
    run(async {
        let fixture = MultiTenantFixture::open("reload").await;
        fixture.contoso.inject(Fault::new(FaultKind::Delay(Duration::from_millis(300))));
        let in_progress = tokio::spawn(send_request(admin(fixture.read_of("contoso"))));
        while fixture.contoso.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // During a request to contoso, litware replaces contoso.
        fixture.folder.write("tenants.toml", &fixture.text().replace("\"contoso\"", "\"litware\""));
        fixture.registry.reload(&fixture.file).unwrap();
        assert_eq!(fixture.registry.tenant_names(), ["fabrikam", "litware"]);
        assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 404);
        assert_eq!(send_request(admin(fixture.read_of("litware"))).await.0, 200);
        let (status, body) = in_progress.await.unwrap();
        assert_eq!((status, &body["contacts"]), (200, &json!([])), "{body}");
    });
}

#[test]
fn invalid_configuration_keeps_previous_one() {
    run(async {
        let fixture = MultiTenantFixture::open("invalid").await;
        let valid = fixture.text();
        for (invalid, expected) in [
            (valid.replace("\"china\"", "\"mars\""), "tenants[1].cloud: there is no cloud: choose one of global"),
            (valid.replace("contoso.token", "gone.token"), "access-token.file: the file cannot be read: No such file"),
            (format!("{valid}["), "invalid TOML"),
        ] {
            fixture.folder.write("tenants.toml", &invalid);
            let error = fixture.registry.reload(&fixture.file).unwrap_err().to_string();
            assert!(error.contains(expected) && error.contains("tenants.toml:"), "{error}");
            assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 200);
        }
        assert!(fixture.registry.reload(Path::new("/nowhere.toml")).unwrap_err().to_string().contains("cannot be read"));
        assert_eq!(fixture.registry.tenant_names(), ["contoso", "fabrikam"]);
    });
}

/// A tenant's calls wait for each other, and delay no other tenant's calls.
#[test]
fn tenant_exhausts_only_own_call_permits() {
    run(async {
        let fixture = MultiTenantFixture::open("call-permits").await;
        let limited = fixture.text().replace("cloud = \"china\"", "limits = { calls = 1, deadline-seconds = 60 }");
        fixture.folder.write("tenants.toml", &limited);
        fixture.registry.reload(&fixture.file).unwrap();
        fixture.fabrikam.inject(Fault::new(FaultKind::Hang));
        let hanging = tokio::spawn(fixture.read_of("fabrikam").bearer_auth(&fixture.token).send());
        while fixture.fabrikam.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let waiting = tokio::spawn(send_request(fixture.read_of("fabrikam").bearer_auth(&fixture.token)));
        assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 200, "the other tenant does not wait");
        assert_eq!(fixture.fabrikam.requests().len(), 1, "the second waits for the first");
        hanging.abort();
        let (status, body) = waiting.await.unwrap();
        assert_eq!(status, 200, "{body}");
    });
}

const CLIENT: &str = "11111111-2222-3333-4444-555555555555";

/// Opens a fixture in which contoso authenticates with a client secret.
pub async fn with_secret(name: &str) -> MultiTenantFixture {
    let fixture = MultiTenantFixture::open(name).await;
    fixture.contoso.register(AppRegistration {
        tenant: "contoso.example".to_owned(),
        client_id: CLIENT.to_owned(),
        graph: "https://graph.microsoft.com".to_owned(),
        credential: ClientCredential::Secret("s3cret".to_owned()),
        lifetime: Duration::from_secs(3600),
    });
    fixture.folder.write("secret", "s3cret\n");
    let credential = format!(
        "credential.client-secret = {{ tenant = 'contoso.example', client-id = '{CLIENT}', login-endpoint = '{}', secret-file = 'secret' }}",
        fixture.contoso.endpoint()
    );
    let text = fixture.text().replace("credential.access-token.file = \"contoso.token\"", &credential);
    fixture.folder.write("tenants.toml", &text);
    fixture.registry.reload(&fixture.file).unwrap();
    fixture
}

#[test]
fn access_token_is_cached_and_replaced_after_refusal() {
    run(async {
        let fixture = with_secret("secret").await;
        for _ in 0..3 {
            assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 200);
        }
        // The change of another tenant keeps this tenant's token.
        fixture.folder.write("tenants.toml", &fixture.text().replace("\"query\", ", ""));
        fixture.registry.reload(&fixture.file).unwrap();
        assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 200);
        assert_eq!(fixture.contoso.count_token_requests(), 1);
        fixture.contoso.revoke_tokens();
        let (status, body) = send_request(admin(fixture.read_of("contoso"))).await;
        assert_eq!((status, &body["detail"]["kind"]), (503, &json!("invalid-credential")), "{body}");
        assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 200);
        assert_eq!(fixture.contoso.count_token_requests(), 2);
    });
}

/// Without a token no request leaves. The error says whether a retry can succeed.
#[test]
fn missing_token_prevents_requests() {
    run(async {
        let fixture = with_secret("refused").await;
        fixture.contoso.set_sign_in_outage(Some(http::StatusCode::SERVICE_UNAVAILABLE));
        let (status, body) = send_request(admin(fixture.read_of("contoso"))).await;
        assert_eq!((status, &body["detail"]["kind"]), (503, &json!("connection-failed")), "{body}");
        fixture.contoso.set_sign_in_outage(None);
        fixture.folder.write("secret", "old-s3cret");
        fixture.registry.reload(&fixture.file).unwrap();
        let (status, body) = send_request(admin(fixture.read_of("contoso"))).await;
        assert_eq!((status, &body["detail"]["kind"]), (500, &json!("configuration")), "{body}");
        assert!(!body.to_string().contains("s3cret"), "{body}");
        assert_eq!(fixture.contoso.requests().len(), 0);
        fixture.folder.write("secret", "s3cret");
        fixture.registry.reload(&fixture.file).unwrap();
        assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 200);
    });
}

/// A tenant does not wait for another tenant's requests to the same mailbox.
#[test]
fn tenant_has_own_mailbox_permits() {
    run(async {
        let fixture = MultiTenantFixture::open("mailbox-permits").await;
        // Both tenants use one Microsoft Graph, so the mailbox has the same URL.
        fixture.folder.write("fabrikam.token", "token-of-contoso");
        let text = fixture.text().replace(&fixture.fabrikam.endpoint(), &fixture.contoso.endpoint());
        let text = text.replace("cloud = \"china\"", "limits.deadline-seconds = 5");
        fixture.folder.write("tenants.toml", &text);
        fixture.registry.reload(&fixture.file).unwrap();
        fixture.contoso.inject(Fault::new(FaultKind::Hang).times(4));
        let hanging: Vec<_> = (0..4).map(|_| tokio::spawn(admin(fixture.read_of("contoso")).send())).collect();
        while fixture.contoso.requests().len() < 4 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (status, body) = send_request(fixture.read_of("fabrikam").bearer_auth(&fixture.token)).await;
        assert_eq!(status, 200, "{body}");
        assert!(hanging.iter().all(|request| !request.is_finished()));
        hanging.iter().for_each(tokio::task::JoinHandle::abort);
    });
}
