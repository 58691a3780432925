//! Points in time. One has many spellings: `2026-01-01T00:00:00Z` is `2026-01-01T01:00:00.000+01:00`.

use std::fmt;

use super::date::Date;

/// A point in time, between the years 1 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    nanoseconds: u32,
}

const SECONDS_PER_DAY: i64 = 86_400;

impl Instant {
    /// What is wrong with text that is not a point in time.
    pub const EXPECTED: &str = "expected a date and time, such as 2026-01-31T09:00:00Z";

    /// Parses a date and a time (RFC 3339). Seconds and offset can be missing, and so can the whole time: then it is UTC, and the
    /// beginning of the minute or the day.
    pub fn parse(text: &str) -> Option<Instant> {
        let (date, rest) = text.split_at_checked(10)?;
        let midnight = Date::parse(date)?.days_since_1970() * SECONDS_PER_DAY;
        if rest.is_empty() {
            return Some(Instant { seconds: midnight, nanoseconds: 0 });
        }
        let time = rest.strip_prefix(['T', 't'])?;
        let (time, offset) = match time.find(['Z', 'z', '+', '-']) {
            Some(at) => (time.get(..at)?, parse_offset(time.get(at..)?)?),
            None => (time, 0),
        };
        let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let mut parts = whole.split(':').map(|part| parse_digits(part, 2));
        let (hours, minutes) = (parts.next()??, parts.next()??);
        let seconds = parts.next().unwrap_or(Some(0))?;
        // A minute can have a leap second (RFC 3339, 5.6).
        if parts.next().is_some() || hours > 23 || minutes > 59 || seconds > 60 {
            return None;
        }
        let digits = fraction.get(..fraction.len().min(9))?;
        let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
        let nanoseconds = is_fraction.then(|| format!("{digits:0<9}").parse().ok()).flatten()?;
        Some(Instant { seconds: midnight + hours * 3600 + minutes * 60 + seconds - offset, nanoseconds })
    }

    /// Returns the milliseconds since 1970-01-01T00:00:00Z.
    pub fn milliseconds(&self) -> i64 {
        self.seconds * 1000 + i64::from(self.nanoseconds / 1_000_000)
    }
}

/// Parses `Z` or `+hh:mm`. Returns seconds.
fn parse_offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let (hours, minutes) = (parse_digits(hours, 2)?, parse_digits(minutes, 2)?);
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

fn parse_digits(text: &str, count: usize) -> Option<i64> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// As in RFC 3339, in UTC.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day, second) = (self.seconds.div_euclid(SECONDS_PER_DAY), self.seconds.rem_euclid(SECONDS_PER_DAY));
        write!(f, "{}T{:02}:{:02}:{:02}", Date::from_days_since_1970(day), second / 3600, second / 60 % 60, second % 60)?;
        if self.nanoseconds != 0 {
            write!(f, ".{}", format!("{:09}", self.nanoseconds).trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_instant_are_equal() {
        let instant = Instant::parse("2026-01-01T00:00:00Z").unwrap();
        for text in [
            "2026-01-01T01:00:00+01:00",
            "2025-12-31T19:00:00-05:00",
            "2026-01-01T00:00:00.000Z",
            "2026-01-01t00:00:00z",
            "2026-01-01T00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01",
            "2025-12-31T23:59:60Z",
        ] {
            assert_eq!(Instant::parse(text), Some(instant), "{text}");
        }
        assert_eq!(Instant::parse("1970-01-01T00:00:01Z").map(|instant| instant.seconds), Some(1));
        assert_eq!(Instant::parse("2000-03-01").map(|instant| instant.seconds), Some(951_868_800), "after a leap day");
    }

    #[test]
    fn instants_are_ordered_in_time() {
        let ordered =
            ["0001-01-01", "1969-12-31T23:59:59Z", "1970-01-01T01:00:00+00:30", "1970-01-01T00:45:00.5Z", "9999-12-31T23:59:59Z"];
        let instants: Vec<Instant> = ordered.iter().map(|text| Instant::parse(text).unwrap()).collect();
        assert!(instants.is_sorted_by(|a, b| a < b), "{instants:?}");
    }

    #[test]
    fn instant_is_written_in_utc() {
        for (text, written) in [
            ("2024-02-29T23:30:00.120-01:00", "2024-03-01T00:30:00.12Z"),
            ("1900-03-01T00:00:00+00:01", "1900-02-28T23:59:00Z"),
            ("0001-01-02T00:00:00Z", "0001-01-02T00:00:00Z"),
            ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
        ] {
            assert_eq!(Instant::parse(text).map(|instant| instant.to_string()).as_deref(), Some(written), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_instants() {
        for text in [
            "",
            "2026",
            "2026-02-30T00:00:00Z",
            "2026-01-01 00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.xZ",
            "2026-01-01T00:00:00+0100",
            "2026-01-01T00:00:00+1:00",
            "2026-01-01T0:00:00Z",
            "2026-01-01T00:00:00:00Z",
            "2026-01-01TZ",
            "Ada Lovelace",
            "2026-01-0\u{e9}T00:00:00Z",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
