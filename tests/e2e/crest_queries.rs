//! Queries by the rules of CREST and of OpenIDM's provisioner. The cases are those of CREST's `MemoryBackendTest`,
//! `RequestRunnerTest`, `ResourcesTest` and `QueryFilterParserTest`, and of OpenIDM's `OpenICFFilterAdapterTest`.
//! (What the language of filters means is in `guest/tests/native/filter.rs`; a hundred objects in pages of ten are in
//! `contact_search.rs`.)

use graph_emulator::{CannedResponse, Fault, FaultKind};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::calls::{Response, create, graph_error_fault, query, send, surnames};
use crate::fixture::{Fixture, UID, run};

/// Queries the contacts of the mailbox.
async fn found(fixture: &Fixture, more: &[(&str, &str)]) -> Response {
    let filter = format!("mailbox eq \"{UID}\"");
    query(fixture, "contact", &[&[("_queryFilter", filter.as_str())], more].concat()).await
}

fn titles(answer: &Response) -> Vec<&str> {
    let result = answer.body["result"].as_array().unwrap_or_else(|| panic!("{answer:?}"));
    assert_eq!(answer.body["resultCount"], result.len());
    result.iter().map(|contact| contact["title"].as_str().unwrap()).collect()
}

/// Contacts with these titles, in this order.
fn add(fixture: &Fixture, titles: &[&str]) {
    for title in titles {
        fixture.add(json!({"title": title, "surname": "it"}));
    }
}

/// `testQueryCollectionWithSort`, `WithOffset`, `WithCookie`.
#[test]
fn results_are_sorted_passed_over_and_paged() {
    run(async {
        let fixture = Fixture::start().await;
        add(&fixture, &["foo", "foo3", "foo1", "foo4", "foo5", "foo2", "foo6"]);
        let sorted = found(&fixture, &[("_sortKeys", "+/title")]).await;
        assert_eq!(titles(&sorted), ["foo", "foo1", "foo2", "foo3", "foo4", "foo5", "foo6"]);
        assert_eq!(sorted.body["pagedResultsCookie"], Value::Null);

        let passed_over = [("_sortKeys", "+/title"), ("_pageSize", "2"), ("_pagedResultsOffset", "2")];
        let page = found(&fixture, &passed_over).await;
        assert_eq!(titles(&page), ["foo2", "foo3"]);
        assert!(page.body["pagedResultsCookie"].is_string());

        // The first page, the one in the middle, and the last, which has no cookie.
        let (mut cookie, mut pages) = (String::new(), Vec::new());
        loop {
            let mut parameters = vec![("_sortKeys", "/title"), ("_pageSize", "3")];
            if !cookie.is_empty() {
                parameters.push(("_pagedResultsCookie", &cookie));
            }
            let page = found(&fixture, &parameters).await;
            pages.push(titles(&page).join(" "));
            match page.body["pagedResultsCookie"].as_str() {
                Some(next) => cookie = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(pages, ["foo foo1 foo2", "foo3 foo4 foo5", "foo6"]);

        let first = found(&fixture, &[("_sortKeys", "+/title"), ("_pageSize", "1")]).await;
        let cookie = first.body["pagedResultsCookie"].as_str().unwrap();
        let both = [("_sortKeys", "+/title"), ("_pageSize", "1"), ("_pagedResultsOffset", "1"), ("_pagedResultsCookie", cookie)];
        assert_eq!(found(&fixture, &both).await.status, 400);
    });
}

/// What the boundaries of pages are: a page as large as the result has no cookie, nor has a larger one; past the end is nothing.
#[test]
fn pages_end_where_the_result_ends() {
    run(async {
        let fixture = Fixture::start().await;
        add(&fixture, &["1", "2", "3"]);
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
                let page = found(&fixture, &parameters).await;
                assert_eq!(titles(&page).len(), count, "{parameters:?}");
                assert_eq!(page.body["pagedResultsCookie"].is_string(), more, "{parameters:?}: {page:?}");
            }
        }
        for wrong in [("_pageSize", "x"), ("_pageSize", ""), ("_pageSize", "1.5"), ("_pagedResultsOffset", "two")] {
            let answer = found(&fixture, &[wrong]).await;
            assert_eq!(answer.status, 400, "{wrong:?}");
            assert!(answer.message().contains("could not be parsed as a valid integer"), "{answer:?}");
        }
    });
}

/// `MemoryBackendTest`'s policies of counting. The total is not counted whatever is asked, which the answer says: so it is in
/// OpenIDM's provisioner.
#[test]
fn the_total_is_not_counted() {
    run(async {
        let fixture = Fixture::start().await;
        add(&fixture, &["1", "2"]);
        for policy in [None, Some("NONE"), Some("ESTIMATE"), Some("EXACT"), Some("exact")] {
            for size in [None, Some("5"), Some("1")] {
                let parameters: Vec<(&str, &str)> =
                    policy.map(|p| ("_totalPagedResultsPolicy", p)).into_iter().chain(size.map(|s| ("_pageSize", s))).collect();
                let answer = found(&fixture, &parameters).await;
                assert_eq!(answer.status, 200, "{parameters:?}: {answer:?}");
                let said =
                    ["totalPagedResultsPolicy", "totalPagedResults", "remainingPagedResults"].map(|name| &answer.body[name]);
                assert_eq!(said, [&json!("NONE"), &json!(-1), &json!(-1)], "{parameters:?}");
            }
        }
        for policy in ["SOME", "", "NONE,EXACT"] {
            assert_eq!(found(&fixture, &[("_totalPagedResultsPolicy", policy)]).await.status, 400, "{policy}");
        }
    });
}

