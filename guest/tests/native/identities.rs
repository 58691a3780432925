//! A contact has one `_id`, whatever name its mailbox and its folder have in the request, and earlier ones stay valid.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connector::contact::Version;
use connector::error::{Error, ErrorKind};
use connector::graph::service::Service;
use connector::http_message::{HttpRequest, HttpResponse};
use connector::operations::connector::Connector;
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::send::network::{Network, TransportError};
use graph_contacts::invoke::table::invoke;
use serde_json::{Value, json};

use crate::script::{PLAIN, graph_error};

const ID: &str = "671fa173-ad81-41c3-89bf-af939426eee7";
const GRAPH: &str = "https://graph.microsoft.com";

/// Ada's mailbox: the contact `c` in the default folder, and `d` in the folder `f`. It responds by the path.
struct Mailbox {
    can_read_users: bool,
    sent: RefCell<Vec<String>>,
}

impl Mailbox {
    fn new() -> Mailbox {
        Mailbox { can_read_users: true, sent: RefCell::default() }
    }

    fn lines(&self) -> Vec<String> {
        self.sent.borrow().clone()
    }

    fn respond(&self, method: &str, version: &str, path: &str, query: &str) -> (u16, Value) {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let (default, other) = (contact("c", "default"), contact("d", "f"));
        let rest = match parts.as_slice() {
            ["me", rest @ ..] | ["users", _, rest @ ..] => rest,
            _ => &[],
        };
        match (method, rest) {
            ("GET", []) if !self.can_read_users => (403, graph_error("Authorization_RequestDenied")),
            ("GET", []) if path.contains("nobody") => (404, graph_error("Request_ResourceNotFound")),
            ("GET", []) => {
                (200, json!({"id": ID, "userPrincipalName": "Ada@Contoso.com", "mail": "ada@contoso.com", "displayName": "Ada"}))
            }
            ("GET", ["contactFolders", "contacts"]) => (200, json!({"id": "default", "displayName": "Contacts"})),
            ("GET", ["contactFolders"]) => (200, json!({"value": [{"id": "f", "displayName": "F"}]})),
            ("GET", ["contactFolders", "f", "childFolders"]) => (200, json!({"value": []})),
            ("GET", ["contactFolders", "f"]) | ("PATCH", ["contactFolders", "f"]) => {
                (200, json!({"id": "f", "displayName": "F"}))
            }
            ("POST", ["contactFolders", ..]) if !path.ends_with("/contacts") => (201, json!({"id": "n", "displayName": "New"})),
            ("GET", ["contacts"]) if version == "beta" => (200, json!({"value": [default, other]})),
            ("GET", ["contacts"]) => (200, json!({"value": [default]})),
            ("GET", ["contactFolders", "f", "contacts"]) => (200, json!({"value": [other]})),
            ("GET", [.., "contacts", "delta"]) => {
                let link = format!("{GRAPH}/{version}{path}?$deltatoken={}", query.len());
                (200, json!({"value": [if path.contains("/f/") { other } else { default }], "@odata.deltaLink": link}))
            }
            ("POST", ["contactFolders", "f", "contacts"]) => (201, other),
            ("POST", [.., "contacts"]) => (201, default),
            ("DELETE", _) => (204, Value::Null),
            (_, ["contacts", "c"]) | (_, ["contactFolders", "default", "contacts", "c"]) => (200, default),
            (_, ["contacts", "d"]) | (_, ["contactFolders", "f", "contacts", "d"]) => (200, other),
            _ => (404, graph_error("ErrorItemNotFound")),
        }
    }
}

