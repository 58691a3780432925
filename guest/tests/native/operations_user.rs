//! The object class `user`: reading and writing its contacts.

use connector::error::ErrorKind;
use connector::operations::icf::outcome::Outcome;
use connector::operations::icf::schema::build_schema;
use serde_json::{Map, Value, json};

use crate::script::{Script, connector, graph_error, service};

const UID: &str = "671fa173-ad81-41c3-89bf-af939426eee7";

fn build_user() -> Value {
    json!({"id": UID, "userPrincipalName": "u@t.example", "displayName": "U", "mail": null, "businessPhones": []})
}

fn to_map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// Seed: the OpenICF page "Contacts (MS Graph API)" prints these three declarations.
#[test]
fn write_only_attributes_are_declared_as_documented() {
    let documented = json!([
        {"type": "array", "items": {"type": "object", "nativeType": "object"}, "nativeName": "__addContacts__", "nativeType": "object",
         "flags": ["NOT_READABLE", "NOT_RETURNED_BY_DEFAULT"]},
        {"type": "array", "items": {"type": "string", "nativeType": "string"}, "nativeName": "__removeContacts__", "nativeType": "string",
         "flags": ["NOT_READABLE", "NOT_RETURNED_BY_DEFAULT"]},
        {"type": "array", "items": {"type": "object", "nativeType": "object"}, "nativeName": "__updateContacts__", "nativeType": "object",
         "flags": ["NOT_READABLE", "NOT_RETURNED_BY_DEFAULT"]},
    ]);
    let schema = build_schema(&service());
    for declaration in documented.as_array().unwrap() {
        let name = declaration["nativeName"].as_str().unwrap();
        assert_eq!(&schema["user"]["properties"][name], declaration);
    }
    // ICF: each object class has __NAME__, and none has __UID__.
    let natives: Vec<&Value> = schema["user"]["properties"].as_object().unwrap().values().map(|d| &d["nativeName"]).collect();
    assert!(natives.contains(&&json!("__NAME__")) && !natives.contains(&&json!("__UID__")));
    let contacts = schema["user"]["properties"]["contacts"]["flags"].as_array().unwrap();
    assert!(contacts.contains(&json!("NOT_RETURNED_BY_DEFAULT")) && !contacts.contains(&json!("NOT_READABLE")));
}

#[test]
fn contacts_without_profile_take_one_request() {
    let script =
        Script::new().then(200, json!({"value": [{"@odata.etag": "x", "id": "c", "givenName": "Ada", "surname": null}]}));
    let user = connector(&service(), &script).get_user(UID, &["contacts"]).unwrap();
    assert_eq!(Value::Object(user), json!({"_id": UID, "contacts": [{"id": "c", "givenName": "Ada"}]}));
    assert_eq!(script.lines(), [format!("GET /v1.0/users/{UID}/contacts")]);
}

#[test]
fn user_principal_name_resolves_to_id() {
    let script = Script::new().then(200, build_user()).then(200, json!({"value": []}));
    let user = connector(&service(), &script).get_user("u@t.example", &["contacts"]).unwrap();
    assert_eq!(Value::Object(user), json!({"_id": UID, "contacts": []}));
    assert_eq!(script.lines(), ["GET /v1.0/users/u%40t.example?$select=id", "GET /v1.0/users/u%40t.example/contacts"]);
}

#[test]
fn user_has_no_contacts_by_default() {
    let script = Script::new().then(200, build_user());
    let read = connector(&service(), &script).get_user(UID, &[]).unwrap();
    assert_eq!(
        Value::Object(read),
        json!({"_id": UID, "userPrincipalName": "u@t.example", "displayName": "U", "businessPhones": []})
    );
}

#[test]
fn unknown_and_write_only_names_are_ignored() {
    let script = Script::new().then(200, json!({"id": UID}));
    let read = connector(&service(), &script).get_user(UID, &["__addContacts__", "nope"]).unwrap();
    assert_eq!(Value::Object(read), json!({"_id": UID}));
}

fn update(script: &Script, value: Value) -> connector::error::Result<Vec<Outcome>> {
    connector(&service(), script).update_user(UID, None, &to_map(value), None).map(|updated| updated.outcomes)
}

