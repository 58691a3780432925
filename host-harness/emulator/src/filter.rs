//! `$filter`: the few forms that Outlook honours for contacts, and nothing else.
//!
//! Documented is only the e-mail address form (<https://learn.microsoft.com/graph/api/user-list-contacts>) and the one for
//! extended properties (<https://learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-get>) and for open extensions
//! (<https://learn.microsoft.com/graph/api/opentypeextension-get>); `startswith` works by
//! microsoft-graph-docs#6423, `eq` is in use on folders, `contains` and other operators in a lambda do not work (#562, #2933).

use super::error::{GraphError, Outcome};

/// A condition on one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Filter {
    /// `property eq 'value'`
    Equal { property: String, value: String },
    /// `startswith(property,'value')`
    StartsWith { property: String, value: String },
    /// `emailAddresses/any(a:a/address eq 'value')`
    EmailAddress(String),
    /// `Extensions/any(f:f/id eq 'id')`
    Extension(String),
    /// `singleValueExtendedProperties/Any(ep: ep/id eq 'id' and ep/value eq 'value')`
    ExtendedProperty { id: String, value: String },
}

/// Whether two strings are equal, or one begins with the other, to Exchange: it does not tell upper from lower case. That
/// Graph's contacts inherit this is unverified.
pub(super) fn same(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

/// As [`same`], for the beginning.
pub(super) fn begins(text: &str, start: &str) -> bool {
    text.to_lowercase().starts_with(&start.to_lowercase())
}

/// A piece of an expression.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, an operator or a number.
    Word(String),
    /// What stood between quotes.
    Text(String),
    /// Anything else.
    Mark(char),
}

impl Filter {
    /// Reads an expression. A text without its closing quote is a syntax error; everything else that is not one of the forms
    /// is an invalid node.
    pub(super) fn parse(expression: &str) -> Outcome<Self> {
        let tokens = tokens(expression)?;
        let view: Vec<View> = tokens.iter().map(Token::view).collect();
        use View::{Mark as M, Text as T, Word as W};
        #[rustfmt::skip]
        let filter = match view.as_slice() {
            [W(property), W("eq"), T(value)] => {
                Self::Equal { property: (*property).into(), value: (*value).into() }
            }
            [W("startswith"), M('('), W(property), M(','), T(value), M(')')] => {
                Self::StartsWith { property: (*property).into(), value: (*value).into() }
            }
            [W("emailAddresses"), M('/'), W(any), M('('), W(range), M(':'),
             W(email), M('/'), W("address"), W("eq"), T(value), M(')')]
            if is_any(any) && range == email => {
                Self::EmailAddress((*value).into())
            }
            [W("Extensions" | "extensions"), M('/'), W(any), M('('), W(range), M(':'),
             W(one), M('/'), W("id"), W("eq"), T(id), M(')')]
            if is_any(any) && range == one => {
                Self::Extension((*id).into())
            }
            [W("singleValueExtendedProperties"), M('/'), W(any), M('('), W(range), M(':'),
             W(first), M('/'), W("id"), W("eq"), T(id), W("and"), W(second), M('/'), W("value"), W("eq"), T(value), M(')')]
            if is_any(any) && range == first && range == second => {
                Self::ExtendedProperty { id: (*id).into(), value: (*value).into() }
            }
            _ => return Err(GraphError::invalid_filter()),
        };
        Ok(filter)
    }
}

/// The ids of `id eq 'a' or id eq 'b'`, the filter inside an `$expand` of extended properties.
pub(super) fn ids(expression: &str) -> Outcome<Vec<String>> {
    let tokens = tokens(expression)?;
    let view: Vec<View> = tokens.iter().map(Token::view).collect();
    view.split(|token| *token == View::Word("or"))
        .map(|term| match term {
            [View::Word("id"), View::Word("eq"), View::Text(id)] => Ok((*id).to_owned()),
            _ => Err(GraphError::invalid_filter()),
        })
        .collect()
}

fn is_any(word: &str) -> bool {
    word.eq_ignore_ascii_case("any")
}

/// A token by reference, so that forms can be written as patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View<'a> {
    Word(&'a str),
    Text(&'a str),
    Mark(char),
}

impl Token {
    fn view(&self) -> View<'_> {
        match self {
            Self::Word(word) => View::Word(word),
            Self::Text(text) => View::Text(text),
            Self::Mark(mark) => View::Mark(*mark),
        }
    }
}

/// The pieces of an expression. Fails on a text without its closing quote.
pub(super) fn tokens(expression: &str) -> Outcome<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut letters = expression.char_indices().peekable();
    while let Some((start, letter)) = letters.next() {
        if letter.is_whitespace() {
            continue;
        }
        if letter == '\'' {
            let mut text = String::new();
            loop {
                match letters.next() {
                    Some((_, '\'')) if letters.next_if(|(_, next)| *next == '\'').is_some() => text.push('\''),
                    Some((_, '\'')) => break,
                    Some((_, other)) => text.push(other),
                    None => {
                        return Err(GraphError::bad_request(format!(
                            "Invalid filter clause: There is an unterminated string literal at position {start} in '{expression}'."
                        )));
                    }
                }
            }
            tokens.push(Token::Text(text));
        } else if is_word(letter) {
            let mut word = String::from(letter);
            while let Some((_, next)) = letters.next_if(|(_, next)| is_word(*next)) {
                word.push(next);
            }
            tokens.push(Token::Word(word));
        } else {
            tokens.push(Token::Mark(letter));
        }
    }
    Ok(tokens)
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '.' | '@' | '$' | '-')
}
