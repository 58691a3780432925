//! Users without a mailbox, and mailboxes that cannot be read, where the contacts of users are requested.
//!
//! The codes are reported: microsoft-graph-docs-contrib#6519 (on premises), #405 (guests), #4340 (two codes for one account),
//! msgraph-sdk-javascript#1756, and <https://learn.microsoft.com/en-us/graph/known-issues> (`ErrorNonExistentMailbox`).

use connector::error::ErrorKind;
use serde_json::{Value, json};

use crate::openidm::TestRequest;
use crate::script::{Script, connector, graph_error, service};

const UID: &str = "671fa173-ad81-41c3-89bf-af939426eee7";
const QUERY: &str = "/openidm/system/azuread/user?_queryFilter=true&_fields=_id,contacts";

/// The responses that say that a user exists and has no mailbox.
fn no_mailbox() -> Vec<(u16, Value)> {
    let inner =
        json!({"error": {"code": "ErrorAccessDenied", "message": "m", "innerError": {"code": "MailboxNotEnabledForRESTAPI"}}});
    vec![
        (404, graph_error("MailboxNotEnabledForRESTAPI")),
        (404, graph_error("mailboxNotEnabledForRestApi")),
        (404, graph_error("MailboxNotSupportedForRESTAPI")),
        (404, graph_error("MailboxNotHostedInExchangeOnline")),
        (400, graph_error("MailboxNotHostedInExchangeOnline")),
        (404, graph_error("ErrorNonExistentMailbox")),
        (401, graph_error("MailboxNotEnabledForRESTAPI")),
        (403, inner),
    ]
}

fn read(script: Script) -> (u16, Value) {
    let (head, body) = TestRequest::get(&format!("/openidm/system/azuread/user/{UID}?_fields=_id,contacts")).send(&script);
    assert!(script.is_done(), "{:?}", script.lines());
    (head.status.as_u16(), body)
}

#[test]
fn user_without_mailbox_has_no_contacts() {
    for (status, error) in no_mailbox() {
        assert_eq!(
            read(Script::new().then(status, error.clone())),
            (200, json!({"_id": UID, "contacts": []})),
            "{status} {error}"
        );
        let script = Script::new().then(status, error);
        let user = connector(&service(), &script).get_user(UID, &["contacts"]).unwrap();
        assert_eq!(user["contacts"], json!([]));
    }
}

/// Some codes say only that the user or the mailbox does not exist. Then the directory decides.
#[test]
fn directory_tells_users_without_mailbox_from_unknown_users() {
    for code in ["ResourceNotFound", "ErrorInvalidUser", ""] {
        let start = || match code {
            "" => Script::new().then_bytes(404, &[], b""),
            code => Script::new().then_error(404, code),
        };
        assert_eq!(read(start().then(200, json!({"id": UID}))), (200, json!({"_id": UID, "contacts": []})), "{code}");
        let (status, body) = read(start().then_error(404, "Request_ResourceNotFound"));
        assert_eq!((status, &body["detail"]["graphCode"]), (404, &json!("Request_ResourceNotFound")), "{code}");
        // Without the permission to read users, the first response says more.
        let (status, body) = read(start().then_error(403, "Authorization_RequestDenied"));
        assert_eq!((status, &body["detail"]["httpStatus"]), (404, &json!(404)), "{code}");
    }
    let (status, _) = read(Script::new().then_error(404, "Request_ResourceNotFound"));
    assert_eq!(status, 404, "the directory has said so already");
}

fn users(count: usize) -> Script {
    let users: Vec<Value> = (0..count).map(|number| json!({"id": format!("u{number}")})).collect();
    Script::new().then(200, json!({"value": users}))
}

fn contacts() -> Value {
    json!({"value": [{"id": "c", "givenName": "Ada"}]})
}

