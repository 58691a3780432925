//! The WIT interfaces as a program calls them. The interface `requests` is in `requests_interface.rs`.

use graph_contacts_host::bindings::exports::graph_contacts::connector::types::{
    ChangeKind, Contact, ContactChange, ContactProperty, Container, DateTimeTimeZone, EmailAddress, EmailKind, Error, ErrorKind,
    FlagStatus, FollowupFlag, OpenExtension, Phone, PhoneKind, PostalAddress, PostalAddressKind, Selection,
    SingleValueExtendedProperty, Website, WebsiteKind,
};
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, call, connector, run};

pub fn mailbox() -> Container {
    Container { mailbox: UID.to_owned(), folders: Vec::new() }
}

/// Returns a contact without values.
pub fn empty_contact() -> Contact {
    Contact {
        id: None,
        change_key: None,
        created_date_time: None,
        last_modified_date_time: None,
        parent_folder_id: None,
        assistant_name: None,
        birthday: None,
        categories: vec![],
        children: vec![],
        company_name: None,
        department: None,
        display_name: None,
        email_addresses: vec![],
        primary_email_address: None,
        secondary_email_address: None,
        tertiary_email_address: None,
        file_as: None,
        flag: None,
        gender: None,
        generation: None,
        given_name: None,
        im_addresses: vec![],
        initials: None,
        is_favorite: None,
        job_title: None,
        manager: None,
        middle_name: None,
        nick_name: None,
        office_location: None,
        personal_notes: None,
        phones: vec![],
        postal_addresses: vec![],
        profession: None,
        spouse_name: None,
        surname: None,
        title: None,
        websites: vec![],
        wedding_anniversary: None,
        yomi_company_name: None,
        yomi_given_name: None,
        yomi_surname: None,
        single_value_extended_properties: vec![],
        multi_value_extended_properties: vec![],
        extensions: vec![],
        photo: None,
        additional: vec![],
    }
}

pub fn ada() -> Contact {
    Contact {
        given_name: Some("Ada".to_owned()),
        surname: Some("Lovelace".to_owned()),
        birthday: Some("1815-12-10".to_owned()),
        phones: [(PhoneKind::Business, "1"), (PhoneKind::Business, "2"), (PhoneKind::Home, "3"), (PhoneKind::Mobile, "4")]
            .map(|(kind, number)| Phone { kind, number: number.to_owned() })
            .to_vec(),
        postal_addresses: vec![PostalAddress {
            kind: PostalAddressKind::Home,
            street: None,
            city: Some("London".to_owned()),
            state: None,
            postal_code: None,
            country_or_region: Some("UK".to_owned()),
            post_office_box: None,
        }],
        websites: vec![Website { kind: WebsiteKind::Work, address: Some("https://ada.example".to_owned()), display_name: None }],
        categories: vec!["Friends".to_owned()],
        ..empty_contact()
    }
}

