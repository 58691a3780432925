//! Fault plans in JSON. `examples/faults.json` has a rule of each kind.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use http::header::{HeaderName, HeaderValue};
use http::{Method, StatusCode};
use serde::Deserialize;

use crate::faults::delta_state::{DeltaBehaviour, SyncStateError};
use crate::faults::fault::{CannedResponse, Fault, FaultKind};
use crate::faults::throttle::Throttle;

/// Faults with the requests that meet them, limits of mailboxes, and the behaviour of delta queries. Parse one from JSON.
#[derive(Debug, Clone, Default)]
pub struct FaultPlan {
    pub(crate) faults: Vec<Fault>,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) delta: Option<DeltaBehaviour>,
}

/// An invalid fault plan: the path of the invalid value, and the problem with its line and column.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {error}")]
pub struct FaultPlanError {
    path: String,
    error: serde_json::Error,
}

impl FromStr for FaultPlan {
    type Err = FaultPlanError;

    /// Parses a plan in JSON.
    ///
    /// Fails on invalid JSON, on an unknown name, and on a value out of range. The error has its path, line and column.
    fn from_str(text: &str) -> Result<Self, FaultPlanError> {
        let mut json = serde_json::Deserializer::from_str(text);
        let plan: Plan = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            FaultPlanError { path: if path == "." { "the plan".to_owned() } else { path }, error: error.into_inner() }
        })?;
        json.end().map_err(|error| FaultPlanError { path: "after the plan".to_owned(), error })?;
        let mut chance = fastrand::Rng::with_seed(plan.seed);
        let faults = plan.faults.into_iter().map(|rule| rule.into_fault(chance.fork())).collect();
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
    #[serde(default, deserialize_with = "deserialize_throttle")]
    throttle: Option<Throttle>,
    #[serde(default, deserialize_with = "deserialize_delta")]
    delta: Option<DeltaBehaviour>,
    #[serde(default)]
    faults: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rule {
    #[serde(default, rename = "comment")]
    _comment: Option<String>,
    fault: RuleKind,
    method: Option<PlannedMethod>,
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
    fn into_fault(self, chance: fastrand::Rng) -> Fault {
        let mut fault = Fault::new(self.fault.into()).after(self.after);
        fault = match self.times {
            Some(times) => fault.times(times),
            None => fault.forever(),
        };
        if let Some(method) = self.method {
            fault = fault.method(method.into());
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
            Some(Probability(probability)) => fault.with_chance(probability, chance),
            None => fault,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum RuleKind {
    #[serde(rename = "answer")]
    Respond(PlannedResponse),
    #[serde(rename = "applyThenAnswer")]
    ApplyThenRespond(PlannedResponse),
    Hang,
    ApplyThenHang,
    Close,
    ApplyThenClose,
    Truncate(Truncate),
    Delay(Delay),
    ExpireDeltaTokens(ExpireDeltaTokens),
}

impl From<RuleKind> for FaultKind {
    fn from(kind: RuleKind) -> Self {
        match kind {
            RuleKind::Respond(PlannedResponse(response)) => Self::Respond(response),
            RuleKind::ApplyThenRespond(PlannedResponse(response)) => Self::ApplyThenRespond(response),
            RuleKind::Hang => Self::Hang,
            RuleKind::ApplyThenHang => Self::ApplyThenHang,
            RuleKind::Close => Self::Close,
            RuleKind::ApplyThenClose => Self::ApplyThenClose,
            RuleKind::Truncate(Truncate { bytes }) => Self::Truncate(bytes),
            RuleKind::Delay(Delay { seconds: Seconds(time) }) => Self::Delay(time),
            RuleKind::ExpireDeltaTokens(ExpireDeltaTokens { code }) => Self::ExpireDeltaTokens(code.into()),
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
    code: SyncStateCode,
}

/// The codes of [`SyncStateError`], as Graph spells them.
#[derive(Deserialize)]
enum SyncStateCode {
    SyncStateNotFound,
    #[serde(rename = "resyncRequired")]
    ResyncRequired,
    SyncStateInvalid,
}

impl From<SyncStateCode> for SyncStateError {
    fn from(code: SyncStateCode) -> Self {
        match code {
            SyncStateCode::SyncStateNotFound => Self::SyncStateNotFound,
            SyncStateCode::ResyncRequired => Self::ResyncRequired,
            SyncStateCode::SyncStateInvalid => Self::SyncStateInvalid,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum PlannedMethod {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl From<PlannedMethod> for Method {
    fn from(method: PlannedMethod) -> Self {
        match method {
            PlannedMethod::Get => Self::GET,
            PlannedMethod::Post => Self::POST,
            PlannedMethod::Put => Self::PUT,
            PlannedMethod::Patch => Self::PATCH,
            PlannedMethod::Delete => Self::DELETE,
        }
    }
}

#[derive(Deserialize)]
#[serde(try_from = "PlannedResponseFields")]
struct PlannedResponse(CannedResponse);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PlannedResponseFields {
    status: Status,
    code: Option<String>,
    message: Option<String>,
    body: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    retry_after_date: Option<Seconds>,
}

impl TryFrom<PlannedResponseFields> for PlannedResponse {
    type Error = String;

    fn try_from(fields: PlannedResponseFields) -> Result<Self, String> {
        let Status(status) = fields.status;
        let mut response = match (fields.code, fields.message, fields.body) {
            (Some(code), message, None) => CannedResponse::error(status, &code, &message.unwrap_or_default()),
            (None, None, body) => CannedResponse { body: body.unwrap_or_default().into(), ..CannedResponse::empty(status) },
            (Some(_), _, Some(_)) => return Err("expected a code or a body, found both".to_owned()),
            (None, Some(_), _) => return Err("expected a code beside the message".to_owned()),
        };
        for (name, value) in fields.headers {
            let header = HeaderName::try_from(&name).map_err(|_| format!("{name:?}: expected the name of a header"))?;
            let value = HeaderValue::try_from(value)
                .map_err(|_| format!("the header {name:?}: expected a value of visible characters"))?;
            // An error has a Content-Type of its own: a header of the plan replaces it.
            response.headers.insert(header, value);
        }
        response.retry_after_date = fields.retry_after_date.map(|Seconds(time)| time);
        Ok(Self(response))
    }
}

/// The status of a final response. Interim ones, such as 100, are not.
#[derive(Deserialize)]
#[serde(try_from = "u16")]
struct Status(StatusCode);

impl TryFrom<u16> for Status {
    type Error = String;

    fn try_from(number: u16) -> Result<Self, String> {
        let status = StatusCode::from_u16(number).ok().filter(|_| (200..600).contains(&number));
        status.map(Self).ok_or_else(|| format!("expected a status from 200 to 599, found {number}"))
    }
}

#[derive(Deserialize)]
#[serde(try_from = "f64")]
struct Seconds(Duration);

impl TryFrom<f64> for Seconds {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        // More than a day is a typing error, and a timer of the runtime cannot wait for every Duration.
        let time = Duration::try_from_secs_f64(number).ok().filter(|time| *time <= Duration::from_secs(86_400));
        time.map(Self).ok_or_else(|| format!("expected a number of seconds from 0 to 86400, found {number}"))
    }
}

#[derive(Deserialize)]
#[serde(try_from = "f64")]
struct Probability(f64);

impl TryFrom<f64> for Probability {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        let probability = (0.0..=1.0).contains(&number).then_some(Self(number));
        probability.ok_or_else(|| format!("expected a probability from 0 to 1, found {number}"))
    }
}

fn deserialize_throttle<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Throttle>, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct ThrottleFields {
        concurrent: Option<usize>,
        requests: Option<Amount>,
        upload: Option<Amount>,
        extensions: Option<Amount>,
        directory: Option<Amount>,
        directory_writes: Option<Amount>,
        retry_after: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Amount {
        count: usize,
        seconds: Seconds,
    }
    let fields = ThrottleFields::deserialize(from)?;
    let mut throttle = Throttle::new();
    if let Some(limit) = fields.concurrent {
        throttle = throttle.concurrent(limit);
    }
    type SetLimit = fn(Throttle, usize, Duration) -> Throttle;
    let limits: [(Option<Amount>, SetLimit); 5] = [
        (fields.requests, Throttle::requests),
        (fields.upload, Throttle::upload),
        (fields.extensions, Throttle::extensions),
        (fields.directory, Throttle::directory),
        (fields.directory_writes, Throttle::directory_writes),
    ];
    for (amount, limit) in limits {
        if let Some(Amount { count, seconds: Seconds(span) }) = amount {
            throttle = limit(throttle, count, span);
        }
    }
    if let Some(value) = fields.retry_after {
        throttle = throttle.retry_after(value);
    }
    Ok(Some(throttle))
}

fn deserialize_delta<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<DeltaBehaviour>, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct DeltaFields {
        #[serde(default)]
        unavailable: bool,
        #[serde(default)]
        empty_pages: bool,
        #[serde(default)]
        replays: bool,
    }
    let DeltaFields { unavailable, empty_pages, replays } = DeltaFields::deserialize(from)?;
    Ok(Some(DeltaBehaviour { unavailable, empty_pages, replays }))
}
