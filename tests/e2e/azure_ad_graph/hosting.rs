//! The Azure AD Graph API with several tenants: which directory a path selects, and what a caller may do.

use graph_contacts_host::{AuditLog, Gateway, TenantRegistry, gateway, generate_token};
use graph_emulator::{Emulator, RecordedRequest};
use http::Method;
use serde_json::{Value, json};

use super::{code, message, read_response};
use crate::fixture::{UID, connector, run};
use crate::hosting::{TempFolder, start_graph};
use crate::hosting_audit::AuditLines;

/// Three tenants: one with a directory, one with a read-only directory, and one without. One caller has one directory, the other
/// has both.
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
        MultiTenantFixture::with(name, |registry| registry).await
    }

    async fn with(name: &str, change: impl FnOnce(TenantRegistry) -> TenantRegistry) -> MultiTenantFixture {
        let folder = TempFolder::new(name);
        let (contoso, fabrikam) = (start_graph("contoso-token").await, start_graph("fabrikam-token").await);
        folder.write("contoso.token", "contoso-token");
        folder.write("fabrikam.token", "fabrikam-token");
        let ((one, one_hash), (both, both_hash)) = (generate_token().unwrap(), generate_token().unwrap());
        let file = folder.write("tenants.toml", &configuration(&contoso, &fabrikam, &one_hash, &both_hash));
        let registry = change(TenantRegistry::load(&file, connector()).unwrap());
        let listener = gateway::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let gateway = Gateway::start_multi_tenant(listener, &registry).unwrap();
        MultiTenantFixture { _folder: folder, fabrikam, contoso, gateway, one, both }
    }

    async fn call(&self, token: &str, method: Method, target: &str) -> (u16, Value) {
        let url = format!("http://{}{target}", self.gateway.address());
        let request = reqwest::Client::new().request(method.clone(), url).bearer_auth(token);
        let request = match method {
            Method::GET | Method::DELETE => request,
            _ => request.header("content-type", "application/json").body("{\"securityEnabledOnly\": false, \"city\": \"Oslo\"}"),
        };
        read_response(request.send().await.unwrap()).await
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
        operations = ["all"]
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
fn path_selects_directory_of_own_tenant() {
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
        // Another caller's directory is indistinguishable from one that does not exist.
        let (status, foreign) = fixture.call(&fixture.one, Method::GET, "/fabrikam.com/users?api-version=1.6").await;
        let (_, none) = fixture.call(&fixture.one, Method::GET, "/nowhere.example/users?api-version=1.6").await;
        assert_eq!((status, code(&foreign), message(&foreign)), (400, code(&none), message(&none)));
        assert_eq!((code(&none), message(&none)), ("Request_BadRequest", "Invalid domain name in the request url."));
        // The name of a tenant is not the name of a directory.
        assert_eq!(fixture.call(&fixture.one, Method::GET, "/closed/users?api-version=1.6").await.0, 400);
    });
}

