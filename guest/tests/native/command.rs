//! The command line.

use graph_contacts::command::{Command, ListPrinter, parse};
use serde_json::json;

fn read(line: &[&str], stdin: &str) -> connector::error::Result<Command> {
    parse(line.iter().map(|word| word.to_string()), stdin.as_bytes())
}

#[test]
fn command_becomes_operation_with_arguments() {
    for (line, operation, arguments) in [
        (&["contacts", "list"][..], "contacts.list", json!({"mailbox": "me", "folders": []})),
        (&["contacts", "get", "--user", "u@t", "ID"], "contacts.get", json!({"mailbox": "u@t", "folders": [], "id": "ID"})),
        (
            &["contacts", "create", "--folder", "f", "--folder=g", r#"{"givenName":"Ada"}"#],
            "contacts.create",
            json!({"mailbox": "me", "folders": ["f", "g"], "contact": {"givenName": "Ada"}}),
        ),
        (
            &["contacts", "update", "ID", "-"],
            "contacts.update",
            json!({"mailbox": "me", "folders": [], "id": "ID", "contact": {"surname": null}}),
        ),
        (&["contacts", "delete", "--", "-ID"], "contacts.delete", json!({"mailbox": "me", "folders": [], "id": "-ID"})),
        (
            &["contacts", "list", "--select", "givenName, surname"],
            "contacts.list",
            json!({"mailbox": "me", "folders": [], "select": ["givenName", "surname"]}),
        ),
        (
            &["contacts", "delete", "--permanently", "ID"],
            "contacts.delete",
            json!({"mailbox": "me", "folders": [], "id": "ID", "permanently": true}),
        ),
        (&["folders", "list", "--folder", "f"], "folders.list", json!({"mailbox": "me", "folders": ["f"]})),
        (&["folders", "create", "N"], "folders.create", json!({"mailbox": "me", "folders": [], "displayName": "N"})),
        (
            &["folders", "rename", "--user", "u@t", "f", "N"],
            "folders.rename",
            json!({"mailbox": "u@t", "id": "f", "displayName": "N"}),
        ),
        (&["folders", "move", "f", "p"], "folders.move", json!({"mailbox": "me", "id": "f", "parentFolderId": "p"})),
        (&["folders", "delete", "f"], "folders.delete", json!({"mailbox": "me", "id": "f"})),
        (
            &["folders", "delete", "f", "--permanently"],
            "folders.delete",
            json!({"mailbox": "me", "id": "f", "permanently": true}),
        ),
        (&["schema"], "schema", json!({})),
        (&["test"], "test", json!({})),
    ] {
        assert_eq!(read(line, r#"{"surname": null}"#).unwrap(), Command::Invoke(operation, arguments), "{line:?}");
    }
    let dry = read(&["contacts", "delete", "x", "--dry-run"], "").unwrap();
    assert_eq!(dry, Command::DryRun("contacts.delete", json!({"mailbox": "me", "folders": [], "id": "x"})));
    for line in [&[][..], &["help"], &["--help"], &["contacts", "-h"]] {
        assert_eq!(read(line, "").unwrap(), Command::Help);
    }
}

#[test]
fn invalid_command_line_is_refused_with_hint_at_help() {
    for line in [
        &["contact"][..],
        &["contacts"],
        &["contacts", "get"],
        &["contacts", "get", "a", "b"],
        &["contacts", "list", "--users", "u"],
        &["contacts", "list", "--user"],
        &["contacts", "create", "not json"],
        &["contacts", "create", "[]"],
        &["contacts", "create", "-"],
        &["schema", "--user", "u"],
        &["contacts", "delete", "x", "--select", "y"],
        &["contacts", "list", "--permanently"],
        &["folders", "delete", "x", "--folder", "y"],
        &["folders", "list", "--select", "y"],
        &["folders", "rename", "x"],
        &["folders", "move", "x"],
    ] {
        assert!(read(line, "").unwrap_err().message.contains("help"), "{line:?}");
    }
}

/// What is printed element by element is what would be printed of the whole list.
#[test]
fn list_is_printed_as_a_whole_one() {
    for list in [json!([]), json!([{"a": 1}]), json!([{"a": {"b": ["x\ny"]}}, {}, {"c": null}])] {
        let mut printed = Vec::new();
        let mut printer = ListPrinter::new(&mut printed);
        list.as_array().unwrap().iter().for_each(|element| printer.print(element).unwrap());
        printer.end().unwrap();
        assert_eq!(String::from_utf8(printed).unwrap(), format!("{list:#}\n"));
    }
}