impl Network for Mailbox {
    fn send(&self, request: HttpRequest, _: Duration) -> Result<HttpResponse, TransportError> {
        let uri = request.uri();
        self.sent.borrow_mut().push(format!("{} {}", request.method(), uri.path_and_query().unwrap()));
        let (version, path) = uri.path()[1..].split_once('/').unwrap();
        let (status, body) =
            self.respond(request.method().as_str(), version, &format!("/{path}"), uri.query().unwrap_or_default());
        let response = http::Response::builder().status(status).header("content-type", "application/json");
        Ok(response.body(if body.is_null() { Vec::new() } else { body.to_string().into_bytes() }).unwrap())
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn date(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn wait_until(&self, _: Duration) {}

    fn random(&self) -> u128 {
        1
    }
}

fn contact(id: &str, folder: &str) -> Value {
    json!({"id": id, "givenName": "Ada", "changeKey": "1", "parentFolderId": folder})
}

fn encode_uid(parts: Value) -> String {
    URL_SAFE_NO_PAD.encode(parts.to_string())
}

/// The uid of the contact in the default folder, and of the one in the other folder.
fn uids() -> [String; 2] {
    [encode_uid(json!([ID, "c"])), encode_uid(json!([ID, "", "f", "d"]))]
}

/// The uids of the contact in the default folder that earlier versions gave, and other names of its mailbox.
fn earlier_uids() -> Vec<String> {
    let upper = ID.to_uppercase();
    let all = [
        json!(["ada@contoso.com", "c"]),
        json!(["Ada@Contoso.com", "default", "c"]),
        json!([ID, "default", "c"]),
        json!([upper, "outer", "default", "c"]),
        json!(["me", "c"]),
    ];
    all.map(encode_uid).into()
}

const NAMES: [&str; 5] = ["ada@contoso.com", "Ada@Contoso.COM", ID, "671FA173-AD81-41C3-89BF-AF939426EEE7", "me"];

fn run(version: Version, mailbox: &Mailbox, operation: &str, arguments: Value) -> Result<Value, Error> {
    let service = Service::new(Service::GLOBAL_ENDPOINT, version).unwrap();
    invoke(&Connector::new(&service, mailbox, &PLAIN), operation, &arguments.to_string())
}

/// Creates an object. Returns it as it is shown.
fn create(version: Version, class: ObjectClass, attributes: &Value) -> Value {
    let service = Service::new(Service::GLOBAL_ENDPOINT, version).unwrap();
    let mailbox = Mailbox::new();
    let connector = Connector::new(&service, &mailbox, &PLAIN);
    connector.create_object(class, attributes.as_object().unwrap(), None).unwrap().into()
}

/// Updates an object. Returns it as it is shown.
fn update(class: ObjectClass, uid: &str, attributes: &Value) -> Result<Value, Error> {
    let service = Service::new(Service::GLOBAL_ENDPOINT, Version::V1).unwrap();
    let mailbox = Mailbox::new();
    let connector = Connector::new(&service, &mailbox, &PLAIN);
    let updated = connector.update_object(class, uid, None, attributes.as_object().unwrap(), None);
    updated.map(|updated| updated.object.into())
}

fn search(version: Version, class: &str, filter: &str) -> Vec<Value> {
    let found = run(version, &Mailbox::new(), "search", json!({"objectClass": class, "filter": filter})).unwrap();
    found["objects"].as_array().unwrap().clone()
}

#[test]
fn every_name_of_mailbox_and_folder_yields_one_uid() {
    let [default, other] = uids();
    for version in [Version::V1, Version::Beta] {
        for name in NAMES {
            for (folders, uid, shown) in [
                (json!([]), &default, json!([])),
                (json!(["default"]), &default, json!([])),
                (json!(["Contacts"]), &default, json!([])),
                (json!(["outer", "default"]), &default, json!([])),
                (json!(["f"]), &other, json!(["f"])),
                (json!(["default", "f"]), &other, json!(["f"])),
            ] {
                let attributes = json!({"mailbox": name, "folders": folders, "givenName": "Ada"});
                let created = create(version, ObjectClass::Contact, &attributes);
                assert_eq!((&created["_id"], &created["mailbox"], &created["folders"]), (&json!(uid), &json!(ID), &shown));
                let arguments = json!({"objectClass": "contact", "mailbox": name, "folders": folders});
                let page = run(version, &Mailbox::new(), "sync", arguments).unwrap();
                assert_eq!(page["deltas"][0]["uid"], json!(uid), "{name} {folders}");
            }
            let found = search(version, "contact", &format!("mailbox eq \"{name}\""));
            let ids: Vec<&Value> = found.iter().map(|object| &object["_id"]).collect();
            assert_eq!(ids, [&json!(default), &json!(other)], "{name}");
            assert_eq!(found[1]["folders"], json!(["f"]));
            let known = json!({&default: "1", &other: "1"});
            let arguments = json!({"objectClass": "contact", "mailbox": name, "known": known});
            let changes = run(version, &Mailbox::new(), "reconcile", arguments).unwrap();
            assert!(changes.as_array().unwrap().iter().all(|change| change["object"].is_null()), "{changes}");
            let created = create(version, ObjectClass::ContactFolder, &json!({"mailbox": name, "displayName": "New"}));
            assert_eq!(created["_id"], json!(encode_uid(json!([ID, "n"]))), "{name}");
        }
    }
}

#[test]
fn earlier_uid_is_read_updated_and_deleted() {
    let [default, other] = uids();
    for earlier in earlier_uids() {
        let mailbox = Mailbox::new();
        let arguments = json!({"objectClass": "contact", "uid": earlier});
        assert_eq!(run(Version::V1, &mailbox, "get", arguments.clone()).unwrap()["_id"], json!(default));
        assert_eq!(mailbox.lines().last().unwrap(), &format!("GET /v1.0/users/{ID}/contacts/c"));
        // The whole object, with any of the ids, is sent back.
        for (id, name) in [(&default, ID), (&earlier, "ADA@contoso.com"), (&earlier, "me")] {
            for folders in [json!([]), json!(["default"])] {
                let attributes = json!({"_id": id, "mailbox": name, "folders": folders, "givenName": "Grace"});
                assert_eq!(update(ObjectClass::Contact, &earlier, &attributes).unwrap()["_id"], json!(default), "{attributes}");
            }
        }
        let mailbox = Mailbox::new();
        run(Version::V1, &mailbox, "delete", arguments).unwrap();
        assert_eq!(mailbox.lines().last().unwrap(), &format!("DELETE /v1.0/users/{ID}/contacts/c"));
        for filter in [
            format!("_id eq \"{earlier}\""),
            format!("_id eq \"{earlier}\" and mailbox eq \"{ID}\" and givenName eq \"Ada\""),
            format!("mailbox eq \"ADA@contoso.com\" and _id eq \"{earlier}\""),
            format!("mailbox eq \"{ID}\" and (_id eq \"{default}\" or givenName eq \"x\")"),
        ] {
            let found = search(Version::V1, "contact", &filter);
            assert_eq!(found.iter().map(|object| &object["_id"]).collect::<Vec<_>>(), [&json!(default)], "{filter}");
        }
    }
    // In another folder than the default one.
    let earlier = encode_uid(json!(["Ada@Contoso.com", "outer", "f", "d"]));
    for uid in [&earlier, &other] {
        let read = run(Version::V1, &Mailbox::new(), "get", json!({"objectClass": "contact", "uid": uid})).unwrap();
        assert_eq!((&read["_id"], &read["folders"]), (&json!(other), &json!(["f"])));
    }
    let folder =
        run(Version::V1, &Mailbox::new(), "get", json!({"objectClass": "contactFolder", "uid": encode_uid(json!(["me", "f"]))}));
    assert_eq!(folder.unwrap()["_id"], json!(encode_uid(json!([ID, "f"]))));
}

#[test]
fn update_of_other_object_is_refused() {
    let other = "00000000-ad81-41c3-89bf-af939426eee7";
    let [default, _] = uids();
    for (attributes, attribute) in [
        (json!({"_id": encode_uid(json!([ID, "C"]))}), "_id"),
        (json!({"_id": encode_uid(json!([other, "c"]))}), "_id"),
        (json!({"mailbox": other}), "mailbox"),
        (json!({"mailbox": "nobody@contoso.com"}), "mailbox"),
        (json!({"folders": ["f"]}), "folders"),
        (json!({"folders": "default"}), "folders"),
    ] {
        let error = update(ObjectClass::Contact, &default, &attributes).unwrap_err();
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
            let arguments = json!({"objectClass": "contact", "mailbox": ID, "known": {&earlier: revision}});
            let changes = run(Version::V1, &Mailbox::new(), "reconcile", arguments).unwrap();
            assert_eq!(changes.as_array().unwrap().len(), count, "{changes}");
            assert!(changes.as_array().unwrap().iter().all(|change| change["deleted"].is_null()));
        }
    }
}

/// The user principal name changes, and a token stays valid: it has the user's id.
#[test]
fn token_outlives_user_principal_name() {
    let arguments = |name: &str, token: &Value| json!({"objectClass": "contact", "mailbox": name, "token": token});
    let before = run(Version::V1, &Mailbox::new(), "sync", arguments("old@contoso.com", &Value::Null)).unwrap();
    let mailbox = Mailbox::new();
    run(Version::V1, &mailbox, "sync", arguments("new@contoso.com", &before["token"])).unwrap();
    assert_eq!(mailbox.lines()[1], format!("GET /v1.0/users/{ID}/contacts/delta?$deltatoken=0"));
}

/// Without the permission to read users, the name is the identity, in one case.
#[test]
fn name_without_case_is_identity_where_users_cannot_be_read() {
    let mailbox = Mailbox { can_read_users: false, ..Mailbox::new() };
    for name in ["Ada@Contoso.com", "ada@contoso.com"] {
        let attributes = json!({"mailbox": name, "givenName": "Ada"});
        let created = run(Version::V1, &mailbox, "create", json!({"objectClass": "contact", "attributes": attributes})).unwrap();
        assert_eq!(created["uid"], json!(encode_uid(json!(["ada@contoso.com", "c"]))));
    }
}

/// The user is read once in an operation, and not at all by id. The default folder is read only if a folder is named, or in beta.
#[test]
fn identities_are_read_once_and_when_needed() {
    let lines = |version: Version, operation: &str, arguments: Value| {
        let mailbox = Mailbox::new();
        run(version, &mailbox, operation, arguments).unwrap();
        mailbox.lines().into_iter().map(|line| line.replace(&format!("/users/{ID}"), "/ID")).collect::<Vec<_>>()
    };
    let find = |name: &str| json!({"objectClass": "contact", "filter": format!("mailbox eq \"{name}\"")});
    let folders = [
        "GET /v1.0/ID/contacts",
        "GET /v1.0/ID/contactFolders",
        "GET /v1.0/ID/contactFolders/f/childFolders",
        "GET /v1.0/ID/contactFolders/f/contacts",
    ];
    let by_name = [&["GET /v1.0/users/ada%40contoso.com?$select=id"][..], &folders].concat();
    assert_eq!(lines(Version::V1, "search", find("ada@contoso.com")), by_name);
    assert_eq!(lines(Version::V1, "search", find(ID)), folders);
    assert_eq!(lines(Version::Beta, "search", find(ID)), ["GET /beta/ID/contacts", "GET /beta/ID/contactFolders/contacts"]);
    let [default, other] = uids();
    let get = |uid: &str| json!({"objectClass": "contact", "uid": uid});
    assert_eq!(lines(Version::V1, "get", get(&default)), ["GET /v1.0/ID/contacts/c"]);
    assert_eq!(lines(Version::V1, "get", get(&other)), ["GET /v1.0/ID/contactFolders/f/contacts/d"]);
}

/// A user and an organizational contact are found by their id in either case, and a user by name.
#[test]
fn object_of_directory_is_found_by_each_name() {
    for name in ["Ada@Contoso.com".to_owned(), ID.to_uppercase()] {
        let found = search(Version::V1, "user", &format!("_id eq \"{name}\" and displayName eq \"Ada\""));
        assert_eq!(found[0]["_id"], json!(ID), "{name}");
    }
}

/// An identity manager sends the whole user back, with addresses in another case.
#[test]
fn addresses_of_user_are_unchanged_in_other_case() {
    let update =
        |attributes: &Value| update(ObjectClass::User, "ada@contoso.com", attributes).map(|_| ()).map_err(|error| error.kind);
    let whole = json!({"_id": "ADA@contoso.com", "userPrincipalName": "ada@CONTOSO.com", "mail": "Ada@contoso.com"});
    assert_eq!(update(&whole), Ok(()));
    assert_eq!(update(&json!({"_id": ID.to_uppercase()})), Ok(()));
    for other in [json!({"displayName": "ada"}), json!({"mail": "eva@contoso.com"}), json!({"_id": "eva@contoso.com"})] {
        assert_eq!(update(&other), Err(ErrorKind::InvalidAttributeValue), "{other}");
    }
}
