//! A gateway of several tenants: who gets in, how far, and what a changed configuration does.

use std::path::{Path, PathBuf};
use std::time::Duration;

use graph_contacts_host::{Gateway, Metrics, TenantRegistry, gateway, generate_token, hash_password};
use graph_emulator::{AppRegistration, ClientCredential, Emulator, Fault, FaultKind, User};
use http::Method;
use serde_json::{Value, json};

use crate::bench::{UID, answer, connector, run};

/// A folder that goes when the test does.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("graph-contacts-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let file = self.0.join(name);
        std::fs::write(&file, content).unwrap();
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An emulator that takes one token alone, and has the user.
pub async fn graph(token: &str) -> Emulator {
    let options = graph_emulator::Options { token: Some(token.to_owned()) };
    let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
    emulator.add_user(User::new(UID, "test.user@contoso.example"));
    emulator
}

/// Two tenants, each with a Microsoft Graph and a caller of its own, and one caller of both.
pub struct House {
    folder: Folder,
    file: PathBuf,
    pub contoso: Emulator,
    pub fabrikam: Emulator,
    hosting: TenantRegistry,
    gateway: Gateway,
    pub token: String,
    client: reqwest::Client,
}

impl House {
    pub async fn open(name: &str) -> House {
        House::with(name, |hosting| hosting).await
    }

    pub async fn with(name: &str, change: impl FnOnce(TenantRegistry) -> TenantRegistry) -> House {
        let folder = Folder::new(name);
        let (contoso, fabrikam) = (graph("token-of-contoso").await, graph("token-of-fabrikam").await);
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
        let hosting = change(TenantRegistry::load(&file, connector()).unwrap());
        let listener = gateway::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let gateway = Gateway::start_multi_tenant(listener, &hosting).unwrap();
        House { folder, file, contoso, fabrikam, hosting, gateway, token, client: reqwest::Client::new() }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("http://{}/openidm/system{path}", self.gateway.address()))
    }

    pub fn read_of(&self, tenant: &str) -> reqwest::RequestBuilder {
        self.request(Method::GET, &format!("/{tenant}/user/{UID}?_fields=_id,contacts"))
    }

    /// Has another configuration in place of this one from now on.
    pub fn change(&self, change: impl FnOnce(String) -> String) -> Result<(), String> {
        self.folder.write("tenants.toml", &change(self.text()));
        self.hosting.reload(&self.file).map_err(|error| error.to_string())
    }

    pub fn metrics(&self) -> Metrics {
        self.hosting.metrics()
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.file).unwrap()
    }
}

fn login(request: reqwest::RequestBuilder, name: &str, password: &str) -> reqwest::RequestBuilder {
    // As curl sends what is no ASCII.
    let value = |text: &str| reqwest::header::HeaderValue::from_bytes(text.as_bytes()).unwrap();
    request.header("X-OpenIDM-Username", value(name)).header("X-OpenIDM-Password", value(password))
}

pub fn admin(request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    login(request, "openidm-admin", "pässword")
}

#[test]
fn every_tenant_has_its_callers_its_graph_and_its_token() {
    run(async {
        let house = House::open("tenants").await;
        house.contoso.add_contact(UID, &json!({"givenName": "Ada"})).unwrap();
        house.fabrikam.add_contact(UID, &json!({"givenName": "Grace"})).unwrap();
        let name = |(status, body): (u16, Value)| {
            assert_eq!(status, 200, "{body}");
            body["contacts"][0]["givenName"].clone()
        };
        assert_eq!(name(answer(admin(house.read_of("contoso"))).await), "Ada");
        assert_eq!(name(answer(house.read_of("contoso").basic_auth("openidm-admin", Some("pässword"))).await), "Ada");
        assert_eq!(name(answer(house.read_of("fabrikam").bearer_auth(&house.token)).await), "Grace");
        for tenant in ["contoso", "fabrikam"] {
            assert!(name(answer(login(house.read_of(tenant), "auditor", "audit")).await).is_string());
        }
        for (emulator, token) in [(&house.contoso, "Bearer token-of-contoso"), (&house.fabrikam, "Bearer token-of-fabrikam")] {
            assert!(!emulator.requests().is_empty());
            for request in emulator.requests() {
                assert_eq!(request.header("authorization"), Some(token));
                assert_eq!(request.header("x-openidm-password"), None);
            }
        }
    });
}

