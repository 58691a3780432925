//! Queries for contacts in the OpenIDM API: filters, pages, order.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, run};

/// Sends a query with the parameters.
async fn query(fixture: &Fixture, parameters: &[(&str, &str)]) -> (u16, Value) {
    fixture.query("contact", parameters).await
}

/// Returns the surnames of the contacts in the mailbox that match a filter, in order.
async fn surnames(fixture: &Fixture, filter: &str, more: &[(&str, &str)]) -> Vec<String> {
    let filter = format!("mailbox eq \"{UID}\" and ({filter})");
    let (status, body) = query(fixture, &[&[("_queryFilter", filter.as_str())], more].concat()).await;
    assert_eq!(status, 200, "{body}");
    let result = body["result"].as_array().unwrap();
    assert_eq!(body["resultCount"], result.len());
    result.iter().map(|contact| contact["surname"].as_str().unwrap_or_default().to_owned()).collect()
}

fn people(fixture: &Fixture) {
    for (given, surname, mail, title) in [
        ("Ada", "Lovelace", "ada@contoso.com", Some("Countess")),
        ("Grace", "O'Hopper", "grace@contoso.com", Some("Admiral")),
        ("Alan", "Turing", "alan@fabrikam.com", None),
        ("ada", "Yonath", "yonath@fabrikam.com", Some("Professor")),
    ] {
        fixture.add(
            json!({"givenName": given, "surname": surname, "title": title.unwrap_or("x"), "emailAddresses": [{"address": mail}]}),
        );
    }
    let alan = json!({"givenName": "Alan", "surname": "Untitled", "displayName": "Z"});
    fixture.add(alan);
}

#[test]
fn filters_find_matching_contacts() {
    run(async {
        let fixture = Fixture::start().await;
        people(&fixture);
        for (filter, expected) in [
            ("true", &["Lovelace", "O'Hopper", "Turing", "Yonath", "Untitled"][..]),
            ("false", &[]),
            ("givenName eq \"Ada\"", &["Lovelace"]),
            ("surname sw \"O'\"", &["O'Hopper"]),
            ("surname co \"ing\" or surname ew \"ath\"", &["Turing", "Yonath"]),
            ("!(title pr)", &["Untitled"]),
            ("title pr and !(givenName eq \"Alan\")", &["Lovelace", "O'Hopper", "Yonath"]),
            ("surname ge \"T\" and surname lt \"U\"", &["Turing"]),
            ("displayName sw \"Ada\"", &["Lovelace"]),
            ("displayName eq \"Z\"", &["Untitled"]),
            ("emailAddresses eq \"grace@contoso.com\"", &["O'Hopper"]),
            ("emailAddresses ew \"@fabrikam.com\"", &["Turing", "Yonath"]),
            ("nope pr", &[]),
        ] {
            assert_eq!(surnames(&fixture, filter, &[]).await, expected, "{filter}");
        }
        let sent = fixture.sent();
        // The host's client also encodes the quotes.
        let pushed = |part: &str| sent.iter().any(|line| line.replace("%27", "'").contains(part));
        assert!(pushed("$filter=startswith(displayName,'Ada')"), "{sent:?}");
        assert!(pushed("$filter=emailAddresses/any(a:a/address%20eq%20'grace%40contoso.com')"), "{sent:?}");
    });
}

#[test]
fn invalid_queries_are_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        for (parameters, expected) in [
            (&[("_queryFilter", "surname eq \"x\"")][..], "mailbox eq"),
            (&[("_queryFilter", "mailbox eq \"x\" or surname eq \"x\"")], "mailbox eq"),
            (&[("_queryFilter", "mailbox eq \"x\" and surnam eq \"x\"")], "surnam does not exist"),
            (&[("_queryFilter", "mailbox eq \"x\" and")], "character"),
            (&[("_queryFilter", "mailbox eq \"x\" and a/b eq 1")], "level"),
            (&[("_queryId", "other")], "Unsupported _queryId"),
            (&[("_queryId", "query-all-ids")], "mailbox"),
            (&[], "_queryFilter"),
            (&[("_queryId", "query-all-ids"), ("_queryFilter", "true")], "exclusive"),
            (&[("_queryFilter", "mailbox eq \"x\""), ("_pageSize", "x")], "valid integer"),
            (&[("_queryFilter", "mailbox eq \"x\""), ("_pagedResultsOffset", "1"), ("_pagedResultsCookie", "y")], "exclusive"),
            (&[("_queryFilter", "mailbox eq \"x\""), ("_sortKeys", "nope")], "nope does not exist"),
            (&[("_queryFilter", "mailbox eq \"x\""), ("_totalPagedResultsPolicy", "SOME")], "_totalPagedResultsPolicy"),
            (&[("_queryFilter", "mailbox eq \"x\""), ("_pagedResultsCookie", "!")], "_pagedResultsCookie"),
        ] {
            let (status, body) = query(&fixture, parameters).await;
            assert_eq!(status, 400, "{parameters:?}: {body}");
            assert!(body["message"].as_str().unwrap().contains(expected), "{parameters:?}: {body}");
        }
        assert!(fixture.sent().is_empty());
        assert_eq!(query(&fixture, &[("_queryFilter", "mailbox eq \"nobody@contoso.example\"")]).await.0, 404);
    });
}

