//! Defects of other connectors for Microsoft Graph, which this one does not have: one test for each defect found in their sources
//! or documentation.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use graph_emulator::{CannedResponse, Fault, FaultKind, SyncStateError, User};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::calls::{create, graph_error_fault, query, send, send_json, surnames};
use crate::fixture::{Fixture, TOKEN, UID, component_file, connector, invoke, run, send_raw, send_request};

/// Defect 1: A peer stops its retries at a 429 whose `Retry-After` is missing, a date or invalid, and reports success.
#[test]
fn throttled_request_is_reported_as_failure() {
    run(async {
        let fixture = Fixture::start().await;
        for retry_after in [None, Some("7"), Some("0.5"), Some("Sat, 21 Nov 2037 00:00:00 GMT"), Some("99999999"), Some("soon")] {
            let header: Vec<(&str, &str)> = retry_after.iter().map(|value| ("retry-after", *value)).collect();
            let throttled = || graph_error_fault(429, "TooManyRequests", &header);
            fixture.emulator.inject(throttled());
            let (status, body) = fixture.get(&format!("{UID}?_fields=contacts")).await;
            assert_eq!((status, &body["detail"]["kind"]), (503, &json!("throttled")), "{retry_after:?}: {body}");
            fixture.emulator.inject(throttled().method(Method::POST));
            let (status, body) = fixture.put(json!({"__addContacts__": {"givenName": "x"}})).await;
            assert_eq!(status, 503, "{retry_after:?}: {body}");
            fixture.emulator.inject(throttled().method(Method::POST).in_batch().times(2));
            let (status, body) = fixture.put(json!({"__addContacts__": [{"givenName": "x"}, {"givenName": "y"}]})).await;
            assert_eq!(status, 503, "{retry_after:?}: {body}");
            assert!(body["detail"]["contacts"].as_array().unwrap().iter().all(|outcome| outcome["done"] == false), "{body}");
        }
        assert_eq!(fixture.contacts().await.len(), 0);
    });
}

/// Defect 1, continued: such a request is retried.
#[test]
fn throttled_request_without_retry_after_is_retried() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| settings.max_retries = Some(3)).await;
        for retry_after in [None, Some("0"), Some("Sat, 01 Jan 2000 00:00:00 GMT"), Some("soon")] {
            let header: Vec<(&str, &str)> = retry_after.iter().map(|value| ("retry-after", *value)).collect();
            fixture.emulator.clear_requests();
            fixture.emulator.inject(graph_error_fault(429, "TooManyRequests", &header).times(2));
            assert_eq!(fixture.get(UID).await.0, 200, "{retry_after:?}");
            assert_eq!(fixture.sent().len(), 3, "{retry_after:?}");
        }
    });
}

/// Defect 2: A peer reports every 410 as an unknown object, even for an expired sync token.
#[test]
fn expired_sync_token_requires_resync() {
    run(async {
        let fixture = Fixture::start().await;
        fixture.add(json!({"surname": "a"}));
        let sync = |token: Value| invoke(&fixture, "sync", json!({"objectClass": "contact", "mailbox": UID, "token": token}));
        let token = sync(Value::Null).await.unwrap()["token"].clone();
        fixture.emulator.expire_delta_tokens(SyncStateError::ResyncRequired);
        let error = sync(token).await.unwrap_err();
        assert_eq!((&error["kind"], &error["httpStatus"]), (&json!("resync-required"), &json!(410)), "{error}");
        assert!(sync(Value::Null).await.is_ok(), "a sync from the start succeeds");
    });
}

/// Defect 3: A peer reads all pages of changes before it returns the first, gives each the same token, and does not stop when
/// the caller does.
#[test]
fn sync_pages_have_distinct_tokens() {
    run(async {
        let fixture = Fixture::start().await;
        for number in 0..250 {
            fixture.add(json!({"surname": number.to_string()}));
        }
        fixture.emulator.clear_requests();
        let (mut token, mut tokens, mut seen) = (Value::Null, Vec::new(), BTreeSet::new());
        loop {
            let page = invoke(&fixture, "sync", json!({"objectClass": "contact", "mailbox": UID, "token": token})).await.unwrap();
            token = page["token"].clone();
            seen.extend(page["deltas"].as_array().unwrap().iter().map(|delta| delta["uid"].to_string()));
            tokens.push(token.to_string());
            // A caller that stops here has caused no further request.
            assert_eq!(fixture.sent().len(), tokens.len());
            if page["more"] == false {
                break;
            }
        }
        assert_eq!(seen.len(), 250);
        let count = tokens.len();
        tokens.sort();
        tokens.dedup();
        assert!(count > 1 && tokens.len() == count, "{count} pages, {} tokens", tokens.len());
    });
}