#[test]
fn contact_is_created_read_updated_listed_and_deleted() {
    run(async {
        let fixture = Fixture::start().await;
        let created = call!(fixture, graph_contacts_connector_contacts.call_create_contact(&mailbox(), &ada(), None)).unwrap();
        let id = created.id.clone().unwrap();
        assert!(created.change_key.is_some() && created.created_date_time.is_some());
        assert!(created.additional.iter().any(|(name, _)| name == "@odata.etag"));

        let read = call!(fixture, graph_contacts_connector_contacts.call_get_contact(&mailbox(), &id, None)).unwrap();
        assert_eq!(read.birthday.as_deref(), Some("1815-12-10"));
        let numbers = |kind| read.phones.iter().filter(move |phone| phone.kind == kind).map(|phone| phone.number.as_str());
        assert_eq!(numbers(PhoneKind::Business).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(numbers(PhoneKind::Home).collect::<Vec<_>>(), ["3"]);
        assert_eq!((numbers(PhoneKind::Mobile).collect::<Vec<_>>(), read.phones.len()), (vec!["4"], 4));
        assert_eq!(read.postal_addresses.len(), 1);
        assert_eq!(read.postal_addresses[0].city.as_deref(), Some("London"));
        assert_eq!(read.websites[0].address.as_deref(), Some("https://ada.example"));

        let set = Contact { surname: Some("King".to_owned()), ..empty_contact() };
        let clear = [ContactProperty::Birthday, ContactProperty::Phones, ContactProperty::PostalAddresses];
        let changed =
            call!(fixture, graph_contacts_connector_contacts.call_update_contact(&mailbox(), &id, &set, &clear)).unwrap();
        assert_eq!((changed.surname.as_deref(), changed.birthday, changed.phones.len()), (Some("King"), None, 0));
        assert!(changed.postal_addresses.iter().all(|address| address.city.is_none()), "{:?}", changed.postal_addresses);
        assert_eq!(changed.categories, ["Friends"]);
        assert_eq!(changed.display_name, created.display_name);

        let listed = call!(fixture, graph_contacts_connector_contacts.call_list_contacts(&mailbox(), None)).unwrap();
        assert_eq!(listed.len(), 1);
        call!(fixture, graph_contacts_connector_contacts.call_delete_contact(&mailbox(), &id)).unwrap();
        let error: Error = call!(fixture, graph_contacts_connector_contacts.call_delete_contact(&mailbox(), &id)).unwrap_err();
        assert_eq!(
            (error.kind, error.http_status, error.graph_code.as_deref()),
            (ErrorKind::UnknownUid, Some(404), Some("ErrorItemNotFound"))
        );
        assert!(error.request_id.is_some() && error.client_request_id.is_some());
    });
}

#[test]
fn v1_rejects_beta_properties() {
    run(async {
        let fixture = Fixture::start().await;
        let contact = Contact {
            gender: Some("f".to_owned()),
            phones: vec![Phone { kind: PhoneKind::Pager, number: "1".to_owned() }],
            ..empty_contact()
        };
        let error =
            call!(fixture, graph_contacts_connector_contacts.call_create_contact(&mailbox(), &contact, None)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidAttributeValue);
        assert_eq!(error.attributes, ["gender", "phones[0] (Pager)"]);
        assert!(fixture.sent().is_empty());
    });
}

#[test]
fn connector_interface_reads_and_updates_users() {
    run(async {
        let fixture = Fixture::start().await;
        call!(fixture, graph_contacts_connector_connector.call_test()).unwrap();
        let schema = call!(fixture, graph_contacts_connector_connector.call_schema()).unwrap();
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let documented = json!({
            "type": "array", "items": {"type": "object", "nativeType": "object"}, "nativeName": "__addContacts__",
            "nativeType": "object", "flags": ["NOT_READABLE", "NOT_RETURNED_BY_DEFAULT"],
        });
        assert_eq!(schema["user"]["properties"]["__addContacts__"], documented);

        let attributes = json!({"__addContacts__": [{"givenName": "Ada"}], "__removeContacts__": ["nonsense"]}).to_string();
        let outcomes =
            call!(fixture, graph_contacts_connector_connector.call_update("user", UID, None, &attributes, None)).unwrap();
        let seen: Vec<(&str, u32, bool)> =
            outcomes.iter().map(|outcome| (outcome.attribute.as_str(), outcome.position, outcome.error.is_none())).collect();
        assert_eq!(seen, [("__addContacts__", 0, true), ("__removeContacts__", 0, false)]);

        let names = ["contacts".to_owned()];
        let user = call!(fixture, graph_contacts_connector_connector.call_get("user", UID, &names)).unwrap();
        let user: Value = serde_json::from_str(&user).unwrap();
        assert_eq!(user["contacts"][0]["givenName"], "Ada");
        let error = call!(fixture, graph_contacts_connector_connector.call_get("group", UID, &names)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
    });
}

#[test]
fn json_interface_performs_operations() {
    run(async {
        let fixture = Fixture::start().await;
        let invoke = async |operation: &str, arguments: Value| {
            let arguments = arguments.to_string();
            let result = call!(fixture, graph_contacts_connector_json.call_invoke(operation, &arguments));
            let parse = |text: String| serde_json::from_str::<Value>(&text).unwrap();
            result.map(parse).map_err(parse)
        };
        let created = invoke("contacts.create", json!({"mailbox": UID, "contact": {"givenName": "Ada", "homePhones": ["1"]}}))
            .await
            .unwrap();
        let id = created["id"].clone();
        let changes = json!({"mailbox": UID, "id": id, "contact": {"homePhones": null, "title": "Countess"}});
        let updated = invoke("contacts.update", changes).await.unwrap();
        assert_eq!(
            (&updated["title"], &updated["homePhones"], &updated["givenName"]),
            (&json!("Countess"), &json!([]), &json!("Ada"))
        );
        assert_eq!(invoke("contacts.list", json!({"mailbox": UID})).await.unwrap()[0]["id"], id);
        assert_eq!(invoke("contacts.get", json!({"mailbox": UID, "id": id})).await.unwrap()["title"], "Countess");
        assert_eq!(invoke("contacts.delete", json!({"mailbox": UID, "id": id})).await.unwrap(), json!({}));
        assert_eq!(invoke("test", json!({})).await.unwrap(), json!({}));

        let error = invoke("contacts.get", json!({"mailbox": UID, "id": id})).await.unwrap_err();
        assert_eq!((&error["kind"], &error["httpStatus"]), (&json!("unknown-uid"), &json!(404)));
        for (operation, arguments, kind) in [
            ("contacts.fly", json!({}), "unsupported"),
            ("contacts.get", json!({"mailbox": UID}), "invalid-attribute-value"),
            ("contacts.get", json!({"mailbox": UID, "id": id, "ID": 1}), "invalid-attribute-value"),
            ("contacts.list", json!([]), "invalid-attribute-value"),
        ] {
            assert_eq!(invoke(operation, arguments).await.unwrap_err()["kind"], kind, "{operation}");
        }
    });
}

/// The records hold a whole beta contact.
#[test]
fn beta_contact_round_trips() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| settings.api_version = Some("beta".to_owned())).await;
        let utc = |date_time: &str| DateTimeTimeZone { date_time: date_time.to_owned(), time_zone: Some("UTC".to_owned()) };
        let whole = Contact {
            gender: Some("f".to_owned()),
            is_favorite: Some(true),
            wedding_anniversary: Some("1835-07-08".to_owned()),
            flag: Some(FollowupFlag {
                status: FlagStatus::Flagged,
                start: Some(utc("2026-11-21T08:00:00")),
                due: Some(utc("2026-11-22T08:00:00")),
                completed: None,
            }),
            phones: [PhoneKind::Pager, PhoneKind::Mobile, PhoneKind::Radio]
                .map(|kind| Phone { kind, number: format!("{kind:?}") })
                .to_vec(),
            email_addresses: vec![EmailAddress {
                name: Some("Ada".to_owned()),
                address: Some("ada@contoso.com".to_owned()),
                kind: EmailKind::Other,
                other_label: Some("letters".to_owned()),
            }],
            websites: vec![Website {
                kind: WebsiteKind::Blog,
                address: Some("https://b".to_owned()),
                display_name: Some("B".to_owned()),
            }],
            single_value_extended_properties: vec![SingleValueExtendedProperty {
                id: "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color".to_owned(),
                value: "Green".to_owned(),
            }],
            ..ada()
        };
        let created = call!(fixture, graph_contacts_connector_contacts.call_create_contact(&mailbox(), &whole, None)).unwrap();
        let id = created.id.unwrap();
        let selection = Selection {
            properties: vec![],
            single_value_extended_properties: vec!["String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color".to_owned()],
            multi_value_extended_properties: vec![],
            extensions: false,
        };
        let read = call!(fixture, graph_contacts_connector_contacts.call_get_contact(&mailbox(), &id, Some(&selection))).unwrap();
        let expected = [
            (PhoneKind::Pager, "PhoneKind::Pager"),
            (PhoneKind::Mobile, "PhoneKind::Mobile"),
            (PhoneKind::Radio, "PhoneKind::Radio"),
        ];
        let numbers: Vec<(PhoneKind, &str)> = read.phones.iter().map(|phone| (phone.kind, phone.number.as_str())).collect();
        assert_eq!(numbers, expected);
        assert_eq!(
            (read.gender.as_deref(), read.is_favorite, read.wedding_anniversary.as_deref()),
            (Some("f"), Some(true), Some("1835-07-08"))
        );
        assert_eq!(read.birthday.as_deref(), Some("1815-12-10"));
        assert_eq!(
            read.flag.as_ref().map(|flag| (flag.status, flag.due.as_ref().map(|due| due.date_time.get(..10)))),
            Some((FlagStatus::Flagged, Some(Some("2026-11-22"))))
        );
        let email = &read.email_addresses[0];
        assert_eq!(
            (email.kind, email.other_label.as_deref(), email.address.as_deref()),
            (EmailKind::Other, Some("letters"), Some("ada@contoso.com"))
        );
        assert_eq!((read.websites[0].kind, read.websites[0].display_name.as_deref()), (WebsiteKind::Blog, Some("B")));
        assert_eq!(read.single_value_extended_properties[0].value, "Green");

        let chosen = Selection {
            properties: vec![ContactProperty::Gender, ContactProperty::Phones],
            single_value_extended_properties: vec![],
            ..selection
        };
        let part = call!(fixture, graph_contacts_connector_contacts.call_get_contact(&mailbox(), &id, Some(&chosen))).unwrap();
        assert_eq!(
            (part.gender.as_deref(), part.phones.len(), part.given_name, part.id.as_deref()),
            (Some("f"), 3, None, Some(id.as_str()))
        );
        assert!(part.change_key.is_some());

        // An update without changes writes nothing.
        fixture.emulator.clear_requests();
        call!(fixture, graph_contacts_connector_contacts.call_update_contact(&mailbox(), &id, &read, &[])).unwrap();
        fixture.assert_nothing_written();
    });
}

