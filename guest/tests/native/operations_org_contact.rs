//! Organizational contacts, with scripted responses of the directory. Names and rules: the page on the resource orgContact, and
//! the page of Azure AD Graph on contacts (they cannot be created, and are changed only if they are not synchronized).

use connector::error::{ErrorKind, Result};
use connector::graph::address::{Container, Mailbox};
use connector::operations::icf::filter::Filter;
use connector::operations::icf::object_class::ObjectClass::OrgContact;
use connector::operations::icf::search::Search;
use connector::operations::icf::sync::SyncDelta;
use serde_json::{Map, Value, json};

use crate::script::{Script, connector, service};

fn build_stored() -> Value {
    json!({"id": "o", "displayName": "Ada", "mail": "ada@fabrikam.com", "phones": [], "onPremisesSyncEnabled": null})
}

fn update(script: &Script, value: Value) -> Result<Value> {
    let attributes = value.as_object().unwrap();
    connector(&service(), script).update_object(OrgContact, "o", None, attributes, None).map(|updated| updated.object.into())
}

#[test]
fn get_reads_named_attributes_and_relationships() {
    let script = Script::new()
        .then(200, json!({"id": "o", "mail": "ada@fabrikam.com"}))
        .then(200, json!({"id": "m"}))
        .then(200, json!({"value": [{"id": "g1"}], "@odata.nextLink": "https://graph.microsoft.com/v1.0/contacts/o/memberOf?$skiptoken=x"}))
        .then(200, json!({"value": [{"id": "g2"}]}));
    let read = connector(&service(), &script).get_object(OrgContact, "o", &["mail", "manager", "memberOf", "nope"]).unwrap();
    assert_eq!(Value::Object(read), json!({"_id": "o", "mail": "ada@fabrikam.com", "manager": "m", "memberOf": ["g1", "g2"]}));
    assert_eq!(
        script.lines(),
        [
            "GET /v1.0/contacts/o?$select=id,mail",
            "GET /v1.0/contacts/o/manager?$select=id",
            "GET /v1.0/contacts/o/memberOf?$select=id",
            "GET /v1.0/contacts/o/memberOf?$skiptoken=x",
        ]
    );
    let script = Script::new().then(200, json!({"id": "o"})).then_error(404, "Request_ResourceNotFound");
    let read = connector(&service(), &script).get_object(OrgContact, "o", &["manager"]).unwrap();
    assert_eq!(Value::Object(read), json!({"_id": "o"}), "the contact has no manager");
}

#[test]
fn create_is_unsupported() {
    let script = Script::new();
    let error = connector(&service(), &script).create_object(OrgContact, &Map::new(), None).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unsupported);
    assert!(error.message.contains("Exchange"), "{}", error.message);
    assert_eq!(script.lines(), [""; 0]);
}

#[test]
fn update_sends_difference() {
    let script = Script::new().then(200, build_stored()).then_bytes(204, &[], b"").then(200, build_stored());
    let whole = json!({"_id": "o", "displayName": "Ada", "mail": "ada@fabrikam.com", "phones": [], "jobTitle": "Countess"});
    update(&script, whole).unwrap();
    assert_eq!((script.lines()[1].as_str(), script.body(1)), ("PATCH /v1.0/contacts/o", json!({"jobTitle": "Countess"})));
    let script = Script::new().then(200, build_stored());
    update(&script, json!({"displayName": "Ada"})).unwrap();
    assert_eq!(script.lines().len(), 1, "nothing changes");
}

#[test]
fn synchronized_contact_rejects_update_and_delete() {
    let mut synchronized = build_stored();
    synchronized["onPremisesSyncEnabled"] = json!(true);
    let on_premises = json!({"id": "o", "isCloudManaged": false});
    let script = Script::new().then(200, synchronized.clone()).then(200, on_premises.clone());
    let script = script.then(200, synchronized).then(200, on_premises);
    assert_eq!(update(&script, json!({"jobTitle": "x"})).unwrap_err().kind, ErrorKind::PermissionDenied);
    let error = connector(&service(), &script).delete_object(OrgContact, "o", None).unwrap_err();
    assert_eq!(error.kind, ErrorKind::PermissionDenied);
    assert!(script.lines().iter().all(|line| line.starts_with("GET ")));
}

