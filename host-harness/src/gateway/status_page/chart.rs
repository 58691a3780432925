//! A chart of one tenant's last hour.

use std::fmt::Write as _;

use super::tenant_label::tenant_label;
use crate::observability::metrics::figures::Figures;
use crate::observability::metrics::status::TenantStatus;

/// The height of the highest bar, and the position of the base line, in units of the SVG.
const MAX_BAR_HEIGHT: f64 = 60.0;
const BASE_LINE: f64 = 70.0;
/// The width of a minute, with the gap after it.
const MINUTE_WIDTH: usize = 6;

/// Renders the bars of each minute, with a caption that has the sums.
pub(super) fn render_chart(tenant: &TenantStatus) -> String {
    let sum = |count: fn(&Figures) -> u64| tenant.minutes.iter().map(count).sum::<u64>();
    let (calls, errors, throttled) = (sum(|minute| minute.calls), sum(|minute| minute.errors()), sum(|minute| minute.throttled));
    let peak = tenant.minutes.iter().map(|minute| minute.calls).max().unwrap_or_default();
    let mut bars = String::new();
    for (index, minute) in tenant.minutes.iter().enumerate() {
        let left = index * MINUTE_WIDTH;
        let (all, bad) = (bar_height(minute.calls, peak), bar_height(minute.errors().min(minute.calls), peak));
        for (class, height, bottom) in [("good", all - bad, bad), ("bad", bad, 0.0)] {
            if height > 0.0 {
                let top = BASE_LINE - bottom - height;
                // Writing to a string does not fail.
                let _ = write!(bars, "<rect class=\"{class}\" x=\"{left}\" y=\"{top:.1}\" width=\"5\" height=\"{height:.1}\"/>");
            }
        }
        if minute.throttled > 0 {
            let _ = write!(bars, "<path class=\"slow\" d=\"M{left} 0h5l-2.5 6z\"/>");
        }
    }
    let width = tenant.minutes.len() * MINUTE_WIDTH;
    let label = tenant_label(tenant);
    let id = &tenant.name;
    format!(
        "<figure>\n<figcaption>{label}: calls {calls}, errors {errors}, throttled {throttled}; peak {peak} calls per minute\
</figcaption>\n<svg viewBox=\"0 0 {width} 72\" role=\"img\" aria-label=\"calls by minute: {id}\"><line class=\"floor\" x1=\"0\" y1=\"{BASE_LINE}\" x2=\"{width}\" y2=\"{BASE_LINE}\"/>{bars}</svg>\n</figure>\n"
    )
}

#[allow(clippy::cast_precision_loss, reason = "a chart")]
fn bar_height(count: u64, peak: u64) -> f64 {
    if peak == 0 { 0.0 } else { count as f64 / peak as f64 * MAX_BAR_HEIGHT }
}
