//! Differential queries: the changes since a link was given. Microsoft Graph has a delta query for each type.
//! <https://learn.microsoft.com/en-us/previous-versions/azure/ad/graph/howto/azure-ad-graph-api-differential-query>

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use protocol::azure_ad_graph::address::EntitySet;
use protocol::azure_ad_graph::failure::Failure;
use protocol::shorten::shorten;
use serde_json::{Value, json};

use crate::entity::{Entity, EntityMapper, build_deleted_entity};
use crate::entity_type::EntityType;
use crate::failure::from_error;
use crate::filter::expression::ParsedFilter;
use crate::filter::parse::parse_filter;
use crate::handler::RequestHandler;
use crate::query::Query;
use crate::response::ApiResponse;
use crate::selection::Selection;
use crate::writer::Content;
use connector::bounded_json;
use connector::graph::directory_objects::DeltaStart;
use connector::operations::directory::objects::Object;
use connector::operations::send::page_progress::PageProgress;

/// The progress of the query through the changes of one type.
#[derive(Clone, Debug, PartialEq)]
struct TypeProgress {
    entity_type: EntityType,
    since: DeltaStart,
    /// Whether the caller has all changes up to now.
    is_done: bool,
}

/// The state of a differential query, which its links carry.
struct DeltaState {
    types: Vec<TypeProgress>,
    select: Option<String>,
}

impl RequestHandler<'_> {
    /// Returns a page of changes.
    pub(super) fn query_changes(&self, set: EntitySet, query: &Query, headers: &HeaderMap) -> Result<ApiResponse, Failure> {
        query.refuse_options(&["$orderby", "$expand", "$top", "$skiptoken"], "a differential query")?;
        let is_true = |name: &str| headers.get(name).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
        let only_changed_properties = is_true("ocp-aad-dq-include-only-changed-properties");
        let link = query.delta_link.as_deref().unwrap_or_default();
        // Some programs send the whole link instead of its token.
        let token = link.split_once("deltaLink=").map_or(link, |(_, token)| token);
        let mut state = if token.is_empty() { DeltaState::start(set, query)? } else { DeltaState::parse(set, token)? };
        let types: Vec<EntityType> = state.types.iter().map(|progress| progress.entity_type).collect();
        let selection = Selection::parse(state.select.as_deref(), &types, self.version(), None)?;
        let rows = if token.is_empty() && is_true("ocp-aad-dq-include-only-delta-token") {
            self.skip_to_now(&mut state, &selection)?;
            Vec::new()
        } else {
            self.read_changes(&mut state, &selection, only_changed_properties)?
        };
        let is_done = state.types.iter().all(|progress| progress.is_done);
        let name = if is_done { "aad.deltaLink" } else { "aad.nextLink" };
        let url = format!("{}/{}?deltaLink={}", self.writer.base, set.name(), state.to_token());
        Ok(ApiResponse::ok(Content::Feed { type_name: None, rows, links: vec![(name, url)] }))
    }

    /// Reads a page of changes of the first type that has more.
    fn read_changes(
        &self,
        state: &mut DeltaState,
        selection: &Selection,
        only_changed_properties: bool,
    ) -> Result<Vec<String>, Failure> {
        let Some(progress) = state.types.iter_mut().find(|progress| !progress.is_done) else { return Ok(Vec::new()) };
        let entity_type = progress.entity_type;
        let select = selection.to_graph_select(&[entity_type], Vec::new());
        let (rows, since) = self
            .connector
            .list_directory_changes(entity_type.collection(), &select, &progress.since, only_changed_properties)
            .map_err(from_error)?;
        progress.is_done = matches!(since, DeltaStart::DeltaToken(_));
        progress.since = since;
        let selected = selection.properties(entity_type);
        let mapper = EntityMapper { version: self.version(), selected: selected.as_deref(), omits_missing: true };
        Ok(rows.iter().map(|row| self.writer.write_row(&to_change(entity_type, row, &mapper))).collect())
    }

    /// Moves every type to the end of its changes.
    fn skip_to_now(&self, state: &mut DeltaState, selection: &Selection) -> Result<(), Failure> {
        for progress in &mut state.types {
            let select = selection.to_graph_select(&[progress.entity_type], Vec::new());
            let collection = progress.entity_type.collection();
            let (mut since, mut pages) = (DeltaStart::Now, PageProgress::default());
            while !matches!(since, DeltaStart::DeltaToken(_)) {
                let (rows, next) =
                    self.connector.list_directory_changes(collection, &select, &since, false).map_err(from_error)?;
                if let DeltaStart::SkipToken(token) = &next {
                    for row in &rows {
                        pages.add_row(row);
                    }
                    pages.follow(token).map_err(from_error)?;
                }
                since = next;
            }
            progress.since = since;
            progress.is_done = true;
        }
        Ok(())
    }
}