#[test]
fn batch_reports_each_outcome() {
    run(async {
        let fixture = Fixture::start().await;
        let (kept, gone) = (fixture.add(json!({"givenName": "1"})), fixture.add(json!({"givenName": "2"})));
        let change = |kind, id: Option<&str>, contact: Option<Contact>| ContactChange {
            kind,
            id: id.map(str::to_owned),
            contact,
            clear: vec![],
            idempotency_key: None,
        };
        let named = |name: &str| Some(Contact { given_name: Some(name.to_owned()), ..empty_contact() });
        let changes = [
            change(ChangeKind::Delete, Some(&gone), None),
            change(ChangeKind::Create, None, named("3")),
            change(ChangeKind::Update, Some(&kept), named("4")),
            change(ChangeKind::Delete, Some(&gone), None),
        ];
        let outcomes = call!(fixture, graph_contacts_connector_contacts.call_batch(&mailbox(), &changes)).unwrap();
        let seen: Vec<(Option<&str>, Option<ErrorKind>)> = outcomes
            .iter()
            .map(|o| (o.contact.as_ref().and_then(|c| c.given_name.as_deref()), o.error.as_ref().map(|e| e.kind)))
            .collect();
        assert_eq!(seen[1..3], [(Some("3"), None), (Some("4"), None)]);
        let deleted = [seen[0].1, seen[3].1];
        assert!(
            deleted.contains(&None) && deleted.contains(&Some(ErrorKind::UnknownUid)),
            "one succeeds, in any order: {deleted:?}"
        );
        let incomplete = [change(ChangeKind::Update, None, named("5"))];
        let error = call!(fixture, graph_contacts_connector_contacts.call_batch(&mailbox(), &incomplete)).unwrap_err();
        assert_eq!(error.attributes, ["changes[0].id"]);

        let arguments =
            json!({"mailbox": UID, "changes": [{"create": {"givenName": "6"}}, {"delete": kept}, {"create": {"givenName": 7}}]});
        let refused =
            call!(fixture, graph_contacts_connector_json.call_invoke("contacts.batch", &arguments.to_string())).unwrap_err();
        assert!(refused.contains("changes[2].create.givenName"), "{refused}");
        let arguments = json!({"mailbox": UID, "changes": [{"create": {"givenName": "6"}}, {"delete": kept}]});
        let done = call!(fixture, graph_contacts_connector_json.call_invoke("contacts.batch", &arguments.to_string())).unwrap();
        let done: Value = serde_json::from_str(&done).unwrap();
        assert_eq!((&done[0]["contact"]["givenName"], &done[1]), (&json!("6"), &json!({"done": true})));
    });
}

