//! Delta queries: what changed among the contacts of a folder, or among folders, since a state that the client names.
//!
//! <https://learn.microsoft.com/graph/delta-query-overview>

use http::header::LOCATION;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::contact;
use super::contacts::{self, DEFAULT_PAGE};
use super::delta_token::{Kind, Token};
use super::deltas::Deltas;
use super::error::{GraphError, Outcome};
use super::extended::Expand;
use super::folders;
use super::journal::Change;
use super::page;
use super::route::{DELTA, Place};
use super::schema::Version;
use super::service::Call;
use super::store::Store;

/// The most on a page, whatever the client prefers (learn.microsoft.com/answers 2276060, confirmed by Microsoft's support).
const LARGEST_PAGE: usize = 200;

/// `GET /contacts/delta`, alone or inside a folder. "Delta query is a per-folder operation", so without a folder it is the
/// default one's; that beta does not take the whole mailbox here, as its list does, is unverified.
pub(super) fn contacts(store: &mut Store, call: &Call, version: Version, place: &Place) -> Outcome<Answer> {
    let deltas = store.deltas;
    if store.is_without_delta() {
        return contacts::item(store, call, version, place, DELTA);
    }
    let mailbox = store.mailbox(&place.user)?;
    let folder = mailbox.tree().at(&place.folders)?.id.clone();
    let declared = |clause: &str, name: &str| contact::declared(clause, name, version).map(drop);
    let round = Round::open(call, deltas, &format!("contacts/{folder}"), mailbox.contact_log.end(), declared)?;
    let Token { since, until, ref select, .. } = round.token;
    let changes = mailbox.contact_log.changes(Some(&folder), since, until, call.prefer.immutable_ids);
    let now = |id: &str| {
        let contact = mailbox.find(id).filter(|contact| contact.folder == folder)?;
        Some(contact.render(version, select.as_deref(), &Expand::default()))
    };
    Ok(round.page(call, version, "contact", &changes, now))
}

/// `GET /contactFolders/delta`, which goes through the mailbox at any depth as the page "contactFolder: delta" says, and `GET
/// .../childFolders/delta`, which only the metadata have: that it stays directly inside its folder is unverified. v1.0 leaves
/// the default folder out here as it does in the list, which is unverified too.
pub(super) fn folders(store: &mut Store, call: &Call, version: Version, place: &Place) -> Outcome<Answer> {
    let deltas = store.deltas;
    if store.is_without_delta() {
        let mut key = place.clone();
        key.folders.push(DELTA.to_owned());
        return folders::item(store, call, version, &key);
    }
    let mailbox = store.mailbox(&place.user)?;
    let tree = mailbox.tree();
    let parent = tree.at(&place.folders)?;
    let all = place.folders.is_empty();
    let scope = format!("{}/{}", if all { "allFolders" } else { "childFolders" }, parent.id);
    let round =
        Round::open(call, deltas, &scope, mailbox.folder_log.end(), |clause, name| folders::declared(clause, name, version))?;
    let Token { since, until, ref select, .. } = round.token;
    let mut changes = mailbox.folder_log.changes((!all).then_some(&parent.id), since, until, false);
    changes.retain(|change| version == Version::Beta || change.item != tree.default().id);
    let now = |id: &str| {
        let folder = tree.all().find(|folder| folder.id == id)?;
        Some(folders::render(folder, tree.default(), version, select.as_deref()))
    };
    Ok(round.page(call, version, "contactFolder", &changes, now))
}

/// A request within a round.
struct Round {
    token: Token,
    deltas: Deltas,
}

