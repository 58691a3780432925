//! Personal distribution lists over scripted responses.
//!
//! The pages: <https://learn.microsoft.com/en-us/graph/api/resources/distributionlist?view=graph-rest-beta>, `distributionlist-addmembers`,
//! `distributionlist-update`, and the types `member` of the beta of June 2026 and of newer pages.

use connector::contact::Version;
use connector::error::ErrorKind;
use connector::graph::service::Service;
use connector::operations::connector::Connector;
use connector::operations::icf::filter::Filter;
use connector::operations::icf::object_class::ObjectClass::{self, DistributionList};
use connector::operations::icf::schema::build_schema;
use connector::operations::icf::search::Search;
use graph_contacts::invoke::table::{build_requests, invoke};
use protocol::allowed_requests::is_allowed;
use protocol::cloud::Cloud;
use serde_json::{Map, Value, json};

use crate::script::{PLAIN, Script};

const LISTS: &str = "/beta/users/u/distributionLists";
const SELECT: &str = "?$select=id,displayName,changeKey,createdDateTime,lastModifiedDateTime,categories,members";

fn service(version: Version) -> Service {
    Service::new(Service::GLOBAL_ENDPOINT, version).unwrap()
}

fn parse_search(filter: &str) -> Search {
    let filter = Filter::parse(filter).unwrap();
    Search {
        filter,
        attributes: Vec::new(),
        page_size: None,
        cookie: None,
        offset: 0,
        sort: Vec::new(),
        words: None,
        count: false,
    }
}

fn beta() -> Service {
    service(Version::Beta)
}

/// The list of the page "Update distributionList".
fn team() -> Value {
    json!({
        "@odata.context": "https://graph.microsoft.com/beta/$metadata#users('user-id')/distributionLists/$entity",
        "id": "AAMkAGI2THVSAAA=", "changeKey": "CQAAABYAAABG", "categories": [null], "displayName": "Project Team", "future": null,
        "members": [
            {"@odata.type": "#microsoft.graph.member", "displayName": "Adele Vance", "key": "AdeleV@contoso.com",
             "routingType": "SMTP", "recipientType": "mailbox"}
        ]
    })
}

fn run(operation: &str, arguments: &Value, responses: &[(u16, Value)]) -> (Result<Value, Value>, Vec<String>, Script) {
    let mut script = Script::new();
    for (status, body) in responses {
        script = if body.is_null() { script.then_bytes(*status, &[], b"") } else { script.then(*status, body.clone()) };
    }
    let service = beta();
    let result = invoke(&Connector::new(&service, &script, &PLAIN), operation, &arguments.to_string());
    let lines = script.lines();
    for line in &lines {
        let (method, path) = line.split_once(' ').unwrap();
        assert!(is_allowed(method, path.split('?').next().unwrap(), false), "{line}");
    }
    (result.map_err(|error| error.to_json()), lines, script)
}

/// "emailAddress" in the text of "addMembers"; `key`, `recipientType`, `contactId` in the type of June 2026; `type`, `memberId` in newer
/// pages.
#[test]
fn members_are_read_under_every_documented_name() {
    for member in [
        json!({"displayName": "Ada", "key": "ada@contoso.com", "recipientType": "contact", "contactId": "c"}),
        json!({"displayName": "Ada", "emailAddress": "ada@contoso.com", "recipientType": "contact", "contactId": "c"}),
        json!({"displayName": "Ada", "emailAddress": {"address": "ada@contoso.com", "name": "A"}, "type": "contact", "contactId": "c"}),
        json!({"@odata.type": "#microsoft.graph.member", "displayName": "Ada", "key": "ada@contoso.com", "type": "contact", "contactId": "c"}),
    ] {
        let mut list = team();
        list["members"] = json!([member, null]);
        let (result, lines, _) = run("distributionLists.get", &json!({"mailbox": "u", "id": "l"}), &[(200, list)]);
        let expected = json!([{"displayName": "Ada", "key": "ada@contoso.com", "recipientType": "contact", "contactId": "c"}]);
        let list = result.unwrap();
        assert_eq!((&list["members"], &list["categories"], list.get("future")), (&expected, &json!([]), None));
        assert_eq!(lines, [format!("GET {LISTS}/l{SELECT}")]);
    }
    let mut list = team();
    list["members"] = json!([{"key": "ada@contoso.com", "memberId": "m", "type": "unknownFutureValue", "addedLater": "x"}]);
    let (result, _, _) = run("distributionLists.list", &json!({"mailbox": "u"}), &[(200, json!({"value": [list]}))]);
    let expected = json!([{"key": "ada@contoso.com", "memberId": "m", "recipientType": "unknownFutureValue", "addedLater": "x"}]);
    assert_eq!(result.unwrap()[0]["members"], expected);
}

