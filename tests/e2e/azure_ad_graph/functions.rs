//! Functions: memberships, and objects by id. Arguments and responses follow the API's page "Functions and actions".

use http::Method;
use serde_json::{Value, json};

use super::{Directory, code, message};
use crate::fixture::{UID, run};

const NOBODY: &str = "3b0a1b8a-8a8c-4d0c-9d0e-6f1d2c3b4a59";

/// Creates a group in a group, with a contact in the inner one.
async fn nested() -> (Directory, String, String, String) {
    let directory = Directory::open().await;
    let emulator = &directory.fixture.emulator;
    let contact = directory.add_contact(&json!({"displayName": "Ada", "mail": "ada@fabrikam.com"}));
    let inner = emulator.add_group(&json!({"displayName": "Inner", "securityEnabled": true})).unwrap();
    let outer = emulator.add_group(&json!({"displayName": "Outer", "securityEnabled": false, "mailEnabled": true})).unwrap();
    emulator.add_member(&inner, &contact).unwrap();
    emulator.add_member(&inner, UID).unwrap();
    emulator.add_member(&outer, &inner).unwrap();
    (directory, contact, inner, outer)
}

fn sorted(body: &Value) -> Vec<&str> {
    let mut values: Vec<&str> = body["value"].as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect();
    values.sort_unstable();
    values
}

#[test]
fn membership_functions_are_transitive() {
    run(async {
        let (directory, contact, inner, outer) = nested().await;
        let mut both = [inner.as_str(), outer.as_str()];
        both.sort_unstable();
        for at in [format!("contacts/{contact}"), format!("directoryObjects/{contact}"), format!("users/{UID}"), "me".to_owned()]
        {
            let call = async |name: &str, body: Value| {
                let (status, response) =
                    directory.send(Method::POST, &format!("/contoso.com/{at}/{name}?api-version=1.6"), &body).await;
                assert_eq!(status, 200, "{at}: {response}");
                response
            };
            let groups = call("getMemberGroups", json!({"securityEnabledOnly": false})).await;
            assert_eq!(sorted(&groups), both, "{at}");
            assert_eq!(groups["odata.metadata"], format!("{}/$metadata#Collection(Edm.String)", directory.base()));
            assert_eq!(sorted(&call("getMemberObjects", json!({"securityEnabledOnly": false})).await), both);
            let among = call("checkMemberGroups", json!({"groupIds": [outer, NOBODY]})).await;
            assert_eq!(sorted(&among), [outer.as_str()]);
        }
        let target = format!("/contoso.com/users/{UID}/getMemberGroups?api-version=1.6");
        let (_, secure) = directory.send(Method::POST, &target, &json!({"securityEnabledOnly": true})).await;
        assert_eq!(sorted(&secure), [inner.as_str()]);
        for (group, member, expected) in [(&outer, contact.as_str(), true), (&inner, UID, true), (&inner, outer.as_str(), false)]
        {
            let body = json!({"groupId": group, "memberId": member});
            let (status, response) = directory.send(Method::POST, "/contoso.com/isMemberOf?api-version=1.6", &body).await;
            assert_eq!((status, &response["value"]), (200, &json!(expected)), "{response}");
            assert_eq!(response["odata.metadata"], format!("{}/$metadata#Edm.Boolean", directory.base()));
        }
    });
}

#[test]
fn invalid_function_arguments_are_rejected() {
    run(async {
        let directory = Directory::open().await;
        let many: Vec<String> = (0..21).map(|number| format!("3b0a1b8a-8a8c-4d0c-9d0e-6f1d2c3b4a{number:02}")).collect();
        for (name, body, wrong) in [
            ("checkMemberGroups", json!({"groupIds": many}), "groupIds"),
            ("checkMemberGroups", json!({}), "groupIds"),
            ("checkMemberGroups", json!({"groupIds": "x"}), "groupIds"),
            ("getMemberGroups", json!({"securityEnabledOnly": "no"}), "securityEnabledOnly"),
        ] {
            let target = format!("/contoso.com/users/{UID}/{name}?api-version=1.6");
            let (status, refused) = directory.send(Method::POST, &target, &body).await;
            assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
            assert!(message(&refused).contains(wrong), "{refused}");
        }
        let (status, refused) =
            directory.send(Method::POST, "/contoso.com/isMemberOf?api-version=1.6", &json!({"groupId": "x"})).await;
        assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
    });
}

#[test]
fn get_objects_by_object_ids_filters_by_type() {
    run(async {
        let (directory, contact, inner, _) = nested().await;
        directory.fixture.emulator.change_object(UID, &json!({"city": "Oslo"})).unwrap();
        let call =
            async |body: Value| directory.send(Method::POST, "/contoso.com/getObjectsByObjectIds?api-version=1.6", &body).await;
        let ids = json!([contact, inner, UID, NOBODY]);
        let (status, found) = call(json!({"objectIds": ids, "includeDirectoryObjectReferences": true})).await;
        assert_eq!(status, 200, "{found}");
        assert_eq!(found["odata.metadata"], format!("{}/$metadata#directoryObjects", directory.base()));
        let mut types: Vec<&str> = found["value"].as_array().unwrap().iter().map(|o| o["odata.type"].as_str().unwrap()).collect();
        types.sort_unstable();
        let name = |name: &str| format!("Microsoft.DirectoryServices.{name}");
        assert_eq!(types, [name("Contact"), name("Group"), name("User")], "unknown ids are omitted");
        let user = found["value"].as_array().unwrap().iter().find(|object| object["objectType"] == "User").unwrap();
        assert_eq!(user["city"], "Oslo", "Microsoft Graph does not return it by default");
        let ada = found["value"].as_array().unwrap().iter().find(|object| object["objectType"] == "Contact").unwrap();
        assert_eq!(ada["mail"], "ada@fabrikam.com");
        for (types, count) in [(json!(["user"]), 1), (json!(["User", "contact"]), 2), (json!([]), 3)] {
            let (status, found) = call(json!({"objectIds": ids, "types": types})).await;
            assert_eq!((status, found["value"].as_array().map(Vec::len)), (200, Some(count)), "{types}: {found}");
        }
        assert_eq!(call(json!({"objectIds": []})).await.1["value"], json!([]));
        let (status, refused) = call(json!({"objectIds": ids, "types": ["martian"]})).await;
        assert_eq!((status, code(&refused)), (400, "Request_BadRequest"));
        assert!(message(&refused).contains("martian"));
        let many: Vec<String> = (0..1001).map(|number| format!("3b0a1b8a-8a8c-4d0c-9d0e-6f1d2c3b{number:04}")).collect();
        assert_eq!(call(json!({"objectIds": many})).await.0, 400);
    });
}
