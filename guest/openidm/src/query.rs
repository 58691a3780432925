//! Query parameters by CREST's rules: names in any case, single values given once, unknown parameters ignored.

use std::collections::HashSet;

use http::StatusCode;
use serde_json::{Map, Value};

use connector::operations::icf::filter::{Filter, Operator};
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::icf::search::{Search, parse_sort_keys};
use connector::operations::icf::user_attributes::USER;
use protocol::openidm::failure::Failure;
use protocol::openidm::parameters::Parameters;

/// The parameters that take one value. `_fields` and `_sortKeys` can be given several times.
const SINGLE_VALUED: &[&str] = &[
    "_action",
    "_prettyprint",
    "_queryid",
    "_queryfilter",
    "_queryexpression",
    "_pagesize",
    "_pagedresultscookie",
    "_pagedresultsoffset",
    "_totalpagedresultspolicy",
    "mailbox",
    "folder",
];

/// The most names in `_fields`: several times the attributes of a class.
const MAX_FIELDS: usize = 1000;

/// Parses the query of an address.
///
/// # Errors
///
/// If a parameter that takes one value has several.
pub fn parse(query: &str) -> Result<Parameters, Failure> {
    let parameters = Parameters::parse(query);
    for (position, (name, _)) in parameters.pairs().iter().enumerate() {
        let mut before = parameters.pairs().iter().take(position);
        if SINGLE_VALUED.contains(&name.as_str()) && before.any(|(other, _)| other == name) {
            let problem = format!("Multiple values were given for the parameter '{name}', which takes one");
            return Err(Failure::new(StatusCode::BAD_REQUEST, problem));
        }
    }
    Ok(parameters)
}

/// Parses `_prettyPrint`.
pub fn parse_pretty_print(parameters: &Parameters) -> Result<bool, Failure> {
    match parameters.get("_prettyprint").map(str::to_ascii_lowercase).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Failure::new(StatusCode::BAD_REQUEST, "The parameter '_prettyPrint' must be true or false")),
    }
}

/// Checks whether a query asks only for ids.
pub fn is_for_ids(parameters: &Parameters) -> bool {
    parameters.get("_queryid").is_some()
}

/// Parses the search of a query on a class. With `_queryId=query-all-ids`, the parameter `mailbox` names the owner of the contacts or
/// folders.
pub fn parse_search(parameters: &Parameters, class: ObjectClass) -> Result<Search, Failure> {
    let bad = |problem: String| Failure::new(StatusCode::BAD_REQUEST, problem);
    let number = |name: &str, shown: &str| match parameters.get(name).map(str::parse::<usize>) {
        None => Ok(None),
        Some(Ok(number)) => Ok(Some(number)),
        Some(Err(_)) => {
            let value = parameters.get(name).unwrap_or_default();
            Err(bad(format!("The value '{value}' for parameter '{shown}' could not be parsed as a valid integer")))
        }
    };
    let expression = parameters.get("_queryexpression").filter(|_| class == ObjectClass::OrgContact);
    let filter = match (parameters.get("_queryfilter"), parameters.get("_queryid"), parameters.get("_queryexpression")) {
        // The words that the directory searches for. Only organizational contacts have this.
        (None, None, Some(_)) if expression.is_some() => Filter::Constant(true),
        (Some(filter), None, None) => Filter::parse(filter).map_err(|error| bad(error.message))?,
        (None, Some("query-all-ids"), None) if !class.is_in_mailbox() => Filter::Constant(true),
        (None, Some("query-all-ids"), None) => {
            let mailbox = parameters
                .get("mailbox")
                .ok_or_else(|| bad("The parameter 'mailbox' is missing: it names the owner of the contacts".to_owned()))?;
            let value = Value::String(mailbox.to_owned());
            Filter::Comparison { field: "mailbox".to_owned(), operator: Operator::Equals, value }
        }
        (None, Some(other), None) => return Err(bad(format!("Unsupported _queryId: {other}"))),
        (None, None, _) => return Err(bad("The query is empty: use '_queryFilter' or '_queryId'".to_owned())),
        _ => return Err(bad("The parameters _queryId, _queryFilter and _queryExpression are mutually exclusive".to_owned())),
    };
    let offset = number("_pagedresultsoffset", "_pagedResultsOffset")?.unwrap_or(0);
    let cookie = parameters.get("_pagedresultscookie").filter(|cookie| !cookie.is_empty()).map(str::to_owned);
    if offset > 0 && cookie.is_some() {
        let problem = "The parameters _pagedResultsOffset and _pagedResultsCookie are mutually exclusive";
        return Err(bad(problem.to_owned()));
    }
    let policy = parameters.get("_totalpagedresultspolicy").unwrap_or("NONE");
    if !["NONE", "ESTIMATE", "EXACT"].iter().any(|known| known.eq_ignore_ascii_case(policy)) {
        return Err(bad(format!("The value '{policy}' for parameter '_totalPagedResultsPolicy' is not NONE, ESTIMATE or EXACT")));
    }
    let page_size = number("_pagesize", "_pageSize")?.filter(|size| *size > 0);
    let attributes = match parse_fields(parameters)? {
        _ if is_for_ids(parameters) => vec!["_id".to_owned()],
        fields if fields.has_defaults() && class != ObjectClass::User => Vec::new(),
        fields => fields.attributes(USER.iter().filter(|a| a.is_returned_by_default()).map(|a| a.name)),
    };
    Ok(Search {
        filter,
        attributes,
        page_size,
        cookie,
        offset,
        sort: parse_sort_keys(&parameters.list("_sortkeys")),
        words: expression.map(str::to_owned),
        count: !policy.eq_ignore_ascii_case("NONE"),
    })
}

