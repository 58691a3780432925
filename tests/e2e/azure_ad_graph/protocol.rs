//! API versions, formats, headers and failures.

use graph_emulator::{CannedResponse, Fault, FaultKind};
use http::header::RETRY_AFTER;
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Value, json};

use super::{Directory, code, message, read_response};
use crate::fixture::{Fixture, UID, run, send_request};

const MINIMAL: &str = "application/json;odata=minimalmetadata;streaming=true;charset=utf-8";

#[test]
fn unknown_api_version_is_rejected() {
    run(async {
        let directory = Directory::open().await;
        for (query, expected) in [
            ("", "Request_DataContractVersionMissing"),
            ("?api-version=", "Request_DataContractVersionMissing"),
            ("?api-version=1.7", "Request_InvalidDataContractVersion"),
            ("?api-version=2014/11/08", "Request_InvalidDataContractVersion"),
            ("?api-version=BETA", "Request_InvalidDataContractVersion"),
        ] {
            let (status, refused) = directory.get(&format!("/contoso.com/users{query}")).await;
            assert_eq!((status, code(&refused)), (400, expected), "{refused}");
        }
        for version in ["beta", "1.6", "1.5", "2013-11-08", "2013-04-05"] {
            let (status, listed) = directory.get(&format!("/contoso.com/users?api-version={version}")).await;
            assert_eq!(status, 200, "{listed}");
        }
    });
}

/// As recorded from the service.
#[test]
fn responses_have_documented_headers() {
    run(async {
        let directory = Directory::open().await;
        let get = async |target: &str| {
            let request = directory.request(Method::GET, target).header("client-request-id", "my-own-id");
            request.send().await.unwrap()
        };
        let found = get(&format!("/contoso.com/users/{UID}?api-version=1.6")).await;
        let header = |response: &reqwest::Response, name: &str| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(header(&found, "content-type").as_deref(), Some(MINIMAL));
        assert_eq!(header(&found, "dataserviceversion").as_deref(), Some("3.0;"));
        assert_eq!(header(&found, "client-request-id").as_deref(), Some("my-own-id"));
        assert_eq!(header(&found, "request-id").unwrap().len(), 36);
        assert_eq!(header(&found, "cache-control").as_deref(), Some("no-cache"));
        let missing = get(&format!("/contoso.com/users/{}?api-version=1.6", "0f0f0f0f-31f4-4d0e-8d0a-1f9d0b6a4f11")).await;
        assert_eq!(header(&missing, "content-type").as_deref(), Some("application/json;odata=minimalmetadata;charset=utf-8"));
        assert_eq!(header(&missing, "client-request-id").as_deref(), Some("my-own-id"));
        let request_id = header(&missing, "request-id").unwrap();
        let error = read_response(missing).await.1["odata.error"].clone();
        assert_eq!((&error["requestId"], &error["message"]["lang"]), (&json!(request_id), &json!("en")));
        let date = error["date"].as_str().unwrap();
        assert!(date.len() == 19 && date.as_bytes()[10] == b'T', "expected no time zone: {date}");
        let gone = directory.request(Method::DELETE, &format!("/contoso.com/users/{UID}?api-version=1.6")).send().await.unwrap();
        assert_eq!((gone.status().as_u16(), header(&gone, "dataserviceversion").as_deref()), (204, Some("1.0;")));
        assert_eq!(header(&gone, "content-type"), None);
    });
}

async fn get_accepting(directory: &Directory, target: &str, accept: &str) -> (u16, String, Value) {
    let response = directory.request(Method::GET, target).header("accept", accept).send().await.unwrap();
    let media_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    let (status, body) = read_response(response).await;
    (status, media_type, body)
}

