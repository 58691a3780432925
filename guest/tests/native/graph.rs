//! Addresses, responses and pages of Microsoft Graph.

use std::time::{Duration, SystemTime};

use connector::contact::Version;
use connector::error::{ErrorKind, Result, RetryAdvice};
use connector::graph::address::{Container, Mailbox, encode};
use connector::graph::filter_text::{FilterText, Literal};
use connector::graph::page::Page;
use connector::graph::request::{Expectation, ExpectedBody, RequestEffect};
use connector::graph::selection::Selection;
use connector::graph::service::Service;
use connector::graph::{contacts, response, users};
use connector::http_message::HttpResponse;
use proptest::prelude::*;
use protocol::graph_path::{GraphPath, MailboxName};
use serde_json::{Map, Value, json};

use crate::script::service;

fn build_container(mailbox: &str, folders: &[&str]) -> Container {
    Container { mailbox: Mailbox::from_name(mailbox), folders: folders.iter().map(|f| f.to_string()).collect() }
}

/// The addresses of the page "Update contact" (v1.0), and guests' user principal names.
#[test]
fn request_address_is_documented_one() {
    for (mailbox, folders, expected) in [
        ("me", &[][..], "https://graph.microsoft.com/v1.0/me/contacts/c"),
        ("u", &[], "https://graph.microsoft.com/v1.0/users/u/contacts/c"),
        ("me", &["f"], "https://graph.microsoft.com/v1.0/me/contactFolders/f/contacts/c"),
        (
            "u",
            &["f", "g", "h"],
            "https://graph.microsoft.com/v1.0/users/u/contactFolders/f/childFolders/g/childFolders/h/contacts/c",
        ),
        ("a_b#EXT#@t.example", &[], "https://graph.microsoft.com/v1.0/users/a_b%23EXT%23%40t.example/contacts/c"),
    ] {
        let request = contacts::get(&service(), &build_container(mailbox, folders), "c", &Selection::default()).unwrap();
        assert_eq!(request.uri().to_string(), expected);
    }
    let beta = Service::new("https://graph.microsoft.us/", Version::Beta).unwrap();
    let request = contacts::list(&beta, &build_container("me", &[]), &Selection::default()).unwrap();
    assert_eq!(request.uri().to_string(), "https://graph.microsoft.us/beta/me/contacts");
}

#[test]
fn id_that_is_not_a_path_segment_is_unknown() {
    // A server that decodes before it splits would read another path.
    for id in ["", ".", "..", "a/b", "../../groups", "a\\b", "a\0", "a\nb"] {
        assert_eq!(
            contacts::get(&service(), &build_container("me", &[]), id, &Selection::default()).unwrap_err().kind,
            ErrorKind::UnknownUid,
            "{id:?}"
        );
        assert!(contacts::list(&service(), &build_container("me", &[id]), &Selection::default()).is_err());
        assert!(users::get(&service(), &Mailbox::User(id.to_owned()), &["id"]).is_err());
    }
}