#[test]
fn values_run_as_update_add_remove_and_fail_separately() {
    let script = Script::new()
        .then(200, build_user())
        .then_batch(&[(404, graph_error("ErrorItemNotFound")), (200, json!({"id": "u2", "givenName": "Old"}))])
        .then(200, json!({"id": "u2", "givenName": "New"}))
        .then_batch(&[(403, graph_error("ErrorAccessDenied")), (201, json!({"id": "a2"}))])
        .then_batch(&[(204, Value::Null), (404, graph_error("ErrorItemNotFound"))]);
    let outcomes = update(
        &script,
        json!({
            "__removeContacts__": ["r1", "r2"],
            "__addContacts__": [{"givenName": "One"}, {"givenName": "Two"}],
            "__updateContacts__": [{"id": "u1", "givenName": "x"}, {"id": "u2", "givenName": "New"}],
        }),
    )
    .unwrap();
    let seen: Vec<(&str, usize, Option<&str>, Option<ErrorKind>)> =
        outcomes.iter().map(|o| (o.attribute, o.position, o.id.as_deref(), o.error.as_ref().map(|e| e.kind))).collect();
    assert_eq!(
        seen,
        [
            ("__updateContacts__", 0, Some("u1"), Some(ErrorKind::UnknownUid)),
            ("__updateContacts__", 1, Some("u2"), None),
            ("__addContacts__", 0, None, Some(ErrorKind::PermissionDenied)),
            ("__addContacts__", 1, Some("a2"), None),
            ("__removeContacts__", 0, Some("r1"), None),
            ("__removeContacts__", 1, Some("r2"), None),
        ],
        "a contact that does not exist is removed"
    );
    assert!(script.is_done());
}

#[test]
fn single_value_is_array_of_one() {
    let script = Script::new().then(200, build_user()).then(201, json!({"id": "a"})).then_bytes(204, &[], b"");
    let outcomes =
        update(&script, json!({"_id": UID, "__addContacts__": {"givenName": "One"}, "__removeContacts__": "r"})).unwrap();
    assert!(outcomes.len() == 2 && outcomes.iter().all(|outcome| outcome.error.is_none()));
}

#[test]
fn invalid_update_sends_nothing() {
    for (invalid, path) in [
        (json!({"__addContact__": {}}), "__addContact__"),
        (
            json!({"__addContacts__": [{"givenName": "x"}, {"businessAddress": {"city": 7}}]}),
            "__addContacts__[1].businessAddress.city",
        ),
        (json!({"__addContacts__": "x"}), "__addContacts__[0]"),
        (json!({"__addContacts__": [{}]}), "__addContacts__[0]"),
        (json!({"__addContacts__": [{"id": "x", "givenName": "y"}]}), "__addContacts__[0].id"),
        (json!({"__addContacts__": [{"businessPhones": ["1", "2", "3"]}]}), "__addContacts__[0].businessPhones"),
        (json!({"__updateContacts__": {"givenName": "x"}}), "__updateContacts__[0].id"),
        (json!({"__updateContacts__": {"id": "", "givenName": "x"}}), "__updateContacts__[0].id"),
        (json!({"__removeContacts__": [7]}), "__removeContacts__[0]"),
        (json!({"__removeContacts__": [{"id": "x"}]}), "__removeContacts__[0]"),
        (json!({"__removeContacts__": ""}), "__removeContacts__[0]"),
        (json!({"contacts": []}), "contacts"),
        (json!({"foo": 1}), "foo"),
    ] {
        let script = Script::new();
        let error = update(&script, invalid.clone()).expect_err("accepted");
        assert_eq!((error.kind, error.attributes), (ErrorKind::InvalidAttributeValue, vec![path.to_owned()]), "{invalid}");
        assert!(script.lines().is_empty());
    }
}

