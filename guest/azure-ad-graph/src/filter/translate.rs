//! A filter in Microsoft Graph's words.

use protocol::shorten::shorten;
use serde_json::Value;

use super::expression::{Filter, Parsed, SignInName, Test};
use crate::complex::Edm;
use crate::entity::Kind;
use crate::properties::{Filtered, Place, Property};
use connector::graph::filter_text::{FilterText, Literal, is_date_time_offset};
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::version::Version;

/// What becomes of a filter.
#[derive(Clone, Debug, Default)]
pub struct Translated {
    /// What Microsoft Graph filters by.
    pub graph: Option<FilterText>,
    /// Whether that is an advanced query. <https://learn.microsoft.com/en-us/graph/aad-advanced-queries>
    pub advanced: bool,
    /// What the connector filters by.
    pub here: Option<Filter>,
}

impl Filter {
    /// Looks up the names in a filter on objects of that type in the directory of these names, and checks its values.
    pub fn of(parsed: Parsed, kind: Kind, version: Version, directory: &[String]) -> Result<Filter, Failure> {
        let all = |parts: Vec<Parsed>| {
            parts.into_iter().map(|part| Filter::of(part, kind, version, directory)).collect::<Result<_, _>>()
        };
        match parsed {
            Parsed::And(parts) => Ok(Filter::And(all(parts)?)),
            Parsed::Or(parts) => Ok(Filter::Or(all(parts)?)),
            Parsed::Is(name, test) => {
                let property = property(&name, kind, version)?;
                let fits = match (property.edm, &test) {
                    (Edm::Texts, _) => {
                        return Err(Failure::unsupported_query(format!(
                            "'{name}' is a collection: $filter takes {name}/any(x:x eq '...')."
                        )));
                    }
                    (_, Test::Equals(Value::Null)) => true,
                    (Edm::Truth, Test::Equals(value)) => value.is_boolean(),
                    (Edm::Text, Test::StartsWith(_)) => property.place != Place::Property("id"),
                    (Edm::Text, Test::Equals(value) | Test::AtLeast(value) | Test::AtMost(value)) => value.is_string(),
                    (Edm::Moment, Test::Equals(value) | Test::AtLeast(value) | Test::AtMost(value)) => {
                        value.as_str().is_some_and(is_date_time_offset)
                    }
                    _ => false,
                };
                if fits { Ok(Filter::Is(property, test)) } else { Err(misfit(&name, kind)) }
            }
            Parsed::Any(name, member, test) => {
                let property = property(&name, kind, version)?;
                match (property.place, member.as_deref(), test) {
                    (Place::Identities { federated: false }, Some("value"), Test::Equals(Value::String(name))) => {
                        Ok(Filter::SignsInAs(property, SignInName { name, issuers: domains(directory)? }))
                    }
                    (_, None, test @ (Test::StartsWith(_) | Test::Equals(Value::String(_))))
                        if matches!(property.edm, Edm::Texts) =>
                    {
                        Ok(Filter::Any(property, test))
                    }
                    _ => Err(misfit(&name, kind)),
                }
            }
            Parsed::IsOf(_) => {
                Err(Failure::unsupported_query("$filter takes isof in differential queries of directoryObjects alone."))
            }
        }
    }

    /// Splits the filter between Microsoft Graph and the connector: of what all has to hold, each does its part.
    pub fn translate(self) -> Translated {
        let (ours, theirs): (Vec<Filter>, Vec<Filter>) = match self {
            Filter::And(parts) => parts.into_iter().partition(Filter::is_ours),
            other if other.is_ours() => (vec![other], Vec::new()),
            other => (Vec::new(), vec![other]),
        };
        let mut advanced = false;
        let conditions = theirs.iter().filter_map(|part| part.text(&mut advanced)).collect();
        Translated { graph: FilterText::join_and(conditions), advanced, here: (!ours.is_empty()).then_some(Filter::And(ours)) }
    }