impl Round {
    /// Starts a round, at the beginning of time or where a `$deltatoken` says, or continues it with a `$skiptoken`.
    fn open(call: &Call, deltas: Deltas, scope: &str, end: usize, declared: impl Fn(&str, &str) -> Outcome<()>) -> Outcome<Self> {
        if call.method != Method::GET {
            return Err(GraphError::method_not_allowed());
        }
        if call.query.get("top").is_some() {
            // "do NOT set Top. It limits the total items received" (alcionai/corso); what comes after those is not known.
            return Err(GraphError::not_emulated("$top of a delta query"));
        }
        // For contacts no other option is documented.
        call.query.only(&["deltatoken", "select", "skiptoken"])?;
        let (skip, delta) = (call.query.get("skiptoken"), call.query.get("deltatoken").filter(|text| !text.is_empty()));
        let (kind, text) = match (skip, delta) {
            (None, None) => {
                let select = page::select(&call.query, declared)?;
                let generation = deltas.generation;
                let scope = scope.to_owned();
                let token = Token { kind: Kind::Skip, scope, select, since: 0, until: end, row: 0, blank: false, generation };
                return Ok(Self { token, deltas });
            }
            (Some(text), None) => (Kind::Skip, text),
            (None, Some(text)) => (Kind::Delta, text),
            (Some(_), Some(_)) => return Err(GraphError::malformed_token()),
        };
        let known = Token::read(text).filter(|token| token.kind == kind && token.scope == scope);
        let mut token = known.ok_or_else(GraphError::malformed_token)?;
        if let Some(expired) = deltas.verdict(token.generation) {
            let error = GraphError::sync_state(expired.code(), token.generation, deltas.generation);
            let anew = token.select.map(|names| format!("$select={}&", names.join(","))).unwrap_or_default();
            return Err(match expired {
                super::Expired::ResyncRequired => {
                    error.with_header(LOCATION, format!("{}{}?{anew}$deltatoken=", call.origin, call.path))
                }
                _ => error,
            });
        }
        if kind == Kind::Delta {
            token = Token { kind: Kind::Skip, since: token.until, until: end, row: 0, blank: false, ..token };
        }
        Ok(Self { token, deltas })
    }

    /// One page: its rows, and either the link to the next page or the link to the next round. `now` renders an item as it is;
    /// one that went after the round began is left out, and comes as removed in the next round.
    fn page(
        &self,
        call: &Call,
        version: Version,
        entity: &str,
        changes: &[Change],
        now: impl Fn(&str) -> Option<Map<String, Value>>,
    ) -> Answer {
        let row = |change: &Change| {
            let mut row = Map::from_iter([("@odata.type".to_owned(), json!(format!("#microsoft.graph.{entity}")))]);
            if change.gone {
                // The reason is that of the messages example (<https://learn.microsoft.com/graph/delta-query-messages>), for
                // what was moved away too: "changed" is what can be restored, which is a matter of directory objects.
                row.extend([("id".to_owned(), json!(change.item)), ("@removed".to_owned(), json!({"reason": "deleted"}))]);
            } else {
                row.extend(now(&change.item)?);
            }
            Some(Value::Object(row))
        };
        let size = call.prefer.page_size.unwrap_or(DEFAULT_PAGE).min(LARGEST_PAGE);
        let empty = self.deltas.delta.empty_pages && !self.token.blank;
        let mut rows: Vec<&Change> = if empty { Vec::new() } else { changes.iter().skip(self.token.row).take(size).collect() };
        let next = self.token.row + rows.len();
        if self.deltas.delta.replays && !rows.is_empty() {
            rows.extend(changes.first());
        }

        let (link, token) = if empty || next < changes.len() {
            ("nextLink", Token { row: next, blank: empty, ..self.token.clone() })
        } else {
            ("deltaLink", Token { kind: Kind::Delta, ..self.token.clone() })
        };
        let option = if token.kind == Kind::Skip { "$skiptoken" } else { "$deltatoken" };
        let token = Token { generation: self.deltas.generation, ..token };
        let body = json!({
            "@odata.context": format!("{}/{}/$metadata#Collection(microsoft.graph.{entity})", call.origin, version.segment()),
            format!("@odata.{link}"): format!("{}{}?{option}={}", call.origin, call.path, token.write()),
            "value": rows.into_iter().filter_map(row).collect::<Vec<_>>(),
        });
        Answer::json(StatusCode::OK, &body)
    }
}
