//! Lists whose pages repeat rows, are empty, or do not end.
//! <https://learn.microsoft.com/en-us/graph/delta-query-overview>: empty pages and repeated rows. microsoft-graph-docs#9008,
//! msgraph-sdk-dotnet#2108 and #3082: a page that links to itself, and one page under ever new links.

use connector::error::ErrorKind;
use connector::operations::connector::{Connector, OperationSettings};
use graph_contacts::invoke::table::invoke;
use serde_json::{Value, json};

use crate::script::{PLAIN, Script, connector, service};

const LIST: &str = "https://graph.microsoft.com/v1.0/me/contacts";

fn page(ids: &[&str], next: Option<&str>) -> Value {
    let rows: Vec<Value> = ids.iter().map(|id| json!({"id": id, "displayName": id})).collect();
    match next {
        Some(query) => json!({"value": rows, "@odata.nextLink": format!("{LIST}?{query}")}),
        None => json!({"value": rows}),
    }
}

/// Lists the contacts over these pages. Returns the ids or the kind and message of the error, and the number of requests.
fn list(pages: impl IntoIterator<Item = Value>) -> (Result<Vec<String>, (ErrorKind, String)>, usize) {
    let script = pages.into_iter().fold(Script::new(), |script, page| script.then(200, page));
    let service = service();
    let result = invoke(&connector(&service, &script), "contacts.list", "{\"mailbox\": \"me\"}");
    let ids = result.map(|all| all.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect());
    (ids.map_err(|error| (error.kind, error.message)), script.lines().len())
}

#[test]
fn repeated_row_is_listed_once() {
    let pages = [page(&["1", "2"], Some("$skip=2")), page(&["2", "3"], Some("$skip=4")), page(&["1"], None)];
    assert_eq!(list(pages), (Ok(vec!["1".to_owned(), "2".to_owned(), "3".to_owned()]), 3));
}

#[test]
fn empty_pages_are_passed_over() {
    let mut pages: Vec<Value> = (0..20).map(|number| page(&[], Some(&format!("$skiptoken={number}")))).collect();
    pages.push(page(&["1"], None));
    assert_eq!(list(pages), (Ok(vec!["1".to_owned()]), 21));
}

/// Ids of Exchange differ by case.
#[test]
fn ids_that_differ_by_case_are_two() {
    assert_eq!(list([page(&["Aa"], Some("$skip=1")), page(&["AA"], None)]).0.map(|ids| ids.len()), Ok(2));
}

#[test]
fn link_that_was_followed_is_an_error_at_once() {
    for (pages, requests) in [
        (vec![page(&["1"], Some("$skip=0")), page(&["2"], Some("$skip=0"))], 2),
        (vec![page(&["1"], Some("$skip=0")), page(&["2"], Some("%24skip=0"))], 2),
        (vec![page(&["1"], Some("$skip=1")), page(&["2"], Some("$skip=2")), page(&["3"], Some("$skip=1"))], 3),
        (vec![json!({"value": [{"id": "1"}], "@odata.nextLink": LIST})], 1),
    ] {
        let (result, sent) = list(pages);
        let (kind, message) = result.unwrap_err();
        assert_eq!((kind, sent), (ErrorKind::Unavailable, requests), "{message}");
        assert!(message.contains("a page that was read before"), "{message}");
    }
}

#[test]
fn pages_without_new_row_are_an_error_within_bounds() {
    let repeated = (0..400).map(|number| page(&["1", "2"], Some(&format!("$skip={number}"))));
    let empty = (0..400).map(|number| page(&[], Some(&format!("$skip={number}"))));
    for (pages, most) in [(repeated.collect::<Vec<_>>(), 6), (empty.collect(), 50)] {
        let (result, sent) = list(pages);
        let (kind, message) = result.unwrap_err();
        assert_eq!(kind, ErrorKind::Unavailable);
        assert!(sent <= most && message.contains("no new row"), "{sent}: {message}");
    }
}

/// Runs an operation over pages under ever new links. Returns the number of requests before the error.
fn count_requests(operation: &str, arguments: &Value, link: &str, row: &Value) -> usize {
    let pages = (0..400).map(|number| json!({"value": [row], "@odata.nextLink": format!("{link}{number}")}));
    let script = pages.fold(Script::new(), |script, page| script.then(200, page));
    let service = service();
    let error = invoke(&connector(&service, &script), operation, &arguments.to_string()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable, "{operation}: {}", error.message);
    assert!(error.message.contains("no new row"), "{operation}: {}", error.message);
    script.lines().len()
}

