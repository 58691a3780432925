//! The audit log: caller, operation and object of each call, without values.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use graph_contacts_host::AuditLog;
use http::Method;
use serde_json::{Value, json};

use crate::fixture::{UID, run, send_request};
use crate::hosting::{MultiTenantFixture, admin};

/// An audit log in memory.
#[derive(Clone, Default)]
pub struct AuditLines(Arc<Mutex<Vec<u8>>>);

impl Write for AuditLines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl AuditLines {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Returns the complete lines with an event.
    pub fn lines(&self, event: &str) -> Vec<Value> {
        let text = self.text();
        let complete = text.rsplit_once('\n').map_or("", |(complete, _)| complete);
        complete.lines().map(|line| serde_json::from_str(line).unwrap()).filter(|line: &Value| line["event"] == event).collect()
    }

    /// Returns the lines of ended calls as soon as there are `count`. A line may follow its response.
    pub async fn take(&self, count: usize) -> Vec<Value> {
        loop {
            let lines = self.lines("ended");
            if lines.len() >= count {
                return lines;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[test]
fn audit_log_records_each_call_without_values() {
    run(async {
        let lines = AuditLines::default();
        let log = lines.clone();
        let fixture = MultiTenantFixture::with("audit", |registry| registry.with_audit_log(AuditLog::to_writer(log))).await;
        let secret = json!({"__addContacts__": {"givenName": "Confidential", "mobilePhone": "555-0199"}}).to_string();
        let put = |tenant: &str| {
            let request = fixture.request(Method::PUT, &format!("/{tenant}/user/{UID}?_fields=_id"));
            request.header("If-Match", "*").header("Content-Type", "application/json").body(secret.clone())
        };
        assert_eq!(send_request(admin(put("contoso"))).await.0, 200);
        assert_eq!(send_request(put("fabrikam").bearer_auth(&fixture.token)).await.0, 403);
        assert_eq!(send_request(admin(put("fabrikam"))).await.0, 404);
        assert_eq!(send_request(put("contoso").bearer_auth("not-a-token")).await.0, 401);
        let logged = lines.take(4).await;
        let summary = |line: &Value| {
            let text_of = |key: &str| line[key].as_str().map(ToOwned::to_owned);
            (
                text_of("tenant"),
                text_of("caller"),
                text_of("operation"),
                text_of("id"),
                line["status"].as_u64().unwrap(),
                line["complete"] == true,
            )
        };
        let text = |text: &str| Some(text.to_owned());
        let expected = [
            (text("contoso"), text("openidm-admin"), text("update"), text(UID), 200, true),
            (text("fabrikam"), text("midpoint"), text("update"), text(UID), 403, true),
            (text("fabrikam"), text("openidm-admin"), text("update"), text(UID), 404, true),
            (None, None, text("update"), None, 401, true),
        ];
        assert_eq!(logged.iter().map(summary).collect::<Vec<_>>(), expected);
        let ids = logged[0]["graphRequestIds"].as_array().unwrap();
        assert_eq!(ids.len(), fixture.contoso.requests().len(), "{ids:?}");
        assert!(ids.iter().all(|id| id.as_str().is_some_and(|id| id.len() == 36)), "{ids:?}");
        let sent: Vec<_> = fixture.contoso.requests().iter().map(|one| json!(one.header("client-request-id"))).collect();
        assert_eq!(logged[0]["clientRequestIds"], json!(sent));
        assert_eq!((&logged[1]["graphRequestIds"], &logged[1]["clientRequestIds"]), (&json!([]), &json!([])));
        let all_lines = format!("{logged:?}");
        for value in ["Confidential", "555-0199", "pässword", "not-a-token", &fixture.token, "token-of-contoso"] {
            assert!(!all_lines.contains(value), "{value} in {all_lines}");
        }
    });
}

/// Each contact that a call writes is in the line at its end, and the first ones are in the line before. A call that reads has one line.
#[test]
fn audit_log_records_each_write_of_call() {
    run(async {
        let lines = AuditLines::default();
        let log = lines.clone();
        let fixture = MultiTenantFixture::with("each-write", |registry| registry.with_audit_log(AuditLog::to_writer(log))).await;
        let (one, two) = (fixture.contoso.add_contact(UID, &json!({"givenName": "Ada"})).unwrap(), json!({"givenName": "Grace"}));
        let two = fixture.contoso.add_contact(UID, &two).unwrap();
        let body = json!({
            "__updateContacts__": {"id": one, "givenName": "Confidential"},
            "__removeContacts__": two,
            "__addContacts__": (0..120).map(|number| json!({"givenName": number.to_string()})).collect::<Vec<_>>(),
        });
        let put = fixture.request(Method::PUT, &format!("/contoso/user/{UID}")).header("If-Match", "*");
        assert_eq!(send_request(admin(put.header("Content-Type", "application/json").body(body.to_string()))).await.0, 200);
        assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 200);
        let ended = lines.take(2).await;
        let (begun, continued) = (lines.lines("begun"), lines.lines("continued"));
        assert_eq!(begun.len(), 1, "{begun:?}");
        let written: Vec<Value> =
            continued.iter().chain(&ended[..1]).flat_map(|line| line["writes"].as_array().unwrap().clone()).collect();
        let count = |operation: &str| written.iter().filter(|write| write["operation"] == operation).count();
        assert_eq!((count("create"), count("patch"), count("delete"), written.len()), (120, 1, 1, 122));
        let write =
            |operation: &str, id: &str| json!({"operation": operation, "objectClass": "contact", "mailbox": UID, "id": id});
        assert!(written.contains(&write("patch", &one)) && written.contains(&write("delete", &two)), "{written:?}");
        let first = begun[0]["writes"].as_array().unwrap();
        assert!(!first.is_empty() && first.iter().all(|write| written.contains(write)), "{first:?}");
        assert_eq!(begun[0]["traceId"], ended[0]["traceId"]);
        assert_eq!(ended[1]["writes"], json!([]));
        assert!(!lines.text().contains("Confidential"));
    });
}

/// The line has the caller's trace. Without a trace, or with two, it has a new one.
#[test]
fn audit_log_records_trace_of_caller() {
    run(async {
        let lines = AuditLines::default();
        let log = lines.clone();
        let fixture = MultiTenantFixture::with("traces", |registry| registry.with_audit_log(AuditLog::to_writer(log))).await;
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let read = || admin(fixture.read_of("contoso")).header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
        for request in [read(), read().header("traceparent", "x"), admin(fixture.read_of("contoso"))] {
            assert_eq!(send_request(request).await.0, 200);
        }
        let logged = lines.take(3).await;
        let traces: Vec<&str> = logged.iter().map(|line| line["traceId"].as_str().unwrap()).collect();
        assert_eq!(traces[0], trace);
        assert!(traces[1] != trace && traces[2] != trace && traces[1] != traces[2], "{traces:?}");
        assert!(traces.iter().all(|trace| trace.len() == 32), "{traces:?}");
    });
}

/// The call of a caller that disconnects is logged, because it may have taken effect.
#[test]
fn audit_log_records_call_of_disconnected_caller() {
    use graph_emulator::{Fault, FaultKind};
    run(async {
        let lines = AuditLines::default();
        let log = lines.clone();
        let fixture = MultiTenantFixture::with("gone", |registry| registry.with_audit_log(AuditLog::to_writer(log))).await;
        fixture.contoso.inject(Fault::new(FaultKind::Hang));
        let hanging = tokio::spawn(admin(fixture.read_of("contoso")).send());
        while fixture.contoso.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        hanging.abort();
        let logged = lines.take(1).await;
        assert_eq!((&logged[0]["status"], &logged[0]["complete"]), (&Value::Null, &json!(false)), "{logged:?}");
    });
}
