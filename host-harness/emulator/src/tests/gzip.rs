//! Compressed answers, seen from a client that undoes nothing by itself.

use std::io::Read;

use flate2::read::GzDecoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::{Fault, FaultKind};

/// Head and body of the answer, as on the wire.
async fn raw(graph: &Graph, target: &str, accept: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(graph.emulator.endpoint().trim_start_matches("http://")).await.unwrap();
    let request = format!(
        "GET {target} HTTP/1.1\r\nhost: emulator\r\nauthorization: Bearer token\r\naccept-encoding: {accept}\r\n\
         connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end + 4..].to_vec())
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.split_once(": ").filter(|(key, _)| *key == name).map(|(_, value)| value))
}

fn unzipped(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    GzDecoder::new(body).read_to_end(&mut text).map(|_| text)
}

#[tokio::test]
async fn a_long_answer_is_compressed_for_those_who_ask() {
    let graph = Graph::start().await;
    graph.fill(50);
    let target = "/v1.0/me/contacts?$top=50";
    let (head, plain) = raw(&graph, target, "identity").await;
    assert_eq!((header(&head, "content-encoding"), header(&head, "vary")), (None, Some("Accept-Encoding")));
    let (head, body) = raw(&graph, target, "gzip, br").await;
    assert_eq!((header(&head, "content-encoding"), header(&head, "vary")), (Some("gzip"), Some("Accept-Encoding")));
    assert_eq!(header(&head, "content-length"), Some(body.len().to_string().as_str()));
    assert!(body.len() * 4 < plain.len(), "{} of {}", body.len(), plain.len());
    assert_eq!(unzipped(&body).unwrap(), plain);
}

#[tokio::test]
async fn a_short_answer_and_a_picture_stay_as_they_are() {
    let graph = Graph::start().await;
    let (head, body) = raw(&graph, "/v1.0/me?$select=id", "gzip").await;
    assert_eq!((header(&head, "content-encoding"), header(&head, "vary")), (None, None));
    assert!(body.starts_with(b"{"));
    let path = graph.contact(json!({"givenName": "A"})).await;
    let picture = format!("/v1.0{path}/photo/$value");
    let request = graph.request(Method::PUT, &picture).header("authorization", "Bearer token");
    let jpeg = [b"\xff\xd8\xff".as_slice(), &[0; 4000]].concat();
    let put = request.header("content-type", "image/jpeg").body(jpeg).send().await.unwrap();
    assert_eq!(put.status(), 200);
    assert_eq!(header(&raw(&graph, &picture, "gzip").await.0, "content-encoding"), None);
}

/// A batch is compressed as a whole, and its items are not.
#[tokio::test]
async fn a_batch_is_one_answer() {
    let graph = Graph::start().await;
    graph.fill(20);
    let item = json!({"id": "1", "method": "GET", "url": "/me/contacts?$top=20", "headers": {"Accept-Encoding": "gzip"}});
    let headers = [("content-type", "application/json"), ("accept-encoding", "identity")];
    let body = json!({"requests": [item]}).to_string();
    let answer = graph.send(Method::POST, "/v1.0/$batch", &headers, Some(body)).await;
    assert_eq!(answer.body["responses"][0]["body"]["value"].as_array().unwrap().len(), 20);
    assert!(answer.body["responses"][0]["headers"].get("content-encoding").is_none(), "{}", answer.body);
    assert_eq!(answer.header("vary"), "Accept-Encoding");
}

#[tokio::test]
async fn a_compressed_answer_can_be_cut_short() {
    let graph = Graph::start().await;
    graph.fill(50);
    graph.emulator.inject(Fault::new(FaultKind::Truncate(100)).target_contains("$top=50"));
    let (head, body) = raw(&graph, "/v1.0/me/contacts?$top=50", "gzip").await;
    assert_eq!((header(&head, "content-encoding"), body.len()), (Some("gzip"), 100));
    assert!(header(&head, "content-length").unwrap().parse::<usize>().unwrap() > 100);
    assert!(unzipped(&body).is_err());
    let (_, whole) = raw(&graph, "/v1.0/me/contacts?$top=50", "gzip").await;
    assert!(unzipped(&whole).is_ok(), "the next is whole");
}
