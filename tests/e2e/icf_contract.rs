//! The contract tests of ICF, which ConnId and OpenICF ship as `connector-framework-contract`. Each runs for each object class
//! that has the operations, through the JSON interface.
//!
//! A new class is one more line of [`CLASSES`].

use std::net::SocketAddr;

use graph_contacts_host::{Credential, Settings};
use serde_json::{Map, Value, json};

use crate::fixture::{Fixture, UID, add_new_rows, connector, invoke, run};

/// An object class that has every operation.
struct Class {
    name: &'static str,
    /// The attributes of a new object, different for each number.
    attributes: fn(usize) -> Value,
    /// A String attribute that can be updated.
    changeable: &'static str,
}

const CLASSES: [Class; 2] = [
    Class { name: "contact", attributes: full_contact, changeable: "jobTitle" },
    Class {
        name: "contactFolder",
        attributes: |number| json!({"mailbox": UID, "displayName": format!("Folder {number}")}),
        changeable: "displayName",
    },
];

/// Returns a contact with a value for each writable property of v1.0.
fn full_contact(number: usize) -> Value {
    let address =
        |street: &str| json!({"street": street, "city": "London", "state": "L", "postalCode": "1", "countryOrRegion": "UK"});
    json!({
        "mailbox": UID, "displayName": format!("Ada {number}"), "givenName": "Ada", "middleName": "King",
        "surname": format!("L {number}"), "title": "Countess", "generation": "II", "initials": "A.L.", "nickName": "Ada",
        "fileAs": format!("L {number}, Ada"), "companyName": "Engines", "department": "Notes", "jobTitle": "Analyst",
        "profession": "Mathematician", "officeLocation": "1", "manager": "Charles", "assistantName": "Luigi",
        "emailAddresses": [{"name": "Ada", "address": format!("ada{number}@contoso.com")}],
        "imAddresses": ["sip:ada"], "businessPhones": ["1", "2"], "homePhones": ["3"], "mobilePhone": "4",
        "businessAddress": address("a"), "homeAddress": address("b"), "otherAddress": address("c"),
        "businessHomePage": "https://contoso.com", "birthday": "1815-12-10", "spouseName": "William",
        "children": ["Byron", "Anne"],
        "yomiGivenName": "y1", "yomiSurname": "y2", "yomiCompanyName": "y3", "personalNotes": "first", "categories": ["Red"],
    })
}

impl Class {
    async fn invoke(&self, fixture: &Fixture, operation: &str, arguments: Value) -> Result<Value, Value> {
        let mut arguments = arguments;
        arguments["objectClass"] = json!(self.name);
        invoke(fixture, operation, arguments).await
    }

    /// Creates the object of that number. Returns its uid.
    async fn create(&self, fixture: &Fixture, number: usize) -> Value {
        let created = self.invoke(fixture, "create", json!({"attributes": (self.attributes)(number)})).await;
        created.unwrap_or_else(|error| panic!("{}: {error}", self.name))["uid"].clone()
    }

    async fn get(&self, fixture: &Fixture, uid: &Value) -> Result<Value, Value> {
        self.invoke(fixture, "get", json!({"uid": uid})).await
    }

    async fn update(&self, fixture: &Fixture, uid: &Value, attributes: Value) -> Result<Value, Value> {
        self.invoke(fixture, "update", json!({"uid": uid, "attributes": attributes})).await
    }

    async fn search(&self, fixture: &Fixture, filter: &str) -> Vec<Value> {
        let found =
            self.invoke(fixture, "search", json!({"filter": filter})).await.unwrap_or_else(|error| panic!("{filter}: {error}"));
        found["objects"].as_array().unwrap().clone()
    }

    /// Returns the changes of all pages since a token, and the new token.
    async fn sync(&self, fixture: &Fixture, token: &Value) -> (Vec<Value>, Value) {
        let (mut deltas, mut token) = (Vec::new(), token.clone());
        loop {
            let page = self.invoke(fixture, "sync", json!({"mailbox": UID, "token": token})).await.unwrap();
            add_new_rows(&mut deltas, &page["deltas"]);
            token = page["token"].clone();
            if page["more"] == false {
                return (deltas, token);
            }
        }
    }

    async fn latest_token(&self, fixture: &Fixture) -> Value {
        self.invoke(fixture, "latestSyncToken", json!({"mailbox": UID})).await.unwrap()["token"].clone()
    }
}

