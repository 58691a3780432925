//! Query parameters, by CREST's rules: their names in any case, those with one value at most once, unknown ones ignored.

use http::StatusCode;
use serde_json::{Map, Value};

use super::failure::Failure;
use crate::operations::filter::{Filter, Operator};
use crate::operations::object_class::ObjectClass;
use crate::operations::schema::USER;
use crate::operations::search::{Search, sort_keys};

/// The parameters of a request.
#[derive(Debug)]
pub struct Parameters(Vec<(String, String)>);

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

impl Parameters {
    /// Reads the query of an address.
    pub fn read(query: &str) -> Result<Parameters, Failure> {
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.to_lowercase(), value.into_owned())).collect();
        for (position, (name, _)) in pairs.iter().enumerate() {
            let before = pairs.iter().take(position);
            if SINGLE.contains(&name.as_str()) && before.into_iter().any(|(other, _)| other == name) {
                let problem = format!("Multiple values were given for the parameter '{name}', which takes one");
                return Err(Failure::new(StatusCode::BAD_REQUEST, problem));
            }
        }
        Ok(Parameters(pairs))
    }

    /// The value of the parameter of that name, in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The values of a list that may be given in several parts.
    fn list(&self, name: &str) -> String {
        let parts: Vec<&str> = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect();
        parts.join(",")
    }

    /// Whether they ask for a query.
    pub fn is_query(&self) -> bool {
        ["_queryid", "_queryfilter", "_queryexpression"].iter().any(|name| self.get(name).is_some())
    }

    /// The action that they ask for.
    pub fn action(&self) -> Option<&str> {
        self.get("_action")
    }

    /// `_prettyPrint`.
    pub fn pretty_print(&self) -> Result<bool, Failure> {
        match self.get("_prettyprint").map(str::to_ascii_lowercase).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Failure::new(StatusCode::BAD_REQUEST, "The parameter '_prettyPrint' has to be true or false")),
        }
    }

    /// Whether the ids alone are wanted of what a query finds.
    pub fn wants_ids(&self) -> bool {
        self.get("_queryid").is_some()
    }

    /// The search that they ask for among the objects of a class. With `_queryId=query-all-ids` the parameter `mailbox` says whose
    /// contacts or folders.
    pub fn search(&self, class: ObjectClass) -> Result<Search, Failure> {
        let bad = |problem: String| Failure::new(StatusCode::BAD_REQUEST, problem);
        let number = |name: &str, shown: &str| match self.get(name).map(str::parse::<usize>) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => {
                let value = self.get(name).unwrap_or_default();
                Err(bad(format!("The value '{value}' for parameter '{shown}' could not be parsed as a valid integer")))
            }
        };
        let expression = self.get("_queryexpression").filter(|_| class == ObjectClass::OrgContact);
        let filter = match (self.get("_queryfilter"), self.get("_queryid"), self.get("_queryexpression")) {
            // The service's own language: what it searches for. Of organizational contacts alone there is one.
            (None, None, Some(_)) if expression.is_some() => Filter::Constant(true),
            (Some(filter), None, None) => Filter::parse(filter).map_err(|error| bad(error.message))?,
            (None, Some("query-all-ids"), None) if !class.is_in_mailbox() => Filter::Constant(true),
            (None, Some("query-all-ids"), None) => {
                let mailbox = self.get("mailbox").ok_or_else(|| bad("Say whose with the parameter 'mailbox'".to_owned()))?;
                let value = Value::String(mailbox.to_owned());
                Filter::Comparison { field: "mailbox".to_owned(), operator: Operator::Equals, value }
            }
            (None, Some(other), None) => return Err(bad(format!("Unsupported _queryId: {other}"))),
            (None, None, _) => return Err(bad("Say what to find with '_queryFilter' or '_queryId'".to_owned())),
            _ => return Err(bad("The parameters _queryId, _queryFilter and _queryExpression are mutually exclusive".to_owned())),
        };
        let offset = number("_pagedresultsoffset", "_pagedResultsOffset")?.unwrap_or(0);
        let cookie = self.get("_pagedresultscookie").filter(|cookie| !cookie.is_empty()).map(str::to_owned);
        if offset > 0 && cookie.is_some() {
            let problem = "The parameters _pagedResultsOffset and _pagedResultsCookie are mutually exclusive";
            return Err(bad(problem.to_owned()));
        }
        let policy = self.get("_totalpagedresultspolicy").unwrap_or("NONE");
        if !["NONE", "ESTIMATE", "EXACT"].iter().any(|known| known.eq_ignore_ascii_case(policy)) {
            return Err(bad(format!("The value '{policy}' for parameter '_totalPagedResultsPolicy' is not known")));
        }
        let page_size = number("_pagesize", "_pageSize")?.filter(|size| *size > 0);
        let attributes = match self.fields()? {
            _ if self.wants_ids() => vec!["_id".to_owned()],
            fields if fields.wants_all() && class != ObjectClass::User => Vec::new(),
            fields => fields.attributes(USER.iter().filter(|a| a.is_returned_by_default()).map(|a| a.name)),
        };
        Ok(Search {
            filter,
            attributes,
            page_size,
            cookie,
            offset,
            sort: sort_keys(&self.list("_sortkeys")),
            words: expression.map(str::to_owned),
            count: !policy.eq_ignore_ascii_case("NONE"),
        })
    }

    /// `_fields`.
    pub fn fields(&self) -> Result<Fields, Failure> {
        Fields::read(&self.list("_fields"))
    }
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
