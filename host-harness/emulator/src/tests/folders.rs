//! Contact folders, and contacts inside them.

use serde_json::json;

use super::*;

fn list_names(response: &TestResponse) -> Vec<&str> {
    response.body["value"].as_array().unwrap().iter().map(|row| row["displayName"].as_str().unwrap()).collect()
}

async fn create_folder(graph: &Graph, parent: &str, name: &str) -> String {
    let created = graph.post(parent, json!({"displayName": name})).await;
    assert_eq!(created.status, 201, "{}", created.body);
    format!("/v1.0/me/contactFolders/{}", created.id())
}

#[tokio::test]
async fn created_folder_is_child_of_default_folder() {
    let graph = Graph::start().await;
    // The request of the page "Create contactFolder"; its response has these members.
    let created = graph.post("/v1.0/me/contactFolders", json!({"displayName": "Important contacts"})).await;
    assert_eq!(created.status, 201);
    let mut keys: Vec<&str> = created.body.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["@odata.context", "displayName", "id", "parentFolderId"]);
    assert_eq!(graph.get(created.header("location")).await.body["displayName"], "Important contacts");
    assert_eq!(list_names(&graph.get("/v1.0/me/contactFolders").await), ["Important contacts"], "v1.0 omits the default folder");
    let beta = graph.get("/beta/me/contactFolders").await;
    assert_eq!(list_names(&beta), ["Contacts", "Important contacts"], "beta lists it");
    let below = graph.get("/beta/me/contactFolders/contacts/childFolders").await;
    assert_eq!(list_names(&below), ["Important contacts"], "it is not its own child");
    let known: Vec<&Value> = beta.body["value"].as_array().unwrap().iter().map(|row| &row["wellKnownName"]).collect();
    assert_eq!(known, [&json!("contacts"), &json!(null)]);
    let default = graph.get("/v1.0/me/contactFolders/contacts").await;
    assert_eq!(created.body["parentFolderId"], default.body["id"], "as in the responses of Graph");
}

#[tokio::test]
async fn folders_are_addressed_at_any_depth() {
    let graph = Graph::start().await;
    let outer = create_folder(&graph, "/v1.0/me/contactFolders", "Outer").await;
    let inner = graph.post(&format!("{outer}/childFolders"), json!({"displayName": "Inner"})).await;
    assert_eq!((inner.status.as_u16(), &inner.body["parentFolderId"]), (201, &graph.get(&outer).await.body["id"]));
    let inner = format!("{outer}/childFolders/{}", inner.id());
    let deepest = graph.post(&format!("{inner}/childFolders"), json!({"displayName": "Deepest"})).await;
    let deepest = format!("{inner}/childFolders/{}", deepest.id());
    assert_eq!(list_names(&graph.get("/v1.0/me/contactFolders").await), ["Outer"], "only the top");
    assert_eq!(list_names(&graph.get(&format!("{outer}/childFolders")).await), ["Inner"]);
    assert_eq!(graph.get(&format!("{inner}/childFolders/$count")).await.body, json!(1));

    let skipping = deepest.replace(&format!("/childFolders/{}", inner.rsplit('/').next().unwrap()), "");
    assert_eq!(graph.get(&skipping).await.get_error(), (404, "ErrorItemNotFound"), "{skipping}");
    let direct = format!("/v1.0/me/contactFolders/{}", deepest.rsplit('/').next().unwrap());
    assert_eq!(graph.get(&direct).await.body["displayName"], "Deepest", "an id is valid in the whole mailbox");

    let contact = graph.post(&format!("{deepest}/contacts"), json!({"givenName": "A"})).await;
    assert_eq!(contact.status, 201);
    assert_eq!(contact.body["parentFolderId"], graph.get(&deepest).await.body["id"]);
    let path = format!("{deepest}/contacts/{}", contact.id());
    assert_eq!(graph.patch(&path, json!({"surname": "B"})).await.body["displayName"], "A B");
    assert_eq!(graph.get(&format!("{deepest}/contacts/$count?$filter=surname eq 'B'")).await.body, json!(1));
    assert_eq!(
        graph.get(&format!("/v1.0/me/contacts/{}", contact.id())).await.status,
        200,
        "an id is valid in the whole mailbox"
    );
    let elsewhere = graph.get(&format!("{outer}/contacts/{}", contact.id())).await;
    assert_eq!(elsewhere.get_error(), (404, "ErrorItemNotFound"));
    assert_eq!(graph.delete(&path).await.status, 204);
    assert_eq!(graph.get(&path).await.get_error(), (404, "ErrorItemNotFound"));
}

#[tokio::test]
async fn contacts_covers_default_folder_in_v1_and_mailbox_in_beta() {
    let graph = Graph::start().await;
    graph.fill(1);
    let id = graph.emulator.add_folder(ADELE, "contacts", "Other").unwrap();
    graph.emulator.add_contact_to(ADELE, &id, &json!({"givenName": "Hidden"})).unwrap();
    assert_eq!(list_names(&graph.get("/v1.0/me/contacts").await), ["Contact 0"], "v1.0: the default folder");
    assert_eq!(list_names(&graph.get("/beta/me/contacts").await), ["Contact 0", "Hidden"], "beta: the mailbox");
    assert_eq!(list_names(&graph.get(&format!("/beta/me/contactFolders/{id}/contacts")).await), ["Hidden"]);
    assert_eq!(graph.get("/v1.0/me/contacts/$count").await.body, json!(1));
}

