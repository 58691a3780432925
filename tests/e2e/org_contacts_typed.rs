//! The WIT interface `org-contacts`, against the emulator's directory, in v1.0 and beta.

use graph_contacts_host::bindings::exports::graph_contacts::connector::types::{
    ErrorKind, OrgContact, OrgContactProperty, OrgContactQuery, Phone, PhoneKind, PhysicalOfficeAddress,
};
use graph_emulator::{Removal, SyncStateError};
use serde_json::json;

use crate::fixture::{Fixture, UID, call, connector, invoke, run};

const ERIC: &str = "25caf6a2-d5cb-470d-8940-20ba795ef62d";
const NICOLE: &str = "4562bcc8-c436-4f95-b7c0-4f8ce89dca5e";
const SALES: &str = "f448435d-3ca7-4073-8152-a1fd73c0fd09";
const EVERYONE: &str = "93670da6-d731-4366-94b5-abed40b6016b";
const NOBODY: &str = "00000000-0000-0000-0000-000000000001";

/// Starts a fixture with three contacts. Eric, from the page "List orgContacts", reports to a user, and is a member of Sales,
/// which is a member of Everyone. Nicole reports to Eric. Adam is in no group.
async fn company(version: &str) -> Fixture {
    let fixture = Fixture::with(connector(), |settings| settings.api_version = Some(version.to_owned())).await;
    let emulator = &fixture.emulator;
    for contact in [
        json!({
            "id": ERIC, "companyName": "Contoso", "department": "Marketing", "displayName": "Eric S", "givenName": "Eric",
            "jobTitle": "Accountant", "mail": "erics@contoso.com", "mailNickname": "erics", "surname": "Solomon",
            "addresses": [{
                "city": "MyCity", "countryOrRegion": "United States", "officeLocation": "Room 1", "postalCode": "98000", "state": "WA",
                "street": "Contoso Way"
            }],
            "phones": [{"number": "111-1111", "type": "businessFax"}, {"number": "222", "type": "mobile"}],
            "proxyAddresses": ["SMTP:erics@contoso.com", "smtp:eric@contoso.com"],
        }),
        json!({
            "id": NICOLE, "displayName": "Nicole Wagner", "companyName": "Contoso", "onPremisesSyncEnabled": true,
            "onPremisesLastSyncDateTime": "2026-11-01T10:00:00Z",
            "onPremisesProvisioningErrors": [{
                "category": "PropertyConflict", "propertyCausingError": "ProxyAddresses", "value": "x",
                "occurredDateTime": "2026-11-01T10:00:00Z"
            }],
            "serviceProvisioningErrors": [{
                "@odata.type": "#microsoft.graph.serviceProvisioningXmlError", "createdDateTime": "2026-11-01T10:00:00Z",
                "isResolved": false, "serviceInstance": "exchange/ngb-123", "errorDetail": "<Error/>"
            }],
        }),
        json!({"displayName": "Adam Walter", "companyName": "contoso"}),
    ] {
        emulator.add_org_contact(&contact).unwrap();
    }
    emulator.add_group(&json!({"id": SALES, "displayName": "Sales"})).unwrap();
    emulator.add_group(&json!({"id": EVERYONE, "displayName": "Everyone"})).unwrap();
    emulator.add_member(SALES, ERIC).unwrap();
    emulator.add_member(EVERYONE, SALES).unwrap();
    emulator.set_manager(ERIC, UID).unwrap();
    emulator.set_manager(NICOLE, ERIC).unwrap();
    fixture
}

fn default_query() -> OrgContactQuery {
    OrgContactQuery { filter: None, search: None, order_by: vec![], page_size: None, cookie: None, count: false }
}

fn empty_contact() -> OrgContact {
    OrgContact {
        id: None,
        deleted_date_time: None,
        addresses: vec![],
        company_name: None,
        department: None,
        display_name: None,
        given_name: None,
        job_title: None,
        mail: None,
        mail_nickname: None,
        on_premises_last_sync_date_time: None,
        on_premises_provisioning_errors: vec![],
        on_premises_sync_enabled: None,
        phones: vec![],
        proxy_addresses: vec![],
        service_provisioning_errors: vec![],
        surname: None,
        additional: vec![],
    }
}

