//! What a request to the gateway does.

use std::collections::BTreeSet;

use http::Method;

/// What a request to the gateway does, by its name in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// `read`: one object.
    Read,
    /// `query`: the objects that match a filter.
    Query,
    /// `create`: a new object.
    Create,
    /// `update`: `PUT`. A user's update adds, changes and removes contacts.
    Update,
    /// `patch`: `PATCH`, which does the same as `update` with a user.
    Patch,
    /// `delete`: removes an object, also permanently.
    Delete,
    /// `test`: checks settings, credential and connection.
    Test,
    /// `action`: any other action.
    Action,
}

impl Operation {
    /// All operations.
    pub const ALL: [Self; 8] =
        [Self::Read, Self::Query, Self::Create, Self::Update, Self::Patch, Self::Delete, Self::Test, Self::Action];

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Query => "query",
            Self::Create => "create",
            Self::Update => "update",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::Test => "test",
            Self::Action => "action",
        }
    }

    /// Returns the operation of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }

    /// Returns the operation of an OpenIDM request; `None` if OpenIDM does not have the method.
    ///
    /// The component must not do more than the host takes the request for, so the host reads parameters as the component does.
    pub(crate) fn from_request(method: &Method, query: Option<&str>) -> Option<Self> {
        Some(match method.as_str() {
            "GET"
                if ["_queryfilter", "_queryid", "_queryexpression"].iter().any(|name| query_parameter(query, name).is_some()) =>
            {
                Self::Query
            }
            "GET" => Self::Read,
            "PUT" => Self::Update,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            "POST" => match query_parameter(query, "_action") {
                None => Self::Create,
                Some(action) if action.eq_ignore_ascii_case("create") => Self::Create,
                Some(action) if action.eq_ignore_ascii_case("test") => Self::Test,
                Some(action) if action.eq_ignore_ascii_case("permanentDelete") => Self::Delete,
                Some(_) => Self::Action,
            },
            _ => return None,
        })
    }
}

/// Returns the first value of a query parameter, whose name is in lower case.
pub(crate) fn query_parameter(query: Option<&str>, name: &str) -> Option<String> {
    form_urlencoded::parse(query?.as_bytes()).find(|(key, _)| key.to_lowercase() == name).map(|(_, value)| value.into_owned())
}

/// The operations that a tenant allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operations(BTreeSet<Operation>);

impl Operations {
    pub(crate) fn all() -> Self {
        Self(Operation::ALL.into())
    }

    pub(crate) fn allows(&self, operation: Operation) -> bool {
        self.0.contains(&operation)
    }
}

impl FromIterator<Operation> for Operations {
    fn from_iter<I: IntoIterator<Item = Operation>>(operations: I) -> Self {
        Self(operations.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &str, query: &str) -> Option<&'static str> {
        Operation::from_request(&method.parse().unwrap(), Some(query)).map(Operation::name)
    }

    #[test]
    fn a_request_is_for_what_its_method_and_parameters_say() {
        assert_eq!(operation("GET", "_fields=_id"), Some("read"));
        assert_eq!(operation("GET", "_queryFilter=true"), Some("query"));
        assert_eq!(operation("GET", "_queryId=query-all-ids"), Some("query"));
        assert_eq!(operation("POST", ""), Some("create"));
        assert_eq!(operation("GET", "_QUERYEXPRESSION=x"), Some("query"));
        assert_eq!(operation("POST", "_Action=CREATE"), Some("create"));
        assert_eq!(operation("POST", "_action=t%65st"), Some("test"));
        assert_eq!(operation("POST", "_action=liveSync"), Some("action"));
        assert_eq!(operation("POST", "_action=PERMANENTDELETE"), Some("delete"), "in any form");
        assert_eq!(operation("PUT", "_action=test"), Some("update"), "the method decides");
        assert_eq!(operation("DELETE", "_queryFilter=true"), Some("delete"));
        assert_eq!(operation("PATCH", ""), Some("patch"));
        assert_eq!(operation("OPTIONS", ""), None);
        assert_eq!(operation("get", ""), None, "methods are case-sensitive");
    }

    #[test]
    fn every_name_is_its_operation() {
        for operation in Operation::ALL {
            assert_eq!(Operation::from_name(operation.name()), Some(operation));
        }
    }
}
