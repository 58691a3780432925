//! The status page: made here as a whole, without a script, and with nothing from elsewhere.

mod chart;

use std::fmt::Write as _;
use std::sync::OnceLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

use crate::metrics::{Figures, Status, TenantStatus};

const STYLE: &str = include_str!("page/style.css");
/// The query with which the page does not read itself again.
pub(super) const STILL: &str = "still";
/// After how many seconds it does otherwise.
const AGAIN: u32 = 15;

/// Allows the page's own style, by its hash, and nothing else.
pub(super) fn policy() -> HeaderValue {
    static POLICY: OnceLock<HeaderValue> = OnceLock::new();
    let make = || {
        let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
        let text = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    };
    POLICY.get_or_init(make).clone()
}

/// The page. `still` is one that does not read itself again.
pub(super) fn page(status: &Status, ready: bool, still: bool) -> String {
    let again = if still { String::new() } else { format!("<meta http-equiv=\"refresh\" content=\"{AGAIN}\">\n") };
    let reading = if still {
        "It stands still: <a href=\"/\">have it read again by itself</a>.".to_owned()
    } else {
        format!("It is read again every {AGAIN} s: <a href=\"/?{STILL}\">have it stand still</a>.")
    };
    let state = if ready { "takes requests" } else { "takes no requests" };
    let rows: String = status.tenants.iter().map(row).collect();
    let charts: String = status.tenants.iter().map(chart::chart).collect();
    let Status { as_of, started, minutes_kept, reloads, failed_reloads, .. } = status;
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>graph-contacts: status</title>\n\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
{again}<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>graph-contacts</h1>\n\
<p>The gateway <strong id=\"state\">{state}</strong>. This is how it was at <time>{as_of}</time>; the counts began at \
<time>{started}</time>. {reading}</p>\n\
<p>The configuration was read again <span id=\"reloads\">{reloads}</span> times, and not taken \
<span id=\"failed-reloads\">{failed_reloads}</span> times.</p>\n\
<h2 id=\"since\">Since the start</h2>\n<div class=\"wide\" role=\"region\" aria-labelledby=\"since\" tabindex=\"0\">\n<table>\n<thead>\n<tr>{HEADERS}</tr>\n</thead>\n\
<tbody>\n{rows}</tbody>\n</table>\n</div>\n\
<p>Half and nearly all: the time within which 50 % and 95 % of the calls ended. Throttled are answers of Microsoft Graph by which \
it asks to wait. The row <b>none</b> has calls without a known caller or tenant.</p>\n\
<h2>Calls of the last {minutes_kept} minutes, by minute</h2>\n\
<p class=\"legend\"><span class=\"key good\"></span> ended well <span class=\"key bad\"></span> did not (outlined, at the bottom) \
<span class=\"key slow\"></span> throttled by Microsoft Graph (mark above)</p>\n<div class=\"charts\">\n{charts}</div>\n\
<p>The same for programs: <a href=\"/metrics\">/metrics</a> (Prometheus), <a href=\"/status.json\">/status.json</a>.</p>\n\
</main>\n</body>\n</html>\n"
    )
}

const HEADERS: &str = "<th scope=\"col\">Tenant</th><th scope=\"col\">Calls</th><th scope=\"col\">Errors<br>4xx</th>\
<th scope=\"col\">Errors<br>5xx</th><th scope=\"col\">Broken<br>off</th><th scope=\"col\">Half<br>within</th>\
<th scope=\"col\">Nearly all<br>within</th><th scope=\"col\">Requests<br>to Graph</th><th scope=\"col\">Throttled</th>\
<th scope=\"col\">Retries</th><th scope=\"col\">Token<br>failures</th><th scope=\"col\">Running<br>now</th>\
<th scope=\"col\">Limits hit</th>";

fn row(tenant: &TenantStatus) -> String {
    let total = &tenant.total;
    let name = name(tenant);
    let mut row = format!("<tr data-tenant=\"{}\"><th scope=\"row\">{name}</th>", tenant.name);
    let cells = [
        ("calls", total.calls.to_string()),
        ("client-errors", total.client_errors.to_string()),
        ("server-errors", total.server_errors.to_string()),
        ("broken-off", total.broken_off.to_string()),
        ("half-within", time(total.within(0.5))),
        ("nearly-all-within", time(total.within(0.95))),
        ("requests", total.requests.to_string()),
        ("throttled", total.throttled.to_string()),
        ("retries", total.retries.to_string()),
        ("token-failures", total.token_failures.to_string()),
        ("sandboxes", tenant.sandboxes.to_string()),
        ("limits", limits(total)),
    ];
    for (figure, value) in cells {
        // Writing into a string does not fail.
        let _ = write!(row, "<td data-figure=\"{figure}\">{value}</td>");
    }
    row + "</tr>\n"
}

/// Nobody's tenant has a name that no tenant can have. Names of tenants need no escaping.
fn name(tenant: &TenantStatus) -> &str {
    if tenant.name == crate::metrics::NONE { "<i>none</i>" } else { &tenant.name }
}

fn time(seconds: Option<f64>) -> String {
    match seconds {
        None => "–".to_owned(),
        Some(seconds) if seconds.is_infinite() => "longer than 30 s".to_owned(),
        Some(seconds) if seconds < 1.0 => format!("{} ms", seconds * 1000.0),
        Some(seconds) => format!("{seconds} s"),
    }
}

fn limits(total: &Figures) -> String {
    if total.limits_hit.is_empty() {
        return "0".to_owned();
    }
    let each = total.limits_hit.iter().map(|(limit, count)| format!("{} {count}", limit.replace('_', " ")));
    each.collect::<Vec<_>>().join(", ")
}
