//! The table of operations: the documentation, the typed interfaces and the help agree with it.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connector::error::ErrorKind;
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::send::network::Offline;
use graph_contacts::command::format_usage;
use graph_contacts::invoke::argument::{Argument, ArgumentType, Syntax};
use graph_contacts::invoke::operation::Operation;
use graph_contacts::invoke::table::{build_requests, invoke, operations};
use serde_json::{Map, Value, json};

use crate::script::{PLAIN, service};

fn wit(interface: &str) -> String {
    std::fs::read_to_string(format!("{}/../wit/{interface}.wit", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Returns the row of an operation in the documentation.
fn operation_row(operation: &Operation) -> String {
    let name = |argument: &Argument| format!("`{}`{}", argument.name, if argument.is_required { "" } else { "?" });
    let names: Vec<String> = operation.arguments.iter().map(name).collect();
    format!("| `{}` | {} | {} | {} |", operation.name, operation.help, names.join(", "), operation.result).replace("|  |", "| |")
}

/// Returns the rows of the arguments in the documentation. A name that means several things has a row for each.
fn argument_rows() -> Vec<String> {
    let mut meanings: Vec<(&Argument, Vec<&str>)> = Vec::new();
    for operation in operations() {
        for argument in operation.arguments {
            match meanings.iter_mut().find(|(known, _)| known.name == argument.name && known.help == argument.help) {
                Some((_, names)) => names.push(operation.name),
                None => meanings.push((argument, vec![operation.name])),
            }
        }
    }
    let row = |(argument, names): &(&Argument, Vec<&str>)| {
        let first =
            meanings.iter().find(|(known, _)| known.name == argument.name).is_some_and(|(known, _)| known.help == argument.help);
        let of = if first { String::new() } else { format!(" of `{}`", names.join("`, `")) };
        format!("| `{}`{of} | {} | {} |", argument.name, argument.value_type.describe(), argument.help)
    };
    meanings.iter().map(row).collect()
}

#[test]
fn json_wit_lists_every_operation_and_argument() {
    let mut expected = vec!["| operation | what it does | arguments | result |".to_owned(), "|---|---|---|---|".to_owned()];
    expected.extend(operations().map(operation_row));
    expected.extend(["| argument | type | meaning |".to_owned(), "|---|---|---|".to_owned()]);
    expected.extend(argument_rows());
    let page = wit("json");
    let found: Vec<&str> =
        page.lines().filter_map(|line| line.trim().strip_prefix("/// ")).filter(|line| line.starts_with('|')).collect();
    assert!(found == expected, "wit/json.wit has to have these rows:\n{}", expected.join("\n"));
}

/// Returns a name in WIT's spelling: `getPhoto` is `get-photo`.
fn kebab(name: &str) -> String {
    name.chars().flat_map(|c| c.is_uppercase().then_some('-').into_iter().chain(c.to_lowercase())).collect()
}

#[test]
fn every_operation_has_a_typed_function() {
    let mut functions = BTreeSet::new();
    for interface in ["contacts", "distribution-lists", "org-contacts", "connector"] {
        let page = wit(interface);
        let names = page.lines().filter_map(|line| line.trim().split_once(": func(")).map(|(name, _)| name.to_owned());
        functions.extend(names.map(|name| (interface, name)));
    }
    for operation in operations() {
        let (group, verb) = operation.name.split_once('.').unwrap_or(("", operation.name));
        let (group, verb) = (kebab(group), kebab(verb));
        let interface = match group.as_str() {
            "" => "connector",
            "distribution-lists" => "distribution-lists",
            "org-contacts" => "org-contacts",
            _ => "contacts",
        };
        let names = [verb.clone(), format!("{verb}-{group}"), format!("{verb}-{}", group.trim_end_matches('s'))];
        let found: Vec<&String> = names.iter().filter(|name| functions.remove(&(interface, (*name).clone()))).collect();
        assert_eq!(found.len(), 1, "{} has the functions {found:?} of {interface}.wit", operation.name);
    }
    // `contacts.delete` has an argument for it.
    assert_eq!(functions, BTreeSet::from([("contacts", "permanently-delete-contact".to_owned())]));
}

/// Returns a value for an argument; `None` for those that have to come from an earlier result.
fn sample(argument: &Argument) -> Option<Value> {
    let value = match argument.name {
        "token" | "cookie" => return None,
        "filter" => json!("mailbox eq \"u\""),
        "uid" => json!(URL_SAFE_NO_PAD.encode(json!(["u", "f", "c"]).to_string())),
        "select" => json!(["givenName"]),
        "changes" => json!([{"create": {"givenName": "x"}}, {"delete": "c"}]),
        "contact" | "attributes" => json!({"givenName": "x", "mailbox": "u"}),
        "known" => json!({"u": "r"}),
        "content" => json!("/9j/"),
        "list" => json!({"displayName": "x"}),
        "members" => json!([{"key": "a@b.example"}]),
        _ => match argument.value_type {
            ArgumentType::String => json!("x"),
            ArgumentType::Boolean => json!(true),
            ArgumentType::Integer => json!(1),
            ArgumentType::Strings => json!(["x"]),
            ArgumentType::Object => json!({"x": "y"}),
            ArgumentType::Base64 | ArgumentType::Objects => panic!("{} needs a sample", argument.name),
        },
    };
    Some(value)
}

#[test]
fn every_operation_declares_the_arguments_that_it_reads() {
    let service = service();
    let connector = connector::operations::connector::Connector::new(&service, &Offline, &PLAIN);
    for operation in operations() {
        for class in ObjectClass::ALL {
            let mut arguments: Map<String, Value> = Map::new();
            for argument in operation.arguments {
                let value = if argument.name == "objectClass" { Some(json!(class.name())) } else { sample(argument) };
                arguments.extend(value.map(|value| (argument.name.to_owned(), value)));
            }
            if operation.name.starts_with("contacts.") {
                arguments.get_mut("contact").map(|contact| contact.as_object_mut().unwrap().remove("mailbox"));
            }
            let text = Value::Object(arguments).to_string();
            for error in
                [invoke(&connector, operation.name, &text).err(), build_requests(&connector, operation.name, &text).err()]
            {
                assert!(error.as_ref().is_none_or(|error| error.kind != ErrorKind::Internal), "{}: {error:?}", operation.name);
            }
        }
    }
}

#[test]
fn every_name_is_unique_and_every_help_is_one_short_line() {
    let names: BTreeSet<&str> = operations().map(|operation| operation.name).collect();
    assert_eq!(names.len(), operations().count());
    for operation in operations() {
        assert!(operation.help.len() < 70 && operation.help.starts_with(char::is_uppercase), "{}", operation.help);
        let names: BTreeSet<&str> = operation.arguments.iter().map(|argument| argument.name).collect();
        assert_eq!(names.len(), operation.arguments.len(), "{}", operation.name);
        for argument in operation.arguments.iter().filter(|_| operation.is_command) {
            let has_word = matches!(argument.syntax, Syntax::Word(_));
            assert!(!argument.is_required || has_word || matches!(argument.syntax, Syntax::Option { .. }), "{}", operation.name);
        }
    }
}

#[test]
fn usage_shows_every_command() {
    let usage = format_usage();
    for operation in operations().filter(|operation| operation.is_command) {
        let command = operation.name.replace('.', " ");
        assert!(usage.lines().any(|line| line.trim().starts_with(&command) && line.ends_with(operation.help)), "{command}");
    }
    assert!(usage.lines().all(|line| line.len() <= 130), "{usage}");
}

fn refusal(operation: &str, arguments: &str) -> (ErrorKind, String) {
    let service = service();
    let connector = connector::operations::connector::Connector::new(&service, &Offline, &PLAIN);
    let error = invoke(&connector, operation, arguments).unwrap_err();
    let built = build_requests(&connector, operation, arguments).unwrap_err();
    assert_eq!(error, built, "{operation} {arguments}");
    (error.kind, error.message)
}

#[test]
fn invalid_arguments_are_named_with_the_nearest_known_name() {
    for (operation, arguments, message) in [
        (
            "contacts.list",
            "{\"mailbox\": \"me\", \"selct\": []}",
            "selct: contacts.list has no such argument; did you mean select?",
        ),
        ("contacts.get", "{\"mailbox\": \"me\"}", "id: missing; contacts.get requires it"),
        (
            "contacts.get",
            "{\"mailbox\": null, \"id\": 1}",
            "mailbox: missing; contacts.get requires it; id: expected a string, found a number",
        ),
        ("contacts.list", "{\"mailbox\": \"me\", \"folders\": [\"f\", {}]}", "folders[1]: expected a string, found an object"),
        ("contacts.list", "{\"mailbox\": \"me\", \"folders\": \"f\"}", "folders: expected an array of strings, found a string"),
        (
            "contacts.batch",
            "{\"mailbox\": \"me\", \"changes\": [{\"delete\": \"c\"}, \"x\"]}",
            "changes[1]: expected an object, found a string",
        ),
        (
            "contacts.batch",
            "{\"mailbox\": \"me\", \"changes\": [{\"delete\": 1}]}",
            "changes[0].delete: expected the id of a contact, a string, found a number",
        ),
        ("contacts.batch", "{\"mailbox\": \"me\", \"changes\": [{}]}", "changes[0]: expected one of create, update and delete"),
        (
            "contacts.delete",
            "{\"mailbox\": \"me\", \"id\": \"c\", \"permanently\": \"yes\"}",
            "permanently: expected true or false, found a string",
        ),
        (
            "search",
            "{\"objectClass\": \"user\", \"filter\": \"true\", \"offset\": -1}",
            "offset: expected an integer from 0, found a number",
        ),
        ("sync", "{\"objectClass\": \"contact\"}", "mailbox: missing; the object class contact requires it"),
        ("reconcile", "{\"objectClass\": \"orgContact\", \"known\": {\"u\": 1}}", "known.u: expected a string, found a number"),
        ("contacts.putPhoto", "{\"mailbox\": \"me\", \"id\": \"c\", \"content\": \"!\"}", "content: expected base64"),
        ("test", "[]", "the arguments: expected a JSON object, found an array"),
    ] {
        assert_eq!(
            refusal(operation, arguments),
            (ErrorKind::InvalidAttributeValue, message.to_owned()),
            "{operation} {arguments}"
        );
    }
}

#[test]
fn unknown_operation_is_refused_with_the_nearest_known_name() {
    for (operation, hint) in [
        ("contacts.lst", "there is no operation contacts.lst; did you mean contacts.list?"),
        ("orgcontacts.get", "there is no operation orgcontacts.get; did you mean orgContacts.get?"),
        ("fly", "there is no operation fly; see the list in wit/json.wit"),
    ] {
        assert_eq!(refusal(operation, "{}"), (ErrorKind::Unsupported, hint.to_owned()));
    }
}
