//! The 23 properties of the page "Contact" (2013-04-05), one test each. A property marked RW is also written.

use http::Method;
use serde_json::{Value, json};

use super::{Directory, code};
use crate::fixture::run;

/// Checks that a property of a contact with these Graph properties is read. Returns the contact's id.
async fn assert_is_read(directory: &Directory, graph: Value, name: &str, expected: Value) -> String {
    let mut contact = json!({"displayName": "Jeff"});
    contact.as_object_mut().unwrap().extend(graph.as_object().unwrap().clone());
    let id = directory.add_contact(&contact);
    let (status, read) = directory.get(&format!("/contoso.com/contacts/{id}?api-version=2013-04-05")).await;
    assert_eq!((status, read.get(name)), (200, Some(&expected)), "{read}");
    let selected = directory.get(&format!("/contoso.com/contacts/{id}?api-version=2013-04-05&$select={name}")).await.1;
    assert_eq!(selected.get(name), Some(&expected), "{selected}");
    id
}

/// Checks that a property can be written and cleared, and that no other property changes.
async fn assert_is_written(directory: &Directory, id: &str, name: &str) {
    directory.fixture.emulator.set_org_contacts_writable(true);
    let target = format!("/contoso.com/contacts/{id}?api-version=2013-04-05");
    let before = directory.get(&target).await.1;
    for value in [json!("another value"), Value::Null] {
        let (status, response) = directory.send(Method::PATCH, &target, &json!({name: value})).await;
        assert_eq!((status, &response), (204, &Value::Null), "{name}");
        let mut expected = before.clone();
        expected[name] = value;
        assert_eq!(directory.get(&target).await.1, expected, "{name}");
    }
}

/// Checks that a write to a read-only property is rejected.
async fn assert_write_is_rejected(directory: &Directory, id: &str, name: &str, value: Value) {
    directory.fixture.emulator.set_org_contacts_writable(true);
    directory.fixture.emulator.clear_requests();
    let target = format!("/contoso.com/contacts/{id}?api-version=2013-04-05");
    let (status, refused) = directory.send(Method::PATCH, &target, &json!({name: value})).await;
    assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
    assert_eq!(refused["odata.error"]["values"][0], json!({"item": "PropertyName", "value": name}));
    directory.fixture.assert_nothing_written();
}

/// Tests of writable properties: name, the contact in Microsoft Graph, expected value.
macro_rules! writable {
    ($($test:ident: $name:literal is $graph:tt, $expected:tt;)*) => {$(
        #[test]
        fn $test() {
            run(async {
                let directory = Directory::open().await;
                let id = assert_is_read(&directory, json!($graph), $name, json!($expected)).await;
                assert_is_written(&directory, &id, $name).await;
            });
        }
    )*};
}

/// Tests of read-only properties: name, the contact in Microsoft Graph, expected value.
macro_rules! read_only {
    ($($test:ident: $name:literal is $graph:tt, $expected:tt;)*) => {$(
        #[test]
        fn $test() {
            run(async {
                let directory = Directory::open().await;
                let id = assert_is_read(&directory, json!($graph), $name, json!($expected)).await;
                assert_write_is_rejected(&directory, &id, $name, json!($expected)).await;
            });
        }
    )*};
}

