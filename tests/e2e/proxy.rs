//! The settings of a proxy and of CA certificates. The host's own tests check the proxied requests.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use crate::command::program;
use crate::fixture::run;
use crate::hosting::start_graph;

/// Rejects one request to the proxy. Returns the request's first line.
fn reject_request(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let mut head = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let first = head.next().unwrap();
    head.for_each(drop);
    stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").unwrap();
    first
}

#[test]
fn proxy_is_set_by_variable_or_option() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    for (variables, arguments) in [
        (vec![("HTTPS_PROXY", address.as_str()), ("https_proxy", "")], vec!["test"]),
        (
            vec![("HTTPS_PROXY", "http://192.0.2.1:1"), ("NO_PROXY", "graph.test")],
            vec!["--proxy", &address, "--no-proxy", "x", "test"],
        ),
    ] {
        let mut command = program();
        command.args(["--endpoint", "https://graph.test", "--max-retries", "0"]).args(&arguments);
        command.envs(variables).env("GRAPH_ACCESS_TOKEN", "t");
        let running = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
        assert_eq!(reject_request(&proxy), "CONNECT graph.test:443 HTTP/1.1");
        assert!(!running.wait_with_output().unwrap().status.success());
    }
}

#[test]
fn loopback_endpoint_bypasses_proxy() {
    let emulator = run(start_graph("t"));
    let mut command = program();
    command.arg("test").env("GRAPH_ENDPOINT", emulator.endpoint()).env("GRAPH_ACCESS_TOKEN", "t");
    // Nothing listens on these ports.
    let output = command.env("HTTPS_PROXY", "http://127.0.0.1:1").env("HTTP_PROXY", "http://127.0.0.1:1").output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn invalid_proxy_or_ca_file_is_reported_before_sending() {
    for (arguments, expected) in [
        (["--proxy", "ftp://user:hunter2@proxy"], "in --proxy or HTTPS_PROXY: the proxy's address is neither http nor https"),
        (["--ca-file", "/nowhere.pem"], "cannot read --ca-file /nowhere.pem"),
        (["--ca-file", "/dev/null"], "in --ca-file /dev/null: it has no certificate"),
    ] {
        let output = program().args(arguments).arg("test").output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && errors.contains(expected) && !errors.contains("hunter2"), "{errors}");
    }
}
