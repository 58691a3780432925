//! The selection of properties of a contact: `$select` and `$expand`.
//! <https://learn.microsoft.com/en-us/graph/query-parameters>

use super::filter_text::{FilterText, Literal};
use crate::contact::accessor::Accessor;
use crate::contact::properties;
use crate::contact::{Contact, Version, to_json};

/// A selection of properties. The default is every property that is returned without a request for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Graph's names of the properties. None stand for all.
    pub properties: Vec<&'static str>,
    /// The ids of MAPI properties with one value.
    pub single_value_extended_properties: Vec<String>,
    /// The ids of MAPI properties with several values.
    pub multi_value_extended_properties: Vec<String>,
    /// Whether open extensions are returned.
    pub extensions: bool,
}

impl Selection {
    /// Creates a selection of the properties that `contact` specifies.
    pub fn from_contact(contact: &Contact, version: Version) -> Selection {
        Selection { properties: to_json::list_specified(contact, version), ..Selection::with_expansions_of(contact) }
    }

    /// Creates a selection of the id and the revision.
    pub fn only_id() -> Selection {
        Selection { properties: vec!["id"], ..Selection::default() }
    }

    /// Creates a selection of every property, with the expansions that `contact` specifies.
    pub fn with_expansions_of(contact: &Contact) -> Selection {
        let single = contact.single_value_extended_properties.value().into_iter().flatten();
        let multi = contact.multi_value_extended_properties.value().into_iter().flatten();
        Selection {
            properties: Vec::new(),
            single_value_extended_properties: single.map(|property| property.id.clone()).collect(),
            multi_value_extended_properties: multi.map(|property| property.id.clone()).collect(),
            extensions: !contact.extensions.is_unset(),
        }
    }

    /// Returns the query of an address, with its question mark, or an empty string.
    pub(super) fn query(&self) -> String {
        let mut options = Vec::new();
        let expandable = |name: &&str| {
            let place = properties::PROPERTIES.iter().find(|p| p.name == *name).map(|p| &p.accessor);
            matches!(
                place,
                Some(
                    Accessor::Extensions(_)
                        | Accessor::Photo(_)
                        | Accessor::SingleValueExtended(_)
                        | Accessor::MultiValueExtended(_)
                )
            )
        };
        if !self.properties.is_empty() {
            // Every selection includes the revision: a caller that writes needs it.
            let named = self.properties.iter().copied().filter(|name| !expandable(name) && *name != "changeKey");
            options.push(format!("$select={}", std::iter::once("changeKey").chain(named).collect::<Vec<_>>().join(",")));
        }
        let expands: Vec<String> = [
            build_expand("singleValueExtendedProperties", &self.single_value_extended_properties),
            build_expand("multiValueExtendedProperties", &self.multi_value_extended_properties),
            self.extensions.then(|| "extensions".to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !expands.is_empty() {
            options.push(format!("$expand={}", expands.join(",")));
        }
        if options.is_empty() { String::new() } else { format!("?{}", options.join("&")) }
    }
}

/// <https://learn.microsoft.com/en-us/graph/api/singlevaluelegacyextendedproperty-get>
fn build_expand(name: &str, ids: &[String]) -> Option<String> {
    let conditions = ids.iter().map(|id| FilterText::equals("id", &Literal::string(id))).collect();
    FilterText::join_or(conditions).map(|conditions| format!("{name}($filter={conditions})"))
}
