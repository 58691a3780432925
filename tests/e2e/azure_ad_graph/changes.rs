//! Differential queries, as the page "Differential query" defines them.

use graph_emulator::{Removal, SyncStateError};
use http::Method;
use serde_json::{Value, json};

use super::{Directory, code, ids};
use crate::fixture::{UID, add_new_rows, run};

/// Returns the target of a link in a response. The link is absolute, and has no API version.
fn target(directory: &Directory, page: &Value, name: &str) -> String {
    let link = page[name].as_str().unwrap_or_else(|| panic!("no {name} in {page}"));
    let path = link.strip_prefix(&directory.base()).unwrap();
    format!("/contoso.com{path}&api-version=1.6")
}

/// Reads a differential query to its end. Returns the pages as one, with the links of the last: a page may have any number of rows,
/// and a row may come again.
async fn read_changes(directory: &Directory, first: &str) -> Value {
    let (mut at, mut rows) = (first.to_owned(), Vec::new());
    loop {
        let (status, mut page) = directory.get(&at).await;
        assert_eq!(status, 200, "{page}");
        add_new_rows(&mut rows, &page["value"]);
        assert!(
            page.get("aad.nextLink").is_none() || page.get("aad.deltaLink").is_none(),
            "a page has only one of the two links"
        );
        if page.get("aad.deltaLink").is_some() {
            page["value"] = rows.into();
            return page;
        }
        at = target(directory, &page, "aad.nextLink");
    }
}

#[test]
fn differential_query_reports_changed_and_deleted_users() {
    run(async {
        let directory = Directory::open().await;
        let id = "0f0f0f0f-31f4-4d0e-8d0a-1f9d0b6a4f11";
        directory.add_user(id, "ada@contoso.com", &json!({"displayName": "Ada", "mobilePhone": "+44"}));
        let page = read_changes(&directory, "/contoso.com/users?api-version=1.6&deltaLink=").await;
        assert_eq!(ids(&page), [UID, id]);
        assert_eq!((&page["value"][1]["mobile"], &page["value"][1]["objectType"]), (&json!("+44"), &json!("User")));
        let since = target(&directory, &page, "aad.deltaLink");
        let nothing = read_changes(&directory, &since).await;
        assert_eq!(nothing["value"], json!([]));
        directory.fixture.emulator.change_object(id, &json!({"displayName": "Ada L."})).unwrap();
        let changed = read_changes(&directory, &since).await;
        assert_eq!((ids(&changed), &changed["value"][0]["displayName"]), (vec![id], &json!("Ada L.")));
        let since = target(&directory, &changed, "aad.deltaLink");
        directory.fixture.emulator.remove_object(id, Removal::Deleted).unwrap();
        let gone = read_changes(&directory, &since).await;
        let row = &gone["value"][0];
        assert_eq!(
            (&row["objectId"], &row["aad.isDeleted"], &row["objectType"]),
            (&json!(id), &json!(true), &json!("User")),
            "{gone}"
        );
        assert!(row.get("aad.isSoftDeleted").is_none());
        // Some clients send the whole link as the token.
        let link = changed["aad.deltaLink"].as_str().unwrap();
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("deltaLink", link).finish();
        assert_eq!(ids(&read_changes(&directory, &format!("/contoso.com/users?api-version=1.6&{query}")).await), [id]);
    });
}

#[test]
fn restorable_user_is_reported_as_soft_deleted() {
    run(async {
        let directory = Directory::open().await;
        let page = read_changes(&directory, "/contoso.com/users?api-version=1.6&deltaLink=").await;
        let since = target(&directory, &page, "aad.deltaLink");
        directory.fixture.emulator.remove_object(UID, Removal::Changed).unwrap();
        let row = read_changes(&directory, &since).await["value"][0].clone();
        assert_eq!((&row["aad.isDeleted"], &row["aad.isSoftDeleted"]), (&json!(true), &json!(true)), "{row}");
    });
}

