//! What each operation puts on the wire and makes of the answer, and the three states of a value. The cases are those of
//! io-msgraph's `tests/coroutines.rs` and `field.rs` that are about contacts, folders and failures.

use connector::contact::{Version, from_json, to_json};
use graph_contacts::invoke::table::invoke;
use serde_json::{Value, json};

use crate::script::{Script, connector, service};

/// Runs an operation over those answers. Gives its result or the error, what was sent, and the body of the last request.
pub fn run(operation: &str, arguments: &Value, answers: &[(u16, Value)]) -> (Result<Value, Value>, Vec<String>, Value) {
    let script = answers.iter().fold(Script::new(), |script, (status, body)| match status {
        204 => script.then_bytes(204, &[], b""),
        status => script.then(*status, body.clone()),
    });
    let service = service();
    let result = invoke(&connector(&service, &script), operation, &arguments.to_string());
    let lines = script.lines();
    let writes = lines.last().is_some_and(|line| line.starts_with("POST") || line.starts_with("PATCH"));
    let body = if writes { script.body(lines.len() - 1) } else { Value::Null };
    assert!(script.is_done(), "{operation}: {lines:?}");
    (result.map_err(|error| json!({"kind": error.kind.name(), "message": error.message})), lines, body)
}

/// An operation and its arguments; what Graph answers; the lines that are sent, and the body of the last; the result.
pub type Row = (&'static str, Value, Vec<(u16, Value)>, Vec<&'static str>, Value, Value);

#[test]
fn each_operation_sends_its_request() {
    let alice = json!([{"name": "Alice", "address": "alice@example.com"}]);
    let folder = json!({"id": "AAA", "displayName": "friends", "parentFolderId": "P"});
    let rows: Vec<Row> = vec![
        (
            "contacts.list",
            json!({"mailbox": "me", "folders": ["AAA"], "select": ["displayName", "emailAddresses"]}),
            vec![(200, json!({"value": [{"id": "1", "displayName": "A", "emailAddresses": alice}]}))],
            vec!["GET /v1.0/me/contactFolders/AAA/contacts?$select=changeKey,displayName,emailAddresses"],
            Value::Null,
            json!([{"id": "1", "displayName": "A", "emailAddresses": alice}]),
        ),
        (
            "contacts.create",
            json!({"mailbox": "me", "contact": {"givenName": "Alice", "emailAddresses": alice}}),
            vec![(201, json!({"id": "CT1", "givenName": "Alice"}))],
            vec!["POST /v1.0/me/contacts"],
            json!({"givenName": "Alice", "emailAddresses": alice}),
            json!({"id": "CT1", "givenName": "Alice"}),
        ),
        (
            "contacts.update",
            json!({"mailbox": "me", "id": "CT1", "contact": {"givenName": "Bob"}}),
            vec![(200, json!({"id": "CT1", "givenName": "Alice"})), (200, json!({"id": "CT1", "givenName": "Bob"}))],
            vec!["GET /v1.0/me/contacts/CT1", "PATCH /v1.0/me/contacts/CT1"],
            json!({"givenName": "Bob"}),
            json!({"id": "CT1", "givenName": "Bob"}),
        ),
        (
            "contacts.delete",
            json!({"mailbox": "me", "id": "CT1"}),
            vec![(204, Value::Null)],
            vec!["DELETE /v1.0/me/contacts/CT1"],
            Value::Null,
            json!({}),
        ),
        (
            "folders.list",
            json!({"mailbox": "me"}),
            vec![(200, json!({"value": [{"id": "AAA", "displayName": "Contacts"}, folder]}))],
            vec!["GET /v1.0/me/contactFolders"],
            Value::Null,
            json!([{"id": "AAA", "displayName": "Contacts"}, folder]),
        ),
        (
            "folders.create",
            json!({"mailbox": "me", "displayName": "friends"}),
            vec![(201, folder.clone())],
            vec!["POST /v1.0/me/contactFolders"],
            json!({"displayName": "friends"}),
            folder.clone(),
        ),
        (
            "folders.create",
            json!({"mailbox": "u@t.example", "folders": ["P"], "displayName": "friends"}),
            vec![(201, folder.clone())],
            vec!["POST /v1.0/users/u%40t.example/contactFolders/P/childFolders"],
            json!({"displayName": "friends"}),
            folder.clone(),
        ),
        (
            "folders.rename",
            json!({"mailbox": "me", "id": "AAA", "displayName": "friends"}),
            vec![(200, folder.clone())],
            vec!["PATCH /v1.0/me/contactFolders/AAA"],
            json!({"displayName": "friends"}),
            folder.clone(),
        ),
        (
            "folders.delete",
            json!({"mailbox": "me", "id": "AAA"}),
            vec![(204, Value::Null)],
            vec!["DELETE /v1.0/me/contactFolders/AAA"],
            Value::Null,
            json!({}),
        ),
    ];
    for (operation, arguments, answers, lines, body, result) in rows {
        assert_eq!(
            run(operation, &arguments, &answers),
            (Ok(result), lines.into_iter().map(str::to_owned).collect(), body),
            "{operation} {arguments}"
        );
    }
}

