//! `$select` on directory objects.

use super::kind::Kind;
use crate::error::{GraphError, Outcome};
use crate::page;
use crate::query::Query;

/// Properties of directory objects of other types, of which there are none here (the CSDL's directoryRole).
const ELSEWHERE: [&str; 1] = ["roleTemplateId"];

/// The clause in which Graph names an unknown property.
const CLAUSE: &str = "Parsing OData Select and Expand failed";

/// The names that a request selects, each of which one of these kinds has; None for the default properties.
pub(super) fn of(query: &Query, kinds: &[Kind]) -> Outcome<Option<Vec<String>>> {
    page::select(query, |clause, name| check(clause, name, kinds))
}

/// The same for a list of names that stands somewhere else.
pub(super) fn names(text: &str, kinds: &[Kind]) -> Outcome<Option<Vec<String>>> {
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    names.iter().try_for_each(|name| check(CLAUSE, name, kinds))?;
    Ok((!names.is_empty()).then_some(names))
}

fn check(clause: &str, name: &str, kinds: &[Kind]) -> Outcome<()> {
    match kinds {
        [kind] => kind.declared(clause, name).map(drop),
        _ if kinds.iter().any(|kind| kind.property(name).is_some()) || ELSEWHERE.contains(&name) => Ok(()),
        _ => Err(GraphError::unknown_property(clause, name, "directoryObject")),
    }
}

/// `(id,displayName)` behind a context, if a request selects.
pub(super) fn in_context(select: Option<&[String]>) -> String {
    select.map(|names| format!("({})", names.join(","))).unwrap_or_default()
}
