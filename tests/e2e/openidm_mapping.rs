//! The mapping of docs/openidm.md: the contacts of one mailbox, kept in another one, by a reconciliation and by `liveSync`, with the
//! requests that OpenIDM sends (`ReconTypeBase`, `ReconciliationContext`, `SystemObjectSetService`, `OpenICFProvisionerService`).

use std::collections::{BTreeMap, BTreeSet};

use graph_emulator::User;
use http::Method;
use serde_json::{Value, json};

use crate::calls::{send, send_json};
use crate::fixture::{Fixture, TOKEN, UID, run, send_request};

/// The user whose mailbox has the copies.
const TARGET: &str = "00000000-0000-0000-0000-0000000000aa";

/// The attributes that the mapping copies.
const COPIED: [&str; 3] = ["displayName", "givenName", "businessPhones"];

/// What OpenIDM keeps: the links of the mapping, and the state of `liveSync` of its repository.
#[derive(Default)]
struct Mapping {
    /// The `_id` of a target by that of its source.
    links: BTreeMap<String, String>,
    stage: Value,
}

/// What a reconciliation or a `liveSync` did.
#[derive(Debug, Default, PartialEq)]
struct Done {
    created: usize,
    updated: usize,
    deleted: usize,
}

impl Done {
    fn new(created: usize, updated: usize, deleted: usize) -> Done {
        Done { created, updated, deleted }
    }
}

/// Returns the `_id`s that a query of the mapping finds, in pages of three (`reconSourceQueryPageSize`). OpenIDM prints the filter of
/// its configuration anew, with a slash before each name.
async fn list_ids(fixture: &Fixture, mailbox: &str) -> Vec<String> {
    let filter = format!("/mailbox eq \"{mailbox}\"");
    let (mut ids, mut cookie) = (Vec::new(), String::new());
    loop {
        let mut parameters = vec![("_queryFilter", filter.as_str()), ("_fields", "_id"), ("_pageSize", "3")];
        if !cookie.is_empty() {
            parameters.push(("_pagedResultsCookie", &cookie));
        }
        let (status, page) = fixture.query("contact", &parameters).await;
        assert_eq!((status, page.get("error")), (200, None), "{page}");
        ids.extend(page["result"].as_array().unwrap().iter().map(|row| row["_id"].as_str().unwrap().to_owned()));
        match page["pagedResultsCookie"].as_str() {
            Some(next) => cookie = next.to_owned(),
            None => return ids,
        }
    }
}

impl Mapping {
    /// Copies the source object: creates its target, or updates what differs.
    async fn copy(&mut self, fixture: &Fixture, id: &str, source: &Value, done: &mut Done) {
        let mut wanted: Value = COPIED.iter().map(|name| ((*name).to_owned(), source[*name].clone())).collect();
        match self.links.get(id) {
            None => {
                wanted["mailbox"] = json!(TARGET);
                let created = send_json(fixture, Method::POST, "/contact?_action=create", &[], &wanted).await;
                assert_eq!(created.status, 201, "{created:?}");
                self.links.insert(id.to_owned(), created.id().to_owned());
                done.created += 1;
            }
            Some(target) => {
                let path = format!("/contact/{target}");
                let stored = send(fixture, Method::GET, &path, &[], "").await;
                if COPIED.iter().any(|name| stored.body[*name] != wanted[*name]) {
                    let updated = send_json(fixture, Method::PUT, &path, &[("If-Match", "*")], &wanted).await;
                    assert_eq!(updated.status, 200, "{updated:?}");
                    done.updated += 1;
                }
            }
        }
    }

    async fn delete(&mut self, fixture: &Fixture, id: &str, done: &mut Done) {
        let Some(target) = self.links.remove(id) else { return };
        assert_eq!(send(fixture, Method::DELETE, &format!("/contact/{target}"), &[], "").await.status, 200);
        done.deleted += 1;
    }

    /// A reconciliation: the source phase, then the target phase.
    async fn reconcile(&mut self, fixture: &Fixture) -> Done {
        let mut done = Done::default();
        let sources = list_ids(fixture, UID).await;
        let targets: BTreeSet<String> = list_ids(fixture, TARGET).await.into_iter().collect();
        assert!(self.links.values().all(|target| targets.contains(target)), "every linked target is found under its id");
        for id in &sources {
            let source = send(fixture, Method::GET, &format!("/contact/{id}"), &[], "").await;
            assert_eq!((source.status, source.id()), (200, id.as_str()), "{source:?}");
            self.copy(fixture, id, &source.body, &mut done).await;
        }
        // SOURCE_MISSING: a link whose source is gone.
        let missing: Vec<String> = self.links.keys().filter(|id| !sources.contains(id)).cloned().collect();
        for id in missing {
            self.delete(fixture, &id, &mut done).await;
        }
        done
    }