writable! {
    city_is_writable: "city" is {"addresses": [{"city": "Berlin", "street": "Unter den Linden 1"}]}, "Berlin";
    country_is_writable: "country" is {"addresses": [{"countryOrRegion": "Germany", "city": "Berlin"}]}, "Germany";
    department_is_writable: "department" is {"department": "Sales"}, "Sales";
    display_name_is_writable: "displayName" is {"displayName": "Jeff Price"}, "Jeff Price";
    facsimile_telephone_number_is_writable: "facsimileTelephoneNumber" is
        {"phones": [{"type": "business", "number": "+49 1"}, {"type": "businessFax", "number": "+49 2"}]}, "+49 2";
    given_name_is_writable: "givenName" is {"givenName": "Jeff"}, "Jeff";
    job_title_is_writable: "jobTitle" is {"jobTitle": "Buyer"}, "Buyer";
    mail_is_writable: "Mail" is {"mail": "jeff@contoso.onmicrosoft.com"}, "jeff@contoso.onmicrosoft.com";
    mail_nick_name_is_writable: "mailNickName" is {"mailNickname": "jeff"}, "jeff";
    mobile_is_writable: "mobile" is {"phones": [{"type": "mobile", "number": "+49 3"}, {"type": "business", "number": "+49 1"}]}, "+49 3";
    physical_delivery_office_name_is_writable: "physicalDeliveryOfficeName" is {"addresses": [{"officeLocation": "20/1101"}]}, "20/1101";
    postal_code_is_writable: "postalCode" is {"addresses": [{"postalCode": "10117", "city": "Berlin"}]}, "10117";
    state_is_writable: "state" is {"addresses": [{"state": "BE", "city": "Berlin"}]}, "BE";
    street_address_is_writable: "streetAddress" is {"addresses": [{"street": "Unter den Linden 1", "city": "Berlin"}]}, "Unter den Linden 1";
    surname_is_writable: "surname" is {"surname": "Price"}, "Price";
    telephone_number_is_writable: "telephoneNumber" is {"phones": [{"type": "business", "number": "+49 1"}]}, "+49 1";
}

read_only! {
    last_dir_sync_time_is_read_only: "lastDirSyncTime" is {"onPremisesLastSyncDateTime": "2013-02-16T03:04:54Z"}, "2013-02-16T03:04:54Z";
    object_id_is_read_only: "objectId" is {"id": "8d0d8e0f-31f4-4d0e-8d0a-1f9d0b6a4f11"}, "8d0d8e0f-31f4-4d0e-8d0a-1f9d0b6a4f11";
    proxy_addresses_is_read_only: "proxyAddresses" is {"proxyAddresses": ["SMTP:jeff@contoso.com"]}, ["SMTP:jeff@contoso.com"];
    // "Not nullable", and Microsoft Graph has no corresponding property.
    provisioning_errors_is_read_only: "provisioningErrors" is {}, [];
}

/// A synchronized contact cannot be changed.
#[test]
fn dir_sync_enabled_is_read_only() {
    run(async {
        let directory = Directory::open().await;
        let id = assert_is_read(&directory, json!({"onPremisesSyncEnabled": false}), "dirSyncEnabled", json!(false)).await;
        assert_write_is_rejected(&directory, &id, "dirSyncEnabled", json!(true)).await;
        assert_is_read(&directory, json!({}), "dirSyncEnabled", Value::Null).await;
        assert_is_read(&directory, json!({"onPremisesSyncEnabled": true}), "dirSyncEnabled", json!(true)).await;
    });
}

/// "For contacts the value is always Contact": writing the same value changes nothing.
#[test]
fn object_type_accepts_only_contact() {
    run(async {
        let directory = Directory::open().await;
        let id = assert_is_read(&directory, json!({}), "objectType", json!("Contact")).await;
        assert_write_is_rejected(&directory, &id, "objectType", json!("User")).await;
        directory.fixture.emulator.set_org_contacts_writable(true);
        let target = format!("/contoso.com/contacts/{id}?api-version=2013-04-05");
        let body = json!({"objectType": "Contact", "odata.type": "x", "jobTitle": "Buyer"});
        assert_eq!(directory.send(Method::PATCH, &target, &body).await.0, 204);
        assert_eq!(directory.get(&target).await.1["jobTitle"], "Buyer");
    });
}

/// Microsoft Graph has no photos for organizational contacts, so reads and writes both report it as missing.
#[test]
fn thumbnail_photo_is_not_found() {
    run(async {
        let directory = Directory::open().await;
        let id = directory.add_contact(&json!({"displayName": "Jeff"}));
        let target = format!("/contoso.com/contacts/{id}/thumbnailPhoto?api-version=2013-04-05");
        let (status, missing) = directory.get(&target).await;
        assert_eq!((status, code(&missing)), (404, "Request_ResourceNotFound"), "{missing}");
        assert!(super::message(&missing).contains("thumbnailPhoto"));
        let put = directory.request(Method::PUT, &target).header("content-type", "image/jpeg").body(vec![0xff, 0xd8, 0xff, 0xd9]);
        let (status, refused) = super::read_response(put.send().await.unwrap()).await;
        assert_eq!((status, code(&refused)), (404, "Request_ResourceNotFound"), "{refused}");
        directory.fixture.assert_nothing_written();
    });
}
