//! OpenIDM's REST API: statuses and bodies by the rules of CREST and OpenIDM's provisioner.

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

/// A request with the headers of the OpenICF page, which tests can replace.
pub struct TestRequest {
    method: &'static str,
    target: String,
    headers: Vec<(&'static str, String)>,
    body: Result<Vec<u8>, BodyError>,
}

impl TestRequest {
    pub fn get(target: &str) -> TestRequest {
        TestRequest::new("GET", target)
    }

    fn put(body: Value) -> TestRequest {
        let mut request = TestRequest::new("PUT", USER).with("if-match", "*");
        request.body = Ok(body.to_string().into_bytes());
        request
    }

    pub fn new(method: &'static str, target: &str) -> TestRequest {
        let request = TestRequest { method, target: target.to_owned(), headers: Vec::new(), body: Ok(Vec::new()) };
        request
            .with("x-openidm-username", "openidm-admin")
            .with("x-openidm-password", "openidm-admin")
            .with("accept-api-version", "resource=1.0")
            .with("content-type", "application/json")
    }

    fn with(self, name: &'static str, value: &str) -> TestRequest {
        let mut request = self.without(name);
        request.headers.push((name, value.to_owned()));
        request
    }

    fn without(mut self, name: &str) -> TestRequest {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    pub fn bytes(mut self, body: &[u8]) -> TestRequest {
        self.body = Ok(body.to_vec());
        self
    }

    pub fn send(self, script: &Script) -> (http::response::Parts, Value) {
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

    /// Sends a request that must be refused without a request to Graph. Returns status and message.
    pub fn refused(self) -> (u16, String) {
        let (head, body) = self.send(&Script::new());
        assert_eq!(body["code"], head.status.as_u16());
        assert_eq!(body["reason"], head.status.canonical_reason().unwrap());
        (head.status.as_u16(), body["message"].as_str().unwrap().to_owned())
    }
}

fn user() -> Value {
    json!({"id": UID, "userPrincipalName": "u@t.example", "displayName": "U"})
}

/// The OpenICF page prints quotes around the fields. Case, encoding and slashes do not matter either.
#[test]
fn quotes_around_fields_are_ignored() {
    for fields in [
        "?_fields=%22_id,contacts%22",
        "?_fields=_id,contacts",
        "?_fields=%22_id%22,%22contacts%22",
        "?_FIELDS=/_id,/contacts",
        "?_fields=contacts",
        "?_fields=_id%2Ccontacts&unknown=parameter",
    ] {
        let script = Script::new().then(200, json!({"value": [{"id": "c", "givenName": "Ada"}]}));
        let (head, body) = TestRequest::get(&format!("{USER}{fields}")).send(&script);
        assert_eq!(head.status, 200, "{fields}");
        assert_eq!(body, json!({"_id": UID, "contacts": [{"id": "c", "givenName": "Ada"}]}), "{fields}");
    }
}

#[test]
fn fields_select_attributes() {
    for (fields, expected) in [
        ("", json!({"_id": UID, "userPrincipalName": "u@t.example", "displayName": "U"})),
        ("?_fields=", json!({"_id": UID, "userPrincipalName": "u@t.example", "displayName": "U"})),
        ("?_fields=/", json!({"_id": UID, "userPrincipalName": "u@t.example", "displayName": "U"})),
        ("?_fields=displayName", json!({"_id": UID, "displayName": "U"})),
        ("?_fields=_id", json!({"_id": UID})),
        ("?_fields=nope,__addContacts__", json!({"_id": UID})),
    ] {
        let (head, body) = TestRequest::get(&format!("{USER}{fields}")).send(&Script::new().then(200, user()));
        assert_eq!((head.status.as_u16(), body), (200, expected), "{fields}");
    }
}

#[test]
fn update_returns_user() {
    let script = Script::new().then(200, user()).then(201, json!({"id": "c"}));
    let (head, body) = TestRequest::put(json!({"_id": UID, "__addContacts__": {"givenName": "Test-Contact"}})).send(&script);
    assert_eq!(head.status, 200);
    assert_eq!(body, json!({"_id": UID, "userPrincipalName": "u@t.example", "displayName": "U"}));
    assert_eq!(head.headers["cache-control"], "no-cache");
}

#[test]
fn update_reports_outcome_of_each_contact() {
    let script =
        Script::new().then(200, user()).then_batch(&[(403, graph_error("ErrorAccessDenied")), (201, json!({"id": "c"}))]);
    let (head, body) = TestRequest::put(json!({"__addContacts__": [{"givenName": "1"}, {"givenName": "2"}]})).send(&script);
    assert_eq!(head.status, 403);
    let outcomes = body["detail"]["contacts"].as_array().unwrap();
    assert_eq!(outcomes[0]["attribute"], "__addContacts__");
    assert_eq!((&outcomes[0]["position"], &outcomes[0]["done"]), (&json!(0), &json!(false)));
    assert_eq!(outcomes[0]["error"]["graphCode"], "ErrorAccessDenied");
    assert_eq!(outcomes[1], json!({"attribute": "__addContacts__", "position": 1, "id": "c", "done": true}));
}

#[test]
fn unknown_caller_is_refused() {
    let basic = |text: &str| {
        use base64::Engine;
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
    };
    let anonymous = || TestRequest::get(USER).without("x-openidm-username").without("x-openidm-password");
    for request in [
        anonymous(),
        TestRequest::get(USER).with("x-openidm-password", "wrong"),
        TestRequest::get(USER).with("x-openidm-username", "wrong"),
        TestRequest::get(USER).without("x-openidm-password"),
        TestRequest::get(USER).with("x-openidm-password", ""),
        anonymous().with("authorization", &basic("openidm-admin:wrong")),
        anonymous().with("authorization", &basic("openidm-admin")),
        anonymous().with("authorization", "Basic !"),
        anonymous().with("authorization", "Bearer openidm-admin:openidm-admin"),
    ] {
        let (head, body) = request.send(&Script::new());
        assert_eq!(body, json!({"code": 401, "reason": "Unauthorized", "message": "Access Denied"}));
        assert!(head.headers.contains_key("www-authenticate"));
    }
    for request in [
        anonymous().with("authorization", &basic("openidm-admin:openidm-admin")),
        TestRequest::get(USER).with("x-openidm-password", "utf-8''openidm%2Dadmin"),
    ] {
        assert_eq!(request.send(&Script::new().then(200, user())).0.status, 200);
    }
}

#[test]
fn gateway_without_credentials_refuses_every_request() {
    let (head, body) = TestRequest::get(USER).send_with(&Script::new(), |_| None);
    assert_eq!(head.status, 500);
    let message = body["message"].as_str().unwrap();
    assert!(message.contains("GATEWAY_USERNAME") && message.contains("GATEWAY_PASSWORD"), "{message}");
    let (head, body) =
        TestRequest::get(USER).send_with(&Script::new(), |name| (name == "GRAPH_API_VERSION").then(|| "v3".to_owned()));
    assert_eq!(head.status, 500);
    assert!(body["message"].as_str().unwrap().contains("GRAPH_API_VERSION"));
}

#[test]
fn body_other_than_json_object_is_refused() {
    for (body, expected) in [
        (&b""[..], "did not contain any JSON"),
        (b"{", "not valid JSON"),
        (b"{} {}", "not valid JSON"),
        (b"\xff", "not valid JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
    ] {
        let (status, message) = TestRequest::put(json!({})).bytes(body).refused();
        assert_eq!(status, 400);
        assert!(message.contains(expected), "{message}");
    }
    for good in [
        "application/json",
        "APPLICATION/JSON;charset=UTF-8",
        "application/json ; charset=utf-8",
        "application/json; Charset=\"utf-8\"",
    ] {
        assert_eq!(TestRequest::put(json!({})).with("content-type", good).send(&Script::new().then(200, user())).0.status, 200);
    }
    for bad in ["text/plain", "application/json; charset=latin1", "application/jsonp", ""] {
        assert_eq!(TestRequest::put(json!({})).with("content-type", bad).refused().0, 400, "{bad}");
    }
    let (status, message) = TestRequest::put(json!({})).without("content-type").refused();
    assert!(status == 400 && message.contains("content-type was not specified"), "{message}");
    let mut request = TestRequest::put(json!({}));
    request.body = Err(BodyError::TooLarge(7));
    assert_eq!(request.refused().0, 413);
}

/// A proxy that compresses makes an entity tag weak (RFC 9110, 8.8.1).
#[test]
fn revision_can_be_quoted_or_weak() {
    let uid = "WyI2NzFmYTE3My1hZDgxLTQxYzMtODliZi1hZjkzOTQyNmVlZTciLCJjIl0";
    for (tag, status) in [("1", 200), ("\"1\"", 200), ("W/\"1\"", 200), ("W/\"2\"", 412), ("W/1", 412)] {
        let script = Script::new().then(200, json!({"id": "c", "changeKey": "1"}));
        let put = TestRequest::new("PUT", &format!("/openidm/system/azuread/contact/{uid}")).with("if-match", tag);
        assert_eq!(put.bytes(b"{}").send(&script).0.status, status, "{tag}");
    }
}

/// CREST: `HttpUtils.determineRequestType` and `HttpAdapter`. OpenIDM: `ObjectClassResourceProvider`.
#[test]
fn condition_follows_crest() {
    let put = || TestRequest::put(json!({}));
    for (request, status) in [
        (put().without("if-match"), 500),
        (put().without("if-match").with("if-none-match", "*"), 500),
        (put().without("if-match").with("if-none-match", "\"1\""), 400),
        (put().with("if-none-match", "*"), 412),
        (TestRequest::get(USER).with("if-match", "*"), 412),
        (TestRequest::get(USER).with("if-none-match", "*"), 412),
        (TestRequest::get(USER).with("if-modified-since", "Sat, 21 Nov 2026 00:00:00 GMT"), 409),
        (put().with("if-unmodified-since", "Sat, 21 Nov 2026 00:00:00 GMT"), 409),
    ] {
        let described = format!("{} {:?}", request.method, request.headers);
        assert_eq!(request.refused().0, status, "{described}");
    }
    let (_, message) = put().without("if-match").refused();
    assert!(message.starts_with("UPSERT (i.e. PUT without the &#39;if-match&#39; nor"), "{message}");
    let (head, _) = put().with("if-match", "\"7\"").send(&Script::new().then(200, user()));
    assert_eq!(head.status, 412);
}

#[test]
fn version_follows_crest() {
    for good in ["resource=1.0", "protocol=2.1,resource=1.0", "protocol=1.0", "resource=2"] {
        assert_eq!(
            TestRequest::get(USER).with("accept-api-version", good).send(&Script::new().then(200, user())).0.status,
            200,
            "{good}"
        );
    }
    for bad in ["protocol=3.0", "protocol=2.2", "resource", "resource=x", "version=1.0"] {
        assert_eq!(TestRequest::get(USER).with("accept-api-version", bad).refused().0, 400, "{bad}");
    }
}

#[test]
fn unknown_path_or_method_is_refused() {
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
        assert_eq!(TestRequest::new(method, target).refused().0, status, "{method} {target}");
    }
}

/// An id with a question mark, a hash, a percent sign or dots in it stays one segment of Graph's path. No user has an id with a slash,
/// and nothing is sent.
#[test]
fn id_with_reserved_characters_stays_one_segment() {
    for (in_path, to_graph) in [
        ("a%3Fb", "a%3Fb"),
        ("a%23b", "a%23b"),
        ("a%25b", "a%25b"),
        ("a%252Fb", "a%252Fb"),
        ("..a", "..a"),
        ("u@t.example", "u%40t.example"),
    ] {
        let script = Script::new().then_error(404, "Request_ResourceNotFound");
        let (head, body) = TestRequest::get(&format!("/openidm/system/azuread/user/{in_path}")).send(&script);
        assert_eq!(head.status, 404);
        assert!(body["message"].as_str().unwrap().contains("not found on system/azuread/user"), "{body}");
        assert!(script.lines()[0].starts_with(&format!("GET /v1.0/users/{to_graph}?$select=")), "{:?}", script.lines());
    }
    for in_path in ["a%2Fb", "..%2F..%2Fgroups", "a%5Cb", "a%00b"] {
        assert_eq!(TestRequest::get(&format!("/openidm/system/azuread/user/{in_path}")).send(&Script::new()).0.status, 404);
    }
}

/// The statuses are from OpenIDM's `ExceptionHelper`.
#[test]
fn graph_failure_has_openidm_status() {
    for (graph, code, status) in [
        (401, "InvalidAuthenticationToken", 503),
        (403, "ErrorAccessDenied", 403),
        (429, "ApplicationThrottled", 503),
        (500, "ErrorInternalServerError", 503),
        (503, "serviceNotAvailable", 503),
    ] {
        let (head, body) = TestRequest::get(&format!("{USER}?_fields=contacts")).send(&Script::new().then_error(graph, code));
        assert_eq!(head.status.as_u16(), status, "{graph}");
        assert_eq!((&body["detail"]["httpStatus"], &body["detail"]["graphCode"]), (&json!(graph), &json!(code)));
        assert_eq!(body["detail"]["requestId"], "r-1");
    }
    for kind in [ErrorKind::ConnectionFailed, ErrorKind::Unavailable, ErrorKind::Timeout] {
        let (head, body) = TestRequest::get(USER).send(&Script::new().then_fault(kind, true));
        assert_eq!((head.status.as_u16(), &body["detail"]["kind"]), (503, &json!(kind.name())));
    }
    let script = Script::new().then_bytes(429, &[("retry-after", "2.128")], b"");
    assert_eq!(TestRequest::get(USER).send(&script).0.headers["retry-after"], "3");
}

/// OpenIDM escapes messages for HTML.
#[test]
fn message_is_escaped_for_html() {
    let (status, message) = TestRequest::get("/openidm/system/%3Cscript%3E'%22/user/x").refused();
    assert_eq!(status, 404);
    assert_eq!(message, "Resource &#39;system/&lt;script&gt;&#39;&quot;&#39; not found");
}

#[test]
fn pretty_print_indents_response() {
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
    assert_eq!(TestRequest::get(&format!("{USER}?_prettyPrint=7")).refused().0, 400);
}

/// OpenIDM returns 200 even if the test of a system fails.
#[test]
fn system_test_returns_result_with_200() {
    let (head, result) =
        TestRequest::new("POST", "/openidm/system/azuread?_action=test").send(&Script::new().then(200, json!({"value": []})));
    assert_eq!((head.status.as_u16(), &result["ok"], &result["name"]), (200, &json!(true), &json!("azuread")));
    assert_eq!(result["objectTypes"], json!(["user", "contact", "contactFolder", "orgContact"]));
    assert!(result["connectorRef"]["bundleVersion"].is_string() && result.get("error").is_none());
    let failing = Script::new().then_error(401, "InvalidAuthenticationToken");
    let (head, all) = TestRequest::new("POST", "/openidm/system?_action=TEST").send(&failing);
    assert_eq!((head.status.as_u16(), &all[0]["ok"]), (200, &json!(false)));
    assert!(all[0]["error"].as_str().unwrap().contains("access token"), "{all}");
}

/// CREST refuses conditions of queries and actions (`HttpAdapter`).
#[test]
fn query_and_action_refuse_condition() {
    for (method, target, name) in [
        ("GET", "/openidm/system/azuread/contact?_queryFilter=true", "if-none-match"),
        ("GET", "/openidm/system/azuread/contact?_queryFilter=true", "if-match"),
        ("POST", "/openidm/system/azuread?_action=test", "if-match"),
        ("POST", "/openidm/system/azuread/contact?_action=liveSync&mailbox=u", "if-none-match"),
    ] {
        let request = TestRequest::new(method, target).with(name, "\"1\"");
        assert_eq!(request.refused().0, 412, "{method} {target} {name}");
    }
}

/// OpenIDM has the action `authenticate` of a class. It returns 501 if the connector does not have it.
#[test]
fn authenticate_action_returns_501() {
    assert_eq!(TestRequest::new("POST", "/openidm/system/azuread/user?_action=authenticate").refused().0, 501);
}

/// The directory searches organizational contacts (`_queryExpression`), sorts them by displayName, and counts them. The count is exact
/// only without a filter, because the connector filters again. The response has the policy that was followed, as in CREST.
#[test]
fn directory_searches_sorts_and_counts() {
    let page = json!({"@odata.count": 7, "value": [{"id": "1", "displayName": "Wa"}, {"id": "2", "displayName": "wa"}]});
    let query = |parameters: &str| {
        let script = Script::new().then(200, page.clone());
        let (head, body) =
            TestRequest::get(&format!("/openidm/system/azuread/orgContact?_fields=displayName&{parameters}")).send(&script);
        assert_eq!(head.status, 200, "{parameters}: {body}");
        let sent = script.lines()[0].replace("GET /v1.0/contacts?$top=999&$select=id,displayName", "");
        let total = (body["totalPagedResultsPolicy"].as_str().unwrap().to_owned(), body["totalPagedResults"].as_i64().unwrap());
        (sent, total, body["resultCount"].as_i64().unwrap())
    };
    let expect = |sent: &str, policy: &str, total, count| (sent.to_owned(), (policy.to_owned(), total), count);
    let filtered = "&$filter=displayName%20eq%20'wa'";
    for (parameters, expected) in [
        ("_queryFilter=true", expect("", "NONE", -1, 2)),
        ("_queryExpression=wa", expect("&$search=%22displayName%3Awa%22&$count=true", "NONE", -1, 2)),
        ("_queryFilter=true&_totalPagedResultsPolicy=EXACT", expect("&$count=true", "EXACT", 7, 2)),
        (
            "_queryFilter=displayName+eq+%22wa%22&_totalPagedResultsPolicy=exact",
            expect(&format!("{filtered}&$count=true"), "ESTIMATE", 7, 1),
        ),
        ("_queryFilter=true&_sortKeys=-displayName", expect("&$orderby=displayName%20desc&$count=true", "NONE", -1, 2)),
    ] {
        assert_eq!(query(parameters), expected, "{parameters}");
    }
    let both = "/openidm/system/azuread/orgContact?_queryFilter=true&_queryExpression=wa";
    assert_eq!(TestRequest::get(both).refused().0, 400);
    assert_eq!(
        TestRequest::get("/openidm/system/azuread/user?_queryExpression=wa").refused().0,
        400,
        "only organizational contacts have it"
    );
}
