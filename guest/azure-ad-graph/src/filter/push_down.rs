//! The split of a filter between Microsoft Graph and the connector.

use connector::graph::address::literal;
use serde_json::Value;

use super::expression::{Comparison, ODataFilter, SignInName};
use crate::edm::EdmType;
use crate::properties::FilterSupport;

/// A filter, split between Microsoft Graph and the connector.
#[derive(Clone, Debug, Default)]
pub struct SplitFilter {
    /// The part that Microsoft Graph evaluates, encoded for an address.
    pub server: Option<String>,
    /// Whether that part needs an advanced query. <https://learn.microsoft.com/en-us/graph/aad-advanced-queries>
    pub is_advanced_query: bool,
    /// The part that the connector evaluates.
    pub client: Option<ODataFilter>,
}

impl ODataFilter {
    /// Splits the filter. Of a conjunction, each side evaluates its parts.
    pub fn push_down(self) -> SplitFilter {
        let (client, server): (Vec<ODataFilter>, Vec<ODataFilter>) = match self {
            ODataFilter::And(parts) => parts.into_iter().partition(ODataFilter::needs_client),
            other if other.needs_client() => (vec![other], Vec::new()),
            other => (Vec::new(), vec![other]),
        };
        let mut is_advanced_query = false;
        let texts: Vec<String> = server.iter().map(|part| part.write(&mut is_advanced_query)).collect();
        SplitFilter {
            server: (!texts.is_empty()).then(|| texts.join("%20and%20")),
            is_advanced_query,
            client: (!client.is_empty()).then_some(ODataFilter::And(client)),
        }
    }

    /// Returns the text for an address.
    fn write(&self, is_advanced_query: &mut bool) -> String {
        let mut join = |parts: &[ODataFilter], word: &str| {
            let texts: Vec<String> = parts.iter().map(|part| part.write(is_advanced_query)).collect();
            format!("({})", texts.join(&format!("%20{word}%20")))
        };
        match self {
            ODataFilter::And(parts) => join(parts, "and"),
            ODataFilter::Or(parts) => join(parts, "or"),
            ODataFilter::Property(property, comparison) => {
                *is_advanced_query |=
                    property.filter_support == FilterSupport::AdvancedQuery || *comparison == Comparison::Equals(Value::Null);
                comparison.write(property.graph_property().unwrap_or_default(), property.edm_type)
            }
            ODataFilter::AnyItem(property, comparison) => {
                *is_advanced_query |= property.filter_support == FilterSupport::AdvancedQuery;
                let condition = comparison.write("x", EdmType::String);
                format!("{}/any(x:{condition})", property.graph_property().unwrap_or_default())
            }
            ODataFilter::SignInName(_, name) => name.write(),
        }
    }
}

impl SignInName {
    /// Returns the text for an address. Microsoft Graph requires the issuer of the name.
    /// <https://learn.microsoft.com/en-us/graph/api/user-list?view=graph-rest-1.0>
    fn write(&self) -> String {
        let name = literal(&self.name);
        let write_issuer = |issuer: &String| {
            let issuer = literal(issuer);
            format!("identities/any(x:x/issuerAssignedId%20eq%20{name}%20and%20x/issuer%20eq%20{issuer})")
        };
        format!("({})", self.issuers.iter().map(write_issuer).collect::<Vec<_>>().join("%20or%20"))
    }
}

impl Comparison {
    /// Returns the text for an address.
    fn write(&self, name: &str, edm_type: EdmType) -> String {
        let write_value = |value: &Value| match (value, edm_type) {
            // A time has no quotes. The value is known to be a time.
            (Value::String(text), EdmType::DateTime) => literal(text).trim_matches('\'').to_owned(),
            (Value::String(text), _) => literal(text),
            (other, _) => other.to_string(),
        };
        match self {
            Comparison::Equals(other) => format!("{name}%20eq%20{}", write_value(other)),
            Comparison::GreaterOrEqual(other) => format!("{name}%20ge%20{}", write_value(other)),
            Comparison::LessOrEqual(other) => format!("{name}%20le%20{}", write_value(other)),
            Comparison::StartsWith(text) => format!("startswith({name},{})", literal(text)),
        }
    }
}