#[test]
fn get_returns_every_property() {
    run(async {
        for version in ["v1.0", "beta"] {
            let fixture = company(version).await;
            let eric = call!(fixture, graph_contacts_connector_org_contacts.call_get_org_contact(ERIC)).unwrap();
            let texts = [&eric.id, &eric.company_name, &eric.department, &eric.display_name, &eric.given_name, &eric.job_title];
            let texts =
                texts.into_iter().chain([&eric.mail, &eric.mail_nickname, &eric.surname]).map(|text| text.as_deref().unwrap());
            let expected =
                [ERIC, "Contoso", "Marketing", "Eric S", "Eric", "Accountant", "erics@contoso.com", "erics", "Solomon"];
            assert_eq!(texts.collect::<Vec<_>>(), expected);
            let address = &eric.addresses[0];
            let parts = [&address.street, &address.city, &address.state, &address.postal_code, &address.country_or_region];
            let parts = parts.into_iter().chain([&address.office_location]).map(|part| part.as_deref().unwrap());
            assert_eq!(parts.collect::<Vec<_>>(), ["Contoso Way", "MyCity", "WA", "98000", "United States", "Room 1"]);
            let phones: Vec<(PhoneKind, &str)> = eric.phones.iter().map(|phone| (phone.kind, phone.number.as_str())).collect();
            assert_eq!(phones, [(PhoneKind::BusinessFax, "111-1111"), (PhoneKind::Mobile, "222")]);
            assert_eq!(eric.proxy_addresses, ["SMTP:erics@contoso.com", "smtp:eric@contoso.com"]);
            assert_eq!((eric.on_premises_sync_enabled, eric.deleted_date_time), (None, None));

            let nicole = call!(fixture, graph_contacts_connector_org_contacts.call_get_org_contact(NICOLE)).unwrap();
            assert_eq!(nicole.on_premises_sync_enabled, Some(true));
            assert_eq!(nicole.on_premises_last_sync_date_time.as_deref(), Some("2026-11-01T10:00:00Z"));
            let conflict = &nicole.on_premises_provisioning_errors[0];
            let details = [&conflict.category, &conflict.property_causing_error, &conflict.value, &conflict.occurred_date_time];
            let details: Vec<&str> = details.into_iter().map(|part| part.as_deref().unwrap()).collect();
            assert_eq!(details, ["PropertyConflict", "ProxyAddresses", "x", "2026-11-01T10:00:00Z"]);
            let failed = &nicole.service_provisioning_errors[0];
            assert_eq!((failed.is_resolved, failed.error_detail.as_deref()), (Some(false), Some("<Error/>")));
            // Properties without a field of the record are in `additional`.
            let names: Vec<&str> = nicole.additional.iter().map(|(name, _)| name.as_str()).collect();
            assert!(
                names.contains(&"@odata.context") && names.contains(&"serviceProvisioningErrors[0].@odata.type"),
                "{names:?}"
            );

            let missing = call!(fixture, graph_contacts_connector_org_contacts.call_get_org_contact(UID)).unwrap_err();
            assert_eq!(
                (missing.kind, missing.http_status),
                (ErrorKind::UnknownUid, Some(404)),
                "a user is not an organizational contact"
            );
        }
    });
}