/// "The members property isn't returned by default. Use `$select=members`" on one page, "The members relationship ... Use
/// `$expand=members`" on another.
#[test]
fn members_are_read_as_property_or_relationship() {
    let mut without = team();
    without.as_object_mut().unwrap().remove("members");
    let (result, lines, _) =
        run("distributionLists.get", &json!({"mailbox": "u", "id": "l"}), &[(200, without.clone()), (200, team())]);
    assert_eq!(result.unwrap()["members"][0]["key"], "AdeleV@contoso.com");
    assert_eq!(lines[1], format!("GET {LISTS}/l?$expand=members"));
    let pages = [(200, json!({"value": [without]})), (200, json!({"value": [team()]}))];
    let (result, lines, _) = run("distributionLists.list", &json!({"mailbox": "u"}), &pages);
    assert_eq!(result.unwrap()[0]["members"][0]["key"], "AdeleV@contoso.com");
    assert_eq!(lines, [format!("GET {LISTS}{SELECT}"), format!("GET {LISTS}?$expand=members")]);
}

/// The page "Create distributionList" has only a name; the example of "addMembers" has `key`.
#[test]
fn new_list_gets_its_members_with_a_second_request() {
    let list = json!({"displayName": "Project Team", "members": [{"emailAddress": "MeganB@contoso.com", "type": "mailbox"}]});
    let responses = [(201, team()), (200, team()), (200, team())];
    let (result, lines, script) = run("distributionLists.create", &json!({"mailbox": "u", "list": list}), &responses);
    assert_eq!(result.unwrap()["displayName"], "Project Team");
    let encoded = "AAMkAGI2THVSAAA%3D";
    assert_eq!(
        lines,
        [format!("POST {LISTS}"), format!("POST {LISTS}/{encoded}/addMembers"), format!("GET {LISTS}/{encoded}{SELECT}")]
    );
    assert_eq!(script.body(0), json!({"displayName": "Project Team"}));
    assert_eq!(script.body(1), json!({"members": [{"key": "MeganB@contoso.com", "recipientType": "mailbox"}]}));
}

/// The pages disagree on whether `addMembers` returns the list (200) or nothing (204). A lost response is looked up.
#[test]
fn change_of_members_is_looked_up_when_its_response_is_lost() {
    let members = json!([{"key": "adelev@CONTOSO.com"}]);
    let arguments = json!({"mailbox": "u", "id": "l", "members": members});
    for response in [(200, team()), (204, Value::Null)] {
        let (result, lines, _) = run("distributionLists.addMembers", &arguments, &[response, (200, team())]);
        assert_eq!((result.unwrap()["id"].as_str(), lines.len()), (Some("AAMkAGI2THVSAAA="), 2));
    }
    let mut empty = team();
    empty["members"] = json!([]);
    for (operation, done, not_done) in
        [("distributionLists.addMembers", team(), empty.clone()), ("distributionLists.deleteMembers", empty, team())]
    {
        let lost = || Script::new().then_fault(ErrorKind::ConnectionFailed, true);
        let (service, script) = (beta(), lost().then(200, done));
        assert!(invoke(&Connector::new(&service, &script, &PLAIN), operation, &arguments.to_string()).is_ok(), "{operation}");
        let script = lost().then(200, not_done);
        let error = invoke(&Connector::new(&service, &script, &PLAIN), operation, &arguments.to_string()).unwrap_err();
        assert!(error.may_have_taken_effect && error.kind == ErrorKind::ConnectionFailed, "{error:?}");
        assert_eq!(script.lines().len(), 2, "it is not sent again");
    }
}

