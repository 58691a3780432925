//! One tenant's last hour as a picture.

use std::fmt::Write as _;

use super::name;
use crate::metrics::TenantStatus;

/// The height of the highest bar, and where bars stand, in the picture's own units.
const HEIGHT: f64 = 60.0;
const FLOOR: f64 = 70.0;
/// The width of a minute, with the gap after it.
const STEP: usize = 6;

/// A figure with its bars, and in words for who does not see it.
pub(super) fn chart(tenant: &TenantStatus) -> String {
    let of = |count: fn(&crate::metrics::Figures) -> u64| tenant.minutes.iter().map(count).sum::<u64>();
    let (calls, errors, throttled) = (of(|minute| minute.calls), of(|minute| minute.errors()), of(|minute| minute.throttled));
    let most = tenant.minutes.iter().map(|minute| minute.calls).max().unwrap_or_default();
    let mut bars = String::new();
    for (number, minute) in tenant.minutes.iter().enumerate() {
        let left = number * STEP;
        let (all, bad) = (height(minute.calls, most), height(minute.errors().min(minute.calls), most));
        for (class, height, bottom) in [("good", all - bad, bad), ("bad", bad, 0.0)] {
            if height > 0.0 {
                let top = FLOOR - bottom - height;
                // Writing into a string does not fail.
                let _ = write!(bars, "<rect class=\"{class}\" x=\"{left}\" y=\"{top:.1}\" width=\"5\" height=\"{height:.1}\"/>");
            }
        }
        if minute.throttled > 0 {
            let _ = write!(bars, "<path class=\"slow\" d=\"M{left} 0h5l-2.5 6z\"/>");
        }
    }
    let width = tenant.minutes.len() * STEP;
    let name = name(tenant);
    let id = &tenant.name;
    format!(
        "<figure>\n<figcaption>{name}: calls {calls}, of them errors {errors}; throttled {throttled}; most calls in a minute {most}\
</figcaption>\n<svg viewBox=\"0 0 {width} 72\" role=\"img\" aria-label=\"calls by minute: {id}\"><line class=\"floor\" x1=\"0\" y1=\"{FLOOR}\" x2=\"{width}\" y2=\"{FLOOR}\"/>{bars}</svg>\n</figure>\n"
    )
}

#[allow(clippy::cast_precision_loss, reason = "a picture")]
fn height(count: u64, most: u64) -> f64 {
    if most == 0 { 0.0 } else { count as f64 / most as f64 * HEIGHT }
}
