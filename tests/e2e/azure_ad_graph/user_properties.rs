//! The properties on the page of the entity User ("Azure AD Graph API reference", 1.6), one test each. A writable property is
//! also written. The page's headings for `state`, `telephoneNumber` and `mail` are wrong; its samples have the correct names.

use http::Method;
use serde_json::{Value, json};

use super::{Directory, code};
use crate::fixture::{UID, run};

const TARGET: &str = "/contoso.com/users/671fa173-ad81-41c3-89bf-af939426eee7?api-version=1.6";

/// Checks that a property of a user with these Graph properties is read.
async fn assert_is_read(graph: Value, name: &str, expected: Value) -> Directory {
    let directory = Directory::open().await;
    directory.fixture.emulator.change_object(UID, &graph).unwrap();
    let (status, read) = directory.get(TARGET).await;
    assert_eq!((status, read.get(name)), (200, Some(&expected)), "{read}");
    let selected = directory.get(&format!("{TARGET}&$select={name}")).await.1;
    assert_eq!(selected.get(name), Some(&expected), "{selected}");
    directory
}

/// Checks that a property can be written, and that no other property changes.
async fn assert_is_written(directory: &Directory, name: &str, value: Value) {
    let before = directory.get(TARGET).await.1;
    let (status, response) = directory.send(Method::PATCH, TARGET, &json!({name: value})).await;
    assert_eq!((status, &response), (204, &Value::Null), "{name}");
    let mut expected = before;
    expected[name] = value;
    assert_eq!(directory.get(TARGET).await.1, expected, "{name}");
}

async fn assert_write_is_rejected(directory: &Directory, name: &str, value: Value) {
    directory.fixture.emulator.clear_requests();
    let (status, refused) = directory.send(Method::PATCH, TARGET, &json!({name: value})).await;
    assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
    assert_eq!(refused["odata.error"]["values"][0], json!({"item": "PropertyName", "value": name}));
    directory.fixture.assert_nothing_written();
}

/// Tests of writable properties: name, the user in Microsoft Graph, expected value, then the values to write.
macro_rules! writable {
    ($($test:ident: $name:literal is $graph:tt, $expected:tt, then $($value:tt),+;)*) => {$(
        #[test]
        fn $test() {
            run(async {
                let directory = assert_is_read(json!($graph), $name, json!($expected)).await;
                $(assert_is_written(&directory, $name, json!($value)).await;)+
            });
        }
    )*};
}

/// Tests of read-only properties: name, the user in Microsoft Graph, expected value.
macro_rules! read_only {
    ($($test:ident: $name:literal is $graph:tt, $expected:tt;)*) => {$(
        #[test]
        fn $test() {
            run(async {
                let directory = assert_is_read(json!($graph), $name, json!($expected)).await;
                assert_write_is_rejected(&directory, $name, json!($expected)).await;
            });
        }
    )*};
}

writable! {
    account_enabled_is_writable: "accountEnabled" is {"accountEnabled": true}, true, then false;
    city_is_writable: "city" is {"city": "Tulsa"}, "Tulsa", then "Oslo", null;
    country_is_writable: "country" is {"country": "United States"}, "United States", then "Norway", null;
    department_is_writable: "department" is {"department": "Sales & Marketing"}, "Sales & Marketing", then "Legal", null;
    display_name_is_writable: "displayName" is {"displayName": "Garth Fort"}, "Garth Fort", then "Garth";
    facsimile_telephone_number_is_writable: "facsimileTelephoneNumber" is {"faxNumber": "+1 1"}, "+1 1", then "+1 2", null;
    given_name_is_writable: "givenName" is {"givenName": "Garth"}, "Garth", then "G.", null;
    immutable_id_is_writable: "immutableId" is {"onPremisesImmutableId": "abc=="}, "abc==", then "def==", null;
    job_title_is_writable: "jobTitle" is {"jobTitle": "Manager"}, "Manager", then "Director", null;
    mail_is_writable: "mail" is {"mail": "garthf@contoso.com"}, "garthf@contoso.com", then "g@contoso.com";
    mail_nickname_is_writable: "mailNickname" is {"mailNickname": "garthf"}, "garthf", then "garth";
    mobile_is_writable: "mobile" is {"mobilePhone": "+1 3"}, "+1 3", then "+1 4", null;
    other_mails_is_writable: "otherMails" is {"otherMails": ["a@x.com", "b@x.com"]}, ["a@x.com", "b@x.com"], then ["c@x.com"], [];
    password_policies_is_writable: "passwordPolicies" is {"passwordPolicies": "None"}, "None", then "DisablePasswordExpiration", null;
    physical_delivery_office_name_is_writable: "physicalDeliveryOfficeName" is {"officeLocation": "20/1101"}, "20/1101", then "18/2111", null;
    postal_code_is_writable: "postalCode" is {"postalCode": "74133"}, "74133", then "0150", null;
    preferred_language_is_writable: "preferredLanguage" is {"preferredLanguage": "en-US"}, "en-US", then "nb-NO", null;
    state_is_writable: "state" is {"state": "OK"}, "OK", then "WA", null;
    street_address_is_writable: "streetAddress" is {"streetAddress": "7633 E. 63rd Place"}, "7633 E. 63rd Place", then "Storgata 1", null;
    surname_is_writable: "surname" is {"surname": "Fort"}, "Fort", then "Forte", null;
    telephone_number_is_writable: "telephoneNumber" is {"businessPhones": ["+1 918 555 0101"]}, "+1 918 555 0101", then "+47 1", null;
    usage_location_is_writable: "usageLocation" is {"usageLocation": "US"}, "US", then "NO";
    user_type_is_writable: "userType" is {"userType": "Member"}, "Member", then "Guest", null;
}