    /// The condition for Microsoft Graph; `None` of no conditions.
    fn text(&self, advanced: &mut bool) -> Option<FilterText> {
        let mut conditions = |parts: &[Filter]| parts.iter().filter_map(|part| part.text(advanced)).collect();
        match self {
            Filter::And(parts) => FilterText::join_and(conditions(parts)).map(FilterText::parenthesize),
            Filter::Or(parts) => FilterText::join_or(conditions(parts)).map(FilterText::parenthesize),
            Filter::Is(property, test) => {
                *advanced |= property.filtered == Filtered::Advanced || *test == Test::Equals(Value::Null);
                Some(test.text(property.source().unwrap_or_default(), property.edm))
            }
            Filter::Any(property, test) => {
                *advanced |= property.filtered == Filtered::Advanced;
                Some(FilterText::any(property.source().unwrap_or_default(), "x", test.text("x", Edm::Text)))
            }
            Filter::SignsInAs(_, name) => name.text(),
        }
    }
}

impl SignInName {
    /// Microsoft Graph wants the issuer with the name. <https://learn.microsoft.com/en-us/graph/api/user-list?view=graph-rest-1.0>
    fn text(&self) -> Option<FilterText> {
        let name = FilterText::equals("x/issuerAssignedId", &Literal::string(&self.name));
        let of = |issuer: &String| {
            let issuer = FilterText::equals("x/issuer", &Literal::string(issuer));
            Some(FilterText::any("identities", "x", FilterText::join_and(vec![name.clone(), issuer])?))
        };
        FilterText::join_or(self.issuers.iter().filter_map(of).collect()).map(FilterText::parenthesize)
    }
}

/// The domains of a directory, which issue names to sign in with.
fn domains(directory: &[String]) -> Result<Vec<String>, Failure> {
    let domains: Vec<String> = directory.iter().filter(|name| name.contains('.')).cloned().collect();
    let none = "$filter takes signInNames where the gateway knows a domain of the directory (GATEWAY_DIRECTORY).";
    if domains.is_empty() { Err(Failure::unsupported_query(none)) } else { Ok(domains) }
}

impl Test {
    fn text(&self, name: &'static str, edm: Edm) -> FilterText {
        let literal = |value: &Value| match value {
            Value::String(text) if matches!(edm, Edm::Moment) => {
                // Without quotes. Any other text gets quotes, so that it cannot be more than a value.
                Literal::date_time_offset(text).unwrap_or_else(|| Literal::string(text))
            }
            Value::String(text) => Literal::string(text),
            Value::Bool(value) => Literal::boolean(*value),
            _ => Literal::null(),
        };
        match self {
            Test::Equals(other) => FilterText::equals(name, &literal(other)),
            Test::AtLeast(other) => FilterText::is_at_least(name, &literal(other)),
            Test::AtMost(other) => FilterText::is_at_most(name, &literal(other)),
            Test::StartsWith(text) => FilterText::starts_with(name, text),
        }
    }
}

fn property(name: &str, kind: Kind, version: Version) -> Result<&'static Property, Failure> {
    let shown = shorten(name);
    let property = kind.property(name, version).ok_or_else(|| {
        let problem = format!("Invalid filter clause: {} has no property '{shown}' in version {}.", kind.name(), version.name());
        Failure::bad_request(problem).with("PropertyName", shown.clone())
    })?;
    if property.filtered == Filtered::No {
        let problem = format!("$filter does not take the property '{shown}' of {}.", kind.name());
        return Err(Failure::unsupported_query(problem).with("PropertyName", shown));
    }
    Ok(property)
}

fn misfit(name: &str, kind: Kind) -> Failure {
    let name = shorten(name);
    Failure::unsupported_query(format!("$filter does not compare the property '{name}' of {} in this way.", kind.name()))
        .with("PropertyName", name)
}