#[test]
fn accept_header_selects_json_format() {
    run(async {
        let directory = Directory::open().await;
        let target = format!("/contoso.com/users/{UID}?api-version=1.6&$select=objectId,otherMails");
        let minimal = json!({
            "odata.metadata": format!("{}/$metadata#directoryObjects/Microsoft.DirectoryServices.User/@Element", directory.base()),
            "odata.type": "Microsoft.DirectoryServices.User",
            "objectId": UID,
            "otherMails": []
        });
        for accept in [
            "*/*",
            "application/json",
            "application/json;odata=minimalmetadata",
            "application/atom+xml,application/xml;q=0.9,application/json;q=0.5",
        ] {
            let (status, media_type, body) = get_accepting(&directory, &target, accept).await;
            assert_eq!((status, media_type.as_str(), &body), (200, MINIMAL, &minimal), "{accept}");
        }
        let (status, media_type, body) = get_accepting(&directory, &target, "application/json;odata=nometadata").await;
        assert_eq!((status, body), (200, json!({"objectId": UID, "otherMails": []})));
        assert!(media_type.starts_with("application/json;odata=nometadata"));
        let (status, media_type, body) = get_accepting(&directory, &target, "application/json;odata=verbose").await;
        let uri = format!("{}/directoryObjects/{UID}/Microsoft.DirectoryServices.User", directory.base());
        let verbose = json!({"d": {
            "__metadata": {"id": uri, "uri": uri, "type": "Microsoft.DirectoryServices.User"},
            "objectId": UID,
            "otherMails": {"results": []}
        }});
        assert_eq!((status, &body), (200, &verbose));
        assert!(media_type.starts_with("application/json;odata=verbose"));
        for accept in ["application/atom+xml", "application/xml", "text/html"] {
            let (status, _, body) = get_accepting(&directory, &target, accept).await;
            assert_eq!((status, code(&body)), (406, "Headers_HeaderNotSupported"), "{accept}");
            assert!(message(&body).contains("XML"));
        }
        let (status, listed) = directory.get("/contoso.com/users?api-version=1.6&$format=json").await;
        assert_eq!(status, 200, "{listed}");
        assert_eq!(directory.get("/contoso.com/users?api-version=1.6&$format=xml").await.0, 406);
    });
}

/// Lists, links, functions and errors in verbose JSON (OData 3, "JSON Verbose Format").
#[test]
fn verbose_json_covers_every_response_kind() {
    run(async {
        let directory = Directory::open().await;
        let verbose = "application/json;odata=verbose";
        let contact = directory.add_contact(&json!({"displayName": "Ada"}));
        directory.fixture.emulator.set_manager(&contact, UID).unwrap();
        let base = directory.base();
        let (_, _, body) = get_accepting(&directory, "/contoso.com/contacts?api-version=1.6&$top=1", verbose).await;
        assert_eq!(body["d"]["results"][0]["objectId"], json!(contact));
        let user_url = format!("{base}/directoryObjects/{UID}/Microsoft.DirectoryServices.User");
        let (_, _, body) =
            get_accepting(&directory, &format!("/contoso.com/contacts/{contact}/$links/manager?api-version=1.6"), verbose).await;
        assert_eq!(body, json!({"d": {"uri": user_url}}));
        let contact_url = format!("{base}/directoryObjects/{contact}/Microsoft.DirectoryServices.Contact");
        let (_, _, body) =
            get_accepting(&directory, &format!("/contoso.com/users/{UID}/$links/directReports?api-version=1.6"), verbose).await;
        assert_eq!(body, json!({"d": {"results": [{"uri": contact_url}]}}));
        let request = directory.request(Method::POST, &format!("/contoso.com/users/{UID}/getMemberGroups?api-version=1.6"));
        let request = request.header("accept", verbose).header("content-type", "application/json;odata=verbose");
        let (_, body) = send_request(request.body("{\"securityEnabledOnly\":false}")).await;
        assert_eq!(body, json!({"d": {"getMemberGroups": {"__metadata": {"type": "Collection(Edm.String)"}, "results": []}}}));
        let (status, _, body) = get_accepting(&directory, "/contoso.com/users/x@y.z?api-version=1.6", verbose).await;
        assert_eq!((status, &body["error"]["code"]), (404, &json!("Request_ResourceNotFound")), "{body}");
        let (_, _, body) = get_accepting(&directory, "/contoso.com?api-version=1.6", verbose).await;
        assert_eq!(body, json!({"d": {"EntitySets": ["contacts", "directoryObjects", "users"]}}));
        let (_, body) = directory.get("/contoso.com?api-version=1.6").await;
        assert_eq!(body["value"][0], json!({"name": "contacts", "url": "contacts"}));
    });
}

