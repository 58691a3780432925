//! Conditions of `$filter`, percent-encoded for an address.
//! <https://learn.microsoft.com/en-us/graph/filter-query-parameter>,
//! <https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html#sec_SystemQueryOptionfilter>

use std::fmt;

use super::address::encode;

/// A literal of OData, percent-encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal(String);

impl Literal {
    /// Creates a literal of the type String. Quotes in the text are doubled.
    /// <https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html#sec_URLSyntax>
    pub fn string(text: &str) -> Literal {
        Literal(format!("'{}'", encode(&text.replace('\'', "''"))))
    }

    /// Creates a literal of the type Boolean.
    pub fn boolean(value: bool) -> Literal {
        Literal(value.to_string())
    }

    /// Creates a literal of the type DateTimeOffset. `None` if the text is not one: the literal has no quotes around it.
    pub fn date_time_offset(text: &str) -> Option<Literal> {
        is_date_time_offset(text).then(|| Literal(encode(text)))
    }

    /// Creates the literal `null`.
    pub fn null() -> Literal {
        Literal("null".to_owned())
    }
}

/// Checks whether a text is a date and a time in UTC, such as `2026-01-31T09:00:00Z`, with a fraction of a second or without.
pub fn is_date_time_offset(text: &str) -> bool {
    let shape = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    let shape = String::from_utf8(shape.collect()).unwrap_or_default();
    let (whole, fraction) = shape.strip_suffix('Z').unwrap_or_default().split_at_checked(19).unwrap_or_default();
    whole == "0000-00-00T00:00:00" && fraction.strip_prefix('.').unwrap_or(fraction).bytes().all(|byte| byte == b'0')
}

/// A condition of `$filter`, percent-encoded. It is built from names of properties, operators and literals only.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterText(String);

impl FilterText {
    /// Creates `{property} eq {value}`.
    pub fn equals(property: &'static str, value: &Literal) -> FilterText {
        FilterText(format!("{property}%20eq%20{}", value.0))
    }

    /// Creates `{property} ge {value}`.
    pub fn greater_or_equal(property: &'static str, value: &Literal) -> FilterText {
        FilterText(format!("{property}%20ge%20{}", value.0))
    }

    /// Creates `{property} le {value}`.
    pub fn less_or_equal(property: &'static str, value: &Literal) -> FilterText {
        FilterText(format!("{property}%20le%20{}", value.0))
    }

    /// Creates `startswith({property},'{text}')`.
    pub fn starts_with(property: &'static str, text: &str) -> FilterText {
        FilterText(format!("startswith({property},{})", Literal::string(text).0))
    }

    /// Creates `endswith({property},'{text}')`.
    pub fn ends_with(property: &'static str, text: &str) -> FilterText {
        FilterText(format!("endswith({property},{})", Literal::string(text).0))
    }

    /// Creates `{collection}/any({variable}:{condition})`.
    pub fn any(collection: &'static str, variable: &'static str, condition: FilterText) -> FilterText {
        FilterText(format!("{collection}/any({variable}:{})", condition.0))
    }

    /// Creates the condition that the MAPI property of that id has that value.
    /// <https://learn.microsoft.com/en-us/graph/api/singlevaluelegacyextendedproperty-get>
    pub fn extended_property_equals(id: &str, value: &str) -> FilterText {
        let (id, value) = (Literal::string(id).0, Literal::string(value).0);
        FilterText(format!("singleValueExtendedProperties/Any(ep:%20ep/id%20eq%20{id}%20and%20ep/value%20eq%20{value})"))
    }

    /// Joins conditions with `and`. `None` if there are none.
    pub fn join_and(conditions: Vec<FilterText>) -> Option<FilterText> {
        join(conditions, "%20and%20")
    }

    /// Joins conditions with `or`. `None` if there are none.
    pub fn join_or(conditions: Vec<FilterText>) -> Option<FilterText> {
        join(conditions, "%20or%20")
    }

    /// Puts parentheses around the condition.
    pub fn parenthesize(self) -> FilterText {
        FilterText(format!("({})", self.0))
    }
}

fn join(conditions: Vec<FilterText>, operator: &str) -> Option<FilterText> {
    let texts: Vec<String> = conditions.into_iter().map(|condition| condition.0).collect();
    (!texts.is_empty()).then(|| FilterText(texts.join(operator)))
}

impl fmt::Display for FilterText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
