//! Writes to the same object run one after another, in whatever sandboxes: each reads before it writes, and Microsoft Graph documents no
//! conditional requests for contacts.
//!
//! A delayed response makes sure that a call has read before another one begins: without the order, the other one would write in between.

use std::time::Duration;

use graph_emulator::{Fault, FaultKind};
use http::Method;
use serde_json::{Value, json};

use crate::calls::{Response, create, send, send_json};
use crate::fixture::{Fixture, UID, connector, run, send_request};
use crate::hosting::{MultiTenantFixture, admin};

/// How long the first call's read takes. Long enough for the second call to write if it does not wait.
const DELAY: Duration = Duration::from_secs(1);

/// Waits until the emulator has received `count` requests with that method.
async fn wait_for_requests(fixture: &Fixture, method: Method, count: usize) {
    while fixture.emulator.requests().iter().filter(|request| request.method == method).count() < count {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Sends `second` when `first` has read the contact, and not yet the response.
async fn overlap<F: Future, S: Future>(fixture: &Fixture, first: F, second: S) -> (F::Output, S::Output) {
    fixture.emulator.clear_requests();
    fixture.emulator.inject(Fault::new(FaultKind::Delay(DELAY)).method(Method::GET).target_contains("/contacts/"));
    let second = async {
        while !fixture.emulator.requests().iter().any(|request| request.target.contains("/contacts/")) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        second.await
    };
    tokio::join!(first, second)
}

fn path(contact: &Response) -> String {
    format!("/contact/{}", contact.id())
}

/// Returns the only contact of the mailbox, as an attribute of the user.
async fn only_contact(fixture: &Fixture) -> Value {
    let contacts = fixture.contacts().await;
    assert_eq!(contacts.len(), 1, "{contacts:?}");
    contacts[0].clone()
}

async fn put_user(fixture: &Fixture, user: &str, attributes: &Value) -> Response {
    send_json(fixture, Method::PUT, &format!("/user/{user}"), &[("If-Match", "*")], attributes).await
}

#[test]
fn one_of_two_updates_with_same_revision_succeeds() {
    run(async {
        let fixture = Fixture::start().await;
        let contact = create(&fixture, json!({"givenName": "Ada"})).await;
        let revision = contact.body["_rev"].as_str().unwrap();
        let headers = [("If-Match", revision)];
        let put = |name: &str| {
            let (body, path, fixture) = (json!({"givenName": name}), path(&contact), &fixture);
            async move { send_json(fixture, Method::PUT, &path, &headers, &body).await }
        };
        let (first, second) = overlap(&fixture, put("Grace"), put("Hedy")).await;
        assert_eq!((first.status, second.status), (200, 412), "{first:?} {second:?}");
        let stored = send(&fixture, Method::GET, &path(&contact), &[], "").await;
        assert_eq!(stored.body["givenName"], "Grace");
    });
}

#[test]
fn concurrent_additions_are_all_stored() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| settings.deadline = Duration::from_secs(60)).await;
        let contact = create(&fixture, json!({"givenName": "Ada"})).await;
        fixture.emulator.inject(Fault::new(FaultKind::Delay(Duration::from_millis(100))).method(Method::GET).forever());
        let names: Vec<String> = (0..10).map(|number| format!("category {number}")).collect();
        let mut additions = tokio::task::JoinSet::new();
        for name in &names {
            let patch = json!([{"operation": "add", "field": "/categories/-", "value": name}]).to_string();
            additions.spawn(send_request(fixture.request_of("contact", Method::PATCH, contact.id()).body(patch)));
        }
        let statuses: Vec<u16> = additions.join_all().await.into_iter().map(|(status, _)| status).collect();
        assert_eq!(statuses, [200; 10]);
        let stored = send(&fixture, Method::GET, &path(&contact), &[], "").await;
        let mut stored: Vec<String> = serde_json::from_value(stored.body["categories"].clone()).unwrap();
        stored.sort();
        assert_eq!(stored, names);
    });
}

/// Graph replaces an address whole, so that each update completes it with what is stored: by the contact, by the user, by the user's
/// other spelling.
#[test]
fn updates_of_contact_and_of_its_user_do_not_overwrite_each_other() {
    run(async {
        let fixture = Fixture::start().await;
        let contact = create(&fixture, json!({"givenName": "Ada"})).await;
        let id = only_contact(&fixture).await["id"].clone();
        let by_contact = |part: Value| {
            let (path, fixture) = (path(&contact), &fixture);
            let patch = json!([{"operation": "add", "field": "/businessAddress/street", "value": part}]);
            async move { send_json(fixture, Method::PATCH, &path, &[], &patch).await.status }
        };
        let by_user = |user: &'static str, part: Value| {
            let update = json!({"__updateContacts__": {"id": id, "businessAddress": part}});
            let fixture = &fixture;
            async move { put_user(fixture, user, &update).await.status }
        };
        let (name, other_case) = ("test.user@contoso.example", "Test.User@CONTOSO.example");
        let (city, street) = (json!({"city": "Seattle"}), json!("1 Main St"));
        let (state, code) = (json!({"state": "WA"}), json!({"postalCode": "98101"}));

        assert_eq!(overlap(&fixture, by_user(UID, city), by_contact(street)).await, (200, 200));
        assert_eq!(only_contact(&fixture).await["businessAddress"], json!({"city": "Seattle", "street": "1 Main St"}));
        assert_eq!(overlap(&fixture, by_user(name, state), by_user(other_case, code)).await, (200, 200));
        assert_eq!(
            only_contact(&fixture).await["businessAddress"],
            json!({"city": "Seattle", "street": "1 Main St", "state": "WA", "postalCode": "98101"})
        );
    });
}

