//! A plan of faults, as a JSON file has it. `docs/emulator.md` describes the format, `examples/faults.json` shows it.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use http::header::{HeaderName, HeaderValue};
use http::{Method, StatusCode};
use serde::Deserialize;

use super::deltas::{Delta, Expired};
use super::fault::{Fault, FaultKind, Reply};
use super::throttle::Throttle;

/// What is to go wrong, with which requests and how often: rules in their order, and how mailboxes and delta queries behave.
#[derive(Debug, Clone, Default)]
pub struct FaultPlan {
    pub(super) faults: Vec<Fault>,
    pub(super) throttle: Option<Throttle>,
    pub(super) delta: Option<Delta>,
}

/// What is wrong with a plan, and where.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {fault}")]
pub struct FaultPlanError {
    place: String,
    fault: serde_json::Error,
}

impl FromStr for FaultPlan {
    type Err = FaultPlanError;

    /// Reads a plan in JSON.
    ///
    /// Fails on broken JSON, on a name that a plan does not have, and on a value that cannot be meant; the error names the path
    /// to it, the line and the column.
    fn from_str(text: &str) -> Result<Self, FaultPlanError> {
        let mut json = serde_json::Deserializer::from_str(text);
        let plan: Plan = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let place = error.path().to_string();
            FaultPlanError { place: if place == "." { "the plan".to_owned() } else { place }, fault: error.into_inner() }
        })?;
        json.end().map_err(|fault| FaultPlanError { place: "after the plan".to_owned(), fault })?;
        let mut chance = fastrand::Rng::with_seed(plan.seed);
        let faults = plan.faults.into_iter().map(|rule| rule.fault(chance.fork())).collect();
        Ok(Self { faults, throttle: plan.throttle, delta: plan.delta })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    #[serde(default, rename = "comment")]
    _comment: Option<String>,
    #[serde(default)]
    seed: u64,
    #[serde(default, deserialize_with = "throttle")]
    throttle: Option<Throttle>,
    #[serde(default, deserialize_with = "delta")]
    delta: Option<Delta>,
    #[serde(default)]
    faults: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rule {
    #[serde(default, rename = "comment")]
    _comment: Option<String>,
    fault: Kind,
    method: Option<Verb>,
    path_ends_with: Option<String>,
    target_contains: Option<String>,
    #[serde(default)]
    in_batch: bool,
    #[serde(default)]
    after: usize,
    times: Option<usize>,
    chance: Option<Probability>,
}

