//! Delta queries: the changes of the contacts in a folder, or of folders, since a state token.
//!
//! <https://learn.microsoft.com/graph/delta-query-overview>

use http::header::LOCATION;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::faults::delta_state::{DeltaState, SyncStateError};
use crate::mailbox::contact;
use crate::mailbox::contacts;
use crate::mailbox::context::DEFAULT_PAGE_SIZE;
use crate::mailbox::extended_property::ContactExpand;
use crate::mailbox::folder_properties;
use crate::mailbox::folders;
use crate::mailbox::journal::ItemChange;
use crate::mailbox::path::MailboxPath;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::page;
use crate::odata::position::Position;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::odata::segment::DELTA;
use crate::odata::state_token::{StateToken, StateTokenKind};
use crate::store::Store;
use crate::variation::pages::PageRows;

/// The most rows on a page, for any preference (learn.microsoft.com/answers 2276060, confirmed by Microsoft's support).
const MAX_PAGE_SIZE: usize = 200;

/// `GET /contacts/delta`, with or without a folder. "Delta query is a per-folder operation", so without a folder it is the
/// default folder's. That beta does not include the whole mailbox here, as its list does, is unverified.
pub(crate) fn handle_contacts(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
) -> Outcome<GraphResponse> {
    let deltas = store.deltas;
    if !store.has_delta() {
        return contacts::handle_contact(store, request, version, path, DELTA);
    }
    let mailbox = store.find_mailbox(&path.user)?;
    let folder = mailbox.tree().find_by_path(&path.folders)?.id.clone();
    let declared = |clause: &str, name: &str| contact::require_property(clause, name, version).map(drop);
    let round = Round::open(request, deltas, &format!("contacts/{folder}"), mailbox.contact_log.end(), declared)?;
    let StateToken { since, until, ref select, .. } = round.token;
    let changes = mailbox.contact_log.list_changes(Some(&folder), since, until, request.prefer.immutable_ids);
    let render_item = |id: &str| {
        let contact = mailbox.find(id).filter(|contact| contact.folder == folder)?;
        Some(contact.render(version, select.as_deref(), &ContactExpand::default()))
    };
    Ok(round.render_page(request, version, "contact", &changes, render_item))
}

/// `GET /contactFolders/delta` covers the mailbox at any depth, as the page "contactFolder: delta" says. Only the metadata have
/// `GET .../childFolders/delta`; that it covers only direct children is unverified. v1.0 omits the default folder as in its
/// list, which is unverified too.
pub(crate) fn handle_folders(
    store: &mut Store,
    request: &GraphRequest,
    version: Version,
    path: &MailboxPath,
) -> Outcome<GraphResponse> {
    let deltas = store.deltas;
    if !store.has_delta() {
        let mut key = path.clone();
        key.folders.push(DELTA.to_owned());
        return folders::handle_folder(store, request, version, &key);
    }
    let mailbox = store.find_mailbox(&path.user)?;
    let tree = mailbox.tree();
    let parent = tree.find_by_path(&path.folders)?;
    let all = path.folders.is_empty();
    let scope = format!("{}/{}", if all { "allFolders" } else { "childFolders" }, parent.id);
    let round = Round::open(request, deltas, &scope, mailbox.folder_log.end(), |clause, name| {
        folder_properties::check_declared(clause, name, version)
    })?;
    let StateToken { since, until, ref select, .. } = round.token;
    let mut changes = mailbox.folder_log.list_changes((!all).then_some(&parent.id), since, until, false);
    changes.retain(|change| version == Version::Beta || change.item != tree.default_folder().id);
    let render_item = |id: &str| {
        let folder = tree.folders().find(|folder| folder.id == id)?;
        Some(folder_properties::render_folder(folder, tree.default_folder(), version, select.as_deref()))
    };
    Ok(round.render_page(request, version, "contactFolder", &changes, render_item))
}

/// One request of a round.
struct Round {
    token: StateToken,
    deltas: DeltaState,
}

