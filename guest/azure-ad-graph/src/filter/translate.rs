//! A filter in Microsoft Graph's words.

use protocol::shorten::shorten;
use serde_json::Value;

use super::expression::{Filter, Parsed, SignInName, Test};
use crate::complex::Edm;
use crate::entity::Kind;
use crate::properties::{Filtered, Place, Property};
use connector::graph::address::literal;
use protocol::azure_ad_graph::failure::Failure;
use protocol::azure_ad_graph::version::Version;

/// What becomes of a filter.
#[derive(Clone, Debug, Default)]
pub struct Translated {
    /// What Microsoft Graph filters by, encoded for an address.
    pub graph: Option<String>,
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
                    (Edm::Moment, Test::Equals(value) | Test::AtLeast(value) | Test::AtMost(value)) => is_moment(value),
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
        let texts: Vec<String> = theirs.iter().map(|part| part.text(&mut advanced)).collect();
        Translated {
            graph: (!texts.is_empty()).then(|| texts.join("%20and%20")),
            advanced,
            here: (!ours.is_empty()).then_some(Filter::And(ours)),
        }
    }

    /// The text for an address.
    fn text(&self, advanced: &mut bool) -> String {
        let mut joined = |parts: &[Filter], word: &str| {
            let texts: Vec<String> = parts.iter().map(|part| part.text(advanced)).collect();
            format!("({})", texts.join(&format!("%20{word}%20")))
        };
        match self {
            Filter::And(parts) => joined(parts, "and"),
            Filter::Or(parts) => joined(parts, "or"),
            Filter::Is(property, test) => {
                *advanced |= property.filtered == Filtered::Advanced || *test == Test::Equals(Value::Null);
                test.text(property.source().unwrap_or_default(), property.edm)
            }
            Filter::Any(property, test) => {
                *advanced |= property.filtered == Filtered::Advanced;
                format!("{}/any(x:{})", property.source().unwrap_or_default(), test.text("x", Edm::Text))
            }
            Filter::SignsInAs(_, name) => name.text(),
        }
    }
}

impl SignInName {
    /// Microsoft Graph wants the issuer with the name. <https://learn.microsoft.com/en-us/graph/api/user-list?view=graph-rest-1.0>
    fn text(&self) -> String {
        let name = literal(&self.name);
        let of = |issuer: &String| {
            let issuer = literal(issuer);
            format!("identities/any(x:x/issuerAssignedId%20eq%20{name}%20and%20x/issuer%20eq%20{issuer})")
        };
        format!("({})", self.issuers.iter().map(of).collect::<Vec<_>>().join("%20or%20"))
    }
}

/// The domains of a directory, which issue names to sign in with.
fn domains(directory: &[String]) -> Result<Vec<String>, Failure> {
    let domains: Vec<String> = directory.iter().filter(|name| name.contains('.')).cloned().collect();
    let none = "$filter takes signInNames where the gateway knows a domain of the directory (GATEWAY_DIRECTORY).";
    if domains.is_empty() { Err(Failure::unsupported_query(none)) } else { Ok(domains) }
}

impl Test {
    fn text(&self, name: &str, edm: Edm) -> String {
        let value = |value: &Value| match (value, edm) {
            // Without quotes: `is_moment` let nothing else through.
            (Value::String(text), Edm::Moment) => literal(text).trim_matches('\'').to_owned(),
            (Value::String(text), _) => literal(text),
            (other, _) => other.to_string(),
        };
        match self {
            Test::Equals(other) => format!("{name}%20eq%20{}", value(other)),
            Test::AtLeast(other) => format!("{name}%20ge%20{}", value(other)),
            Test::AtMost(other) => format!("{name}%20le%20{}", value(other)),
            Test::StartsWith(text) => format!("startswith({name},{})", literal(text)),
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

/// Whether a value is a date and a time. It stands without quotes in the filter that is sent, so nothing else may pass.
fn is_moment(value: &Value) -> bool {
    value.as_str().is_some_and(|text| {
        let shape = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
        let shape = String::from_utf8(shape.collect()).unwrap_or_default();
        let (whole, fraction) = shape.strip_suffix('Z').unwrap_or_default().split_at_checked(19).unwrap_or_default();
        whole == "0000-00-00T00:00:00" && fraction.strip_prefix('.').unwrap_or(fraction).bytes().all(|byte| byte == b'0')
    })
}

fn misfit(name: &str, kind: Kind) -> Failure {
    let name = shorten(name);
    Failure::unsupported_query(format!("$filter does not compare the property '{name}' of {} in this way.", kind.name()))
        .with("PropertyName", name)
}