proptest! {
    /// Any id that an object can have is one key of the path, as a parser of OData reads it.
    #[test]
    fn id_is_encoded_as_one_key(id in "\\PC{1,20}|[?#%&=+. \"$()']{1,20}") {
        prop_assume!(!["me", ".", "..", "$ref", "$count"].contains(&id.as_str()) && !id.contains(['/', '\\']));
        let request = contacts::get(&service(), &build_container(&id, &[]), "c", &Selection::default()).unwrap();
        prop_assert_eq!(request.uri().query(), None);
        let path = request.uri().path().strip_prefix("/v1.0").unwrap();
        prop_assert!(path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~%()'".contains(&b)), "{}", path);
        let parsed = GraphPath::parse(path).unwrap();
        prop_assert_eq!(parsed.mailbox(), Some(MailboxName::User(&id)));
        let same = GraphPath::parse(&format!("/users('{}')/contacts('c')", encode(&id.replace('\'', "''")))).unwrap();
        prop_assert_eq!(parsed, same);
    }

    /// Any response is an object or an error.
    #[test]
    fn response_parser_never_panics(status in 100u16..1000, body in proptest::collection::vec(any::<u8>(), 0..64), retry in "\\PC{0,12}") {
        let mut response = HttpResponse::new(body);
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        if let Ok(value) = retry.parse() {
            response.headers_mut().insert("retry-after", value);
        }
        let _ = response::parse(&response, expect(RequestEffect::NotIdempotent), "c", SystemTime::now());
    }
}

fn expect(effect: RequestEffect) -> Expectation {
    Expectation { effect, body: ExpectedBody::Object, is_conditional: false }
}

/// Parses the response to a request that reads.
fn parse(response: &HttpResponse) -> Result<Map<String, Value>> {
    response::parse(response, expect(RequestEffect::None), "c-1", SystemTime::now())
}

fn build_error_response(status: u16, code: &str, headers: &[(&str, &str)]) -> HttpResponse {
    let mut response = http::Response::builder().status(status).header("request-id", "r-1");
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    let body = json!({"error": {"code": code, "message": "The message of Graph.", "innerError": {"request-id": "r-2"}}});
    response.body(body.to_string().into_bytes()).unwrap()
}

/// The statuses and codes that Microsoft documents and users report.
#[test]
fn graph_error_has_kind_for_status_and_code() {
    use ErrorKind::*;
    for (status, code, kind) in [
        (400, "ErrorInvalidIdMalformed", UnknownUid),
        (400, "errorinvalididmalformed", UnknownUid),
        (400, "RequestBodyRead", InvalidAttributeValue),
        (400, "syncStateNotFound", ResyncRequired),
        (401, "InvalidAuthenticationToken", InvalidCredential),
        (403, "ErrorAccessDenied", PermissionDenied),
        (404, "ErrorItemNotFound", UnknownUid),
        (404, "ResourceNotFound", UnknownUid),
        (404, "Request_ResourceNotFound", UnknownUid),
        (404, "MailboxNotEnabledForRESTAPI", UnknownUid),
        (405, "ErrorInvalidRequest", Unsupported),
        (409, "ErrorFolderExists", AlreadyExists),
        (410, "SyncStateNotFound", ResyncRequired),
        (413, "RequestEntityTooLarge", InvalidAttributeValue),
        (429, "ApplicationThrottled", Throttled),
        (500, "ErrorInternalServerError", Unavailable),
        (501, "NotImplemented", Unsupported),
        (503, "serviceNotAvailable", Unavailable),
        (504, "UnknownError", Unavailable),
        (507, "quotaLimitReached", Unavailable),
        (509, "BandwidthLimitExceeded", Unavailable),
    ] {
        let error = parse(&build_error_response(status, code, &[])).unwrap_err();
        assert_eq!(error.kind, kind, "{status} {code}");
        let exchange = error.exchange.unwrap();
        assert_eq!(exchange.http_status, Some(status));
        assert_eq!(exchange.graph_code.as_deref(), Some(code));
        assert_eq!(exchange.request_id.as_deref(), Some("r-1"));
        assert_eq!(exchange.client_request_id.as_deref(), Some("c-1"));
        assert!(error.message.contains(&format!("HTTP {status} {code}: The message of Graph.")), "{}", error.message);
    }
}

/// Writes took effect that got 503 with an empty body (learn.microsoft.com/answers/1465421), 409 and 503 `ConcurrentItemSave`
/// (msgraph-sdk-ruby 38) and other failures: no status shows that a write had no effect.
#[test]
fn failed_write_may_have_taken_effect_whatever_the_status() {
    for status in 400..600 {
        for effect in [RequestEffect::NotIdempotent, RequestEffect::Idempotent, RequestEffect::Deletion, RequestEffect::None] {
            let response = build_error_response(status, "x", &[]);
            let error = response::parse(&response, expect(effect), "c", SystemTime::now()).unwrap_err();
            assert_eq!(error.may_have_taken_effect, effect != RequestEffect::None, "{effect:?} {status}");
            // A gateway that times out may have forwarded the request. After a refusal the service is done with it.
            let is_refusal = (400..500).contains(&status) && status != 408;
            assert_eq!(error.may_be_under_way, effect != RequestEffect::None && !is_refusal, "{effect:?} {status}");
        }
    }
}

/// `shared/reference/reported.md`: 412 without any condition, 403 for a full mailbox; `data/errors.json`: the others. The message
/// says what to do about the cause, and nothing about another one.
#[test]
fn code_decides_where_status_misleads() {
    use ErrorKind::*;
    use RetryAdvice::*;
    for (status, code, kind, retry, advice) in [
        (403, "ErrorQuotaExceeded", Unavailable, Never, "the mailbox is full"),
        (507, "ErrorQuotaExceeded", Unavailable, Never, "the mailbox is full"),
        (507, "quotaLimitReached", Unavailable, Never, "the mailbox is full"),
        (403, "Directory_QuotaExceeded", Unavailable, Never, "the quota of directory objects"),
        (403, "ErrorAccessDenied", PermissionDenied, Never, "Contacts.ReadWrite"),
        (500, "ErrorSendAsDenied", PermissionDenied, Never, "Contacts.ReadWrite"),
        (403, "ErrorCannotDeleteObject", Unsupported, Never, "it protects the object"),
        (403, "MailboxNotEnabledForRESTAPI", UnknownUid, Never, "no Exchange Online mailbox"),
        (404, "ErrorNonExistentMailbox", UnknownUid, Never, "no Exchange Online mailbox"),
        (400, "ErrorItemNotFound", UnknownUid, Never, "does not exist"),
        (400, "ErrorInvalidMailboxItemId", UnknownUid, Never, "not one of this mailbox"),
        (400, "ErrorFolderExists", AlreadyExists, Never, "it exists already"),
        (400, "Request_MultipleObjectsWithSameKeyValue", AlreadyExists, Never, "it exists already"),
        (409, "ConcurrentItemSave", Unavailable, Repeatedly, "at the same time"),
        (503, "ConcurrentItemSave", Unavailable, Repeatedly, "at the same time"),
        (412, "ErrorIrresolvableConflict", Unavailable, Repeatedly, "at the same time"),
        (503, "ApplicationThrottled", Throttled, Repeatedly, "throttles"),
        (503, "ErrorTooManyObjectsOpened", Throttled, Repeatedly, "throttles"),
        (500, "ErrorServerBusy", Throttled, Repeatedly, "throttles"),
        (500, "ErrorMailboxStoreUnavailable", Unavailable, Repeatedly, "not available"),
        (500, "ErrorInternalServerError", Unavailable, Once, "not available"),
        (400, "Directory_ExpiredPageToken", ResyncRequired, Never, "has expired"),
        (400, "SyncStateInvalid", ResyncRequired, Never, "has expired"),
        (401, "Authorization_IdentityNotFound", InvalidCredential, Never, "does not know the application"),
        (407, "x", ConnectionFailed, Never, "a proxy"),
        (423, "resourceLocked", Unavailable, Repeatedly, "at the same time"),
    ] {
        let error = parse(&build_error_response(status, code, &[])).unwrap_err();
        assert_eq!((error.kind, error.retry), (kind, retry), "{status} {code}");
        assert!(error.message.contains(advice), "{status} {code}: {}", error.message);
        let is_permission = error.message.contains("permission");
        assert_eq!(is_permission, kind == PermissionDenied, "{status} {code}: {}", error.message);
    }
}

/// The mailbox's state as the inner code of 403 `ErrorAccessDenied`, as `data/errors.json` has it.
#[test]
fn inner_code_decides_before_outer_code() {
    let inner = json!({"code": "MailboxNotEnabledForRESTAPI", "innererror": {"code": "unknown to everybody"}});
    let body = json!({"error": {"code": "ErrorAccessDenied", "message": "m", "innerError": inner}});
    let response = http::Response::builder().status(403).body(body.to_string().into_bytes()).unwrap();
    let error = parse(&response).unwrap_err();
    assert_eq!((error.kind, error.graph_code()), (ErrorKind::UnknownUid, Some("ErrorAccessDenied")));
}

/// With a condition in the request, 412 is about that condition.
#[test]
fn mismatch_is_precondition_only_with_condition() {
    for is_conditional in [false, true] {
        let expectation = Expectation { is_conditional, ..expect(RequestEffect::Idempotent) };
        for response in [
            build_error_response(412, "ErrorIrresolvableConflict", &[]),
            http::Response::builder().status(412).body(Vec::new()).unwrap(),
        ] {
            let error = response::parse(&response, expectation, "c", SystemTime::now()).unwrap_err();
            assert_eq!(error.kind == ErrorKind::PreconditionFailed, is_conditional);
        }
    }
}

#[test]
fn object_without_id_is_error_that_names_code() {
    let found = json!({"error": {"code": "ErrorItemNotFound", "message": "m"}});
    let error = response::check_id(found.as_object().unwrap(), "a contact").unwrap_err();
    assert_eq!((error.kind, error.graph_code()), (ErrorKind::Unavailable, Some("ErrorItemNotFound")));
    assert!(error.message.contains("ErrorItemNotFound"), "{}", error.message);
    for without in [json!({}), json!({"id": ""}), json!({"id": null}), json!({"id": 7})] {
        assert!(response::check_id(without.as_object().unwrap(), "a contact").is_err());
    }
    assert!(response::check_id(json!({"id": "c"}).as_object().unwrap(), "a contact").is_ok());
}

/// RFC 9110, 10.2.3; the fraction is in Microsoft's own example, the list in reports about proxies.
#[test]
fn retry_after_is_parsed_in_every_form() {
    let now = httpdate::parse_http_date("Sat, 21 Nov 2026 00:00:00 GMT").unwrap();
    for (value, millis) in [
        ("10", Some(10_000)),
        ("2.128", Some(2_128)),
        ("Sat, 21 Nov 2026 00:01:30 GMT", Some(90_000)),
        ("Fri, 20 Nov 2026 00:00:00 GMT", Some(0)),
        ("31,120", Some(120_000)),
        ("soon", None),
        ("-1", None),
        ("1e300", None),
    ] {
        let error = {
            let response = build_error_response(429, "x", &[("retry-after", value)]);
            response::parse(&response, expect(RequestEffect::None), "c", now).unwrap_err()
        };
        assert_eq!(error.retry_after(), millis.map(Duration::from_millis), "{value}");
    }
}

#[test]
fn response_of_another_service_is_unavailable() {
    for (status, content_type, body) in [
        (200, "text/html", &b"<html><title>Sign in</title></html>"[..]),
        (200, "application/json", b"{\"value\": [{\"id\": \"AAM"),
        (200, "application/json", b""),
        (200, "application/json", b"[]"),
        (502, "text/html", b"<html>Bad Gateway</html>"),
        (503, "", b""),
        (302, "text/html", b""),
    ] {
        let response = http::Response::builder().status(status).header("content-type", content_type).body(body.to_vec()).unwrap();
        let error = parse(&response).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unavailable, "{status} {body:?}");
        assert!(error.message.contains("the endpoint"), "{}", error.message);
        assert!(!error.message.contains("<html>"));
    }
    let nothing = http::Response::builder().status(204).body(Vec::new()).unwrap();
    assert_eq!(
        response::parse(&nothing, expect(RequestEffect::Deletion), "c", SystemTime::now()).unwrap(),
        serde_json::Map::new()
    );
}

