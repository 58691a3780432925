//! The Azure AD Graph API for several tenants: whose directory a path names, and what a tenant's callers may do.

use graph_contacts_host::{AuditLog, Gateway, TenantRegistry, gateway, generate_token};
use graph_emulator::{Emulator, RecordedRequest};
use http::Method;
use serde_json::{Value, json};

use super::{code, message, read};
use crate::fixture::{UID, connector, run};
use crate::hosting::{TempFolder, start_graph};
use crate::hosting_audit::AuditLines;

/// Two tenants with a directory each, one of which is read alone, and one without; one caller of one, and one of both.
struct MultiTenantFixture {
    _folder: TempFolder,
    fabrikam: Emulator,
    contoso: Emulator,
    gateway: Gateway,
    one: String,
    both: String,
}

impl MultiTenantFixture {
    async fn open(name: &str) -> MultiTenantFixture {
        MultiTenantFixture::with(name, |hosting| hosting).await
    }

    async fn with(name: &str, change: impl FnOnce(TenantRegistry) -> TenantRegistry) -> MultiTenantFixture {
        let folder = TempFolder::new(name);
        let (contoso, fabrikam) = (start_graph("contoso-token").await, start_graph("fabrikam-token").await);
        folder.write("contoso.token", "contoso-token");
        folder.write("fabrikam.token", "fabrikam-token");
        let ((one, one_hash), (both, both_hash)) = (generate_token().unwrap(), generate_token().unwrap());
        let file = folder.write("tenants.toml", &configuration(&contoso, &fabrikam, &one_hash, &both_hash));
        let hosting = change(TenantRegistry::load(&file, connector()).unwrap());
        let listener = gateway::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let gateway = Gateway::start_multi_tenant(listener, &hosting).unwrap();
        MultiTenantFixture { _folder: folder, fabrikam, contoso, gateway, one, both }
    }

    async fn call(&self, token: &str, method: Method, target: &str) -> (u16, Value) {
        let url = format!("http://{}{target}", self.gateway.address());
        let request = reqwest::Client::new().request(method.clone(), url).bearer_auth(token);
        let request = match method {
            Method::GET | Method::DELETE => request,
            _ => request.header("content-type", "application/json").body("{\"securityEnabledOnly\": false, \"city\": \"Oslo\"}"),
        };
        read(request.send().await.unwrap()).await
    }
}

fn configuration(contoso: &Emulator, fabrikam: &Emulator, one: &str, both: &str) -> String {
    format!(
        r#"
        [[callers]]
        name = "one"
        token-hash = "{one}"
        [[callers]]
        name = "both"
        token-hash = "{both}"
        [[tenants]]
        name = "contoso"
        callers = ["one", "both"]
        directory = ["contoso.com", "12345678-9abc-def0-1234-56789abcde00"]
        endpoint = "{}"
        credential.access-token.file = "contoso.token"
        [[tenants]]
        name = "fabrikam"
        callers = ["both"]
        directory = ["fabrikam.com"]
        operations = ["read", "query"]
        endpoint = "{}"
        credential.access-token.file = "fabrikam.token"
        [[tenants]]
        name = "closed"
        callers = ["one"]
        endpoint = "{}"
        credential.access-token.file = "contoso.token"
        "#,
        contoso.endpoint(),
        fabrikam.endpoint(),
        contoso.endpoint()
    )
}

#[test]
fn a_path_names_the_directory_of_one_tenant() {
    run(async {
        let fixture = MultiTenantFixture::open("aad-names").await;
        for target in [
            "/contoso.com/users?api-version=1.6",
            "/CONTOSO.COM/users?api-version=1.6",
            "/12345678-9abc-def0-1234-56789abcde00/users?api-version=1.6",
        ] {
            assert_eq!(fixture.call(&fixture.one, Method::GET, target).await.0, 200, "{target}");
        }
        assert_eq!(fixture.call(&fixture.both, Method::GET, "/fabrikam.com/users?api-version=1.6").await.0, 200);
        // Another caller's directory is not told apart from one that does not exist.
        let (status, foreign) = fixture.call(&fixture.one, Method::GET, "/fabrikam.com/users?api-version=1.6").await;
        let (_, none) = fixture.call(&fixture.one, Method::GET, "/nowhere.example/users?api-version=1.6").await;
        assert_eq!((status, code(&foreign), message(&foreign)), (400, code(&none), message(&none)));
        assert_eq!((code(&none), message(&none)), ("Request_BadRequest", "Invalid domain name in the request url."));
        // The name of a system is no name of a directory.
        assert_eq!(fixture.call(&fixture.one, Method::GET, "/closed/users?api-version=1.6").await.0, 400);
    });
}