impl Rule {
    fn fault(self, chance: fastrand::Rng) -> Fault {
        let mut fault = Fault::new(self.fault.into()).after(self.after);
        fault = match self.times {
            Some(times) => fault.times(times),
            None => fault.forever(),
        };
        if let Some(verb) = self.method {
            fault = fault.method(verb.into());
        }
        if let Some(end) = self.path_ends_with {
            fault = fault.path_ends_with(end);
        }
        if let Some(part) = self.target_contains {
            fault = fault.target_contains(part);
        }
        if self.in_batch {
            fault = fault.in_batch();
        }
        match self.chance {
            Some(Probability(probability)) => fault.drawn(probability, chance),
            None => fault,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    Answer(Answer),
    ApplyThenAnswer(Answer),
    Hang,
    ApplyThenHang,
    Close,
    ApplyThenClose,
    Truncate(Truncate),
    Delay(Delay),
    ExpireDeltaTokens(ExpireDeltaTokens),
}

impl From<Kind> for FaultKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Answer(Answer(reply)) => Self::Answer(reply),
            Kind::ApplyThenAnswer(Answer(reply)) => Self::ApplyThenAnswer(reply),
            Kind::Hang => Self::Hang,
            Kind::ApplyThenHang => Self::ApplyThenHang,
            Kind::Close => Self::Close,
            Kind::ApplyThenClose => Self::ApplyThenClose,
            Kind::Truncate(Truncate { bytes }) => Self::Truncate(bytes),
            Kind::Delay(Delay { seconds: Seconds(time) }) => Self::Delay(time),
            Kind::ExpireDeltaTokens(ExpireDeltaTokens { code }) => Self::ExpireDeltaTokens(code.into()),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Truncate {
    bytes: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delay {
    seconds: Seconds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpireDeltaTokens {
    code: Code,
}

/// As Graph spells them.
#[derive(Deserialize)]
enum Code {
    SyncStateNotFound,
    #[serde(rename = "resyncRequired")]
    ResyncRequired,
    SyncStateInvalid,
}

impl From<Code> for Expired {
    fn from(code: Code) -> Self {
        match code {
            Code::SyncStateNotFound => Self::SyncStateNotFound,
            Code::ResyncRequired => Self::ResyncRequired,
            Code::SyncStateInvalid => Self::SyncStateInvalid,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl From<Verb> for Method {
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::Get => Self::GET,
            Verb::Post => Self::POST,
            Verb::Put => Self::PUT,
            Verb::Patch => Self::PATCH,
            Verb::Delete => Self::DELETE,
        }
    }
}

#[derive(Deserialize)]
#[serde(try_from = "WrittenAnswer")]
struct Answer(Reply);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenAnswer {
    status: Status,
    code: Option<String>,
    message: Option<String>,
    body: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    retry_after_date: Option<Seconds>,
}

impl TryFrom<WrittenAnswer> for Answer {
    type Error = String;

    fn try_from(written: WrittenAnswer) -> Result<Self, String> {
        let Status(status) = written.status;
        let mut reply = match (written.code, written.message, written.body) {
            (Some(code), message, None) => Reply::error(status, &code, &message.unwrap_or_default()),
            (None, None, body) => Reply { body: body.unwrap_or_default().into(), ..Reply::empty(status) },
            (Some(_), _, Some(_)) => return Err("an answer has a code or a body, not both".to_owned()),
            (None, Some(_), _) => return Err("a message is that of an error, which has a code too".to_owned()),
        };
        for (name, value) in written.headers {
            let header = HeaderName::try_from(&name).map_err(|_| format!("{name:?} is no name of a header"))?;
            let value =
                HeaderValue::try_from(value).map_err(|_| format!("the header {name:?} has a value that HTTP cannot carry"))?;
            // In place of the Content-Type that an error brings along.
            reply.headers.insert(header, value);
        }
        reply.retry_after_date = written.retry_after_date.map(|Seconds(time)| time);
        Ok(Self(reply))
    }
}

/// Of an answer to the end: none of those before it, such as 100.
#[derive(Deserialize)]
#[serde(try_from = "u16")]
struct Status(StatusCode);

impl TryFrom<u16> for Status {
    type Error = String;

    fn try_from(number: u16) -> Result<Self, String> {
        let status = StatusCode::from_u16(number).ok().filter(|_| (200..600).contains(&number));
        status.map(Self).ok_or_else(|| format!("{number} is no status of an answer: one from 200 to 599 is wanted"))
    }
}

#[derive(Deserialize)]
#[serde(try_from = "f64")]
struct Seconds(Duration);

impl TryFrom<f64> for Seconds {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        // More than a day is a slip of the finger, and less than what a timer of the runtime can wait for.
        let time = Duration::try_from_secs_f64(number).ok().filter(|time| *time <= Duration::from_secs(86_400));
        time.map(Self).ok_or_else(|| format!("{number} is no time: a number of seconds from 0 to 86400 is wanted"))
    }
}

#[derive(Deserialize)]
#[serde(try_from = "f64")]
struct Probability(f64);

impl TryFrom<f64> for Probability {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        let chance = (0.0..=1.0).contains(&number).then_some(Self(number));
        chance.ok_or_else(|| format!("{number} is no chance: a number from 0 to 1 is wanted"))
    }
}

fn throttle<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Throttle>, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Written {
        concurrent: Option<usize>,
        requests: Option<Requests>,
        retry_after: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Requests {
        count: usize,
        seconds: Seconds,
    }
    let written = Written::deserialize(from)?;
    let mut throttle = Throttle::new();
    if let Some(limit) = written.concurrent {
        throttle = throttle.concurrent(limit);
    }
    if let Some(Requests { count, seconds: Seconds(span) }) = written.requests {
        throttle = throttle.requests(count, span);
    }
    if let Some(value) = written.retry_after {
        throttle = throttle.retry_after(value);
    }
    Ok(Some(throttle))
}

fn delta<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Delta>, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Written {
        #[serde(default)]
        unavailable: bool,
        #[serde(default)]
        empty_pages: bool,
        #[serde(default)]
        replays: bool,
    }
    let Written { unavailable, empty_pages, replays } = Written::deserialize(from)?;
    Ok(Some(Delta { unavailable, empty_pages, replays }))
}