#[test]
fn list_applies_query_options() {
    run(async {
        for version in ["v1.0", "beta"] {
            let fixture = company(version).await;
            let list = async |query: OrgContactQuery| {
                let page = call!(fixture, graph_contacts_connector_org_contacts.call_list_org_contacts(&query)).unwrap();
                let names: Vec<String> = page.contacts.into_iter().map(|contact| contact.display_name.unwrap()).collect();
                (names, page.count, page.cookie)
            };
            let ordered = || OrgContactQuery { order_by: vec!["displayName".to_owned()], count: true, ..default_query() };
            let names = ["Adam Walter", "Eric S", "Nicole Wagner"].map(str::to_owned).to_vec();
            assert_eq!(list(ordered()).await, (names.clone(), Some(3), None));
            let descending = OrgContactQuery { order_by: vec!["-displayName".to_owned()], ..default_query() };
            assert_eq!(list(descending).await, (names.iter().rev().cloned().collect(), None, None));

            let filtered = |filter: &str| OrgContactQuery { filter: Some(filter.to_owned()), ..ordered() };
            for (filter, found, count) in [
                // The directory compares without regard to case, so its count differs.
                ("companyName eq \"Contoso\"", &names[1..], 3),
                ("onPremisesSyncEnabled eq true", &names[2..], 1),
                ("proxyAddresses sw \"smtp:eric@\"", &names[1..2], 1),
                ("mail sw \"erics\" and !(jobTitle eq \"x\")", &names[1..2], 1),
                ("displayName co \"Wa\"", &[names[0].clone(), names[2].clone()], 3),
            ] {
                assert_eq!(list(filtered(filter)).await, (found.to_vec(), Some(count), None), "{filter}");
            }

            // "displayName:wa" finds Nicole Wagner on the page "List orgContacts".
            let search = |words: &str| OrgContactQuery { search: Some(words.to_owned()), ..ordered() };
            assert_eq!(list(search("wa")).await, (vec![names[0].clone(), names[2].clone()], Some(2), None));
            assert_eq!(list(search("wagner nicole")).await.0, ["Nicole Wagner"]);
            assert_eq!(list(search("\"a\\b\" & c")).await.0, [""; 0]);
            let both = OrgContactQuery { filter: Some("onPremisesSyncEnabled eq true".to_owned()), ..search("wa") };
            assert_eq!(list(both).await, (vec![names[2].clone()], Some(1), None));

            let (first, count, cookie) = list(OrgContactQuery { page_size: Some(2), ..ordered() }).await;
            assert_eq!((first, count), (names[..2].to_vec(), Some(3)));
            let (rest, _, cookie) = list(OrgContactQuery { page_size: Some(2), cookie, ..ordered() }).await;
            assert_eq!((rest, cookie), (names[2..].to_vec(), None));

            let wrong = filtered("nope eq \"x\"");
            let error = call!(fixture, graph_contacts_connector_org_contacts.call_list_org_contacts(&wrong)).unwrap_err();
            assert_eq!((error.kind, error.attributes), (ErrorKind::InvalidAttributeValue, vec!["nope".to_owned()]));
        }
    });
}

#[test]
fn relationships_are_listed() {
    run(async {
        for version in ["v1.0", "beta"] {
            let fixture = company(version).await;
            let manager = async |id| call!(fixture, graph_contacts_connector_org_contacts.call_get_manager(id));
            let boss = manager(ERIC).await.unwrap().unwrap();
            assert_eq!((boss.id.as_str(), boss.type_name.as_str()), (UID, "user"));
            let eric = manager(NICOLE).await.unwrap().unwrap();
            assert_eq!((eric.type_name.as_str(), eric.display_name.as_deref()), ("orgContact", Some("Eric S")));
            let free = fixture.emulator.add_org_contact(&json!({"displayName": "Free"})).unwrap();
            assert!(manager(&free).await.unwrap().is_none());
            assert_eq!(manager(NOBODY).await.unwrap_err().kind, ErrorKind::UnknownUid);

            let reports = call!(fixture, graph_contacts_connector_org_contacts.call_list_direct_reports(ERIC)).unwrap();
            assert_eq!(reports.iter().map(|report| report.id.as_str()).collect::<Vec<_>>(), [NICOLE]);
            let groups = call!(fixture, graph_contacts_connector_org_contacts.call_list_member_of(ERIC)).unwrap();
            let listed: Vec<(&str, Option<&str>)> =
                groups.iter().map(|group| (group.type_name.as_str(), group.display_name.as_deref())).collect();
            assert_eq!(listed, [("group", Some("Sales"))]);
            let groups = call!(fixture, graph_contacts_connector_org_contacts.call_list_transitive_member_of(ERIC)).unwrap();
            assert_eq!(groups.len(), 2);
            let error = call!(fixture, graph_contacts_connector_org_contacts.call_list_member_of(NOBODY)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::UnknownUid);

            let groups = call!(fixture, graph_contacts_connector_org_contacts.call_get_member_groups(ERIC)).unwrap();
            assert_eq!(groups, [SALES, EVERYONE]);
            let requested = [EVERYONE, NOBODY].map(str::to_owned);
            let groups =
                call!(fixture, graph_contacts_connector_org_contacts.call_check_member_groups(ERIC, &requested)).unwrap();
            assert_eq!(groups, [EVERYONE]);
            let many = vec![SALES.to_owned(); 21];
            let error = call!(fixture, graph_contacts_connector_org_contacts.call_check_member_groups(ERIC, &many)).unwrap_err();
            assert_eq!((error.kind, error.http_status), (ErrorKind::InvalidAttributeValue, None), "nothing is sent");

            let ids = [NICOLE, SALES, UID, NOBODY, ERIC].map(str::to_owned);
            let contacts = call!(fixture, graph_contacts_connector_org_contacts.call_get_by_ids(&ids)).unwrap();
            let mut found: Vec<String> = contacts.into_iter().map(|contact| contact.id.unwrap()).collect();
            found.sort();
            assert_eq!(found, [ERIC, NICOLE], "only contacts");
        }
    });
}

