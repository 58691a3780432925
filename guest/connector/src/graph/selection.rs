//! What is to be read of a contact: `$select` and `$expand`.
//! <https://learn.microsoft.com/en-us/graph/query-parameters>

use super::filter_text::{FilterText, Literal};
use crate::contact::accessor::Accessor;
use crate::contact::properties;
use crate::contact::{Contact, Version, to_json};

/// What is to be read. The default is every property, and nothing that has to be asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Graph's names of the properties; none means all.
    pub properties: Vec<&'static str>,
    /// Ids of MAPI properties with one value.
    pub single_value_extended_properties: Vec<String>,
    /// Ids of MAPI properties with several values.
    pub multi_value_extended_properties: Vec<String>,
    /// Whether open extensions are read.
    pub extensions: bool,
}

impl Selection {
    /// The properties that `contact` speaks of.
    pub fn of(contact: &Contact, version: Version) -> Selection {
        Selection { properties: to_json::list_specified(contact, version), ..Selection::with_expansions_of(contact) }
    }

    /// Every property, and of what has to be asked for, what `contact` speaks of.
    pub fn expanding(contact: &Contact) -> Selection {
        let single = contact.single_value_extended_properties.value().into_iter().flatten();
        let multi = contact.multi_value_extended_properties.value().into_iter().flatten();
        Selection {
            properties: Vec::new(),
            single_value_extended_properties: single.map(|property| property.id.clone()).collect(),
            multi_value_extended_properties: multi.map(|property| property.id.clone()).collect(),
            extensions: !contact.extensions.is_unset(),
        }
    }

    /// The query of an address, with its question mark; empty where there is nothing to say.
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
            // The version comes with every selection: a program that means to write needs it.
            let named = self.properties.iter().copied().filter(|name| !expandable(name) && *name != "changeKey");
            options.push(format!("$select={}", std::iter::once("changeKey").chain(named).collect::<Vec<_>>().join(",")));
        }
        let expands: Vec<String> = [
            extended("singleValueExtendedProperties", &self.single_value_extended_properties),
            extended("multiValueExtendedProperties", &self.multi_value_extended_properties),
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
fn extended(name: &str, ids: &[String]) -> Option<String> {
    let conditions = ids.iter().map(|id| FilterText::equals("id", &Literal::string(id))).collect();
    FilterText::join_or(conditions).map(|conditions| format!("{name}($filter={conditions})"))
}
