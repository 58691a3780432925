//! Differential queries: what has changed since a link was given, over Microsoft Graph's delta queries, of which there is one for each
//! type. <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-differential-query>

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::address::Set;
use super::call::{Answer, Call};
use super::entity::{Entity, Kind, Shown, deleted, sources};
use super::failure::Failure;
use super::filter::{self, Parsed};
use super::format::Content;
use super::properties::Property;
use super::query::Query;
use crate::bounded_json;
use crate::operations::directory_objects::{Object, Since};
use crate::operations::network::Network;

/// How far one type has been followed.
#[derive(Clone, Debug, PartialEq)]
struct Followed {
    kind: Kind,
    /// Where to go on; `None` at the beginning.
    link: Option<String>,
    /// Whether there is nothing more to be had of it now.
    done: bool,
}

/// What a link says: the types that are followed, and the properties that are wanted.
struct State {
    followed: Vec<Followed>,
    select: Option<String>,
}

impl<N: Network> Call<'_, N> {
    /// A page of changes.
    pub(super) fn changes(&self, set: Set, query: &Query, headers: &HeaderMap) -> Result<Answer, Failure> {
        query.lacks(&["$orderby", "$expand", "$top", "$skiptoken"], "a differential query")?;
        let asks = |name: &str| headers.get(name).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
        let minimal = asks("ocp-aad-dq-include-only-changed-properties");
        let link = query.delta_link.as_deref().unwrap_or_default();
        // Some programs send the whole link in place of what is in it.
        let token = link.split_once("deltaLink=").map_or(link, |(_, token)| token);
        let mut state = if token.is_empty() { State::begin(set, query)? } else { State::read(token)? };
        let selection = self.selection(&state)?;
        let entities = if token.is_empty() && asks("ocp-aad-dq-include-only-delta-token") {
            self.to_now(&mut state, &selection)?;
            Vec::new()
        } else {
            self.next_changes(&mut state, &selection, minimal)?
        };
        let is_done = state.followed.iter().all(|followed| followed.done);
        let name = if is_done { "aad.deltaLink" } else { "aad.nextLink" };
        let url = format!("{}/{}?deltaLink={}", self.writer.base, set.collection().name(), state.token());
        Ok(Answer::ok(Content::Feed { type_name: None, entities, links: vec![(name, url)] }))
    }

    /// A page of changes of the first type that has more.
    fn next_changes(&self, state: &mut State, selection: &Selection, minimal: bool) -> Result<Vec<Entity>, Failure> {
        let Some(followed) = state.followed.iter_mut().find(|followed| !followed.done) else { return Ok(Vec::new()) };
        let kind = followed.kind;
        let since = followed.link.clone().map_or(Since::Ever, Since::Link);
        let page = self.connector.directory_changes(kind.collection(), &selection.sources(self, kind), &since, minimal)?;
        followed.done = page.next.is_none();
        followed.link = page.next.or(page.delta);
        let selected = selection.of(kind);
        let shown = Shown { version: self.version(), selected: selected.as_deref(), sparse: true };
        Ok(page.value.iter().map(|row| self.change(kind, row, &shown)).collect())
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
            let select = selection.sources(self, followed.kind);
            let mut since = Since::Now;
            loop {
                let page = self.connector.directory_changes(followed.kind.collection(), &select, &since, false)?;
                match page.next {
                    Some(link) => since = Since::Link(link),
                    None => {
                        followed.link = page.delta;
                        followed.done = true;
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// `$select`: names, in a query for several types with their type before them, as `User/displayName`.
    fn selection(&self, state: &State) -> Result<Selection, Failure> {
        let Some(text) = &state.select else { return Ok(Selection(None)) };
        let kinds: Vec<Kind> = state.followed.iter().map(|followed| followed.kind).collect();
        let mut selected = Vec::new();
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let (wanted, bare) = match name.rsplit_once('/') {
                Some((kind, bare)) => (Some(kind.rsplit_once('.').map_or(kind, |(_, kind)| kind)), bare),
                None => (None, name),
            };
            let of = kinds.iter().filter(|kind| wanted.is_none_or(|wanted| kind.name().eq_ignore_ascii_case(wanted)));
            let found: Vec<_> = of.filter_map(|kind| Some((*kind, kind.property(bare, self.version())?))).collect();
            if found.is_empty() {
                let name = crate::error::shortened(name);
                let problem = format!("$select names '{name}', which none of the types has.");
                return Err(Failure::bad_request(problem).with("PropertyName", name));
            }
            selected.extend(found);
        }
        Ok(Selection(Some(selected)))
    }
}

/// The properties that are wanted; all where nothing is said.
struct Selection(Option<Vec<(Kind, &'static Property)>>);

impl Selection {
    /// The properties of a type.
    fn of(&self, kind: Kind) -> Option<Vec<&'static Property>> {
        let all = self.0.as_ref()?;
        Some(all.iter().filter(|(of, _)| *of == kind).map(|(_, property)| *property).collect())
    }

    fn sources<N: Network>(&self, call: &Call<'_, N>, kind: Kind) -> Vec<&'static str> {
        match self.of(kind) {
            Some(properties) => sources(properties),
            None => sources(kind.properties(call.version())),
        }
    }
}

impl State {
    /// The beginning, of the types of a collection, or of `directoryObjects` of those that the filter names.
    fn begin(set: Set, query: &Query) -> Result<State, Failure> {
        let kinds = match Kind::of(set) {
            // A filter is for directoryObjects.
            Some(kind) => vec![kind],
            None => match &query.filter {
                None => Kind::NAMED.to_vec(),
                Some(text) => types(filter::parse(text)?)?,
            },
        };
        let followed = kinds.into_iter().map(|kind| Followed { kind, link: None, done: false }).collect();
        Ok(State { followed, select: query.select.clone() })
    }

    fn read(token: &str) -> Result<State, Failure> {
        let unreadable = || {
            let message = "The deltaLink is none that this gateway has given: begin with an empty one.";
            Failure::new(StatusCode::BAD_REQUEST, "Directory_ExpiredPageToken", message)
        };
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| unreadable())?;
        let read = bounded_json::read(&bytes).map_err(|_| unreadable())?;
        let items = read.get("types").and_then(Value::as_array).ok_or_else(unreadable)?;
        let item = |item: &Value| {
            let name = item.get("type").and_then(Value::as_str)?;
            let kind = Kind::NAMED.into_iter().find(|kind| kind.name() == name)?;
            let link = item.get("link").and_then(Value::as_str).map(str::to_owned);
            Some(Followed { kind, link, done: item.get("done").and_then(Value::as_bool)? })
        };
        let mut followed: Vec<Followed> =
            items.iter().take(Kind::NAMED.len()).map(item).collect::<Option<_>>().ok_or_else(unreadable)?;
        // A link of which everything was had leads to what comes after.
        if followed.iter().all(|followed| followed.done) {
            followed.iter_mut().for_each(|followed| followed.done = false);
        }
        let select = read.get("select").and_then(Value::as_str).map(str::to_owned);
        Ok(State { followed, select })
    }

    fn token(&self) -> String {
        let item = |followed: &Followed| json!({"type": followed.kind.name(), "link": followed.link, "done": followed.done});
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
        let kind = Kind::NAMED.into_iter().find(|kind| kind.name() == bare).ok_or_else(|| {
            let name = crate::error::shortened(&name);
            Failure::unsupported_query(format!("$filter takes the types User, Contact and Group, and not '{name}'."))
        })?;
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    Ok(kinds)
}
