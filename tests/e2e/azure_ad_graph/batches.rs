//! `$batch`, in the format of the API's page "Batch processing" and of RFC 2046.

use http::Method;
use serde_json::{Value, json};

use super::{Directory, code, message, read_response};
use crate::fixture::{UID, run};

const USER: &str = "users/671fa173-ad81-41c3-89bf-af939426eee7";

/// Formats a part that contains a request.
fn part(line: &str, headers: &str, body: &str) -> String {
    format!(
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n{line} HTTP/1.1\r\n{headers}\r\n{body}\r\n"
    )
}

fn query_part(path: &str) -> String {
    part(&format!("GET /contoso.com/{path}?api-version=1.6"), "Host: graph.windows.net\r\n", "")
}

fn change_part(method: &str, path: &str, body: &Value) -> String {
    part(&format!("{method} /contoso.com/{path}?api-version=1.6"), "Content-Type: application/json\r\n", &body.to_string())
}

fn change_set_part(parts: &[String]) -> String {
    format!("Content-Type: multipart/mixed; boundary=changeset_1\r\n\r\n{}", join_parts(parts, "changeset_1"))
}

fn join_parts(parts: &[String], boundary: &str) -> String {
    let parts: String = parts.iter().map(|part| format!("--{boundary}\r\n{part}")).collect();
    format!("{parts}--{boundary}--\r\n")
}

async fn post_batch(directory: &Directory, body: String) -> reqwest::Response {
    let request = directory.request(Method::POST, "/contoso.com/$batch?api-version=1.6");
    request.header("content-type", "multipart/mixed; boundary=batch_1").body(body).send().await.unwrap()
}

/// Sends a batch. Returns the status and JSON of each response in order, with those of a change set in one list.
async fn send_batch(directory: &Directory, items: &[String]) -> Vec<Vec<(u16, Value)>> {
    let response = post_batch(directory, join_parts(items, "batch_1")).await;
    let media_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!(response.status(), 202, "{}", response.text().await.unwrap());
    let text = response.text().await.unwrap();
    split_parts(&text, boundary(&media_type))
        .iter()
        .map(|part| {
            let head = part.split("\r\n\r\n").next().unwrap();
            match head.contains("multipart/mixed") {
                true => split_parts(part.split_once("\r\n\r\n").unwrap().1, boundary(head))
                    .iter()
                    .map(|part| parse_response(part))
                    .collect(),
                false => vec![parse_response(part)],
            }
        })
        .collect()
}

fn boundary(media_type: &str) -> &str {
    media_type.split_once("boundary=").unwrap().1.trim()
}

fn split_parts(text: &str, boundary: &str) -> Vec<String> {
    let text = text.trim_end().strip_suffix(&format!("--{boundary}--")).unwrap_or_else(|| panic!("missing end boundary: {text}"));
    text.split(&format!("--{boundary}\r\n")).skip(1).map(str::to_owned).collect()
}

fn parse_response(part: &str) -> (u16, Value) {
    let (head, rest) = part.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("Content-Type: application/http") && head.contains("Content-Transfer-Encoding: binary"), "{part}");
    let (head, body) = rest.split_once("\r\n\r\n").unwrap();
    let status = head.strip_prefix("HTTP/1.1 ").unwrap().split(' ').next().unwrap().parse().unwrap();
    (status, serde_json::from_str(body.trim()).unwrap_or(Value::Null))
}

#[test]
fn batch_runs_queries_and_change_sets_in_order() {
    run(async {
        let directory = Directory::open().await;
        let boss = "0f0f0f0f-31f4-4d0e-8d0a-1f9d0b6a4f11";
        directory.add_user(boss, "boss@contoso.com", &json!({"displayName": "Boss"}));
        let link = json!({"url": format!("{}/directoryObjects/{boss}", directory.base())});
        let items = [
            query_part(USER),
            change_set_part(&[
                change_part("PATCH", USER, &json!({"city": "Oslo"})),
                change_part("PUT", &format!("{USER}/$links/manager"), &link),
            ]),
            query_part("users/nobody@contoso.com"),
            part(
                "POST http://graph.windows.net/contoso.com/isMemberOf?api-version=1.6",
                "Content-Type: application/json\r\n",
                &json!({"groupId": boss, "memberId": UID}).to_string(),
            ),
            query_part(&format!("{USER}/manager")),
        ];
        let responses = send_batch(&directory, &items).await;
        assert_eq!(responses.len(), 5);
        assert_eq!((responses[0][0].0, &responses[0][0].1["city"]), (200, &Value::Null));
        assert_eq!(responses[1], [(204, Value::Null), (204, Value::Null)]);
        assert_eq!((responses[2][0].0, code(&responses[2][0].1)), (404, "Request_ResourceNotFound"), "the other items still run");
        assert_eq!((responses[3][0].0, &responses[3][0].1["value"]), (200, &json!(false)));
        assert_eq!((responses[4][0].0, &responses[4][0].1["objectId"]), (200, &json!(boss)));
        assert_eq!(directory.get(&format!("/contoso.com/{USER}?api-version=1.6")).await.1["city"], "Oslo");
    });
}

