//! Failed logins, from one address and from many connections.

use graph_contacts_host::hash_password;
use http::Method;
use serde_json::json;

use crate::fixture::{Fixture, UID, component_file, run, send_request};
use crate::hosting::{MultiTenantFixture, TempFolder, admin, start_graph};
use crate::serve_process::ServeProcess;

/// Five failures in a row are enough, also if the right password comes in between.
#[test]
fn attempts_beside_polling_caller_are_locked_out() {
    run(async {
        let fixture = MultiTenantFixture::open("attempts").await;
        for guess in 0..5 {
            assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 200);
            let guessed = fixture.read_of("contoso").basic_auth("openidm-admin", Some(format!("guess {guess}")));
            assert_eq!(send_request(guessed).await.0, 401, "{guess}");
        }
        let response = fixture.read_of("contoso").basic_auth("openidm-admin", Some("guess 5")).send().await.unwrap();
        assert_eq!(response.status(), 429);
        let seconds: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=31).contains(&seconds), "{seconds}");
        // The other callers of the machine are not affected.
        assert_eq!(send_request(fixture.read_of("contoso").basic_auth("auditor", Some("audit"))).await.0, 200);
    });
}

/// `serve` without `--config`: by OpenIDM's headers, Basic, and the password as a token.
#[test]
fn attempts_at_gateway_of_one_party_are_locked_out() {
    run(async {
        let fixture = Fixture::start().await;
        let url = fixture.url(&format!("{UID}?_fields=_id,contacts"));
        let request = || reqwest::Client::new().get(&url);
        for guess in 0..5 {
            let guessed = match guess {
                0 => request().header("X-OpenIDM-Username", "openidm-admin").header("X-OpenIDM-Password", "guess"),
                1 => request().bearer_auth("guess"),
                _ => request().basic_auth("openidm-admin", Some("guess")),
            };
            let (status, body) = send_request(guessed).await;
            assert_eq!((status, body), (401, json!({"code": 401, "reason": "Unauthorized", "message": "Access Denied"})));
        }
        for locked_out in [request().bearer_auth("openidm-admin"), fixture.request(Method::GET, UID)] {
            let response = locked_out.send().await.unwrap();
            assert_eq!(response.status(), 429);
            assert!(response.headers().contains_key("retry-after"));
        }
        assert_eq!(send_request(request().basic_auth("another", Some("guess"))).await.0, 401, "another name");
        assert!(fixture.sent().is_empty(), "no guess reaches a sandbox: {:?}", fixture.sent());
    });
}

/// Each comparison takes 19 MiB. An allocator keeps as much for each thread that ever compared: 150 of them from 30 connections took
/// 750 MiB for good.
#[test]
fn wrong_passwords_take_bounded_memory() {
    let emulator = run(start_graph("t"));
    let folder = TempFolder::new("guessed");
    folder.write("token", "t");
    let configuration = format!(
        "callers = [{{ name = 'idm', password-hash = '{}' }}]\n[[tenants]]\nname = 'contoso'\ncallers = ['idm']\n\
         endpoint = '{}'\ncredential.access-token.file = 'token'\n",
        hash_password("secret").unwrap(),
        emulator.endpoint()
    );
    let process = ServeProcess::start(&folder, &component_file(), &configuration, false);
    let Some(before) = process.resident() else { return };
    run(async {
        let mut connections = tokio::task::JoinSet::new();
        for connection in 0..30 {
            let url = format!("{}/openidm/system/contoso/user/{UID}", process.address);
            connections.spawn(async move {
                let client = reqwest::Client::new();
                for guess in 0..5 {
                    let name = format!("{connection}-{guess}");
                    let response = client.get(&url).basic_auth(name, Some("guess")).send().await.unwrap();
                    assert_eq!(response.status(), 401);
                }
            });
        }
        connections.join_all().await;
    });
    let grown = process.resident().unwrap().saturating_sub(before) >> 10;
    assert!(grown < 128, "{grown} MiB");
}
