//! The metrics after known calls.

use std::collections::BTreeMap;
use std::time::Duration;

use graph_emulator::{CannedResponse, Fault, FaultKind};
use http::{Method, StatusCode, header};
use serde_json::json;

use crate::fixture::{UID, run, send_request};
use crate::hosting::{MultiTenantFixture, admin, with_secret};

/// The samples of an exposition by name and labels.
struct Samples(BTreeMap<String, f64>);

impl Samples {
    fn of(fixture: &MultiTenantFixture) -> Samples {
        let text = fixture.metrics().encode();
        assert!(text.ends_with("# EOF\n"), "{text}");
        let samples = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.strip_prefix("graph_contacts_").unwrap().to_owned(), value.parse().unwrap())
        });
        Samples(samples.collect())
    }

    fn get(&self, sample: &str) -> f64 {
        self.0.get(sample).copied().unwrap_or_default()
    }

    /// Returns the samples as soon as one has a value. A count may follow its response.
    async fn wait_for(fixture: &MultiTenantFixture, sample: &str, value: f64) -> Samples {
        for _ in 0..2_000 {
            let samples = Samples::of(fixture);
            if samples.get(sample) >= value {
                return samples;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{sample} does not become {value}: {:#?}", Samples::of(fixture).0);
    }
}

/// A caller cannot tell another's tenant from one that does not exist, nor change its figures.
#[test]
fn strangers_call_counts_for_no_tenant() {
    run(async {
        let fixture = MultiTenantFixture::open("strangers").await;
        assert_eq!(send_request(admin(fixture.read_of("fabrikam"))).await.0, 404);
        let counted = "calls_total{tenant=\"-\",operation=\"read\",outcome=\"client_error\"}";
        let samples = Samples::wait_for(&fixture, counted, 1.0).await;
        let of_tenant = |(name, value): (&String, &f64)| (name.contains("fabrikam") && *value > 0.0).then(|| name.clone());
        assert_eq!(samples.0.iter().filter_map(of_tenant).collect::<Vec<_>>(), [""; 0]);
    });
}

#[test]
fn metrics_count_calls_and_requests_per_tenant() {
    run(async {
        let fixture = MultiTenantFixture::open("metrics").await;
        for _ in 0..2 {
            assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 200);
        }
        let put = |tenant: &str| {
            let request = fixture.request(Method::PUT, &format!("/{tenant}/user/{UID}?_fields=_id"));
            let body = json!({"__addContacts__": {"givenName": "Confidential"}}).to_string();
            request.header("If-Match", "*").header("Content-Type", "application/json").body(body)
        };
        assert_eq!(send_request(admin(put("contoso"))).await.0, 200);
        assert_eq!(send_request(put("fabrikam").bearer_auth(&fixture.token)).await.0, 403);
        assert_eq!(send_request(fixture.read_of("contoso")).await.0, 401);
        assert_eq!(send_request(admin(fixture.read_of("Confidential"))).await.0, 404);
        let samples =
            Samples::wait_for(&fixture, r#"calls_total{tenant="-",operation="read",outcome="client_error"}"#, 2.0).await;
        for (sample, value) in [
            (r#"calls_total{tenant="contoso",operation="read",outcome="ok"}"#, 2.0),
            (r#"calls_total{tenant="contoso",operation="update",outcome="ok"}"#, 1.0),
            (r#"calls_total{tenant="fabrikam",operation="update",outcome="client_error"}"#, 1.0),
            (r#"calls_total{tenant="-",operation="read",outcome="client_error"}"#, 2.0),
            (r#"call_duration_seconds_count{tenant="contoso",operation="read"}"#, 2.0),
            (r#"call_duration_seconds_bucket{le="+Inf",tenant="contoso",operation="read"}"#, 2.0),
            (r#"queue_wait_seconds_count{tenant="contoso",queue="place"}"#, 3.0),
            (r#"sandboxes_live{tenant="contoso"}"#, 0.0),
            (r#"outbound_retries_total{tenant="contoso"}"#, 0.0),
        ] {
            assert_eq!(samples.get(sample), value, "{sample} in {:#?}", samples.0);
        }
        let count_sent = |method: &Method| fixture.contoso.requests().iter().filter(|request| request.method == *method).count();
        let count_in_metrics = |class: &str| {
            samples.get(&format!(r#"outbound_requests_total{{tenant="contoso",method="{class}",status="2xx"}}"#)) as usize
        };
        assert_eq!(
            (count_in_metrics("read"), count_in_metrics("write") + count_in_metrics("batch")),
            (count_sent(&Method::GET), count_sent(&Method::POST))
        );
        assert!(count_sent(&Method::POST) > 0 && fixture.fabrikam.requests().is_empty());
        let text = fixture.metrics().encode();
        for value in ["Confidential", UID, "openidm-admin", "midpoint", "127.0.0.1"] {
            assert!(!text.contains(value), "{value} in {text}");
        }
    });
}

#[test]
fn metrics_count_throttling_retries_and_limits() {
    run(async {
        let fixture = MultiTenantFixture::open("throttled").await;
        fixture.change(|text| text.replace("max-retries = 0", "max-retries = 1\nlimits.response-mib = 1")).unwrap();
        let throttled = CannedResponse::empty(StatusCode::TOO_MANY_REQUESTS).header(header::RETRY_AFTER, "1".parse().unwrap());
        fixture.contoso.inject(Fault::new(FaultKind::Respond(throttled)));
        assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 200);
        let long = CannedResponse::error(StatusCode::BAD_REQUEST, "long", &"x".repeat(2 << 20));
        fixture.fabrikam.inject(Fault::new(FaultKind::Respond(long)).forever());
        assert_ne!(send_request(fixture.read_of("fabrikam").bearer_auth(&fixture.token)).await.0, 200);
        let samples =
            Samples::wait_for(&fixture, r#"calls_total{tenant="fabrikam",operation="read",outcome="server_error"}"#, 1.0).await;
        for (sample, value) in [
            (r#"throttled_total{tenant="contoso"}"#, 1.0),
            (r#"outbound_retries_total{tenant="contoso"}"#, 1.0),
            (r#"outbound_requests_total{tenant="contoso",method="read",status="4xx"}"#, 1.0),
            (r#"outbound_requests_total{tenant="contoso",method="read",status="2xx"}"#, 1.0),
            (r#"throttled_total{tenant="fabrikam"}"#, 0.0),
        ] {
            assert_eq!(samples.get(sample), value, "{sample} in {:#?}", samples.0);
        }
        let failed = samples.get(r#"outbound_requests_total{tenant="fabrikam",method="read",status="failed"}"#);
        assert!(failed >= 1.0, "{:#?}", samples.0);
        assert_eq!(samples.get(r#"limits_hit_total{tenant="fabrikam",limit="response-bytes"}"#), failed);
    });
}

#[test]
fn metrics_count_rejected_and_abandoned_calls() {
    run(async {
        let fixture = MultiTenantFixture::open("busy").await;
        fixture.change(|text| text.replace("cloud = \"china\"", "limits = { calls = 1, deadline-seconds = 60 }")).unwrap();
        fixture.fabrikam.inject(Fault::new(FaultKind::Hang));
        let hanging = tokio::spawn(fixture.read_of("fabrikam").bearer_auth(&fixture.token).send());
        while fixture.fabrikam.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(Samples::of(&fixture).get(r#"sandboxes_live{tenant="fabrikam"}"#), 1.0);
        assert_eq!(send_request(fixture.read_of("fabrikam").bearer_auth(&fixture.token)).await.0, 503);
        hanging.abort();
        let samples =
            Samples::wait_for(&fixture, r#"calls_total{tenant="fabrikam",operation="read",outcome="broken_off"}"#, 1.0).await;
        assert_eq!(samples.get(r#"limits_hit_total{tenant="fabrikam",limit="busy"}"#), 1.0);
        Samples::wait_for(&fixture, r#"outbound_requests_total{tenant="fabrikam",method="read",status="given_up"}"#, 1.0).await;
    });
}

#[test]
fn metrics_count_token_requests_and_reloads() {
    run(async {
        let fixture = with_secret("token-metrics").await;
        assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 200);
        fixture.contoso.revoke_tokens();
        fixture.contoso.set_sign_in_outage(Some(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 503, "the token is refused");
        assert_eq!(send_request(admin(fixture.read_of("contoso"))).await.0, 503, "and no other token is available");
        fixture.change(|text| text.replace("\"china\"", "\"mars\"")).unwrap_err();
        let samples = Samples::of(&fixture);
        for (sample, value) in [
            (r#"token_requests_total{tenant="contoso",outcome="ok"}"#, 1.0),
            (r#"token_requests_total{tenant="contoso",outcome="unavailable"}"#, 1.0),
            (r#"config_reloads_total{outcome="ok"}"#, 1.0),
            (r#"config_reloads_total{outcome="failed"}"#, 1.0),
        ] {
            assert_eq!(samples.get(sample), value, "{sample} in {:#?}", samples.0);
        }
    });
}