/// In v1.0 the directory rejects every change. Microsoft has announced changes of cloud-only contacts; beta allows them.
#[test]
fn update_and_delete_need_writable_directory() {
    run(async {
        for version in ["v1.0", "beta"] {
            let fixture = company(version).await;
            let update = async |id, set: &OrgContact, clear: &[OrgContactProperty]| {
                call!(fixture, graph_contacts_connector_org_contacts.call_update_org_contact(id, set, clear))
            };
            let set = OrgContact {
                surname: Some("Salomon".to_owned()),
                phones: vec![Phone { kind: PhoneKind::Business, number: "3".to_owned() }],
                addresses: vec![PhysicalOfficeAddress {
                    street: None,
                    city: Some("Seattle".to_owned()),
                    state: None,
                    postal_code: None,
                    country_or_region: None,
                    office_location: None,
                }],
                ..empty_contact()
            };
            if version == "v1.0" {
                let refused = update(ERIC, &set, &[]).await.unwrap_err();
                assert_eq!(
                    (refused.kind, refused.graph_code.as_deref()),
                    (ErrorKind::InvalidAttributeValue, Some("Request_BadRequest"))
                );
                fixture.emulator.set_org_contacts_writable(true);
            }
            let changed = update(ERIC, &set, &[OrgContactProperty::JobTitle, OrgContactProperty::MailNickname]).await.unwrap();
            assert_eq!((changed.surname.as_deref(), changed.job_title, changed.mail_nickname), (Some("Salomon"), None, None));
            assert_eq!((changed.phones.len(), changed.phones[0].kind), (1, PhoneKind::Business));
            assert_eq!((changed.addresses[0].city.as_deref(), &changed.addresses[0].street), (Some("Seattle"), &None));
            assert_eq!(changed.given_name.as_deref(), Some("Eric"), "an attribute that is not named is kept");
            let changed =
                update(ERIC, &empty_contact(), &[OrgContactProperty::Phones, OrgContactProperty::Addresses]).await.unwrap();
            assert!(changed.phones.is_empty() && changed.addresses.is_empty(), "{changed:?}");

            // A contact can be sent back as it was read; nothing is written.
            fixture.emulator.clear_requests();
            update(ERIC, &changed, &[]).await.unwrap();
            fixture.assert_nothing_written();
            let other = OrgContact { id: Some(NICOLE.to_owned()), proxy_addresses: vec!["smtp:x".to_owned()], ..empty_contact() };
            let refused = update(ERIC, &other, &[]).await.unwrap_err();
            assert_eq!(
                (refused.kind, refused.attributes),
                (ErrorKind::InvalidAttributeValue, vec!["id".into(), "proxyAddresses".into()])
            );
            assert_eq!(
                update(NICOLE, &set, &[]).await.unwrap_err().kind,
                ErrorKind::PermissionDenied,
                "the contact is synchronized"
            );

            let delete = async |id| call!(fixture, graph_contacts_connector_org_contacts.call_delete_org_contact(id));
            assert_eq!(delete(NICOLE).await.unwrap_err().kind, ErrorKind::PermissionDenied);
            fixture.assert_nothing_written();
            delete(ERIC).await.unwrap();
            assert_eq!(delete(ERIC).await.unwrap_err().kind, ErrorKind::UnknownUid);

            let error = invoke(&fixture, "orgContacts.create", json!({"contact": {"displayName": "x"}})).await.unwrap_err();
            assert_eq!(error["kind"], "unsupported");
            assert!(error["message"].as_str().unwrap().contains("creates no organizational contacts"), "{error}");
        }
    });
}