#[test]
fn request_bodies_must_be_json() {
    run(async {
        let directory = Directory::open().await;
        let target = format!("/contoso.com/users/{UID}?api-version=1.6");
        let patch = async |media_type: &str, body: &str| {
            let request = directory.request(Method::PATCH, &target);
            let request = if media_type.is_empty() { request } else { request.header("content-type", media_type) };
            read_response(request.body(body.to_owned()).send().await.unwrap()).await
        };
        for media_type in ["application/atom+xml", "application/xml", "text/plain", ""] {
            let (status, refused) = patch(media_type, "{\"city\":\"Oslo\"}").await;
            assert_eq!(status, 415, "{refused}");
            assert!(message(&refused).contains("XML"), "{refused}");
        }
        for body in ["", "{", "[]", "7", "{}"] {
            let (status, refused) = patch("application/json", body).await;
            assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{body}: {refused}");
        }
        assert_eq!(
            patch(
                "application/json;odata=verbose;charset=utf-8",
                "{\"__metadata\":{\"type\":\"x\"},\"city\":\"Oslo\",\"otherMails\":{\"results\":[\"a@b.c\"]}}"
            )
            .await
            .0,
            204
        );
        let user = directory.get(&target).await.1;
        assert_eq!((&user["city"], &user["otherMails"]), (&json!("Oslo"), &json!(["a@b.c"])));
    });
}

/// Objects have no ETags, and a method cannot be overridden.
#[test]
fn conditional_and_method_override_headers_are_rejected() {
    run(async {
        let directory = Directory::open().await;
        let target = format!("/contoso.com/users/{UID}?api-version=1.6");
        for (name, value) in
            [("x-http-method", "DELETE"), ("x-http-method-override", "DELETE"), ("if-match", "\"1\""), ("if-none-match", "*")]
        {
            let (status, refused) =
                read_response(directory.request(Method::DELETE, &target).header(name, value).send().await.unwrap()).await;
            assert_eq!((status, code(&refused)), (400, "Headers_HeaderNotSupported"), "{refused}");
            assert!(message(&refused).contains(name));
        }
        directory.fixture.assert_nothing_written();
        assert_eq!(directory.request(Method::DELETE, &target).header("if-match", "*").send().await.unwrap().status(), 204);
    });
}

#[test]
fn caller_and_directory_are_authorized() {
    run(async {
        let directory = Directory::open().await;
        let url = format!("http://{}/contoso.com/users?api-version=1.6", directory.fixture.gateway.address());
        let client = reqwest::Client::new();
        for request in
            [client.get(&url), client.get(&url).bearer_auth("wrong"), client.get(&url).basic_auth("openidm-admin", Some("wrong"))]
        {
            let response = request.send().await.unwrap();
            assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
            let (status, refused) = read_response(response).await;
            assert_eq!((status, code(&refused)), (401, "Authentication_MissingOrMalformed"), "{refused}");
        }
        let (status, _) =
            read_response(client.get(&url).basic_auth("openidm-admin", Some("openidm-admin")).send().await.unwrap()).await;
        assert_eq!(status, 200);
        for tenant in ["fabrikam.com", "contoso.co", "contoso.com.evil.example", "%63ontoso.org"] {
            let (status, refused) = directory.get(&format!("/{tenant}/users?api-version=1.6")).await;
            assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
            assert_eq!(message(&refused), "Invalid domain name in the request url.");
        }
        assert_eq!(directory.get("/CONTOSO.com/users?api-version=1.6").await.0, 200, "domain names are case-insensitive");
        // OpenIDM's paths still work.
        assert_eq!(directory.fixture.get(UID).await.0, 200);
        let (status, refused) = directory.get("/openidm/nothing").await;
        assert_eq!((status, &refused["code"]), (404, &json!(404)), "an error in OpenIDM's format: {refused}");
    });
}

