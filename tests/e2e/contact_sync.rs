//! Synchronization of the contacts in a folder.

use std::collections::{BTreeMap, BTreeSet};

use graph_emulator::{DeltaBehaviour, SyncStateError};
use serde_json::{Value, json};

use crate::fixture::{Fixture, UID, add_new_rows, invoke, run};

/// Synchronizes the default folder from a token to the end. Returns the changes, the next token and the number of pages.
async fn follow(fixture: &Fixture, token: Option<&str>) -> (Vec<Value>, String, usize) {
    follow_folders(fixture, &json!([]), token).await
}

/// Synchronizes the last of nested folders likewise.
async fn follow_folders(fixture: &Fixture, folders: &Value, token: Option<&str>) -> (Vec<Value>, String, usize) {
    let (mut deltas, mut token, mut pages) = (Vec::new(), token.map(str::to_owned), 0);
    loop {
        let arguments = json!({"objectClass": "contact", "mailbox": UID, "folders": folders, "token": token});
        let page = invoke(fixture, "sync", arguments).await.unwrap();
        add_new_rows(&mut deltas, &page["deltas"]);
        token = Some(page["token"].as_str().unwrap().to_owned());
        pages += 1;
        if page["more"] == false {
            return (deltas, token.unwrap(), pages);
        }
    }
}

fn surnames(deltas: &[Value]) -> Vec<&str> {
    let mut names: Vec<&str> = deltas.iter().map(|delta| delta["object"]["surname"].as_str().unwrap_or("gone")).collect();
    names.sort_unstable();
    names
}

/// ICF's contract: one change after each create and update, one without an object after a delete, and none after the latest
/// token.
#[test]
fn sync_reports_each_change_once() {
    run(async {
        let fixture = Fixture::start().await;
        for name in ["a", "b", "c"] {
            fixture.add(json!({"surname": name}));
        }
        let (deltas, token, _) = follow(&fixture, None).await;
        assert_eq!(surnames(&deltas), ["a", "b", "c"]);
        let latest = invoke(&fixture, "latestSyncToken", json!({"objectClass": "contact", "mailbox": UID})).await.unwrap();
        assert_eq!(follow(&fixture, latest["token"].as_str()).await.0, [json!(null); 0]);

        let uid = |name: &str| deltas.iter().find(|delta| delta["object"]["surname"] == name).unwrap()["uid"].clone();
        invoke(&fixture, "update", json!({"objectClass": "contact", "uid": uid("a"), "attributes": {"surname": "A"}}))
            .await
            .unwrap();
        let (changed, token, _) = follow(&fixture, Some(&token)).await;
        assert_eq!((surnames(&changed), &changed[0]["uid"]), (vec!["A"], &uid("a")));
        invoke(&fixture, "delete", json!({"objectClass": "contact", "uid": uid("b")})).await.unwrap();
        let (gone, token, _) = follow(&fixture, Some(&token)).await;
        assert_eq!(gone, [json!({"uid": uid("b"), "deleted": true})]);
        fixture.add(json!({"surname": "d"}));
        assert_eq!(surnames(&follow(&fixture, Some(&token)).await.0), ["d"]);
    });
}

#[test]
fn sync_resumes_from_every_page() {
    run(async {
        let fixture = Fixture::start().await;
        fixture.emulator.set_delta_behaviour(DeltaBehaviour::new().empty_pages().replays());
        for number in 0..250 {
            fixture.add(json!({"surname": format!("{number:03}")}));
        }
        let (deltas, _, pages) = follow(&fixture, None).await;
        assert!(pages > 3 && deltas.len() >= 250, "{pages} pages, {} changes", deltas.len());
        let known: BTreeMap<&str, &Value> = deltas.iter().map(|delta| (delta["uid"].as_str().unwrap(), delta)).collect();
        assert_eq!(known.len(), 250);

        // A sync can resume from the token of any page, and repeats the same changes, whichever rows come twice.
        let first = invoke(&fixture, "sync", json!({"objectClass": "contact", "mailbox": UID})).await.unwrap();
        let (once, again) =
            (follow(&fixture, first["token"].as_str()).await.0, follow(&fixture, first["token"].as_str()).await.0);
        let distinct = |deltas: &[Value]| surnames(deltas).into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
        assert_eq!(distinct(&once), distinct(&again));
    });
}

