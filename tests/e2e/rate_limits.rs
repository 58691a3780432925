//! Rate limits, which all sandboxes of a tenant share.

use std::time::Duration;

use serde_json::json;

use crate::fixture::{Fixture, UID, connector, run};

/// Each call has its own sandbox. The third would get its permit after thirty seconds, long after its deadline.
#[test]
fn rate_limited_read_waits_until_deadline() {
    run(async {
        // It counts requests, and an empty page would cost one more.
        let fixture = Fixture::exact(connector(), |settings| {
            settings.read_rate_limit = Some("2/min".parse().unwrap());
            settings.deadline = Duration::from_secs(3);
        })
        .await;
        let read = format!("{UID}?_fields=_id,contacts");
        assert_eq!(fixture.get(&read).await.0, 200);
        assert_eq!(fixture.get(&read).await.0, 200);
        let (status, body) = fixture.get(&read).await;
        assert_eq!((status, &body["detail"]["kind"]), (503, &json!("timeout")), "{body}");
        assert!(body["message"].as_str().unwrap().contains("the time limit of an operation is"), "{body}");
        assert_eq!(fixture.sent().len(), 2, "{:?}", fixture.sent());
    });
}

/// A batch has three writes. The user is read, and the batch is not sent, because its third write exceeds the rate limit.
#[test]
fn batch_items_count_towards_write_rate_limit() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| {
            settings.write_rate_limit = Some("2/hour".parse().unwrap());
            settings.deadline = Duration::from_secs(3);
        })
        .await;
        let three: Vec<_> = (0..3).map(|number| json!({"givenName": number.to_string()})).collect();
        let (status, body) = fixture.put(json!({"__addContacts__": three})).await;
        assert_eq!((status, &body["detail"]["contacts"][0]["error"]["kind"]), (503, &json!("timeout")), "{body}");
        fixture.assert_nothing_written();
        assert!(!fixture.sent().iter().any(|line| line.ends_with("/$batch")), "{:?}", fixture.sent());
        assert_eq!(fixture.contacts().await.len(), 0);
    });
}
