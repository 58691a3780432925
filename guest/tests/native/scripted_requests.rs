//! The requests and the result of each operation, and the three states of a value. The cases are those of
//! io-msgraph's `tests/coroutines.rs` and `field.rs` that are about contacts, folders and failures.

use connector::contact::{Version, from_json, to_json};
use graph_contacts::invoke::table::invoke;
use serde_json::{Value, json};

use crate::script::{Script, connector, service};

/// Runs an operation over these responses. Returns its result or error, the requests, and the body of the last one.
pub fn run(operation: &str, arguments: &Value, responses: &[(u16, Value)]) -> (Result<Value, Value>, Vec<String>, Value) {
    let script = responses.iter().fold(Script::new(), |script, (status, body)| match status {
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

/// An operation and its arguments; Graph's responses; the requests, and the body of the last one; the result.
pub type Row = (&'static str, Value, Vec<(u16, Value)>, Vec<&'static str>, Value, Value);

#[test]
fn each_operation_sends_its_requests() {
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
            vec![(200, json!({"value": [{"id": "BBB", "displayName": "Contacts"}, folder]}))],
            vec!["GET /v1.0/me/contactFolders"],
            Value::Null,
            json!([{"id": "BBB", "displayName": "Contacts"}, folder]),
        ),
        (
            "folders.create",
            json!({"mailbox": "me", "displayName": "friends"}),
            vec![(200, json!({"value": []})), (201, folder.clone())],
            vec!["GET /v1.0/me/contactFolders", "POST /v1.0/me/contactFolders"],
            json!({"displayName": "friends"}),
            folder.clone(),
        ),
        (
            "folders.create",
            json!({"mailbox": "u@t.example", "folders": ["P"], "displayName": "friends"}),
            vec![(200, json!({"value": []})), (201, folder.clone())],
            vec![
                "GET /v1.0/users/u%40t.example/contactFolders/P/childFolders",
                "POST /v1.0/users/u%40t.example/contactFolders/P/childFolders",
            ],
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
    for (operation, arguments, responses, lines, body, result) in rows {
        assert_eq!(
            run(operation, &arguments, &responses),
            (Ok(result), lines.into_iter().map(str::to_owned).collect(), body),
            "{operation} {arguments}"
        );
    }
}

/// Code and message are optional, and a body may not be an error at all.
#[test]
fn graph_error_is_reported_with_its_code_and_message() {
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

/// An unset property is left out, null clears, a value sets. For a list, null and an empty list are the same.
#[test]
fn update_sends_only_what_is_cleared_or_set() {
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
        // Outlook does not accept null for a complex value.
        (json!({"businessAddress": null}), Some(json!({"displayName": "D", "businessAddress": {"city": null}}))),
        (json!({"businessAddress": {"city": null}}), Some(json!({"displayName": "D", "businessAddress": {"city": null}}))),
    ] {
        let arguments = json!({"mailbox": "me", "id": "c", "contact": given});
        let mut responses = vec![(200, stored.clone())];
        responses.extend(sent.is_some().then(|| (200, stored.clone())));
        let (result, lines, body) = run("contacts.update", &arguments, &responses);
        assert!(result.is_ok(), "{given}: {result:?}");
        assert_eq!((lines.len(), body), (responses.len(), sent.unwrap_or(Value::Null)), "{given}");
    }
}

/// A missing value does not become null, and null does not go missing.
#[test]
fn unset_null_and_set_values_round_trip() {
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
fn folder_without_name_is_refused() {
    for name in ["", "  ", "\t"] {
        let arguments = json!({"objectClass": "contactFolder", "attributes": {"mailbox": "me", "displayName": name}});
        let (result, lines, _) = run("create", &arguments, &[]);
        let kind = result.map_err(|error| error["kind"].clone());
        assert_eq!((kind, lines.len()), (Err(json!("invalid-attribute-value")), 0), "{name:?}");
    }
}
