//! Failures of Microsoft Graph and of the connection to it.

use bytes::Bytes;
use graph_emulator::{CannedResponse, Fault, FaultKind};
use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::fixture::{Fixture, TOKEN, UID, connector, run, send_request};

fn respond_with(status: u16, content_type: &'static str, body: &'static str) -> FaultKind {
    let canned = CannedResponse {
        body: Bytes::from_static(body.as_bytes()),
        ..CannedResponse::empty(StatusCode::from_u16(status).unwrap())
    };
    FaultKind::Respond(canned.header(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type)))
}

fn graph_error(status: u16, code: &str) -> FaultKind {
    FaultKind::Respond(CannedResponse::error(StatusCode::from_u16(status).unwrap(), code, "In Graph's words."))
}

/// Reads the contacts and writes one while every request fails. Returns the status and body of both.
async fn call_with_fault(fixture: &Fixture, fault: &FaultKind) -> [(u16, Value); 2] {
    fixture.emulator.inject(Fault::new(fault.clone()).forever());
    let read = fixture.get(&format!("{UID}?_fields=_id,contacts")).await;
    fixture.emulator.clear_faults();
    fixture.emulator.inject(Fault::new(fault.clone()).method(Method::POST).forever());
    let written = fixture.put(json!({"__addContacts__": {"givenName": "x"}})).await;
    fixture.emulator.clear_faults();
    [read, written]
}

/// An error text may quote the access token, which neither the component nor its caller has.
#[test]
fn quoted_token_reaches_nobody() {
    run(async {
        let fixture = Fixture::start().await;
        let message = format!("The token '{TOKEN}' is not allowed here.");
        let fault = FaultKind::Respond(CannedResponse::error(StatusCode::FORBIDDEN, "ErrorAccessDenied", &message));
        for (status, body) in call_with_fault(&fixture, &fault).await {
            let text = body.to_string();
            assert!(!text.contains(TOKEN) && text.contains(&"*".repeat(TOKEN.len())), "{status}: {text}");
        }
    });
}

#[test]
fn each_failure_has_status_and_remedy() {
    run(async {
        // With exactly-once on, the retry finds a contact whose response was truncated.
        let fixture = Fixture::with(connector(), |settings| settings.exactly_once = Some(false)).await;
        for (fault, status, kind, expected) in [
            (graph_error(401, "InvalidAuthenticationToken"), 503, "invalid-credential", "access token"),
            (graph_error(403, "ErrorAccessDenied"), 403, "permission-denied", "Contacts.ReadWrite"),
            (graph_error(429, "ApplicationThrottled"), 503, "throttled", "wait"),
            (
                graph_error(500, "ErrorInternalServerError"),
                503,
                "unavailable",
                "HTTP 500 ErrorInternalServerError: In Graph&#39;s words.",
            ),
            (graph_error(503, "serviceNotAvailable"), 503, "unavailable", "try again later"),
            (respond_with(503, "text/plain", ""), 503, "unavailable", "HTTP 503"),
            (respond_with(200, "text/html", "<html>Please sign in</html>"), 503, "unavailable", "the endpoint"),
            (respond_with(200, "application/json", "{\"value\": [{\"id\": \"AA"), 503, "unavailable", "is not JSON"),
            (respond_with(200, "application/json", ""), 503, "unavailable", "0 bytes"),
            (respond_with(302, "text/html", ""), 503, "unavailable", "redirection"),
            (FaultKind::Truncate(3), 503, "unavailable", "the response is incomplete"),
        ] {
            for (code, body) in call_with_fault(&fixture, &fault).await {
                assert_eq!(code, status, "{fault:?}: {body}");
                assert_eq!(body["code"], status);
                assert!(body["message"].as_str().unwrap().contains(expected), "{expected}: {body}");
                let error =
                    if body["detail"]["contacts"].is_array() { &body["detail"]["contacts"][0]["error"] } else { &body["detail"] };
                assert_eq!(error["kind"], kind, "{body}");
                assert!(!body.to_string().contains("<html>") && !body.to_string().contains(crate::fixture::TOKEN));
            }
        }
    });
}

