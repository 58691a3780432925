//! Queries by the rules of CREST and OpenIDM's provisioner. The cases are those of CREST's `MemoryBackendTest`,
//! `RequestRunnerTest`, `ResourcesTest` and `QueryFilterParserTest`, and of OpenIDM's `OpenICFFilterAdapterTest`.
//! (`guest/tests/native/filter.rs` tests the filter language, and `contact_search.rs` a hundred objects in pages of ten.)

use graph_emulator::{CannedResponse, Fault, FaultKind};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::calls::{Response, create, graph_error_fault, query, send, surnames};
use crate::fixture::{Fixture, UID, connector, run};

/// Queries the contacts of the mailbox.
async fn query_contacts(fixture: &Fixture, more: &[(&str, &str)]) -> Response {
    let filter = format!("mailbox eq \"{UID}\"");
    query(fixture, "contact", &[&[("_queryFilter", filter.as_str())], more].concat()).await
}

fn titles(response: &Response) -> Vec<&str> {
    let result = response.body["result"].as_array().unwrap_or_else(|| panic!("{response:?}"));
    assert_eq!(response.body["resultCount"], result.len());
    result.iter().map(|contact| contact["title"].as_str().unwrap()).collect()
}

/// Adds contacts with these titles, in this order.
fn add_titles(fixture: &Fixture, titles: &[&str]) {
    for title in titles {
        fixture.add(json!({"title": title, "surname": "it"}));
    }
}