#[test]
fn every_list_ends() {
    let me = "https://graph.microsoft.com/v1.0/me";
    let id = "671fa173-ad81-41c3-89bf-af939426eee7";
    let user = format!("https://graph.microsoft.com/v1.0/users/{id}");
    let row = json!({"id": "1"});
    for (operation, arguments, link) in [
        ("folders.list", json!({"mailbox": "me"}), format!("{me}/contactFolders?$skip=")),
        ("latestSyncToken", json!({"objectClass": "contact", "mailbox": id}), format!("{user}/contacts/delta?$skiptoken=")),
        (
            "latestSyncToken",
            json!({"objectClass": "contactFolder", "mailbox": id}),
            format!("{user}/contactFolders/delta?$skiptoken="),
        ),
        ("reconcile", json!({"objectClass": "contact", "mailbox": id, "known": {}}), format!("{user}/contacts?$skip=")),
        (
            "search",
            json!({"objectClass": "contact", "filter": format!("mailbox eq \"{id}\"")}),
            format!("{user}/contacts?$skip="),
        ),
        (
            "search",
            json!({"objectClass": "user", "filter": "true"}),
            "https://graph.microsoft.com/v1.0/users?$skiptoken=".to_owned(),
        ),
        ("orgContacts.list", json!({}), "https://graph.microsoft.com/v1.0/contacts?$skiptoken=".to_owned()),
        (
            "orgContacts.listMemberOf",
            json!({"id": "o"}),
            "https://graph.microsoft.com/v1.0/contacts/o/memberOf?$skiptoken=".to_owned(),
        ),
        ("get", json!({"objectClass": "user", "uid": id, "attributesToGet": ["contacts"]}), format!("{user}/contacts?$skip=")),
    ] {
        let sent = count_requests(operation, &arguments, &link, &row);
        assert!(sent <= 8, "{operation}: {sent} requests");
    }
}

/// A page of changes that links to itself would be read for ever.
#[test]
fn delta_page_that_links_to_itself_is_an_error() {
    let link = "https://graph.microsoft.com/v1.0/me/contacts/delta?$skiptoken=x";
    let page = json!({"value": [{"id": "1"}], "@odata.nextLink": link});
    let script = Script::new().then(200, page.clone()).then(200, page);
    let service = service();
    let connector = connector(&service, &script);
    let first = invoke(&connector, "contacts.delta", "{\"mailbox\": \"me\"}").unwrap();
    let next = json!({"mailbox": "me", "token": first["token"]});
    assert_eq!(invoke(&connector, "contacts.delta", &next.to_string()).unwrap_err().kind, ErrorKind::Unavailable);
}

/// A contact that changes while the page is made occurs twice on it. The later row is the newer one.
#[test]
fn delta_page_has_last_change_of_each_object() {
    let rows =
        json!([{"id": "1", "displayName": "old"}, {"id": "2"}, {"id": "1", "displayName": "new"}, {"id": "2", "@removed": {}}]);
    let link = "https://graph.microsoft.com/v1.0/me/contacts/delta?$deltatoken=x";
    let script = Script::new().then(200, json!({"value": rows, "@odata.deltaLink": link}));
    let service = service();
    let page = invoke(&connector(&service, &script), "contacts.delta", "{\"mailbox\": \"me\"}").unwrap();
    let changes = page["changes"].as_array().unwrap();
    assert_eq!(
        (changes.len(), &changes[0]["contact"]["displayName"], &changes[1]["id"]),
        (2, &json!("new"), &json!("2")),
        "{page}"
    );
}

/// The first page of a look-up by key can be empty although another one has the contact.
#[test]
fn look_up_of_created_contact_follows_all_pages() {
    let script =
        Script::new().then_error(504, "GatewayTimeout").then(200, page(&[], Some("$skiptoken=a"))).then(200, page(&["1"], None));
    let settings = OperationSettings { exactly_once: true, ..PLAIN.clone() };
    let service = service();
    let connector = Connector::new(&service, &script, &settings);
    let arguments = json!({"mailbox": "me", "contact": {"givenName": "Ada"}});
    let created = invoke(&connector, "contacts.create", &arguments.to_string()).unwrap();
    assert_eq!((&created["id"], script.lines().len()), (&json!("1"), 3), "{:?}", script.lines());
}
