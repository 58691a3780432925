//! Delta queries on users, organizational contacts and groups: what changed since a state that the client names. What became of
//! their relations is not told.
//!
//! <https://learn.microsoft.com/graph/api/orgcontact-delta>, <https://learn.microsoft.com/graph/delta-query-overview>

use http::header::LOCATION;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::change::Change;
use super::kind::Kind;
use super::{Directory, select};
use crate::answer::Answer;
use crate::delta_token::{self, Token};
use crate::deltas::{Deltas, Expired};
use crate::error::{GraphError, Outcome};
use crate::filter::{self, Token as Piece};
use crate::schema::Version;
use crate::service::Call;
use crate::store::Store;

/// Rows on a page, which the documentation leaves to the service.
const PAGE: usize = 100;
/// "There's a limit of 50 filtered objects."
const MOST_FILTERED: usize = 50;

/// `GET /contacts/delta`, and the same of users and groups.
pub(super) fn answer(store: &mut Store, call: &Call, version: Version, kind: Kind) -> Outcome<Answer> {
    if call.method != Method::GET {
        return Err(GraphError::directory_method_not_allowed());
    }
    if store.deltas.delta.unavailable {
        // microsoft-graph-docs#5523, where it was so for some weeks.
        let resource = kind.resource();
        return Err(GraphError::unsupported_query(format!("Differential query is not supported for entity type: {resource}")));
    }
    let token = open(&store.directory, call, kind, store.deltas)?;
    let wanted = wanted(&token.scope);
    let mut changes = store.directory.changes.between(kind, token.since, token.until);
    changes.retain(|change| wanted.is_empty() || wanted.iter().any(|id| change.id.eq_ignore_ascii_case(id)));

    let empty = store.deltas.delta.empty_pages && !token.blank;
    let mut rows: Vec<&Change> = if empty { Vec::new() } else { changes.iter().skip(token.row).take(PAGE).collect() };
    let next = token.row + rows.len();
    if store.deltas.delta.replays && !rows.is_empty() {
        rows.extend(changes.first());
    }
    let row = |change: &Change| row(&store.directory, call, &token, change);
    let value: Vec<Value> = rows.into_iter().filter_map(row).collect();
    let (link, option, following) = if empty || next < changes.len() {
        ("nextLink", "$skiptoken", Token { row: next, blank: empty, ..token.clone() })
    } else {
        ("deltaLink", "$deltatoken", Token { kind: delta_token::Kind::Delta, ..token.clone() })
    };
    let following = Token { generation: store.deltas.generation, ..following };
    let selected = select::in_context(token.select.as_deref());
    let body = json!({
        "@odata.context": format!("{}/{}/$metadata#{}{selected}", call.origin, version.segment(), kind.segment()),
        format!("@odata.{link}"): format!("{}{}?{option}={}", call.origin, call.path, following.write()),
        "value": value,
    });
    Ok(Answer::json(StatusCode::OK, &body))
}

/// The state of the round that a request starts or continues.
fn open(directory: &Directory, call: &Call, kind: Kind, deltas: Deltas) -> Outcome<Token> {
    call.query.only(&["deltatoken", "filter", "select", "skiptoken"])?;
    let end = directory.changes.end();
    let (skip, delta) = (call.query.get("skiptoken"), call.query.get("deltatoken").filter(|text| !text.is_empty()));
    let latest = delta.is_some_and(|text| text.eq_ignore_ascii_case("latest"));
    let (token_kind, text) = match (skip, delta) {
        (Some(_), Some(_)) => return Err(GraphError::malformed_token()),
        (Some(text), None) => (delta_token::Kind::Skip, text),
        (None, Some(text)) if !latest => (delta_token::Kind::Delta, text),
        (None, _) => {
            return Ok(Token {
                kind: delta_token::Kind::Skip,
                scope: scope(kind, call.query.get("filter"))?,
                select: select::of(&call.query, &[kind])?,
                // "latest" is a round without anything in it.
                since: if latest { end } else { 0 },
                until: end,
                row: 0,
                blank: latest,
                generation: deltas.generation,
            });
        }
    };
    let known = Token::read(text).filter(|token| token.kind == token_kind && is_of(&token.scope, kind));
    let token = known.ok_or_else(GraphError::malformed_token)?;
    if let Some(expired) = deltas.verdict(token.generation) {
        return Err(match expired {
            // "400 Bad Request" with this code: devblogs.microsoft.com of 2020-07-03, on directory objects.
            Expired::SyncStateNotFound => GraphError::directory_sync_state(),
            Expired::ResyncRequired => GraphError::sync_state(expired.code(), token.generation, deltas.generation)
                .with_header(LOCATION, format!("{}{}?$deltatoken=", call.origin, call.path)),
            Expired::SyncStateInvalid => GraphError::sync_state(expired.code(), token.generation, deltas.generation),
        });
    }
    Ok(match token_kind {
        delta_token::Kind::Skip => token,
        delta_token::Kind::Delta => {
            Token { kind: delta_token::Kind::Skip, since: token.until, until: end, row: 0, blank: false, ..token }
        }
    })
}

/// The kind, and the ids that the round is about, if not all: "The only supported $filter expression is for tracking changes on a
/// specific object". How others are refused is unverified.
fn scope(kind: Kind, filter: Option<&str>) -> Outcome<String> {
    let Some(expression) = filter else { return Ok(kind.segment().to_owned()) };
    let refused = || GraphError::unsupported_query("Only filters by id are supported for delta queries.");
    let tokens = filter::tokens(expression)?;
    let mut scope = kind.segment().to_owned();
    let terms: Vec<&[Piece]> = tokens.split(|token| matches!(token, Piece::Word(or) if or == "or")).collect();
    if terms.len() > MOST_FILTERED {
        return Err(refused());
    }
    for term in terms {
        match term {
            [Piece::Word(id), Piece::Word(eq), Piece::Text(value)] if id == "id" && eq == "eq" => {
                Uuid::parse_str(value).map_err(|_| refused())?;
                scope.push(',');
                scope.push_str(value);
            }
            _ => return Err(refused()),
        }
    }
    Ok(scope)
}

fn is_of(scope: &str, kind: Kind) -> bool {
    scope.split(',').next() == Some(kind.segment())
}

fn wanted(scope: &str) -> Vec<&str> {
    scope.split(',').skip(1).collect()
}

/// One row; None for what went after the round began, and comes as removed in the next one.
fn row(directory: &Directory, call: &Call, token: &Token, change: &Change) -> Option<Value> {
    let mut row = Map::from_iter([("id".to_owned(), json!(change.id))]);
    if let Some(removal) = change.removal {
        row.insert("@removed".to_owned(), json!({"reason": removal.reason()}));
        return Some(Value::Object(row));
    }
    let object = directory.find(&change.id).ok()?;
    // "If the property has been changed, the new value is included ... including properties being set to null"; one that "has never
    // been set before ... will not be included". `return=minimal` counts for rounds that begin with a delta link.
    let minimal = call.prefer.minimal && token.since > 0 && !change.new;
    for (name, value) in object.render(token.select.as_deref()).into_iter().filter(|(name, _)| name != "id") {
        let changed = change.properties.contains(&name);
        let set = object.values.contains_key(&name);
        if changed || (set && !minimal) {
            row.insert(name, value);
        }
    }
    Some(Value::Object(row))
}