/// `testQueryCollectionWithSort`, `WithOffset`, `WithCookie`.
#[test]
fn query_sorts_skips_and_pages_results() {
    run(async {
        let fixture = Fixture::start().await;
        add_titles(&fixture, &["foo", "foo3", "foo1", "foo4", "foo5", "foo2", "foo6"]);
        let sorted = query_contacts(&fixture, &[("_sortKeys", "+/title")]).await;
        assert_eq!(titles(&sorted), ["foo", "foo1", "foo2", "foo3", "foo4", "foo5", "foo6"]);
        assert_eq!(sorted.body["pagedResultsCookie"], Value::Null);

        let passed_over = [("_sortKeys", "+/title"), ("_pageSize", "2"), ("_pagedResultsOffset", "2")];
        let page = query_contacts(&fixture, &passed_over).await;
        assert_eq!(titles(&page), ["foo2", "foo3"]);
        assert!(page.body["pagedResultsCookie"].is_string());

        // The first page, the middle page, and the last page, which has no cookie.
        let (mut cookie, mut pages) = (String::new(), Vec::new());
        loop {
            let mut parameters = vec![("_sortKeys", "/title"), ("_pageSize", "3")];
            if !cookie.is_empty() {
                parameters.push(("_pagedResultsCookie", &cookie));
            }
            let page = query_contacts(&fixture, &parameters).await;
            pages.push(titles(&page).join(" "));
            match page.body["pagedResultsCookie"].as_str() {
                Some(next) => cookie = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(pages, ["foo foo1 foo2", "foo3 foo4 foo5", "foo6"]);

        let first = query_contacts(&fixture, &[("_sortKeys", "+/title"), ("_pageSize", "1")]).await;
        let cookie = first.body["pagedResultsCookie"].as_str().unwrap();
        let both = [("_sortKeys", "+/title"), ("_pageSize", "1"), ("_pagedResultsOffset", "1"), ("_pagedResultsCookie", cookie)];
        assert_eq!(query_contacts(&fixture, &both).await.status, 400);
    });
}

/// A page that holds the whole result has no cookie. An offset past the end returns nothing.
#[test]
fn last_page_has_no_cookie() {
    run(async {
        // Where Microsoft Graph's last page is empty, so is the last one here.
        let fixture = Fixture::exact(connector(), |_| ()).await;
        add_titles(&fixture, &["1", "2", "3"]);
        for sort in [None, Some(("_sortKeys", "title"))] {
            for (parameters, count, more) in [
                (&[("_pageSize", "2")][..], 2, true),
                (&[("_pageSize", "3")], 3, false),
                (&[("_pageSize", "4")], 3, false),
                // Zero is no limit (`QueryRequest.getPageSize`).
                (&[("_pageSize", "0")], 3, false),
                (&[("_pagedResultsOffset", "2")], 1, false),
                (&[("_pagedResultsOffset", "3")], 0, false),
                (&[("_pagedResultsOffset", "9"), ("_pageSize", "1")], 0, false),
                (&[("_pagedResultsOffset", "1"), ("_pageSize", "2")], 2, false),
                (&[("_pagedResultsOffset", "1"), ("_pageSize", "1")], 1, true),
            ] {
                let parameters: Vec<(&str, &str)> = parameters.iter().copied().chain(sort).collect();
                let page = query_contacts(&fixture, &parameters).await;
                assert_eq!(titles(&page).len(), count, "{parameters:?}");
                assert_eq!(page.body["pagedResultsCookie"].is_string(), more, "{parameters:?}: {page:?}");
            }
        }
        for wrong in [("_pageSize", "x"), ("_pageSize", ""), ("_pageSize", "1.5"), ("_pagedResultsOffset", "two")] {
            let response = query_contacts(&fixture, &[wrong]).await;
            assert_eq!(response.status, 400, "{wrong:?}");
            assert!(response.message().contains("could not be parsed as a valid integer"), "{response:?}");
        }
    });
}

/// The count policies of `MemoryBackendTest`. As in OpenIDM's provisioner, no policy counts the total, and the response says so.
#[test]
fn query_never_counts_total() {
    run(async {
        let fixture = Fixture::start().await;
        add_titles(&fixture, &["1", "2"]);
        for policy in [None, Some("NONE"), Some("ESTIMATE"), Some("EXACT"), Some("exact")] {
            for size in [None, Some("5"), Some("1")] {
                let parameters: Vec<(&str, &str)> =
                    policy.map(|p| ("_totalPagedResultsPolicy", p)).into_iter().chain(size.map(|s| ("_pageSize", s))).collect();
                let response = query_contacts(&fixture, &parameters).await;
                assert_eq!(response.status, 200, "{parameters:?}: {response:?}");
                let counts =
                    ["totalPagedResultsPolicy", "totalPagedResults", "remainingPagedResults"].map(|name| &response.body[name]);
                assert_eq!(counts, [&json!("NONE"), &json!(-1), &json!(-1)], "{parameters:?}");
            }
        }
        for policy in ["SOME", "", "NONE,EXACT"] {
            assert_eq!(query_contacts(&fixture, &[("_totalPagedResultsPolicy", policy)]).await.status, 400, "{policy}");
        }
    });
}

/// `RequestRunnerTest`: zero, one and two objects, and a failure before the first object or on a later page of Graph's. A failure
/// never looks like a complete result.
#[test]
fn query_failure_is_never_a_complete_result() {
    run(async {
        let fixture = Fixture::start().await;
        let envelope = |objects: &[&Value]| {
            json!({
                "result": objects, "resultCount": objects.len(), "pagedResultsCookie": null,
                "totalPagedResultsPolicy": "NONE", "totalPagedResults": -1, "remainingPagedResults": -1,
            })
        };
        assert_eq!(query_contacts(&fixture, &[]).await.body, envelope(&[]));
        let one = create(&fixture, json!({"title": "1"})).await.body;
        assert_eq!(query_contacts(&fixture, &[]).await.body, envelope(&[&one]));
        let two = create(&fixture, json!({"title": "2"})).await.body;
        assert_eq!(query_contacts(&fixture, &[]).await.body, envelope(&[&one, &two]));

        for _ in 0..120 {
            fixture.add(json!({"title": "x"}));
        }
        for (after, status, fault) in [
            (0, 403, graph_error_fault(403, "ErrorAccessDenied", &[])),
            (1, 403, graph_error_fault(403, "ErrorAccessDenied", &[])),
            (0, 503, graph_error_fault(503, "serviceNotAvailable", &[])),
            (1, 503, graph_error_fault(503, "serviceNotAvailable", &[])),
            (
                1,
                503,
                Fault::new(FaultKind::Respond(CannedResponse {
                    body: "{\"value\": [".into(),
                    ..CannedResponse::empty(StatusCode::OK)
                })),
            ),
            (1, 503, Fault::new(FaultKind::Close)),
        ] {
            fixture.emulator.inject(fault.clone().after(after));
            let response = query_contacts(&fixture, &[]).await;
            // A response that has begun has the error at its end, as in CREST.
            let begun = response.status == 200 && after > 0;
            let failure = if begun { &response.body["error"] } else { &response.body };
            assert_eq!(failure["code"], status, "{fault:?}: {response:?}");
            assert!(begun || (response.status == status && response.body.get("result").is_none()), "{fault:?}: {response:?}");
            fixture.emulator.clear_faults();
        }
    });
}

/// `ResourcesTest.testFilterData`, also for create, update, patch, delete and query. A part of an attribute is rejected on
/// purpose (docs/openidm.md). `_id` is always included (CREST from protocol 2).
#[test]
fn fields_parameter_filters_every_response() {
    run(async {
        let fixture = Fixture::start().await;
        let content = json!({"mailbox": UID, "givenName": "Ada", "surname": "Lovelace", "businessAddress": {"city": "London"}});
        let only = |body: &Value, names: &[&str]| {
            let object = body.as_object().unwrap();
            Value::Object(
                object.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect(),
            )
        };
        let json = ("content-type", "application/json");
        let put = [json, ("if-match", "*")];
        let all: &[&str] = &["_id", "_rev", "mailbox", "folders"];
        for (fields, expected) in [
            ("", None),
            ("/", None),
            ("givenName", Some(&["_id", "_rev", "givenName"][..])),
            ("/givenName", Some(&["_id", "_rev", "givenName"])),
            ("/givenName,/businessAddress", Some(&["_id", "_rev", "givenName", "businessAddress"])),
            ("givenName,givenName", Some(&["_id", "_rev", "givenName"])),
            ("_id", Some(&["_id", "_rev"])),
            ("_rev", Some(&["_id", "_rev"])),
            ("nope", Some(&["_id", "_rev"])),
            ("nope,surname", Some(&["_id", "_rev", "surname"])),
            ("/1", Some(&["_id", "_rev"])),
        ] {
            let fields_of = |path: &str| format!("{path}{}_fields={fields}", if path.contains('?') { "&" } else { "?" });
            let created = send(&fixture, Method::POST, &fields_of("/contact"), &[json], content.to_string()).await;
            assert_eq!(created.status, 201, "{fields}: {created:?}");
            let path = format!("/contact/{}", created.id());
            let whole = send(&fixture, Method::GET, &path, &[], "").await.body;
            assert!(all.iter().all(|name| whole.get(name).is_some()), "{whole}");
            let wanted = |whole: &Value| expected.map_or_else(|| whole.clone(), |names| only(whole, names));
            assert_eq!(created.body, wanted(&whole), "created with {fields}");
            for response in [
                send(&fixture, Method::GET, &fields_of(&path), &[], "").await,
                send(&fixture, Method::PUT, &fields_of(&path), &put, "{}").await,
                send(&fixture, Method::PATCH, &fields_of(&path), &[json], "[]").await,
            ] {
                assert_eq!((response.status, response.body), (200, wanted(&whole)), "{fields}");
            }
            let queried = format!("/contact?_queryFilter=_id+eq+%22{}%22", created.id());
            let queried = send(&fixture, Method::GET, &fields_of(&queried), &[], "").await;
            assert_eq!(queried.body["result"], json!([wanted(&whole)]), "queried with {fields}");
            let deleted = send(&fixture, Method::DELETE, &fields_of(&path), &[], "").await;
            assert_eq!((deleted.status, deleted.body), (200, wanted(&whole)), "deleted with {fields}");
        }
        for part in ["businessAddress/city", "/businessAddress/city,/surname", "contacts/givenName"] {
            assert_eq!(query_contacts(&fixture, &[("_fields", part)]).await.status, 400, "{part}");
        }
    });
}

/// The twenty strings of `QueryFilterParserTest.toIllegalStringData`.
#[test]
fn malformed_filters_are_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        for filter in [
            "",
            "(",
            ")",
            "()",
            "xxx",
            "x and y",
            "x or y",
            "true and",
            "true or",
            "true and true and",
            "true or false or",
            "nt",
            "foo eq bar",
            "foo eq \"bar",
            "foo eq bar\"",
            "foo eq",
            "foo pr 123",
            "true foo",
            "name op! 123",
            "name op! 123\\",
        ] {
            let response = query(&fixture, "contact", &[("_queryFilter", filter)]).await;
            assert_eq!(response.status, 400, "{filter}: {response:?}");
            assert!(response.message().starts_with("_queryFilter: at character "), "{filter}: {response:?}");
        }
        assert!(fixture.sent().is_empty());
    });
}

