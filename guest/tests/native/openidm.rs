//! OpenIDM's REST paths: statuses and bodies by the rules of CREST and OpenIDM's provisioner.

use connector::error::ErrorKind;
use connector::response_writer::BodyError;
use http::Request;
use openidm::handle;
use serde_json::{Value, json};

use crate::script::{Script, graph_error};

const USER: &str = "/openidm/system/azuread/user/671fa173-ad81-41c3-89bf-af939426eee7";
const UID: &str = "671fa173-ad81-41c3-89bf-af939426eee7";

fn settings(name: &str) -> Option<String> {
    match name {
        "GATEWAY_USERNAME" | "GATEWAY_PASSWORD" => Some("openidm-admin".to_owned()),
        "GRAPH_MAX_RETRIES" => Some("0".to_owned()),
        "GRAPH_EXACTLY_ONCE" => Some("off".to_owned()),
        _ => None,
    }
}

/// A request as the OpenICF page sends it; headers of the same name replace its.
struct Call {
    method: &'static str,
    target: String,
    headers: Vec<(&'static str, String)>,
    body: Result<Vec<u8>, BodyError>,
}

impl Call {
    fn get(target: &str) -> Call {
        Call::new("GET", target)
    }

    fn put(body: Value) -> Call {
        let mut call = Call::new("PUT", USER).with("if-match", "*");
        call.body = Ok(body.to_string().into_bytes());
        call
    }

    fn new(method: &'static str, target: &str) -> Call {
        let call = Call { method, target: target.to_owned(), headers: Vec::new(), body: Ok(Vec::new()) };
        call.with("x-openidm-username", "openidm-admin")
            .with("x-openidm-password", "openidm-admin")
            .with("accept-api-version", "resource=1.0")
            .with("content-type", "application/json")
    }

    fn with(self, name: &'static str, value: &str) -> Call {
        let mut call = self.without(name);
        call.headers.push((name, value.to_owned()));
        call
    }