/// Microsoft Graph has no transactions: completed operations are not undone. The one response of a failed change set lists them.
#[test]
fn failed_change_set_reports_completed_operations() {
    run(async {
        let directory = Directory::open().await;
        let nobody = json!({"url": format!("{}/directoryObjects/0e0e0e0e-31f4-4d0e-8d0a-1f9d0b6a4f11", directory.base())});
        let items = [
            change_set_part(&[
                change_part("PATCH", USER, &json!({"city": "Oslo"})),
                change_part("PUT", &format!("{USER}/$links/manager"), &nobody),
                change_part("DELETE", &format!("{USER}/$links/manager"), &Value::Null),
            ]),
            query_part(USER),
        ];
        let responses = send_batch(&directory, &items).await;
        assert_eq!(responses[0].len(), 1, "{responses:?}");
        let (status, failure) = &responses[0][0];
        assert_eq!((*status, code(failure)), (404, "Request_ResourceNotFound"));
        assert!(message(failure).contains(&format!("Done before it, and not undone: PATCH /contoso.com/{USER}")), "{failure}");
        assert_eq!((responses[1][0].0, &responses[1][0].1["city"]), (200, &json!("Oslo")), "the next item still runs");
    });
}

/// "A single batch can contain a maximum of five queries and/or change sets combined. A change set can contain a maximum of one
/// source object modification and up to 20 add-link and delete-link operations combined. All operations in the change set must
/// be on a single source entity."
#[test]
fn batch_and_change_set_limits_are_enforced() {
    run(async {
        let directory = Directory::open().await;
        let patch = |path: &str| change_part("PATCH", path, &json!({"city": "Oslo"}));
        let unlink = || change_part("DELETE", &format!("{USER}/$links/manager"), &Value::Null);
        for (items, word) in [
            (vec![query_part(USER); 6], "6 queries"),
            (vec![change_set_part(&[patch(USER), patch(USER)])], "one object at most"),
            (vec![change_set_part(&[patch(USER), patch("users/other@contoso.com")])], "on one object"),
            (vec![change_set_part(&vec![unlink(); 21])], "20 links"),
            (vec![change_set_part(&[query_part(USER)])], "no queries"),
            (vec![patch(USER)], "only in change sets"),
        ] {
            let (status, refused) = read_response(post_batch(&directory, join_parts(&items, "batch_1")).await).await;
            assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
            assert!(message(&refused).contains(word), "{refused}");
        }
        directory.fixture.assert_nothing_written();
        assert_eq!(send_batch(&directory, &vec![query_part(USER); 5]).await.len(), 5);
    });
}

/// A target is a path, an absolute URL of this service, or a path relative to the directory. Its query cannot change the target.
#[test]
fn batch_accepts_only_targets_of_own_directory() {
    run(async {
        let directory = Directory::open().await;
        let boss = "0f0f0f0f-31f4-4d0e-8d0a-1f9d0b6a4f11";
        directory.add_user(boss, "boss@contoso.com", &json!({}));
        let gateway = directory.fixture.gateway.address();
        let items = [
            part("GET users?api-version=1.6", "", ""),
            part(&format!("GET http://{gateway}/contoso.com/users?api-version=1.6"), "", ""),
            part("GET https://graph.windows.net:443/contoso.com/users?api-version=1.6", "", ""),
            part("GET /contoso.com/users?api-version=1.6&$filter=displayName%20eq%20'http://x/y'", "", ""),
            part("GET /contoso.com/users?api-version=1.6&$format=json", "Accept: application/xml\r\n", ""),
        ];
        let statuses: Vec<u16> = send_batch(&directory, &items).await.iter().map(|responses| responses[0].0).collect();
        assert_eq!(statuses, [200, 200, 200, 200, 200]);
        let line = format!("DELETE /contoso.com/users/{UID}?api-version=1.6&x=http://y/contoso.com/users/{boss}?api-version=1.6");
        let responses = send_batch(&directory, &[change_set_part(&[part(&line, "", "")])]).await;
        assert_eq!(responses[0][0].0, 204);
        assert_eq!(
            directory.get(&format!("/contoso.com/users/{boss}?api-version=1.6")).await.0,
            200,
            "this user is named only in the query"
        );
        let foreign = part("GET https://evil.example/contoso.com/users?api-version=1.6", "", "");
        let (status, refused) = read_response(post_batch(&directory, join_parts(&[foreign], "batch_1")).await).await;
        assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
    });
}

