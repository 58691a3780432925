//! OpenIDM's responses to failures of a connector: `ExceptionHelper`, and the cases of `OpenICFProvisionerServiceTest`, each for
//! every kind of request that can meet it. Exceptions that a component does not have (null pointers, wrong arguments, end users'
//! passwords) are left out. `native/openidm.rs` and `time.rs` test settings and timeouts.

use graph_emulator::{CannedResponse, Fault, FaultKind};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::calls::{Response, create, graph_error_fault, send_json};
use crate::fixture::{Fixture, UID, connector, run};

/// The kinds of requests about a contact: OpenIDM's name, the method, and the method of the request to Graph that fails.
const REQUESTS: [(&str, Method, Method); 6] = [
    ("READ", Method::GET, Method::GET),
    ("QUERY", Method::GET, Method::GET),
    ("CREATE", Method::POST, Method::POST),
    ("UPDATE", Method::PUT, Method::PATCH),
    ("PATCH", Method::PATCH, Method::PATCH),
    ("DELETE", Method::DELETE, Method::DELETE),
];

/// Sends the request of that name for a contact.
async fn send_request(fixture: &Fixture, name: &str, method: &Method, id: &str) -> Response {
    let path = match name {
        "QUERY" => format!("/contact?_queryFilter=mailbox+eq+%22{UID}%22"),
        "CREATE" => "/contact".to_owned(),
        _ => format!("/contact/{id}"),
    };
    let body = match name {
        "CREATE" => json!({"mailbox": UID, "givenName": "x"}),
        "PATCH" => json!([{"operation": "replace", "field": "givenName", "value": "x"}]),
        _ => json!({"givenName": "x"}),
    };
    let condition: &[(&str, &str)] = if name == "UPDATE" { &[("if-match", "*")] } else { &[] };
    send_json(fixture, method.clone(), &path, condition, &body).await
}

#[test]
fn failure_has_status_of_icf_exception() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| settings.exactly_once = Some(false)).await;
        let broken = CannedResponse { body: "{\"id\": \"AA".into(), ..CannedResponse::empty(StatusCode::OK) };
        for (exception, fault, status, kind) in [
            ("AlreadyExistsException", graph_error_fault(409, "ErrorFolderExists", &[]), 412, "already-exists"),
            ("UnknownUidException", graph_error_fault(404, "ErrorItemNotFound", &[]), 404, "unknown-uid"),
            (
                "InvalidAttributeValueException",
                graph_error_fault(400, "ErrorInvalidArgument", &[]),
                400,
                "invalid-attribute-value",
            ),
            ("PermissionDeniedException", graph_error_fault(403, "ErrorAccessDenied", &[]), 403, "permission-denied"),
            // In ICF an InvalidCredentialException is about an end user's credential. A failure of the connector's own credential is
            // a ConnectionFailedException.
            ("ConnectionFailedException", graph_error_fault(401, "InvalidAuthenticationToken", &[]), 503, "invalid-credential"),
            // The contact still has the revision: microsoft-graph-docs 2256 and davmail 491 report 412 without any mismatch.
            ("RetryableException", graph_error_fault(412, "ErrorIrresolvableConflict", &[]), 503, "unavailable"),
            ("PreconditionRequiredException", graph_error_fault(428, "preconditionRequired", &[]), 428, "precondition-required"),
            ("RetryableException", graph_error_fault(429, "ApplicationThrottled", &[]), 503, "throttled"),
            ("RetryableException", graph_error_fault(503, "serviceNotAvailable", &[]), 503, "unavailable"),
            ("ConnectorIOException", Fault::new(FaultKind::Respond(broken)), 503, "unavailable"),
            ("ConnectionBrokenException", Fault::new(FaultKind::Close), 503, "connection-failed"),
            ("UnsupportedOperationException", graph_error_fault(405, "ErrorMethodNotAllowed", &[]), 501, "unsupported"),
        ] {
            for (name, method, graph) in &REQUESTS {
                let created = create(&fixture, json!({"givenName": "Ada"})).await;
                fixture.emulator.inject(fault.clone().method(graph.clone()));
                let response = send_request(&fixture, name, method, created.id()).await;
                fixture.emulator.clear_faults();
                assert_eq!(response.status, status, "{exception} {name}: {response:?}");
                assert_eq!(response.body["code"], status, "{exception} {name}: {response:?}");
                let reason = StatusCode::from_u16(status).unwrap().canonical_reason().unwrap();
                assert_eq!(response.body["reason"], reason, "{exception} {name}: {response:?}");
                let known = response.body["detail"]["kind"].as_str().unwrap();
                // The host decides whether a broken connection was established.
                let broken = kind == "connection-failed" && known == "unavailable";
                assert!(known == kind || broken, "{exception} {name}: {response:?}");
            }
        }
    });
}