/// Returns the attributes of a class in the schema, with their flags.
async fn read_schema(fixture: &Fixture, class: &str) -> Vec<(String, Value, Vec<String>)> {
    let schema = invoke(fixture, "schema", json!({})).await.unwrap();
    let properties = schema[class]["properties"].as_object().unwrap().clone();
    let flags = |declared: &Value| serde_json::from_value(declared["flags"].clone()).unwrap_or_default();
    properties.into_iter().map(|(name, declared)| (name, declared.clone(), flags(&declared))).collect()
}

/// Checks that an object has the given attributes, as ICF's `ConnectorHelper.checkObject` does.
fn assert_has_attributes(object: &Value, attributes: &Value) {
    for (name, value) in attributes.as_object().unwrap() {
        assert_eq!(&object[name], value, "{name} of {object}");
    }
}

/// `SchemaApiOpTests`: no class has a uid attribute, each has a name. Also the constraints of `AttributeInfo`.
#[test]
fn schema_is_consistent() {
    run(async {
        let fixture = Fixture::start().await;
        let whole = invoke(&fixture, "schema", json!({})).await.unwrap();
        let classes: Vec<&String> = whole.as_object().unwrap().keys().collect();
        assert!(CLASSES.iter().all(|class| classes.iter().any(|name| *name == class.name)), "{classes:?}");
        for class in classes {
            let attributes = read_schema(&fixture, class).await;
            let natives: Vec<&Value> = attributes.iter().map(|(_, declared, _)| &declared["nativeName"]).collect();
            assert!(!natives.contains(&&json!("__UID__")), "{class}");
            assert_eq!(natives.iter().filter(|native| **native == "__NAME__").count(), 1, "{class}");
            for (name, declared, flags) in &attributes {
                assert!(!matches!(name.as_str(), "_id" | "_rev" | "__UID__"), "{class}");
                let has = |flag: &str| flags.iter().any(|known| known == flag);
                assert!(!has("NOT_READABLE") || has("NOT_RETURNED_BY_DEFAULT"), "{class} {name}");
                assert_eq!(declared["type"] == "array", declared["items"].is_object(), "{class} {name}");
                let item = if declared["type"] == "array" { &declared["items"]["type"] } else { &declared["type"] };
                assert!(matches!(item.as_str(), Some("string" | "boolean" | "object")), "{class} {name}: {declared}");
                // AttributeTests.testRequirableIsCreatable, for classes that have `create`.
                let creatable = CLASSES.iter().any(|known| known.name == class);
                assert!(!creatable || declared["required"] != true || !has("NOT_CREATABLE"), "{class} {name}");
            }
        }
    });
}

/// `CreateApiOpTests`, and a uid among the attributes, which ICF's `CreateImpl` rejects.
#[test]
fn create_stores_given_attributes() {
    run(async {
        let fixture = Fixture::start().await;
        for class in &CLASSES {
            let uid = class.create(&fixture, 1).await;
            assert_has_attributes(&class.get(&fixture, &uid).await.unwrap(), &(class.attributes)(1));
            fixture.emulator.clear_requests();
            for (name, value) in [("unsupported", json!("x")), ("__PASSWORD__", json!("x")), ("_id", json!("x"))] {
                let mut attributes = (class.attributes)(2);
                attributes[name] = value;
                let error = class.invoke(&fixture, "create", json!({"attributes": attributes})).await.unwrap_err();
                assert_eq!(
                    (&error["kind"], &error["attributes"]),
                    (&json!("invalid-attribute-value"), &json!([name])),
                    "{}",
                    class.name
                );
            }
            fixture.assert_nothing_written();
            // The same attributes create another object, or cause an AlreadyExistsException.
            match class.invoke(&fixture, "create", json!({"attributes": (class.attributes)(1)})).await {
                Ok(another) => assert_ne!(another["uid"], uid, "{}", class.name),
                Err(error) => assert_eq!(error["kind"], "already-exists", "{}: {error}", class.name),
            }
        }
    });
}

/// `DeleteApiOpTests`, and `UpdateApiOpTests` and `GetApiOpTests` for objects that do not exist.
#[test]
fn operation_on_deleted_object_reports_unknown_uid() {
    run(async {
        let fixture = Fixture::start().await;
        for class in &CLASSES {
            let uid = class.create(&fixture, 1).await;
            class.invoke(&fixture, "delete", json!({"uid": uid})).await.unwrap();
            for (operation, arguments) in [
                ("delete", json!({"uid": uid})),
                ("get", json!({"uid": uid})),
                ("update", json!({"uid": uid, "attributes": {class.changeable: "x"}})),
                ("update", json!({"uid": uid, "attributes": {}})),
                ("get", json!({"uid": "nonexistent-id"})),
                ("get", json!({"uid": ""})),
                ("delete", json!({"uid": "nonexistent-id"})),
            ] {
                let error = class.invoke(&fixture, operation, arguments.clone()).await.unwrap_err();
                assert_eq!(error["kind"], "unknown-uid", "{} {operation} {arguments}: {error}", class.name);
            }
            assert_eq!(class.search(&fixture, &format!("_id eq {uid}")).await, [Value::Null; 0], "{}", class.name);
        }
    });
}

