//! Headers of every response, authentication, and unknown addresses.

use serde_json::json;

use super::*;

#[tokio::test]
async fn response_has_identifiers() {
    let graph = Graph::start().await;
    let sent = "5fd6a059-ac18-4c5d-80e8-da639787c64c";
    for target in ["/v1.0/me/contacts", "/v1.0/me/contacts/nonsense", "/nonsense"] {
        let response = graph.send(Method::GET, target, &[("client-request-id", sent)], None).await;
        assert_eq!(response.header("client-request-id"), sent);
        assert!(response.header("request-id").parse::<uuid::Uuid>().is_ok());
        assert!(response.header("date").ends_with("GMT"));
        assert!(serde_json::from_str::<Value>(response.header("x-ms-ags-diagnostic")).unwrap()["ServerInfo"].is_object());
        if response.status != 200 {
            let inner = &response.body["error"]["innerError"];
            assert_eq!(inner["client-request-id"], sent);
            assert_eq!(inner["request-id"], response.header("request-id"));
            assert!(inner["date"].is_string());
        }
    }
    let list = graph.get("/v1.0/me/contacts").await;
    assert_eq!(
        list.header("content-type"),
        "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
    );
    assert!(list.header("client-request-id").parse::<uuid::Uuid>().is_ok());
    assert_eq!(list.body["@odata.context"], format!("{}/v1.0/$metadata#users('me')/contacts", graph.emulator.endpoint()));
}

#[tokio::test]
async fn links_have_host_of_request() {
    let graph = Graph::start().await;
    graph.fill(11);
    let response = graph.send(Method::GET, "/v1.0/me/contacts", &[("host", "graph.example:8443")], None).await;
    let link = response.body["@odata.nextLink"].as_str().unwrap();
    assert!(link.starts_with("http://graph.example:8443/v1.0/me/contacts?"), "{link}");
    let terminator = [("x-forwarded-host", "graph.microsoft.com"), ("x-forwarded-proto", "https")];
    let response = graph.send(Method::GET, "/v1.0/me/contacts", &terminator, None).await;
    let link = response.body["@odata.nextLink"].as_str().unwrap();
    assert!(link.starts_with("https://graph.microsoft.com/v1.0/me/contacts?"), "{link}");
}

#[tokio::test]
async fn authentication_precedes_everything() {
    let graph = Graph::start_with(Options { token: Some("secret".to_owned()), ..Options::default() }).await;
    for header in [None, Some("Bearer"), Some("Bearer "), Some("Basic c2VjcmV0"), Some("Bearer wrong"), Some("secret")] {
        let mut request = graph.request(Method::GET, "/v1.0/nonsense");
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let response = send_request(request).await;
        assert_eq!(response.get_error(), (401, "InvalidAuthenticationToken"), "{header:?}");
        assert!(response.header("www-authenticate").starts_with("Bearer "));
    }
    let request = graph.request(Method::GET, "/v1.0/me").header("authorization", "bearer secret");
    assert_eq!(send_request(request).await.status, 200);
}

#[tokio::test]
async fn unsupported_method_is_refused() {
    let graph = Graph::start().await;
    let path = format!("/v1.0{}", graph.create_contact(json!({"givenName": "A"})).await);
    for (method, target) in [
        // microsoft-graph-docs#2188, contrib#7400.
        (Method::PATCH, "/v1.0/me/contacts/"),
        (Method::DELETE, "/v1.0/me/contacts"),
        (Method::PUT, path.as_str()),
        (Method::POST, path.as_str()),
    ] {
        let response = graph.send(method.clone(), target, &[("content-type", "application/json")], Some("{}".to_owned())).await;
        assert_eq!(response.get_error(), (405, "ErrorInvalidRequest"), "{method} {target}");
        assert_eq!(response.message(), "The OData request is not supported.");
    }
}

