use std::time::Duration;

use super::*;
use crate::observability::metrics::counters::Outcome;
use protocol::operation::Operation;

async fn get(admin: &AdminServer, path: &str) -> (u16, http::HeaderMap, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = client.get(format!("http://{}{path}", admin.address())).send().await.unwrap();
    (response.status().as_u16(), response.headers().clone(), response.text().await.unwrap())
}

async fn start() -> AdminServer {
    AdminServer::start(TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap()
}

#[tokio::test]
async fn readiness_follows_set_ready() {
    let admin = start().await;
    let status = async |path: &str| get(&admin, path).await.0;
    assert_eq!((status("/healthz").await, status("/readyz").await, status("/nowhere").await), (200, 503, 404));
    admin.set_ready(true);
    assert_eq!(status("/readyz").await, 200);
    admin.set_ready(false);
    assert_eq!((status("/healthz").await, status("/readyz").await), (200, 503));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in ["/healthz", "/metrics", "/"] {
        assert_eq!(client.post(format!("http://{}{path}", admin.address())).send().await.unwrap().status(), 405);
    }
}

#[tokio::test]
async fn metrics_are_unavailable_until_published() {
    let admin = start().await;
    for path in ["/", "/metrics", "/status.json"] {
        assert_eq!(get(&admin, path).await.0, 503, "{path}");
    }
    admin.publish_metrics(Metrics::default());
    for (path, kind) in [("/", "text/html"), ("/metrics", "application/openmetrics-text"), ("/status.json", "application/json")] {
        let (status, headers, _) = get(&admin, path).await;
        assert_eq!(status, 200, "{path}");
        assert!(headers["content-type"].to_str().unwrap().starts_with(kind), "{path}");
        assert!(headers["x-content-type-options"] == "nosniff" && headers["cache-control"] == "no-store", "{headers:?}");
    }
}

#[tokio::test]
async fn status_page_shows_figures_without_foreign_content() {
    let admin = start().await;
    let metrics = Metrics::default();
    metrics.set_tenants(["contoso", "fabrikam"].into_iter());
    for _ in 0..3 {
        metrics.record_call(Some("contoso"), Some(Operation::Read), Outcome::Ok, Duration::from_millis(20));
    }
    metrics.record_call(Some("contoso"), Some(Operation::Update), Outcome::ServerError, Duration::from_secs(2));
    metrics.record_call(None, None, Outcome::ClientError, Duration::ZERO);
    metrics.record_reload(false);
    admin.publish_metrics(metrics);
    let (_, headers, page) = get(&admin, "/").await;
    let row = |tenant: &str| {
        let from = page.find(&format!("<tr data-tenant=\"{tenant}\">")).unwrap();
        page[from..from + page[from..].find("</tr>").unwrap()].to_owned()
    };
    let has = |tenant: &str, figure: &str, value: &str| {
        let cell = format!("<td data-figure=\"{figure}\">{value}</td>");
        assert!(row(tenant).contains(&cell), "{cell} in {}", row(tenant));
    };
    has("contoso", "calls", "4");
    has("contoso", "server-errors", "1");
    has("contoso", "client-errors", "0");
    has("contoso", "p50", "25 ms");
    has("contoso", "p95", "2.5 s");
    has("fabrikam", "calls", "0");
    has("fabrikam", "p50", "–");
    has("-", "client-errors", "1");
    assert!(page.contains("id=\"failed-reloads\">1<") && page.contains("does not accept requests"), "{page}");
    assert!(page.contains("contoso: calls 4, errors 1"), "{page}");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    // What the policy forbids, or does not need to allow.
    for foreign in ["<script", "style=\"", "http://", "https://", "url(", "@import", "src=\""] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(page.contains("http-equiv=\"refresh\""));
    assert!(!get(&admin, "/?still").await.2.contains("http-equiv=\"refresh\""));
}

/// A page of another origin, whose name an attacker has resolve to this machine (DNS rebinding).
#[tokio::test]
async fn unknown_host_cannot_read_status() {
    let admin = start().await;
    admin.publish_metrics(Metrics::default());
    admin.set_hosts(vec!["status.example".to_owned()]);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let status = async |path: &str, host: &str| {
        let request = client.get(format!("http://{}{path}", admin.address())).header("host", host);
        request.send().await.unwrap().status().as_u16()
    };
    for path in ["/", "/metrics", "/status.json"] {
        assert_eq!(status(path, "evil.example").await, 421, "{path}");
        assert_eq!(status(path, "status.example").await, 200, "{path}");
    }
    assert_eq!(status("/healthz", "evil.example").await, 200, "it says nothing");
}