#[tokio::test]
async fn folder_list_is_paged() {
    let graph = Graph::start().await;
    for number in 0..11 {
        graph.emulator.add_folder(ADELE, "contacts", &format!("Folder {number}")).unwrap();
    }
    let first = graph.get("/v1.0/me/contactFolders?$count=true").await;
    assert_eq!((list_names(&first).len(), &first.body["@odata.count"]), (10, &json!(11)));
    assert_eq!(list_names(&graph.get(first.body["@odata.nextLink"].as_str().unwrap()).await), ["Folder 10"]);
    let all = graph.send(Method::GET, "/v1.0/me/contactFolders", &[("prefer", "odata.maxpagesize=100")], None).await;
    assert_eq!((list_names(&all).len(), all.header("preference-applied")), (11, "odata.maxpagesize=100"));
    assert_eq!(list_names(&graph.get("/v1.0/me/contactFolders?$top=2&$skip=1").await), ["Folder 1", "Folder 2"]);
}

#[tokio::test]
async fn duplicate_sibling_name_is_refused() {
    let graph = Graph::start().await;
    let one = create_folder(&graph, "/v1.0/me/contactFolders", "One").await;
    let two = create_folder(&graph, "/v1.0/me/contactFolders", "Two").await;
    let again = graph.post("/v1.0/me/contactFolders", json!({"displayName": "one"})).await;
    assert_eq!(again.get_error(), (409, "ErrorFolderExists"));
    assert_eq!(graph.patch(&two, json!({"displayName": "One"})).await.get_error(), (409, "ErrorFolderExists"));
    create_folder(&graph, &format!("{two}/childFolders"), "One").await;
    let renamed = graph.patch(&one, json!({"displayName": "ONE", "parentFolderId": "ignored"})).await;
    assert_eq!((renamed.status.as_u16(), renamed.body["displayName"].as_str().unwrap()), (200, "ONE"));
    let found = graph.get("/v1.0/me/contactFolders?$filter=displayName eq 'Two'&$select=displayName").await;
    assert_eq!(list_names(&found), ["Two"]);
    assert_eq!(found.body["value"][0].get("parentFolderId"), None);
    let refused = graph.get("/v1.0/me/contactFolders?$filter=startswith(displayName,'T')").await;
    assert_eq!(refused.get_error(), (400, "ErrorInvalidUrlQueryFilter"));
    for bad in [json!({}), json!({"displayName": " "}), json!({"displayName": null})] {
        assert_eq!(graph.post("/v1.0/me/contactFolders", bad).await.get_error(), (400, "ErrorInvalidArgument"));
    }
    assert_eq!(graph.post("/v1.0/me/contactFolders", json!({"name": "x"})).await.get_error(), (400, "RequestBodyRead"));
}

#[tokio::test]
async fn deleted_folder_takes_its_contents() {
    let graph = Graph::start().await;
    let outer = create_folder(&graph, "/v1.0/me/contactFolders", "Outer").await;
    let inner = create_folder(&graph, &format!("{outer}/childFolders"), "Inner").await;
    let contact = graph.post(&format!("{inner}/contacts"), json!({"givenName": "A"})).await.id().to_owned();
    assert_eq!(graph.delete(&outer).await.status, 204);
    for deleted in [outer, inner, format!("/v1.0/me/contacts/{contact}")] {
        assert_eq!(graph.get(&deleted).await.get_error(), (404, "ErrorItemNotFound"));
    }
    assert_eq!(graph.get("/v1.0/me/contactFolders").await.body["value"], json!([]));
    let default = graph.delete("/v1.0/me/contactFolders/contacts").await;
    assert_eq!((default.get_error(), default.message()), ((403, "ErrorCannotDeleteObject"), "Object cannot be deleted."));
}

#[tokio::test]
async fn update_does_not_move_contact() {
    let graph = Graph::start().await;
    let path = graph.create_contact(json!({"givenName": "A"})).await;
    let id = path.rsplit('/').next().unwrap();
    let other = graph.emulator.add_folder(ADELE, "contacts", "Other").unwrap();
    let patched = graph.patch(&format!("/v1.0{path}"), json!({"parentFolderId": other})).await;
    assert_eq!(patched.status, 200);
    assert_ne!(patched.body["parentFolderId"], other, "an update does not move");
    graph.emulator.move_contact(ADELE, id, &other).unwrap();
    assert_eq!(graph.get(&format!("/v1.0{path}")).await.body["parentFolderId"], other);
    assert_eq!(graph.get("/v1.0/me/contacts").await.body["value"], json!([]));
    assert!(graph.emulator.move_contact(ADELE, id, "nowhere").is_err());
}
