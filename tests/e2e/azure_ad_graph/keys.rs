//! Keys in parentheses, as Microsoft's .NET client sends them (Azure-Samples/active-directory-dotnet-graphapi-console, issue 7), and empty
//! query options.
//! <https://www.odata.org/documentation/odata-version-3-0/url-conventions/>

use http::Method;
use serde_json::{Value, json};

use super::{Directory, code, ids};
use crate::fixture::{UID, run};

const BOSS: &str = "0f0f0f0f-31f4-4d0e-8d0a-1f9d0b6a4f11";
const BRIEN: &str = "0d0d0d0d-31f4-4d0e-8d0a-1f9d0b6a4f11";

async fn open() -> Directory {
    let directory = Directory::open().await;
    directory.add_user(BOSS, "boss@contoso.com", &json!({"displayName": "Boss"}));
    directory.add_user(BRIEN, "o'brien@contoso.com", &json!({"displayName": "O'Brien"}));
    directory.fixture.emulator.set_manager(UID, BOSS).unwrap();
    directory
}

fn url(path: &str) -> String {
    format!("/contoso.com/{path}?api-version=1.6")
}

#[test]
fn objects_are_read_by_keys_in_parentheses() {
    run(async {
        let directory = open().await;
        let contact = directory.add_contact(&json!({"displayName": "Ada"}));
        for (path, expected) in [
            (format!("users('{UID}')"), UID),
            (format!("users%28%27{UID}%27%29"), UID),
            (format!("users(guid'{UID}')"), UID),
            ("users('boss@contoso.com')".to_owned(), BOSS),
            ("users('o''brien@contoso.com')".to_owned(), BRIEN),
            ("users('o%27%27brien%40contoso.com')".to_owned(), BRIEN),
            (format!("contacts('{contact}')"), contact.as_str()),
            (format!("directoryObjects('{contact}')"), contact.as_str()),
            (format!("directoryObjects('{UID}')/Microsoft.DirectoryServices.User"), UID),
            (format!("directoryObjects/$/Microsoft.DirectoryServices.User('{UID}')"), UID),
            (format!("users('{UID}')/manager"), BOSS),
            (format!("directoryObjects('{UID}')/Microsoft.DirectoryServices.User/manager"), BOSS),
            ("me()".to_owned(), UID),
        ] {
            let (status, body) = directory.get(&url(&path)).await;
            assert_eq!((status, &body["objectId"]), (200, &json!(expected)), "{path}: {body}");
        }
        for (path, expected) in [
            ("users()".to_owned(), vec![BRIEN, BOSS, UID]),
            ("contacts()".to_owned(), vec![contact.as_str()]),
            (format!("users('{BOSS}')/directReports()"), vec![UID]),
            (format!("users('{BOSS}')/memberOf()"), Vec::new()),
        ] {
            let (status, body) = directory.get(&url(&path)).await;
            assert_eq!(status, 200, "{path}: {body}");
            let mut found = ids(&body);
            found.sort_unstable();
            assert_eq!(found, expected, "{path}");
        }
        for path in ["users('x", "users('')", "users('o'brien@contoso.com')"] {
            let (status, body) = directory.get(&url(path)).await;
            assert_eq!((status, code(&body)), (400, "Request_BadRequest"), "{path}: {body}");
        }
    });
}

#[test]
fn objects_are_changed_by_keys_in_parentheses() {
    run(async {
        let directory = open().await;
        let user = format!("users('{UID}')");
        assert_eq!(directory.send(Method::PATCH, &url(&user), &json!({"city": "Oslo"})).await.0, 204);
        assert_eq!(directory.get(&url(&user)).await.1["city"], "Oslo");
        let links = url(&format!("{user}/$links/manager"));
        assert_eq!(directory.delete(&links).await.0, 204);
        assert_eq!(directory.get(&links).await.0, 404);
        // The link that the client sends has the key in parentheses as well.
        for link in [format!("directoryObjects('{BOSS}')"), "users('o''brien@contoso.com')".to_owned()] {
            let body = json!({"url": format!("{}/{link}", directory.base())});
            assert_eq!(directory.send(Method::PUT, &links, &body).await, (204, Value::Null), "{link}");
        }
        let (_, manager) = directory.get(&url(&format!("{user}/manager"))).await;
        assert_eq!(manager["objectId"], BRIEN);
        let (status, groups) =
            directory.send(Method::POST, &url(&format!("{user}/getMemberGroups")), &json!({"securityEnabledOnly": false})).await;
        assert_eq!((status, &groups["value"]), (200, &json!([])));
        let member = json!({"groupId": BOSS, "memberId": UID});
        assert_eq!(directory.send(Method::POST, &url("isMemberOf()"), &member).await.0, 200);
        assert_eq!(directory.delete(&url(&user)).await.0, 204);
        assert_eq!(directory.get(&url(&user)).await.0, 404);
    });
}

/// A change set is on one object, in whatever spelling its requests name it.
#[test]
fn batch_takes_keys_in_parentheses() {
    run(async {
        let directory = open().await;
        let part = |line: &str, body: &str| {
            format!(
                "Content-Type: application/http\r\n\r\n{line}?api-version=1.6 HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{body}\r\n"
            )
        };
        let upper = UID.to_ascii_uppercase();
        let link = json!({"url": format!("{}/directoryObjects('{BOSS}')", directory.base())}).to_string();
        let body = [
            "--batch_1\r\nContent-Type: multipart/mixed; boundary=set_1\r\n\r\n--set_1\r\n",
            &part(&format!("PATCH users('{UID}')"), "{\"city\": \"Oslo\"}"),
            "--set_1\r\n",
            &part(&format!("PUT /contoso.com/users/{upper}/$links/manager"), &link),
            "--set_1--\r\n--batch_1\r\n",
            &part(&format!("GET users('{UID}')"), ""),
            "--batch_1\r\n",
            &part(&format!("POST users('{UID}')/getMemberGroups"), "{\"securityEnabledOnly\": true}"),
            "--batch_1--\r\n",
        ]
        .concat();
        let request = directory.request(Method::POST, &url("$batch"));
        let response = request.header("content-type", "multipart/mixed; boundary=batch_1").body(body).send().await.unwrap();
        let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
        let statuses: Vec<&str> = text.lines().filter(|line| line.starts_with("HTTP/1.1")).collect();
        let expected = ["HTTP/1.1 204 No Content", "HTTP/1.1 204 No Content", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK"];
        assert_eq!((status, statuses), (202, expected.to_vec()), "{text}");
        assert!(text.contains("\"city\":\"Oslo\""), "{text}");
    });
}

/// "empty `$filter=` gives everything" (microsoft-graph-docs-contrib, issue 1391).
#[test]
fn empty_query_options_are_none() {
    run(async {
        let directory = open().await;
        for path in ["users()", "users", "contacts", &format!("users('{BOSS}')/directReports"), &format!("users('{UID}')")] {
            let whole = directory.get(&url(path)).await;
            let empty = "$filter=&$orderby=&$select=&$expand=&$top=&$skiptoken=&$format=";
            assert_eq!(directory.get(&format!("{}&{empty}", url(path))).await, whole, "{path}");
        }
        let (status, body) = directory.get("/contoso.com/users()?api-version=&$filter=").await;
        assert_eq!((status, code(&body)), (400, "Request_DataContractVersionMissing"));
    });
}