/// A tenant of others, and one that does not exist, are told apart by nobody.
#[test]
fn nobody_gets_in_where_they_may_not() {
    run(async {
        let house = House::open("strangers").await;
        for request in [
            house.read_of("contoso"),
            login(house.read_of("contoso"), "openidm-admin", "audit"),
            login(house.read_of("contoso"), "nobody", "pässword"),
            house.read_of("contoso").bearer_auth("pässword"),
            house.read_of("nowhere"),
            house.request(Method::POST, "?_action=test"),
        ] {
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 401);
            assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic "));
            let body: Value = response.json().await.unwrap();
            assert_eq!(body, json!({"code": 401, "reason": "Unauthorized", "message": "Access Denied"}));
        }
        for request in [
            admin(house.read_of("fabrikam")),
            admin(house.read_of("nowhere")),
            house.read_of("contoso").bearer_auth(&house.token),
            admin(house.request(Method::GET, "/nowhere")),
            admin(house.request(Method::GET, "/..%2Fcontoso/user")),
        ] {
            let (status, body) = answer(request).await;
            assert_eq!((status, &body["reason"]), (404, &json!("Not Found")), "{body}");
            assert!(body["message"].as_str().unwrap().starts_with("Resource &#39;system/"), "{body}");
        }
        assert!(house.contoso.requests().is_empty() && house.fabrikam.requests().is_empty());
    });
}

/// Neither the right password nor a new configuration gets anybody in who has guessed; tokens and other names do.
#[test]
fn passwords_are_not_guessed() {
    run(async {
        let house = House::open("guesses").await;
        for _ in 0..5 {
            assert_eq!(answer(login(house.read_of("contoso"), "auditor", "wrong")).await.0, 401);
        }
        house.change(|text| text.replace("\"query\", ", "")).unwrap();
        let response = login(house.read_of("contoso"), "auditor", "audit").send().await.unwrap();
        assert_eq!(response.status(), 429);
        let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=31).contains(&wait), "{wait}");
        let body: Value = response.json().await.unwrap();
        assert_eq!((&body["code"], &body["reason"]), (&json!(429), &json!("Too Many Requests")), "{body}");
        assert!(body["message"].as_str().unwrap().starts_with("Too many failed logins: try again in"), "{body}");
        assert_eq!(answer(admin(house.read_of("contoso"))).await.0, 200);
        assert_eq!(answer(house.read_of("fabrikam").bearer_auth(&house.token)).await.0, 200);
    });
}

#[test]
fn a_tenant_that_may_be_read_is_not_written() {
    run(async {
        let house = House::open("operations").await;
        let update = json!({"__addContacts__": {"givenName": "x"}}).to_string();
        let user = format!("/fabrikam/user/{UID}");
        for request in [
            house.request(Method::PUT, &user).header("If-Match", "*").body(update.clone()),
            house.request(Method::PATCH, &user).body("[]"),
            house.request(Method::POST, "/fabrikam/contact?_action=create").body("{}"),
            house.request(Method::DELETE, "/fabrikam/contact/x"),
            house.request(Method::POST, "/fabrikam?_action=other"),
        ] {
            let (status, body) = answer(request.header("Content-Type", "application/json").bearer_auth(&house.token)).await;
            assert_eq!(status, 403, "{body}");
            assert!(body["message"].as_str().unwrap().contains("is not allowed on system/fabrikam"), "{body}");
        }
        assert!(house.fabrikam.requests().is_empty());
        let (status, body) = answer(house.request(Method::POST, "/fabrikam?_action=test").bearer_auth(&house.token)).await;
        assert_eq!((status, &body["ok"]), (200, &json!(true)), "{body}");
        let request = admin(house.request(Method::PUT, &format!("/contoso/user/{UID}")));
        let (status, body) =
            answer(request.header("If-Match", "*").header("Content-Type", "application/json").body(update)).await;
        assert_eq!(status, 200, "{body}");
        let request = admin(house.request(Method::OPTIONS, "/contoso"));
        assert_eq!(answer(request).await.0, 405);
    });
}