#[test]
fn caller_with_one_directory_can_omit_its_name() {
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
fn unauthenticated_caller_reads_only_metadata() {
    run(async {
        let fixture = MultiTenantFixture::open("aad-unknown").await;
        let (status, refused) = fixture.call("wrong", Method::GET, "/contoso.com/users?api-version=1.6").await;
        assert_eq!((status, code(&refused)), (401, "Authentication_MissingOrMalformed"), "{refused}");
        // The host writes the error in the component's format.
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
        let error = read_response(response).await.1["error"].clone();
        assert_eq!(
            (&error["code"], &error["requestId"]),
            (&json!("Authentication_MissingOrMalformed"), &json!(header("request-id")))
        );
        let url = format!("http://{}/contoso.com/$metadata?api-version=1.6", fixture.gateway.address());
        let response = reqwest::get(url).await.unwrap();
        assert_eq!(response.status(), 200, "metadata needs no authentication");
        assert!(response.text().await.unwrap().contains("<EntityType Name=\"User\""));
        let url = format!("http://{}/contoso.com/$metadata", fixture.gateway.address());
        let (status, refused) = read_response(reqwest::get(url).await.unwrap()).await;
        assert_eq!((status, code(&refused)), (400, "Request_DataContractVersionMissing"));
    });
}

#[test]
fn read_only_directory_rejects_writes() {
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
            (Method::GET, format!("/fabrikam.com/users('{UID}')?api-version=1.6"), 200),
            (Method::DELETE, format!("/fabrikam.com/users('{UID}')?api-version=1.6"), 403),
            (
                Method::DELETE,
                format!("/fabrikam.com/directoryObjects/$/Microsoft.DirectoryServices.User('{UID}')?api-version=1.6"),
                403,
            ),
            (Method::PUT, format!("/fabrikam.com/users('{UID}')/$links/manager?api-version=1.6"), 403),
            (Method::POST, "/fabrikam.com/users()?api-version=1.6".to_owned(), 403),
            (Method::PUT, format!("{user}/$links/manager?api-version=1.6"), 403),
            (Method::DELETE, format!("{user}/$links/manager?api-version=1.6"), 403),
            (Method::PUT, format!("{user}/thumbnailPhoto?api-version=1.6"), 403),
            (Method::POST, "/fabrikam.com/users?api-version=1.6".to_owned(), 403),
            // The host does not read the content of a batch.
            (Method::POST, "/fabrikam.com/$batch?api-version=1.6".to_owned(), 403),
        ] {
            let (status, response) = fixture.call(&fixture.both, method.clone(), &target).await;
            assert_eq!(status, expected, "{method} {target}: {response}");
            if expected == 403 {
                assert_eq!(code(&response), "Authorization_RequestDenied");
            }
        }
        let target = format!("/contoso.com/users/{UID}?api-version=1.6");
        assert_eq!(
            fixture.call(&fixture.one, Method::PATCH, &target).await.0,
            400,
            "an allowed request reaches the component, which rejects securityEnabledOnly"
        );
        for emulator in [&fixture.fabrikam, &fixture.contoso] {
            let wrote = |request: &&RecordedRequest| request.method != "GET" && !request.target.contains("getMemberGroups");
            assert_eq!(emulator.requests().iter().filter(wrote).count(), 0);
        }
    });
}

#[test]
fn audit_log_has_every_call_and_no_values() {
    run(async {
        let lines = AuditLines::default();
        let log = lines.clone();
        let fixture = MultiTenantFixture::with("aad-audit", |registry| registry.with_audit_log(AuditLog::to_writer(log))).await;
        let url = |target: &str| format!("http://{}{target}?api-version=1.6", fixture.gateway.address());
        let client = reqwest::Client::new();
        let password = json!({"passwordProfile": {"password": "Confidential-1"}, "mobile": "555-0199"}).to_string();
        let patch =
            client.patch(url(&format!("/contoso.com/users/{UID}"))).header("content-type", "application/json").body(password);
        assert_eq!(patch.bearer_auth(&fixture.one).send().await.unwrap().status(), 204);
        let batch = client.post(url("/fabrikam.com/$batch")).bearer_auth(&fixture.both).body("x");
        assert_eq!(batch.send().await.unwrap().status(), 403);
        assert_eq!(client.get(url("/contoso.com/contacts")).bearer_auth("wrong").send().await.unwrap().status(), 401);
        let entries = lines.take(3).await;
        let of = |line: &Value| ["tenant", "caller", "operation", "objectClass", "id", "status"].map(|name| line[name].clone());
        assert_eq!(of(&entries[0]), [json!("contoso"), json!("one"), json!("patch"), json!("users"), json!(UID), json!(204)]);
        assert_eq!(of(&entries[1]), [json!("fabrikam"), json!("both"), json!("action"), Value::Null, Value::Null, json!(403)]);
        assert_eq!(of(&entries[2]), [Value::Null, Value::Null, json!("query"), Value::Null, Value::Null, json!(401)]);
        for secret in ["Confidential", "555-0199", &fixture.one, "contoso-token"] {
            assert!(!lines.text().contains(secret), "{secret}");
        }
    });
}