/// Every request carries a token: a link must not lead it to another service.
#[test]
fn link_to_another_service_is_refused() {
    let page = |link: &str| Page::parse(&service(), json!({"value": [], "@odata.nextLink": link}).as_object().unwrap().clone());
    for link in [
        "https://graph.microsoft.com/v1.0/me/contacts?$skip=10",
        "https://GRAPH.microsoft.com/v1.0/users/u/contacts?$skiptoken=x",
    ] {
        assert_eq!(page(link).unwrap().next.as_deref(), Some(link));
    }
    for link in [
        "https://evil.example/v1.0/me/contacts",
        "https://graph.microsoft.com.evil.example/v1.0/me/contacts",
        "https://graph.microsoft.com@evil.example/v1.0/me/contacts",
        "https://graph.microsoft.com:8443/v1.0/me/contacts",
        "http://graph.microsoft.com/v1.0/me/contacts",
        "https://graph.microsoft.com/beta/me/contacts",
        "/v1.0/me/contacts",
        "//evil.example/v1.0/me/contacts",
        "not an address",
    ] {
        assert_eq!(page(link).unwrap_err().kind, ErrorKind::Unavailable, "{link}");
    }
    assert!(Page::parse(&service(), json!({"values": []}).as_object().unwrap().clone()).is_err());
    assert!(Page::parse(&service(), json!({"value": [1]}).as_object().unwrap().clone()).is_err());
}

