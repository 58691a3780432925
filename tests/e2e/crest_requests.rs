//! Requests by CREST's rules: request type, content and conditions. The cases are those of CREST's `HttpUtilsTest`, and the
//! branches of its `HttpAdapter`.

use http::Method;
use serde_json::{Value, json};

use crate::calls::{Response, create, send};
use crate::fixture::{Fixture, UID, run};

type Headers<'a> = &'a [(&'a str, &'a str)];

/// The request types of CREST (`RequestType`).
#[derive(Clone, Copy, Debug, PartialEq)]
enum RequestKind {
    Read,
    Query,
    Create,
    /// With the id in the path, which OpenIDM's provisioner does not support.
    CreateWithId,
    Update,
    Patch,
    Action,
    Refused,
}

/// Returns the type of a request for the contact, as its response shows it.
fn observed_kind(response: &Response, id: &str) -> RequestKind {
    let message = response.message();
    match response.status {
        200 if response.body["result"].is_array() => RequestKind::Query,
        200 if response.body["givenName"] == "updated" => RequestKind::Update,
        200 if response.body["givenName"] == "patched" => RequestKind::Patch,
        200 if response.body["_id"] == id => RequestKind::Read,
        201 => RequestKind::Create,
        // OpenIDM, `ObjectClassResourceProvider`: both forms of create with an id are rejected with 500.
        500 if message.contains("UPSERT") || message.contains("client provided ID") => RequestKind::CreateWithId,
        400 if message.starts_with("The action test") => RequestKind::Action,
        400 => RequestKind::Refused,
        _ => panic!("{response:?}"),
    }
}

