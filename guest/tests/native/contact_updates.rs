//! Updates and patches of a contact by what a caller was shown: nothing is dropped, kept or made up in silence.

use connector::contact::Version;
use connector::error::{ErrorKind, Result};
use connector::graph::address::{Container, Mailbox};
use connector::graph::service::Service;
use connector::operations::connector::Connector;
use connector::operations::icf::filter::Filter;
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::icf::patch;
use connector::operations::icf::search::{Search, parse_sort_keys};
use connector::operations::icf::uid::Uid;
use openidm::query;
use serde_json::{Map, Value, json};

use crate::script::{PLAIN, Script, connector, service};
use crate::stored_contact::StoredContact;

/// A connector to a service with one contact.
struct Fixture {
    service: Service,
    network: StoredContact,
}

impl Fixture {
    fn new(version: Version, stored: Value) -> Fixture {
        let mut contact = json!({"id": "AAMk", "changeKey": "key 0", "createdDateTime": "2014-10-19T23:08:24Z"});
        contact.as_object_mut().unwrap().extend(stored.as_object().unwrap().clone());
        let service = Service::new(Service::GLOBAL_ENDPOINT, version).unwrap();
        Fixture { service, network: StoredContact::new(contact.as_object().unwrap().clone(), version) }
    }

    fn connector(&self) -> Connector<'_> {
        Connector::new(&self.service, &self.network, &PLAIN)
    }

    fn uid() -> String {
        Uid { container: Container::from_mailbox(Mailbox::from_name("me")), id: "AAMk".to_owned() }.encode()
    }

    fn put(&self, body: Value) -> Result<Map<String, Value>> {
        let body = body.as_object().unwrap().clone();
        self.connector().update_object(ObjectClass::Contact, &Self::uid(), None, &body, None).map(|updated| updated.object)
    }

    fn patch(&self, operations: Value) -> Result<Map<String, Value>> {
        let operations = patch::parse(&operations)?;
        self.connector().patch_object(ObjectClass::Contact, &Self::uid(), None, &operations, None).map(|updated| updated.object)
    }
}

/// Reported: adding a phone in beta deleted another one.
#[test]
fn adding_to_list_deletes_nothing() {
    let phones = json!([
        {"type": "mobile", "number": "1"}, {"type": "mobile", "number": "2"}, {"type": "business", "number": "3"},
        {"type": "pager", "number": null}, {"type": "satellite", "number": "4"}, {"type": "home", "number": "5", "rank": 1},
    ]);
    for added in [json!({"type": "pager", "number": "6"}), json!({"type": "mobile", "number": "6"})] {
        let fixture = Fixture::new(Version::Beta, json!({"phones": phones}));
        let now = fixture.patch(json!([{"operation": "add", "field": "/phones/-", "value": added}])).unwrap();
        assert_eq!((&now["mobilePhone"], &now["businessPhones"]), (&json!("1"), &json!(["3"])));
        let mut expected = phones.as_array().unwrap()[1..].to_vec();
        expected.remove(1);
        expected[1] = json!({"type": "pager"});
        expected.push(added);
        assert_eq!(now["phones"], json!(expected));
    }
}

/// Reported: an update of the business phones deleted rows without a number and those with an unknown member.
#[test]
fn rows_that_cannot_be_shown_alone_survive_update_of_others() {
    let fixture = Fixture::new(
        Version::Beta,
        json!({"phones": [
            {"type": "pager", "number": null}, {"type": "home", "number": "5", "rank": {"x": null, "y": 1}},
            {"type": "satellite", "number": "4"}, {"type": "business", "number": "1"},
        ]}),
    );
    let now = fixture.put(json!({"businessPhones": ["2"]})).unwrap();
    assert_eq!(now["businessPhones"], json!(["2"]));
    assert_eq!(
        now["phones"],
        json!([{"type": "pager"}, {"type": "home", "number": "5", "rank": {"y": 1}}, {"type": "satellite", "number": "4"}])
    );
}