/// `AttributeTests`: get, search and sync never return attributes that are not readable. They do not return attributes with
/// `NOT_RETURNED_BY_DEFAULT` by default.
#[test]
fn returned_attributes_match_schema_flags() {
    run(async {
        let fixture = Fixture::start().await;
        for class in &CLASSES {
            let token = class.latest_token(&fixture).await;
            let uid = class.create(&fixture, 1).await;
            let attributes = read_schema(&fixture, class.name).await;
            let names = |flag: &str| -> Vec<String> {
                attributes
                    .iter()
                    .filter(|(_, _, flags)| flags.iter().any(|known| known == flag))
                    .map(|(name, ..)| name.clone())
                    .collect()
            };
            let by_default = [
                class.get(&fixture, &uid).await.unwrap(),
                class.search(&fixture, &format!("_id eq {uid}")).await.remove(0),
                class
                    .search(&fixture, &format!("mailbox eq \"{UID}\""))
                    .await
                    .into_iter()
                    .find(|object| object["_id"] == uid)
                    .unwrap(),
                class.sync(&fixture, &token).await.0.remove(0)["object"].clone(),
            ];
            for object in &by_default {
                assert_eq!(object["_id"], uid);
                assert_has_attributes(object, &(class.attributes)(1));
                for hidden in names("NOT_RETURNED_BY_DEFAULT") {
                    assert_eq!(object.get(&hidden), None, "{}: {object}", class.name);
                }
            }
            let hidden = names("NOT_READABLE");
            let wanted: Vec<&str> = hidden.iter().map(String::as_str).chain([class.changeable]).collect();
            let read = class.invoke(&fixture, "get", json!({"uid": uid, "attributesToGet": wanted})).await.unwrap();
            assert!(read.get(class.changeable).is_some() && hidden.iter().all(|name| read.get(name).is_none()), "{read}");
            // Names that the class does not have are ignored.
            let read =
                class.invoke(&fixture, "get", json!({"uid": uid, "attributesToGet": ["nope", "__PASSWORD__"]})).await.unwrap();
            assert!(read.as_object().unwrap().keys().all(|name| name == "_id" || name == "_rev"), "{read}");
        }
        // The class without `create`.
        let user = invoke(&fixture, "get", json!({"objectClass": "user", "uid": UID})).await.unwrap();
        for (name, _, flags) in read_schema(&fixture, "user").await {
            assert!(!flags.iter().any(|flag| flag == "NOT_RETURNED_BY_DEFAULT") || user.get(&name).is_none(), "{name}: {user}");
        }
    });
}

/// `AttributeTests.testNonUpdateable`: each attribute alone, with another value, and with null if it has a value.
#[test]
fn update_of_not_updateable_attribute_is_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        let mut objects = vec![("user", json!(UID))];
        for class in &CLASSES {
            objects.push((class.name, class.create(&fixture, 1).await));
        }
        fixture.emulator.clear_requests();
        for (class, uid) in objects {
            let stored = invoke(&fixture, "get", json!({"objectClass": class, "uid": uid})).await.unwrap();
            for (name, declared, flags) in read_schema(&fixture, class).await {
                if !flags.iter().any(|flag| flag == "NOT_UPDATEABLE") {
                    continue;
                }
                let other = if declared["type"] == "array" { json!(["other"]) } else { json!("other") };
                // An `id` confirms the uid. Null confirms nothing and is accepted.
                let has_value = |known: &&Value| **known != json!([]) && name != "id";
                let none = stored.get(&name).filter(has_value).map(|_| Value::Null);
                for value in [Some(other), none].into_iter().flatten() {
                    let arguments = json!({"objectClass": class, "uid": uid, "attributes": {name.as_str(): value}});
                    let updated = invoke(&fixture, "update", arguments).await;
                    let kind = updated.as_ref().err().map(|error| &error["kind"]);
                    assert_eq!(kind, Some(&json!("invalid-attribute-value")), "{class} {name} {value}: {updated:?}");
                }
            }
        }
        fixture.assert_nothing_written();
    });
}

