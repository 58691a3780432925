//! Differential queries: what has changed since a link was given, over Microsoft Graph's delta queries, of which there is one for each
//! type. <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-differential-query>

use crate::failure::of_operation;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use protocol::shorten::shorten;
use serde_json::{Value, json};

use crate::call::Call;
use crate::entity::{Entity, Kind, Shown, deleted};
use crate::filter::{self, Parsed};
use crate::query::Query;
use crate::response::Answer;
use crate::selection::Selection;
use crate::writer::Content;
use connector::bounded_json;
use connector::graph::directory_objects::Since;
use connector::operations::directory::directory_objects::Object;
use protocol::azure_ad_graph::address::Set;
use protocol::azure_ad_graph::failure::Failure;

/// How far one type has been followed.
#[derive(Clone, Debug, PartialEq)]
struct Followed {
    kind: Kind,
    since: Since,
    /// Whether there is nothing more to be had of it now.
    done: bool,
}

/// What a link says: the types that are followed, and the properties that are wanted.
struct State {
    followed: Vec<Followed>,
    select: Option<String>,
}

impl Call<'_> {
    /// A page of changes.
    pub(super) fn changes(&self, set: Set, query: &Query, headers: &HeaderMap) -> Result<Answer, Failure> {
        query.lacks(&["$orderby", "$expand", "$top", "$skiptoken"], "a differential query")?;
        let asks = |name: &str| headers.get(name).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
        let minimal = asks("ocp-aad-dq-include-only-changed-properties");
        let link = query.delta_link.as_deref().unwrap_or_default();
        // Some programs send the whole link in place of what is in it.
        let token = link.split_once("deltaLink=").map_or(link, |(_, token)| token);
        let mut state = if token.is_empty() { State::begin(set, query)? } else { State::read(set, token)? };
        let kinds: Vec<Kind> = state.followed.iter().map(|followed| followed.kind).collect();
        let selection = Selection::read(state.select.as_deref(), &kinds, self.version(), None)?;
        let rows = if token.is_empty() && asks("ocp-aad-dq-include-only-delta-token") {
            self.to_now(&mut state, &selection)?;
            Vec::new()
        } else {
            self.next_changes(&mut state, &selection, minimal)?
        };
        let is_done = state.followed.iter().all(|followed| followed.done);
        let name = if is_done { "aad.deltaLink" } else { "aad.nextLink" };
        let url = format!("{}/{}?deltaLink={}", self.writer.base, set.name(), state.token());
        Ok(Answer::ok(Content::Feed { type_name: None, rows, links: vec![(name, url)] }))
    }

    /// A page of changes of the first type that has more.
    fn next_changes(&self, state: &mut State, selection: &Selection, minimal: bool) -> Result<Vec<String>, Failure> {
        let Some(followed) = state.followed.iter_mut().find(|followed| !followed.done) else { return Ok(Vec::new()) };
        let kind = followed.kind;
        let select = selection.sources(&[kind], Vec::new());
        let (rows, since) =
            self.connector.directory_changes(kind.collection(), &select, &followed.since, minimal).map_err(of_operation)?;
        followed.done = matches!(since, Since::Last(_));
        followed.since = since;
        let selected = selection.of(kind);
        let shown = Shown { version: self.version(), selected: selected.as_deref(), sparse: true };
        Ok(rows.iter().map(|row| self.writer.row(&self.change(kind, row, &shown))).collect())
    }

    fn change(&self, kind: Kind, row: &Object, shown: &Shown<'_>) -> Entity {
        match row.get("@removed") {
            Some(removed) => {
                let id = row.get("id").and_then(Value::as_str).unwrap_or_default();
                let for_good = removed.get("reason").and_then(Value::as_str) != Some("changed");
                deleted(kind, id, self.version(), for_good)
            }
            None => {
                let mut entity = shown.entity(kind, row);
                // By these a row is known, whatever else is wanted.
                let id = ("objectId".to_owned(), json!(entity.id));
                let object_type = ("objectType".to_owned(), json!(entity.type_name));
                for known in [id, object_type] {
                    if !entity.properties.iter().any(|(name, _)| *name == known.0) {
                        entity.properties.insert(0, known);
                    }
                }
                entity
            }
        }
    }

    /// Goes to where every type is now.
    fn to_now(&self, state: &mut State, selection: &Selection) -> Result<(), Failure> {
        for followed in &mut state.followed {
            let select = selection.sources(&[followed.kind], Vec::new());
            let mut since = Since::Now;
            while !matches!(since, Since::Last(_)) {
                since =
                    self.connector.directory_changes(followed.kind.collection(), &select, &since, false).map_err(of_operation)?.1;
            }
            followed.since = since;
            followed.done = true;
        }
        Ok(())
    }
}

