//! `$expand` on directory objects: related objects inside a response.
//!
//! <https://learn.microsoft.com/graph/query-parameters#expand-parameter>: "$expand ... typically returns a maximum of 20 items for
//! the expanded relationship".

use serde_json::{Map, Value};

use crate::directory::object::Object;
use crate::directory::object_kind::ObjectKind;
use crate::directory::registry::Directory;
use crate::directory::relation::Relation;
use crate::directory::select;
use crate::odata::edm::Version;
use crate::odata::error::{GraphError, Outcome};

/// The most related objects in a collection.
const MAX_EXPANDED_OBJECTS: usize = 20;

/// The relation to expand, and the properties of its objects.
#[derive(Debug)]
pub(crate) struct ObjectExpand {
    relation: Relation,
    select: Option<Vec<String>>,
}

impl ObjectExpand {
    /// Parses the option of a request for objects of a kind. `list` is true if the request is for several objects.
    pub(crate) fn parse(kind: ObjectKind, version: Version, text: &str, list: bool) -> Outcome<Self> {
        let terms = split_top_level(text, ',');
        let [term] = terms.as_slice() else {
            // microsoft-graph-docs#96 for users, where it "is not expected to change". For the others it is unverified.
            return Err(GraphError::bad_request(format!(
                "The result of parsing $expand contained at least {} items, but the maximum allowed is 1.",
                terms.len()
            )));
        };
        let (name, options) = match term.split_once('(') {
            Some((name, rest)) => {
                (name, rest.strip_suffix(')').ok_or_else(|| GraphError::bad_request("Syntax error in the $expand expression."))?)
            }
            None => (*term, ""),
        };
        let relation = Relation::from_name(name.trim()).filter(|relation| relation.belongs_to(kind, version));
        let relation = relation.ok_or_else(|| {
            GraphError::unknown_property("Parsing OData Select and Expand failed", name.trim(), kind.type_name())
        })?;
        if !matches!(relation, Relation::Manager | Relation::DirectReports | Relation::MemberOf | Relation::Members) {
            // The pages of the types have "Supports $expand" at the others.
            return Err(GraphError::not_emulated(&format!("$expand of {}", relation.name())));
        }
        let mut names = None;
        for option in split_top_level(options, ';').into_iter().filter(|option| !option.trim().is_empty()) {
            match option.trim().trim_start_matches('$').split_once('=') {
                Some(("select", value)) => names = select::parse_names(value, &ObjectKind::ALL)?,
                Some(("levels", "1")) => {}
                // microsoft-graph-docs#18615.
                Some(("levels", _)) if list => {
                    return Err(GraphError::unsupported_query(
                        "Transitive manager's list is only supported on a single user, send the $expand request on /users/{id} \
                         endpoint",
                    ));
                }
                _ => return Err(GraphError::not_emulated("this option inside of $expand")),
            }
        }
        Ok(Self { relation, select: names })
    }

    /// Adds the related objects to the body of an object. Leaves a relation to one object out if there is none.
    pub(crate) fn add_related(&self, directory: &Directory, object: &Object, body: &mut Map<String, Value>) {
        let related = directory.list_related(object, self.relation);
        let mut rendered = related.into_iter().map(|other| Value::Object(other.render_typed(self.select.as_deref())));
        let value = if self.relation == Relation::Manager {
            rendered.next()
        } else {
            Some(Value::Array(rendered.take(MAX_EXPANDED_OBJECTS).collect()))
        };
        if let Some(value) = value {
            body.insert(self.relation.name().to_owned(), value);
        }
    }
}

/// Splits a text at the separators outside of parentheses.
fn split_top_level(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0usize);
    for (index, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            other if other == separator && depth == 0 => {
                parts.extend(text.get(start..index));
                start = index + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..));
    parts
}