/// Reported: removing an element mixed two into one that never existed.
#[test]
fn removing_from_list_mixes_no_entries() {
    let sites = json!([{"type": "blog", "address": "a"}, {"type": "blog", "address": "b", "displayName": "B"}]);
    let addresses = json!([{"type": "unknown", "city": "a", "street": "s"}, {"type": "unknown", "city": "b", "postalCode": "1"}]);
    for (name, list) in [("websites", sites), ("postalAddresses", addresses)] {
        for position in [0, 1] {
            let fixture = Fixture::new(Version::Beta, json!({name: list}));
            let now = fixture.patch(json!([{"operation": "remove", "field": format!("/{name}/{position}")}])).unwrap();
            assert_eq!(now[name], json!([list[1 - position]]));
        }
    }
}

/// A patch replaces a structure. A PUT keeps the parts that it does not name (docs/openidm.md).
#[test]
fn patch_replaces_structures() {
    for (version, stored) in [
        (Version::V1, json!({"businessAddress": {"street": "s", "city": "c"}})),
        (Version::Beta, json!({"postalAddresses": [{"type": "business", "street": "s", "city": "c"}]})),
    ] {
        for operation in ["add", "replace"] {
            let fixture = Fixture::new(version, stored.clone());
            let operations = json!([{"operation": operation, "field": "/businessAddress", "value": {"city": "d"}}]);
            assert_eq!(fixture.patch(operations).unwrap()["businessAddress"], json!({"city": "d"}));
        }
        let fixture = Fixture::new(version, stored.clone());
        let now = fixture.patch(json!([{"operation": "remove", "field": "/businessAddress"}])).unwrap();
        assert!(
            !now.contains_key("businessAddress") && now.get("postalAddresses").is_none_or(|list| *list == json!([])),
            "{now:?}"
        );
        let now = Fixture::new(version, stored).put(json!({"businessAddress": {"city": "d"}})).unwrap();
        assert_eq!(now["businessAddress"], json!({"street": "s", "city": "d"}));
    }
    let flag = json!({"flagStatus": "flagged", "dueDateTime": {"dateTime": "2026-11-28T00:00:00", "timeZone": "UTC"}});
    let removed =
        [json!([{"operation": "remove", "field": "/flag"}]), json!([{"operation": "replace", "field": "/flag", "value": {}}])];
    for operations in removed {
        let now = Fixture::new(Version::Beta, json!({"flag": flag})).patch(operations).unwrap();
        assert_eq!(now["flag"], json!({"flagStatus": "notFlagged"}), "a null flag is refused with 500");
    }
    let now = Fixture::new(Version::Beta, json!({"flag": flag})).put(json!({"flag": {"flagStatus": "complete"}})).unwrap();
    assert_eq!((&now["flag"]["flagStatus"], &now["flag"]["dueDateTime"]), (&json!("complete"), &flag["dueDateTime"]));
}

/// Microsoft documents how MAPI properties are created and read, and not that they can be removed
/// (<https://learn.microsoft.com/en-us/graph/api/resources/extended-properties-overview>).
#[test]
fn clearing_mapi_properties_is_refused() {
    for name in ["singleValueExtendedProperties", "multiValueExtendedProperties"] {
        let fixture = Fixture::new(Version::V1, json!({}));
        let tries = [
            fixture.put(json!({name: null})),
            fixture.put(json!({name: [], "givenName": "x"})),
            fixture.patch(json!([{"operation": "remove", "field": name}])),
            fixture.patch(json!([{"operation": "replace", "field": name, "value": []}])),
            fixture.patch(json!([{"operation": "remove", "field": name, "value": [{"id": "x", "value": "y"}]}])),
        ];
        for refused in tries {
            let error = refused.unwrap_err();
            assert_eq!((error.kind, error.attributes.as_slice()), (ErrorKind::InvalidAttributeValue, &[name.to_owned()][..]));
            assert!(error.message.contains("cannot remove"), "{}", error.message);
        }
        assert_eq!(fixture.network.count_writes(), 0);
    }
}

