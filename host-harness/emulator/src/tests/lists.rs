//! Lists: pages, options, filters.

use serde_json::json;

use super::*;

fn list_names(response: &TestResponse) -> Vec<&str> {
    response.body["value"].as_array().unwrap().iter().map(|row| row["displayName"].as_str().unwrap()).collect()
}

fn get_next_link(response: &TestResponse) -> Option<&str> {
    response.body.get("@odata.nextLink").map(|link| link.as_str().unwrap())
}

#[tokio::test]
async fn list_pages_of_ten_are_linked() {
    let graph = Graph::start().await;
    graph.fill(25);
    let mut sizes = Vec::new();
    let mut target = "/v1.0/me/contacts?$select=displayName&$count=true".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = graph.get(&target).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.body["@odata.count"], 25);
        sizes.push(list_names(&page).len());
        seen.extend(list_names(&page).into_iter().map(str::to_owned));
        assert!(page.body["value"][0].get("surname").is_none(), "the link keeps $select");
        let Some(link) = get_next_link(&page) else { break };
        assert!(link.starts_with(&format!("{}/v1.0/me/contacts?", graph.emulator.endpoint())), "{link}");
        target = link.to_owned();
    }
    assert_eq!(sizes, [10, 10, 5]);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 25);
}

#[tokio::test]
async fn full_last_page_has_no_next_link() {
    let graph = Graph::start().await;
    graph.fill(10);
    assert_eq!(get_next_link(&graph.get("/v1.0/me/contacts").await), None);
    assert_eq!(graph.get("/v1.0/me/contacts?$skip=10").await.body["value"], json!([]));
}

#[tokio::test]
async fn page_size_preference_is_per_request() {
    let graph = Graph::start().await;
    graph.fill(20);
    let prefer = [("prefer", "odata.maxpagesize=3, IdType=\"ImmutableId\"")];
    let first = graph.send(Method::GET, "/v1.0/me/contacts", &prefer, None).await;
    assert_eq!(list_names(&first).len(), 3);
    assert_eq!(first.header("preference-applied"), "odata.maxpagesize=3,IdType=\"ImmutableId\"");
    let second = graph.get(get_next_link(&first).unwrap()).await;
    assert_eq!(list_names(&second).len(), 10);
    assert_eq!(second.header("preference-applied"), "");
    let user = graph.send(Method::GET, "/v1.0/me", &prefer, None).await;
    assert_eq!(user.header("preference-applied"), "IdType=\"ImmutableId\"", "one object has no page");
}

#[tokio::test]
async fn top_and_skip_limit_list() {
    let graph = Graph::start().await;
    graph.fill(5);
    let page = graph.get("/v1.0/me/contacts?$top=2&$skip=1").await;
    assert_eq!(list_names(&page), ["Contact 1", "Contact 2"]);
    assert_eq!(list_names(&graph.get(get_next_link(&page).unwrap()).await), ["Contact 3", "Contact 4"]);
    assert_eq!(list_names(&graph.get("/v1.0/me/contacts?top=1").await), ["Contact 0"], "the dollar is optional");
    for bad in ["$top=x", "$top=-1", "$top=0", "$top=1001", "$skip=x", "$count=maybe", "$top=1&$top=2"] {
        assert_eq!(graph.get(&format!("/v1.0/me/contacts?{bad}")).await.get_error(), (400, "BadRequest"), "{bad}");
    }
}

#[tokio::test]
async fn orderby_sorts_contacts() {
    let graph = Graph::start().await;
    for (given, surname) in [("b", "1"), ("C", "1"), ("a", "2")] {
        graph.create_contact(json!({"givenName": given, "surname": surname})).await;
    }
    let sorted = async |order: &str| {
        let response = graph.get(&format!("/v1.0/me/contacts?$orderby={order}")).await;
        list_names(&response).join(",")
    };
    assert_eq!(sorted("givenName").await, "a 2,b 1,C 1");
    assert_eq!(sorted("givenName desc").await, "C 1,b 1,a 2");
    assert_eq!(sorted("surname,givenName desc").await, "C 1,b 1,a 2");
    assert_eq!(graph.get("/v1.0/me/contacts?$orderby=nothing").await.get_error(), (400, "BadRequest"));
}