/// A test of OpenIDM's own: a hundred objects in pages of ten. The last page has no cookie.
#[test]
fn pages_cover_all_results_once() {
    run(async {
        let fixture = Fixture::start().await;
        for number in 0..100 {
            fixture.add(json!({"surname": format!("{number:03}"), "title": if number % 2 == 0 { "even" } else { "odd" }}));
        }
        for (sort, filter, total) in
            [("", "true", 100), ("-surname", "true", 100), ("", "title eq \"odd\"", 50), ("title,-surname", "true", 100)]
        {
            let filter = format!("mailbox eq \"{UID}\" and {filter}");
            let (mut seen, mut cookies, mut cookie) = (Vec::new(), 0, String::new());
            loop {
                let mut parameters = vec![("_queryFilter", filter.as_str()), ("_pageSize", "10"), ("_fields", "surname,title")];
                if !sort.is_empty() {
                    parameters.push(("_sortKeys", sort));
                }
                if !cookie.is_empty() {
                    parameters.push(("_pagedResultsCookie", cookie.as_str()));
                }
                let (status, body) = query(&fixture, &parameters).await;
                assert_eq!(status, 200, "{body}");
                assert_eq!((&body["totalPagedResultsPolicy"], &body["totalPagedResults"]), (&json!("NONE"), &json!(-1)));
                seen.extend(
                    body["result"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|c| (c["title"].as_str().unwrap().to_owned(), c["surname"].as_str().unwrap().to_owned())),
                );
                match body["pagedResultsCookie"].as_str() {
                    Some(next) => cookie = next.to_owned(),
                    None => break,
                }
                cookies += 1;
            }
            assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), total, "{sort} {filter}");
            // Whether rows follow is not known before the next page of Microsoft Graph, which can be empty.
            assert!(cookies == total / 10 - 1 || cookies == total / 10, "{cookies} cookies for {total}");
            let mut sorted = seen.clone();
            match sort {
                "-surname" => sorted.sort_by(|a, b| b.1.cmp(&a.1)),
                "title,-surname" => sorted.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1))),
                _ => {}
            }
            assert_eq!(seen, sorted, "{sort}");
        }
        let offset = surnames(&fixture, "true", &[("_sortKeys", "surname"), ("_pagedResultsOffset", "97")]).await;
        assert_eq!(offset, ["097", "098", "099"]);
    });
}

#[test]
fn queries_return_ids_and_one_by_id() {
    run(async {
        let fixture = Fixture::start().await;
        people(&fixture);
        let (status, body) = query(&fixture, &[("_queryId", "query-all-ids"), ("mailbox", UID)]).await;
        assert_eq!((status, &body["resultCount"]), (200, &json!(5)));
        let first = body["result"][0].as_object().unwrap();
        assert_eq!(first.keys().collect::<Vec<_>>(), ["_id", "_rev"]);
        let id = first["_id"].as_str().unwrap();
        let (_, one) = query(&fixture, &[("_queryFilter", &format!("_id eq \"{id}\""))]).await;
        assert_eq!((&one["resultCount"], &one["result"][0]["_id"]), (&json!(1), &json!(id)));
        let (_, none) = query(&fixture, &[("_queryFilter", &format!("_id eq \"{id}\" and surname eq \"nope\""))]).await;
        assert_eq!(none["resultCount"], 0);
        let (status, none) = query(&fixture, &[("_queryFilter", "_id eq \"gone\"")]).await;
        assert_eq!((status, &none["resultCount"]), (200, &json!(0)));
    });
}

/// A cookie contains a URL. A forged one must not lead the token to another host, or to other data of the service.
#[test]
fn forged_cookie_is_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        for number in 0..3 {
            fixture.add(json!({"surname": number.to_string()}));
        }
        let filter = format!("mailbox eq \"{UID}\"");
        let endpoint = fixture.emulator.endpoint();
        fixture.emulator.clear_requests();
        for link in [
            "http://evil.example/v1.0/me/contacts".to_owned(),
            format!("{endpoint}/v1.0/users"),
            format!("{endpoint}/v1.0/users/someone/contacts"),
            format!("{endpoint}/beta/users/{UID}/contacts"),
        ] {
            use base64::Engine;
            let cookie = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json!({"link": link, "skip": 0}).to_string());
            let (status, body) = query(&fixture, &[("_queryFilter", &filter), ("_pagedResultsCookie", &cookie)]).await;
            assert_eq!(status, 400, "{link}: {body}");
        }
        assert!(fixture.sent().is_empty());
    });
}