/// As OpenIDM, which drops what is not updatable (`handleUpdate`): the caller sends back what it read before another change.
#[test]
fn stale_read_only_value_is_dropped() {
    let fixture = Fixture::new(Version::V1, json!({"givenName": "A"}));
    let mut read = fixture.connector().get_object(ObjectClass::Contact, &Fixture::uid(), &[]).unwrap();
    fixture.put(json!({"surname": "changed by another"})).unwrap();
    read.insert("givenName".to_owned(), json!("B"));
    let now = fixture.put(json!(read)).unwrap();
    assert_eq!((&now["givenName"], &now["surname"]), (&json!("B"), &json!("changed by another")));
    assert_eq!(fixture.put(json!({"changeKey": "x"})).unwrap_err().attributes, ["changeKey"], "it would do nothing");
    let operations = json!([{"operation": "replace", "field": "givenName", "value": "C"}, {"operation": "replace", "field": "_rev", "value": "x"}]);
    assert_eq!(fixture.patch(operations).unwrap_err().attributes, ["_rev"]);
    // A revision says which contact the caller means.
    let body = Map::from_iter([("givenName".to_owned(), json!("D"))]);
    let stale = fixture.connector().update_object(ObjectClass::Contact, &Fixture::uid(), Some("key 0"), &body, None);
    assert_eq!(stale.unwrap_err().kind, ErrorKind::PreconditionFailed);
}

/// microsoft-graph-docs#17598: a list cuts notes after 256 characters if they begin with a line break.
#[test]
fn cut_notes_do_not_overwrite_whole_ones() {
    let whole = format!("\r\n{}", "é".repeat(400));
    let cut: String = whole.chars().take(256).collect();
    let fixture = Fixture::new(Version::V1, json!({"personalNotes": whole, "givenName": "A"}));
    assert_eq!(fixture.put(json!({"personalNotes": cut, "givenName": "B"})).unwrap()["personalNotes"], json!(whole));
    fixture.put(json!({"personalNotes": cut})).unwrap();
    assert_eq!(fixture.network.count_writes(), 1);
    // Other notes are written, also shorter ones.
    for notes in [cut.chars().take(255).collect::<String>(), "x".repeat(256)] {
        assert_eq!(fixture.put(json!({"personalNotes": notes})).unwrap()["personalNotes"], json!(notes));
    }
}

/// What the connector does not know can be sent back, and not be changed.
#[test]
fn unknown_values_can_only_be_sent_back() {
    let stored = json!({"newProperty": {"a": 1}, "givenName": 7, "emailAddresses": [{"address": "a@b", "rank": 1}]});
    let fixture = Fixture::new(Version::V1, stored.clone());
    let mut body = stored.clone();
    body["surname"] = json!("S");
    let now = fixture.put(body).unwrap();
    for name in ["newProperty", "givenName", "emailAddresses"] {
        assert_eq!(now[name], stored[name]);
    }
    for (wrong, path) in [
        (json!({"newProperty": {"a": 2}}), "newProperty"),
        (json!({"givenName": 8}), "givenName"),
        (json!({"emailAddresses": [{"address": "a@b", "rank": 2}]}), "emailAddresses[0].rank"),
    ] {
        assert_eq!(fixture.put(wrong).unwrap_err().attributes, [path]);
    }
}

fn search(filter: &str, attributes: &[&str], sort: &str) -> Search {
    Search {
        filter: Filter::parse(filter).unwrap(),
        attributes: attributes.iter().map(|name| (*name).to_owned()).collect(),
        page_size: None,
        cookie: None,
        offset: 0,
        sort: parse_sort_keys(sort),
        words: None,
        count: false,
    }
}