#[test]
fn delta_returns_changes() {
    run(async {
        for version in ["v1.0", "beta"] {
            let fixture = company(version).await;
            let delta = async |token: Option<&str>| call!(fixture, graph_contacts_connector_org_contacts.call_delta(token));
            // To the end of a round: a page may be empty, or repeat a row.
            let read = async |token: Option<&str>| {
                let mut page = delta(token).await.unwrap();
                let mut changes = std::mem::take(&mut page.changes);
                while page.more {
                    page = delta(Some(&page.token)).await.unwrap();
                    for change in std::mem::take(&mut page.changes) {
                        if !changes.iter().any(|known| known.id == change.id) {
                            changes.push(change);
                        }
                    }
                }
                page.changes = changes;
                page
            };
            let first = read(None).await;
            assert_eq!(first.changes.len(), 3);
            fixture.emulator.change_object(ERIC, &json!({"jobTitle": "Chief"})).unwrap();
            fixture.emulator.remove_object(NICOLE, Removal::Deleted).unwrap();
            let next = read(Some(&first.token)).await;
            let changes: Vec<(&str, Option<&str>)> = next
                .changes
                .iter()
                .map(|change| (change.id.as_str(), change.contact.as_ref().map(|contact| contact.job_title.as_deref().unwrap())))
                .collect();
            assert_eq!(changes, [(ERIC, Some("Chief")), (NICOLE, None)]);
            assert!(read(Some(&next.token)).await.changes.is_empty());
            fixture.emulator.expire_delta_tokens(SyncStateError::SyncStateNotFound);
            assert_eq!(delta(Some(&next.token)).await.unwrap_err().kind, ErrorKind::ResyncRequired);
        }
    });
}

/// The JSON interface has the same operations. The interface `requests` builds them without sending.
#[test]
fn json_interface_performs_same_operations() {
    run(async {
        let fixture = company("v1.0").await;
        let listed = invoke(&fixture, "orgContacts.list", json!({"search": "eric", "count": true})).await.unwrap();
        assert_eq!((&listed["count"], &listed["contacts"][0]["mail"]), (&json!(1), &json!("erics@contoso.com")));
        let manager = invoke(&fixture, "orgContacts.getManager", json!({"id": NICOLE})).await.unwrap();
        assert_eq!(manager, json!({"id": ERIC, "type": "orgContact", "displayName": "Eric S"}));
        fixture.emulator.clear_requests();
        let arguments = json!({"id": ERIC, "groupIds": [SALES]}).to_string();
        let built =
            call!(fixture, graph_contacts_connector_requests.call_build("orgContacts.checkMemberGroups", &arguments)).unwrap();
        let endpoint = fixture.emulator.endpoint();
        assert_eq!(
            (built[0].method.as_str(), &built[0].url),
            ("POST", &format!("{endpoint}/v1.0/contacts/{ERIC}/checkMemberGroups"))
        );
        assert_eq!(built[0].body.as_deref(), Some(json!({"groupIds": [SALES]}).to_string().as_str()));
        assert!(fixture.sent().is_empty());
    });
}