/// Without a configured directory the API is off: the error names the missing setting, and nothing is sent.
#[test]
fn unconfigured_directory_returns_not_implemented() {
    run(async {
        let fixture = Fixture::start().await;
        let url = format!("http://{}/contoso.com/users?api-version=1.6", fixture.gateway.address());
        let (status, refused) = send_request(reqwest::Client::new().get(&url).bearer_auth("openidm-admin")).await;
        assert_eq!(status, 501, "{refused}");
        assert!(message(&refused).contains("GATEWAY_DIRECTORY"), "{refused}");
        let metadata = url.replace("/users", "/$metadata");
        assert_eq!(reqwest::get(&metadata).await.unwrap().status(), 401);
        assert_eq!(fixture.sent(), [""; 0]);
    });
}

/// Links have the host of the request.
#[test]
fn links_have_host_of_request() {
    run(async {
        let directory = Directory::open().await;
        let target = format!("/contoso.com/users/{UID}?api-version=1.6");
        let request =
            directory.request(Method::GET, &target).header("host", "graph.windows.net").header("x-forwarded-proto", "https");
        let (_, user) = send_request(request).await;
        let expected =
            "https://graph.windows.net/contoso.com/$metadata#directoryObjects/Microsoft.DirectoryServices.User/@Element";
        assert_eq!(user["odata.metadata"], expected);
    });
}

/// Failures of Microsoft Graph.
#[test]
fn graph_failures_map_to_error_codes() {
    run(async {
        let directory = Directory::open().await;
        let target = format!("/contoso.com/users/{UID}?api-version=1.6");
        let emulator = &directory.fixture.emulator;
        let graph_error = |status: u16, code: &str| CannedResponse::error(StatusCode::from_u16(status).unwrap(), code, "said so");
        let throttled = graph_error(429, "TooManyRequests").header(RETRY_AFTER, HeaderValue::from_static("7"));
        for (canned, expected) in [
            (throttled, (503, "Request_ThrottledTemporarily")),
            (graph_error(403, "Authorization_RequestDenied"), (403, "Authorization_RequestDenied")),
            (graph_error(401, "InvalidAuthenticationToken"), (503, "Directory_ReplicaUnavailable")),
            (graph_error(503, "ServiceUnavailable"), (503, "Directory_ReplicaUnavailable")),
        ] {
            emulator.inject(Fault::new(FaultKind::Respond(canned)));
            let response = directory.request(Method::GET, &target).send().await.unwrap();
            let retry_after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
            let (status, refused) = read_response(response).await;
            assert_eq!((status, code(&refused)), expected, "{refused}");
            assert_eq!(retry_after.as_deref(), (expected.1 == "Request_ThrottledTemporarily").then_some("7"));
            assert!(!refused.to_string().contains(crate::fixture::TOKEN));
        }
    });
}

/// A write without a response may have taken effect, and the error says so.
#[test]
fn lost_write_response_reports_unknown_outcome() {
    run(async {
        let directory = Directory::open().await;
        let user = json!({"accountEnabled": true, "displayName": "Ada", "mailNickname": "ada", "userPrincipalName": "ada@contoso.com",
            "passwordProfile": {"password": "Test1234"}});
        directory.fixture.emulator.inject(Fault::new(FaultKind::ApplyThenClose));
        let (status, refused) = directory.send(Method::POST, "/contoso.com/users?api-version=1.6", &user).await;
        assert_eq!((status, code(&refused)), (503, "Directory_ReplicaUnavailable"), "{refused}");
        let values = refused["odata.error"]["values"].as_array().unwrap();
        assert!(values.contains(&json!({"item": "MayHaveTakenEffect", "value": "true"})), "{refused}");
        assert!(!refused.to_string().contains("Test1234"));
    });
}
