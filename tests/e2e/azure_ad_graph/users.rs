//! Users: create, read by id and by name, update, delete, and their managers.

use http::Method;
use serde_json::{Value, json};

use super::{Directory, code, ids, message};
use crate::fixture::{UID, run};

fn new_user(name: &str) -> Value {
    json!({
        "accountEnabled": true,
        "displayName": name,
        "mailNickname": name,
        "passwordProfile": {"password": "Test1234", "forceChangePasswordNextLogin": false},
        "userPrincipalName": format!("{name}@contoso.com")
    })
}

#[test]
fn user_is_created_read_updated_and_deleted() {
    run(async {
        let directory = Directory::open().await;
        let mut body = new_user("ada");
        body["telephoneNumber"] = json!("+44 1");
        body["otherMails"] = json!(["ada@home.example"]);
        let request = directory.request(Method::POST, "/contoso.com/users?api-version=1.6");
        let response = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        let (status, created) = super::read_response(response).await;
        let id = created["objectId"].as_str().unwrap();
        assert_eq!((status, &created["telephoneNumber"]), (201, &json!("+44 1")), "{created}");
        assert_eq!(location, format!("{}/directoryObjects/{id}/Microsoft.DirectoryServices.User", directory.base()));
        let by_location = format!("{}?api-version=1.6", location.split_once("8080").map_or(location.as_str(), |(_, rest)| rest));
        let path = format!("/contoso.com/directoryObjects/{id}/Microsoft.DirectoryServices.User?api-version=1.6");
        assert!(by_location.ends_with(&path));
        for target in [
            path,
            format!("/contoso.com/users/{id}?api-version=1.6"),
            "/contoso.com/users/ADA@contoso.com?api-version=1.6".to_owned(),
        ] {
            let (status, user) = directory.get(&target).await;
            assert_eq!((status, &user), (200, &created), "{target}");
        }
        let target = "/contoso.com/users/ada@contoso.com?api-version=1.6";
        let change = json!({"jobTitle": "Countess", "accountEnabled": false});
        assert_eq!(directory.send(Method::PATCH, target, &change).await, (204, Value::Null));
        let user = directory.get(target).await.1;
        assert_eq!((&user["jobTitle"], &user["accountEnabled"]), (&json!("Countess"), &json!(false)));
        assert_eq!(directory.delete(target).await, (204, Value::Null));
        let (status, missing) = directory.get(target).await;
        assert_eq!((status, code(&missing)), (404, "Request_ResourceNotFound"));
        assert_eq!(directory.delete(target).await.0, 404);
    });
}

/// OData 3 preferences: Microsoft's .NET client library sends one with every request.
#[test]
fn prefer_header_selects_response_body() {
    run(async {
        let directory = Directory::open().await;
        let send = async |method: Method, target: &str, preference: &str, body: Value| {
            let request =
                directory.request(method, target).header("prefer", preference).header("content-type", "application/json");
            request.body(body.to_string()).send().await.unwrap()
        };
        let created = send(Method::POST, "/contoso.com/users?api-version=1.6", "return-no-content", new_user("ada")).await;
        assert_eq!(
            (created.status().as_u16(), &created.headers()["preference-applied"]),
            (204, &"return-no-content".parse().unwrap())
        );
        let id = created.headers()["dataserviceid"].to_str().unwrap().rsplit('/').next().unwrap().to_owned();
        assert!(created.headers()["location"].to_str().unwrap().contains(&id));
        let target = format!("/contoso.com/users/{id}?api-version=1.6");
        let changed = send(Method::PATCH, &target, "return-content", json!({"city": "Oslo"})).await;
        let (status, user) = super::read_response(changed).await;
        assert_eq!((status, &user["city"]), (200, &json!("Oslo")), "{user}");
    });
}

/// As recorded from the service: 400, with the property and the reason.
#[test]
fn duplicate_user_principal_name_is_rejected() {
    run(async {
        let directory = Directory::open().await;
        assert_eq!(directory.send(Method::POST, "/contoso.com/users?api-version=1.6", &new_user("ada")).await.0, 201);
        let (status, refused) = directory.send(Method::POST, "/contoso.com/users?api-version=1.6", &new_user("ada")).await;
        assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
        let values = refused["odata.error"]["values"].as_array().unwrap();
        assert!(values.contains(&json!({"item": "PropertyName", "value": "userPrincipalName"})), "{refused}");
        assert!(values.contains(&json!({"item": "PropertyErrorCode", "value": "ObjectConflict"})), "{refused}");
    });
}

