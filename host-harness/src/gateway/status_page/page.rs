//! The status page as a whole.

use std::fmt::Write as _;
use std::sync::OnceLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

use super::chart::render_chart;
use super::tenant_label::tenant_label;
use crate::observability::metrics::figures::Figures;
use crate::observability::metrics::status::{Status, TenantStatus};

const STYLE: &str = include_str!("style.css");
/// The query that stops the page from reloading.
pub(crate) const PAUSED_QUERY: &str = "still";
/// The time after which the page reloads otherwise.
const RELOAD_SECONDS: u32 = 15;

/// Returns the content security policy: it allows only the page's own style, by its hash.
pub(crate) fn content_security_policy() -> HeaderValue {
    static POLICY: OnceLock<HeaderValue> = OnceLock::new();
    let create = || {
        let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
        let text = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    };
    POLICY.get_or_init(create).clone()
}

/// Renders the page.
pub(crate) fn render(status: &Status, ready: bool, paused: bool) -> String {
    let refresh = if paused { String::new() } else { format!("<meta http-equiv=\"refresh\" content=\"{RELOAD_SECONDS}\">\n") };
    let reloading = if paused {
        "Reloading is paused: <a href=\"/\">resume</a>.".to_owned()
    } else {
        format!("The page reloads every {RELOAD_SECONDS} s: <a href=\"/?{PAUSED_QUERY}\">pause</a>.")
    };
    let state = if ready { "accepts requests" } else { "does not accept requests" };
    let rows: String = status.tenants.iter().map(render_row).collect();
    let charts: String = status.tenants.iter().map(render_chart).collect();
    let Status { as_of, started, minutes_kept, reloads, failed_reloads, .. } = status;
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>graph-contacts: status</title>\n\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
{refresh}<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>graph-contacts</h1>\n\
<p>The gateway <strong id=\"state\">{state}</strong>. Status at <time>{as_of}</time>, counted since <time>{started}</time>. \
{reloading}</p>\n\
<p>Configuration reloads: <span id=\"reloads\">{reloads}</span> succeeded, <span id=\"failed-reloads\">{failed_reloads}</span> \
failed.</p>\n\
<h2 id=\"since\">Since the start</h2>\n<div class=\"wide\" role=\"region\" aria-labelledby=\"since\" tabindex=\"0\">\n<table>\n<thead>\n<tr>{HEADERS}</tr>\n</thead>\n\
<tbody>\n{rows}</tbody>\n</table>\n</div>\n\
<p>p50 and p95: the duration within which 50 % and 95 % of the calls completed. Aborted: calls whose response was not sent \
completely. Throttled: responses of Microsoft Graph that ask to slow down. The row <b>none</b> has calls without a known caller \
or tenant.</p>\n\
<h2>Calls of the last {minutes_kept} minutes, by minute</h2>\n\
<p class=\"legend\"><span class=\"key good\"></span> succeeded <span class=\"key bad\"></span> failed (outlined, at the bottom) \
<span class=\"key slow\"></span> throttled by Microsoft Graph (mark above)</p>\n<div class=\"charts\">\n{charts}</div>\n\
<p>For programs: <a href=\"/metrics\">/metrics</a> (Prometheus), <a href=\"/status.json\">/status.json</a>.</p>\n\
</main>\n</body>\n</html>\n"
    )
}

const HEADERS: &str = "<th scope=\"col\">Tenant</th><th scope=\"col\">Calls</th><th scope=\"col\">Errors<br>4xx</th>\
<th scope=\"col\">Errors<br>5xx</th><th scope=\"col\">Aborted</th><th scope=\"col\">p50</th><th scope=\"col\">p95</th>\
<th scope=\"col\">Requests<br>to Graph</th><th scope=\"col\">Throttled</th><th scope=\"col\">Retries</th>\
<th scope=\"col\">Token<br>failures</th><th scope=\"col\">Running<br>now</th><th scope=\"col\">Limits hit</th>";

fn render_row(tenant: &TenantStatus) -> String {
    let total = &tenant.total;
    let label = tenant_label(tenant);
    let mut row = format!("<tr data-tenant=\"{}\"><th scope=\"row\">{label}</th>", tenant.name);
    let cells = [
        ("calls", total.calls.to_string()),
        ("client-errors", total.client_errors.to_string()),
        ("server-errors", total.server_errors.to_string()),
        ("aborted", total.aborted.to_string()),
        ("p50", format_seconds(total.percentile(0.5))),
        ("p95", format_seconds(total.percentile(0.95))),
        ("requests", total.requests.to_string()),
        ("throttled", total.throttled.to_string()),
        ("retries", total.retries.to_string()),
        ("token-failures", total.token_failures.to_string()),
        ("sandboxes", tenant.sandboxes.to_string()),
        ("limits", format_limits(total)),
    ];
    for (figure, value) in cells {
        // Writing to a string does not fail.
        let _ = write!(row, "<td data-figure=\"{figure}\">{value}</td>");
    }
    row + "</tr>\n"
}

fn format_seconds(seconds: Option<f64>) -> String {
    match seconds {
        None => "–".to_owned(),
        Some(seconds) if seconds.is_infinite() => "more than 30 s".to_owned(),
        Some(seconds) if seconds < 1.0 => format!("{} ms", seconds * 1000.0),
        Some(seconds) => format!("{seconds} s"),
    }
}

fn format_limits(total: &Figures) -> String {
    if total.limits_hit.is_empty() {
        return "0".to_owned();
    }
    let each = total.limits_hit.iter().map(|(limit, count)| format!("{} {count}", limit.replace('-', " ")));
    each.collect::<Vec<_>>().join(", ")
}