impl State {
    /// The beginning, of the types of a collection, or of `directoryObjects` of those that the filter names.
    fn begin(set: Set, query: &Query) -> Result<State, Failure> {
        let kinds = match Kind::of(set) {
            // A filter is for directoryObjects.
            Some(kind) => vec![kind],
            None => match &query.filter {
                None => Kind::FOLLOWED.to_vec(),
                Some(text) => types(filter::parse(text)?)?,
            },
        };
        let followed = kinds.into_iter().map(|kind| Followed { kind, since: Since::Ever, done: false }).collect();
        Ok(State { followed, select: query.select.clone() })
    }

    fn read(set: Set, token: &str) -> Result<State, Failure> {
        let unreadable = || {
            let message = "The deltaLink is none that this gateway has given for this: begin with an empty one.";
            Failure::new(StatusCode::BAD_REQUEST, "Directory_ExpiredPageToken", message)
        };
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| unreadable())?;
        let read = bounded_json::read(&bytes).map_err(|_| unreadable())?;
        let items = read.get("types").and_then(Value::as_array).ok_or_else(unreadable)?;
        let item = |item: &Value| {
            let text = |name: &str| item.get(name).and_then(Value::as_str);
            let kind = Kind::FOLLOWED.into_iter().find(|kind| Some(kind.name()) == text("type"))?;
            // A link is for what it was given for.
            if Kind::of(set).is_some_and(|only| only != kind) {
                return None;
            }
            let since = match (text("page"), text("last")) {
                (Some(page), None) => Since::Page(page.to_owned()),
                (None, Some(last)) => Since::Last(last.to_owned()),
                (None, None) => Since::Ever,
                (Some(_), Some(_)) => return None,
            };
            Some(Followed { kind, done: matches!(since, Since::Last(_)) && item.get("done") == Some(&Value::Bool(true)), since })
        };
        let followed: Option<Vec<Followed>> = items.iter().take(Kind::FOLLOWED.len()).map(item).collect();
        let mut followed = followed.filter(|followed| !followed.is_empty()).ok_or_else(unreadable)?;
        // A link of which everything was had leads to what comes after.
        if followed.iter().all(|followed| followed.done) {
            followed.iter_mut().for_each(|followed| followed.done = false);
        }
        let select = read.get("select").and_then(Value::as_str).map(str::to_owned);
        Ok(State { followed, select })
    }

    fn token(&self) -> String {
        let item = |followed: &Followed| match &followed.since {
            Since::Page(page) => json!({"type": followed.kind.name(), "page": page}),
            Since::Last(last) => json!({"type": followed.kind.name(), "last": last, "done": followed.done}),
            Since::Ever | Since::Now => json!({"type": followed.kind.name()}),
        };
        let state = json!({"types": self.followed.iter().map(item).collect::<Vec<_>>(), "select": self.select});
        URL_SAFE_NO_PAD.encode(state.to_string())
    }
}

/// The types that a filter of `isof` names.
fn types(filter: Parsed) -> Result<Vec<Kind>, Failure> {
    let parts = match filter {
        Parsed::Or(parts) => parts,
        other => vec![other],
    };
    let mut kinds = Vec::new();
    for part in parts {
        let Parsed::IsOf(name) = part else {
            return Err(Failure::unsupported_query("$filter of a differential query takes isof('...') and 'or' alone."));
        };
        let bare = name.rsplit_once('.').map_or(name.as_str(), |(_, bare)| bare);
        let kind = Kind::FOLLOWED.into_iter().find(|kind| kind.name() == bare).ok_or_else(|| {
            let name = shorten(&name);
            Failure::unsupported_query(format!("$filter takes the types User, Contact and Group, and not '{name}'."))
        })?;
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    Ok(kinds)
}