#[test]
fn moved_contact_is_deleted_and_created() {
    run(async {
        let fixture = Fixture::start().await;
        let folder = fixture.emulator.add_folder(UID, "contacts", "Friends").unwrap();
        let id = fixture.add(json!({"surname": "a"}));
        let folders = json!([folder]);
        let (_, token, _) = follow(&fixture, None).await;
        let (empty, token_of_folder, _) = follow_folders(&fixture, &folders, None).await;
        assert_eq!(empty, [] as [Value; 0]);
        fixture.emulator.move_contact(UID, &id, &folder).unwrap();
        let (gone, _, _) = follow(&fixture, Some(&token)).await;
        assert_eq!(gone[0]["deleted"], true);
        let (new, ..) = follow_folders(&fixture, &folders, Some(&token_of_folder)).await;
        assert_eq!(new[0]["object"]["surname"], "a");
        assert_ne!(new[0]["uid"], gone[0]["uid"], "the uid names the folder");
    });
}

/// The service has several codes for an expired token. After each, `reconcile` returns the difference by a full enumeration.
#[test]
fn expired_token_requires_reconcile() {
    run(async {
        let fixture = Fixture::start().await;
        for name in ["kept", "changed", "gone"] {
            fixture.add(json!({"surname": name}));
        }
        let (deltas, token, _) = follow(&fixture, None).await;
        let uid = |name: &str| deltas.iter().find(|delta| delta["object"]["surname"] == name).unwrap()["uid"].as_str().unwrap();
        let known: BTreeMap<&str, &Value> = deltas.iter().map(|d| (d["uid"].as_str().unwrap(), &d["object"]["_rev"])).collect();
        for expired in [SyncStateError::SyncStateNotFound, SyncStateError::ResyncRequired, SyncStateError::SyncStateInvalid] {
            fixture.emulator.expire_delta_tokens(expired);
            let error =
                invoke(&fixture, "sync", json!({"objectClass": "contact", "mailbox": UID, "token": token})).await.unwrap_err();
            assert_eq!((&error["kind"], &error["httpStatus"]), (&json!("resync-required"), &json!(410)), "{expired:?}");
        }
        invoke(
            &fixture,
            "update",
            json!({"objectClass": "contact", "uid": uid("changed"), "attributes": {"surname": "new name"}}),
        )
        .await
        .unwrap();
        invoke(&fixture, "delete", json!({"objectClass": "contact", "uid": uid("gone")})).await.unwrap();
        fixture.add(json!({"surname": "added"}));
        let reconcile = json!({"objectClass": "contact", "mailbox": UID, "known": known});
        let difference = invoke(&fixture, "reconcile", reconcile.clone()).await.unwrap();
        let difference = difference.as_array().unwrap();
        assert_eq!(surnames(difference), ["added", "gone", "new name"]);
        assert!(difference.contains(&json!({"uid": uid("gone"), "deleted": true})));

        // `reconcile` also works in a cloud without delta queries.
        fixture.emulator.set_delta_behaviour(DeltaBehaviour::new().unavailable());
        assert!(invoke(&fixture, "sync", json!({"objectClass": "contact", "mailbox": UID})).await.is_err());
        assert_eq!(invoke(&fixture, "reconcile", reconcile).await.unwrap().as_array().unwrap().len(), 3);
    });
}

/// A sync token contains a URL. A forged one must not lead to another host or collection.
#[test]
fn forged_sync_token_is_rejected() {
    use base64::Engine;
    run(async {
        let fixture = Fixture::start().await;
        let endpoint = fixture.emulator.endpoint();
        for link in [
            "http://evil.example/v1.0/me/contacts/delta".to_owned(),
            format!("{endpoint}/v1.0/users"),
            format!("{endpoint}/v1.0/users/99999999-ad81-41c3-89bf-af939426eee7/contacts/delta"),
            format!("{endpoint}/v1.0/users/{UID}/contacts"),
            "nonsense".to_owned(),
        ] {
            let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&link);
            let error =
                invoke(&fixture, "sync", json!({"objectClass": "contact", "mailbox": UID, "token": token})).await.unwrap_err();
            assert_eq!(error["kind"], "invalid-attribute-value", "{link}");
        }
        assert!(fixture.sent().is_empty());
        // A name can be the user's other one. The request is for the mailbox of the call all the same.
        let link = format!("{endpoint}/v1.0/users/someone@contoso.example/contacts/delta");
        let token = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(link);
        invoke(&fixture, "sync", json!({"objectClass": "contact", "mailbox": UID, "token": token})).await.unwrap();
        assert!(fixture.sent().iter().all(|line| line.contains(UID)), "{:?}", fixture.sent());
    });
}