/// Defect 4: A peer decodes responses to create requests as ISO-8859-2.
#[test]
fn unicode_names_round_trip() {
    run(async {
        let fixture = Fixture::start().await;
        for name in ["Žluťoučký kůň", "Ærøskøbing", "山田 太郎", "Ünal 👩‍👧", "عمر", "e\u{301}", "\u{feff}x"]
        {
            let created = create(&fixture, json!({"givenName": name})).await;
            assert_eq!(created.body["givenName"], name);
            let stored: Value = fixture.emulator.requests().last().map(|r| serde_json::from_slice(&r.body).unwrap()).unwrap();
            assert_eq!(stored["givenName"], name);
            let path = format!("/contact/{}", created.id());
            let updated = send_json(&fixture, Method::PUT, &path, &[("If-Match", "*")], &json!({"surname": name})).await;
            assert_eq!(updated.body["surname"], name, "{updated:?}");
            assert_eq!(send(&fixture, Method::GET, &path, &[], "").await.body["givenName"], name);
            assert_eq!(surnames(&fixture, &format!("surname eq \"{name}\"")).await, [name]);
        }
    });
}

/// A process that is killed at the end of the test.
struct ChildGuard(Child);

impl Drop for ChildGuard {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

/// Defect 5: A peer logs its requests at level `info`, with the passwords in them. This program writes neither a contact's values
/// nor a credential, at any log level.
#[test]
fn log_contains_no_values_and_no_credentials() {
    run(async {
        let fixture = Fixture::start().await;
        let tests = std::env::current_exe().unwrap();
        let mut program = Command::new(tests.parent().unwrap().parent().unwrap().join("graph-contacts"));
        program.args(["serve", "--port", "0"]).env_clear().env("RUST_LOG", "trace,cranelift_codegen=off,wasmtime=debug");
        program.env("GRAPH_CONTACTS_COMPONENT", component_file()).env("GRAPH_ENDPOINT", fixture.emulator.endpoint());
        program.env("GRAPH_ACCESS_TOKEN", TOKEN).env("GATEWAY_USERNAME", "openidm-admin").env("GATEWAY_PASSWORD", "pass-5c1e");
        let mut running = ChildGuard(program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
        let running = &mut running.0;
        let mut errors = running.stderr.take().unwrap();
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).map(|_| text)
        });
        let mut lines = BufReader::new(running.stdout.take().unwrap());
        let mut output = String::new();
        assert_ne!(lines.read_line(&mut output).unwrap(), 0);
        let address = output.lines().next().unwrap().rsplit("http://").next().unwrap().trim().to_owned();
        let secret = "note-9e07";
        for (body, status) in [
            (json!({"__addContacts__": {"givenName": secret, "personalNotes": secret}}), 200),
            (json!({"__addContacts__": {"givenname": secret}}), 400),
            (json!({"__updateContacts__": {"id": "nope", "givenName": secret}}), 404),
        ] {
            let request = reqwest::Client::new().put(format!("http://{address}/openidm/system/azuread/user/{UID}"));
            let request = request.header("X-OpenIDM-Username", "openidm-admin").header("X-OpenIDM-Password", "pass-5c1e");
            let request = request.header("If-Match", "*").header("Content-Type", "application/json").body(body.to_string());
            let (actual, response) = send_request(request).await;
            assert_eq!(actual, status, "{response}");
            assert!(!response.to_string().contains(TOKEN) && !response.to_string().contains("pass-5c1e"), "{response}");
        }
        assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap().success());
        lines.read_to_string(&mut output).unwrap();
        assert!(running.wait().unwrap().success());
        output.push_str(&errors.join().unwrap().unwrap());
        assert!(output.contains("TRACE"), "nothing was logged: {output}");
        for hidden in [secret, TOKEN, "pass-5c1e"] {
            let line = output.lines().find(|line| line.contains(hidden));
            assert_eq!(line, None, "{hidden}");
        }
    });
}