#[test]
fn nested_folder_holds_contacts() {
    run(async {
        let fixture = Fixture::start().await;
        let outer = fixture.emulator.add_folder(UID, "contacts", "Outer").unwrap();
        let inner = fixture.emulator.add_folder(UID, &outer, "Inner").unwrap();
        let nested = Container { folders: vec![outer.clone(), inner.clone()], ..mailbox() };
        let created = call!(fixture, graph_contacts_connector_contacts.call_create_contact(&nested, &ada(), None)).unwrap();
        assert_eq!(created.parent_folder_id.as_deref(), Some(inner.as_str()));
        let count = |container: Container| {
            let fixture = &fixture;
            async move { call!(fixture, graph_contacts_connector_contacts.call_list_contacts(&container, None)).unwrap().len() }
        };
        assert_eq!(count(nested.clone()).await, 1);
        assert_eq!(count(mailbox()).await, 0);
        assert_eq!(count(Container { folders: vec![outer], ..mailbox() }).await, 0);
        call!(fixture, graph_contacts_connector_contacts.call_delete_contact(&nested, &created.id.unwrap())).unwrap();
        assert_eq!(count(nested).await, 0);
    });
}

#[test]
fn open_extension_is_created_and_read() {
    run(async {
        let fixture = Fixture::start().await;
        let extension =
            OpenExtension { name: "Com.Contoso.Referral".to_owned(), properties: json!({"dealValue": 10000}).to_string() };
        let contact = Contact { extensions: vec![extension], ..ada() };
        let id = call!(fixture, graph_contacts_connector_contacts.call_create_contact(&mailbox(), &contact, None))
            .unwrap()
            .id
            .unwrap();
        let selection = Selection {
            properties: vec![],
            single_value_extended_properties: vec![],
            multi_value_extended_properties: vec![],
            extensions: true,
        };
        let read = call!(fixture, graph_contacts_connector_contacts.call_get_contact(&mailbox(), &id, Some(&selection))).unwrap();
        let seen: Vec<(&str, Value)> =
            read.extensions.iter().map(|e| (e.name.as_str(), serde_json::from_str(&e.properties).unwrap())).collect();
        assert_eq!(seen, [("Com.Contoso.Referral", json!({"dealValue": 10000}))]);
        let without = call!(fixture, graph_contacts_connector_contacts.call_get_contact(&mailbox(), &id, None)).unwrap();
        assert!(without.extensions.is_empty());
        let wrong = Contact { extensions: vec![OpenExtension { name: "x".to_owned(), properties: "[]".to_owned() }], ..ada() };
        let error = call!(fixture, graph_contacts_connector_contacts.call_create_contact(&mailbox(), &wrong, None)).unwrap_err();
        assert_eq!(error.attributes, ["extensions"]);
    });
}