impl Round {
    /// Starts a round from the beginning or from a `$deltatoken`, or continues it with a `$skiptoken`.
    fn open(
        request: &GraphRequest,
        deltas: DeltaState,
        scope: &str,
        end: usize,
        declared: impl Fn(&str, &str) -> Outcome<()>,
    ) -> Outcome<Self> {
        if request.method != Method::GET {
            return Err(GraphError::method_not_allowed());
        }
        if request.query.get("top").is_some() {
            // "do NOT set Top. It limits the total items received" (alcionai/corso). The items after those are unknown.
            return Err(GraphError::not_emulated("$top of a delta query"));
        }
        // For contacts, no other option is documented.
        request.query.allow_only(&["deltatoken", "select", "skiptoken"])?;
        let (skip, delta) = (request.query.get("skiptoken"), request.query.get("deltatoken").filter(|text| !text.is_empty()));
        let (kind, text) = match (skip, delta) {
            (None, None) => {
                let select = page::parse_select(&request.query, declared)?;
                let generation = deltas.generation;
                let scope = scope.to_owned();
                let token = StateToken {
                    kind: StateTokenKind::Skip,
                    scope,
                    select,
                    since: 0,
                    until: end,
                    position: Position::default(),
                    generation,
                };
                return Ok(Self { token, deltas });
            }
            (Some(text), None) => (StateTokenKind::Skip, text),
            (None, Some(text)) => (StateTokenKind::Delta, text),
            (Some(_), Some(_)) => return Err(GraphError::malformed_token()),
        };
        let decoded = StateToken::decode(text).filter(|token| token.kind == kind && token.scope == scope);
        let mut token = decoded.ok_or_else(GraphError::malformed_token)?;
        if let Some(expired) = deltas.check_generation(token.generation) {
            let error = GraphError::sync_state(expired.code(), token.generation, deltas.generation);
            let restart = token.select.map(|names| format!("$select={}&", names.join(","))).unwrap_or_default();
            return Err(match expired {
                SyncStateError::ResyncRequired => {
                    error.with_header(LOCATION, format!("{}{}?{restart}$deltatoken=", request.origin, request.path))
                }
                _ => error,
            });
        }
        if kind == StateTokenKind::Delta {
            token =
                StateToken { kind: StateTokenKind::Skip, since: token.until, until: end, position: Position::default(), ..token };
        }
        Ok(Self { token, deltas })
    }

    /// Renders one page: its rows, and the link to the next page or to the next round. `render_item` renders the current state of
    /// an item. An item that was removed after the round began is left out; the next round has it as removed.
    fn render_page(
        &self,
        request: &GraphRequest,
        version: Version,
        entity: &str,
        changes: &[ItemChange],
        render_item: impl Fn(&str) -> Option<Map<String, Value>>,
    ) -> GraphResponse {
        let row = |change: &ItemChange| {
            let mut row = Map::from_iter([("@odata.type".to_owned(), json!(format!("#microsoft.graph.{entity}")))]);
            if change.removed {
                // The reason is that of the messages example (<https://learn.microsoft.com/graph/delta-query-messages>), also
                // for moved items. "changed" is for objects that can be restored, which only the directory has.
                row.extend([("id".to_owned(), json!(change.item)), ("@removed".to_owned(), json!({"reason": "deleted"}))]);
            } else {
                row.extend(render_item(&change.item)?);
            }
            Some(Value::Object(row))
        };
        let size = request.prefer.page_size.unwrap_or(DEFAULT_PAGE_SIZE).min(MAX_PAGE_SIZE);
        let page = PageRows::of_round(request.choices, self.deltas.behaviour, self.token.position, size, changes.len());
        let mut rows: Vec<&ItemChange> = changes.get(page.range).unwrap_or_default().iter().collect();
        if self.deltas.behaviour.replays && !rows.is_empty() {
            rows.extend(changes.first());
        }

        let (link, token) = match page.next {
            Some(position) => ("nextLink", StateToken { position, ..self.token.clone() }),
            None => ("deltaLink", StateToken { kind: StateTokenKind::Delta, ..self.token.clone() }),
        };
        let option = if token.kind == StateTokenKind::Skip { "$skiptoken" } else { "$deltatoken" };
        let token = StateToken { generation: self.deltas.generation, ..token };
        let body = json!({
            "@odata.context": format!("{}/{}/$metadata#Collection(microsoft.graph.{entity})", request.origin, version.segment()),
            format!("@odata.{link}"): format!("{}{}?{option}={}", request.origin, request.path, token.encode()),
            "value": rows.into_iter().filter_map(row).collect::<Vec<_>>(),
        });
        GraphResponse::json(StatusCode::OK, &body)
    }
}