#[test]
fn who_has_one_directory_need_not_name_it() {
    run(async {
        let fixture = MultiTenantFixture::open("aad-alias").await;
        for target in ["/myorganization/users?api-version=1.6", "/me?api-version=1.6"] {
            assert_eq!(fixture.call(&fixture.one, Method::GET, target).await.0, 200, "{target}");
            let (status, refused) = fixture.call(&fixture.both, Method::GET, target).await;
            assert_eq!(status, 400, "{refused}");
            assert!(message(&refused).contains("several directories"), "{refused}");
        }
    });
}

#[test]
fn nobody_without_a_token() {
    run(async {
        let fixture = MultiTenantFixture::open("aad-unknown").await;
        let (status, refused) = fixture.call("wrong", Method::GET, "/contoso.com/users?api-version=1.6").await;
        assert_eq!((status, code(&refused)), (401, "Authentication_MissingOrMalformed"), "{refused}");
        // In the form in which the component says it.
        let url = format!("http://{}/contoso.com/users?api-version=1.6", fixture.gateway.address());
        let request = reqwest::Client::new()
            .get(url)
            .header("client-request-id", "mine")
            .header("accept", "application/json;odata=verbose");
        let response = request.send().await.unwrap();
        let headers = response.headers().clone();
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        assert!(
            header("www-authenticate").starts_with("Bearer")
                && header("content-type").starts_with("application/json;odata=verbose")
        );
        assert_eq!((header("client-request-id").as_str(), header("request-id").len()), ("mine", 36));
        let error = read(response).await.1["error"].clone();
        assert_eq!(
            (&error["code"], &error["requestId"]),
            (&json!("Authentication_MissingOrMalformed"), &json!(header("request-id")))
        );
        let url = format!("http://{}/contoso.com/$metadata?api-version=1.6", fixture.gateway.address());
        let response = reqwest::get(url).await.unwrap();
        assert_eq!(response.status(), 200, "no authentication is necessary for this");
        assert!(response.text().await.unwrap().contains("<EntityType Name=\"User\""));
        let url = format!("http://{}/contoso.com/$metadata", fixture.gateway.address());
        let (status, refused) = read(reqwest::get(url).await.unwrap()).await;
        assert_eq!((status, code(&refused)), (400, "Request_DataContractVersionMissing"));
    });
}

#[test]
fn a_directory_that_may_be_read_is_not_written() {
    run(async {
        let fixture = MultiTenantFixture::open("aad-operations").await;
        let user = format!("/fabrikam.com/users/{UID}");
        for (method, target, expected) in [
            (Method::GET, format!("{user}?api-version=1.6"), 200),
            (Method::POST, format!("{user}/getMemberGroups?api-version=1.6"), 200),
            (Method::GET, "/fabrikam.com/users?api-version=1.6&deltaLink=".to_owned(), 200),
            (Method::PATCH, format!("{user}?api-version=1.6"), 403),
            (Method::DELETE, format!("{user}?api-version=1.6"), 403),
            (Method::DELETE, format!("/fabrikam.com/directoryObjects/{UID}?api-version=1.6"), 403),
            (Method::PUT, format!("{user}/$links/manager?api-version=1.6"), 403),
            (Method::DELETE, format!("{user}/$links/manager?api-version=1.6"), 403),
            (Method::PUT, format!("{user}/thumbnailPhoto?api-version=1.6"), 403),
            (Method::POST, "/fabrikam.com/users?api-version=1.6".to_owned(), 403),
            // What is in it is not read by the host.
            (Method::POST, "/fabrikam.com/$batch?api-version=1.6".to_owned(), 403),
        ] {
            let (status, answer) = fixture.call(&fixture.both, method.clone(), &target).await;
            assert_eq!(status, expected, "{method} {target}: {answer}");
            if expected == 403 {
                assert_eq!(code(&answer), "Authorization_RequestDenied");
            }
        }
        let target = format!("/contoso.com/users/{UID}?api-version=1.6");
        assert_eq!(
            fixture.call(&fixture.one, Method::PATCH, &target).await.0,
            400,
            "there it gets to the component, which knows no securityEnabledOnly"
        );
        for emulator in [&fixture.fabrikam, &fixture.contoso] {
            let wrote = |request: &&RecordedRequest| request.method != "GET" && !request.target.contains("getMemberGroups");
            assert_eq!(emulator.requests().iter().filter(wrote).count(), 0);
        }
    });
}