#[test]
fn all_systems_of_a_caller_are_tested_at_once() {
    run(async {
        let house = House::open("all").await;
        house.fabrikam.inject(Fault::new(FaultKind::Close));
        let test = || house.request(Method::POST, "?_action=test");
        let (status, body) = answer(login(test(), "auditor", "audit")).await;
        assert_eq!(status, 200, "{body}");
        let told: Vec<_> = body.as_array().unwrap().iter().map(|one| (one["name"].clone(), one["ok"].clone())).collect();
        assert_eq!(told, [(json!("contoso"), json!(true)), (json!("fabrikam"), json!(false))], "{body}");
        assert!(body[1]["error"].is_string());
        let (_, body) = answer(admin(test())).await;
        assert_eq!(body.as_array().unwrap().len(), 1, "{body}");
        for (request, status) in [
            (house.request(Method::GET, "?_action=test"), 501),
            (house.request(Method::POST, ""), 400),
            (house.request(Method::POST, "?_action=create"), 400),
        ] {
            assert_eq!(answer(admin(request)).await.0, status);
        }
    });
}

#[test]
fn a_configuration_that_changes_takes_effect_without_a_request_lost() {
    run(async {
        let house = House::open("reload").await;
        house.contoso.inject(Fault::new(FaultKind::Delay(Duration::from_millis(300))));
        let under_way = tokio::spawn(answer(admin(house.read_of("contoso"))));
        while house.contoso.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // While a request is with contoso, contoso goes and another one comes.
        house.folder.write("tenants.toml", &house.text().replace("\"contoso\"", "\"litware\""));
        house.hosting.reload(&house.file).unwrap();
        assert_eq!(house.hosting.tenant_names(), ["fabrikam", "litware"]);
        assert_eq!(answer(admin(house.read_of("contoso"))).await.0, 404);
        assert_eq!(answer(admin(house.read_of("litware"))).await.0, 200);
        let (status, body) = under_way.await.unwrap();
        assert_eq!((status, &body["contacts"]), (200, &json!([])), "{body}");
    });
}

#[test]
fn a_configuration_with_mistakes_changes_nothing() {
    run(async {
        let house = House::open("mistakes").await;
        let good = house.text();
        for (bad, told) in [
            (good.replace("\"china\"", "\"mars\""), "tenants[1].cloud: there is no cloud \"mars\""),
            (good.replace("contoso.token", "gone.token"), "gone.token: No such file"),
            (format!("{good}["), "invalid TOML"),
        ] {
            house.folder.write("tenants.toml", &bad);
            let error = house.hosting.reload(&house.file).unwrap_err().to_string();
            assert!(error.contains(told) && error.contains("tenants.toml:"), "{error}");
            assert_eq!(answer(admin(house.read_of("contoso"))).await.0, 200);
        }
        assert!(house.hosting.reload(Path::new("/nowhere.toml")).unwrap_err().to_string().contains("cannot be read"));
        assert_eq!(house.hosting.tenant_names(), ["contoso", "fabrikam"]);
    });
}

/// One tenant's calls wait for each other, and not in others' way.
#[test]
fn a_tenant_takes_no_more_places_than_its_own() {
    run(async {
        let house = House::open("places").await;
        let limited = house.text().replace("cloud = \"china\"", "limits = { calls = 1, deadline-seconds = 60 }");
        house.folder.write("tenants.toml", &limited);
        house.hosting.reload(&house.file).unwrap();
        house.fabrikam.inject(Fault::new(FaultKind::Hang));
        let hanging = tokio::spawn(house.read_of("fabrikam").bearer_auth(&house.token).send());
        while house.fabrikam.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let waiting = tokio::spawn(answer(house.read_of("fabrikam").bearer_auth(&house.token)));
        assert_eq!(answer(admin(house.read_of("contoso"))).await.0, 200, "nobody else waits");
        assert_eq!(house.fabrikam.requests().len(), 1, "the second waits for the first");
        hanging.abort();
        let (status, body) = waiting.await.unwrap();
        assert_eq!(status, 200, "{body}");
    });
}

const CLIENT: &str = "11111111-2222-3333-4444-555555555555";