/// "members: This replaces the entire member list."
#[test]
fn update_sends_only_what_changes() {
    let update = |list: Value, responses: &[(u16, Value)]| {
        run("distributionLists.update", &json!({"mailbox": "u", "id": "l", "revision": "CQAAABYAAABG", "list": list}), responses)
    };
    for unchanged in [json!({}), json!({"displayName": "Project Team"}), json!({"members": [{"key": "ADELEV@contoso.com"}]})] {
        let (result, lines, _) = update(unchanged, &[(200, team())]);
        assert_eq!((result.unwrap()["displayName"].as_str(), lines.len()), (Some("Project Team"), 1));
    }
    let wanted = json!({"displayName": "Updated", "members": [{"key": "a@b.example", "recipientType": "oneOff"}]});
    let (_, lines, script) = update(wanted.clone(), &[(200, team()), (200, team()), (200, team())]);
    assert_eq!((lines[1].as_str(), script.body(1)), ("PATCH /beta/users/u/distributionLists/l", wanted));
    // "changeKey: ... used for optimistic concurrency control via the If-Match header"
    assert_eq!(script.header(1, "if-match"), "W/\"CQAAABYAAABG\"");
    let (result, lines, _) = run(
        "distributionLists.update",
        &json!({"mailbox": "u", "id": "l", "revision": "other", "list": {"displayName": "x"}}),
        &[(200, team())],
    );
    assert_eq!((result.unwrap_err()["kind"].as_str(), lines.len()), (Some("precondition-failed"), 1));
}

#[test]
fn invalid_list_is_refused_before_sending() {
    for (list, named) in [
        (json!({"displayName": " "}), "displayName"),
        (json!({"displayName": "x", "members": [{"displayName": "Ada"}]}), "members[0].key: missing"),
        (
            json!({"displayName": "x", "members": [{"key": "a@b", "recipientType": "user"}]}),
            "members[0].recipientType: expected one of contact, oneOff, mailbox, privateDL",
        ),
        (
            json!({"displayName": "x", "members": [{"key": "a@b"}, {"kay": "a@b", "key": "c@d"}]}),
            "members[1].kay: a member has no such property; did you mean key?",
        ),
        (json!({"displayName": "x", "members": [{"key": "a@b", "emailAddress": "c@d"}]}), "key has another value"),
        (json!({"displayName": "x", "members": "a@b"}), "members[0]: expected an object"),
        (json!({"displayName": "x", "changeKey": "y"}), "the service assigns it"),
        (json!({"members": []}), "displayName"),
    ] {
        let (result, lines, _) = run("distributionLists.create", &json!({"mailbox": "u", "list": list}), &[]);
        let error = result.unwrap_err();
        assert!(error["message"].as_str().unwrap().contains(named) && lines.is_empty(), "{named}: {error}");
        assert_eq!(error["kind"], "invalid-attribute-value");
    }
}