/// `RequestRunnerTest`: no, one and two objects; a failure before the first and, on a later page of Graph's, after it. No failure
/// is ever a result that is complete.
#[test]
fn no_one_and_two_results_and_failures() {
    run(async {
        let fixture = Fixture::start().await;
        let envelope = |objects: &[&Value]| {
            json!({
                "result": objects, "resultCount": objects.len(), "pagedResultsCookie": null,
                "totalPagedResultsPolicy": "NONE", "totalPagedResults": -1, "remainingPagedResults": -1,
            })
        };
        assert_eq!(found(&fixture, &[]).await.body, envelope(&[]));
        let one = create(&fixture, json!({"title": "1"})).await.body;
        assert_eq!(found(&fixture, &[]).await.body, envelope(&[&one]));
        let two = create(&fixture, json!({"title": "2"})).await.body;
        assert_eq!(found(&fixture, &[]).await.body, envelope(&[&one, &two]));

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
            let answer = found(&fixture, &[]).await;
            // An answer that had begun has the failure at its end, where CREST has it.
            let begun = answer.status == 200 && after > 0;
            let failure = if begun { &answer.body["error"] } else { &answer.body };
            assert_eq!(failure["code"], status, "{fault:?}: {answer:?}");
            assert!(begun || (answer.status == status && answer.body.get("result").is_none()), "{fault:?}: {answer:?}");
            fixture.emulator.clear_faults();
        }
    });
}

/// `ResourcesTest.testFilterData`, and that creations, updates, patches, deletions and queries are filtered as reads are. A part
/// of an attribute is refused, on purpose (docs/openidm.md); `_id` is always shown (CREST from protocol 2 on).
#[test]
fn fields_are_filtered_the_same_way_everywhere() {
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
            ("givenName", Some(&["_id", "givenName"][..])),
            ("/givenName", Some(&["_id", "givenName"])),
            ("/givenName,/businessAddress", Some(&["_id", "givenName", "businessAddress"])),
            ("givenName,givenName", Some(&["_id", "givenName"])),
            ("_id", Some(&["_id"])),
            ("_rev", Some(&["_id", "_rev"])),
            ("nope", Some(&["_id"])),
            ("nope,surname", Some(&["_id", "surname"])),
            ("/1", Some(&["_id"])),
        ] {
            let fields_of = |path: &str| format!("{path}{}_fields={fields}", if path.contains('?') { "&" } else { "?" });
            let created = send(&fixture, Method::POST, &fields_of("/contact"), &[json], content.to_string()).await;
            assert_eq!(created.status, 201, "{fields}: {created:?}");
            let path = format!("/contact/{}", created.id());
            let whole = send(&fixture, Method::GET, &path, &[], "").await.body;
            assert!(all.iter().all(|name| whole.get(name).is_some()), "{whole}");
            let wanted = |whole: &Value| expected.map_or_else(|| whole.clone(), |names| only(whole, names));
            assert_eq!(created.body, wanted(&whole), "created with {fields}");
            for answer in [
                send(&fixture, Method::GET, &fields_of(&path), &[], "").await,
                send(&fixture, Method::PUT, &fields_of(&path), &put, "{}").await,
                send(&fixture, Method::PATCH, &fields_of(&path), &[json], "[]").await,
            ] {
                assert_eq!((answer.status, answer.body), (200, wanted(&whole)), "{fields}");
            }
            let queried = format!("/contact?_queryFilter=_id+eq+%22{}%22", created.id());
            let queried = send(&fixture, Method::GET, &fields_of(&queried), &[], "").await;
            assert_eq!(queried.body["result"], json!([wanted(&whole)]), "queried with {fields}");
            let deleted = send(&fixture, Method::DELETE, &fields_of(&path), &[], "").await;
            assert_eq!((deleted.status, deleted.body), (200, wanted(&whole)), "deleted with {fields}");
        }
        for part in ["businessAddress/city", "/businessAddress/city,/surname", "contacts/givenName"] {
            assert_eq!(found(&fixture, &[("_fields", part)]).await.status, 400, "{part}");
        }
    });
}

/// `QueryFilterParserTest.toIllegalStringData`, its twenty strings as they are.
#[test]
fn filters_that_are_no_filters() {
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
            let answer = query(&fixture, "contact", &[("_queryFilter", filter)]).await;
            assert_eq!(answer.status, 400, "{filter}: {answer:?}");
            assert!(answer.message().starts_with("_queryFilter: at character "), "{filter}: {answer:?}");
        }
        assert!(fixture.sent().is_empty());
    });
}

/// `OpenICFFilterAdapterTest`: each of its fourteen mappings, by what it finds; and its exceptions: of an unknown attribute and
/// of `false` nothing is present, any other extension of the language is refused. (A conjunction of nothing cannot be written.)
#[test]
fn each_kind_of_filter_finds_what_it_says() {
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
            // The exceptions that are answers.
            ("/doesNotExist pr", &[]),
            ("false", &[]),
        ] {
            assert_eq!(surnames(&fixture, filter).await, expected, "{filter}");
        }
        for refused in ["/surname doesNotExist \"a@b.com\"", "/surname regex \"a.*\"", "/doesNotExist eq \"x\"", "/a/b eq \"x\""]
        {
            let filter = format!("mailbox eq \"{UID}\" and {refused}");
            let answer = query(&fixture, "contact", &[("_queryFilter", &filter)]).await;
            assert_eq!(answer.status, 400, "{refused}: {answer:?}");
        }
    });
}