    fn without(mut self, name: &str) -> Call {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    fn bytes(mut self, body: &[u8]) -> Call {
        self.body = Ok(body.to_vec());
        self
    }

    fn send(self, script: &Script) -> (http::response::Parts, Value) {
        self.send_with(script, settings)
    }

    fn send_with(self, script: &Script, variable: impl Fn(&str) -> Option<String>) -> (http::response::Parts, Value) {
        let mut request = Request::builder().method(self.method).uri(self.target);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let mut response = http::Response::default();
        handle(&parts, || self.body, &graph_contacts::settings::read(variable), script, &mut response);
        let (head, body) = response.into_parts();
        assert_eq!(head.headers["content-type"], "application/json; charset=UTF-8");
        (head, serde_json::from_slice(&body).unwrap())
    }

    /// Sends what is to be refused without a request to Graph; gives status and message.
    fn refused(self) -> (u16, String) {
        let (head, body) = self.send(&Script::new());
        assert_eq!(body["code"], head.status.as_u16());
        assert_eq!(body["reason"], head.status.canonical_reason().unwrap());
        (head.status.as_u16(), body["message"].as_str().unwrap().to_owned())
    }
}

fn user() -> Value {
    json!({"id": UID, "userPrincipalName": "u@t.example", "displayName": "U"})
}

/// Seed: quotes around the fields, as the page prints them; without; encoded; in any case; with slashes.
#[test]
fn fields_with_and_without_quotes_are_the_same() {
    for fields in [
        "?_fields=%22_id,contacts%22",
        "?_fields=_id,contacts",
        "?_fields=%22_id%22,%22contacts%22",
        "?_FIELDS=/_id,/contacts",
        "?_fields=contacts",
        "?_fields=_id%2Ccontacts&unknown=parameter",
    ] {
        let script = Script::new().then(200, json!({"value": [{"id": "c", "givenName": "Ada"}]}));
        let (head, body) = Call::get(&format!("{USER}{fields}")).send(&script);
        assert_eq!(head.status, 200, "{fields}");
        assert_eq!(body, json!({"_id": UID, "contacts": [{"id": "c", "givenName": "Ada"}]}), "{fields}");
    }
}

#[test]
fn fields_choose_what_is_read_and_shown() {
    for (fields, expected) in [
        ("", json!({"_id": UID, "userPrincipalName": "u@t.example", "displayName": "U"})),
        ("?_fields=", json!({"_id": UID, "userPrincipalName": "u@t.example", "displayName": "U"})),
        ("?_fields=/", json!({"_id": UID, "userPrincipalName": "u@t.example", "displayName": "U"})),
        ("?_fields=displayName", json!({"_id": UID, "displayName": "U"})),
        ("?_fields=_id", json!({"_id": UID})),
        ("?_fields=nope,__addContacts__", json!({"_id": UID})),
    ] {
        let (head, body) = Call::get(&format!("{USER}{fields}")).send(&Script::new().then(200, user()));
        assert_eq!((head.status.as_u16(), body), (200, expected), "{fields}");
    }
}

#[test]
fn an_update_answers_the_user() {
    let script = Script::new().then(200, user()).then(201, json!({"id": "c"}));
    let (head, body) = Call::put(json!({"_id": UID, "__addContacts__": {"givenName": "Test-Contact"}})).send(&script);
    assert_eq!(head.status, 200);
    assert_eq!(body, json!({"_id": UID, "userPrincipalName": "u@t.example", "displayName": "U"}));
    assert_eq!(head.headers["cache-control"], "no-cache");
}

#[test]
fn of_several_contacts_each_has_its_outcome() {
    let script =
        Script::new().then(200, user()).then_batch(&[(403, graph_error("ErrorAccessDenied")), (201, json!({"id": "c"}))]);
    let (head, body) = Call::put(json!({"__addContacts__": [{"givenName": "1"}, {"givenName": "2"}]})).send(&script);
    assert_eq!(head.status, 403);
    let outcomes = body["detail"]["contacts"].as_array().unwrap();
    assert_eq!(outcomes[0]["attribute"], "__addContacts__");
    assert_eq!((&outcomes[0]["position"], &outcomes[0]["done"]), (&json!(0), &json!(false)));
    assert_eq!(outcomes[0]["error"]["graphCode"], "ErrorAccessDenied");
    assert_eq!(outcomes[1], json!({"attribute": "__addContacts__", "position": 1, "id": "c", "done": true}));
}

#[test]
fn callers_have_to_be_known() {
    let basic = |text: &str| {
        use base64::Engine;
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
    };
    let anonymous = || Call::get(USER).without("x-openidm-username").without("x-openidm-password");
    for call in [
        anonymous(),
        Call::get(USER).with("x-openidm-password", "wrong"),
        Call::get(USER).with("x-openidm-username", "wrong"),
        Call::get(USER).without("x-openidm-password"),
        Call::get(USER).with("x-openidm-password", ""),
        anonymous().with("authorization", &basic("openidm-admin:wrong")),
        anonymous().with("authorization", &basic("openidm-admin")),
        anonymous().with("authorization", "Basic !"),
        anonymous().with("authorization", "Bearer openidm-admin:openidm-admin"),
    ] {
        let (head, body) = call.send(&Script::new());
        assert_eq!(body, json!({"code": 401, "reason": "Unauthorized", "message": "Access Denied"}));
        assert!(head.headers.contains_key("www-authenticate"));
    }
    for call in [
        anonymous().with("authorization", &basic("openidm-admin:openidm-admin")),
        Call::get(USER).with("x-openidm-password", "utf-8''openidm%2Dadmin"),
    ] {
        assert_eq!(call.send(&Script::new().then(200, user())).0.status, 200);
    }
}

#[test]
fn without_credentials_of_its_own_the_gateway_refuses_everything() {
    let (head, body) = Call::get(USER).send_with(&Script::new(), |_| None);
    assert_eq!(head.status, 500);
    let message = body["message"].as_str().unwrap();
    assert!(message.contains("GATEWAY_USERNAME") && message.contains("GATEWAY_PASSWORD"), "{message}");
    let (head, body) = Call::get(USER).send_with(&Script::new(), |name| (name == "GRAPH_API_VERSION").then(|| "v3".to_owned()));
    assert_eq!(head.status, 500);
    assert!(body["message"].as_str().unwrap().contains("GRAPH_API_VERSION"));
}

#[test]
fn a_body_has_to_be_a_json_object() {
    for (body, said) in [
        (&b""[..], "did not contain any JSON"),
        (b"{", "not valid JSON"),
        (b"{} {}", "not valid JSON"),
        (b"\xff", "not valid JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
    ] {
        let (status, message) = Call::put(json!({})).bytes(body).refused();
        assert_eq!(status, 400);
        assert!(message.contains(said), "{message}");
    }
    for good in ["application/json", "APPLICATION/JSON;charset=UTF-8", "application/json ; charset=utf-8"] {
        assert_eq!(Call::put(json!({})).with("content-type", good).send(&Script::new().then(200, user())).0.status, 200);
    }
    for bad in ["text/plain", "application/json; charset=latin1", "application/jsonp", ""] {
        assert_eq!(Call::put(json!({})).with("content-type", bad).refused().0, 400, "{bad}");
    }
    let (status, message) = Call::put(json!({})).without("content-type").refused();
    assert!(status == 400 && message.contains("content-type was not specified"), "{message}");
    let mut call = Call::put(json!({}));
    call.body = Err(BodyError::TooLarge(7));
    assert_eq!(call.refused().0, 413);
}

/// CREST, `HttpUtils.determineRequestType` and `HttpAdapter`; OpenIDM, `ObjectClassResourceProvider`.
#[test]
fn conditions_follow_crest() {
    let put = || Call::put(json!({}));
    for (call, status) in [
        (put().without("if-match"), 500),
        (put().without("if-match").with("if-none-match", "*"), 500),
        (put().without("if-match").with("if-none-match", "\"1\""), 400),
        (put().with("if-none-match", "*"), 412),
        (Call::get(USER).with("if-match", "*"), 412),
        (Call::get(USER).with("if-none-match", "*"), 412),
        (Call::get(USER).with("if-modified-since", "Sat, 21 Nov 2026 00:00:00 GMT"), 409),
        (put().with("if-unmodified-since", "Sat, 21 Nov 2026 00:00:00 GMT"), 409),
    ] {
        let described = format!("{} {:?}", call.method, call.headers);
        assert_eq!(call.refused().0, status, "{described}");
    }
    let (_, message) = put().without("if-match").refused();
    assert!(message.starts_with("UPSERT (i.e. PUT without the &#39;if-match&#39; nor"), "{message}");
    let (head, _) = put().with("if-match", "\"7\"").send(&Script::new().then(200, user()));
    assert_eq!(head.status, 412);
}

#[test]
fn versions_follow_crest() {
    for good in ["resource=1.0", "protocol=2.1,resource=1.0", "protocol=1.0", "resource=2"] {
        assert_eq!(
            Call::get(USER).with("accept-api-version", good).send(&Script::new().then(200, user())).0.status,
            200,
            "{good}"
        );
    }
    for bad in ["protocol=3.0", "protocol=2.2", "resource", "resource=x", "version=1.0"] {
        assert_eq!(Call::get(USER).with("accept-api-version", bad).refused().0, 400, "{bad}");
    }
}

#[test]
fn paths_and_methods_that_there_are_not() {
    for (method, target, status) in [
        ("GET", "/", 404),
        ("GET", "/openidm/system/azuread", 501),
        ("POST", "/openidm/system/azuread", 400),
        ("POST", "/openidm/system/azuread?_action=fly", 400),
        ("POST", "/openidm/system/other?_action=test", 404),
        ("GET", "/openidm/system/other/user/x", 404),
        ("GET", "/openidm/system//user/x", 404),
        ("GET", "/openidm/system/azuread/group/x", 404),
        ("GET", "/openidm/system/azuread/group", 404),
        ("GET", "/openidm/system/azuread/user/x/y", 404),
        ("GET", "/openidm/system/azuread/user/%ff", 400),
        ("GET", "/openidm/system/azuread/user?_queryFilter=nope%20eq%201", 400),
        ("POST", "/openidm/system/azuread/user?_action=fly", 400),
        ("GET", "/openidm/system/azuread/user/x?_queryId=query-all-ids", 501),
        ("POST", "/openidm/system/azuread/user?_action=create", 501),
        ("PATCH", USER, 400),
        ("POST", USER, 501),
        ("DELETE", USER, 501),
        ("TRACE", USER, 405),
        ("GET", "/openidm/system/azuread/user/x?_prettyPrint=true&_prettyPrint=true", 400),
        ("GET", "/openidm/system/azuread/user/x?_fields=contacts/givenName", 400),
        ("GET", "/openidm/system/azuread/user/.", 404),
        ("GET", "/openidm/system/azuread/user/%2E%2E", 404),
    ] {
        assert_eq!(Call::new(method, target).refused().0, status, "{method} {target}");
    }
}

/// An id with a slash, a question mark, a hash, a percent sign or dots in it stays one segment of Graph's path.
#[test]
fn a_strange_id_stays_one_segment() {
    for (in_path, to_graph) in [
        ("a%2Fb", "a%2Fb"),
        ("a%3Fb", "a%3Fb"),
        ("a%23b", "a%23b"),
        ("a%25b", "a%25b"),
        ("a%252Fb", "a%252Fb"),
        ("..%2F..%2Fgroups", "..%2F..%2Fgroups"),
        ("u@t.example", "u%40t.example"),
    ] {
        let script = Script::new().then_error(404, "Request_ResourceNotFound");
        let (head, body) = Call::get(&format!("/openidm/system/azuread/user/{in_path}")).send(&script);
        assert_eq!(head.status, 404);
        assert!(body["message"].as_str().unwrap().contains("not found on system/azuread/user"), "{body}");
        assert!(script.lines()[0].starts_with(&format!("GET /v1.0/users/{to_graph}?$select=")), "{:?}", script.lines());
    }
}

/// OpenIDM's `ExceptionHelper`.
#[test]
fn failures_of_graph_have_openidms_statuses() {
    for (graph, code, status) in [
        (401, "InvalidAuthenticationToken", 503),
        (403, "ErrorAccessDenied", 403),
        (404, "ResourceNotFound", 404),
        (429, "ApplicationThrottled", 503),
        (500, "ErrorInternalServerError", 503),
        (503, "serviceNotAvailable", 503),
    ] {
        let (head, body) = Call::get(&format!("{USER}?_fields=contacts")).send(&Script::new().then_error(graph, code));
        assert_eq!(head.status.as_u16(), status, "{graph}");
        assert_eq!((&body["detail"]["httpStatus"], &body["detail"]["graphCode"]), (&json!(graph), &json!(code)));
        assert_eq!(body["detail"]["requestId"], "r-1");
    }
    for kind in [ErrorKind::ConnectionFailed, ErrorKind::Unavailable, ErrorKind::Timeout] {
        let (head, body) = Call::get(USER).send(&Script::new().then_fault(kind, true));
        assert_eq!((head.status.as_u16(), &body["detail"]["kind"]), (503, &json!(kind.name())));
    }
    let script = Script::new().then_bytes(429, &[("retry-after", "2.128")], b"");
    assert_eq!(Call::get(USER).send(&script).0.headers["retry-after"], "3");
}

/// OpenIDM escapes messages for HTML.
#[test]
fn messages_are_safe_in_a_page() {
    let (status, message) = Call::get("/openidm/system/%3Cscript%3E'%22/user/x").refused();
    assert_eq!(status, 404);
    assert_eq!(message, "Resource &#39;system/&lt;script&gt;&#39;&quot;&#39; not found");
}

#[test]
fn pretty_print_is_known() {
    let (parts, ()) = Request::get(format!("{USER}?_prettyPrint=true"))
        .header("x-openidm-username", "openidm-admin")
        .header("x-openidm-password", "openidm-admin")
        .body(())
        .unwrap()
        .into_parts();
    let script = Script::new().then(200, json!({"id": UID}));
    let mut response = http::Response::default();
    handle(&parts, || Ok(Vec::new()), &graph_contacts::settings::read(settings), &script, &mut response);
    let text = String::from_utf8(response.into_body()).unwrap();
    assert!(text.contains('\n'), "{text}");
    assert_eq!(Call::get(&format!("{USER}?_prettyPrint=7")).refused().0, 400);
}

/// OpenIDM answers 200 to a test whether the system is well or not.
#[test]
fn a_test_of_the_system_is_answered() {
    let (head, well) =
        Call::new("POST", "/openidm/system/azuread?_action=test").send(&Script::new().then(200, json!({"value": []})));
    assert_eq!((head.status.as_u16(), &well["ok"], &well["name"]), (200, &json!(true), &json!("azuread")));
    assert_eq!(well["objectTypes"], json!(["user", "contact", "contactFolder", "orgContact"]));
    assert!(well["connectorRef"]["bundleVersion"].is_string() && well.get("error").is_none());
    let ill = Script::new().then_error(401, "InvalidAuthenticationToken");
    let (head, all) = Call::new("POST", "/openidm/system?_action=TEST").send(&ill);
    assert_eq!((head.status.as_u16(), &all[0]["ok"]), (200, &json!(false)));
    assert!(all[0]["error"].as_str().unwrap().contains("access token"), "{all}");
}

/// CREST takes no condition on a query or an action (`HttpAdapter`).
#[test]
fn conditions_do_not_go_with_queries_and_actions() {
    for (method, target, name) in [
        ("GET", "/openidm/system/azuread/contact?_queryFilter=true", "if-none-match"),
        ("GET", "/openidm/system/azuread/contact?_queryFilter=true", "if-match"),
        ("POST", "/openidm/system/azuread?_action=test", "if-match"),
        ("POST", "/openidm/system/azuread/contact?_action=liveSync&mailbox=u", "if-none-match"),
    ] {
        let call = Call::new(method, target).with(name, "\"1\"");
        assert_eq!(call.refused().0, 412, "{method} {target} {name}");
    }
}

/// OpenIDM knows `authenticate` of a class, and answers 501 where the connector does not have it.
#[test]
fn nobody_signs_in_here() {
    assert_eq!(Call::new("POST", "/openidm/system/azuread/user?_action=authenticate").refused().0, 501);
}

/// Of organizational contacts the directory searches (`_queryExpression`), sorts by displayName, and counts: exactly where there is
/// no filter, because the connector compares again what a filter finds. CREST answers with the policy that was followed.
#[test]
fn the_directory_searches_sorts_and_counts() {
    let page = json!({"@odata.count": 7, "value": [{"id": "1", "displayName": "Wa"}, {"id": "2", "displayName": "wa"}]});
    let query = |parameters: &str| {
        let script = Script::new().then(200, page.clone());
        let (head, body) =
            Call::get(&format!("/openidm/system/azuread/orgContact?_fields=displayName&{parameters}")).send(&script);
        assert_eq!(head.status, 200, "{parameters}: {body}");
        let sent = script.lines()[0].replace("GET /v1.0/contacts?$top=999&$select=id,displayName", "");
        let total = (body["totalPagedResultsPolicy"].as_str().unwrap().to_owned(), body["totalPagedResults"].as_i64().unwrap());
        (sent, total, body["resultCount"].as_i64().unwrap())
    };
    let told = |sent: &str, policy: &str, total, count| (sent.to_owned(), (policy.to_owned(), total), count);
    let filtered = "&$filter=displayName%20eq%20'wa'";
    for (parameters, expected) in [
        ("_queryFilter=true", told("", "NONE", -1, 2)),
        ("_queryExpression=wa", told("&$search=%22displayName%3Awa%22&$count=true", "NONE", -1, 2)),
        ("_queryFilter=true&_totalPagedResultsPolicy=EXACT", told("&$count=true", "EXACT", 7, 2)),
        (
            "_queryFilter=displayName+eq+%22wa%22&_totalPagedResultsPolicy=exact",
            told(&format!("{filtered}&$count=true"), "ESTIMATE", 7, 1),
        ),
        ("_queryFilter=true&_sortKeys=-displayName", told("&$orderby=displayName%20desc&$count=true", "NONE", -1, 2)),
    ] {
        assert_eq!(query(parameters), expected, "{parameters}");
    }
    let both = "/openidm/system/azuread/orgContact?_queryFilter=true&_queryExpression=wa";
    assert_eq!(Call::get(both).refused().0, 400);
    assert_eq!(Call::get("/openidm/system/azuread/user?_queryExpression=wa").refused().0, 400, "of these alone");
}