/// Defect 6: A peer compares the name in a certificate only with that of the TLS connection, and repairs keys in a PEM file by
/// replacing text. Here a token is sent only to a URL with the endpoint's scheme and host. (rustls checks TLS with its defaults;
/// libraries read keys, as the tests of `credential/certificate.rs` show.)
#[test]
fn access_token_is_sent_only_to_endpoint() {
    run(async {
        let fixture = Fixture::start().await;
        assert_eq!(fixture.get(UID).await.0, 200);
        create(&fixture, json!({"givenName": "x"})).await;
        for request in fixture.emulator.requests() {
            assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()), "{request:?}");
            assert_eq!(
                Some(format!("http://{}", request.header("host").unwrap())),
                Some(fixture.emulator.endpoint()),
                "{request:?}"
            );
        }
    });
}

/// Defect 7: A peer's behaviour depends on words in the URL (`photo`, `roleAssignments`), and it sends `ConsistencyLevel: eventual`
/// with every request.
#[test]
fn id_content_does_not_affect_request() {
    run(async {
        let fixture = Fixture::start().await;
        for name in [
            "photo@contoso.example",
            "roleAssignments.delta@contoso.example",
            "contacts@contoso.example",
            "me.too@contoso.example",
        ] {
            let id = format!("00000000-0000-0000-0000-{:012x}", name.len());
            fixture.emulator.add_user(User::new(&id, name));
            let (status, user) = fixture.get(&format!("{name}?_fields=_id,contacts")).await;
            assert_eq!((status, &user), (200, &json!({"_id": id, "contacts": []})), "{name}");
            let request =
                fixture.request(Method::PUT, name).header("If-Match", "*").body("{\"__addContacts__\": {\"givenName\": \"x\"}}");
            assert_eq!(send_request(request).await.0, 200, "{name}");
            let (_, user) = fixture.get(&format!("{name}?_fields=_id,contacts")).await;
            assert_eq!(user["contacts"].as_array().unwrap().len(), 1, "{name}");
        }
        for request in fixture.emulator.requests() {
            assert_eq!(request.header("consistencylevel"), None, "{request:?}");
        }
    });
}

/// Defect 8: A peer's update removes the user from every group, and adds it to those that the update names. Here an update keeps
/// what it does not name, and deletes nothing in order to write it again.
#[test]
fn update_keeps_unnamed_attributes() {
    run(async {
        let fixture = Fixture::start().await;
        let kept =
            fixture.add(json!({"givenName": "Ada", "surname": "Lovelace", "categories": ["a", "b"], "personalNotes": "n"}));
        let other = fixture.add(json!({"givenName": "Grace", "businessPhones": ["1"]}));
        let before = fixture.contacts().await;
        assert_eq!(fixture.put(json!({"__addContacts__": {"givenName": "new"}})).await.0, 200);
        assert_eq!(fixture.put(json!({"__updateContacts__": {"id": other, "jobTitle": "Admiral"}})).await.0, 200);
        let after = fixture.contacts().await;
        let of = |contacts: &[Value], id: &str| contacts.iter().find(|contact| contact["id"] == id).cloned().unwrap();
        assert_eq!(of(&after, &kept), of(&before, &kept));
        let mut changed = of(&after, &other);
        assert_eq!(changed.as_object_mut().unwrap().remove("jobTitle"), Some(json!("Admiral")));
        for volatile in ["changeKey", "lastModifiedDateTime"] {
            changed[volatile] = of(&before, &other)[volatile].clone();
        }
        assert_eq!(changed, of(&before, &other));
        assert_eq!(fixture.sent().iter().filter(|line| line.starts_with("DELETE")).count(), 0);
    });
}

