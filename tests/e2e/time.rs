//! Deadlines, and callers that disconnect.

use std::time::{Duration, Instant};

use graph_emulator::{Fault, FaultKind};
use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::fixture::{Fixture, UID, connector, fresh_connector, run};

const DEADLINE: Duration = Duration::from_secs(2);

/// Checks that the deadline ended the call, to within a second.
fn assert_ended_at_deadline(begun: Instant) {
    let took = begun.elapsed();
    assert!(took >= DEADLINE && took < DEADLINE + Duration::from_secs(1), "{took:?}");
}

#[test]
fn unresponsive_service_times_out() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| settings.deadline = DEADLINE).await;
        fixture.emulator.inject(Fault::new(FaultKind::Hang).method(Method::GET));
        let begun = Instant::now();
        let (status, body) = fixture.get(&format!("{UID}?_fields=contacts")).await;
        assert_ended_at_deadline(begun);
        assert_eq!((status, &body["detail"]["kind"]), (503, &json!("timeout")), "{body}");
        assert!(body["message"].as_str().unwrap().contains("the time limit of an operation is"), "{body}");
        assert_eq!(fixture.contacts().await.len(), 0, "the next request is served");
    });
}

/// The deadline applies to the whole update, whose error says which changes did not begin. The second of three batches gets no
/// response.
#[test]
fn deadline_during_update_reports_each_outcome() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| settings.deadline = DEADLINE).await;
        fixture.emulator.inject(Fault::new(FaultKind::ApplyThenHang).path_ends_with("$batch").after(1));
        let many: Vec<Value> = (0..60).map(|number| json!({"givenName": number.to_string()})).collect();
        let begun = Instant::now();
        let (status, body) = fixture.put(json!({"__addContacts__": many})).await;
        assert_ended_at_deadline(begun);
        let contacts = &body["detail"]["contacts"];
        assert_eq!((status, &contacts[19]["done"]), (503, &json!(true)), "{body}");
        assert_eq!(contacts[20]["error"]["mayHaveTakenEffect"], true);
        assert_eq!(contacts[40]["error"]["mayHaveTakenEffect"], false);
        assert_eq!(fixture.contacts().await.len(), 40, "as the outcomes say");
    });
}

/// Each request takes 1.5 seconds, so two of them exceed the deadline of the call.
#[test]
fn slow_service_times_out() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| settings.deadline = DEADLINE).await;
        for _ in 0..25 {
            fixture.add(json!({"givenName": "x"}));
        }
        fixture.emulator.inject(Fault::new(FaultKind::Delay(Duration::from_millis(1500))).forever());
        let begun = Instant::now();
        let (status, _) = fixture.get(UID).await;
        assert_eq!(status, 200);
        assert!(begun.elapsed() >= Duration::from_millis(1500));
        let begun = Instant::now();
        let (status, body) = fixture.put(json!({"__addContacts__": {"givenName": "1"}})).await;
        assert_ended_at_deadline(begun);
        assert_eq!(status, 503, "{body}");
    });
}

async fn wait_until_no_sandbox_lives(fixture: &Fixture) {
    for _ in 0..100 {
        if fixture.gateway.live_sandboxes() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{} sandboxes are left", fixture.gateway.live_sandboxes());
}

fn head(method: &str, query: &str, more: &str) -> String {
    format!(
        "{method} /openidm/system/azuread/user/{UID}{query} HTTP/1.1\r\nHost: localhost\r\n\
         X-OpenIDM-Username: openidm-admin\r\nX-OpenIDM-Password: openidm-admin\r\n{more}\r\n"
    )
}

#[test]
fn disconnected_caller_frees_sandbox() {
    run(async {
        let fixture = Fixture::with(fresh_connector(), |settings| settings.deadline = DEADLINE).await;
        for number in 0..600 {
            fixture.add(json!({"givenName": format!("{number}"), "personalNotes": "x".repeat(5000)}));
        }
        let address = fixture.gateway.address();
        for _ in 0..3 {
            // The caller disconnects during the response, which is larger than a connection's buffers.
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(head("GET", "?_fields=contacts", "").as_bytes()).await.unwrap();
            let mut begin = [0; 1000];
            stream.read_exact(&mut begin).await.unwrap();
            assert!(begin.starts_with(b"HTTP/1.1 200 "));
            drop(stream);

            // The caller disconnects during its request.
            let mut stream = TcpStream::connect(address).await.unwrap();
            let more = "If-Match: *\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n";
            stream.write_all(format!("{}{{\"__add", head("PUT", "", more)).as_bytes()).await.unwrap();
            drop(stream);

            // The caller disconnects during a request to Graph.
            fixture.emulator.inject(Fault::new(FaultKind::Hang));
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(head("GET", "", "").as_bytes()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
            drop(stream);
            fixture.emulator.clear_faults();
        }
        wait_until_no_sandbox_lives(&fixture).await;
        assert_eq!(fixture.contacts().await.len(), 600, "the next request is served");
        wait_until_no_sandbox_lives(&fixture).await;
    });
}

/// A caller that stops reading occupies only its own sandbox, and only until the deadline.
#[test]
fn stalled_caller_frees_sandbox() {
    run(async {
        let fixture = Fixture::with(fresh_connector(), |settings| settings.deadline = DEADLINE).await;
        for number in 0..600 {
            fixture.add(json!({"givenName": format!("{number}"), "personalNotes": "x".repeat(15000)}));
        }
        let mut stream = TcpStream::connect(fixture.gateway.address()).await.unwrap();
        stream.write_all(head("GET", "?_fields=contacts", "").as_bytes()).await.unwrap();
        let mut begin = [0; 1000];
        stream.read_exact(&mut begin).await.unwrap();
        assert_eq!(fixture.get(UID).await.0, 200, "other callers are served meanwhile");
        wait_until_no_sandbox_lives(&fixture).await;
        drop(stream);
    });
}