    /// `POST /openidm/system?_action=liveSync&source=...`, until there are no more changes.
    async fn live_sync(&mut self, fixture: &Fixture) -> Done {
        let mut done = Done::default();
        loop {
            let source = format!("system/azuread/contact/{UID}");
            let url = format!("http://{}/openidm/system?_action=liveSync&source={source}", fixture.gateway.address());
            let request = reqwest::Client::new()
                .post(url)
                .header("X-OpenIDM-Username", "openidm-admin")
                .header("X-OpenIDM-Password", "openidm-admin")
                .header("Content-Type", "application/json")
                .body(self.stage.to_string());
            let (status, stage) = send_request(request).await;
            assert_eq!(status, 200, "{stage}");
            for change in stage["changes"].as_array().unwrap() {
                let id = change["uid"].as_str().unwrap();
                match change.get("deleted") {
                    Some(_) => self.delete(fixture, id, &mut done).await,
                    None => self.copy(fixture, id, &change["object"], &mut done).await,
                }
            }
            let has_more = stage["more"] == true;
            self.stage = stage;
            if !has_more {
                return done;
            }
        }
    }
}

/// Renames a user at Microsoft Graph.
async fn rename(fixture: &Fixture, name: &str) {
    let url = format!("{}/v1.0/users/{UID}", fixture.emulator.endpoint());
    let request = reqwest::Client::new().patch(url).bearer_auth(TOKEN).header("Content-Type", "application/json");
    let response = request.body(json!({"userPrincipalName": name}).to_string()).send().await.unwrap();
    assert!(response.status().is_success(), "{response:?}");
}

#[test]
fn reconciliation_and_live_sync_see_each_change_once() {
    run(async {
        let fixture = Fixture::start().await;
        fixture.emulator.add_user(User::new(TARGET, "copies@contoso.example"));
        let path = |id: &str| format!("/contact/{id}");
        let add = async |name: &str| {
            let contact = json!({"mailbox": UID, "displayName": name, "givenName": name, "businessPhones": ["+1 555 0100"]});
            let created = send_json(&fixture, Method::POST, "/contact", &[], &contact).await;
            assert_eq!(created.status, 201, "{created:?}");
            created.id().to_owned()
        };
        let change = async |id: &str, name: &str| {
            let changed = send_json(&fixture, Method::PUT, &path(id), &[("If-Match", "*")], &json!({"displayName": name})).await;
            assert_eq!(changed.status, 200, "{changed:?}");
        };
        let mut ids = Vec::new();
        for number in 0..8 {
            ids.push(add(&format!("c{number}")).await);
        }
        let mut mapping = Mapping::default();
        assert_eq!(mapping.reconcile(&fixture).await, Done::new(8, 0, 0));
        assert_eq!(mapping.reconcile(&fixture).await, Done::default(), "nothing has changed");

        // Add, change, delete, and rename the user in between.
        ids.push(add("new").await);
        change(&ids[1], "changed").await;
        assert_eq!(send(&fixture, Method::DELETE, &path(&ids[2]), &[], "").await.status, 200);
        rename(&fixture, "renamed@contoso.example").await;
        assert_eq!(mapping.reconcile(&fixture).await, Done::new(1, 1, 1));
        assert_eq!(mapping.reconcile(&fixture).await, Done::default());

        // The first liveSync only begins. Its ids are those of the reconciliation.
        assert_eq!(mapping.live_sync(&fixture).await, Done::default());
        ids.push(add("newer").await);
        change(&ids[3], "changed too").await;
        rename(&fixture, "renamed.again@contoso.example").await;
        assert_eq!(send(&fixture, Method::DELETE, &path(&ids[4]), &[], "").await.status, 200);
        assert_eq!(mapping.live_sync(&fixture).await, Done::new(1, 1, 1));
        assert_eq!(mapping.live_sync(&fixture).await, Done::default());
        // What liveSync did is what a reconciliation finds.
        assert_eq!(mapping.reconcile(&fixture).await, Done::default());
        let names = async |mailbox: &str| {
            let filter = format!("mailbox eq \"{mailbox}\"");
            let (_, found) = fixture.query("contact", &[("_queryFilter", &filter), ("_fields", "displayName")]).await;
            let rows = found["result"].as_array().unwrap();
            rows.iter().map(|row| row["displayName"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
        };
        assert_eq!(names(UID).await, names(TARGET).await);
        assert_eq!(names(UID).await.len(), 8);
    });
}