/// `isCloudManaged` decides for a synchronized contact: "If true, updates from on-premises Active Directory are blocked in the cloud".
/// <https://learn.microsoft.com/en-us/graph/api/resources/onpremisessyncbehavior>
#[test]
fn synchronized_contact_is_changed_where_the_cloud_manages_it() {
    let mut synchronized = build_stored();
    synchronized["onPremisesSyncEnabled"] = json!(true);
    let cloud = json!({"id": "o", "isCloudManaged": true});
    let script = Script::new().then(200, synchronized.clone()).then(200, cloud.clone()).then_bytes(204, &[], b"");
    update(&script.then(200, synchronized.clone()), json!({"jobTitle": "x"})).unwrap();
    let script = Script::new().then(200, synchronized.clone()).then(200, cloud).then_bytes(204, &[], b"");
    connector(&service(), &script).delete_object(OrgContact, "o", None).unwrap();
    assert_eq!(script.lines()[1], "GET /v1.0/contacts/o/onPremisesSyncBehavior?$select=id,isCloudManaged");
    // Nothing is known: nothing is written, and the error says what to permit.
    for (status, code, kind, named) in [
        (403, "Authorization_RequestDenied", ErrorKind::PermissionDenied, "Contacts-OnPremisesSyncBehavior.ReadWrite.All"),
        (404, "Request_ResourceNotFound", ErrorKind::PermissionDenied, "onPremisesSyncEnabled"),
        (500, "generalException", ErrorKind::Unavailable, ""),
    ] {
        let script = Script::new().then(200, synchronized.clone()).then_error(status, code);
        let error = update(&script, json!({"jobTitle": "x"})).unwrap_err();
        assert_eq!((error.kind, script.lines().len()), (kind, 2), "{status}: {error:?}");
        assert!(error.message.contains(named), "{status}: {error:?}");
    }
}

#[test]
fn invalid_update_error_names_attribute() {
    for (value, name) in [
        (json!({"nope": 1}), "nope"),
        (json!({"displayName": 7}), "displayName"),
        (json!({"phones": "1"}), "phones"),
        (json!({"proxyAddresses": ["smtp:x"]}), "proxyAddresses"),
        (json!({"manager": "m"}), "manager"),
        (json!({"_id": "other"}), "_id"),
    ] {
        let script = Script::new().then(200, build_stored());
        let error = update(&script, value.clone()).unwrap_err();
        assert_eq!((error.kind, error.attributes), (ErrorKind::InvalidAttributeValue, vec![name.to_owned()]), "{value}");
        assert_eq!(script.lines().len(), 1);
    }
}

#[test]
fn search_and_sync_return_contacts() {
    let search = Search {
        filter: Filter::parse("mail sw \"ada\" and !(department pr)").unwrap(),
        attributes: vec!["displayName".to_owned()],
        page_size: None,
        cookie: None,
        offset: 0,
        sort: Vec::new(),
        words: None,
        count: false,
    };
    let script = Script::new().then(200, json!({"value": [build_stored(), {"id": "p", "mail": "ada@x", "department": "d"}]}));
    let mut found = Vec::new();
    let sink = &mut |object: Map<String, Value>| {
        found.push(object["_id"].clone());
        Ok(())
    };
    connector(&service(), &script).search_objects(OrgContact, &search, sink).unwrap();
    assert_eq!(found, ["o"]);
    assert_eq!(
        script.lines(),
        ["GET /v1.0/contacts?$top=999&$select=id,displayName,mail,department&$filter=startswith(mail,'ada')"]
    );

    let link = "https://graph.microsoft.com/v1.0/contacts/delta?$deltatoken=x";
    let script = Script::new()
        .then(200, json!({"value": [build_stored(), {"id": "p", "@removed": {"reason": "deleted"}}], "@odata.deltaLink": link}));
    let container = Container::from_mailbox(Mailbox::Me);
    let sync = connector(&service(), &script).sync_objects(OrgContact, &container, None).unwrap();
    assert!(matches!(&sync.changes[0], SyncDelta::CreateOrUpdate(contact) if contact["_id"] == "o"));
    assert_eq!(sync.changes[1], SyncDelta::Delete("p".to_owned()));
    let script = Script::new().then_error(410, "SyncStateNotFound");
    let error = connector(&service(), &script).sync_objects(OrgContact, &container, Some(&sync.token)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::ResyncRequired);
    assert_eq!(script.lines(), ["GET /v1.0/contacts/delta?$deltatoken=x"]);
}