/// The envelope of a failure is told, also one that lacks its message, and what is no envelope.
#[test]
fn failures_are_told_in_graphs_words() {
    for (status, body, kind, said) in [
        (
            404,
            json!({"error": {"code": "ErrorItemNotFound", "message": "The folder does not exist."}}),
            "unknown-uid",
            "ErrorItemNotFound: The folder does not exist.",
        ),
        (404, json!({"error": {"code": "ErrorItemNotFound"}}), "unknown-uid", "HTTP 404 ErrorItemNotFound"),
        (404, json!({"error": {"message": "alone"}}), "unknown-uid", "HTTP 404"),
        (404, json!({"error": "text"}), "unknown-uid", "HTTP 404"),
        (502, json!("upstream failure"), "unavailable", "HTTP 502"),
        (502, json!({}), "unavailable", "HTTP 502"),
        (
            400,
            json!({"error": {"code": "ErrorInvalidArgument", "message": "no"}}),
            "invalid-attribute-value",
            "ErrorInvalidArgument: no",
        ),
    ] {
        for (operation, arguments) in [
            ("contacts.list", json!({"mailbox": "me", "folders": ["AAA"]})),
            ("folders.list", json!({"mailbox": "me"})),
            ("contacts.create", json!({"mailbox": "me", "contact": {"givenName": "x"}})),
        ] {
            let (result, _, _) = run(operation, &arguments, &[(status, body.clone())]);
            let error = result.unwrap_err();
            assert_eq!(error["kind"], kind, "{operation} {body}");
            assert!(error["message"].as_str().unwrap().contains(said), "{operation} {body}: {error}");
        }
    }
}

/// Unset is left out, null clears, a value sets; of a list, null and an empty one are the same.
#[test]
fn a_value_is_unset_cleared_or_set() {
    let address = json!({"city": "Paris"});
    let stored = json!({"id": "c", "displayName": "D", "givenName": "Jane", "businessPhones": ["1"], "businessAddress": address});
    for (given, sent) in [
        (json!({}), None),
        (json!({"givenName": null}), Some(json!({"displayName": "D", "givenName": null}))),
        (json!({"givenName": "Janet"}), Some(json!({"displayName": "D", "givenName": "Janet"}))),
        (json!({"givenName": "Jane"}), None),
        (json!({"surname": null}), None),
        (json!({"businessPhones": []}), Some(json!({"displayName": "D", "businessPhones": []}))),
        (json!({"businessPhones": null}), Some(json!({"displayName": "D", "businessPhones": []}))),
        (json!({"businessPhones": ["+33"]}), Some(json!({"displayName": "D", "businessPhones": ["+33"]}))),
        (json!({"homePhones": []}), None),
        (json!({"homePhones": null}), None),
        // Never a null structure, which Outlook does not take.
        (json!({"businessAddress": null}), Some(json!({"displayName": "D", "businessAddress": {"city": null}}))),
        (json!({"businessAddress": {"city": null}}), Some(json!({"displayName": "D", "businessAddress": {"city": null}}))),
    ] {
        let arguments = json!({"mailbox": "me", "id": "c", "contact": given});
        let mut answers = vec![(200, stored.clone())];
        answers.extend(sent.is_some().then(|| (200, stored.clone())));
        let (result, lines, body) = run("contacts.update", &arguments, &answers);
        assert!(result.is_ok(), "{given}: {result:?}");
        assert_eq!((lines.len(), body), (answers.len(), sent.unwrap_or(Value::Null)), "{given}");
    }
}

/// What is read from a caller and written again is what it was: a missing value is not null, and null is not missing.
#[test]
fn the_three_states_go_round() {
    for given in [
        json!({}),
        json!({"givenName": null}),
        json!({"givenName": "Jane"}),
        json!({"businessPhones": []}),
        json!({"businessPhones": ["+33"], "surname": null}),
    ] {
        let contact = from_json::parse_input(given.as_object().unwrap(), Version::V1, "").unwrap();
        assert_eq!(Value::Object(to_json::write_update_body(&contact, Version::V1)), given);
    }
}

#[test]
fn a_folder_has_a_name() {
    for name in ["", "  ", "\t"] {
        let arguments = json!({"objectClass": "contactFolder", "attributes": {"mailbox": "me", "displayName": name}});
        let (result, lines, _) = run("create", &arguments, &[]);
        let kind = result.map_err(|error| error["kind"].clone());
        assert_eq!((kind, lines.len()), (Err(json!("invalid-attribute-value")), 0), "{name:?}");
    }
}
