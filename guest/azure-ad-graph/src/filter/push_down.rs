//! The split of a filter between Microsoft Graph and the connector.

use connector::graph::filter_text::{FilterText, Literal};
use serde_json::Value;

use super::expression::{Comparison, ODataFilter, SignInName};
use crate::edm::EdmType;
use crate::properties::FilterSupport;

/// A filter, split between Microsoft Graph and the connector.
#[derive(Clone, Debug, Default)]
pub struct SplitFilter {
    /// The part that Microsoft Graph evaluates.
    pub server: Option<FilterText>,
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
        let conditions = server.iter().filter_map(|part| part.write(&mut is_advanced_query)).collect();
        SplitFilter {
            server: FilterText::join_and(conditions),
            is_advanced_query,
            client: (!client.is_empty()).then_some(ODataFilter::And(client)),
        }
    }

    /// Returns the condition for Microsoft Graph. `None` if the filter consists of no conditions.
    fn write(&self, is_advanced_query: &mut bool) -> Option<FilterText> {
        let mut write_parts = |parts: &[ODataFilter]| parts.iter().filter_map(|part| part.write(is_advanced_query)).collect();
        match self {
            ODataFilter::And(parts) => FilterText::join_and(write_parts(parts)).map(FilterText::parenthesize),
            ODataFilter::Or(parts) => FilterText::join_or(write_parts(parts)).map(FilterText::parenthesize),
            ODataFilter::Property(property, comparison) => {
                *is_advanced_query |=
                    property.filter_support == FilterSupport::AdvancedQuery || *comparison == Comparison::Equals(Value::Null);
                Some(comparison.write(property.graph_property().unwrap_or_default(), property.edm_type))
            }
            ODataFilter::AnyItem(property, comparison) => {
                *is_advanced_query |= property.filter_support == FilterSupport::AdvancedQuery;
                let condition = comparison.write("x", EdmType::String);
                Some(FilterText::any(property.graph_property().unwrap_or_default(), "x", condition))
            }
            ODataFilter::SignInName(_, name) => name.write(),
        }
    }
}

impl SignInName {
    /// Returns the condition for Microsoft Graph, which requires the issuer of the name.
    /// <https://learn.microsoft.com/en-us/graph/api/user-list?view=graph-rest-1.0>
    fn write(&self) -> Option<FilterText> {
        let name = FilterText::equals("x/issuerAssignedId", &Literal::string(&self.name));
        let write_issuer = |issuer: &String| {
            let issuer = FilterText::equals("x/issuer", &Literal::string(issuer));
            Some(FilterText::any("identities", "x", FilterText::join_and(vec![name.clone(), issuer])?))
        };
        FilterText::join_or(self.issuers.iter().filter_map(write_issuer).collect()).map(FilterText::parenthesize)
    }
}

impl Comparison {
    /// Returns the condition for Microsoft Graph.
    fn write(&self, name: &'static str, edm_type: EdmType) -> FilterText {
        let write_value = |value: &Value| match value {
            // The value is known to be a time. Any other text gets quotes, so that it cannot be more than a value.
            Value::String(text) if matches!(edm_type, EdmType::DateTime) => {
                Literal::date_time_offset(text).unwrap_or_else(|| Literal::string(text))
            }
            Value::String(text) => Literal::string(text),
            Value::Bool(value) => Literal::boolean(*value),
            _ => Literal::null(),
        };
        match self {
            Comparison::Equals(other) => FilterText::equals(name, &write_value(other)),
            Comparison::GreaterOrEqual(other) => FilterText::greater_or_equal(name, &write_value(other)),
            Comparison::LessOrEqual(other) => FilterText::less_or_equal(name, &write_value(other)),
            Comparison::StartsWith(text) => FilterText::starts_with(name, text),
        }
    }
}