/// `directoryObjects` covers all types, or those in the filter. Microsoft Graph has a separate delta query for each type.
#[test]
fn differential_query_covers_several_types() {
    run(async {
        let directory = Directory::open().await;
        let contact = directory.add_contact(&json!({"displayName": "Ada", "phones": [{"type": "mobile", "number": "+44"}]}));
        let group = directory.fixture.emulator.add_group(&json!({"displayName": "Sales"})).unwrap();
        let all = async |first: &str| {
            let page = read_changes(&directory, first).await;
            (ids(&page).into_iter().map(str::to_owned).collect::<Vec<_>>(), target(&directory, &page, "aad.deltaLink"))
        };
        let (seen, since) = all("/contoso.com/directoryObjects?api-version=1.6&deltaLink=").await;
        assert_eq!(seen, [UID, &contact, &group]);
        directory.fixture.emulator.change_object(&contact, &json!({"jobTitle": "Countess"})).unwrap();
        directory.fixture.emulator.change_object(&group, &json!({"description": "x"})).unwrap();
        let (changed, _) = all(&since).await;
        assert_eq!(changed, [contact.as_str(), group.as_str()]);
        let filter = "isof('Microsoft.DirectoryServices.Contact') or isof('Microsoft.DirectoryServices.User')";
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("$filter", filter).finish();
        let (seen, _) = all(&format!("/contoso.com/directoryObjects?api-version=1.6&deltaLink=&{query}")).await;
        assert_eq!(seen, [contact.as_str(), UID]);
        let page = read_changes(&directory, "/contoso.com/contacts?api-version=1.6&deltaLink=").await;
        assert_eq!((ids(&page), &page["value"][0]["mobile"]), (vec![contact.as_str()], &json!("+44")));
    });
}

#[test]
fn differential_query_options_restrict_rows() {
    run(async {
        let directory = Directory::open().await;
        let page =
            read_changes(&directory, "/contoso.com/directoryObjects?api-version=1.6&deltaLink=&$select=User/displayName").await;
        let row = page["value"][0].as_object().unwrap();
        assert_eq!(row.keys().collect::<Vec<_>>(), ["odata.type", "objectType", "objectId", "displayName"]);
        let (status, refused) = directory.get("/contoso.com/users?api-version=1.6&deltaLink=&$select=nope").await;
        assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");

        let only_link = directory.request(Method::GET, "/contoso.com/users?api-version=1.6&deltaLink=");
        let (status, page) = crate::fixture::send_request(only_link.header("ocp-aad-dq-include-only-delta-token", "true")).await;
        assert_eq!((status, &page["value"]), (200, &json!([])), "{page}");
        let since = target(&directory, &page, "aad.deltaLink");
        directory.fixture.emulator.change_object(UID, &json!({"city": "Oslo"})).unwrap();
        let mut at = since;
        let page = loop {
            let request = directory.request(Method::GET, &at).header("ocp-aad-dq-include-only-changed-properties", "true");
            let (_, page) = crate::fixture::send_request(request).await;
            if page["value"] != json!([]) {
                break page;
            }
            at = target(&directory, &page, "aad.nextLink");
        };
        let row = page["value"][0].as_object().unwrap();
        assert_eq!(row.keys().collect::<Vec<_>>(), ["odata.type", "objectType", "objectId", "city"], "{page}");
    });
}

#[test]
fn expired_delta_link_is_rejected() {
    run(async {
        let directory = Directory::open().await;
        let page = read_changes(&directory, "/contoso.com/users?api-version=1.6&deltaLink=").await;
        let since = target(&directory, &page, "aad.deltaLink");
        directory.fixture.emulator.expire_delta_tokens(SyncStateError::SyncStateNotFound);
        let (status, refused) = directory.get(&since).await;
        assert_eq!((status, code(&refused)), (400, "Directory_ExpiredPageToken"), "{refused}");
        let (status, refused) = directory.get("/contoso.com/users?api-version=1.6&deltaLink=made-up").await;
        assert_eq!((status, code(&refused)), (400, "Directory_ExpiredPageToken"), "{refused}");
    });
}
