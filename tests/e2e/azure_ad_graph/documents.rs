//! Every request on the pages "Contact" (Azure AD Graph, August 15, 2013) and "Azure AD Graph API reference", as printed except
//! for the host. The available copies of the pages hide e-mail addresses: the ones here are invented.

use http::Method;
use serde_json::{Value, json};

use super::{Directory, code};
use crate::fixture::{UID, run};

/// The id of the user in the page's samples.
const GARTH: &str = "13addec1-c5ae-47f5-a1fe-202be14b1570";
const CONTACT: &str = "12345678-9abc-def0-1234-56789abcde";

/// Returns the "Sample JSON Response" of the page, with fewer plans.
fn sample(base: &str) -> Value {
    json!({
        "odata.metadata": format!("{base}/$metadata#directoryObjects/Microsoft.DirectoryServices.User/@Element"),
        "odata.type": "Microsoft.DirectoryServices.User",
        "objectType": "User",
        "objectId": GARTH,
        "deletionTimestamp": null,
        "accountEnabled": true,
        "assignedLicenses": [{"disabledPlans": [], "skuId": "6fd2c87f-b296-42f0-b197-1e91e994b900"}],
        "assignedPlans": [{
            "assignedTimestamp": "2014-10-14T02:54:04Z",
            "capabilityStatus": "Enabled",
            "service": "exchange",
            "servicePlanId": "efb87545-963c-4e0d-99df-69c6916d9eb0"
        }],
        "city": "Tulsa",
        "country": "United States",
        "department": "Sales & Marketing",
        "dirSyncEnabled": null,
        "displayName": "Garth Fort",
        "facsimileTelephoneNumber": null,
        "givenName": "Garth",
        "immutableId": null,
        "jobTitle": "Web Marketing Manager",
        "lastDirSyncTime": null,
        "mail": "garthf@contoso.com",
        "mailNickname": "garthf",
        "mobile": null,
        "onPremisesSecurityIdentifier": null,
        "otherMails": [],
        "passwordPolicies": "None",
        "passwordProfile": null,
        "physicalDeliveryOfficeName": "20/1101",
        "postalCode": "74133",
        "preferredLanguage": "en-US",
        "provisionedPlans": [{"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": "exchange"}],
        "provisioningErrors": [],
        "proxyAddresses": ["SMTP:garthf@contoso.com"],
        "sipProxyAddress": "garthf@contoso.com",
        "state": "OK",
        "streetAddress": "7633 E. 63rd Place, Suite 300",
        "surname": "Fort",
        "telephoneNumber": "+1 918 555 0101",
        "usageLocation": "US",
        "userPrincipalName": "garthf@contoso.com",
        "userType": "Member"
    })
}

/// Adds the same user to Microsoft Graph.
fn add_garth(directory: &Directory) {
    directory.add_user(
        GARTH,
        "garthf@contoso.com",
        &json!({
            "accountEnabled": true,
            "assignedLicenses": [{"disabledPlans": [], "skuId": "6fd2c87f-b296-42f0-b197-1e91e994b900"}],
            "assignedPlans": [{
                "assignedDateTime": "2014-10-14T02:54:04Z",
                "capabilityStatus": "Enabled",
                "service": "exchange",
                "servicePlanId": "efb87545-963c-4e0d-99df-69c6916d9eb0"
            }],
            "city": "Tulsa",
            "country": "United States",
            "department": "Sales & Marketing",
            "displayName": "Garth Fort",
            "givenName": "Garth",
            "jobTitle": "Web Marketing Manager",
            "mailNickname": "garthf",
            "passwordPolicies": "None",
            "officeLocation": "20/1101",
            "postalCode": "74133",
            "preferredLanguage": "en-US",
            "provisionedPlans": [{"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": "exchange"}],
            "proxyAddresses": ["SMTP:garthf@contoso.com"],
            "imAddresses": ["garthf@contoso.com"],
            "state": "OK",
            "streetAddress": "7633 E. 63rd Place, Suite 300",
            "surname": "Fort",
            "businessPhones": ["+1 918 555 0101"],
            "usageLocation": "US",
            "userType": "Member"
        }),
    );
}

fn assert_sample(response: &Value, base: &str) {
    for (name, value) in sample(base).as_object().unwrap() {
        assert_eq!(&response[name], value, "{name}");
    }
}

async fn open_with_sample_user() -> Directory {
    let directory = Directory::open().await;
    add_garth(&directory);
    directory.add_contact(&json!({"id": CONTACT, "displayName": "Jeff", "mail": "jeff@contoso.onmicrosoft.com"}));
    directory.fixture.emulator.set_manager(CONTACT, GARTH).unwrap();
    directory.fixture.emulator.set_manager(GARTH, UID).unwrap();
    directory
}

