//! Delta queries on users, organizational contacts and groups: the changes since a state token. Changes of relations are not
//! included.
//!
//! <https://learn.microsoft.com/graph/api/orgcontact-delta>, <https://learn.microsoft.com/graph/delta-query-overview>

use http::header::LOCATION;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::directory::object_kind::ObjectKind;
use crate::directory::object_log::ObjectChange;
use crate::directory::registry::Directory;
use crate::directory::select;
use crate::faults::delta_state::{DeltaState, SyncStateError};
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::expression::{FilterToken, tokenize};
use crate::odata::position::Position;
use crate::odata::request::GraphRequest;
use crate::odata::response::GraphResponse;
use crate::odata::state_token::{StateToken, StateTokenKind};
use crate::store::Store;
use crate::variation::pages::PageRows;

/// Rows on a page. The documentation leaves the number to the service.
const PAGE_SIZE: usize = 100;
/// "There's a limit of 50 filtered objects."
const MAX_FILTERED_IDS: usize = 50;

/// `GET /contacts/delta`, and the same for users and groups.
pub(crate) fn handle(store: &mut Store, request: &GraphRequest, version: Version, kind: ObjectKind) -> Outcome<GraphResponse> {
    if request.method != Method::GET {
        return Err(GraphError::directory_method_not_allowed());
    }
    if store.deltas.behaviour.unavailable {
        // microsoft-graph-docs#5523: the service responded so for some weeks.
        let resource = kind.resource();
        return Err(GraphError::unsupported_query(format!("Differential query is not supported for entity type: {resource}")));
    }
    let token = open_round(&store.directory, request, kind, store.deltas)?;
    let ids = split_ids(&token.scope);
    let mut changes = store.directory.changes.list_changes(kind, token.since, token.until);
    changes.retain(|change| ids.is_empty() || ids.iter().any(|id| change.id.eq_ignore_ascii_case(id)));

    let page = PageRows::of_round(request.choices, store.deltas.behaviour, token.position, PAGE_SIZE, changes.len());
    let mut rows: Vec<&ObjectChange> = changes.get(page.range).unwrap_or_default().iter().collect();
    if store.deltas.behaviour.replays && !rows.is_empty() {
        rows.extend(changes.first());
    }
    let row = |change: &ObjectChange| render_row(&store.directory, request, &token, change);
    let value: Vec<Value> = rows.into_iter().filter_map(row).collect();
    let (link, option, following) = match page.next {
        Some(position) => ("nextLink", "$skiptoken", StateToken { position, ..token.clone() }),
        None => ("deltaLink", "$deltatoken", StateToken { kind: StateTokenKind::Delta, ..token.clone() }),
    };
    let following = StateToken { generation: store.deltas.generation, ..following };
    let selected = select::render_context(token.select.as_deref());
    let body = json!({
        "@odata.context": format!("{}/{}/$metadata#{}{selected}", request.origin, version.segment(), kind.segment()),
        format!("@odata.{link}"): format!("{}{}?{option}={}", request.origin, request.path, following.encode()),
        "value": value,
    });
    Ok(GraphResponse::json(StatusCode::OK, &body))
}