/// `HttpUtilsTest.requestToRequestType` and `requestToException`.
#[test]
fn method_and_headers_determine_request_type() {
    run(async {
        let fixture = Fixture::start().await;
        let (put, post) = (json!({"givenName": "updated"}), json!({"mailbox": UID, "givenName": "x"}));
        let patch = json!([{"operation": "replace", "field": "givenName", "value": "patched"}]);
        let query = format!("/contact?_queryFilter=mailbox+eq+%22{UID}%22");
        let (any, matching, none_matching) = ("*", "if-match", "if-none-match");
        let version = |protocol: &'static str| ("accept-api-version", protocol);
        let (v1, v2) = (version("protocol=1.0,resource=1.0"), version("protocol=2.0,resource=1.0"));
        let v21 = version("protocol=2.1,resource=1.0");
        let rows: &[(RequestKind, &str, &str, Headers<'_>, &Value)] = &[
            (RequestKind::Read, "GET", "{id}", &[], &Value::Null),
            (RequestKind::Query, "GET", &query, &[], &Value::Null),
            (RequestKind::Patch, "PATCH", "{id}", &[], &patch),
            (RequestKind::Action, "POST", "/contact?_action=test", &[], &post),
            (RequestKind::Create, "POST", "/contact?_action=create", &[], &post),
            (RequestKind::Create, "POST", "/contact?_action=CREATE", &[v2], &post),
            (RequestKind::Create, "POST", "/contact", &[v21], &post),
            (RequestKind::Create, "POST", "/contact", &[], &post),
            // Protocol 1.0.
            (RequestKind::CreateWithId, "PUT", "{id}", &[v1, (none_matching, any)], &put),
            (RequestKind::Update, "PUT", "{id}", &[v1, (matching, any)], &put),
            (RequestKind::Update, "PUT", "{id}", &[v1, (matching, "{rev}")], &put),
            (RequestKind::Update, "PUT", "{id}", &[v1], &put),
            // Protocol 2.0.
            (RequestKind::CreateWithId, "PUT", "{id}", &[v2, (none_matching, any)], &put),
            (RequestKind::Update, "PUT", "{id}", &[v2, (matching, "{rev}")], &put),
            (RequestKind::Update, "PUT", "{id}", &[v2, (matching, any)], &put),
            (RequestKind::CreateWithId, "PUT", "{id}", &[v2], &put),
            // Without a protocol, the newest applies.
            (RequestKind::CreateWithId, "PUT", "{id}", &[(none_matching, any)], &put),
            (RequestKind::Update, "PUT", "{id}", &[(matching, "\"{rev}\"")], &put),
            (RequestKind::Update, "PUT", "{id}", &[(matching, any)], &put),
            (RequestKind::CreateWithId, "PUT", "{id}", &[], &put),
            // The exceptions. (The fourth, a protocol 2.0 POST without an action, creates here: docs/openidm.md.)
            (RequestKind::Refused, "PUT", "{id}", &[v1, (none_matching, "1")], &put),
            (RequestKind::Refused, "PUT", "{id}", &[v2, (none_matching, "1")], &put),
            (RequestKind::Refused, "PUT", "{id}", &[(none_matching, "1")], &put),
            (RequestKind::Create, "POST", "/contact", &[v2], &post),
        ];
        for (expected, method, target, headers, body) in rows {
            let created = create(&fixture, json!({"givenName": "created"})).await;
            let (id, revision) = (created.id(), created.body["_rev"].as_str().unwrap());
            let filled: Vec<(&str, String)> =
                headers.iter().map(|(name, value)| (*name, value.replace("{rev}", revision))).collect();
            let mut headers: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
            headers.push(("content-type", "application/json"));
            let body = if body.is_null() { String::new() } else { body.to_string() };
            let target = target.replace("{id}", &format!("/contact/{id}"));
            let response = send(&fixture, method.parse().unwrap(), &target, &headers, body).await;
            assert_eq!(observed_kind(&response, id), *expected, "{method} {target} {headers:?}: {response:?}");
        }
        let created = create(&fixture, json!({"givenName": "created"})).await;
        let path = format!("/contact/{}", created.id());
        assert_eq!(send(&fixture, Method::DELETE, &path, &[], "").await.body["givenName"], "created");
        assert_eq!(send(&fixture, Method::GET, &path, &[], "").await.status, 404);
    });
}

/// `HttpUtilsTest.badJsonContent`, and other content that `getJsonContent` and `PatchOperation.valueOfList` reject.
#[test]
fn malformed_content_is_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        let created = create(&fixture, json!({"givenName": "Ada"})).await;
        let path = format!("/contact/{}", created.id());
        fixture.emulator.clear_requests();
        let content = [("content-type", "application/json"), ("if-match", "*")];
        for body in [
            "",
            " ",
            "{{{",
            "{ \"test\" : \"value\" }garbage",
            "{} {}",
            "{'a': 1}",
            "{\"a\": 1,}",
            "[]",
            "null",
            "\"x\"",
            "7",
            "true",
        ] {
            let put = send(&fixture, Method::PUT, &path, &content, body).await;
            let post = send(&fixture, Method::POST, "/contact", &content[..1], body).await;
            let user = send(&fixture, Method::PUT, &format!("/user/{UID}"), &content, body).await;
            for response in [put, post, user] {
                assert_eq!((response.status, &response.body["code"]), (400, &json!(400)), "{body}: {response:?}");
            }
        }
        for body in ["", "{{{", "[] garbage", "{}", "null", "\"x\"", "[7]", "[null]", "[[]]", "[{}]"] {
            for path in [&path, &format!("/user/{UID}")] {
                let response = send(&fixture, Method::PATCH, path, &content[..1], body).await;
                assert_eq!((response.status, &response.body["code"]), (400, &json!(400)), "{path} {body}: {response:?}");
            }
        }
        assert!(fixture.sent().is_empty(), "{:?}", fixture.sent());
    });
}

/// `HttpAdapter.preprocessRequest`: 400, not 415, and any content type for GET. CREST also accepts `multipart/form-data`, which
/// is rejected here (docs/openidm.md).
#[test]
fn content_type_must_be_json() {
    run(async {
        let fixture = Fixture::start().await;
        let created = create(&fixture, json!({"givenName": "Ada"})).await;
        let path = format!("/contact/{}", created.id());
        for (content_type, good) in [
            (Some("application/json"), true),
            (Some("Application/JSON"), true),
            (Some("application/json;charset=utf-8"), true),
            (Some("application/json ; charset=UTF-8"), true),
            (Some("application/json; charset=us-ascii"), false),
            (Some("application/json; charset=utf-8; boundary=x"), false),
            (Some("application/json-patch+json"), false),
            (Some("application/merge-patch+json"), false),
            (Some("application/x-www-form-urlencoded"), false),
            (Some("text/json"), false),
            (Some("text/plain"), false),
            (Some("multipart/form-data; boundary=x"), false),
            (Some(""), false),
            (None, false),
        ] {
            let declared: Vec<(&str, &str)> = content_type.iter().map(|value| ("content-type", *value)).collect();
            let matching = [&declared[..], &[("if-match", "*")]].concat();
            let rows = [
                (200, send(&fixture, Method::PUT, &path, &matching, "{}").await),
                (200, send(&fixture, Method::PATCH, &path, &declared, "[]").await),
                (
                    201,
                    send(&fixture, Method::POST, "/contact", &declared, json!({"mailbox": UID, "title": "x"}).to_string()).await,
                ),
                (200, send(&fixture, Method::PUT, &format!("/user/{UID}"), &matching, "{}").await),
            ];
            for (success, response) in rows {
                assert_eq!(response.status, if good { success } else { 400 }, "{content_type:?}: {response:?}");
            }
            assert_eq!(send(&fixture, Method::GET, &path, &declared, "").await.status, 200, "{content_type:?}");
            assert_eq!(send(&fixture, Method::GET, &format!("/user/{UID}"), &declared, "").await.status, 200, "{content_type:?}");
        }
    });
}