/// Defect 9: A peer does not escape filter values, so an apostrophe ends the literal, and writes AND and OR without parentheses.
#[test]
fn filter_is_escaped_and_keeps_precedence() {
    run(async {
        let fixture = Fixture::start().await;
        for (display, surname, mail) in [
            ("O'Brien", "1", "o'brien@contoso.com"),
            ("' or 1 eq 1 or displayName eq '", "2", "x@contoso.com"),
            ("a&$top=1#%20+", "3", "a+b&c@contoso.com"),
            ("plain", "4", "plain@contoso.com"),
        ] {
            fixture.add(json!({"displayName": display, "surname": surname, "emailAddresses": [{"address": mail}]}));
        }
        for (filter, expected) in [
            ("displayName eq \"O'Brien\"", &["1"][..]),
            ("displayName sw \"O'\"", &["1"]),
            ("displayName eq \"' or 1 eq 1 or displayName eq '\"", &["2"]),
            ("displayName sw \"' or startswith(displayName,'\"", &[]),
            ("displayName eq \"a&$top=1#%20+\"", &["3"]),
            ("emailAddresses eq \"o'brien@contoso.com\"", &["1"]),
            ("emailAddresses eq \"a+b&c@contoso.com\"", &["3"]),
            ("emailAddresses eq \"x') or true or (a/address eq '\"", &[]),
            // `and` has precedence over `or`; parentheses override it.
            ("surname eq \"1\" or surname eq \"2\" and displayName eq \"plain\"", &["1"]),
            ("(surname eq \"1\" or surname eq \"2\") and displayName eq \"plain\"", &[]),
            ("(surname eq \"1\" or surname eq \"4\") and displayName eq \"plain\"", &["4"]),
        ] {
            assert_eq!(surnames(&fixture, filter).await, expected, "{filter}");
        }
    });
}

/// Defect 10: A peer silently ignores NOT, so the search returns the opposite.
#[test]
fn negated_filter_excludes_matches() {
    run(async {
        let fixture = Fixture::start().await;
        for (display, surname) in [("Ada", "1"), ("Adam", "2"), ("Grace", "3")] {
            fixture.add(
                json!({"displayName": display, "surname": surname, "emailAddresses": [{"address": format!("{surname}@c.com")}]}),
            );
        }
        for (filter, expected) in [
            ("!(displayName sw \"Ada\")", &["3"][..]),
            ("!displayName eq \"Ada\"", &["2", "3"]),
            ("!(emailAddresses eq \"1@c.com\")", &["2", "3"]),
            ("!(displayName sw \"Ada\" or surname eq \"3\")", &[]),
            ("!(displayName sw \"Ada\" and surname eq \"1\")", &["2", "3"]),
            ("!(!(surname eq \"1\"))", &["1"]),
            ("displayName sw \"Ada\" and !(surname eq \"1\")", &["2"]),
        ] {
            assert_eq!(surnames(&fixture, filter).await, expected, "{filter}");
        }
        // A filter with a negated mailbox names no mailbox.
        let negated = query(&fixture, "contact", &[("_queryFilter", &format!("!(mailbox eq \"{UID}\")"))]).await;
        assert_eq!(negated.status, 400, "{negated:?}");
    });
}

/// Defect 11: A peer uses a cookie or a sync token as a URL, and fetches it with the bearer token.
#[test]
fn url_as_cookie_or_sync_token_is_rejected() {
    run(async {
        let (fixture, elsewhere) = (Fixture::start().await, Fixture::start().await);
        let addresses = |endpoint: String| {
            [
                format!("{endpoint}/v1.0/users/{UID}/contacts?$skip=10"),
                format!("{endpoint}/v1.0/users/{UID}/contacts/delta?$deltatoken=x"),
            ]
        };
        let filter = format!("mailbox eq \"{UID}\"");
        for address in addresses(elsewhere.emulator.endpoint()).into_iter().chain(addresses(fixture.emulator.endpoint())) {
            let response = query(&fixture, "contact", &[("_queryFilter", &filter), ("_pagedResultsCookie", &address)]).await;
            assert_eq!(response.status, 400, "{address}: {response:?}");
            let arguments = json!({"objectClass": "contact", "mailbox": UID, "token": address});
            assert_eq!(invoke(&fixture, "sync", arguments).await.unwrap_err()["kind"], "invalid-attribute-value", "{address}");
        }
        assert!(fixture.sent().is_empty() && elsewhere.sent().is_empty());

        // A cookie or sync token for another service is rejected, too.
        elsewhere.add(json!({"surname": "1"}));
        elsewhere.add(json!({"surname": "2"}));
        let page = query(&elsewhere, "contact", &[("_queryFilter", &filter), ("_pageSize", "1")]).await;
        let cookie = page.body["pagedResultsCookie"].as_str().unwrap().to_owned();
        let token = invoke(&elsewhere, "sync", json!({"objectClass": "contact", "mailbox": UID})).await.unwrap()["token"].clone();
        elsewhere.emulator.clear_requests();
        let response = query(&fixture, "contact", &[("_queryFilter", &filter), ("_pagedResultsCookie", &cookie)]).await;
        assert_eq!(response.status, 400, "{response:?}");
        assert!(invoke(&fixture, "sync", json!({"objectClass": "contact", "mailbox": UID, "token": token})).await.is_err());
        assert!(fixture.sent().is_empty() && elsewhere.sent().is_empty());
    });
}