/// "This API is available in: global service". v1.0 has none of it in the reference of this project.
#[test]
fn other_versions_and_clouds_refuse_before_sending() {
    let china = Cloud::ALL.into_iter().find(|cloud| cloud.name == "china").unwrap();
    for (service, named) in [(service(Version::V1), "GRAPH_API_VERSION=beta"), (beta().with_cloud(china), "the cloud china")] {
        assert!(!ObjectClass::list_for(&service).contains(&DistributionList));
        assert_eq!(build_schema(&service).get("distributionList"), None);
        let script = Script::new();
        let connector = Connector::new(&service, &script, &PLAIN);
        let (list, members) = (json!({"displayName": "x"}), json!([{"key": "a@b"}]));
        for (operation, arguments) in [
            ("list", json!({"mailbox": "u"})),
            ("get", json!({"mailbox": "u", "id": "l"})),
            ("create", json!({"mailbox": "u", "list": list})),
            ("update", json!({"mailbox": "u", "id": "l", "list": list})),
            ("delete", json!({"mailbox": "u", "id": "l"})),
            ("addMembers", json!({"mailbox": "u", "id": "l", "members": members})),
            ("deleteMembers", json!({"mailbox": "u", "id": "l", "members": members})),
        ] {
            let (name, arguments) = (format!("distributionLists.{operation}"), arguments.to_string());
            for error in [invoke(&connector, &name, &arguments).err(), build_requests(&connector, &name, &arguments).err()] {
                let error = error.unwrap();
                assert!(error.kind == ErrorKind::Unsupported && error.message.contains(named), "{name}: {error:?}");
            }
        }
        let error = connector.search_objects(DistributionList, &parse_search("mailbox eq \"u\""), &mut |_| Ok(())).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
        assert!(script.lines().is_empty());
    }
    assert!(build_schema(&beta())["distributionList"]["properties"]["members"]["type"] == "array");
}

/// As an object of ICF: a patch of the members, a search, and a comparison with known revisions. There is no delta query.
#[test]
fn list_is_an_object_of_icf() {
    let service = beta();
    let mut stored = team();
    stored["members"][0]["addedLater"] = json!("x");
    let script = Script::new().then(200, json!({"value": [stored]}));
    let connector = Connector::new(&service, &script, &PLAIN);
    let mut found: Vec<Map<String, Value>> = Vec::new();
    let search: Search = parse_search("mailbox eq \"671fa173-ad81-41c3-89bf-af939426eee7\" and displayName sw \"Project\"");
    connector
        .search_objects(DistributionList, &search, &mut |object| {
            found.push(object);
            Ok(())
        })
        .unwrap();
    let object = &found[0];
    let uid = object["_id"].as_str().unwrap();
    assert_eq!((&object["_rev"], &object["mailbox"]), (&json!("CQAAABYAAABG"), &json!("671fa173-ad81-41c3-89bf-af939426eee7")));

    let script =
        Script::new().then(200, stored.clone()).then(200, stored.clone()).then(200, stored.clone()).then(200, stored.clone());
    let script = script.then(200, stored.clone());
    let add =
        connector::operations::icf::patch::parse(&json!([{"operation": "add", "field": "/members/-", "value": {"key": "b@c"}}]));
    Connector::new(&service, &script, &PLAIN).patch_object(DistributionList, uid, None, &add.unwrap(), None).unwrap();
    let patch = script.lines().iter().position(|line| line.starts_with("PATCH ")).unwrap();
    let kept =
        json!({"displayName": "Adele Vance", "key": "AdeleV@contoso.com", "routingType": "SMTP", "recipientType": "mailbox"});
    assert_eq!(script.body(patch), json!({"members": [kept, {"key": "b@c"}]}), "what is not known is not sent");

    let script = Script::new().then(200, json!({"value": [stored]}));
    let known = [(uid.to_owned(), "CQAAABYAAABG".to_owned()), ("gone".to_owned(), "x".to_owned())].into();
    let container = connector::graph::address::Container::from_mailbox(connector::graph::address::Mailbox::from_name(
        "671fa173-ad81-41c3-89bf-af939426eee7",
    ));
    let changes = Connector::new(&service, &script, &PLAIN).reconcile(DistributionList, &container, &known).unwrap();
    assert_eq!(changes.iter().map(|change| change.to_json()).collect::<Vec<_>>(), [json!({"uid": "gone", "deleted": true})]);
    let error = connector.sync_objects(DistributionList, &container, None).unwrap_err();
    assert!(error.kind == ErrorKind::Unsupported && error.message.contains("reconcile"));
}