#[tokio::test]
async fn unknown_address_is_refused() {
    let graph = Graph::start().await;
    for (target, status, code) in [
        ("/v1.0/me/contakts", 400, "BadRequest"),
        ("/v1.0/nothing", 400, "BadRequest"),
        ("/v2.0/me", 400, "BadRequest"),
        ("/", 400, "BadRequest"),
        ("/v1.0/me/contacts/x/nothing", 400, "BadRequest"),
        ("/v1.0/$batch", 405, "ErrorInvalidRequest"),
    ] {
        assert_eq!(graph.get(target).await.get_error(), (status, code), "{target}");
    }
    assert_eq!(graph.get("/v1.0/me/contakts").await.message(), "Resource not found for the segment 'contakts'.");
}

/// docs/emulator.md: "For a part of Graph that it lacks it responds 501".
#[tokio::test]
async fn missing_part_of_graph_is_not_implemented() {
    let graph = Graph::start().await;
    let path = format!("/v1.0{}", graph.create_contact(json!({"givenName": "A"})).await);
    for target in [
        "/v1.0",
        "/v1.0/$metadata",
        "/beta/$metadata",
        "/v1.0/organization",
        "/v1.0/subscriptions",
        "/v1.0/me/photos",
        "/v1.0/me/photos/48x48/$value",
        "/v1.0/me/photo",
        "/v1.0/me/people?$search=a",
        "/v1.0/me/messages",
        "/v1.0/me/mailFolders/inbox/messages/delta",
        "/v1.0/me/calendarView?startDateTime=x",
        "/beta/me/reminderView(startDateTime='a',endDateTime='b')",
        "/v1.0/users/validatePassword",
        "/v1.0/groups/x/owners",
        "/v1.0/me/contacts?$search=\"x\"",
        "/v1.0/me/contacts/$count?$search=\"x\"",
        "/v1.0/me/contactFolders?$search=\"x\"",
        &format!("{path}/singleValueExtendedProperties/x"),
        "/v1.0/me/contactFolders/contacts/multiValueExtendedProperties",
    ] {
        assert_eq!(graph.get(target).await.get_error(), (501, "NotImplemented"), "{target}");
    }
    let item = json!({"id": "1", "method": "GET", "url": "/organization"});
    let batch = graph.post("/v1.0/$batch", json!({"requests": [item]})).await;
    assert_eq!(batch.body["responses"][0]["status"], 501);
    for unknown in ["/v1.0/me/organization", "/v1.0/messages", "/v1.0/me/contacts/x/photos", "/v1.0/contacts/x/messages"] {
        assert_eq!(graph.get(unknown).await.get_error(), (400, "BadRequest"), "{unknown}: Graph has it elsewhere");
    }
}

#[tokio::test]
async fn taken_port_fails_start() {
    let graph = Graph::start().await;
    let taken = graph.emulator.endpoint().trim_start_matches("http://").to_owned();
    let error = Emulator::start(taken.parse().unwrap(), Options::default()).await.unwrap_err();
    assert!(format!("{error:#}").contains(&taken), "{error:#}");
}

#[tokio::test]
async fn stop_frees_port() {
    let graph = Graph::start().await;
    let address: std::net::SocketAddr = graph.emulator.endpoint().trim_start_matches("http://").parse().unwrap();
    graph.get("/v1.0/me").await;
    graph.emulator.stop().await;
    let error = graph.client.get(format!("http://{address}/v1.0/me")).send().await.unwrap_err();
    assert!(error.is_connect() || error.is_request(), "{error}");
}

#[tokio::test]
async fn recorded_requests_hide_token() {
    let graph = Graph::start().await;
    graph.post("/v1.0/me/contacts?x=%41", json!({"givenName": "A"})).await;
    let recorded = graph.emulator.requests();
    assert_eq!(recorded.len(), 1);
    let request = &recorded[0];
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/v1.0/me/contacts?x=%41"));
    assert_eq!(request.header("authorization"), Some("Bearer token"));
    assert_eq!(request.body, json!({"givenName": "A"}).to_string());
    assert_eq!(request.status, Some(StatusCode::CREATED));
    let shown = format!("{request:?}");
    assert!(shown.contains("Bearer [redacted]") && !shown.contains("Bearer token"), "{shown}");
    graph.emulator.clear_requests();
    assert!(graph.emulator.requests().is_empty());
}