/// Defect 12: A peer sends requests when it starts, so nothing works while the service is unavailable.
#[test]
fn start_and_schema_send_no_request() {
    run(async {
        let fixture = Fixture::start().await;
        assert!(invoke(&fixture, "schema", json!({})).await.is_ok());
        assert_eq!(send(&fixture, Method::GET, "/group/x", &[], "").await.status, 404);
        assert_eq!(send(&fixture, Method::POST, "?_action=fly", &[], "").await.status, 400);
        assert!(fixture.sent().is_empty(), "{:?}", fixture.sent());
    });
}

/// Defect 13: A peer's documented test operation does nothing.
#[test]
fn test_action_sends_request() {
    run(async {
        let fixture = Fixture::start().await;
        let test = || send(&fixture, Method::POST, "?_action=test", &[], "");
        assert_eq!(test().await.body["ok"], true);
        assert_eq!(fixture.sent().len(), 1);
        // A missing permission to list users is not a failure: contacts do not need it.
        fixture.emulator.inject(graph_error_fault(403, "Authorization_RequestDenied", &[]));
        assert_eq!(test().await.body["ok"], true);
        for (fault, expected) in [
            (graph_error_fault(401, "InvalidAuthenticationToken", &[]), "access token"),
            (graph_error_fault(503, "serviceNotAvailable", &[]), "not available"),
            (
                Fault::new(FaultKind::Respond(CannedResponse { body: "<html>".into(), ..CannedResponse::empty(StatusCode::OK) })),
                "the endpoint",
            ),
            (Fault::new(FaultKind::Close), "Microsoft Graph"),
        ] {
            fixture.emulator.inject(fault.clone());
            let tested = test().await;
            assert_eq!((tested.status, &tested.body["ok"]), (200, &json!(false)), "{fault:?}: {tested:?}");
            assert!(tested.body["error"].as_str().unwrap().contains(expected), "{expected}: {tested:?}");
        }
    });
}

/// Defect 14: Peers do not encode names in paths: the name of the guest `a_b#EXT#@t` ends at the first `#`.
#[test]
fn guest_name_is_percent_encoded() {
    run(async {
        // It checks how the connector writes the name, and a link of Microsoft Graph has a spelling of its own.
        let fixture = Fixture::exact(connector(), |_| ()).await;
        let (id, name) = ("00000000-0000-0000-0000-00000000000e", "ada_contoso.com#EXT#@fabrikam.example");
        fixture.emulator.add_user(User::new(id, name));
        let encoded = name.replace('#', "%23");
        let (status, user) = fixture.get(&format!("{encoded}?_fields=_id,userPrincipalName,contacts")).await;
        assert_eq!((status, &user), (200, &json!({"_id": id, "userPrincipalName": name, "contacts": []})));
        let created = send_json(&fixture, Method::POST, "/contact", &[], &json!({"mailbox": name, "surname": "x"})).await;
        assert_eq!(created.status, 201, "{created:?}");
        let found = query(&fixture, "contact", &[("_queryFilter", &format!("mailbox eq \"{name}\""))]).await;
        assert_eq!((&found.body["resultCount"], &found.body["result"][0]["_id"]), (&json!(1), &json!(created.id())), "{found:?}");
        let named = "/users/ada_contoso.com%23EXT%23%40fabrikam.example";
        for line in fixture.sent() {
            assert!(line.contains(named) || line.contains(id), "{line}");
        }
        assert!(fixture.sent().iter().any(|line| line.contains(named)));
        // Some clients send the `#` as it is. The gateway must not read the part before it as the name.
        let request = format!(
            "GET /openidm/system/azuread/user/{name} HTTP/1.1\r\nHost: localhost\r\nX-OpenIDM-Username: openidm-admin\r\n\
             X-OpenIDM-Password: openidm-admin\r\nConnection: close\r\n\r\n"
        );
        let (status, _) = send_raw(fixture.gateway.address(), &request).await;
        assert!(status == 400 || status == 404, "{status}");
    });
}