#[tokio::test]
async fn supported_filters_find_contacts() {
    let graph = Graph::start().await;
    graph
        .create_contact(json!({
            "givenName": "Garth", "surname": "O'Fort", "emailAddresses": [{"address": "x@contoso.com"}, {"address": "garth@contoso.com"}],
            "singleValueExtendedProperties": [{"id": SOURCE_ID, "value": "hr-4711"}],
        }))
        .await;
    graph.create_contact(json!({"givenName": "Other", "emailAddresses": [{"address": "other@contoso.com"}]})).await;
    for filter in [
        "emailAddresses/any(a:a/address eq 'garth@contoso.com')",
        "emailAddresses/any(a: a/address eq 'Garth@Contoso.com')",
        "startswith(displayName,'Gar')",
        "displayName eq 'Garth O''Fort'",
        // A sample of Microsoft's message extensions, and clients of several authors.
        "contains(displayName,'th o')",
        "contains(displayName,'th o') or contains(givenName,'nobody') or contains(surname,'nobody')",
        "startswith(displayName,'nobody') or emailAddresses/any(a:a/address eq 'garth@contoso.com')",
        "surname eq 'O''Fort'",
        &format!("singleValueExtendedProperties/Any(ep: ep/id eq '{SOURCE_ID}' and ep/value eq 'hr-4711')"),
    ] {
        let found = graph.get(&format!("/v1.0/me/contacts?$filter={filter}")).await;
        assert_eq!(found.status, 200, "{filter}: {}", found.body);
        assert_eq!(list_names(&found), ["Garth O'Fort"], "{filter}");
    }
    assert_eq!(graph.get("/v1.0/me/contacts/$count?$filter=givenName eq 'Other'").await.body, json!(1));
}

/// The three queries of microsoft-graph-docs#6423, and what they found.
#[tokio::test]
async fn address_beside_startswith_matches_by_prefix() {
    let graph = Graph::start().await;
    let address = json!({"name": "mpower@company.com", "address": "mpower@company.com"});
    graph.create_contact(json!({"displayName": "Max Power", "emailAddresses": [address]})).await;
    let by_name = "startswith(displayName,'mpower')";
    let by_address = "emailAddresses/any(a:a/address eq 'mpower')";
    for (filter, found) in
        [(by_name.to_owned(), &[][..]), (by_address.to_owned(), &[]), (format!("{by_name} or {by_address}"), &["Max Power"])]
    {
        assert_eq!(list_names(&graph.get(&format!("/v1.0/me/contacts?$filter={filter}")).await), found, "{filter}");
    }
}

#[tokio::test]
async fn unsupported_filter_is_refused() {
    let graph = Graph::start().await;
    for filter in [
        // microsoft-graph-docs#2933 and #562.
        "emailAddresses/any(a:startswith(a/address,'user'))",
        "displayName ne 'Garth'",
        "displayName eq 'a' or displayName ne 'b'",
        "displayName eq 'a' or",
        "displayName eq 'a' and surname eq 'b'",
        "contains(displayName,'a') or contains(emailAddresses/any(a:a/address),'b')",
        "displayName eq null",
        "businessPhones eq '1'",
        "emailAddresses/any(a:b/address eq 'x')",
        "",
    ] {
        let refused = graph.get(&format!("/v1.0/me/contacts?$filter={filter}")).await;
        assert_eq!(refused.get_error(), (400, "ErrorInvalidUrlQueryFilter"), "{filter}");
        assert_eq!(refused.message(), "The query filter contains one or more invalid nodes.");
    }
    // microsoft-graph-docs#562.
    let collection = graph.get("/v1.0/me/contacts?$filter=contains(emailAddresses/address,'@contoso.com')").await;
    assert_eq!(collection.get_error(), (400, "BadRequest"));
    assert!(
        collection.message().starts_with("The parent value for a property access of a property 'address' is not a single value.")
    );
    assert_eq!(
        graph.get("/v1.0/me/contacts?$filter=contains(displayName,'a') or phone eq 'x'").await.get_error(),
        (400, "BadRequest")
    );
    assert_eq!(graph.get("/v1.0/me/contacts?$filter=displayName eq 'x").await.get_error(), (400, "BadRequest"));
    assert_eq!(graph.get("/v1.0/me/contacts?$filter=phone eq 'x'").await.get_error(), (400, "BadRequest"));
}