/// A caller sends back a row of `contacts` with a change. It has a property, a member and a kind that the connector does not know,
/// and a read-only value that has changed since.
#[test]
fn row_sent_back_changes_only_what_is_new() {
    let row = json!({
        "id": "x", "changeKey": "1", "givenName": "A", "newProperty": {"a": 1},
        "emailAddresses": [{"address": "a@b", "rank": 1}, {"address": "c@d"}],
    });
    let mut given = row.clone();
    given["givenName"] = json!("B");
    let mut now = row.clone();
    now["changeKey"] = json!("2");
    // The contact is read for its unknown values, and again for the update, in batches of one.
    let script =
        Script::new().then(200, now.clone()).then(200, json!({"id": UID})).then(200, now.clone()).then(200, json!({"id": "x"}));
    let updated = update(&script, json!({"__updateContacts__": given})).unwrap();
    assert!(updated.iter().all(|outcome| outcome.error.is_none()), "{updated:?}");
    assert_eq!(script.body(3), json!({"givenName": "B"}));

    // What is new and unknown is refused before anything is written.
    let mut wrong = row.clone();
    wrong["newProperty"] = json!({"a": 2});
    let script = Script::new().then(200, now);
    let error = update(&script, json!({"__updateContacts__": [wrong, {"id": "y", "givenName": "z"}]})).unwrap_err();
    assert_eq!(error.attributes, ["__updateContacts__[0].newProperty"]);
    // A wrong name is refused, also if the contact does not exist.
    let script = Script::new().then_error(404, "ErrorItemNotFound");
    let error = update(&script, json!({"__updateContacts__": {"id": "x", "givenname": "x"}})).unwrap_err();
    assert_eq!(error.attributes, ["__updateContacts__[0].givenname"]);
}

#[test]
fn invalid_update_error_names_all_attributes() {
    let invalid =
        json!({"foo": 1, "__addContacts__": [{"givenName": 1}, {"nickName": 2}], "__updateContacts__": {"surname": "x"}});
    let error = update(&Script::new(), invalid).unwrap_err();
    assert_eq!(
        error.attributes,
        ["foo", "__updateContacts__[0].id", "__addContacts__[0].givenName", "__addContacts__[1].nickName"]
    );
}

#[test]
fn update_of_more_than_thousand_contacts_is_refused() {
    let error = update(&Script::new(), json!({"__removeContacts__": vec!["r"; 1001]})).unwrap_err();
    assert!(error.kind == ErrorKind::InvalidAttributeValue && error.message.contains("at most 1000"), "{}", error.message);
}

#[test]
fn update_of_unknown_user_writes_nothing() {
    let script = Script::new().then_error(404, "Request_ResourceNotFound");
    let error = update(&script, json!({"__addContacts__": {"givenName": "x"}})).unwrap_err();
    assert_eq!(error.kind, ErrorKind::UnknownUid);
    assert_eq!(script.lines().len(), 1);
}

#[test]
fn unchanged_user_is_accepted_and_changed_one_refused() {
    let whole = json!({"_id": UID, "_rev": "0", "displayName": "U", "businessPhones": [], "mail": null});
    assert_eq!(update(&Script::new().then(200, build_user()), whole).unwrap(), []);
    let changed = update(&Script::new().then(200, build_user()), json!({"displayName": "V", "_id": "another"})).unwrap_err();
    assert_eq!(changed.attributes, ["_id", "displayName"]);
}

#[test]
fn revision_of_user_fails_precondition() {
    let script = Script::new().then(200, build_user());
    let result = connector(&service(), &script).update_user(UID, Some("1"), &to_map(json!({"__removeContacts__": "r"})), None);
    assert_eq!(result.unwrap_err().kind, ErrorKind::PreconditionFailed);
    assert_eq!(script.lines().len(), 1, "only the user was read");
}

/// Three batches of twenty: the second takes too long, and the third is not sent.
#[test]
fn values_after_deadline_have_not_taken_effect() {
    let created: Vec<(u16, Value)> = (0..20).map(|n| (201, json!({"id": n.to_string()}))).collect();
    let mut script = Script::new().then(200, build_user()).then_batch(&created);
    script.pace = std::time::Duration::from_secs(12);
    let many: Vec<Value> = (0..60).map(|n| json!({"givenName": n.to_string()})).collect();
    let outcomes = update(&script, json!({"__addContacts__": many})).unwrap();
    let seen: Vec<Option<(ErrorKind, bool)>> =
        outcomes.iter().map(|o| o.error.as_ref().map(|e| (e.kind, e.may_have_taken_effect))).collect();
    assert_eq!(seen[..20], [None; 20]);
    assert_eq!(seen[20..40], [Some((ErrorKind::Timeout, true)); 20]);
    assert_eq!(seen[40..], [Some((ErrorKind::Timeout, false)); 20]);
}