#[test]
fn closed_connection_reports_unavailable() {
    run(async {
        let fixture = Fixture::start().await;
        for (code, body) in call_with_fault(&fixture, &FaultKind::Close).await {
            assert_eq!(code, 503, "{body}");
            assert!(body["message"].as_str().unwrap().contains("Microsoft Graph"), "{body}");
        }
        assert_eq!(fixture.contacts().await.len(), 0);
    });
}

#[test]
fn unreachable_service_reports_connection_failed() {
    run(async {
        // A port on which nothing listens any more.
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let endpoint = format!("http://{closed}").parse().unwrap();
        let fixture = Fixture::with(connector(), |settings| settings.endpoint = Some(endpoint)).await;
        for _ in 0..2 {
            let (status, body) = fixture.get(UID).await;
            assert_eq!((status, &body["detail"]["kind"]), (503, &json!("connection-failed")), "{body}");
            assert_eq!(body["detail"]["mayHaveTakenEffect"], false);
            assert!(body["message"].as_str().unwrap().contains("GRAPH_ENDPOINT"), "{body}");
        }
    });
}

#[test]
fn throttling_passes_on_retry_after() {
    run(async {
        let fixture = Fixture::start().await;
        let canned = CannedResponse::error(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", "Please retry again later.");
        let canned = canned.header(header::RETRY_AFTER, header::HeaderValue::from_static("2.128"));
        fixture.emulator.inject(Fault::new(FaultKind::Respond(canned)));
        let response = fixture.request(Method::GET, &format!("{UID}?_fields=contacts")).send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()), (503, "3"));
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["detail"]["retryAfterMs"], 2128);
    });
}

#[test]
fn user_without_mailbox_has_no_contacts_and_takes_none() {
    run(async {
        // The code is in the body.
        let fixture = Fixture::exact(connector(), |_| ()).await;
        let mut user = graph_emulator::User::new("00000000-0000-0000-0000-000000000001", "unlicensed@contoso.example");
        user.mailbox = false;
        fixture.emulator.add_user(user);
        let id = "00000000-0000-0000-0000-000000000001";
        assert_eq!(fixture.get(&format!("{id}?_fields=contacts")).await, (200, json!({"_id": id, "contacts": []})));
        fixture.add(json!({"givenName": "Ada"}));
        let (status, body) = fixture.query("user", &[("_queryFilter", "true"), ("_fields", "contacts")]).await;
        let counts: Vec<usize> =
            body["result"].as_array().unwrap().iter().map(|user| user["contacts"].as_array().unwrap().len()).collect();
        assert_eq!((status, counts, body.get("error")), (200, vec![1, 0], None), "the query goes on past the user: {body}");

        let body = json!({"__addContacts__": {"givenName": "Bob"}}).to_string();
        let (status, body) = send_request(fixture.request(Method::PUT, id).header("If-Match", "*").body(body)).await;
        let error = &body["detail"]["contacts"][0]["error"];
        assert_eq!((status, &error["graphCode"]), (404, &json!("MailboxNotEnabledForRESTAPI")), "{body}");
        assert!(body["message"].as_str().unwrap().contains("mailbox"), "{body}");
    });
}

/// Every request has the token, so a link from the service must not lead to another host.
#[test]
fn next_link_to_other_service_is_not_followed() {
    run(async {
        let fixture = Fixture::start().await;
        let elsewhere = Fixture::start().await;
        let link = format!("{}/v1.0/users/{UID}/contacts?$skip=10", elsewhere.emulator.endpoint());
        let page = json!({"value": [], "@odata.nextLink": link});
        let canned = CannedResponse { body: Bytes::from(page.to_string()), ..CannedResponse::empty(StatusCode::OK) };
        fixture.emulator.inject(Fault::new(FaultKind::Respond(canned)));
        let (status, body) = fixture.get(&format!("{UID}?_fields=contacts")).await;
        assert_eq!(status, 503, "{body}");
        assert!(body["message"].as_str().unwrap().contains("not followed"), "{body}");
        assert!(elsewhere.sent().is_empty());
    });
}