#[test]
fn every_call_is_noted_and_no_value() {
    run(async {
        let lines = AuditLines::default();
        let log = lines.clone();
        let fixture = MultiTenantFixture::with("aad-audit", |hosting| hosting.with_audit_log(AuditLog::to_writer(log))).await;
        let url = |target: &str| format!("http://{}{target}?api-version=1.6", fixture.gateway.address());
        let client = reqwest::Client::new();
        let password = json!({"passwordProfile": {"password": "Confidential-1"}, "mobile": "555-0199"}).to_string();
        let patch =
            client.patch(url(&format!("/contoso.com/users/{UID}"))).header("content-type", "application/json").body(password);
        assert_eq!(patch.bearer_auth(&fixture.one).send().await.unwrap().status(), 204);
        let batch = client.post(url("/fabrikam.com/$batch")).bearer_auth(&fixture.both).body("x");
        assert_eq!(batch.send().await.unwrap().status(), 403);
        assert_eq!(client.get(url("/contoso.com/contacts")).bearer_auth("wrong").send().await.unwrap().status(), 401);
        let noted = lines.take(3).await;
        let of = |line: &Value| ["tenant", "caller", "operation", "objectClass", "id", "status"].map(|name| line[name].clone());
        assert_eq!(of(&noted[0]), [json!("contoso"), json!("one"), json!("patch"), json!("users"), json!(UID), json!(204)]);
        assert_eq!(of(&noted[1]), [json!("fabrikam"), json!("both"), json!("action"), Value::Null, Value::Null, json!(403)]);
        assert_eq!(of(&noted[2]), [Value::Null, Value::Null, json!("query"), Value::Null, Value::Null, json!(401)]);
        for secret in ["Confidential", "555-0199", &fixture.one, "contoso-token"] {
            assert!(!lines.text().contains(secret), "{secret}");
        }
    });
}

/// OpenIDM's paths of the same tenants are as they were.
#[test]
fn both_apis_side_by_side() {
    run(async {
        let fixture = MultiTenantFixture::open("aad-beside").await;
        let (status, user) = fixture.call(&fixture.one, Method::GET, &format!("/openidm/system/contoso/user/{UID}")).await;
        assert_eq!((status, &user["_id"]), (200, &json!(UID)), "{user}");
        let (status, refused) = fixture.call(&fixture.one, Method::GET, "/openidm/system/fabrikam/user").await;
        assert_eq!((status, &refused["code"]), (404, &json!(404)));
    });
}

/// What the host refuses in the component's place says as much as the component does.
#[test]
fn a_method_that_is_not_there_names_those_that_are() {
    run(async {
        let fixture = MultiTenantFixture::open("aad-methods").await;
        let url = format!("http://{}/contoso.com/contacts?api-version=1.6", fixture.gateway.address());
        let refused = reqwest::Client::new().delete(url).bearer_auth(&fixture.one).send().await.unwrap();
        assert_eq!((refused.status().as_u16(), refused.headers()["allow"].to_str().unwrap()), (405, "GET, POST"));
    });
}

/// Links have the scheme by which the caller came, whatever it says of that.
#[test]
fn links_lead_back_by_tls() {
    run(async {
        let folder = TempFolder::new("aad-tls");
        let (contoso, (token, hash)) = (start_graph("contoso-token").await, generate_token().unwrap());
        let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        folder.write("contoso.token", "contoso-token");
        folder.write("gateway.pem", &own.cert.pem());
        folder.write("gateway.key", &own.signing_key.serialize_pem());
        let tenants =
            configuration(&contoso, &contoso, &hash, &generate_token().unwrap().1).replace("fabrikam.token", "contoso.token");
        let tls = "[tls]\ncertificate-file = 'gateway.pem'\nkey-file = 'gateway.key'\n";
        let hosting = TenantRegistry::load(&folder.write("tenants.toml", &format!("{tls}{tenants}")), connector()).unwrap();
        let listener = gateway::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let gateway = Gateway::start_multi_tenant(listener, &hosting).unwrap();
        let root = reqwest::Certificate::from_pem(own.cert.pem().as_bytes()).unwrap();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([root]).build().unwrap();
        let base = format!("https://{}/contoso.com", gateway.address());
        let asked = client.get(format!("{base}/users?api-version=1.6")).bearer_auth(token).header("x-forwarded-proto", "http");
        let (status, listed) = read(asked.send().await.unwrap()).await;
        assert_eq!(status, 200, "{listed}");
        let context = format!("{base}/$metadata#directoryObjects/Microsoft.DirectoryServices.User");
        assert_eq!(listed["odata.metadata"], context.as_str());
    });
}
