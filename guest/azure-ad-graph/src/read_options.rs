//! `$select` and `$expand`: what of the objects is read.

use connector::graph::directory_objects::QueryOptions;
use connector::operations::directory::directory_objects::Object;
use protocol::azure_ad_graph::address::Relation;
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::version::ApiVersion;
use protocol::shorten::shorten;

use crate::entity::{Entity, EntityMapper, Expanded};
use crate::entity_type::EntityType;
use crate::properties::EntityProperty;
use crate::query::Query;
use crate::selection::Selection;

/// The most objects of an expanded relation, as in both services.
const MAX_EXPANDED: usize = 20;

/// The selected properties and the expanded relation of objects of one type.
pub(super) struct ReadOptions {
    entity_type: EntityType,
    version: ApiVersion,
    selection: Selection,
    expand: Option<Relation>,
}

impl ReadOptions {
    /// Parses `$select` and `$expand`.
    pub(super) fn parse(entity_type: EntityType, version: ApiVersion, query: &Query) -> Result<ReadOptions, Failure> {
        let expand = match query.expand.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(name) if name.contains(',') => {
                return Err(Failure::unsupported_query(format!(
                    "$expand: expected one relation, as in Microsoft Graph, found several: {}.",
                    shorten(name)
                )));
            }
            Some(name) => Some(Relation::ALL.into_iter().find(|known| known.name() == name).ok_or_else(|| {
                let names = Relation::ALL.map(Relation::name).join(", ");
                Failure::unsupported_query(format!("$expand: expected one of {names}, found '{}'.", shorten(name)))
            })?),
        };
        let selection = Selection::parse(query.select.as_deref(), &[entity_type], version, expand.map(Relation::name))?;
        Ok(ReadOptions { entity_type, version, selection, expand })
    }

    /// Returns Microsoft Graph's options that read this, and the properties that the connector's filter needs.
    pub(super) fn to_graph_options(&self, filtered: Vec<&'static EntityProperty>) -> QueryOptions {
        let related = Selection::all(self.version).to_graph_select(&EntityType::KNOWN, Vec::new());
        QueryOptions {
            select: self.selection.to_graph_select(&[self.entity_type], filtered),
            expand: self.expand.map(|relation| (relation.name(), related)),
            ..QueryOptions::default()
        }
    }

    /// Converts an object that was read with these options.
    pub(super) fn to_entity(&self, object: &Object) -> Entity {
        let selected = self.selection.properties(self.entity_type);
        let mapper = EntityMapper { version: self.version, selected: selected.as_deref(), omits_missing: false };
        let mut entity = mapper.to_entity(self.entity_type, object);
        if let Some(relation) = self.expand {
            entity.expanded.push((relation.name(), self.expand(object, relation)));
        }
        entity
    }

    /// Converts the objects of the expanded relation.
    fn expand(&self, object: &Object, relation: Relation) -> Expanded {
        let mapper = EntityMapper::with_all_properties(self.version);
        let others = object.get(relation.name());
        if relation == Relation::Manager {
            let manager = others.and_then(|other| other.as_object());
            return Expanded::One(manager.map(|other| Box::new(mapper.to_entity_by_type(other))));
        }
        let others = others.and_then(|others| others.as_array()).into_iter().flatten().filter_map(|other| other.as_object());
        Expanded::Many(others.take(MAX_EXPANDED).map(|other| mapper.to_entity_by_type(other)).collect())
    }
}