/// Returns the token of the round that a request starts or continues.
fn open_round(directory: &Directory, request: &GraphRequest, kind: ObjectKind, deltas: DeltaState) -> Outcome<StateToken> {
    request.query.allow_only(&["deltatoken", "filter", "select", "skiptoken"])?;
    let end = directory.changes.end();
    let (skip, delta) = (request.query.get("skiptoken"), request.query.get("deltatoken").filter(|text| !text.is_empty()));
    let latest = delta.is_some_and(|text| text.eq_ignore_ascii_case("latest"));
    let (token_kind, text) = match (skip, delta) {
        (Some(_), Some(_)) => return Err(GraphError::malformed_token()),
        (Some(text), None) => (StateTokenKind::Skip, text),
        (None, Some(text)) if !latest => (StateTokenKind::Delta, text),
        (None, _) => {
            return Ok(StateToken {
                kind: StateTokenKind::Skip,
                scope: parse_scope(kind, request.query.get("filter"))?,
                select: select::parse_select(&request.query, &[kind])?,
                // "latest" starts an empty round.
                since: if latest { end } else { 0 },
                until: end,
                position: Position { blanks: usize::from(latest), ..Position::default() },
                generation: deltas.generation,
            });
        }
    };
    let decoded = StateToken::decode(text).filter(|token| token.kind == token_kind && is_scope_of(&token.scope, kind));
    let token = decoded.ok_or_else(GraphError::malformed_token)?;
    if let Some(expired) = deltas.check_generation(token.generation) {
        return Err(match expired {
            // "400 Bad Request" with this code: devblogs.microsoft.com of 2020-07-03, on directory objects.
            SyncStateError::SyncStateNotFound => GraphError::directory_sync_state(),
            SyncStateError::ResyncRequired => GraphError::sync_state(expired.code(), token.generation, deltas.generation)
                .with_header(LOCATION, format!("{}{}?$deltatoken=", request.origin, request.path)),
            SyncStateError::SyncStateInvalid => GraphError::sync_state(expired.code(), token.generation, deltas.generation),
        });
    }
    Ok(match token_kind {
        StateTokenKind::Skip => token,
        StateTokenKind::Delta => {
            StateToken { kind: StateTokenKind::Skip, since: token.until, until: end, position: Position::default(), ..token }
        }
    })
}

/// Parses the kind, and the ids if the round is limited to some: "The only supported $filter expression is for tracking changes
/// on a specific object". The refusal of other filters is unverified.
fn parse_scope(kind: ObjectKind, filter: Option<&str>) -> Outcome<String> {
    let Some(expression) = filter else { return Ok(kind.segment().to_owned()) };
    let refusal = || GraphError::unsupported_query("Only filters by id are supported for delta queries.");
    let tokens = tokenize(expression)?;
    let mut scope = kind.segment().to_owned();
    let terms: Vec<&[FilterToken]> = tokens.split(|token| matches!(token, FilterToken::Word(or) if or == "or")).collect();
    if terms.len() > MAX_FILTERED_IDS {
        return Err(refusal());
    }
    for term in terms {
        match term {
            [FilterToken::Word(id), FilterToken::Word(eq), FilterToken::Quoted(value)] if id == "id" && eq == "eq" => {
                Uuid::parse_str(value).map_err(|_| refusal())?;
                scope.push(',');
                scope.push_str(value);
            }
            _ => return Err(refusal()),
        }
    }
    Ok(scope)
}

fn is_scope_of(scope: &str, kind: ObjectKind) -> bool {
    scope.split(',').next() == Some(kind.segment())
}

fn split_ids(scope: &str) -> Vec<&str> {
    scope.split(',').skip(1).collect()
}

/// Renders one row. Returns None for an object that was removed after the round began; the next round has it as removed.
fn render_row(directory: &Directory, request: &GraphRequest, token: &StateToken, change: &ObjectChange) -> Option<Value> {
    let mut row = Map::from_iter([("id".to_owned(), json!(change.id))]);
    if let Some(removal) = change.removal {
        row.insert("@removed".to_owned(), json!({"reason": removal.reason()}));
        return Some(Value::Object(row));
    }
    let object = directory.find(&change.id).ok()?;
    // "If the property has been changed, the new value is included ... including properties being set to null"; one that "has
    // never been set before ... will not be included". `return=minimal` has an effect in rounds that begin with a delta link.
    let minimal = request.prefer.minimal && token.since > 0 && !change.new;
    for (name, value) in object.render(token.select.as_deref()).into_iter().filter(|(name, _)| name != "id") {
        let changed = change.properties.contains(&name);
        let set = object.values.contains_key(&name);
        if changed || (set && !minimal) {
            row.insert(name, value);
        }
    }
    Some(Value::Object(row))
}
