//! What a caller of the gateway wants done, as far as the host has to know it.

use std::collections::BTreeSet;

use http::Method;

/// A kind of request to the gateway, by the name that the configuration has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// `read`: one object.
    Read,
    /// `query`: the objects that a filter finds.
    Query,
    /// `create`: a new object.
    Create,
    /// `update`: `PUT`. A user's update adds, changes and removes contacts.
    Update,
    /// `patch`: `PATCH`, which does with a user what `update` does.
    Patch,
    /// `delete`: an object, also permanently.
    Delete,
    /// `test`: whether settings, credential and connection work.
    Test,
    /// `action`: any other action.
    Action,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Read, Self::Query, Self::Create, Self::Update, Self::Patch, Self::Delete, Self::Test, Self::Action];

    /// The name.
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

    /// The operation of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }

    /// What a request is for; `None` where the method is none of OpenIDM's.
    ///
    /// What the host takes for an operation has to be that or less to the component, so parameters are read as it reads them.
    pub(crate) fn of(method: &Method, query: Option<&str>) -> Option<Self> {
        Some(match method.as_str() {
            "GET" if ["_queryfilter", "_queryid", "_queryexpression"].iter().any(|name| parameter(query, name).is_some()) => {
                Self::Query
            }
            "GET" => Self::Read,
            "PUT" => Self::Update,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            "POST" => match parameter(query, "_action") {
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

/// The first value of a parameter, whose name is given in lower case.
pub(crate) fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    form_urlencoded::parse(query?.as_bytes()).find(|(key, _)| key.to_lowercase() == name).map(|(_, value)| value.into_owned())
}

/// What a tenant's callers may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operations(BTreeSet<Operation>);

impl Operations {
    pub(crate) fn all() -> Self {
        Self(Operation::ALL.into())
    }

    pub(crate) fn allow(&self, operation: Operation) -> bool {
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

    fn of(method: &str, query: &str) -> Option<&'static str> {
        Operation::of(&method.parse().unwrap(), Some(query)).map(Operation::name)
    }

    #[test]
    fn a_request_is_for_what_its_method_and_parameters_say() {
        assert_eq!(of("GET", "_fields=_id"), Some("read"));
        assert_eq!(of("GET", "_queryFilter=true"), Some("query"));
        assert_eq!(of("GET", "_queryId=query-all-ids"), Some("query"));
        assert_eq!(of("POST", ""), Some("create"));
        assert_eq!(of("GET", "_QUERYEXPRESSION=x"), Some("query"));
        assert_eq!(of("POST", "_Action=CREATE"), Some("create"));
        assert_eq!(of("POST", "_action=t%65st"), Some("test"));
        assert_eq!(of("POST", "_action=liveSync"), Some("action"));
        assert_eq!(of("POST", "_action=PERMANENTDELETE"), Some("delete"), "however it is asked for");
        assert_eq!(of("PUT", "_action=test"), Some("update"), "the method decides");
        assert_eq!(of("DELETE", "_queryFilter=true"), Some("delete"));
        assert_eq!(of("PATCH", ""), Some("patch"));
        assert_eq!(of("OPTIONS", ""), None);
        assert_eq!(of("get", ""), None, "methods have a case");
    }

    #[test]
    fn every_name_is_its_operation() {
        for operation in Operation::ALL {
            assert_eq!(Operation::named(operation.name()), Some(operation));
        }
    }
}