#[test]
fn query_goes_on_past_users_without_mailbox() {
    let mut codes = no_mailbox();
    codes.extend([(404, graph_error("ResourceNotFound")), (404, graph_error("ErrorInvalidUser"))]);
    for (status, error) in codes {
        let script = || users(3).then(200, contacts()).then(status, error.clone()).then(200, contacts());
        let (head, body) = TestRequest::get(QUERY).send(&script());
        assert_eq!(head.status, 200);
        let (ada, none) = (json!([{"id": "c", "givenName": "Ada"}]), json!([]));
        let expected = json!([{"_id": "u0", "contacts": ada}, {"_id": "u1", "contacts": none}, {"_id": "u2", "contacts": ada}]);
        assert_eq!((&body["result"], &body["resultCount"], body.get("error")), (&expected, &json!(3), None), "{status} {error}");

        let arguments = json!({"objectClass": "user", "filter": "true", "attributesToGet": ["contacts"]});
        let found = graph_contacts::invoke::table::invoke(&connector(&service(), &script()), "search", &arguments.to_string());
        assert_eq!(found.unwrap()["objects"], expected, "{status} {error}");
    }
}

/// A user that is deleted between the list and the read is omitted.
#[test]
fn query_omits_user_that_was_deleted_meanwhile() {
    let script = users(3).then(200, contacts()).then_error(404, "Request_ResourceNotFound").then(200, json!({"value": []}));
    let (_, body) = TestRequest::get(QUERY).send(&script);
    assert_eq!((&body["result"][1], &body["resultCount"]), (&json!({"_id": "u2", "contacts": []}), &json!(2)), "{body}");
    let query = "/openidm/system/azuread/user?_queryFilter=_id+eq+%22u%22&_fields=contacts";
    let (_, body) =
        TestRequest::get(query).send(&Script::new().then(200, json!({"id": "u"})).then_error(404, "Request_ResourceNotFound"));
    assert_eq!((&body["result"], body.get("error")), (&json!([]), None), "{body}");
}

/// Contacts that the application may not read are there: without them, a reconciliation would delete the copies. So it is an error
/// that names the user, and not an empty list.
#[test]
fn mailbox_without_access_ends_query_with_its_user() {
    let (head, body) = TestRequest::get(QUERY).send(&users(2).then_error(403, "ErrorAccessDenied"));
    assert_eq!(head.status, 403);
    assert!(body["message"].as_str().unwrap().contains("the contacts of the user u0 cannot be read"), "{body}");
    let (head, body) = TestRequest::get(QUERY).send(&users(2).then(200, contacts()).then_error(403, "ErrorAccessDenied"));
    assert_eq!((head.status.as_u16(), &body["resultCount"], &body["error"]["code"]), (200, &json!(1), &json!(403)), "{body}");
    assert!(body["error"]["message"].as_str().unwrap().contains("user u1"), "{body}");
}

/// A user's contacts are whole or not there.
#[test]
fn failure_within_contacts_of_user_fails_query() {
    let link = "https://graph.microsoft.com/v1.0/users/u1/contacts?$skip=1";
    let first = json!({"value": [{"id": "c"}], "@odata.nextLink": link});
    let script = users(2).then(200, contacts()).then(200, first).then_error(500, "InternalServerError");
    let (head, body) = TestRequest::get(QUERY).send(&script);
    assert_eq!(head.status, 503, "{body}");
}

fn sync(target: &str, body: &str, script: &Script) -> (u16, Value) {
    let (head, body) = TestRequest::new("POST", target).bytes(body.as_bytes()).send(script);
    (head.status.as_u16(), body)
}

fn delta_page() -> Script {
    let link = "https://graph.microsoft.com/v1.0/users/671fa173-ad81-41c3-89bf-af939426eee7/contacts/delta?$deltatoken=t";
    Script::new().then(200, json!({"value": [{"id": "c"}], "@odata.deltaLink": link}))
}

