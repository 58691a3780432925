//! `$filter` on contacts: only the few forms that Outlook supports.
//!
//! Documented forms: by e-mail address (<https://learn.microsoft.com/graph/api/user-list-contacts>), by extended property
//! (<https://learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-get>) and by open extension
//! (<https://learn.microsoft.com/graph/api/opentypeextension-get>). `startswith` and `or` work by microsoft-graph-docs#6423, and
//! clients use `eq` on folders. `contains(displayName, 'a')` works by Microsoft's sample of a message extension (`contactME.js`).
//! `contains` on the collection of addresses and other operators in a lambda do not work (#562, #2933).

use crate::odata::error::{GraphError, Outcome};
use crate::odata::expression::{FilterToken, tokenize};

/// A condition on a contact or a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ContactFilter {
    /// `property eq 'value'`
    Equal { property: String, value: String },
    /// `startswith(property,'value')`
    StartsWith { property: String, value: String },
    /// `contains(property,'value')`
    Contains { property: String, value: String },
    /// `emailAddresses/any(a:a/address eq 'value')`
    EmailAddress(String),
    /// `Extensions/any(f:f/id eq 'id')`
    Extension(String),
    /// `singleValueExtendedProperties/Any(ep: ep/id eq 'id' and ep/value eq 'value')`
    ExtendedProperty { id: String, value: String },
    /// Two or more of the others, joined by `or`.
    Any(Vec<ContactFilter>),
}

impl ContactFilter {
    /// Parses an expression. A string without its closing quote is a syntax error, any other form an invalid node.
    pub(crate) fn parse(expression: &str) -> Outcome<Self> {
        let tokens = tokenize(expression)?;
        let view: Vec<TokenView> = tokens.iter().map(FilterToken::as_view).collect();
        let mut depth = 0_i32;
        let terms = view.split(|token| {
            match token {
                TokenView::Mark('(') => depth += 1,
                TokenView::Mark(')') => depth -= 1,
                _ => {}
            }
            depth == 0 && *token == TokenView::Word("or")
        });
        let mut filters = terms.map(Self::parse_term).collect::<Outcome<Vec<_>>>()?;
        Ok(if filters.len() == 1 { filters.remove(0) } else { Self::Any(filters) })
    }

    /// Returns the property that the filter compares, of each of its parts.
    pub(crate) fn list_properties(&self) -> Vec<&str> {
        match self {
            Self::Equal { property, .. } | Self::StartsWith { property, .. } | Self::Contains { property, .. } => vec![property],
            Self::Any(filters) => filters.iter().flat_map(Self::list_properties).collect(),
            Self::EmailAddress(_) | Self::Extension(_) | Self::ExtendedProperty { .. } => Vec::new(),
        }
    }

    fn parse_term(view: &[TokenView]) -> Outcome<Self> {
        use TokenView::{Mark, Quoted, Word};
        #[rustfmt::skip]
        let filter = match view {
            [Word(property), Word("eq"), Quoted(value)] => {
                Self::Equal { property: (*property).into(), value: (*value).into() }
            }
            [Word("startswith"), Mark('('), Word(property), Mark(','), Quoted(value), Mark(')')] => {
                Self::StartsWith { property: (*property).into(), value: (*value).into() }
            }
            [Word("contains"), Mark('('), Word(property), Mark(','), Quoted(value), Mark(')')] => {
                Self::Contains { property: (*property).into(), value: (*value).into() }
            }
            [Word("contains" | "startswith"), Mark('('), Word("emailAddresses"), Mark('/'), Word(member), Mark(','), ..] => {
                return Err(GraphError::not_single_value(member));
            }
            [Word("emailAddresses"), Mark('/'), Word(any), Mark('('), Word(range), Mark(':'),
             Word(email), Mark('/'), Word("address"), Word("eq"), Quoted(value), Mark(')')]
            if is_any(any) && range == email => {
                Self::EmailAddress((*value).into())
            }
            [Word("Extensions" | "extensions"), Mark('/'), Word(any), Mark('('), Word(range), Mark(':'),
             Word(one), Mark('/'), Word("id"), Word("eq"), Quoted(id), Mark(')')]
            if is_any(any) && range == one => {
                Self::Extension((*id).into())
            }
            [Word("singleValueExtendedProperties"), Mark('/'), Word(any), Mark('('), Word(range), Mark(':'),
             Word(first), Mark('/'), Word("id"), Word("eq"), Quoted(id), Word("and"),
             Word(second), Mark('/'), Word("value"), Word("eq"), Quoted(value), Mark(')')]
            if is_any(any) && range == first && range == second => {
                Self::ExtendedProperty { id: (*id).into(), value: (*value).into() }
            }
            _ => return Err(GraphError::invalid_filter()),
        };
        Ok(filter)
    }
}

/// Parses the ids of `id eq 'a' or id eq 'b'`, the filter inside an `$expand` of extended properties.
pub(crate) fn parse_ids(expression: &str) -> Outcome<Vec<String>> {
    let tokens = tokenize(expression)?;
    let view: Vec<TokenView> = tokens.iter().map(FilterToken::as_view).collect();
    view.split(|token| *token == TokenView::Word("or"))
        .map(|term| match term {
            [TokenView::Word("id"), TokenView::Word("eq"), TokenView::Quoted(id)] => Ok((*id).to_owned()),
            _ => Err(GraphError::invalid_filter()),
        })
        .collect()
}

fn is_any(word: &str) -> bool {
    word.eq_ignore_ascii_case("any")
}

/// A borrowed token, so that patterns can match its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenView<'a> {
    Word(&'a str),
    Quoted(&'a str),
    Mark(char),
}

impl FilterToken {
    fn as_view(&self) -> TokenView<'_> {
        match self {
            Self::Word(word) => TokenView::Word(word),
            Self::Quoted(text) => TokenView::Quoted(text),
            Self::Mark(mark) => TokenView::Mark(*mark),
        }
    }
}
