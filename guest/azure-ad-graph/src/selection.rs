//! `$select`: the selected properties of each type.

use crate::entity::build_select;
use crate::entity_type::EntityType;
use crate::properties::EntityProperty;
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::version::ApiVersion;
use protocol::shorten::shorten;

/// The selected properties.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    version: ApiVersion,
    /// Each property with its type. `None` for all properties.
    named: Option<Vec<(EntityType, &'static EntityProperty)>>,
}

impl Selection {
    /// Parses names with or without their type, such as `User/displayName`. `relation` may be among them: `$expand` adds it.
    ///
    /// # Errors
    ///
    /// If none of these types has a property with that name.
    pub(super) fn parse(
        text: Option<&str>,
        types: &[EntityType],
        version: ApiVersion,
        relation: Option<&str>,
    ) -> Result<Selection, Failure> {
        let names: Vec<&str> = text
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty() && Some(*name) != relation)
            .collect();
        if names.is_empty() && text.is_none_or(|text| text.trim().is_empty()) || names.contains(&"*") {
            return Ok(Selection { version, named: None });
        }
        let mut named: Vec<(EntityType, &'static EntityProperty)> = Vec::new();
        for name in names {
            let (type_name, bare) = match name.rsplit_once('/') {
                Some((path, bare)) => (Some(path.rsplit_once('.').map_or(path, |(_, type_name)| type_name)), bare),
                None => (None, name),
            };
            let is_meant = |entity_type: &&EntityType| type_name.is_none_or(|name| entity_type.name().eq_ignore_ascii_case(name));
            let found: Vec<_> = types
                .iter()
                .filter(is_meant)
                .filter_map(|entity_type| Some((*entity_type, entity_type.find_property(bare, version)?)))
                .collect();
            if found.is_empty() {
                let name = shorten(name);
                let types: Vec<&str> = types.iter().map(|entity_type| entity_type.name()).collect();
                let problem = format!("$select: {} has no property '{name}' in version {}.", types.join(" or "), version.name());
                return Err(Failure::bad_request(problem).with_value("PropertyName", name));
            }
            for (entity_type, property) in found {
                if !named.iter().any(|(known, other)| *known == entity_type && std::ptr::eq(*other, property)) {
                    named.push((entity_type, property));
                }
            }
        }
        Ok(Selection { version, named: Some(named) })
    }

    /// Selects all properties.
    pub(super) fn all(version: ApiVersion) -> Selection {
        Selection { version, named: None }
    }

    /// Returns the selected properties of a type. `None` for all.
    pub(super) fn properties(&self, entity_type: EntityType) -> Option<Vec<&'static EntityProperty>> {
        let named = self.named.as_ref()?;
        Some(named.iter().filter(|(known, _)| *known == entity_type).map(|(_, property)| *property).collect())
    }

    /// Returns the `$select` that reads the selected properties of these types and `others` from Microsoft Graph.
    pub(super) fn to_graph_select(&self, types: &[EntityType], others: Vec<&'static EntityProperty>) -> Vec<&'static str> {
        let properties = |entity_type: &EntityType| {
            self.properties(*entity_type).unwrap_or_else(|| entity_type.properties(self.version).collect())
        };
        build_select(types.iter().flat_map(properties).chain(others))
    }
}
