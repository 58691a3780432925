//! `$select` on directory objects.

use crate::directory::object_kind::ObjectKind;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::page;
use crate::odata::query::Query;

/// Properties of directory objects of types that the emulator does not have (the CSDL's directoryRole).
const PROPERTIES_OF_OTHER_TYPES: [&str; 1] = ["roleTemplateId"];

/// The clause in which Graph names an unknown property.
const CLAUSE: &str = "Parsing OData Select and Expand failed";

/// Parses the names in `$select`; one of these kinds must have each. Returns None for the default properties.
pub(crate) fn parse_select(query: &Query, kinds: &[ObjectKind]) -> Outcome<Option<Vec<String>>> {
    page::parse_select(query, |clause, name| check_name(clause, name, kinds))
}

/// Parses a list of names from elsewhere in a request.
pub(crate) fn parse_names(text: &str, kinds: &[ObjectKind]) -> Outcome<Option<Vec<String>>> {
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    names.iter().try_for_each(|name| check_name(CLAUSE, name, kinds))?;
    Ok((!names.is_empty()).then_some(names))
}

fn check_name(clause: &str, name: &str, kinds: &[ObjectKind]) -> Outcome<()> {
    match kinds {
        [kind] => kind.require_property(clause, name).map(drop),
        _ if kinds.iter().any(|kind| kind.find_property(name).is_some()) || PROPERTIES_OF_OTHER_TYPES.contains(&name) => Ok(()),
        _ => Err(GraphError::unknown_property(clause, name, "directoryObject")),
    }
}

/// Renders `(id,displayName)` for a context, if the request selects.
pub(crate) fn render_context(select: Option<&[String]>) -> String {
    select.map(|names| format!("({})", names.join(","))).unwrap_or_default()
}