/// `HttpAdapter`: which conditions each request type supports.
#[test]
fn unsupported_conditions_are_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        let created = create(&fixture, json!({"givenName": "Ada"})).await;
        let path = format!("/contact/{}", created.id());
        fixture.emulator.clear_requests();
        let (read, put, patch) = ("", "{\"givenName\": \"x\"}", "[]");
        let post = json!({"mailbox": UID, "givenName": "x"}).to_string();
        let rows: &[(&str, &str, Headers<'_>, &str, u16)] = &[
            ("GET", &path, &[("if-match", "*")], read, 412),
            ("GET", &path, &[("if-match", "\"1\"")], read, 412),
            ("GET", &path, &[("if-none-match", "*")], read, 412),
            ("POST", "/contact", &[("if-match", "*")], &post, 412),
            ("POST", "/contact", &[("if-none-match", "*")], &post, 412),
            ("POST", "/contact", &[("if-none-match", "1")], &post, 412),
            ("PUT", &path, &[("if-match", "*"), ("if-none-match", "*")], put, 412),
            ("PATCH", &path, &[("if-none-match", "*")], patch, 412),
            ("PATCH", &path, &[("if-none-match", "1")], patch, 412),
            ("DELETE", &path, &[("if-none-match", "*")], read, 412),
            ("DELETE", &path, &[("if-none-match", "1")], read, 412),
            // CREST follows the header. Here a method override is rejected (docs/openidm.md).
            ("POST", &path, &[("x-http-method-override", "PATCH")], patch, 400),
            ("POST", "/contact", &[("x-http-method-override", "PUT"), ("if-match", "*")], &post, 400),
            ("POST", "/contact", &[("x-http-method-override", "GET")], &post, 400),
            ("GET", &path, &[("if-modified-since", "Sat, 21 Nov 2026 00:00:00 GMT")], read, 409),
            ("GET", &path, &[("if-unmodified-since", "x")], read, 409),
            ("PUT", &path, &[("if-match", "*"), ("if-unmodified-since", "Sat, 21 Nov 2026 00:00:00 GMT")], put, 409),
            ("PATCH", &path, &[("if-modified-since", "Sat, 21 Nov 2026 00:00:00 GMT")], patch, 409),
            ("DELETE", &path, &[("if-unmodified-since", "Sat, 21 Nov 2026 00:00:00 GMT")], read, 409),
            ("POST", "/contact", &[("if-modified-since", "Sat, 21 Nov 2026 00:00:00 GMT")], &post, 409),
        ];
        for (method, target, headers, body, status) in rows {
            let headers = [&[("content-type", "application/json")], *headers].concat();
            let response = send(&fixture, method.parse().unwrap(), target, &headers, *body).await;
            assert_eq!(
                (response.status, &response.body["code"]),
                (*status, &json!(status)),
                "{method} {headers:?}: {response:?}"
            );
        }
        assert!(fixture.sent().is_empty(), "{:?}", fixture.sent());
    });
}

