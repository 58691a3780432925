//! Pictures of users.
//!
//! <https://learn.microsoft.com/graph/api/profilephoto-get>, <https://learn.microsoft.com/graph/api/profilephoto-update>

use super::*;

#[tokio::test]
async fn user_photo_is_stored_and_returned() {
    let graph = Graph::start().await;
    for path in [format!("/v1.0/users/{ADELE}/photo/$value"), "/beta/me/photo/$value".to_owned()] {
        // "If no photo exists, the operation returns 404 Not Found"; the code is from a report.
        if path.starts_with("/v1.0") {
            assert_eq!(graph.get(&path).await.get_error(), (404, "ImageNotFound"));
        }
        let put = graph.request(Method::PUT, &path).header("authorization", "Bearer token").header("content-type", "image/jpeg");
        assert_eq!(send_request(put.body(&[0xff, 0xd8, 0xff, 0xd9][..])).await.status, 200);
        // "You can use either PATCH or PUT for this operation."
        let patch =
            graph.request(Method::PATCH, &path).header("authorization", "Bearer token").header("content-type", "image/jpeg");
        assert_eq!(send_request(patch.body(&[0xff, 0xd8, 1][..])).await.status, 200);
        let response = graph.request(Method::GET, &path).header("authorization", "Bearer token").send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()), (200, "image/jpeg"));
        assert_eq!(response.bytes().await.unwrap()[..], [0xff, 0xd8, 1]);
    }
    assert_eq!(graph.get("/v1.0/users/nobody/photo/$value").await.status, 404);
}
