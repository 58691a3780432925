//! Every kind of write, under every status of a failure although it took effect: nothing is lost, doubled or falsely reported.
//!
//! `SOAK_ROUNDS` and `SOAK_SEED` select other runs. A round makes each write once, under one status.

use std::time::Duration;

use graph_emulator::{CannedResponse, Fault, FaultKind, User};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::fixture::{Fixture, connector, invoke, run};
use crate::soak::{Random, read_number};

/// The codes of the failures; an empty body has none. `reported.md`: the first four came after writes that took effect.
const CODES: [&str; 8] = [
    "",
    "ConcurrentItemSave",
    "ErrorIrresolvableConflict",
    "UnknownError",
    "ErrorQuotaExceeded",
    "ErrorItemNotFound",
    "ErrorAccessDenied",
    "ApplicationThrottled",
];

/// What the writes did, by their reports.
#[derive(Debug, Default)]
struct Tally {
    writes: usize,
    done: usize,
    failed: usize,
    unknown: usize,
}

/// A round has a mailbox of its own, with one contact, and an organizational contact.
struct Round<'f> {
    fixture: &'f Fixture,
    number: usize,
    user: String,
    contact: String,
    org_contact: String,
}

impl Round<'_> {
    async fn call(&self, operation: &str, arguments: Value) -> Result<Value, Value> {
        invoke(self.fixture, operation, arguments).await
    }

    /// Makes a write under faults, and checks the report against the state. `state` reads what the write changes.
    async fn check(
        &self,
        tally: &mut Tally,
        fault: Option<Fault>,
        (operation, arguments): (&str, Value),
        state: impl AsyncFn() -> Value,
        expected: Value,
    ) {
        let before = state().await;
        assert_ne!(before, expected, "{operation}");
        let name = format!("round {}: {operation}: {fault:?}", self.number);
        self.fixture.emulator.clear_faults();
        fault.into_iter().for_each(|fault| self.fixture.emulator.inject(fault));
        let result = self.call(operation, arguments).await;
        self.fixture.emulator.clear_faults();
        let after = state().await;
        assert!(after == before || after == expected, "{name}: {before} became {after}: lost or doubled: {result:?}");
        tally.writes += 1;
        let outcome = result.and_then(|result| match result.as_array().and_then(|outcomes| outcomes.first()) {
            Some(outcome) if outcome["done"] == false => Err(outcome["error"].clone()),
            _ => Ok(()),
        });
        match outcome {
            Ok(()) => {
                tally.done += 1;
                assert_eq!(after, expected, "{name}: falsely reported as done");
            }
            Err(error) if error["mayHaveTakenEffect"] == true => tally.unknown += 1,
            Err(error) => {
                tally.failed += 1;
                assert_eq!(after, before, "{name}: falsely reported as failed: {error}");
            }
        }
    }
}

fn build_fault(random: &mut Random, status: StatusCode, method: Method, is_item: bool) -> Fault {
    let response = match CODES[random.below(CODES.len())] {
        "" => CannedResponse::empty(status),
        code => CannedResponse::error(status, code, "x"),
    };
    let kind = match random.below(12) {
        0 => FaultKind::ApplyThenClose,
        // Not every failure comes after the effect.
        1 | 2 => FaultKind::Respond(response),
        _ => FaultKind::ApplyThenRespond(response),
    };
    let fault = Fault::new(kind).method(method).times(1 + random.below(5));
    if is_item { fault.in_batch() } else { fault }
}

#[test]
fn every_write_under_every_status_is_reported_as_it_is() {
    let (rounds, seed) = (read_number("SOAK_ROUNDS", 25), read_number("SOAK_SEED", 20_261_128));
    run(async move {
        let fixture = Fixture::with(connector(), |settings| {
            settings.max_retries = Some(2);
            settings.retry_delay = Some(Duration::from_millis(2));
        })
        .await;
        fixture.emulator.set_org_contacts_writable(true);
        let mut random = Random::new(seed);
        let mut tally = Tally::default();
        for number in 0..usize::try_from(rounds).unwrap() {
            // 37 and 200 have no common divisor: each status comes once in 200 rounds.
            let status = StatusCode::from_u16(400 + u16::try_from(number * 37 % 200).unwrap()).unwrap();
            let user = format!("00000000-0000-4000-8000-{number:012}");
            fixture.emulator.add_user(User::new(user.as_str(), format!("user{number}@contoso.example")));
            fixture.emulator.clear_requests();
            let round = Round {
                fixture: &fixture,
                number,
                contact: fixture.emulator.add_contact(&user, &json!({"givenName": "stored", "nickName": "0"})).unwrap(),
                user,
                org_contact: fixture.emulator.add_org_contact(&json!({"displayName": "Org", "jobTitle": "0"})).unwrap(),
            };
            write_everything(&round, &mut tally, &mut random, status).await;
        }
        println!("seed {seed}: {tally:?}: 0 lost, 0 doubled, 0 falsely reported");
        assert!(tally.done > tally.writes / 2 && tally.failed > 0, "{tally:?}");
    });
}