/// `HttpAdapter.parseCommonParameter` and `asSingleValue`: a repeated parameter adds up, or is rejected. Parameter names are
/// case-insensitive, and unknown ones are ignored.
#[test]
fn repeated_parameters_add_up_or_are_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        for (title, surname) in [("a", "1"), ("b", "3"), ("a", "2")] {
            create(&fixture, json!({"title": title, "surname": surname})).await;
        }
        let created = create(&fixture, json!({"givenName": "Ada", "title": "c", "surname": "4"})).await;
        let path = format!("/contact/{}", created.id());
        let get = async |query: &str| send(&fixture, Method::GET, &format!("{path}?{query}"), &[], "").await;
        let both = json!({"_id": created.id(), "_rev": created.body["_rev"], "givenName": "Ada", "surname": "4"});
        for query in [
            "_fields=givenName,surname",
            "_FIELDS=givenName,surname",
            "_fields=givenName&_fields=surname",
            "_fields=givenName&_Fields=/surname",
            "_fields=givenName,surname&unknown=1&dry%20run=x",
        ] {
            assert_eq!(get(query).await.body, both, "{query}");
        }
        for query in ["_prettyPrint=true&_prettyPrint=true", "_prettyPrint=true&_PRETTYPRINT=false"] {
            assert_eq!(get(query).await.status, 400, "{query}");
        }
        let search = async |more: &str| {
            let path = format!("/contact?_queryFilter=mailbox+eq+%22{UID}%22&_fields=surname{more}");
            send(&fixture, Method::GET, &path, &[], "").await
        };
        for sorted in [
            "&_sortKeys=title,-surname",
            "&_sortKeys=title&_sortKeys=-surname",
            "&_SORTKEYS=%2Btitle,-/surname",
            "&_sortKeys=+title,-surname",
        ] {
            let found = search(sorted).await;
            let surnames: Vec<&str> = found.body["result"]
                .as_array()
                .unwrap_or_else(|| panic!("{sorted}: {found:?}"))
                .iter()
                .map(|c| c["surname"].as_str().unwrap())
                .collect();
            assert_eq!(surnames, ["2", "1", "3", "4"], "{sorted}");
        }
        for twice in [
            "&_queryFilter=true",
            "&_pageSize=1&_pageSize=2",
            "&_pagedResultsCookie=x&_pagedResultsCookie=x",
            "&_pagedResultsOffset=1&_pagedResultsOffset=1",
            "&_totalPagedResultsPolicy=NONE&_totalPagedResultsPolicy=NONE",
        ] {
            assert_eq!(search(twice).await.status, 400, "{twice}");
        }
    });
}

/// `HttpUtils.prepareResponse` and `RequestRunner`: JSON in UTF-8 that is not cached, the revision as the ETag, and the location
/// of a new object.
#[test]
fn responses_have_crest_headers() {
    run(async {
        let fixture = Fixture::start().await;
        let created = create(&fixture, json!({"givenName": "Ada"})).await;
        let path = format!("/contact/{}", created.id());
        assert_eq!(created.headers["location"], format!("/openidm/system/azuread{path}"));
        let content = [("content-type", "application/json"), ("if-match", "*")];
        let objects = [
            created,
            send(&fixture, Method::GET, &path, &[], "").await,
            send(&fixture, Method::GET, &format!("{path}?_fields=givenName"), &[], "").await,
            send(&fixture, Method::PUT, &path, &content, "{\"surname\": \"x\"}").await,
            send(&fixture, Method::PATCH, &path, &content, "[]").await,
        ];
        let others = [
            send(&fixture, Method::GET, &format!("/contact?_queryFilter=mailbox+eq+%22{UID}%22"), &[], "").await,
            send(&fixture, Method::GET, &format!("/user/{UID}"), &[], "").await,
            send(&fixture, Method::POST, "?_action=test", &[], "").await,
            send(&fixture, Method::GET, "/contact/nonexistent-id", &[], "").await,
            send(&fixture, Method::PUT, &path, &content, "{{{").await,
        ];
        for response in objects.iter().chain(&others) {
            assert_eq!(response.headers["content-type"], "application/json; charset=UTF-8", "{response:?}");
            assert_eq!(response.headers["cache-control"], "no-cache", "{response:?}");
        }
        for response in &objects {
            let tag = response.headers["etag"].to_str().unwrap();
            assert!(tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'), "{response:?}");
            let revision = response.body.get("_rev").map(|revision| format!("\"{}\"", revision.as_str().unwrap()));
            assert_eq!(revision.unwrap_or_else(|| tag.to_owned()), tag, "{response:?}");
        }
        for response in others {
            assert_eq!(response.headers.get("etag"), None, "{response:?}");
        }
    });
}