/// A house with one tenant, whose application has a secret.
pub async fn with_secret(name: &str) -> House {
    let house = House::open(name).await;
    house.contoso.register(AppRegistration {
        tenant: "contoso.example".to_owned(),
        client_id: CLIENT.to_owned(),
        graph: "https://graph.microsoft.com".to_owned(),
        credential: ClientCredential::Secret("s3cret".to_owned()),
        lifetime: Duration::from_secs(3600),
    });
    house.folder.write("secret", "s3cret\n");
    let credential = format!(
        "credential.client-secret = {{ tenant = 'contoso.example', client-id = '{CLIENT}', login-endpoint = '{}', secret-file = 'secret' }}",
        house.contoso.endpoint()
    );
    let text = house.text().replace("credential.access-token.file = \"contoso.token\"", &credential);
    house.folder.write("tenants.toml", &text);
    house.hosting.reload(&house.file).unwrap();
    house
}

#[test]
fn a_token_is_issued_kept_and_replaced_when_graph_refuses_it() {
    run(async {
        let house = with_secret("secret").await;
        for _ in 0..3 {
            assert_eq!(answer(admin(house.read_of("contoso"))).await.0, 200);
        }
        // Another tenant changes: this one keeps its token.
        house.folder.write("tenants.toml", &house.text().replace("\"query\", ", ""));
        house.hosting.reload(&house.file).unwrap();
        assert_eq!(answer(admin(house.read_of("contoso"))).await.0, 200);
        assert_eq!(house.contoso.count_token_requests(), 1);
        house.contoso.revoke_tokens();
        let (status, body) = answer(admin(house.read_of("contoso"))).await;
        assert_eq!((status, &body["detail"]["kind"]), (503, &json!("invalid-credential")), "{body}");
        assert_eq!(answer(admin(house.read_of("contoso"))).await.0, 200);
        assert_eq!(house.contoso.count_token_requests(), 2);
    });
}

/// Nothing is sent without a token, and the caller is told whether it helps to try again.
#[test]
fn without_a_token_nothing_is_sent() {
    run(async {
        let house = with_secret("refused").await;
        house.contoso.set_sign_in_outage(Some(http::StatusCode::SERVICE_UNAVAILABLE));
        let (status, body) = answer(admin(house.read_of("contoso"))).await;
        assert_eq!((status, &body["detail"]["kind"]), (503, &json!("connection-failed")), "{body}");
        house.contoso.set_sign_in_outage(None);
        house.folder.write("secret", "old-s3cret");
        house.hosting.reload(&house.file).unwrap();
        let (status, body) = answer(admin(house.read_of("contoso"))).await;
        assert_eq!((status, &body["detail"]["kind"]), (500, &json!("configuration")), "{body}");
        assert!(!body.to_string().contains("s3cret"), "{body}");
        assert_eq!(house.contoso.requests().len(), 0);
        house.folder.write("secret", "s3cret");
        house.hosting.reload(&house.file).unwrap();
        assert_eq!(answer(admin(house.read_of("contoso"))).await.0, 200);
    });
}

/// Whatever one tenant has under way for a mailbox, another does not wait for it.
#[test]
fn a_tenant_has_its_own_turns_at_a_mailbox() {
    run(async {
        let house = House::open("turns").await;
        // Both at one Microsoft Graph, where the mailbox is the same to the host.
        house.folder.write("fabrikam.token", "token-of-contoso");
        let text = house.text().replace(&house.fabrikam.endpoint(), &house.contoso.endpoint());
        let text = text.replace("cloud = \"china\"", "limits.deadline-seconds = 5");
        house.folder.write("tenants.toml", &text);
        house.hosting.reload(&house.file).unwrap();
        house.contoso.inject(Fault::new(FaultKind::Hang).times(4));
        let hanging: Vec<_> = (0..4).map(|_| tokio::spawn(admin(house.read_of("contoso")).send())).collect();
        while house.contoso.requests().len() < 4 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (status, body) = answer(house.read_of("fabrikam").bearer_auth(&house.token)).await;
        assert_eq!(status, 200, "{body}");
        assert!(hanging.iter().all(|request| !request.is_finished()));
        hanging.iter().for_each(tokio::task::JoinHandle::abort);
    });
}