#[test]
fn invalid_user_error_names_property() {
    run(async {
        let directory = Directory::open().await;
        let create = async |body: &Value| directory.send(Method::POST, "/contoso.com/users?api-version=1.6", body).await;
        for name in ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"] {
            let mut body = new_user("ada");
            body.as_object_mut().unwrap().remove(name);
            let (status, refused) = create(&body).await;
            assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
        }
        for (name, value) in
            [("nope", json!("x")), ("city", json!(7)), ("accountEnabled", json!("yes")), ("otherMails", json!("x"))]
        {
            let mut body = new_user("ada");
            body[name] = value;
            let (status, refused) = create(&body).await;
            assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
            assert!(message(&refused).contains(name), "{refused}");
        }
        let mut body = new_user("ada");
        body["displayname"] = json!("Ada");
        assert!(message(&create(&body).await.1).contains("do you mean 'displayName'?"));
        assert_eq!(ids(&directory.get("/contoso.com/users?api-version=1.6").await.1), [UID], "no user is created");
    });
}

/// A user has `sipProxyAddress` only since 1.5, and `userType` and `immutableId` only since 2013-11-08.
#[test]
fn properties_depend_on_api_version() {
    run(async {
        let directory = Directory::open().await;
        let has = async |version: &str, name: &str| {
            let target = format!("/contoso.com/users/{UID}?api-version={version}");
            let is_read = directory.get(&target).await.1.get(name).is_some();
            let status = directory.send(Method::PATCH, &target, &json!({name: "x"})).await.0;
            (is_read, status)
        };
        assert_eq!(has("2013-04-05", "immutableId").await, (false, 400));
        assert_eq!(has("2013-11-08", "immutableId").await, (true, 204));
        assert_eq!(has("2013-11-08", "sipProxyAddress").await, (false, 400));
        assert_eq!(has("1.5", "sipProxyAddress").await, (true, 400), "it is read-only");
        assert_eq!(has("1.6", "companyName").await, (true, 204));
        let (_, old) = directory.get(&format!("/contoso.com/users/{UID}?api-version=2013-11-08")).await;
        assert_eq!(old["odata.type"], "Microsoft.WindowsAzure.ActiveDirectory.User");
    });
}

#[test]
fn manager_and_direct_reports_are_linked() {
    run(async {
        let directory = Directory::open().await;
        let boss = "0f0f0f0f-31f4-4d0e-8d0a-1f9d0b6a4f11";
        directory.add_user(boss, "boss@contoso.com", &json!({"displayName": "Boss"}));
        let links = format!("/contoso.com/users/{UID}/$links/manager?api-version=1.6");
        assert_eq!(directory.get(&links).await.0, 404, "the user has no manager");
        let base = directory.base();
        for url in [
            format!("{base}/directoryObjects/{boss}"),
            format!("{base}/directoryObjects/{boss}/Microsoft.DirectoryServices.User"),
            format!("{base}/users/{boss}"),
            format!("{base}/users/boss@contoso.com"),
            format!("https://graph.windows.net/contoso.onmicrosoft.com/directoryObjects/{boss}"),
            format!("https://graph.windows.net/myorganization/users/{boss}"),
        ] {
            assert_eq!(directory.send(Method::PUT, &links, &json!({"url": url})).await, (204, Value::Null), "{url}");
            let (_, manager) = directory.get(&format!("/contoso.com/users/{UID}/manager?api-version=1.6")).await;
            assert_eq!(manager["objectId"], boss);
            assert_eq!(directory.delete(&links).await, (204, Value::Null));
        }
        directory.send(Method::PUT, &links, &json!({"uri": format!("{base}/users/{boss}")})).await;
        let (_, reports) = directory.get(&format!("/contoso.com/users/{boss}/directReports?api-version=1.6")).await;
        assert_eq!(ids(&reports), [UID]);
        let (_, links) = directory.get(&format!("/contoso.com/users/{boss}/$links/directReports?api-version=1.6")).await;
        assert_eq!(links["value"], json!([{"url": format!("{base}/directoryObjects/{UID}/Microsoft.DirectoryServices.User")}]));
        let missing = format!("{base}/directoryObjects/0e0e0e0e-31f4-4d0e-8d0a-1f9d0b6a4f11");
        let links = format!("/contoso.com/users/{UID}/$links/manager?api-version=1.6");
        assert_eq!(directory.send(Method::PUT, &links, &json!({"url": missing})).await.0, 404);
    });
}

/// Resources of Azure AD Graph that are not implemented are reported as such.
#[test]
fn unsupported_resources_return_not_implemented() {
    run(async {
        let directory = Directory::open().await;
        let licences = json!({"addLicenses": [], "removeLicenses": []});
        let target = format!("/contoso.com/users/{UID}/assignLicense?api-version=1.6");
        let (status, refused) = directory.send(Method::POST, &target, &licences).await;
        assert_eq!(status, 501, "{refused}");
        assert!(message(&refused).contains("assignLicense"), "{refused}");
        for target in ["/contoso.com/groups?api-version=1.6", "/contoso.com/tenantDetails?api-version=1.6"] {
            assert_eq!(directory.get(target).await.0, 501);
        }
        let (status, unknown) = directory.get(&format!("/contoso.com/users/{UID}/calendars?api-version=1.6")).await;
        assert_eq!((status, code(&unknown)), (404, "Request_ResourceNotFound"));
        assert!(message(&unknown).contains("Resource 'calendars' does not exist"), "{unknown}");
        directory.fixture.assert_nothing_written();
    });
}
