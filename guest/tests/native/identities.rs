//! A contact has one `_id`, whatever name its mailbox and its folder have in the request, and earlier ones stay valid.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connector::contact::Version;
use connector::error::{Error, ErrorKind};
use connector::graph::service::Service;
use connector::operations::connector::Connector;
use connector::operations::icf::object_class::ObjectClass;
use graph_contacts::invoke::table::invoke;
use serde_json::{Value, json};

use crate::script::{PLAIN, Script};

const ID: &str = "671fa173-ad81-41c3-89bf-af939426eee7";
const GRAPH: &str = "https://graph.microsoft.com";

fn encode_uid(parts: Value) -> String {
    URL_SAFE_NO_PAD.encode(parts.to_string())
}

fn uid() -> String {
    encode_uid(json!([ID, "c"]))
}

/// The uids that earlier versions gave for the contact, and other names of its mailbox.
fn earlier_uids() -> Vec<String> {
    [
        json!(["ada@contoso.com", "c"]),
        json!(["Ada@Contoso.com", "f", "c"]),
        json!([ID.to_uppercase(), "f", "g", "c"]),
        json!(["me", "c"]),
    ]
    .map(encode_uid)
    .into()
}

fn contact() -> Value {
    json!({"id": "c", "givenName": "Ada", "changeKey": "1", "parentFolderId": "default"})
}

fn run(version: Version, script: &Script, operation: &str, arguments: Value) -> Result<Value, Error> {
    let service = Service::new(Service::GLOBAL_ENDPOINT, version).unwrap();
    invoke(&Connector::new(&service, script, &PLAIN), operation, &arguments.to_string())
}

/// Creates an object. Returns it as it is shown.
fn create(version: Version, script: &Script, class: ObjectClass, attributes: &Value) -> Value {
    let service = Service::new(Service::GLOBAL_ENDPOINT, version).unwrap();
    let connector = Connector::new(&service, script, &PLAIN);
    connector.create_object(class, attributes.as_object().unwrap(), None).unwrap().into()
}

/// Updates a contact. Returns it as it is shown.
fn update(script: &Script, uid: &str, attributes: &Value) -> Result<Value, Error> {
    let service = Service::new(Service::GLOBAL_ENDPOINT, Version::V1).unwrap();
    let connector = Connector::new(&service, script, &PLAIN);
    let updated = connector.update_object(ObjectClass::Contact, uid, None, attributes.as_object().unwrap(), None);
    updated.map(|updated| updated.object.into())
}

/// Returns a script that first responds to the request for the user's id, if the name is another one.
fn identify(name: &str) -> Script {
    if name.eq_ignore_ascii_case(ID) { Script::new() } else { Script::new().then(200, json!({"id": ID})) }
}

#[test]
fn every_name_of_mailbox_and_folder_yields_one_uid() {
    for version in [Version::V1, Version::Beta] {
        for name in ["ada@contoso.com", "Ada@Contoso.COM", ID, &ID.to_uppercase(), "me"] {
            for folders in [json!([]), json!(["default"]), json!(["outer", "default"])] {
                let attributes = json!({"mailbox": name, "folders": folders, "givenName": "Ada"});
                let script = identify(name).then(201, contact());
                let created = create(version, &script, ObjectClass::Contact, &attributes);
                assert_eq!(
                    (&created["_id"], &created["mailbox"], &created["folders"]),
                    (&json!(uid()), &json!(ID), &json!(["default"]))
                );

                let delta = json!({"value": [contact()], "@odata.deltaLink": format!("{GRAPH}/{}/users/{ID}/contacts/delta?$deltatoken=x", version.name())});
                if folders == json!([]) {
                    let arguments = json!({"objectClass": "contact", "mailbox": name, "folders": folders});
                    let page = run(version, &identify(name).then(200, delta), "sync", arguments).unwrap();
                    assert_eq!(page["deltas"][0]["uid"], json!(uid()), "{name}");
                }
            }
            let script = identify(name).then(200, json!({"value": [contact()]})).then(200, json!({"value": []}));
            let filter = format!("mailbox eq \"{name}\"");
            let found = run(version, &script, "search", json!({"objectClass": "contact", "filter": filter})).unwrap();
            assert_eq!(found["objects"][0]["_id"], json!(uid()), "{name}: {found}");
            assert_eq!(found["objects"].as_array().map(Vec::len), Some(1));

            let folder = json!({"id": "c", "displayName": "F"});
            let script = identify(name).then(201, folder);
            let attributes = json!({"mailbox": name, "displayName": "F"});
            let created = create(version, &script, ObjectClass::ContactFolder, &attributes);
            assert_eq!(created["_id"], json!(uid()), "{name}");
        }
    }
}

