//! Compressed responses, for a client that decompresses nothing by itself.

use std::io::Read;

use flate2::read::GzDecoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::{Fault, FaultKind};

/// Returns head and body of the response, as on the wire.
async fn get_raw(graph: &Graph, target: &str, accept: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(graph.emulator.endpoint().trim_start_matches("http://")).await.unwrap();
    let request = format!(
        "GET {target} HTTP/1.1\r\nhost: emulator\r\nauthorization: Bearer token\r\naccept-encoding: {accept}\r\n\
         connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    let end = response.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    (String::from_utf8(response[..end].to_vec()).unwrap(), response[end + 4..].to_vec())
}

fn get_header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.split_once(": ").filter(|(key, _)| *key == name).map(|(_, value)| value))
}

fn decompress(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    GzDecoder::new(body).read_to_end(&mut text).map(|_| text)
}

#[tokio::test]
async fn long_response_is_compressed_on_request() {
    let graph = Graph::start().await;
    graph.fill(50);
    let target = "/v1.0/me/contacts?$top=50";
    let (head, plain) = get_raw(&graph, target, "identity").await;
    assert_eq!((get_header(&head, "content-encoding"), get_header(&head, "vary")), (None, Some("Accept-Encoding")));
    let (head, body) = get_raw(&graph, target, "gzip, br").await;
    assert_eq!((get_header(&head, "content-encoding"), get_header(&head, "vary")), (Some("gzip"), Some("Accept-Encoding")));
    assert_eq!(get_header(&head, "content-length"), Some(body.len().to_string().as_str()));
    assert!(body.len() * 4 < plain.len(), "{} of {}", body.len(), plain.len());
    assert_eq!(decompress(&body).unwrap(), plain);
}

#[tokio::test]
async fn short_response_and_photo_stay_uncompressed() {
    let graph = Graph::start().await;
    let (head, body) = get_raw(&graph, "/v1.0/me?$select=id", "gzip").await;
    assert_eq!((get_header(&head, "content-encoding"), get_header(&head, "vary")), (None, None));
    assert!(body.starts_with(b"{"));
    let path = graph.create_contact(json!({"givenName": "A"})).await;
    let picture = format!("/v1.0{path}/photo/$value");
    let request = graph.request(Method::PUT, &picture).header("authorization", "Bearer token");
    let jpeg = [b"\xff\xd8\xff".as_slice(), &[0; 4000]].concat();
    let put = request.header("content-type", "image/jpeg").body(jpeg).send().await.unwrap();
    assert_eq!(put.status(), 200);
    assert_eq!(get_header(&get_raw(&graph, &picture, "gzip").await.0, "content-encoding"), None);
}

/// The emulator compresses a batch as a whole, and not its items.
#[tokio::test]
async fn batch_is_compressed_as_whole() {
    let graph = Graph::start().await;
    graph.fill(20);
    let item = json!({"id": "1", "method": "GET", "url": "/me/contacts?$top=20", "headers": {"Accept-Encoding": "gzip"}});
    let headers = [("content-type", "application/json"), ("accept-encoding", "identity")];
    let body = json!({"requests": [item]}).to_string();
    let response = graph.send(Method::POST, "/v1.0/$batch", &headers, Some(body)).await;
    assert_eq!(response.body["responses"][0]["body"]["value"].as_array().unwrap().len(), 20);
    assert!(response.body["responses"][0]["headers"].get("content-encoding").is_none(), "{}", response.body);
    assert_eq!(response.header("vary"), "Accept-Encoding");
}

#[tokio::test]
async fn compressed_response_can_be_truncated() {
    let graph = Graph::start().await;
    graph.fill(50);
    graph.emulator.inject(Fault::new(FaultKind::Truncate(100)).target_contains("$top=50"));
    let (head, body) = get_raw(&graph, "/v1.0/me/contacts?$top=50", "gzip").await;
    assert_eq!((get_header(&head, "content-encoding"), body.len()), (Some("gzip"), 100));
    assert!(get_header(&head, "content-length").unwrap().parse::<usize>().unwrap() > 100);
    assert!(decompress(&body).is_err());
    let (_, whole) = get_raw(&graph, "/v1.0/me/contacts?$top=50", "gzip").await;
    assert!(decompress(&whole).is_ok(), "the next one is complete");
}
