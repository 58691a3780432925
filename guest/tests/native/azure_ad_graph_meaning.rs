//! The Azure AD Graph API: links, rows and times that Microsoft Graph or a caller can spell or give in several ways.

use serde_json::{Value, json};

use crate::azure_ad_graph::{get, sent};
use crate::script::Script;

const USERS: &str = "https://graph.microsoft.com/v1.0/users";

fn list_ids(body: &Value) -> Vec<&str> {
    body["value"].as_array().unwrap().iter().map(|row| row["objectId"].as_str().unwrap()).collect()
}

fn page(ids: &[&str], next: &str) -> Value {
    let rows: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
    if next.is_empty() { json!({"value": rows}) } else { json!({"value": rows, "@odata.nextLink": next}) }
}

/// Some lists are paged by a number of rows (<https://learn.microsoft.com/en-us/graph/paging>), and a row can occur on two pages.
#[test]
fn repeated_row_is_listed_once_and_pages_can_be_numbered() {
    let script = Script::new()
        .then(200, page(&["1", "2"], "https://graph.microsoft.com:443/v1.0/Users()?%24skip=2"))
        .then(200, page(&["2", "3"], &format!("{USERS}?$skiptoken=x")))
        .then(200, page(&["4"], ""));
    let (status, body) = get(&script, "/contoso.com/users?api-version=1.6&$top=10");
    assert_eq!((status, list_ids(&body)), (200, vec!["1", "2", "3", "4"]), "{body}");
    let lines = ["GET /v1.0/users?$top=10", "GET /v1.0/users?$top=10&$skip=2", "GET /v1.0/users?$top=10&$skiptoken=x"];
    assert_eq!(sent(&script), lines);
}

/// microsoft-graph-docs#9008, msgraph-sdk-dotnet#2108: a page that links to itself, or to pages with the same rows.
#[test]
fn list_that_does_not_advance_is_an_error() {
    for (pages, most) in [
        (vec![page(&["1"], &format!("{USERS}?$skiptoken=x")), page(&["2"], &format!("{USERS}?$skiptoken=x"))], 2),
        ((0..9).map(|number| page(&["1"], &format!("{USERS}?$skiptoken={number}"))).collect(), 6),
    ] {
        let script = pages.into_iter().fold(Script::new(), |script, page| script.then(200, page));
        let (status, body) = get(&script, "/contoso.com/users?api-version=1.6&$top=10");
        assert_eq!(status, 503, "{body}");
        assert!(body.to_string().contains("page of Microsoft Graph") && script.lines().len() <= most, "{body}");
    }
}

#[test]
fn link_to_other_list_is_refused() {
    for next in ["https://graph.microsoft.com/v1.0/groups?$skiptoken=x", "https://evil.example/v1.0/users?$skiptoken=x"] {
        let script = Script::new().then(200, page(&["1"], next));
        assert_eq!(get(&script, "/contoso.com/users?api-version=1.6&$top=10").0, 503, "{next}");
    }
}

/// Times compare as points in time: `00:30+01:00` is before `00:00Z`.
#[test]
fn times_in_filters_have_offsets() {
    let script = Script::new().then(200, json!({"value": []}));
    get(
        &script,
        "/contoso.com/users?api-version=1.6&$filter=lastDirSyncTime%20ge%20datetimeoffset'2026-01-01T01:30:00.5%2B01:00'",
    );
    let filter = "onPremisesLastSyncDateTime%20ge%202026-01-01T00%3A30%3A00.5Z";
    assert_eq!(sent(&script), [format!("GET /v1.0/users?$top=100&$filter={filter}")]);

    let rows = json!({"value": [
        {"id": "1", "onPremisesLastSyncDateTime": "2026-01-01T00:30:00+01:00", "addresses": []},
        {"id": "2", "onPremisesLastSyncDateTime": "2026-01-01T00:00:00.000Z", "addresses": []},
        {"id": "3", "onPremisesLastSyncDateTime": "2026-01-01T00:30:00Z", "addresses": []},
    ]});
    for (operator, ids) in [("eq", vec!["2"]), ("ge", vec!["2", "3"]), ("le", vec!["1", "2"])] {
        let script = Script::new().then(200, rows.clone());
        let filter = format!("lastDirSyncTime%20{operator}%20datetime'2026-01-01T00:00:00'%20or%20city%20eq%20'Rome'");
        let (_, body) = get(&script, &format!("/contoso.com/contacts?api-version=1.6&$filter={filter}"));
        assert_eq!(list_ids(&body), ids, "{operator}: {body}");
    }
}