/// Binary content is preserved, also if it ends in white space.
#[test]
fn change_set_preserves_photo_bytes() {
    run(async {
        let directory = Directory::open().await;
        let line = format!("PUT /contoso.com/{USER}/thumbnailPhoto?api-version=1.6");
        let jpeg = b"\xff\xd8\xff\x01 \r\n\r\n";
        let text = "PICTURE";
        let body = join_parts(&[change_set_part(&[part(&line, "Content-Type: image/jpeg\r\n", text)])], "batch_1");
        let (before, after) = body.split_once(text).unwrap();
        let body = [before.as_bytes(), jpeg, after.as_bytes()].concat();
        let request = directory.request(Method::POST, "/contoso.com/$batch?api-version=1.6").header("accept", "multipart/mixed");
        let response = request.header("content-type", "multipart/mixed; boundary=batch_1").body(body).send().await.unwrap();
        assert_eq!((response.status().as_u16(), &response.headers()["dataserviceversion"]), (202, &"1.0;".parse().unwrap()));
        let photo =
            directory.request(Method::GET, &format!("/contoso.com/{USER}/thumbnailPhoto?api-version=1.6")).send().await.unwrap();
        assert_eq!(photo.bytes().await.unwrap().as_ref(), jpeg);
    });
}

/// An unlimited number of headers could exhaust a header map or memory.
#[test]
fn batch_rejects_oversized_headers() {
    run(async {
        let directory = Directory::open().await;
        let many: String = (0..40_000).map(|number| format!("h{number}: x\r\n")).collect();
        let long = format!("h: {}\r\nx: y\r\n", "x".repeat(100_000));
        for headers in [many, "a:\n".repeat(1_000_000), long] {
            let body = join_parts(&[part("GET /contoso.com/users?api-version=1.6", &headers, "")], "batch_1");
            let (status, refused) = read_response(post_batch(&directory, body).await).await;
            assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{refused}");
            assert!(message(&refused).contains("headers"), "{refused}");
        }
        let names = vec!["displayName"; 100_000].join(",");
        let long = part(&format!("GET /contoso.com/users?api-version=1.6&$select={names}"), "", "");
        assert_eq!(send_batch(&directory, &[long]).await[0][0].0, 400);
    });
}

#[test]
fn malformed_batches_are_rejected() {
    run(async {
        let directory = Directory::open().await;
        let whole = join_parts(&[query_part(USER)], "batch_1");
        for body in ["", "--batch_1", "--batch_1\r\n", whole.trim_end().strip_suffix("--").unwrap(), "no boundary at all"] {
            let (status, refused) = read_response(post_batch(&directory, body.to_owned()).await).await;
            assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{body}: {refused}");
        }
        for item in [
            "Content-Type: application/http\r\n\r\nnonsense\r\n",
            "Content-Type: text/plain\r\n\r\nGET /x HTTP/1.1\r\n",
            "\r\n\r\n",
        ] {
            let (status, refused) = read_response(post_batch(&directory, join_parts(&[item.to_owned()], "batch_1")).await).await;
            assert_eq!((status, code(&refused)), (400, "Request_BadRequest"), "{item}: {refused}");
        }
        let request =
            directory.request(Method::POST, "/contoso.com/$batch?api-version=1.6").header("content-type", "application/json");
        assert_eq!(request.body("{}").send().await.unwrap().status(), 415);
        // Each request needs a directory and an API version, as outside a batch.
        let items = [
            part("GET /fabrikam.com/users?api-version=1.6", "", ""),
            part("GET /contoso.com/users", "", ""),
            part("GET /contoso.com/$batch?api-version=1.6", "", ""),
            part("GET /contoso.com/users?api-version=1.6", "Accept: application/xml\r\n", ""),
        ];
        let statuses: Vec<u16> = send_batch(&directory, &items).await.iter().map(|responses| responses[0].0).collect();
        assert_eq!(statuses, [400, 400, 405, 406]);
        // Unix line ends are accepted.
        let unix = join_parts(&[query_part(USER)], "batch_1").replace("\r\n", "\n");
        assert_eq!(post_batch(&directory, unix).await.status(), 202);
    });
}
