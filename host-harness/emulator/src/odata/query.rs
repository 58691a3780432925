//! The query options of a request, and the query of the next page.

use crate::odata::error::{GraphError, Outcome};
use crate::odata::percent::{self, Plus};

/// The options that OData defines. Graph refuses any other name with a `$`, and ignores any other without one.
const OPTIONS: &[&str] = &[
    "apply",
    "compute",
    "count",
    "deltatoken",
    "expand",
    "filter",
    "format",
    "orderby",
    "search",
    "select",
    "skip",
    "skiptoken",
    "top",
];

/// The parsed query of a URL.
#[derive(Debug, Default)]
pub(crate) struct Query {
    /// The options as on the wire, in order, for the link to the next page.
    raw: Vec<String>,
    /// The decoded options by name without `$`, as Graph makes the prefix optional
    /// (<https://learn.microsoft.com/graph/query-parameters>).
    options: Vec<(String, String)>,
}

impl Query {
    /// Parses the text after `?`. Fails on invalid escapes, on a repeated option, and on an unknown one with a `$`.
    pub(crate) fn parse(text: &str) -> Outcome<Self> {
        let mut query = Self::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            query.raw.push(pair.to_owned());
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decoded = percent::decode(name, Plus::Space).zip(percent::decode(value, Plus::Space));
            let (name, value) = decoded.ok_or_else(|| GraphError::bad_request("The request URL is not valid."))?;
            let option = name.strip_prefix('$').unwrap_or(&name).to_ascii_lowercase();
            if !OPTIONS.contains(&option.as_str()) {
                if name.starts_with('$') {
                    return Err(unsupported(&name));
                }
                continue;
            }
            if query.get(&option).is_some() {
                return Err(GraphError::bad_request(format!(
                    "Query option '{name}' was specified more than once, but it must be specified at most once."
                )));
            }
            query.options.push((option, value));
        }
        Ok(query)
    }

    /// Fails on an option that this resource does not support.
    pub(crate) fn allow_only(&self, allowed: &[&str]) -> Outcome<()> {
        match self.options.iter().find(|(name, _)| name != "format" && !allowed.contains(&name.as_str())) {
            Some((name, _)) => Err(unsupported(&format!("${name}"))),
            None => Ok(()),
        }
    }

    /// Fails on `$search`, which the emulator does not have for Outlook: Graph's responses to it are not those of a search
    /// (microsoft-graph-docs#10790).
    pub(crate) fn refuse_search(&self, of: &str) -> Outcome<()> {
        match self.get("search") {
            Some(_) => Err(GraphError::not_emulated(&format!("$search of {of}"))),
            None => Ok(()),
        }
    }

    /// Returns the decoded value of an option, named without `$`.
    pub(crate) fn get(&self, option: &str) -> Option<&str> {
        self.options.iter().find(|(name, _)| name == option).map(|(_, value)| value.as_str())
    }

    /// Parses a whole number that is not negative.
    pub(crate) fn parse_number(&self, option: &str) -> Outcome<Option<usize>> {
        let Some(text) = self.get(option) else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| invalid_value(option, text))
    }

    /// Parses `true` or `false`; an absent option is false.
    pub(crate) fn parse_flag(&self, option: &str) -> Outcome<bool> {
        match self.get(option) {
            None => Ok(false),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(text) => Err(invalid_value(option, text)),
        }
    }

    /// Renders the query with one option set, in place of others, for `@odata.nextLink`.
    pub(crate) fn to_query_with(&self, replaced: &[&str], option: &str, value: &str) -> String {
        let others = self.raw.iter().filter(|pair| {
            let name = pair.split('=').next().and_then(|name| percent::decode(name, Plus::Space)).unwrap_or_default();
            let name = name.strip_prefix('$').unwrap_or(&name);
            !replaced.iter().any(|one| name.eq_ignore_ascii_case(one))
        });
        let mut pairs: Vec<String> = others.cloned().collect();
        pairs.push(format!("${option}={value}"));
        pairs.join("&")
    }
}

fn unsupported(name: &str) -> GraphError {
    GraphError::bad_request(format!("The query parameter '{name}' is not supported."))
}

fn invalid_value(option: &str, text: &str) -> GraphError {
    GraphError::bad_request(format!("Invalid value '{text}' for ${option} query option found."))
}
