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
    let renamed = graph.patch(&one, json!({"displayName": "ONE"})).await;
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

/// "Update contactFolder": `parentFolderId`, the ID of the folder's parent folder.
#[tokio::test]
async fn update_moves_folder() {
    let graph = Graph::start().await;
    let outer = create_folder(&graph, "/v1.0/me/contactFolders", "Outer").await;
    let inner = create_folder(&graph, &format!("{outer}/childFolders"), "Inner").await;
    let contact = graph.post(&format!("{inner}/contacts"), json!({"givenName": "A"})).await.id().to_owned();
    // Created after the folders that move below it.
    let target = create_folder(&graph, "/v1.0/me/contactFolders", "Target").await;
    let target_id = target.rsplit('/').next().unwrap().to_owned();
    let before = graph.get("/v1.0/me/contactFolders/delta").await.body["@odata.deltaLink"].as_str().unwrap().to_owned();
    let direct = format!("{target}/childFolders/delta");
    let below = graph.get(&direct).await.body["@odata.deltaLink"].as_str().unwrap().to_owned();

    // The request of the page.
    let moved = graph.patch(&outer, json!({"parentFolderId": target_id, "displayName": "Moved"})).await;
    assert_eq!((moved.status.as_u16(), &moved.body["parentFolderId"]), (200, &json!(target_id)), "{}", moved.body);
    assert_eq!(moved.body["displayName"], "Moved");
    assert_eq!(list_names(&graph.get("/v1.0/me/contactFolders").await), ["Target"]);
    assert_eq!(list_names(&graph.get(&format!("{target}/childFolders")).await), ["Moved"]);
    assert_eq!(list_names(&graph.get(&format!("{outer}/childFolders")).await), ["Inner"], "what is inside moves with it");
    assert_eq!(graph.get(&format!("{inner}/contacts/{contact}")).await.status, 200);
    let changed = graph.get(&before).await;
    assert_eq!(list_names(&changed), ["Moved"], "a change of the mailbox's folders");
    assert_eq!(changed.body["value"][0]["parentFolderId"], json!(target_id));
    let inside = graph.get(&below).await;
    assert_eq!(list_names(&inside), ["Moved"], "new below the target");
    let below = inside.body["@odata.deltaLink"].as_str().unwrap();

    assert_eq!(graph.patch(&outer, json!({"parentFolderId": "contacts"})).await.status, 200, "by the well-known name");
    assert_eq!(list_names(&graph.get("/v1.0/me/contactFolders").await), ["Target", "Moved"]);
    assert!(graph.get(below).await.body["value"][0]["@removed"].is_object(), "removed again");
    assert_eq!(graph.delete(&target).await.status, 204);
    assert_eq!(graph.get(&inner).await.status, 200, "it was moved out");
}

#[tokio::test]
async fn impossible_move_of_folder_is_refused() {
    let graph = Graph::start().await;
    let one = create_folder(&graph, "/v1.0/me/contactFolders", "One").await;
    let two = create_folder(&graph, &format!("{one}/childFolders"), "Two").await;
    let three = create_folder(&graph, &format!("{two}/childFolders"), "Three").await;
    let four = create_folder(&graph, "/v1.0/me/contactFolders", "three").await;
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let default = graph.get("/v1.0/me/contactFolders/contacts").await.body;
    let contact = graph.emulator.add_contact(ADELE, &json!({})).unwrap();
    let refused = [
        (&one, json!(id(&one)), (400, "ErrorMoveCopyFailed")),
        (&one, json!(id(&three)), (400, "ErrorMoveCopyFailed")),
        (&four, json!(id(&two)), (409, "ErrorFolderExists")),
        (&one, json!("nonsense"), (400, "ErrorInvalidIdMalformed")),
        (&one, json!(contact), (404, "ErrorItemNotFound")),
        (&one, json!(null), (400, "ErrorInvalidPropertySet")),
        (&one, json!(5), (400, "ErrorInvalidPropertySet")),
        // A parent that Exchange has, and the emulator has not.
        (&one, default["parentFolderId"].clone(), (501, "NotImplemented")),
    ];
    for (folder, parent, error) in refused {
        let body = json!({"parentFolderId": parent, "displayName": "Three"});
        assert_eq!(graph.patch(folder, body).await.get_error(), error, "{parent}");
    }
    let default_moved = graph.patch("/v1.0/me/contactFolders/contacts", json!({"parentFolderId": id(&one)})).await;
    assert_eq!(default_moved.get_error(), (400, "ErrorMoveDistinguishedFolder"));
    assert_eq!(graph.get(&one).await.body["displayName"], "One", "a refused update changes nothing");
    let kept = graph.patch("/v1.0/me/contactFolders/contacts", json!({"parentFolderId": default["parentFolderId"]})).await;
    assert_ne!(kept.status, 200);
}