#[test]
fn earlier_uid_is_read_updated_and_deleted() {
    for earlier in earlier_uids() {
        let script =
            |parts: &str| if parts.contains(&ID[..8]) { Script::new() } else { Script::new().then(200, json!({"id": ID})) };
        let parts = String::from_utf8(URL_SAFE_NO_PAD.decode(&earlier).unwrap()).unwrap().to_lowercase();
        let start = || script(&parts);
        let class = |mut arguments: Value| {
            arguments["objectClass"] = json!("contact");
            arguments["uid"] = json!(earlier);
            arguments
        };
        let read = start().then(200, contact());
        assert_eq!(run(Version::V1, &read, "get", class(json!({}))).unwrap()["_id"], json!(uid()), "{parts}");
        let path = format!("GET /v1.0/users/{ID}/contacts/c");
        assert!(read.lines().last().unwrap().starts_with(&path), "{:?}", read.lines());

        // The whole object, with any of the ids, is sent back.
        for (id, mailbox) in [(uid(), ID), (earlier.clone(), "ADA@contoso.com")] {
            let attributes = json!({"_id": id, "mailbox": mailbox, "folders": ["default"], "givenName": "Grace"});
            let mut script = start();
            if mailbox != ID && (parts.contains(&ID[..8]) || parts.contains("me")) {
                script = script.then(200, json!({"id": ID}));
            }
            let script = script.then(200, contact()).then(200, contact());
            assert_eq!(update(&script, &earlier, &attributes).unwrap()["_id"], json!(uid()), "{parts}");
        }
        let delete = start().then(200, contact()).then_bytes(204, &[], b"");
        run(Version::V1, &delete, "delete", class(json!({}))).unwrap();
        assert_eq!(delete.lines().last().unwrap(), &format!("DELETE /v1.0/users/{ID}/contacts/c"));
        for filter in [format!("_id eq \"{earlier}\""), format!("_id eq \"{earlier}\" and mailbox eq \"{ID}\"")] {
            let script = start().then(200, contact());
            let found = run(Version::V1, &script, "search", json!({"objectClass": "contact", "filter": filter})).unwrap();
            assert_eq!(found["objects"][0]["_id"], json!(uid()), "{filter}");
        }
    }
    // One of several.
    let filter = format!("mailbox eq \"Ada@contoso.com\" and (_id eq \"{}\" or givenName eq \"x\")", earlier_uids()[0]);
    let script = identify("").then(200, json!({"value": [contact()]})).then(200, json!({"value": []}));
    let found = run(Version::V1, &script, "search", json!({"objectClass": "contact", "filter": filter})).unwrap();
    assert_eq!(found["objects"].as_array().map(Vec::len), Some(1), "{found}");
}

#[test]
fn update_of_other_contact_is_refused() {
    let other = "00000000-ad81-41c3-89bf-af939426eee7";
    for (attributes, attribute, stored) in [
        (json!({"_id": encode_uid(json!([ID, "C"]))}), "_id", false),
        (json!({"_id": encode_uid(json!([other, "c"]))}), "_id", false),
        (json!({"mailbox": other}), "mailbox", false),
        (json!({"folders": ["other"]}), "folders", true),
        (json!({"folders": "default"}), "folders", true),
    ] {
        let script = if stored { Script::new().then(200, contact()) } else { Script::new() };
        let error = update(&script, &uid(), &attributes).unwrap_err();
        assert_eq!(
            (error.kind, error.attributes),
            (ErrorKind::InvalidAttributeValue, vec![attribute.to_owned()]),
            "{attributes}"
        );
    }
}

/// A reconciliation knows the contact under an earlier uid: it is not deleted and new.
#[test]
fn reconciliation_recognizes_earlier_uids() {
    for earlier in earlier_uids() {
        for (revision, count) in [("1", 0), ("0", 1)] {
            let known = json!({&earlier: revision});
            let script = Script::new().then(200, json!({"value": [contact()]}));
            let arguments = json!({"objectClass": "contact", "mailbox": ID, "known": known});
            let changes = run(Version::V1, &script, "reconcile", arguments).unwrap();
            let changes = changes.as_array().unwrap().clone();
            assert_eq!(changes.len(), count, "{changes:?}");
            assert!(changes.iter().all(|change| change["deleted"].is_null()));
        }
    }
}