/// `SystemObjectSetService` of OpenIDM: the action of the system names the object class in `source`. Its `Id` takes the source with
/// `system/` and without.
#[test]
fn live_sync_of_the_system_names_its_source() {
    for target in [
        "/openidm/system?_action=liveSync&source=system/azuread/contact&mailbox=671fa173-ad81-41c3-89bf-af939426eee7",
        "/openidm/system?_action=LIVESYNC&source=azuread/contact&mailbox=671fa173-ad81-41c3-89bf-af939426eee7&detailedFailure=true",
        "/openidm/system?_action=activeSync&source=system%2Fazuread%2Fcontact&mailbox=671fa173-ad81-41c3-89bf-af939426eee7",
        "/openidm/system/azuread?_action=liveSync&source=system/azuread/contact&mailbox=671fa173-ad81-41c3-89bf-af939426eee7",
        "/openidm/system?_action=liveSync&source=system/azuread/contact/671fa173-ad81-41c3-89bf-af939426eee7",
        "/openidm/system/azuread/contact?_action=liveSync&mailbox=671fa173-ad81-41c3-89bf-af939426eee7",
    ] {
        let script = delta_page();
        let (status, state) = sync(target, "", &script);
        assert_eq!((status, &state["changes"], &state["more"]), (200, &json!([]), &json!(false)), "{target}: {state}");
        let script = delta_page();
        let (status, changed) = sync(target, &state.to_string(), &script);
        assert_eq!((status, &changed["changes"][0]["object"]["id"]), (200, &json!("c")), "{target}: {changed}");
        assert_eq!(script.lines(), ["GET /v1.0/users/671fa173-ad81-41c3-89bf-af939426eee7/contacts/delta?$deltatoken=t"]);
    }
    for (target, status, part) in [
        ("/openidm/system?_action=liveSync", 400, "source"),
        ("/openidm/system?_action=liveSync&source=", 400, "source"),
        ("/openidm/system?_action=liveSync&source=azuread", 400, "Invalid number of tokens"),
        ("/openidm/system?_action=liveSync&source=system/azuread/contact", 400, "mailbox"),
        (
            "/openidm/system?_action=liveSync&source=system/other/contact&mailbox=671fa173-ad81-41c3-89bf-af939426eee7",
            404,
            "system/other",
        ),
        (
            "/openidm/system/other?_action=liveSync&source=system/azuread/contact&mailbox=671fa173-ad81-41c3-89bf-af939426eee7",
            404,
            "system/other",
        ),
        (
            "/openidm/system/azuread?_action=liveSync&source=system/other/contact&mailbox=671fa173-ad81-41c3-89bf-af939426eee7",
            404,
            "system/other",
        ),
        (
            "/openidm/system?_action=liveSync&source=system/azuread/nothing&mailbox=671fa173-ad81-41c3-89bf-af939426eee7",
            404,
            "nothing",
        ),
        ("/openidm/system?_action=liveSync&source=system/azuread/user", 501, "user"),
    ] {
        let (actual, message) = TestRequest::new("POST", target).refused();
        assert_eq!(actual, status, "{target}: {message}");
        assert!(message.contains(part), "{target}: {message}");
    }
}

/// OpenIDM takes a state without `connectorData` for the first one (`OpenICFProvisionerService.liveSynchronize`). Null is none.
#[test]
fn state_without_token_is_the_first() {
    let target = "/openidm/system/azuread/contact?_action=liveSync&mailbox=671fa173-ad81-41c3-89bf-af939426eee7";
    for body in [
        "",
        "null",
        "{}",
        "{\"connectorData\": null}",
        "{\"connectorData\": {\"nativeType\": \"string\", \"syncToken\": null}}",
        "{\"_id\": \"SYSTEMAZUREADCONTACT\", \"_rev\": \"0\", \"lastException\": null}",
    ] {
        let (status, state) = sync(target, body, &delta_page());
        assert_eq!((status, &state["changes"]), (200, &json!([])), "{body}: {state}");
        assert!(state["connectorData"]["syncToken"].is_string(), "{body}: {state}");
    }
    // What is no token is not taken for the first call: changes would be lost.
    for data in ["{}", "{\"syncToken\": \"\"}", "{\"syncToken\": 1}", "{\"syncToken\": {}}", "\"token\"", "[]", "1", "true"] {
        let request = TestRequest::new("POST", target).bytes(format!("{{\"connectorData\": {data}}}").as_bytes());
        assert_eq!(request.refused().0, 400, "{data}");
    }
}

#[test]
fn missing_mailbox_has_its_kind_whatever_the_status() {
    for (status, error) in no_mailbox() {
        let script = Script::new().then(status, error);
        let container = connector::graph::address::Container::from_mailbox(connector::graph::address::Mailbox::from_name("u"));
        let listed = connector(&service(), &script).list_contacts(&container, &Default::default(), |_| Ok(()));
        let error = listed.unwrap_err();
        assert!(error.is_without_mailbox() && error.kind == ErrorKind::UnknownUid, "{error:?}");
        assert!(error.message.contains("mailbox"), "{error:?}");
    }
}