/// Messages begin as in `ExceptionHelper`, with OpenIDM's names of the request and the object.
#[test]
fn failure_message_begins_as_in_openidm() {
    run(async {
        let fixture = Fixture::start().await;
        let class = "system/azuread/contact";
        for (status, code, beginning, requests) in [
            (404, "ErrorItemNotFound", "Object {id} not found on {class}", &["READ"][..]),
            (
                404,
                "ErrorItemNotFound",
                "Operation {name} could not find resource {id} on system object: {class}",
                &["UPDATE", "PATCH", "DELETE"],
            ),
            (
                403,
                "ErrorAccessDenied",
                "Permission was denied on {name} operation for system object: {class}",
                &["READ", "QUERY", "CREATE", "UPDATE", "PATCH", "DELETE"],
            ),
            (
                412,
                "ErrorIrresolvableConflict",
                "Request temporarily unavailable on operation {name} for system object: {class}/{id}",
                &["UPDATE", "PATCH", "DELETE"],
            ),
            (
                428,
                "preconditionRequired",
                "No resource version for resource {id} has been provided on operation {name} for system object: {class}",
                &["UPDATE", "PATCH", "DELETE"],
            ),
            (409, "ErrorItemAlreadyExists", "System object {class}/ already exists", &["CREATE"]),
            (
                503,
                "serviceNotAvailable",
                "Request temporarily unavailable on operation {name} for system object: {class}",
                &["READ", "QUERY", "CREATE", "UPDATE", "PATCH", "DELETE"],
            ),
        ] {
            for (name, method, graph) in REQUESTS.iter().filter(|(name, ..)| requests.contains(name)) {
                let created = create(&fixture, json!({"givenName": "Ada"})).await;
                fixture.emulator.inject(graph_error_fault(status, code, &[]).method(graph.clone()));
                let response = send_request(&fixture, name, method, created.id()).await;
                fixture.emulator.clear_faults();
                let beginning = beginning.replace("{id}", created.id()).replace("{class}", class).replace("{name}", name);
                assert!(response.message().starts_with(&beginning), "{beginning}: {response:?}");
            }
        }
    });
}

/// `ObjectClassResourceProviderTest.testUnsupportedCreateWithId`, and operations that an object class does not have.
#[test]
fn unsupported_request_is_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        let created = create(&fixture, json!({"givenName": "Ada"})).await;
        let contact = format!("/contact/{}", created.id());
        fixture.emulator.clear_requests();
        let new: &[(&str, &str)] = &[("if-none-match", "*")];
        for (method, path, headers, status, expected) in [
            (Method::PUT, contact.as_str(), new, 500, "Create with client provided ID is not supported."),
            (Method::PUT, "/contact/new", new, 500, "Create with client provided ID is not supported."),
            (Method::PUT, "/user/new", new, 500, "Create with client provided ID is not supported."),
            (Method::PUT, contact.as_str(), &[], 500, "UPSERT"),
            (Method::PUT, "/user/new", &[], 500, "UPSERT"),
            (Method::POST, "/contact?_action=fly", &[], 400, "fly"),
            (Method::POST, "/user?_action=fly", &[], 400, "fly"),
            (Method::DELETE, "/contact", &[], 501, "DELETE"),
            (Method::POST, "?_action=script&scriptId=x", &[], 400, "script"),
            // testSyncWithAllObjectClass: liveSync needs one object class.
            (Method::POST, "?_action=liveSync", &[], 400, "liveSync"),
            (Method::GET, "/group/x", &[], 404, "Not found: group"),
            (Method::GET, "/__ALL__/x", &[], 404, "Not found: __ALL__"),
        ] {
            let body = if method == Method::GET { Value::Null } else { json!({"givenName": "x"}) };
            let response = send_json(&fixture, method.clone(), path, headers, &body).await;
            assert_eq!(response.status, status, "{method} {path}: {response:?}");
            assert!(response.message().contains(expected), "{method} {path}: {response:?}");
        }
        assert!(fixture.sent().is_empty(), "{:?}", fixture.sent());
    });
}