#[test]
fn endpoint_takes_scheme_and_host_only() {
    for good in [
        "https://graph.microsoft.us",
        "https://graph.microsoft.com/",
        "http://127.0.0.1:8123",
        "http://localhost:1",
        "http://[::1]:9",
    ] {
        assert!(Service::new(good, Version::V1).is_ok(), "{good}");
    }
    for bad in [
        "graph.microsoft.com",
        "https://graph.microsoft.com/v1.0",
        "http://graph.microsoft.com",
        "http://127.0.0.1.evil.example",
        "ftp://graph.microsoft.com",
        "https://graph.microsoft.com?x",
        "",
        "https://",
        "https://user:secret@graph.microsoft.com",
    ] {
        let error = Service::new(bad, Version::V1).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration, "{bad}");
        assert!(!error.message.contains("secret"), "{}", error.message);
    }
}

#[test]
fn selection_becomes_select_and_expand() {
    let get = |selection: &Selection| {
        let request = contacts::get(&service(), &build_container("u", &[]), "c", selection).unwrap();
        request.uri().path_and_query().unwrap().to_string()
    };
    assert_eq!(get(&Selection::default()), "/v1.0/users/u/contacts/c");
    let named = Selection { properties: vec!["givenName", "businessPhones"], ..Selection::default() };
    assert_eq!(get(&named), "/v1.0/users/u/contacts/c?$select=changeKey,givenName,businessPhones");
    let expanding = Selection {
        single_value_extended_properties: vec!["String 0x1'2".to_owned(), "x".to_owned()],
        extensions: true,
        ..Selection::default()
    };
    assert_eq!(
        get(&expanding),
        "/v1.0/users/u/contacts/c?$expand=singleValueExtendedProperties($filter=id%20eq%20'String%200x1%27%272'%20or%20id%20eq%20'x'),extensions"
    );
}

/// The operators are outside the literals, and no text gets out of a literal.
#[test]
fn filter_text_escapes_literals() {
    let name = FilterText::equals("surname", &Literal::string("O'Neil' or true&$top=1"));
    assert_eq!(name.to_string(), "surname%20eq%20'O%27%27Neil%27%27%20or%20true%26%24top%3D1'");
    let flag = FilterText::equals("accountEnabled", &Literal::boolean(true));
    let both = FilterText::join_and(vec![name, flag]).unwrap().parenthesize().to_string();
    assert_eq!(both, "(surname%20eq%20'O%27%27Neil%27%27%20or%20true%26%24top%3D1'%20and%20accountEnabled%20eq%20true)");
    assert_eq!(FilterText::join_or(Vec::new()), None);
    assert!(Literal::date_time_offset("2026-01-31T09:00:00.5Z").is_some());
    for text in ["", "2026-01-31", "2026-01-31T09:00:00Z or true", "2026-01-31T09:00:00", "yyyy-01-31T09:00:00Z"] {
        assert_eq!(Literal::date_time_offset(text), None, "{text}");
    }
}
