//! What every answer has, authentication, and addresses that are none.

use serde_json::json;

use super::*;

#[tokio::test]
async fn every_answer_is_identified() {
    let graph = Graph::start().await;
    let sent = "5fd6a059-ac18-4c5d-80e8-da639787c64c";
    for target in ["/v1.0/me/contacts", "/v1.0/me/contacts/nonsense", "/nonsense"] {
        let answer = graph.send(Method::GET, target, &[("client-request-id", sent)], None).await;
        assert_eq!(answer.header("client-request-id"), sent);
        assert!(answer.header("request-id").parse::<uuid::Uuid>().is_ok());
        assert!(answer.header("date").ends_with("GMT"));
        assert!(serde_json::from_str::<Value>(answer.header("x-ms-ags-diagnostic")).unwrap()["ServerInfo"].is_object());
        if answer.status != 200 {
            let inner = &answer.body["error"]["innerError"];
            assert_eq!(inner["client-request-id"], sent);
            assert_eq!(inner["request-id"], answer.header("request-id"));
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
async fn links_name_the_host_that_the_client_used() {
    let graph = Graph::start().await;
    graph.fill(11);
    let answer = graph.send(Method::GET, "/v1.0/me/contacts", &[("host", "graph.example:8443")], None).await;
    let link = answer.body["@odata.nextLink"].as_str().unwrap();
    assert!(link.starts_with("http://graph.example:8443/v1.0/me/contacts?"), "{link}");
}

#[tokio::test]
async fn authentication_comes_first() {
    let graph = Graph::start_with(Options { token: Some("secret".to_owned()) }).await;
    for header in [None, Some("Bearer"), Some("Bearer "), Some("Basic c2VjcmV0"), Some("Bearer wrong"), Some("secret")] {
        let mut request = graph.request(Method::GET, "/v1.0/nonsense");
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let answer = answered(request).await;
        assert_eq!(answer.refusal(), (401, "InvalidAuthenticationToken"), "{header:?}");
        assert!(answer.header("www-authenticate").starts_with("Bearer "));
    }
    let request = graph.request(Method::GET, "/v1.0/me").header("authorization", "bearer secret");
    assert_eq!(answered(request).await.status, 200);
}

#[tokio::test]
async fn methods_that_an_address_does_not_have() {
    let graph = Graph::start().await;
    let path = format!("/v1.0{}", graph.contact(json!({"givenName": "A"})).await);
    for (method, target) in [
        // microsoft-graph-docs#2188, contrib#7400.
        (Method::PATCH, "/v1.0/me/contacts/"),
        (Method::DELETE, "/v1.0/me/contacts"),
        (Method::PUT, path.as_str()),
        (Method::POST, path.as_str()),
    ] {
        let answer = graph.send(method.clone(), target, &[("content-type", "application/json")], Some("{}".to_owned())).await;
        assert_eq!(answer.refusal(), (405, "ErrorInvalidRequest"), "{method} {target}");
        assert_eq!(answer.message(), "The OData request is not supported.");
    }
}

#[tokio::test]
async fn addresses_that_are_none() {
    let graph = Graph::start().await;
    for (target, status, code) in [
        ("/v1.0/me/contakts", 400, "BadRequest"),
        ("/v1.0/nothing", 400, "BadRequest"),
        ("/v2.0/me", 400, "BadRequest"),
        ("/", 400, "BadRequest"),
        ("/v1.0/me/contacts/x/nothing", 400, "BadRequest"),
        ("/v1.0/$batch", 405, "ErrorInvalidRequest"),
    ] {
        assert_eq!(graph.get(target).await.refusal(), (status, code), "{target}");
    }
    assert_eq!(graph.get("/v1.0/me/contakts").await.message(), "Resource not found for the segment 'contakts'.");
}

#[tokio::test]
async fn a_taken_port_is_said() {
    let graph = Graph::start().await;
    let taken = graph.emulator.endpoint().trim_start_matches("http://").to_owned();
    let error = Emulator::start(taken.parse().unwrap(), Options::default()).await.unwrap_err();
    assert!(format!("{error:#}").contains(&taken), "{error:#}");
}

#[tokio::test]
async fn stopping_frees_the_port() {
    let graph = Graph::start().await;
    let address: std::net::SocketAddr = graph.emulator.endpoint().trim_start_matches("http://").parse().unwrap();
    graph.get("/v1.0/me").await;
    graph.emulator.stop().await;
    let error = graph.client.get(format!("http://{address}/v1.0/me")).send().await.unwrap_err();
    assert!(error.is_connect() || error.is_request(), "{error}");
}

#[tokio::test]
async fn requests_are_recorded_without_showing_the_token() {
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