/// The host does not read a batch of the caller. It records what leaves.
#[test]
fn audit_log_has_each_change_of_batch() {
    run(async {
        let lines = AuditLines::default();
        let log = lines.clone();
        let fixture = MultiTenantFixture::with("aad-parts", |registry| registry.with_audit_log(AuditLog::to_writer(log))).await;
        let part = |line: &str, body: &str| {
            format!(
                "--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n{line}?api-version=1.6 HTTP/1.1\r\n\
                 Content-Type: application/json\r\n\r\n{body}\r\n"
            )
        };
        let user = format!("/contoso.com/users/{UID}");
        let change_set = |change: String| format!("--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{change}--b--\r\n");
        let changes = [part(&format!("PATCH {user}"), "{\"city\": \"Confidential\"}"), part(&format!("DELETE {user}"), "")];
        let batch = format!(
            "{}--a\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n\
             GET {user}?api-version=1.6 HTTP/1.1\r\nHost: x\r\n\r\n\r\n--a--\r\n",
            changes.map(change_set).concat()
        );
        let url = format!("http://{}/contoso.com/$batch?api-version=1.6", fixture.gateway.address());
        let request = reqwest::Client::new().post(url).header("content-type", "multipart/mixed; boundary=a").body(batch);
        let response = request.bearer_auth(&fixture.one).send().await.unwrap();
        assert_eq!(response.status(), 202, "{}", response.text().await.unwrap());
        let ended = lines.take(1).await;
        let write = |operation: &str| json!({"operation": operation, "objectClass": "user", "mailbox": null, "id": UID});
        assert_eq!(ended[0]["writes"], json!([write("patch"), write("delete")]), "{}", response.text().await.unwrap());
        assert_eq!(lines.lines("begun").len(), 1);
        assert!(!lines.text().contains("Confidential"));
    });
}

/// The same tenants also serve the OpenIDM API.
#[test]
fn tenant_serves_both_apis() {
    run(async {
        let fixture = MultiTenantFixture::open("aad-beside").await;
        let (status, user) = fixture.call(&fixture.one, Method::GET, &format!("/openidm/system/contoso/user/{UID}")).await;
        assert_eq!((status, &user["_id"]), (200, &json!(UID)), "{user}");
        let (status, refused) = fixture.call(&fixture.one, Method::GET, "/openidm/system/fabrikam/user").await;
        assert_eq!((status, &refused["code"]), (404, &json!(404)));
    });
}

/// A rejection by the host has the same details as one by the component.
#[test]
fn unsupported_method_returns_allow_header() {
    run(async {
        let fixture = MultiTenantFixture::open("aad-methods").await;
        let url = format!("http://{}/contoso.com/contacts?api-version=1.6", fixture.gateway.address());
        let refused = reqwest::Client::new().delete(url).bearer_auth(&fixture.one).send().await.unwrap();
        assert_eq!((refused.status().as_u16(), refused.headers()["allow"].to_str().unwrap()), (405, "GET, POST"));
    });
}

/// Links have the scheme of the connection. A forwarding header cannot change it.
#[test]
fn links_use_https_behind_tls_listener() {
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
        let registry = TenantRegistry::load(&folder.write("tenants.toml", &format!("{tls}{tenants}")), connector()).unwrap();
        let listener = gateway::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let gateway = Gateway::start_multi_tenant(listener, &registry).unwrap();
        let root = reqwest::Certificate::from_pem(own.cert.pem().as_bytes()).unwrap();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([root]).build().unwrap();
        let base = format!("https://{}/contoso.com", gateway.address());
        let request = client.get(format!("{base}/users?api-version=1.6")).bearer_auth(token).header("x-forwarded-proto", "http");
        let (status, listed) = read_response(request.send().await.unwrap()).await;
        assert_eq!(status, 200, "{listed}");
        let context = format!("{base}/$metadata#directoryObjects/Microsoft.DirectoryServices.User");
        assert_eq!(listed["odata.metadata"], context.as_str());
    });
}
