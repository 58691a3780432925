//! Query parameters by CREST's rules: their names are compared without case.

use http::Method;

use crate::operation::Operation;

/// The parameters of a request.
#[derive(Clone, Debug)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Parses the query of an address.
    pub fn parse(query: &str) -> Parameters {
        let pairs = form_urlencoded::parse(query.as_bytes());
        Parameters(pairs.map(|(name, value)| (name.to_lowercase(), value.into_owned())).collect())
    }

    /// Returns names, in lower case, and values, in the order of the query.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Adds a value for a parameter that has none. The name is given in lower case.
    pub fn add_default(&mut self, name: &str, value: String) {
        if self.get(name).is_none() {
            self.0.push((name.to_owned(), value));
        }
    }

    /// Returns the first value of a parameter, whose name is given in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the values of a parameter that may be given in several parts, with commas between them.
    pub fn list(&self, name: &str) -> String {
        let parts: Vec<&str> = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect();
        parts.join(",")
    }

    /// Checks whether they make a `GET` a query.
    pub fn is_query(&self) -> bool {
        ["_queryid", "_queryfilter", "_queryexpression"].iter().any(|name| self.get(name).is_some())
    }

    /// Returns the action that they name.
    pub fn action(&self) -> Option<&str> {
        self.get("_action")
    }

    /// Returns the operation that a request with these parameters is, as the list that [`crate::frontend::Frontend::operations`]
    /// returns. `None` where OpenIDM does not know the method.
    pub fn operation(&self, method: &Method) -> Option<&'static [Operation]> {
        Some(match (method.as_str(), self.action()) {
            ("GET", _) if self.is_query() => &[Operation::Query],
            ("GET", _) => &[Operation::Read],
            ("PUT", _) => &[Operation::Update],
            ("PATCH", _) => &[Operation::Patch],
            ("DELETE", _) => &[Operation::Delete],
            ("POST", None) => &[Operation::Create],
            ("POST", Some(action)) if action.eq_ignore_ascii_case("create") => &[Operation::Create],
            ("POST", Some(action)) if action.eq_ignore_ascii_case("test") => &[Operation::Test],
            ("POST", Some(action)) if action.eq_ignore_ascii_case("permanentDelete") => &[Operation::Delete],
            ("POST", Some(_)) => &[Operation::Action],
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &str, query: &str) -> Option<&'static str> {
        Parameters::parse(query).operation(&method.parse().unwrap()).map(|operations| operations[0].name())
    }

    #[test]
    fn method_and_parameters_decide_the_operation() {
        assert_eq!(operation("GET", "_fields=_id"), Some("read"));
        assert_eq!(operation("GET", "_queryFilter=true"), Some("query"));
        assert_eq!(operation("GET", "_queryId=query-all-ids"), Some("query"));
        assert_eq!(operation("POST", ""), Some("create"));
        assert_eq!(operation("GET", "_QUERYEXPRESSION=x"), Some("query"));
        assert_eq!(operation("POST", "_Action=CREATE"), Some("create"));
        assert_eq!(operation("POST", "_action=t%65st"), Some("test"));
        assert_eq!(operation("POST", "_action=liveSync"), Some("action"));
        assert_eq!(operation("POST", "_action=PERMANENTDELETE"), Some("delete"), "in any case");
        assert_eq!(operation("PUT", "_action=test"), Some("update"), "the method goes before the action");
        assert_eq!(operation("DELETE", "_queryFilter=true"), Some("delete"));
        assert_eq!(operation("PATCH", ""), Some("patch"));
        assert_eq!(operation("OPTIONS", ""), None);
        assert_eq!(operation("get", ""), None, "methods have a case");
    }
}