/// "This method supports the OData query parameters" ("List contactFolders").
#[tokio::test]
async fn folders_are_sorted_and_expanded() {
    let graph = Graph::start().await;
    for name in ["b", "C", "a"] {
        let folder = create_folder(&graph, "/v1.0/me/contactFolders", name).await;
        create_folder(&graph, &format!("{folder}/childFolders"), &format!("{name} child")).await;
        graph.post(&format!("{folder}/contacts"), json!({"givenName": name, "surname": "x"})).await;
    }
    let sorted = async |order: &str| {
        let response = graph.get(&format!("/v1.0/me/contactFolders?$orderby={order}")).await;
        list_names(&response).join(",")
    };
    assert_eq!(sorted("displayName").await, "a,b,C");
    assert_eq!(sorted("displayName desc").await, "C,b,a");
    assert_eq!(sorted("parentFolderId,displayName desc").await, "C,b,a");
    for bad in ["$orderby=size", "$orderby=displayName up", "$expand=messages", "$expand=contacts($select=size)"] {
        assert_eq!(graph.get(&format!("/v1.0/me/contactFolders?{bad}")).await.get_error(), (400, "BadRequest"), "{bad}");
    }
    let expand = "$expand=childFolders($select=displayName),contacts($select=givenName)&$orderby=displayName";
    let expanded = graph.get(&format!("/v1.0/me/contactFolders?{expand}&$top=1")).await;
    let folder = &expanded.body["value"][0];
    assert_eq!((&folder["displayName"], &folder["childFolders"][0]["displayName"]), (&json!("a"), &json!("a child")));
    assert_eq!(folder["childFolders"][0].get("parentFolderId"), None);
    assert_eq!((&folder["contacts"][0]["givenName"], folder["contacts"][0].get("surname")), (&json!("a"), None));
    let next = graph.get(expanded.body["@odata.nextLink"].as_str().unwrap()).await;
    assert_eq!(next.body["value"][0]["childFolders"][0]["displayName"], "b child", "the link keeps the options");
    let one = graph.get(&format!("/v1.0/me/contactFolders/{}?$expand=contacts", folder["id"].as_str().unwrap())).await;
    assert_eq!(one.body["contacts"][0]["surname"], "x");
    let extended = graph.get("/v1.0/me/contactFolders?$expand=singleValueExtendedProperties($filter=id eq 'x')").await;
    assert_eq!(extended.get_error(), (501, "NotImplemented"));
}

/// `parentFolderId` is updatable on the page "Update contact".
#[tokio::test]
async fn update_moves_contact() {
    let graph = Graph::start().await;
    let path = graph.create_contact(json!({"givenName": "A"})).await;
    let id = path.rsplit('/').next().unwrap();
    let (one, two) = (
        graph.emulator.add_folder(ADELE, "contacts", "One").unwrap(),
        graph.emulator.add_folder(ADELE, "contacts", "Two").unwrap(),
    );
    let link = graph.get("/v1.0/me/contacts/delta").await.body["@odata.deltaLink"].as_str().unwrap().to_owned();
    let patched = graph.patch(&format!("/v1.0{path}"), json!({"parentFolderId": one, "surname": "B"})).await;
    assert_eq!((patched.status.as_u16(), &patched.body["parentFolderId"]), (200, &json!(one)));
    assert_eq!(list_names(&graph.get(&format!("/v1.0/me/contactFolders/{one}/contacts")).await), ["A B"]);
    assert!(graph.get(&link).await.body["value"][0]["@removed"].is_object());
    let nowhere = graph.patch(&format!("/v1.0{path}"), json!({"parentFolderId": "nonsense", "surname": "C"})).await;
    assert_eq!(nowhere.get_error(), (400, "ErrorInvalidIdMalformed"));
    graph.emulator.move_contact(ADELE, id, &two).unwrap();
    let read = graph.get(&format!("/v1.0{path}")).await.body;
    assert_eq!((&read["parentFolderId"], &read["surname"]), (&json!(two), &json!("B")));
    assert_eq!(graph.get("/v1.0/me/contacts").await.body["value"], json!([]));
    assert!(graph.emulator.move_contact(ADELE, id, "nowhere").is_err());
}