/// Parses `_fields`.
pub fn parse_fields(parameters: &Parameters) -> Result<Fields, Failure> {
    Fields::parse(&parameters.list("_fields"))
}

/// The fields that a caller selects. None means those that are returned by default.
#[derive(Debug, PartialEq)]
pub struct Fields(Vec<String>);

impl Fields {
    /// Parses names with commas between them. Quotes around the list or a name are ignored, because the OpenICF page has them
    /// (`_fields="_id,contacts"`). So is a slash before a name.
    fn parse(text: &str) -> Result<Fields, Failure> {
        let mut names = Vec::new();
        for name in strip_quotes(text.trim()).split(',') {
            let name = strip_quotes(name.trim());
            let name = name.strip_prefix('/').unwrap_or(name);
            if name.contains('/') {
                let problem =
                    format!("The value '{text}' for parameter '_fields' names a part of an attribute; select whole attributes");
                return Err(Failure::new(StatusCode::BAD_REQUEST, problem));
            }
            if name.is_empty() || name == "*" {
                names.push("*".to_owned());
            } else {
                names.push(name.to_owned());
            }
        }
        if names.iter().all(|name| name == "*") {
            names.clear();
        }
        // Each row is compared with them.
        let mut known = HashSet::new();
        names.retain(|name| known.insert(name.clone()));
        if names.len() > MAX_FIELDS {
            let problem = format!("The parameter '_fields' has {} names; expected at most {MAX_FIELDS}", names.len());
            return Err(Failure::new(StatusCode::BAD_REQUEST, problem));
        }
        Ok(Fields(names))
    }

    /// Returns the names of the attributes to read. `*` stands for `defaults`.
    pub fn attributes(&self, defaults: impl Iterator<Item = &'static str>) -> Vec<String> {
        let all: Vec<String> =
            if self.0.iter().any(|name| name == "*") { defaults.map(str::to_owned).collect() } else { Vec::new() };
        self.0.iter().filter(|name| *name != "*").cloned().chain(all).collect()
    }

    /// Returns the names as they were given, including `*`.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }

    /// Checks whether all default attributes are selected.
    fn has_defaults(&self) -> bool {
        self.0.is_empty() || self.0.iter().any(|name| name == "*")
    }

    /// Returns the selected attributes of an object, and always `_id` and `_rev`, as CREST writes them (`RequestRunner`).
    pub fn filter(&self, object: Map<String, Value>) -> Map<String, Value> {
        if self.has_defaults() {
            return object;
        }
        object.into_iter().filter(|(name, _)| matches!(name.as_str(), "_id" | "_rev") || self.0.contains(name)).collect()
    }
}

/// Removes the quotes around a text, if it has no others.
fn strip_quotes(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).unwrap_or(text)
}
