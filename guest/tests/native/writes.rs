//! Every write and every status of a failure: the stored state decides what became of it.

use connector::error::{Error, ErrorKind, Result};
use connector::graph::address::{Container, Mailbox};
use connector::graph::directory_objects::{Collection, Key};
use connector::operations::connector::Connector;
use connector::operations::icf::uid::Uid;
use graph_contacts::invoke::table::invoke;
use serde_json::{Value, json};

use crate::script::{Script, connector, service};

type Responses = Vec<(u16, Value)>;
type Run = Box<dyn Fn(&Connector<'_>) -> Result<()>>;

/// A write: the responses before it, and the responses that show that it took effect, or that it did not.
struct Write {
    name: &'static str,
    run: Run,
    before: Responses,
    done: Responses,
    undone: Responses,
}

const GONE: u16 = 404;

/// An id, so that no request resolves the name of the mailbox.
const OWNER: &str = "671fa173-ad81-41c3-89bf-af939426eee7";

fn build_operation(name: &'static str, arguments: Value) -> Run {
    Box::new(move |connector| invoke(connector, name, &arguments.to_string()).map(|_| ()))
}

fn gone() -> Responses {
    vec![(GONE, json!({"error": {"code": "ErrorItemNotFound", "message": "m"}}))]
}

fn list_writes() -> Vec<Write> {
    let contact = |name: &str| vec![(200, json!({"id": "c", "changeKey": "1", "givenName": name}))];
    let folder = |name: &str| vec![(200, json!({"id": "f", "displayName": name}))];
    let folders = |names: &[&str]| {
        let rows: Vec<Value> = names.iter().map(|name| json!({"id": name, "displayName": name})).collect();
        vec![(200, json!({"value": rows}))]
    };
    let extended = |extensions: Value| vec![(200, json!({"id": "c", "extensions": extensions}))];
    let user = |changed: Value| vec![(200, changed)];
    let org_contact = |title: &str| vec![(200, json!({"id": "o", "jobTitle": title, "phones": []}))];
    let uid = Uid { container: Container::from_mailbox(Mailbox::from_name(OWNER)), id: "c".to_owned() }.encode();
    let write = |name: &'static str, arguments: Value, before: Responses, done: Responses, undone: Responses| Write {
        name,
        run: build_operation(name, arguments),
        before,
        done,
        undone,
    };
    let in_directory =
        |name: &'static str, run: fn(&Connector<'_>, &Key) -> Result<()>, done: Responses, undone: Responses| Write {
            name,
            run: Box::new(move |connector| run(connector, &Key::Of(Collection::Users, "u".to_owned()))),
            before: vec![],
            done,
            undone,
        };
    let update = json!({"mailbox": "u", "id": "c", "contact": {"givenName": "New"}});
    let delete = json!({"mailbox": "u", "id": "c"});
    let put_extension = json!({"mailbox": "u", "id": "c", "name": "com.x", "properties": {"a": 1, "b": null}});
    let update_object = json!({"objectClass": "contact", "uid": uid, "revision": "1", "attributes": {"givenName": "New"}});
    vec![
        write("contacts.update", update, contact("Old"), contact("New"), contact("Old")),
        write("update", update_object, contact("Old"), contact("New"), contact("Old")),
        write("contacts.delete", delete.clone(), vec![], gone(), contact("x")),
        write("contacts.delete", json!({"mailbox": "u", "id": "c", "permanently": true}), vec![], gone(), contact("x")),
        write("delete", json!({"objectClass": "contact", "uid": uid}), contact("x"), gone(), contact("x")),
        write(
            "folders.create",
            json!({"mailbox": "u", "displayName": "F"}),
            folders(&["G"]),
            folders(&["G", "f"]),
            folders(&["G"]),
        ),
        write("folders.rename", json!({"mailbox": "u", "id": "f", "displayName": "F"}), vec![], folder("F"), folder("G")),
        write("folders.delete", json!({"mailbox": "u", "id": "f"}), vec![], gone(), folder("F")),
        write(
            "contacts.putExtension",
            put_extension,
            vec![],
            extended(json!([{"extensionName": "Com.X", "a": 1, "c": 2}])),
            extended(json!([{"extensionName": "com.x", "a": 2}])),
        ),
        write(
            "contacts.deleteExtension",
            json!({"mailbox": "u", "id": "c", "name": "com.x"}),
            vec![],
            extended(json!([{"extensionName": "com.y"}])),
            extended(json!([{"extensionName": "com.x"}])),
        ),
        write(
            "orgContacts.update",
            json!({"id": "o", "contact": {"jobTitle": "New"}}),
            org_contact("Old"),
            org_contact("New"),
            org_contact("Old"),
        ),
        write("orgContacts.delete", json!({"id": "o"}), org_contact("x"), gone(), org_contact("x")),
        in_directory(
            "update user",
            |connector, key| connector.update_directory_object(key, json!({"city": "Oslo"}).as_object().unwrap().clone()),
            user(json!({"id": "u", "city": "Oslo"})),
            user(json!({"id": "u", "city": "Rome"})),
        ),
        in_directory("delete user", |connector, key| connector.delete_directory_object(key), gone(), user(json!({"id": "u"}))),
        in_directory(
            "set manager",
            |connector, key| connector.set_manager(key, Some("m")),
            user(json!({"id": "M"})),
            user(json!({"id": "n"})),
        ),
        in_directory("clear manager", |connector, key| connector.set_manager(key, None), gone(), user(json!({"id": "n"}))),
    ]
}

