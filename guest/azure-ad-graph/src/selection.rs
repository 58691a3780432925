//! `$select`: which properties of which types are wanted.

use crate::entity::{Kind, sources};
use crate::properties::Property;
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::version::Version;
use protocol::shorten::shorten;

/// The properties that are wanted.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    version: Version,
    /// Each with its type; `None` for all.
    named: Option<Vec<(Kind, &'static Property)>>,
}

impl Selection {
    /// Reads names, with or without their type before them, as `User/displayName`. What is named is of one of these types at least, or is
    /// `relation`, which comes along.
    pub(super) fn read(
        text: Option<&str>,
        kinds: &[Kind],
        version: Version,
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
        let mut named: Vec<(Kind, &'static Property)> = Vec::new();
        for name in names {
            let (of_type, bare) = match name.rsplit_once('/') {
                Some((kind, bare)) => (Some(kind.rsplit_once('.').map_or(kind, |(_, kind)| kind)), bare),
                None => (None, name),
            };
            let of = kinds.iter().filter(|kind| of_type.is_none_or(|of_type| kind.name().eq_ignore_ascii_case(of_type)));
            let found: Vec<_> = of.filter_map(|kind| Some((*kind, kind.property(bare, version)?))).collect();
            if found.is_empty() {
                let name = shorten(name);
                let types: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
                let problem =
                    format!("$select names '{name}', which {} does not have in version {}.", types.join(" or "), version.name());
                return Err(Failure::bad_request(problem).with("PropertyName", name));
            }
            for (kind, property) in found {
                if !named.iter().any(|(known, other)| *known == kind && std::ptr::eq(*other, property)) {
                    named.push((kind, property));
                }
            }
        }
        Ok(Selection { version, named: Some(named) })
    }

    /// All properties.
    pub(super) fn all(version: Version) -> Selection {
        Selection { version, named: None }
    }

    /// The properties of a type that are wanted; `None` for all.
    pub(super) fn of(&self, kind: Kind) -> Option<Vec<&'static Property>> {
        let named = self.named.as_ref()?;
        Some(named.iter().filter(|(of, _)| *of == kind).map(|(_, property)| *property).collect())
    }

    /// The properties of Microsoft Graph that these are read from, of all of these types, and others that are needed.
    pub(super) fn sources(&self, kinds: &[Kind], needed: Vec<&'static Property>) -> Vec<&'static str> {
        let of = |kind: &Kind| self.of(*kind).unwrap_or_else(|| kind.properties(self.version).collect());
        sources(kinds.iter().flat_map(of).chain(needed))
    }
}