/// `OpenICFFilterAdapterTest`: each of its fourteen mappings by its matches, and its exceptions. An unknown attribute with `pr`,
/// and `false`, match nothing. Other extensions of the language are rejected. (An empty conjunction cannot be written.)
#[test]
fn each_filter_kind_finds_matches() {
    run(async {
        let fixture = Fixture::start().await;
        for (surname, category) in [("a@b.com", "123"), ("b@b.com", "124"), ("b@c.org", "125")] {
            fixture.add(json!({"surname": surname, "title": category, "categories": [surname, category]}));
        }
        fixture.add(json!({"surname": "", "nickName": "none"}));
        for (filter, expected) in [
            ("/surname co \"@b\"", &["a@b.com", "b@b.com"][..]),
            ("/surname eq \"a@b.com\"", &["a@b.com"]),
            ("/surname sw \"b\"", &["b@b.com", "b@c.org"]),
            ("/title lt \"124\"", &["a@b.com"]),
            ("/title le \"124\"", &["a@b.com", "b@b.com"]),
            ("/title gt \"124\"", &["b@c.org"]),
            ("/title ge \"124\"", &["b@b.com", "b@c.org"]),
            ("/surname eq \"a@b.com\" and /surname eq \"a@b.com\"", &["a@b.com"]),
            ("/surname eq \"a@b.com\" and /surname eq \"b@b.com\"", &[]),
            ("/surname eq \"a@b.com\" or /surname eq \"b@b.com\"", &["a@b.com", "b@b.com"]),
            ("!(/surname eq \"a@b.com\") and title pr", &["b@b.com", "b@c.org"]),
            ("/surname ew \".com\"", &["a@b.com", "b@b.com"]),
            ("/categories ca \"124\"", &["b@b.com"]),
            ("/title pr", &["a@b.com", "b@b.com", "b@c.org"]),
            ("true and title pr", &["a@b.com", "b@b.com", "b@c.org"]),
            // The exceptions that match nothing.
            ("/doesNotExist pr", &[]),
            ("false", &[]),
        ] {
            assert_eq!(surnames(&fixture, filter).await, expected, "{filter}");
        }
        for refused in ["/surname doesNotExist \"a@b.com\"", "/surname regex \"a.*\"", "/doesNotExist eq \"x\"", "/a/b eq \"x\""]
        {
            let filter = format!("mailbox eq \"{UID}\" and {refused}");
            let response = query(&fixture, "contact", &[("_queryFilter", &filter)]).await;
            assert_eq!(response.status, 400, "{refused}: {response:?}");
        }
    });
}
