//! The names and values of a parsed filter, checked against the table of properties.

use connector::graph::filter_text::is_date_time_offset;
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::version::ApiVersion;
use protocol::shorten::shorten;
use serde_json::Value;

use super::expression::{Comparison, ODataFilter, ParsedFilter, SignInName};
use crate::edm::EdmType;
use crate::entity_type::EntityType;
use crate::properties::{EntityProperty, FilterSupport, GraphSource};

impl ODataFilter {
    /// Looks up the names in a filter on objects of a type, and checks its values. `directory` has the names of the directory.
    ///
    /// # Errors
    ///
    /// If a property is unknown or cannot be filtered by, or a value has another type.
    pub fn resolve(
        parsed: ParsedFilter,
        entity_type: EntityType,
        version: ApiVersion,
        directory: &[String],
    ) -> Result<ODataFilter, Failure> {
        let resolve_all = |parts: Vec<ParsedFilter>| {
            parts.into_iter().map(|part| ODataFilter::resolve(part, entity_type, version, directory)).collect::<Result<_, _>>()
        };
        match parsed {
            ParsedFilter::And(parts) => Ok(ODataFilter::And(resolve_all(parts)?)),
            ParsedFilter::Or(parts) => Ok(ODataFilter::Or(resolve_all(parts)?)),
            ParsedFilter::Property(name, comparison) => {
                let property = find_property(&name, entity_type, version)?;
                if matches!(property.edm_type, EdmType::Strings) {
                    return Err(Failure::unsupported_query(format!(
                        "$filter: '{name}' is a collection: write {name}/any(x:x eq '...')."
                    )));
                }
                if fits(property, &comparison) {
                    Ok(ODataFilter::Property(property, comparison))
                } else {
                    Err(unsupported_comparison(&name, entity_type))
                }
            }
            ParsedFilter::AnyItem(name, member, comparison) => {
                let property = find_property(&name, entity_type, version)?;
                match (property.source, member.as_deref(), comparison) {
                    (GraphSource::Identities { federated: false }, Some("value"), Comparison::Equals(Value::String(name))) => {
                        Ok(ODataFilter::SignInName(property, SignInName { name, issuers: list_domains(directory)? }))
                    }
                    (_, None, comparison @ (Comparison::StartsWith(_) | Comparison::Equals(Value::String(_))))
                        if matches!(property.edm_type, EdmType::Strings) =>
                    {
                        Ok(ODataFilter::AnyItem(property, comparison))
                    }
                    _ => Err(unsupported_comparison(&name, entity_type)),
                }
            }
            ParsedFilter::IsOf(_) => {
                Err(Failure::unsupported_query("$filter takes isof only in differential queries of directoryObjects."))
            }
        }
    }
}

/// Checks whether a comparison fits the type of a property.
fn fits(property: &EntityProperty, comparison: &Comparison) -> bool {
    match (property.edm_type, comparison) {
        (_, Comparison::Equals(Value::Null)) => true,
        (EdmType::Boolean, Comparison::Equals(value)) => value.is_boolean(),
        (EdmType::String, Comparison::StartsWith(_)) => property.source != GraphSource::Property("id"),
        (EdmType::String, Comparison::Equals(value) | Comparison::GreaterOrEqual(value) | Comparison::LessOrEqual(value)) => {
            value.is_string()
        }
        (EdmType::DateTime, Comparison::Equals(value) | Comparison::GreaterOrEqual(value) | Comparison::LessOrEqual(value)) => {
            value.as_str().is_some_and(is_date_time_offset)
        }
        _ => false,
    }
}

/// Returns the domains of a directory, which issue the names of local accounts.
fn list_domains(directory: &[String]) -> Result<Vec<String>, Failure> {
    let domains: Vec<String> = directory.iter().filter(|name| name.contains('.')).cloned().collect();
    if domains.is_empty() {
        let message = "$filter takes signInNames only if the gateway knows a domain of the directory (GATEWAY_DIRECTORY).";
        return Err(Failure::unsupported_query(message));
    }
    Ok(domains)
}

fn find_property(name: &str, entity_type: EntityType, version: ApiVersion) -> Result<&'static EntityProperty, Failure> {
    let quoted = shorten(name);
    let property = entity_type.find_property(name, version).ok_or_else(|| {
        let type_name = entity_type.name();
        let problem = format!("Invalid filter clause: {type_name} has no property '{quoted}' in version {}.", version.name());
        Failure::bad_request(problem).with_value("PropertyName", quoted.clone())
    })?;
    if property.filter_support == FilterSupport::None {
        let problem = format!("$filter does not take the property '{quoted}' of {}.", entity_type.name());
        return Err(Failure::unsupported_query(problem).with_value("PropertyName", quoted));
    }
    Ok(property)
}

fn unsupported_comparison(name: &str, entity_type: EntityType) -> Failure {
    let name = shorten(name);
    let type_name = entity_type.name();
    Failure::unsupported_query(format!("$filter does not compare the property '{name}' of {type_name} in this way."))
        .with_value("PropertyName", name)
}
