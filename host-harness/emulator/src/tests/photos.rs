//! Photos of contacts, and permanent deletion.

use serde_json::json;

use super::*;

/// The first bytes of a JPEG of 240 by 120: start of image, an APP0 of four bytes, and a frame header.
const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xc0, 0, 17, 8, 0, 120, 0, 240, 3];

#[tokio::test]
async fn contact_photo_is_stored_and_deleted() {
    let graph = Graph::start().await;
    let path = format!("/v1.0{}/photo", graph.create_contact(json!({"givenName": "A"})).await);
    let content = format!("{path}/$value");
    // "If no photo exists, the operation returns 404 Not Found".
    for none in [&path, &content] {
        assert_eq!(graph.get(none).await.status, 404);
    }
    let put = |media_type: &'static str, bytes: &'static [u8]| {
        graph
            .request(Method::PUT, &content)
            .header("authorization", "Bearer token")
            .header("content-type", media_type)
            .body(bytes)
    };
    assert_eq!(send_request(put("image/jpeg", JPEG)).await.status, 200);
    let response = graph.request(Method::GET, &content).header("authorization", "Bearer token").send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()), (200, "image/jpeg"));
    assert_eq!(response.bytes().await.unwrap(), JPEG);
    let metadata = graph.get(&path).await.body;
    assert_eq!((&metadata["id"], &metadata["width"], &metadata["height"]), (&json!("240X120"), &json!(240), &json!(120)));
    assert_eq!(metadata["@odata.mediaContentType"], "image/jpeg");
    assert_eq!(send_request(put("text/plain", b"x")).await.get_error(), (400, "BadRequest"));
    // @pnp/graph sends no media type of its own.
    assert_eq!(send_request(put("application/json", JPEG)).await.status, 200);
    // "You can use either PATCH or PUT for this operation."
    let patch =
        graph.request(Method::PATCH, &content).header("authorization", "Bearer token").header("content-type", "image/jpeg");
    assert_eq!(send_request(patch.body(&[0xff, 0xd8, 0xff, 0xd9][..])).await.status, 200);
    let patched = graph.request(Method::GET, &content).header("authorization", "Bearer token").send().await.unwrap();
    assert_eq!(patched.bytes().await.unwrap()[..], [0xff, 0xd8, 0xff, 0xd9]);
    assert_eq!(graph.delete(&content).await.status, 204);
    assert_eq!(graph.get(&path).await.status, 404);
}

#[tokio::test]
async fn photo_in_batch_is_base64() {
    let graph = Graph::start().await;
    let url = format!("{}/photo/$value", graph.create_contact(json!({"givenName": "A"})).await);
    let item = json!({"id": "1", "method": "PUT", "url": url, "headers": {"Content-Type": "image/jpeg"}, "body": "_9j_4AAEAQE"});
    let put = graph.post("/v1.0/$batch", json!({"requests": [item]})).await.body;
    assert_eq!(put["responses"][0]["status"], 200, "{put}");
    let item = json!({"id": "1", "method": "GET", "url": url});
    let got = graph.post("/v1.0/$batch", json!({"requests": [item]})).await.body;
    assert_eq!(got["responses"][0]["body"], "/9j/4AAEAQE=");
}

#[tokio::test]
async fn permanent_delete_removes_contact_and_folder() {
    let graph = Graph::start().await;
    let path = format!("/v1.0{}", graph.create_contact(json!({"givenName": "A"})).await);
    let folder = graph.emulator.add_folder(ADELE, "contacts", "Other").unwrap();
    for target in [path, format!("/v1.0/me/contactFolders/{folder}")] {
        let action = format!("{target}/permanentDelete");
        assert_eq!(graph.send(Method::POST, &action, &[], None).await.status, 204);
        assert_eq!(graph.get(&target).await.get_error(), (404, "ErrorItemNotFound"));
        assert_eq!(graph.get(&action).await.get_error(), (405, "ErrorInvalidRequest"));
    }
}