fn run(write: &Write, failure: &dyn Fn(Script) -> Script, look: &Responses) -> Result<()> {
    let then = |script: Script, responses: &Responses| {
        responses.iter().fold(script, |script, (status, body)| script.then(*status, body.clone()))
    };
    let script = then(failure(then(Script::new(), &write.before)), look);
    let service = service();
    let result = (write.run)(&connector(&service, &script));
    assert!(script.is_done(), "{}: {:?}", write.name, script.lines());
    result
}

/// The statuses whose meaning for this write is the effect itself: they have tests of their own.
fn is_special(write: &Write, status: u16) -> bool {
    let deletes = write.name.contains("delete") || write.name.contains("clear");
    (status == 404 && (deletes || write.name == "contacts.putExtension")) || (status == 409 && write.name == "folders.create")
}

#[test]
fn write_that_took_effect_is_reported_as_done_whatever_the_status() {
    for write in list_writes() {
        for status in (400..600).filter(|status| !is_special(&write, *status)) {
            for code in ["", "ConcurrentItemSave", "ErrorIrresolvableConflict", "x"] {
                let fail = |script: Script| match code {
                    "" => script.then_bytes(status, &[], b""),
                    code => script.then_error(status, code),
                };
                run(&write, &fail, &write.done).unwrap_or_else(|error| panic!("{} {status} {code}: {error:?}", write.name));
            }
        }
        run(&write, &|script| script.then_fault(ErrorKind::ConnectionFailed, true), &write.done).unwrap();
    }
}

#[test]
fn write_without_effect_is_reported_as_failed_or_unknown() {
    for write in list_writes() {
        for status in (400..600).filter(|status| !is_special(&write, *status)) {
            let error = run(&write, &|script| script.then_error(status, "x"), &write.undone).unwrap_err();
            // After a 5xx the service may still be working on it.
            let is_refusal = status < 500 && status != 408;
            assert_eq!(error.may_have_taken_effect, !is_refusal, "{} {status}: {error:?}", write.name);
        }
    }
}

#[test]
fn write_is_of_unknown_outcome_without_a_look() {
    for write in list_writes() {
        for status in (400..600).filter(|status| !is_special(&write, *status)) {
            let denied = vec![(403, json!({"error": {"code": "ErrorAccessDenied", "message": "m"}}))];
            let error = run(&write, &|script| script.then_error(status, "x"), &denied).unwrap_err();
            assert!(error.may_have_taken_effect, "{} {status}: {error:?}", write.name);
        }
    }
}

fn run_named(name: &str, arguments: Value, script: &Script) -> std::result::Result<Value, Error> {
    let service = service();
    let result = invoke(&connector(&service, script), name, &arguments.to_string());
    assert!(script.is_done(), "{name}: {:?}", script.lines());
    result
}

/// The object was read before, so that a 404 says that it is gone. Without that, it may never have existed.
#[test]
fn not_found_deletion_of_existing_object_is_done() {
    let uid = Uid { container: Container::from_mailbox(Mailbox::from_name(OWNER)), id: "c".to_owned() }.encode();
    let empty = |script: Script| script.then_bytes(404, &[], b"");
    let script = empty(empty(Script::new().then(200, json!({"id": "c"}))));
    run_named("delete", json!({"objectClass": "contact", "uid": uid}), &script).unwrap();
    let script = empty(empty(Script::new().then(200, json!({"id": "c", "displayName": "F"}))));
    run_named("delete", json!({"objectClass": "contactFolder", "uid": uid}), &script).unwrap();
    let script = Script::new().then_error(404, "ErrorItemNotFound");
    let error = run_named("contacts.delete", json!({"mailbox": "u", "id": "c"}), &script).unwrap_err();
    assert_eq!((error.kind, error.may_have_taken_effect), (ErrorKind::UnknownUid, true));
}