/// The user principal name changes, and a token stays valid: it has the user's id.
#[test]
fn token_outlives_user_principal_name() {
    let link = format!("{GRAPH}/v1.0/users('old@contoso.com')/contacts/delta?$deltatoken=x");
    let page = json!({"value": [], "@odata.deltaLink": link});
    let arguments = |mailbox: &str, token: &Value| json!({"objectClass": "contact", "mailbox": mailbox, "token": token});
    let before =
        run(Version::V1, &identify("").then(200, page.clone()), "sync", arguments("old@contoso.com", &Value::Null)).unwrap();
    let script = identify("").then(200, page);
    run(Version::V1, &script, "sync", arguments("new@contoso.com", &before["token"])).unwrap();
    assert_eq!(script.lines()[1], format!("GET /v1.0/users/{ID}/contacts/delta?$deltatoken=x"));
}

/// Without the permission to read users, the name is the identity, in one case.
#[test]
fn name_without_case_is_identity_where_users_cannot_be_read() {
    let uids = ["Ada@Contoso.com", "ada@contoso.com"].map(|name| {
        let script = Script::new().then_error(403, "Authorization_RequestDenied").then(201, contact());
        let attributes = json!({"mailbox": name, "givenName": "Ada"});
        create(Version::V1, &script, ObjectClass::Contact, &attributes)["_id"].clone()
    });
    assert_eq!(uids, [json!(encode_uid(json!(["ada@contoso.com", "c"]))), uids[0].clone()]);
}

/// The user is read once in an operation, and not at all by id.
#[test]
fn id_of_user_is_read_once() {
    let script = identify("").then(200, json!({"value": [contact(), {"id": "d"}]})).then(200, json!({"value": []}));
    run(Version::V1, &script, "search", json!({"objectClass": "contact", "filter": "mailbox eq \"ada@contoso.com\""})).unwrap();
    let lines = [
        "GET /v1.0/users/ada%40contoso.com?$select=id".to_owned(),
        format!("GET /v1.0/users/{ID}/contacts"),
        format!("GET /v1.0/users/{ID}/contactFolders"),
    ];
    assert_eq!(script.lines(), lines);
}

/// A user and an organizational contact are found by their id in either case, and a user by name.
#[test]
fn object_of_directory_is_found_by_each_name() {
    for (class, name) in [("user", "Ada@Contoso.com".to_owned()), ("user", ID.to_uppercase()), ("orgContact", ID.to_uppercase())]
    {
        let script = Script::new().then(200, json!({"id": ID, "userPrincipalName": "ada@contoso.com", "displayName": "Ada"}));
        let arguments = json!({"objectClass": class, "filter": format!("_id eq \"{name}\" and displayName eq \"Ada\"")});
        let found = run(Version::V1, &script, "search", arguments).unwrap();
        assert_eq!(found["objects"][0]["_id"], json!(ID), "{class} {name}: {found}");
    }
    let script = Script::new().then(200, json!({"value": [{"id": ID}]}));
    let filter = format!("_id eq \"{}\" or displayName eq \"x\"", ID.to_uppercase());
    let found = run(Version::V1, &script, "search", json!({"objectClass": "user", "filter": filter})).unwrap();
    assert_eq!(found["objects"].as_array().map(Vec::len), Some(1), "{found}");
}

/// An identity manager sends the whole user back, with addresses in another case.
#[test]
fn addresses_of_user_are_unchanged_in_other_case() {
    let user = json!({"id": ID, "userPrincipalName": "Ada@Contoso.com", "mail": "ada@contoso.com", "displayName": "Ada"});
    let update = |attributes: Value| {
        let service = Service::new(Service::GLOBAL_ENDPOINT, Version::V1).unwrap();
        let script = Script::new().then(200, user.clone());
        let connector = Connector::new(&service, &script, &PLAIN);
        connector.update_object(ObjectClass::User, "ada@contoso.com", None, attributes.as_object().unwrap(), None).map(|_| ())
    };
    let whole = json!({"_id": "ADA@contoso.com", "userPrincipalName": "ada@CONTOSO.com", "mail": "Ada@contoso.com"});
    assert_eq!(update(whole), Ok(()));
    assert_eq!(update(json!({"_id": ID.to_uppercase()})), Ok(()));
    for other in [json!({"displayName": "ada"}), json!({"mail": "eva@contoso.com"}), json!({"_id": "eva@contoso.com"})] {
        assert_eq!(update(other.clone()).map_err(|error| error.kind), Err(ErrorKind::InvalidAttributeValue), "{other}");
    }
}
