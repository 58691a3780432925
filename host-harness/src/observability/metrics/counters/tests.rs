use super::*;
use crate::observability::metrics::meter::Meter;

/// Returns the value of a line of the encoded metrics.
fn value(text: &str, line: &str) -> Option<f64> {
    text.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(' ')?.parse().ok())
}

#[test]
fn calls_are_counted_by_tenant_operation_and_outcome() {
    let metrics = Metrics::default();
    metrics.record_call(Some("contoso"), Some(Operation::Read), Outcome::new(Some(200), true), Duration::from_millis(30));
    metrics.record_call(Some("contoso"), Some(Operation::Read), Outcome::new(Some(404), true), Duration::from_millis(300));
    metrics.record_call(Some("contoso"), Some(Operation::Read), Outcome::new(Some(404), true), Duration::from_secs(3));
    metrics.record_call(None, None, Outcome::new(None, false), Duration::ZERO);
    let text = metrics.encode();
    let calls = |tenant: &str, operation: &str, outcome: &str| {
        let labels = format!("tenant=\"{tenant}\",operation=\"{operation}\",outcome=\"{outcome}\"");
        value(&text, &format!("graph_contacts_calls_total{{{labels}}}"))
    };
    assert_eq!(calls("contoso", "read", "ok"), Some(1.0), "{text}");
    assert_eq!(calls("contoso", "read", "client_error"), Some(2.0));
    assert_eq!(calls("-", "-", "broken_off"), Some(1.0));
    let bucket = |bound: &str| {
        let labels = format!("le=\"{bound}\",tenant=\"contoso\",operation=\"read\"");
        value(&text, &format!("graph_contacts_call_duration_seconds_bucket{{{labels}}}"))
    };
    assert_eq!(
        (bucket("0.025"), bucket("0.05"), bucket("0.5"), bucket("+Inf")),
        (Some(0.0), Some(1.0), Some(2.0), Some(3.0)),
        "{text}"
    );
    assert!(text.ends_with("# EOF\n"));
}

#[test]
fn incomplete_response_counts_as_aborted() {
    assert_eq!(Outcome::new(Some(200), false), Outcome::Aborted);
    assert_eq!(Outcome::new(Some(200), true), Outcome::Ok);
    assert_eq!(Outcome::new(Some(503), false), Outcome::ServerError);
    assert_eq!(Outcome::new(Some(304), true), Outcome::Ok);
    assert_eq!(Outcome::new(None, false), Outcome::Aborted);
}

#[test]
fn default_meter_counts_nothing() {
    let disabled = Meter::default();
    let _live = disabled.count_sandbox();
    disabled.start_request("read", true).record_response(http::StatusCode::OK, true);
    let metrics = Metrics::default();
    let meter = Meter::new(&metrics, "contoso");
    let live = meter.count_sandbox();
    assert_eq!(metrics.status().tenants.len(), 1, "only tenants of the configuration are shown");
    metrics.set_tenants(["contoso"].into_iter());
    assert_eq!(metrics.status().tenants[0].sandboxes, 1);
    drop(live);
    assert_eq!(metrics.status().tenants[0].sandboxes, 0);
}