read_only! {
    assigned_licenses_is_read_only: "assignedLicenses" is {"assignedLicenses": [{"disabledPlans": ["p"], "skuId": "s"}]},
        [{"disabledPlans": ["p"], "skuId": "s"}];
    assigned_plans_is_read_only: "assignedPlans" is {"assignedPlans": [{"assignedDateTime": "2014-10-14T02:54:04Z", "capabilityStatus": "Enabled",
        "service": "exchange", "servicePlanId": "p"}]},
        [{"assignedTimestamp": "2014-10-14T02:54:04Z", "capabilityStatus": "Enabled", "service": "exchange", "servicePlanId": "p"}];
    // "Not valid for users and always returns null."
    deletion_timestamp_is_read_only: "deletionTimestamp" is {}, null;
    dir_sync_enabled_is_read_only: "dirSyncEnabled" is {"onPremisesSyncEnabled": true}, true;
    last_dir_sync_time_is_read_only: "lastDirSyncTime" is {"onPremisesLastSyncDateTime": "2013-02-16T03:04:54Z"}, "2013-02-16T03:04:54Z";
    object_id_is_read_only: "objectId" is {}, UID;
    on_premises_security_identifier_is_read_only: "onPremisesSecurityIdentifier" is {"onPremisesSecurityIdentifier": "S-1-5-21-1"}, "S-1-5-21-1";
    provisioned_plans_is_read_only: "provisionedPlans" is
        {"provisionedPlans": [{"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": "exchange"}]},
        [{"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": "exchange"}];
    provisioning_errors_is_read_only: "provisioningErrors" is {}, [];
    proxy_addresses_is_read_only: "proxyAddresses" is {"proxyAddresses": ["SMTP:g@contoso.com"]}, ["SMTP:g@contoso.com"];
    sip_proxy_address_is_read_only: "sipProxyAddress" is {"imAddresses": ["g@contoso.com"]}, "g@contoso.com";
}

#[test]
fn object_type_accepts_only_user() {
    run(async {
        let directory = assert_is_read(json!({}), "objectType", json!("User")).await;
        assert_write_is_rejected(&directory, "objectType", json!("Contact")).await;
        let (status, _) = directory.send(Method::PATCH, TARGET, &json!({"objectType": "User", "city": "Oslo"})).await;
        assert_eq!(status, 204, "the same value changes nothing");
    });
}

/// A password can be written, but not read.
#[test]
fn password_profile_is_write_only() {
    run(async {
        let directory = assert_is_read(json!({}), "passwordProfile", Value::Null).await;
        let body = json!({"passwordProfile": {"password": "x1!", "forceChangePasswordNextLogin": true}});
        assert_eq!(directory.send(Method::PATCH, TARGET, &body).await.0, 204);
        assert_eq!(directory.get(TARGET).await.1["passwordProfile"], Value::Null);
        let sent = directory.fixture.emulator.requests();
        let patch = sent.iter().find(|request| request.method == "PATCH").unwrap();
        let sent: Value = serde_json::from_slice(&patch.body).unwrap();
        assert_eq!(sent, json!({"passwordProfile": {"password": "x1!", "forceChangePasswordNextSignIn": true}}));
        let body = json!({"passwordProfile": {"passwort": "x1!"}});
        let (status, refused) = directory.send(Method::PATCH, TARGET, &body).await;
        assert_eq!((status, code(&refused)), (400, "Request_BadRequest"));
        assert!(!refused.to_string().contains("x1!"), "{refused}");
    });
}

#[test]
fn user_principal_name_is_writable() {
    run(async {
        let directory = assert_is_read(json!({}), "userPrincipalName", json!("test.user@contoso.example")).await;
        assert_is_written(&directory, "userPrincipalName", json!("garthf@contoso.com")).await;
        assert_eq!(directory.get("/contoso.com/users/garthf@contoso.com?api-version=1.6").await.0, 200);
    });
}

/// The photo has its own URL, which returns its bytes.
#[test]
fn thumbnail_photo_has_own_url() {
    run(async {
        let directory = Directory::open().await;
        let target = format!("/contoso.com/users/{UID}/thumbnailPhoto?api-version=1.6");
        let (status, missing) = directory.get(&target).await;
        assert_eq!((status, code(&missing)), (404, "Request_ResourceNotFound"), "{missing}");
        let jpeg = vec![0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9];
        let put = directory.request(Method::PUT, &target).header("content-type", "image/jpeg").body(jpeg.clone());
        assert_eq!(super::read_response(put.send().await.unwrap()).await, (204, Value::Null));
        let response = directory.request(Method::GET, &target).header("accept", "image/jpeg").send().await.unwrap();
        assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (200, &"image/jpeg".parse().unwrap()));
        assert_eq!(response.bytes().await.unwrap(), jpeg);
        let user = directory.get(TARGET).await.1;
        let link = format!("directoryObjects/{UID}/Microsoft.DirectoryServices.User/thumbnailPhoto");
        assert_eq!(user["thumbnailPhoto@odata.mediaEditLink"], json!(link));
        assert_eq!(
            directory.request(Method::GET, &format!("/contoso.com/{link}?api-version=1.6")).send().await.unwrap().status(),
            200
        );
        assert_write_is_rejected(&directory, "thumbnailPhoto", json!("/9j/")).await;
    });
}