/// `UpdateApiOpTests`: an update changes the attributes that it names. Equal attributes do not make two objects one. An attribute
/// that the class does not have is rejected.
#[test]
fn update_changes_only_named_attributes() {
    run(async {
        let fixture = Fixture::start().await;
        for class in &CLASSES {
            let (one, two) = (class.create(&fixture, 1).await, class.create(&fixture, 2).await);
            class.update(&fixture, &one, json!({class.changeable: "changed"})).await.unwrap();
            let mut expected = (class.attributes)(1);
            expected[class.changeable] = json!("changed");
            assert_has_attributes(&class.get(&fixture, &one).await.unwrap(), &expected);

            let error = class.update(&fixture, &one, json!({class.changeable: "x", "unsupported": "x"})).await.unwrap_err();
            assert_eq!(
                (&error["kind"], &error["attributes"]),
                (&json!("invalid-attribute-value"), &json!(["unsupported"])),
                "{}",
                class.name
            );
            assert_has_attributes(&class.get(&fixture, &one).await.unwrap(), &expected);

            // testUpdateToSameAttributes.
            match class.update(&fixture, &two, expected).await {
                Ok(_) => assert_eq!(class.get(&fixture, &two).await.unwrap()[class.changeable], "changed"),
                Err(error) => assert_eq!(error["kind"], "already-exists", "{}: {error}", class.name),
            }
            assert_ne!(class.get(&fixture, &one).await.unwrap()["_id"], class.get(&fixture, &two).await.unwrap()["_id"]);
        }
    });
}

/// `UpdateApiOpTests.testUpdateToNull`: null clears each optional attribute, or is rejected; it is never ignored. The service
/// generates `displayName` and `fileAs` again: for these a new value passes.
#[test]
fn null_clears_attribute_or_is_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        for class in &CLASSES {
            let uid = class.create(&fixture, 1).await;
            let given = (class.attributes)(1);
            for (name, declared, flags) in read_schema(&fixture, class.name).await {
                if declared["required"] == true || flags.iter().any(|flag| flag == "NOT_UPDATEABLE") {
                    continue;
                }
                match class.update(&fixture, &uid, json!({name.as_str(): null})).await {
                    Ok(_) => {
                        let now = class.get(&fixture, &uid).await.unwrap().get(&name).cloned().unwrap_or_default();
                        let is_generated = matches!(name.as_str(), "displayName" | "fileAs") && now != given[&name];
                        assert!(now.is_null() || now == json!([]) || is_generated, "{} {name} is {now}", class.name);
                    }
                    Err(error) => assert_eq!(error["kind"], "invalid-attribute-value", "{} {name}: {error}", class.name),
                }
            }
        }
    });
}

/// `SearchApiOpTests`: a search by uid returns the same object as get. A uid is opaque and case-sensitive.
#[test]
fn search_by_uid_returns_object() {
    run(async {
        let fixture = Fixture::start().await;
        for class in &CLASSES {
            let (uid, _) = (class.create(&fixture, 1).await, class.create(&fixture, 2).await);
            let read = class.get(&fixture, &uid).await.unwrap();
            for filter in [format!("_id eq {uid}"), format!("mailbox eq \"{UID}\" and _id eq {uid}")] {
                assert_eq!(json!(class.search(&fixture, &filter).await), json!([read]), "{} {filter}", class.name);
            }
            let swapped: String = uid
                .as_str()
                .unwrap()
                .chars()
                .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
                .collect();
            assert_eq!(class.search(&fixture, &format!("_id eq \"{swapped}\"")).await, [Value::Null; 0], "{}", class.name);
        }
    });
}

/// `SyncApiOpTests`: create, update and delete cause one change each. The latest token has no changes before it.
#[test]
fn sync_reports_each_change_once() {
    run(async {
        let fixture = Fixture::start().await;
        for class in &CLASSES {
            let removed = class.create(&fixture, 1).await;
            let token = class.latest_token(&fixture).await;
            assert_eq!(class.sync(&fixture, &token).await.0, [Value::Null; 0], "{}", class.name);

            let uid = class.create(&fixture, 2).await;
            let (created, token) = class.sync(&fixture, &token).await;
            assert_eq!((created.len(), &created[0]["uid"]), (1, &uid), "{}: {created:?}", class.name);
            assert_has_attributes(&created[0]["object"], &(class.attributes)(2));

            class.update(&fixture, &uid, json!({class.changeable: "changed"})).await.unwrap();
            let (updated, token) = class.sync(&fixture, &token).await;
            assert_eq!((updated.len(), &updated[0]["uid"]), (1, &uid), "{}: {updated:?}", class.name);
            assert_eq!(updated[0]["object"][class.changeable], "changed");

            class.invoke(&fixture, "delete", json!({"uid": removed})).await.unwrap();
            let (deleted, token) = class.sync(&fixture, &token).await;
            assert_eq!(deleted, [json!({"uid": removed, "deleted": true})], "{}", class.name);
            assert_eq!(class.sync(&fixture, &token).await.0, [Value::Null; 0], "{}", class.name);
        }
    });
}