#[test]
fn connector_interface_manages_contacts() {
    run(async {
        let fixture = Fixture::start().await;
        let attributes = json!({"mailbox": UID, "givenName": "Ada"}).to_string();
        let uid = call!(fixture, graph_contacts_connector_connector.call_create("contact", &attributes, None)).unwrap();
        let names = ["givenName".to_owned()];
        let read = call!(fixture, graph_contacts_connector_connector.call_get("contact", &uid, &names)).unwrap();
        let read: Value = serde_json::from_str(&read).unwrap();
        assert_eq!((&read["_id"], &read["givenName"], read.get("mailbox")), (&json!(uid), &json!("Ada"), None));
        let revision = read["_rev"].as_str();
        let changes = json!({"givenName": "Augusta"}).to_string();
        call!(fixture, graph_contacts_connector_connector.call_update("contact", &uid, revision, &changes, None)).unwrap();
        let error = call!(fixture, graph_contacts_connector_connector.call_delete("contact", &uid, revision)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::PreconditionFailed);
        call!(fixture, graph_contacts_connector_connector.call_delete("contact", &uid, None)).unwrap();
        let error = call!(fixture, graph_contacts_connector_connector.call_delete("contact", &uid, None)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::UnknownUid);
        let error = call!(fixture, graph_contacts_connector_connector.call_create("user", &attributes, None)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
    });
}