#[tokio::test]
async fn unknown_query_option_is_refused() {
    let graph = Graph::start().await;
    for bad in ["$foo=1", "$deltatoken=x", "$select=foo", "$expand=photo", "$filter=%zz"] {
        let refused = graph.get(&format!("/v1.0/me/contacts?{bad}")).await;
        assert_eq!(refused.get_error(), (400, "BadRequest"), "{bad}: {}", refused.body);
    }
    assert_eq!(graph.get("/v1.0/me/contacts?foo=1&$format=json").await.status, 200, "Graph ignores options outside of OData");
}

#[tokio::test]
async fn expand_applies_to_list() {
    let graph = Graph::start().await;
    graph.create_contact(json!({"givenName": "A", "singleValueExtendedProperties": [{"id": SOURCE_ID, "value": "1"}]})).await;
    graph.create_contact(json!({"givenName": "B"})).await;
    let listed =
        graph.get(&format!("/v1.0/me/contacts?$expand=singleValueExtendedProperties($filter=id eq '{SOURCE_ID}')")).await;
    assert_eq!(listed.body["value"][0]["singleValueExtendedProperties"][0]["value"], "1");
    assert_eq!(listed.body["value"][1].get("singleValueExtendedProperties"), None);
}

#[tokio::test]
async fn default_folder_is_omitted_in_v1() {
    let graph = Graph::start().await;
    graph.fill(1);
    // "v1.0 GET /contactFolders omits the default Contacts folder": a contact or its name leads to it.
    assert_eq!(graph.get("/v1.0/me/contactFolders").await.body["value"], json!([]));
    assert_eq!(graph.get("/beta/me/contactFolders").await.body["value"][0]["wellKnownName"], "contacts");
    let row = &graph.get("/v1.0/me/contacts?$top=1&$select=parentFolderId").await.body["value"][0];
    let id = row["parentFolderId"].as_str().unwrap();
    let folder = graph.get(&format!("/v1.0/me/contactFolders/{id}")).await.body;
    assert_eq!(folder["id"], id);
    assert_eq!(graph.get("/v1.0/me/contactfolders/Contacts").await.body["id"], id);
    let inside = format!("/v1.0/users/{ADELE}/contactFolders/{id}/contacts");
    assert_eq!(list_names(&graph.get(&inside).await), ["Contact 0"]);
    let created = graph.post(&inside, json!({"givenName": "New"})).await;
    assert_eq!((created.status.as_u16(), created.body["parentFolderId"].as_str().unwrap()), (201, id));
    assert_eq!(graph.delete(&format!("{inside}/{}", created.id())).await.status, 204);
    let malformed = graph.get("/v1.0/me/contactFolders/nonsense/contacts").await;
    assert_eq!((malformed.get_error(), malformed.message()), ((400, "ErrorInvalidIdMalformed"), "Id is malformed."));
    let contact = row["id"].as_str().unwrap();
    assert_eq!(graph.get(&format!("/v1.0/me/contactFolders/{contact}/contacts")).await.get_error(), (404, "ErrorItemNotFound"));
}