#[test]
fn concurrent_creations_with_one_key_make_one_contact() {
    run(async {
        let fixture = Fixture::start().await;
        // Of the look-ups by the key, so that each would be over before the first creation.
        fixture.emulator.inject(Fault::new(FaultKind::Delay(Duration::from_millis(500))).method(Method::POST).forever());
        let body = json!({"mailbox": UID, "givenName": "Ada"});
        let creation = || send_json(&fixture, Method::POST, "/contact?_action=create", &[("Idempotency-Key", "\"k1\"")], &body);
        let created = tokio::join!(creation(), creation(), creation(), creation());
        let created = [created.0, created.1, created.2, created.3];
        assert!(created.iter().all(|response| response.status == 201), "{created:?}");
        assert!(created.iter().all(|response| response.id() == created[0].id()), "{created:?}");
        assert_eq!(fixture.contacts().await.len(), 1);

        let body = json!({"__addContacts__": [{"givenName": "Grace"}, {"givenName": "Hedy"}]});
        let update = |user: &'static str| {
            let (headers, body, fixture) = ([("If-Match", "*"), ("Idempotency-Key", "k2")], &body, &fixture);
            async move { send_json(fixture, Method::PUT, &format!("/user/{user}"), &headers, body).await.status }
        };
        let (by_id, by_name) = (update(UID), update("test.user@contoso.example"));
        assert_eq!(tokio::join!(by_id, by_name, update(UID)), (200, 200, 200));
        assert_eq!(fixture.contacts().await.len(), 3);
    });
}

/// While a write hangs, reads of its contact and writes to others go on. When its caller goes away, the next write to the contact goes
/// on as well.
#[test]
fn write_keeps_only_writes_to_same_contact_waiting() {
    run(async {
        let fixture = Fixture::with(connector(), |settings| settings.deadline = Duration::from_secs(60)).await;
        let (one, two) = (create(&fixture, json!({"givenName": "1"})).await, create(&fixture, json!({"givenName": "2"})).await);
        let put = |contact: &Response| {
            let (path, fixture) = (path(contact), &fixture);
            async move {
                let body = json!({"surname": "Lovelace"});
                send_json(fixture, Method::PUT, &path, &[("If-Match", "*")], &body).await.status
            }
        };
        fixture.emulator.inject(Fault::new(FaultKind::Hang).method(Method::PATCH));
        let mut hanging = Box::pin(put(&one));
        let others = async {
            wait_for_requests(&fixture, Method::PATCH, 1).await;
            let read = send(&fixture, Method::GET, &path(&one), &[], "").await;
            assert_eq!((read.status, put(&two).await), (200, 200));
        };
        tokio::select! {
            status = &mut hanging => panic!("the write ended: {status}"),
            () = others => {}
        }
        let next = put(&one);
        drop(hanging);
        assert_eq!(next.await, 200);
    });
}

/// A tenant's calls keep their order over a reload.
#[test]
fn writes_before_and_after_reload_do_not_overwrite_each_other() {
    run(async {
        let fixture = MultiTenantFixture::open("writes").await;
        let id = fixture.contoso.add_contact(UID, &json!({"givenName": "Ada"})).unwrap();
        let update = |part: Value| {
            let body = json!({"__updateContacts__": {"id": id, "businessAddress": part}});
            let request = admin(fixture.request(Method::PUT, &format!("/contoso/user/{UID}"))).header("If-Match", "*");
            request.header("Content-Type", "application/json").body(body.to_string()).send()
        };
        fixture.contoso.inject(Fault::new(FaultKind::Delay(DELAY)).method(Method::GET).target_contains("/contacts/"));
        let later = async {
            while !fixture.contoso.requests().iter().any(|request| request.target.contains("/contacts/")) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            fixture
                .change(|text| text.replace("callers = [\"openidm-admin\", \"auditor\"]", "callers = [\"openidm-admin\"]"))
                .unwrap();
            update(json!({"street": "1 Main St"})).await
        };
        let (first, second) = tokio::join!(update(json!({"city": "Seattle"})), later);
        assert_eq!((first.unwrap().status().as_u16(), second.unwrap().status().as_u16()), (200, 200));
        let (_, user) = send_request(admin(fixture.read_of("contoso"))).await;
        assert_eq!(user["contacts"][0]["businessAddress"], json!({"city": "Seattle", "street": "1 Main St"}));
    });
}

/// A program that embeds the host names the mailbox itself.
#[test]
fn call_for_mailbox_waits_for_gateway() {
    run(async {
        let fixture = Fixture::start().await;
        let id = fixture.add(json!({"givenName": "Ada"}));
        let update = json!({"__updateContacts__": {"id": id, "businessAddress": {"city": "Seattle"}}});
        let by_gateway = put_user(&fixture, UID, &update);
        let arguments = json!({"mailbox": UID, "id": id, "contact": {"businessAddress": {"street": "1 Main St"}}}).to_string();
        let (host, mailbox) = (connector(), UID.to_uppercase());
        let by_library = host.call_for_mailbox(&fixture.settings, &mailbox, async |component, store| {
            component.graph_contacts_connector_json().call_invoke(store, "contacts.update", &arguments).await
        });
        let (first, second) = overlap(&fixture, by_gateway, by_library).await;
        assert_eq!((first.status, second.unwrap().is_ok()), (200, true));
        assert_eq!(only_contact(&fixture).await["businessAddress"], json!({"city": "Seattle", "street": "1 Main St"}));
    });
}