/// What ICF's framework rejects before it calls a connector: the class `__ALL__`, and invalid revisions.
#[test]
fn unknown_object_class_and_stale_revision_are_rejected() {
    run(async {
        let fixture = Fixture::start().await;
        let none: Map<String, Value> = Map::new();
        for class in ["__ALL__", "__ACCOUNT__", "Contact", ""] {
            for (operation, arguments) in [
                ("create", json!({"objectClass": class, "attributes": none})),
                ("update", json!({"objectClass": class, "uid": "x", "attributes": none})),
                ("delete", json!({"objectClass": class, "uid": "x"})),
                ("search", json!({"objectClass": class, "filter": "true"})),
                ("get", json!({"objectClass": class, "uid": "x"})),
            ] {
                let error = invoke(&fixture, operation, arguments).await.unwrap_err();
                assert_eq!(error["kind"], "unsupported", "{operation} {class}: {error}");
            }
        }
        for class in &CLASSES {
            let uid = class.create(&fixture, 1).await;
            for revision in ["", "stale"] {
                for (operation, more) in [("update", json!({"attributes": {class.changeable: "x"}})), ("delete", json!({}))] {
                    let mut arguments = more;
                    arguments["uid"] = uid.clone();
                    arguments["revision"] = json!(revision);
                    let error = class.invoke(&fixture, operation, arguments).await.unwrap_err();
                    assert_eq!(error["kind"], "precondition-failed", "{} {operation} {revision}: {error}", class.name);
                }
            }
            assert_has_attributes(&class.get(&fixture, &uid).await.unwrap(), &(class.attributes)(1));
        }
    });
}

/// `ScriptOnConnectorApiOpTests`, `ResolveUsernameApiOpTests`, `AuthenticationApiOpTests`: operations that the connector does not
/// have are unsupported, with any arguments.
#[test]
fn unknown_operation_is_unsupported() {
    run(async {
        let fixture = Fixture::start().await;
        for operation in ["runScriptOnConnector", "runScriptOnResource", "resolveUsername", "authenticate", "Get", ""] {
            for arguments in
                [json!({}), json!({"language": "groovy", "text": ""}), json!({"objectClass": "user", "username": "x"})]
            {
                let error = invoke(&fixture, operation, arguments).await.unwrap_err();
                assert_eq!(error["kind"], "unsupported", "{operation}: {error}");
            }
        }
        assert!(fixture.sent().is_empty());
    });
}

/// `ValidateApiOpTests`, `TestApiOpTests`: the error of an invalid configuration names the variable. An unreachable service and a
/// rejected token are errors, too.
#[test]
fn invalid_configuration_fails_test_operation() {
    run(async {
        // A port that was free a moment ago.
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        type Change = fn(&mut Settings, SocketAddr);
        let changes: [(&str, &str, Change); 4] = [
            ("configuration", "GRAPH_API_VERSION", |settings, _| settings.api_version = Some("v7".to_owned())),
            ("connection-failed", "GRAPH_ENDPOINT", |settings, closed| {
                settings.endpoint = Some(format!("http://{closed}").parse().unwrap())
            }),
            ("invalid-credential", "token", |settings, _| settings.credential = Credential::bearer("another").unwrap()),
            ("invalid-credential", "token", |settings, _| settings.credential = Credential::none()),
        ];
        for (kind, expected, change) in changes {
            let fixture = Fixture::with(connector(), |settings| change(settings, closed)).await;
            let error = invoke(&fixture, "test", json!({})).await.unwrap_err();
            assert_eq!(error["kind"], kind, "{error}");
            assert!(error["message"].as_str().unwrap().contains(expected), "{expected}: {error}");
        }
        assert_eq!(invoke(&Fixture::start().await, "test", json!({})).await, Ok(json!({})));
    });
}
