//! Query parameters, by CREST's rules: their names in any case, those with one value at most once, unknown ones ignored.

use http::StatusCode;
use serde_json::{Map, Value};

use connector::operations::icf::filter::{Filter, Operator};
use connector::operations::icf::object_class::ObjectClass;
use connector::operations::icf::search::{Search, sort_keys};
use connector::operations::icf::user_attributes::USER;
use protocol::openidm::failure::Failure;
use protocol::openidm::parameters::Parameters;

/// The parameters that may be given once. `_fields` and `_sortKeys` add up where they are given again.
const SINGLE: &[&str] = &[
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

/// Parses the query of an address.
///
/// # Errors
///
/// 400 where a parameter that takes one value has several.
pub fn parse(query: &str) -> Result<Parameters, Failure> {
    let parameters = Parameters::parse(query);
    for (position, (name, _)) in parameters.pairs().iter().enumerate() {
        let mut before = parameters.pairs().iter().take(position);
        if SINGLE.contains(&name.as_str()) && before.any(|(other, _)| other == name) {
            let problem = format!("Multiple values were given for the parameter '{name}', which takes one");
            return Err(Failure::new(StatusCode::BAD_REQUEST, problem));
        }
    }
    Ok(parameters)
}

/// Parses `_prettyPrint`.
pub fn pretty_print(parameters: &Parameters) -> Result<bool, Failure> {
    match parameters.get("_prettyprint").map(str::to_ascii_lowercase).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Failure::new(StatusCode::BAD_REQUEST, "The parameter '_prettyPrint' has to be true or false")),
    }
}

/// Checks whether a query asks only for ids.
pub fn wants_ids(parameters: &Parameters) -> bool {
    parameters.get("_queryid").is_some()
}

/// The search that they ask for among the objects of a class. With `_queryId=query-all-ids` the parameter `mailbox` says whose
/// contacts or folders.
pub fn search(parameters: &Parameters, class: ObjectClass) -> Result<Search, Failure> {
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
        // The service's own language: what it searches for. Of organizational contacts alone there is one.
        (None, None, Some(_)) if expression.is_some() => Filter::Constant(true),
        (Some(filter), None, None) => Filter::parse(filter).map_err(|error| bad(error.message))?,
        (None, Some("query-all-ids"), None) if !class.is_in_mailbox() => Filter::Constant(true),
        (None, Some("query-all-ids"), None) => {
            let mailbox = parameters.get("mailbox").ok_or_else(|| bad("Say whose with the parameter 'mailbox'".to_owned()))?;
            let value = Value::String(mailbox.to_owned());
            Filter::Comparison { field: "mailbox".to_owned(), operator: Operator::Equals, value }
        }
        (None, Some(other), None) => return Err(bad(format!("Unsupported _queryId: {other}"))),
        (None, None, _) => return Err(bad("Say what to find with '_queryFilter' or '_queryId'".to_owned())),
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
        return Err(bad(format!("The value '{policy}' for parameter '_totalPagedResultsPolicy' is not known")));
    }
    let page_size = number("_pagesize", "_pageSize")?.filter(|size| *size > 0);
    let attributes = match fields(parameters)? {
        _ if wants_ids(parameters) => vec!["_id".to_owned()],
        fields if fields.wants_all() && class != ObjectClass::User => Vec::new(),
        fields => fields.attributes(USER.iter().filter(|a| a.is_returned_by_default()).map(|a| a.name)),
    };
    Ok(Search {
        filter,
        attributes,
        page_size,
        cookie,
        offset,
        sort: sort_keys(&parameters.list("_sortkeys")),
        words: expression.map(str::to_owned),
        count: !policy.eq_ignore_ascii_case("NONE"),
    })
}

/// Parses `_fields`.
pub fn fields(parameters: &Parameters) -> Result<Fields, Failure> {
    Fields::read(&parameters.list("_fields"))
}

/// The fields that a caller wants; none named means those that are returned by default.
#[derive(Debug, PartialEq)]
pub struct Fields(Vec<String>);

impl Fields {
    /// Reads a list of names with commas between them. A pair of quotes around the whole or around a name, as the OpenICF page
    /// has it (`_fields="_id,contacts"`), counts for nothing; so does a slash before a name.
    fn read(text: &str) -> Result<Fields, Failure> {
        let mut names = Vec::new();
        for name in unquoted(text.trim()).split(',') {
            let name = unquoted(name.trim());
            let name = name.strip_prefix('/').unwrap_or(name);
            if name.contains('/') {
                let problem =
                    format!("The value '{text}' for parameter '_fields' names a part of an attribute; name whole attributes");
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
        Ok(Fields(names))
    }

    /// The names of the attributes to read; `defaults` are those that `*` stands for.
    pub fn attributes(&self, defaults: impl Iterator<Item = &'static str>) -> Vec<String> {
        let all: Vec<String> =
            if self.0.iter().any(|name| name == "*") { defaults.map(str::to_owned).collect() } else { Vec::new() };
        self.0.iter().filter(|name| *name != "*").cloned().chain(all).collect()
    }

    /// The names as they were given, `*` among them.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }

    /// Whether everything that is returned by default is among what is wanted.
    fn wants_all(&self) -> bool {
        self.0.is_empty() || self.0.iter().any(|name| name == "*")
    }

    /// What is wanted of an object. `_id` always is.
    pub fn filter(&self, object: Map<String, Value>) -> Map<String, Value> {
        if self.wants_all() {
            return object;
        }
        object.into_iter().filter(|(name, _)| name == "_id" || self.0.contains(name)).collect()
    }
}

/// The text without the pair of quotes around it, where they are its only ones.
fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).unwrap_or(text)
}