async fn write_everything(round: &Round<'_>, tally: &mut Tally, random: &mut Random, status: StatusCode) {
    let (user, id, org) = (round.user.as_str(), round.contact.as_str(), round.org_contact.as_str());
    let number = round.number;
    let mut fault = |method: Method, is_item: bool| Some(build_fault(random, status, method, is_item));
    let count_contacts = async |name: String| {
        let contacts = round.call("contacts.list", json!({"mailbox": user})).await.unwrap();
        json!(contacts.as_array().unwrap().iter().filter(|contact| contact["givenName"] == name.as_str()).count())
    };
    let read = async |property: &str| {
        round.call("contacts.get", json!({"mailbox": user, "id": id, "extensions": true})).await.unwrap_or_default()[property]
            .clone()
    };
    let folder = async |property: &str| {
        let folders = round.call("folders.list", json!({"mailbox": user})).await.unwrap();
        folders.as_array().unwrap().iter().map(|folder| folder[property].clone()).next().unwrap_or_default()
    };
    let new = |name: String| json!({"mailbox": user, "contact": {"givenName": name}});
    let (plain, keyed) = (format!("plain {number}"), format!("keyed {number}"));
    let create = ("contacts.create", new(plain.clone()));
    round.check(tally, fault(Method::POST, false), create, async || count_contacts(plain.clone()).await, json!(1)).await;
    let mut with_key = new(keyed.clone());
    with_key["idempotencyKey"] = json!(format!("key {number}"));
    let create = ("contacts.create", with_key.clone());
    round.check(tally, fault(Method::POST, false), create, async || count_contacts(keyed.clone()).await, json!(1)).await;
    round.call("contacts.create", with_key).await.unwrap();
    assert_eq!(count_contacts(keyed).await, 1, "round {number}: the key makes one contact");

    let batched = format!("batched {number}");
    let one = json!({"create": {"givenName": batched}});
    let unused = json!({"delete": "AAMkunused="});
    let batch = ("contacts.batch", json!({"mailbox": user, "changes": [one, {"create": {"givenName": "other"}}, unused]}));
    round.check(tally, fault(Method::POST, true), batch, async || count_contacts(batched.clone()).await, json!(1)).await;

    let update = |value: &str| ("contacts.update", json!({"mailbox": user, "id": id, "contact": {"nickName": value}}));
    round.check(tally, fault(Method::PATCH, false), update("1"), async || read("nickName").await, json!("1")).await;
    let extension = |value: u32| json!({"mailbox": user, "id": id, "name": "com.x", "properties": {"a": value}});
    let read_extension = async || read("extensions").await[0]["a"].clone();
    let put = |value: u32| ("contacts.putExtension", extension(value));
    round.check(tally, fault(Method::POST, false), put(1), read_extension, json!(1)).await;
    round.call("contacts.putExtension", extension(1)).await.unwrap();
    round.check(tally, fault(Method::PATCH, false), put(2), read_extension, json!(2)).await;
    let delete = ("contacts.deleteExtension", json!({"mailbox": user, "id": id, "name": "com.x"}));
    round.check(tally, fault(Method::DELETE, false), delete, read_extension, Value::Null).await;
    let photo = json!({"mailbox": user, "id": id, "content": "/9j/4A=="});
    let read_photo =
        async || round.call("contacts.getPhoto", json!({"mailbox": user, "id": id})).await.unwrap_or_default()["content"].clone();
    round.check(tally, fault(Method::PUT, false), ("contacts.putPhoto", photo), read_photo, json!("/9j/4A==")).await;
    let delete = ("contacts.delete", json!({"mailbox": user, "id": id}));
    round.check(tally, fault(Method::DELETE, false), delete, async || read("givenName").await, Value::Null).await;

    let create = ("folders.create", json!({"mailbox": user, "displayName": "F"}));
    round.check(tally, fault(Method::POST, false), create.clone(), async || folder("displayName").await, json!("F")).await;
    let _ = round.call(create.0, create.1).await;
    let folder_id = folder("id").await;
    let rename = ("folders.rename", json!({"mailbox": user, "id": folder_id, "displayName": "G"}));
    round.check(tally, fault(Method::PATCH, false), rename, async || folder("displayName").await, json!("G")).await;
    let delete = ("folders.delete", json!({"mailbox": user, "id": folder_id}));
    round.check(tally, fault(Method::DELETE, false), delete.clone(), async || folder("id").await, Value::Null).await;
    let _ = round.call(delete.0, delete.1).await;

    let read_org =
        async |property: &str| round.call("orgContacts.get", json!({"id": org})).await.unwrap_or_default()[property].clone();
    let update = ("orgContacts.update", json!({"id": org, "contact": {"jobTitle": "1"}}));
    round.check(tally, fault(Method::PATCH, false), update, async || read_org("jobTitle").await, json!("1")).await;
    let delete = ("orgContacts.delete", json!({"id": org}));
    round.check(tally, fault(Method::DELETE, false), delete, async || read_org("id").await, Value::Null).await;
}