/// Converts a row of Microsoft Graph's delta query.
fn to_change(entity_type: EntityType, row: &Object, mapper: &EntityMapper<'_>) -> Entity {
    if let Some(removed) = row.get("@removed") {
        let id = row.get("id").and_then(Value::as_str).unwrap_or_default();
        let is_permanent = removed.get("reason").and_then(Value::as_str) != Some("changed");
        return build_deleted_entity(entity_type, id, mapper.version, is_permanent);
    }
    let mut entity = mapper.to_entity(entity_type, row);
    // These identify the row, even if they are not selected.
    let id = ("objectId".to_owned(), json!(entity.id));
    let object_type = ("objectType".to_owned(), json!(entity.type_name));
    for required in [id, object_type] {
        if !entity.properties.iter().any(|(name, _)| *name == required.0) {
            entity.properties.insert(0, required);
        }
    }
    entity
}

impl DeltaState {
    /// Starts a query of the types of an entity set. For `directoryObjects` the filter can name the types.
    fn start(set: EntitySet, query: &Query) -> Result<DeltaState, Failure> {
        let types = match EntityType::from_entity_set(set) {
            // The other entity sets ignore the filter.
            Some(entity_type) => vec![entity_type],
            None => match &query.filter {
                None => EntityType::WITH_CHANGES.to_vec(),
                Some(text) => parse_types(parse_filter(text)?)?,
            },
        };
        let types =
            types.into_iter().map(|entity_type| TypeProgress { entity_type, since: DeltaStart::Beginning, is_done: false });
        Ok(DeltaState { types: types.collect(), select: query.select.clone() })
    }

    /// Parses the token of a link.
    ///
    /// # Errors
    ///
    /// If the token is not one of this gateway's for this entity set.
    fn parse(set: EntitySet, token: &str) -> Result<DeltaState, Failure> {
        let unreadable = || {
            let message = "The deltaLink is not one of this gateway's for this resource: begin with an empty one.";
            Failure::new(StatusCode::BAD_REQUEST, "Directory_ExpiredPageToken", message)
        };
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| unreadable())?;
        let state = bounded_json::parse(&bytes).map_err(|_| unreadable())?;
        let items = state.get("types").and_then(Value::as_array).ok_or_else(unreadable)?;
        let types: Option<Vec<TypeProgress>> =
            items.iter().take(EntityType::WITH_CHANGES.len()).map(|item| TypeProgress::parse(set, item)).collect();
        let mut types = types.filter(|types| !types.is_empty()).ok_or_else(unreadable)?;
        // When the caller has everything, the link leads to later changes.
        if types.iter().all(|progress| progress.is_done) {
            types.iter_mut().for_each(|progress| progress.is_done = false);
        }
        let select = state.get("select").and_then(Value::as_str).map(str::to_owned);
        Ok(DeltaState { types, select })
    }

    /// Returns the token for a link.
    fn to_token(&self) -> String {
        let types: Vec<Value> = self.types.iter().map(TypeProgress::to_json).collect();
        URL_SAFE_NO_PAD.encode(json!({"types": types, "select": self.select}).to_string())
    }
}

impl TypeProgress {
    /// Parses an item of a token. `None` if it is invalid or not for this entity set.
    fn parse(set: EntitySet, item: &Value) -> Option<TypeProgress> {
        let text = |name: &str| item.get(name).and_then(Value::as_str);
        let entity_type = EntityType::WITH_CHANGES.into_iter().find(|known| Some(known.name()) == text("type"))?;
        if EntityType::from_entity_set(set).is_some_and(|only| only != entity_type) {
            return None;
        }
        let since = match (text("page"), text("last")) {
            (Some(page), None) => DeltaStart::SkipToken(page.to_owned()),
            (None, Some(last)) => DeltaStart::DeltaToken(last.to_owned()),
            (None, None) => DeltaStart::Beginning,
            (Some(_), Some(_)) => return None,
        };
        let is_done = matches!(since, DeltaStart::DeltaToken(_)) && item.get("done") == Some(&Value::Bool(true));
        Some(TypeProgress { entity_type, since, is_done })
    }

    /// Returns the item of a token.
    fn to_json(&self) -> Value {
        match &self.since {
            DeltaStart::SkipToken(page) => json!({"type": self.entity_type.name(), "page": page}),
            DeltaStart::DeltaToken(last) => json!({"type": self.entity_type.name(), "last": last, "done": self.is_done}),
            DeltaStart::Beginning | DeltaStart::Now => json!({"type": self.entity_type.name()}),
        }
    }
}

/// Returns the types that a filter of `isof` names.
fn parse_types(filter: ParsedFilter) -> Result<Vec<EntityType>, Failure> {
    let parts = match filter {
        ParsedFilter::Or(parts) => parts,
        other => vec![other],
    };
    let mut types = Vec::new();
    for part in parts {
        let ParsedFilter::IsOf(name) = part else {
            return Err(Failure::unsupported_query("In a differential query, $filter takes only isof('...') and 'or'."));
        };
        let bare = name.rsplit_once('.').map_or(name.as_str(), |(_, bare)| bare);
        let entity_type = EntityType::WITH_CHANGES.into_iter().find(|known| known.name() == bare).ok_or_else(|| {
            let message = format!("$filter: expected the type User, Contact or Group, found '{}'.", shorten(&name));
            Failure::unsupported_query(message)
        })?;
        if !types.contains(&entity_type) {
            types.push(entity_type);
        }
    }
    Ok(types)
}
