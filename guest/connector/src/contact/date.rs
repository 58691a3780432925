//! Calendar dates without time zone, such as a birthday.

use std::fmt;

/// A date of the Gregorian calendar.
///
/// Graph types a birthday as a `DateTimeOffset` ("always in UTC"), while its samples carry bare dates, and Exchange tells clients
/// to ignore the time of day (MS-ASCNTC, Birthday). The connector reads the date part of what Graph writes. It never converts
/// between time zones, because a conversion can shift a birthday by a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// What is wrong with text that is not a date.
    pub const EXPECTED: &str = "expected a date, YYYY-MM-DD";

    /// Creates a date; `None` if the calendar does not have it. Years run from 1 to 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Date> {
        let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        ((1..=9999).contains(&year) && (1..=days).contains(&day)).then_some(Date { year, month, day })
    }

    /// Parses `YYYY-MM-DD`. A time of day after it, `T...`, is ignored.
    pub fn parse(text: &str) -> Option<Date> {
        let (date, time) = text.split_at_checked(10)?;
        if !(time.is_empty() || is_time(time)) {
            return None;
        }
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u16>().ok()).flatten();
        let (year, rest) = (date.get(..4)?, date.get(4..)?);
        let (month, day) = (rest.strip_prefix('-')?.get(..2)?, rest.get(3..)?.strip_prefix('-')?);
        Date::new(digits(year)?, u8::try_from(digits(month)?).ok()?, u8::try_from(digits(day)?).ok()?)
    }

    /// Returns the number of days since 1970-01-01 (Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
    pub(super) fn days_since_1970(self) -> i64 {
        let month = i64::from(self.month);
        // The year begins in March, so that the leap day is its last one.
        let year = i64::from(self.year) - i64::from(month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// Returns the date that many days after 1970-01-01 (`civil_from_days`). The first and the last date stand for those beyond.
    pub(super) fn from_days_since_1970(days: i64) -> Date {
        let days = days + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = (shifted + 2) % 12 + 1;
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let date = u16::try_from(year).ok().zip(u8::try_from(month).ok().zip(u8::try_from(day).ok()));
        let (first, last) = (Date { year: 1, month: 1, day: 1 }, Date { year: 9999, month: 12, day: 31 });
        let outside = if year < 1 { first } else { last };
        date.and_then(|(year, (month, day))| Date::new(year, month, day)).unwrap_or(outside)
    }

    /// Returns the form for a Graph property of type `DateTimeOffset`: 11:59 UTC. Exchange uses this time for birthdays. It is on
    /// the same day in every zone from UTC-11 to UTC+12.
    pub fn to_date_time_offset(&self) -> String {
        format!("{self}T11:59:00Z")
    }
}

/// Checks whether `text` is `Thh:mm` with optional seconds, fraction and offset.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let two = |at: usize| bytes.get(at..at + 2).is_some_and(|pair| pair.iter().all(u8::is_ascii_digit));
    bytes.first() == Some(&b'T')
        && two(1)
        && bytes.get(3) == Some(&b':')
        && two(4)
        && bytes[6..].iter().all(|b| matches!(b, b'0'..=b'9' | b':' | b'.' | b'Z' | b'+' | b'-'))
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