/// A row has no attribute that is read on request, so that a condition on it says nothing about the object.
#[test]
fn search_by_attribute_read_on_request_is_refused() {
    for (class, name, required) in [
        (ObjectClass::Contact, "extensions", "mailbox eq \"me\" and "),
        (ObjectClass::Contact, "photoContent", "mailbox eq \"me\" and "),
        (ObjectClass::Contact, "photo", "mailbox eq \"me\" and "),
        (ObjectClass::Contact, "singleValueExtendedProperties", "mailbox eq \"me\" and "),
        (ObjectClass::User, "contacts", ""),
        (ObjectClass::OrgContact, "manager", ""),
        (ObjectClass::OrgContact, "directReports", ""),
        (ObjectClass::OrgContact, "memberOf", ""),
        (ObjectClass::OrgContact, "serviceProvisioningErrors", ""),
    ] {
        for condition in [format!("{name} pr"), format!("!({name} pr)"), format!("{name} eq \"x\"")] {
            // With the attribute among those to return, and without.
            for attributes in [&[][..], &[name], &["displayName"]] {
                let script = Script::new();
                let service = service();
                let search = search(&format!("{required}{condition}"), attributes, "");
                let error = connector(&service, &script).search_objects(class, &search, &mut |_| Ok(())).unwrap_err();
                assert_eq!((error.kind, error.attributes.as_slice()), (ErrorKind::InvalidAttributeValue, &[name.to_owned()][..]));
                assert!(script.lines().is_empty());
            }
        }
        let (script, service) = (Script::new(), service());
        let sorted = search(&format!("{required}true"), &[], name);
        let error = connector(&service, &script).search_objects(class, &sorted, &mut |_| Ok(())).unwrap_err();
        assert_eq!(error.attributes, [name]);
    }
}

/// Lists of operations, values, conditions and keys are counted before anything is done with them.
#[test]
fn requests_are_counted_before_they_are_carried_out() {
    let operations = |count: usize| Value::Array(vec![json!({"operation": "nonsense"}); count]);
    let message = |body: &Value| patch::parse(body).unwrap_err().message;
    assert!(message(&operations(1001)).ends_with("expected at most 1000 operations, found 1001"));
    let values = json!([{"operation": "add", "field": "categories", "value": vec!["x"; 199_000]}]);
    assert!(message(&values).ends_with("operation 0: expected at most 1000 values, found 199000"));
    let growing: Vec<Value> = vec![json!({"operation": "add", "field": "categories/0", "value": vec!["x"; 600]}); 2];
    let error = Fixture::new(Version::V1, json!({})).patch(json!(growing)).unwrap_err();
    assert_eq!(error.message, "categories: expected at most 1000 values, found 1200");

    let wide = format!("mailbox eq \"me\" and ({})", vec!["title pr"; 1000].join(" or "));
    let (script, service) = (Script::new(), service());
    let search = search(&wide, &[], "");
    let error = connector(&service, &script).search_objects(ObjectClass::Contact, &search, &mut |_| Ok(())).unwrap_err();
    assert_eq!(error.message, "_queryFilter: expected at most 1000 conditions, found 1001");

    assert_eq!(
        parse_sort_keys(&"surname,-surname,+title,".repeat(10_000)),
        [("surname".to_owned(), false), ("title".to_owned(), false)]
    );
    let parameters = query::parse(&format!("_fields={}", "surname,".repeat(10_000))).unwrap();
    assert_eq!(query::parse_fields(&parameters).unwrap().names(), ["surname", "*"]);
    let many = (0..1001).map(|number| format!("a{number}")).collect::<Vec<_>>().join(",");
    assert!(query::parse_fields(&query::parse(&format!("_fields={many}")).unwrap()).is_err());
}

/// CREST writes `_id` and `_rev` whatever the caller selects (`RequestRunner`).
#[test]
fn selected_fields_include_revision() {
    let parameters = query::parse("_fields=surname").unwrap();
    let object = json!({"_id": "i", "_rev": "r", "surname": "s", "title": "t"});
    let shown = query::parse_fields(&parameters).unwrap().filter(object.as_object().unwrap().clone());
    assert_eq!(Value::Object(shown), json!({"_id": "i", "_rev": "r", "surname": "s"}));
}