#[test]
fn metadata_has_schema_namespace_of_version() {
    run(async {
        let directory = open_with_sample_user().await;
        for (target, namespace) in [
            ("/contoso.onmicrosoft.com/$metadata?api-version=2013-04-05", "Microsoft.WindowsAzure.ActiveDirectory"),
            ("/contoso.com/$metadata?api-version=1.6", "Microsoft.DirectoryServices"),
        ] {
            let url = format!("http://{}{target}", directory.fixture.gateway.address());
            // "No authentication is necessary to read the service metadata."
            let response = reqwest::get(url).await.unwrap();
            assert_eq!(response.status(), 200);
            assert!(response.headers()["content-type"].to_str().unwrap().starts_with("application/xml"));
            let text = response.text().await.unwrap();
            assert!(text.contains(&format!("<Schema Namespace=\"{namespace}\"")), "{text}");
        }
    });
}

#[test]
fn contacts_and_contact_are_read() {
    run(async {
        let directory = open_with_sample_user().await;
        let (status, listed) = directory.get("/contoso.onmicrosoft.com/contacts?api-version=2013-04-05").await;
        assert_eq!((status, &listed["value"][0]["Mail"]), (200, &json!("jeff@contoso.onmicrosoft.com")), "{listed}");
        for set in ["contacts", "directoryObjects"] {
            let target = format!("/contoso.onmicrosoft.com/{set}/{CONTACT}?api-version=2013-04-05");
            let (status, contact) = directory.get(&target).await;
            assert_eq!((status, &contact["objectId"]), (200, &json!(CONTACT)), "{contact}");
            assert_eq!(contact["odata.type"], "Microsoft.WindowsAzure.ActiveDirectory.Contact");
        }
    });
}

#[test]
fn contact_groups_are_read_as_links_and_objects() {
    run(async {
        let directory = open_with_sample_user().await;
        let group = directory.fixture.emulator.add_group(&json!({"displayName": "Sales", "securityEnabled": true})).unwrap();
        directory.fixture.emulator.add_member(&group, CONTACT).unwrap();
        for set in ["contacts", "directoryObjects"] {
            let at = format!("/contoso.onmicrosoft.com/{set}/{CONTACT}");
            let (status, links) = directory.get(&format!("{at}/$links/memberOf?api-version=2013-04-05")).await;
            let base = format!("http://{}/contoso.onmicrosoft.com", directory.fixture.gateway.address());
            let url = format!("{base}/directoryObjects/{group}/Microsoft.WindowsAzure.ActiveDirectory.Group");
            assert_eq!((status, &links["value"]), (200, &json!([{"url": url}])), "{links}");
            assert_eq!(links["odata.metadata"], format!("{base}/$metadata#directoryObjects/$links/memberOf"));
            // "Remove the "$links" segment of the navigation property URI to return the objects".
            let (status, groups) = directory.get(&format!("{at}/memberOf?api-version=2013-04-05")).await;
            assert_eq!((status, &groups["value"][0]["displayName"]), (200, &json!("Sales")), "{groups}");
            // "This property is not valid for contacts. If a request for this property is sent, a 400 Bad Request response is
            // returned."
            for members in ["members", "$links/members"] {
                let (status, refused) = directory.get(&format!("{at}/{members}?api-version=2013-04-05")).await;
                assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
            }
        }
    });
}

#[test]
fn users_are_listed_under_every_tenant_identifier() {
    run(async {
        let directory = open_with_sample_user().await;
        for tenant in ["12345678-9abc-def0-1234-56789abcde", "contoso.com", "myorganization", "myOrganization"] {
            let (status, listed) = directory.get(&format!("/{tenant}/users?api-version=1.6")).await;
            assert_eq!(status, 200, "{listed}");
            let garth = listed["value"].as_array().unwrap().iter().find(|user| user["objectId"] == GARTH).unwrap();
            assert_eq!(garth["displayName"], "Garth Fort");
        }
    });
}

#[test]
fn user_is_read_by_name_and_id() {
    run(async {
        let directory = open_with_sample_user().await;
        let (status, user) = directory.get("/contoso.com/users/garthf@contoso.com?api-version=1.6").await;
        assert_eq!(status, 200, "{user}");
        assert_sample(&user, &directory.base());
        let (status, user) = directory.get(&format!("/myorganization/users/{GARTH}?api-version")).await;
        assert_eq!(status, 200, "{user}");
        assert_sample(&user, &directory.base().replace("contoso.com", "myorganization"));
    });
}

#[test]
fn user_manager_is_read_as_object_and_link() {
    run(async {
        let directory = open_with_sample_user().await;
        let (status, manager) = directory.get("/contoso.com/users/garthf@contoso.com/manager?api-version=1.6").await;
        assert_eq!((status, &manager["objectId"]), (200, &json!(UID)), "{manager}");
        let (status, link) = directory.get("/contoso.com/users/garthf@contoso.com/$links/manager?api-version=1.6").await;
        let base = directory.base();
        let expected = json!({
            "odata.metadata": format!("{base}/$metadata#directoryObjects/$links/manager"),
            "url": format!("{base}/directoryObjects/{UID}/Microsoft.DirectoryServices.User")
        });
        assert_eq!((status, link), (200, expected));
    });
}

