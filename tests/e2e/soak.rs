//! Hundreds of mixed updates under heavy faults: at the end the mailbox agrees with the responses.
//!
//! The seed is fixed, so that a failure is reproducible. `SOAK_ROUNDS` and `SOAK_SEED` select other runs.

use std::collections::BTreeMap;
use std::time::Duration;

use graph_contacts_host::{ComponentHost, Limits};
use graph_emulator::{CannedResponse, Fault, FaultKind};
use http::{Method, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::fixture::{Fixture, component_file, run};

/// A small random number generator (Knuth's MMIX constants), so that a run depends only on its seed.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// Returns a number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// The possible nicknames of a contact: from the changes that were done, or from one with an unknown outcome. `None`: the contact
/// does not exist.
type Possible = Vec<Option<String>>;

fn random_fault(random: &mut Random) -> Fault {
    let throttled = |wait| {
        CannedResponse::empty(StatusCode::TOO_MANY_REQUESTS).header(header::RETRY_AFTER, header::HeaderValue::from_static(wait))
    };
    let timed_out = CannedResponse::empty(StatusCode::GATEWAY_TIMEOUT);
    let any = StatusCode::from_u16(400 + u16::try_from(random.below(200)).unwrap()).unwrap();
    let kind = match random.below(14) {
        12 => FaultKind::ApplyThenRespond(CannedResponse::empty(any)),
        13 => FaultKind::ApplyThenRespond(CannedResponse::error(any, "ErrorIrresolvableConflict", "x")),
        0 => FaultKind::Respond(throttled("0")),
        1 => FaultKind::Respond(throttled("0.02")),
        2 => FaultKind::Respond(CannedResponse::empty(StatusCode::SERVICE_UNAVAILABLE)),
        3 => FaultKind::Respond(timed_out),
        4 => FaultKind::ApplyThenRespond(timed_out),
        5 => {
            FaultKind::ApplyThenRespond(CannedResponse::error(StatusCode::INTERNAL_SERVER_ERROR, "ErrorInternalServerError", "x"))
        }
        6 => FaultKind::Close,
        7 => FaultKind::ApplyThenClose,
        8 => FaultKind::Truncate(random.below(200)),
        9 => FaultKind::Respond(CannedResponse::error(StatusCode::FORBIDDEN, "ErrorAccessDenied", "x")),
        10 => FaultKind::Respond(CannedResponse {
            body: bytes::Bytes::from_static(b"<html>"),
            ..CannedResponse::empty(StatusCode::OK)
        }),
        _ => FaultKind::Delay(Duration::from_millis(20)),
    };
    let fault = Fault::new(kind).after(random.below(3)).times(1 + random.below(6));
    let fault = match random.below(4) {
        0 => fault.method(Method::POST),
        1 => fault.method(Method::PATCH),
        _ => fault,
    };
    if random.below(2) == 0 { fault.in_batch() } else { fault }
}

/// Returns the number in a variable of the environment.
pub fn read_number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn writes_under_faults_are_neither_lost_nor_duplicated() {
    let (rounds, seed) = (read_number("SOAK_ROUNDS", 150), read_number("SOAK_SEED", 20_261_121));
    run(async move {
        // After thousands of rounds, reading the mailbox takes longer than a call may by default.
        let limits = Limits { cpu_time: Duration::from_secs(600), ..Limits::default() };
        let connector = ComponentHost::from_file(&component_file(), limits).unwrap();
        let fixture = Fixture::with(connector, |settings| {
            settings.deadline = Duration::from_secs(600);
            settings.max_retries = Some(3);
            settings.retry_delay = Some(Duration::from_millis(10));
        })
        .await;
        let mut random = Random(seed);
        // By surname, which no two contacts share; each with its id, where it is known.
        let mut model: BTreeMap<String, (Option<String>, Possible)> = BTreeMap::new();
        let (mut made, mut done, mut failed, mut open) = (0, 0, 0, 0);
        for round in 0..rounds {
            fixture.emulator.clear_faults();
            for _ in 0..random.below(4) {
                fixture.emulator.inject(random_fault(&mut random));
            }
            let known: Vec<(String, String)> =
                model.iter().filter_map(|(name, (id, _))| Some((name.clone(), id.clone()?))).collect();
            let pick = |random: &mut Random, most: usize| {
                let count = random.below(most + 1).min(known.len());
                let start = random.below(known.len().max(1));
                known.iter().cycle().skip(start).take(count).cloned().collect::<Vec<_>>()
            };
            let additions: Vec<String> = (0..random.below(26)).map(|n| format!("{round}-{n}")).collect();
            let updates = pick(&mut random, 22);
            let removals = pick(&mut random, 5);
            let nickname = format!("round {round}");
            let body = json!({
                "__addContacts__": additions.iter().map(|name| json!({"surname": name, "nickName": "new"})).collect::<Vec<_>>(),
                "__updateContacts__": updates.iter().map(|(_, id)| json!({"id": id, "nickName": nickname})).collect::<Vec<_>>(),
                "__removeContacts__": removals.iter().map(|(_, id)| id).collect::<Vec<_>>(),
            });
            let (status, response) = fixture.put(body).await;
            made += additions.len() + updates.len() + removals.len();
            let outcomes = response["detail"]["contacts"].as_array();
            if status != 200 && outcomes.is_none() {
                // The user could not be read, so no change began.
                assert!(response["detail"]["mayHaveTakenEffect"] != true, "{response}");
                failed += additions.len() + updates.len() + removals.len();
                continue;
            }
            let outcome = |attribute: &str, position: usize| {
                let Some(outcomes) = outcomes else { return (true, false, None) };
                let of = |o: &&Value| o["attribute"] == attribute && o["position"] == position;
                let outcome = outcomes.iter().find(of).unwrap();
                let id = outcome["id"].as_str().map(str::to_owned);
                (outcome["done"] == true, outcome["error"]["mayHaveTakenEffect"] == true, id)
            };
            let mut note =
                |name: &str, id: Option<String>, (was_done, may_be, _): (bool, bool, Option<String>), then: Option<String>| {
                    let (known_id, possible) = model.entry(name.to_owned()).or_insert_with(|| (None, vec![None]));
                    *known_id = id.or(known_id.take());
                    match (was_done, may_be) {
                        (true, _) => *possible = vec![then],
                        (false, true) => possible.push(then),
                        (false, false) => {}
                    }
                    done += usize::from(was_done);
                    failed += usize::from(!was_done && !may_be);
                    open += usize::from(!was_done && may_be);
                };
            for (position, (name, _)) in updates.iter().enumerate() {
                note(name, None, outcome("__updateContacts__", position), Some(nickname.clone()));
            }
            for (position, name) in additions.iter().enumerate() {
                let outcome = outcome("__addContacts__", position);
                note(name, outcome.2.clone(), outcome, Some("new".to_owned()));
            }
            for (position, (name, _)) in removals.iter().enumerate() {
                note(name, None, outcome("__removeContacts__", position), None);
            }
            // Every fifth round learns the ids of added contacts, and settles unknown outcomes.
            if round % 5 == 4 || round + 1 == rounds {
                fixture.emulator.clear_faults();
                reconcile(&mut model, fixture.contacts().await);
            }
        }
        println!("seed {seed}: {made} changes: {done} done, {failed} failed, {open} with an unknown outcome");
        assert!(done > made / 2 && failed > 0, "the faults are too few or too many");
    });
}

/// Checks that the mailbox is a possible state of the model, and updates the model to it.
fn reconcile(model: &mut BTreeMap<String, (Option<String>, Possible)>, contacts: Vec<Value>) {
    let mut stored: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for contact in contacts {
        let name = contact["surname"].as_str().unwrap().to_owned();
        assert!(stored.insert(name.clone(), contact.as_object().unwrap().clone()).is_none(), "{name} exists twice");
    }
    for (name, (id, possible)) in model.iter_mut() {
        let found = stored.remove(name);
        let now = found.as_ref().map(|contact| contact["nickName"].as_str().unwrap().to_owned());
        assert!(possible.contains(&now), "{name} is {now:?}; expected one of {possible:?}");
        *possible = vec![now];
        *id = found.map(|contact| contact["id"].as_str().unwrap().to_owned());
    }
    assert!(stored.is_empty(), "unexpected contacts: {:?}", stored.keys());
}