/// alcionai/corso PR 3278: a folder was made although the request failed, and the retry got 409.
#[test]
fn folder_of_failed_attempt_is_found_after_409() {
    let row = json!({"id": "f", "displayName": "friends"});
    let none = json!({"value": []});
    let some = json!({"value": [row]});
    let create = json!({"mailbox": "u", "displayName": "Friends"});
    let service = service();
    let retrying = connector::operations::connector::OperationSettings {
        retry: connector::operations::send::retry_policy::RetryPolicy { max_retries: 2, ..crate::script::PLAIN.retry },
        ..crate::script::PLAIN.clone()
    };
    let script = Script::new()
        .then(200, none.clone())
        .then_error(503, "serviceNotAvailable")
        .then(200, none.clone())
        .then_error(409, "ErrorFolderExists")
        .then(200, some.clone());
    let found = invoke(&Connector::new(&service, &script, &retrying), "folders.create", &create.to_string()).unwrap();
    assert_eq!(found["id"], "f");
    // One that exists before is another one.
    let script = Script::new().then(200, some.clone());
    let error = run_named("folders.create", create.clone(), &script).unwrap_err();
    assert_eq!((error.kind, error.may_have_taken_effect), (ErrorKind::AlreadyExists, false));
    // A first attempt with 409: somebody else may have created it in between.
    let script = Script::new().then(200, none).then_error(409, "ErrorFolderExists").then(200, some);
    let error = run_named("folders.create", create, &script).unwrap_err();
    assert_eq!((error.kind, error.may_have_taken_effect), (ErrorKind::AlreadyExists, true));
}

/// Graph responds to `PATCH` with the object, or with 204.
#[test]
fn update_without_response_body_reads_the_object() {
    let stored = |name: &str| json!({"id": "c", "changeKey": "1", "givenName": name});
    let script = Script::new().then(200, stored("Old")).then_bytes(204, &[], b"").then(200, stored("New"));
    let updated = run_named("contacts.update", json!({"mailbox": "u", "id": "c", "contact": {"givenName": "New"}}), &script);
    assert_eq!(updated.unwrap()["givenName"], "New");
    let script = Script::new().then_bytes(204, &[], b"").then(200, json!({"id": "f", "displayName": "F"}));
    let renamed = run_named("folders.rename", json!({"mailbox": "u", "id": "f", "displayName": "F"}), &script);
    assert_eq!(renamed.unwrap()["id"], "f");
}

/// The extension is created if it does not exist. A lost response to that is not created again.
#[test]
fn extension_is_created_once() {
    let put = json!({"mailbox": "u", "id": "c", "name": "com.x", "properties": {"a": 1}});
    let stored = json!({"id": "c", "extensions": [{"extensionName": "com.x", "a": 1}]});
    for status in 400..600 {
        let script = Script::new().then_error(404, "ErrorItemNotFound").then_bytes(status, &[], b"").then(200, stored.clone());
        run_named("contacts.putExtension", put.clone(), &script).unwrap_or_else(|error| panic!("{status}: {error:?}"));
        assert_eq!(script.lines().len(), 3);
    }
}

/// The condition of an update or a deletion goes with it, and a mismatch is judged by the stored revision: 412 is reported
/// without any mismatch too (davmail 491).
#[test]
fn condition_is_sent_and_mismatch_is_judged_by_revision() {
    let uid = Uid { container: Container::from_mailbox(Mailbox::from_name(OWNER)), id: "c".to_owned() }.encode();
    let stored = |revision: &str, name: &str| json!({"id": "c", "changeKey": revision, "givenName": name});
    let update = json!({"objectClass": "contact", "uid": uid, "revision": "1", "attributes": {"givenName": "New"}});
    let delete = json!({"objectClass": "contact", "uid": uid, "revision": "1"});
    for (operation, arguments) in [("update", update), ("delete", delete)] {
        for (now, kind) in [(stored("2", "Other"), ErrorKind::PreconditionFailed), (stored("1", "Old"), ErrorKind::Unavailable)] {
            let script = Script::new().then(200, stored("1", "Old")).then_error(412, "ErrorIrresolvableConflict").then(200, now);
            let error = run_named(operation, arguments.clone(), &script).unwrap_err();
            assert_eq!((error.kind, error.may_have_taken_effect), (kind, false), "{operation}");
            assert_eq!(script.header(1, "if-match"), "W/\"1\"");
        }
    }
}