/// "Targetting the isMemberOf function", with the arguments of the function's own page.
#[test]
fn is_member_of_returns_true_for_member() {
    run(async {
        let directory = open_with_sample_user().await;
        let group = directory.fixture.emulator.add_group(&json!({"displayName": "Sales", "securityEnabled": true})).unwrap();
        directory.fixture.emulator.add_member(&group, GARTH).unwrap();
        let arguments = json!({"groupId": group, "memberId": GARTH});
        let (status, response) = directory.send(Method::POST, "/myorganization/isMemberOf?api-version=1.6", &arguments).await;
        assert_eq!((status, &response["value"]), (200, &json!(true)), "{response}");
    });
}

/// "Create a user": request and response as printed.
#[test]
fn create_user_returns_printed_response() {
    run(async {
        let directory = open_with_sample_user().await;
        let body = json!({
            "accountEnabled": true,
            "displayName": "Alex Wu",
            "mailNickname": "AlexW",
            "passwordProfile": {"password": "Test1234", "forceChangePasswordNextLogin": false},
            "userPrincipalName": "Alex@contoso.com"
        });
        let (status, created) = directory.send(Method::POST, "/myorganization/users?api-version", &body).await;
        assert_eq!(status, 201, "{created}");
        let mut expected = json!({
            "odata.metadata": format!("{}/$metadata#directoryObjects/Microsoft.DirectoryServices.User/@Element",
                directory.base().replace("contoso.com", "myorganization")),
            "odata.type": "Microsoft.DirectoryServices.User",
            "objectType": "User",
            "accountEnabled": true,
            "assignedLicenses": [],
            "assignedPlans": [],
            "displayName": "Alex Wu",
            "mailNickname": "AlexW",
            "otherMails": [],
            "provisionedPlans": [],
            "provisioningErrors": [],
            "proxyAddresses": [],
            "userPrincipalName": "Alex@contoso.com",
            "userType": "Member"
        });
        for name in [
            "deletionTimestamp",
            "city",
            "country",
            "department",
            "dirSyncEnabled",
            "facsimileTelephoneNumber",
            "givenName",
            "immutableId",
            "jobTitle",
            "lastDirSyncTime",
            "mail",
            "mobile",
            "onPremisesSecurityIdentifier",
            "passwordPolicies",
            "passwordProfile",
            "physicalDeliveryOfficeName",
            "postalCode",
            "preferredLanguage",
            "sipProxyAddress",
            "state",
            "streetAddress",
            "surname",
            "telephoneNumber",
            "usageLocation",
        ] {
            expected[name] = Value::Null;
        }
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(created.get(name), Some(value), "{name}");
        }
        let id = created["objectId"].as_str().unwrap();
        assert_eq!(directory.get(&format!("/contoso.com/users/{id}?api-version=1.6")).await.0, 200);
    });
}

/// "Update a user": the example resets a password.
#[test]
fn update_user_resets_password() {
    run(async {
        let directory = open_with_sample_user().await;
        let body = json!({"passwordProfile": {"password": "Test123456", "forceChangePasswordNextLogin": false}});
        let (status, nothing) = directory.send(Method::PATCH, &format!("/myorganization/users/{GARTH}?api-version"), &body).await;
        assert_eq!((status, nothing), (204, Value::Null), "No response body is returned.");
        let sent = directory.fixture.emulator.requests();
        let sent: Value = serde_json::from_slice(&sent.last().unwrap().body).unwrap();
        let expected = json!({"passwordProfile": {"password": "Test123456", "forceChangePasswordNextSignIn": false}});
        assert_eq!(sent, expected, "Microsoft Graph renamed forceChangePasswordNextLogin");
    });
}

/// "The signed-in user": five requests.
#[test]
fn me_addresses_signed_in_user() {
    run(async {
        let directory = open_with_sample_user().await;
        directory.fixture.emulator.set_me(GARTH);
        for target in ["/me?api-version=1.6", "/me?api-version", "/contoso.com/me?api-version=1.6"] {
            let (status, me) = directory.get(target).await;
            assert_eq!((status, &me["objectId"]), (200, &json!(GARTH)), "{me}");
        }
        let (status, nothing) = directory.send(Method::PATCH, "/me?api-version", &json!({"city": "Oslo"})).await;
        assert_eq!((status, nothing), (204, Value::Null));
        assert_eq!(directory.get("/me?api-version").await.1["city"], "Oslo");
        let (status, manager) = directory.get("/me/manager?api-version").await;
        assert_eq!((status, &manager["objectId"]), (200, &json!(UID)), "{manager}");
        let body = json!({"url": format!("https://graph.windows.net/contoso.com/directoryObjects/{CONTACT}")});
        let (status, nothing) = directory.send(Method::PUT, "/me/$links/manager?api-version", &body).await;
        assert_eq!((status, nothing), (204, Value::Null));
        let (status, link) = directory.get("/me/$links/manager?api-version=1.6").await;
        let base = directory.base().replace("contoso.com", "myorganization");
        let url = format!("{base}/directoryObjects/{CONTACT}/Microsoft.DirectoryServices.Contact");
        assert_eq!((status, &link["url"]), (200, &json!(url)), "{link}");
    });
}
