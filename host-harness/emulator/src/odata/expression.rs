//! Expressions of `$filter`: their tokens, and the comparison of strings in them.

use crate::odata::error::{GraphError, Outcome};

/// Returns whether two strings are equal to Exchange, which ignores case. That Graph's contacts do so too is unverified.
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

/// Returns whether a string begins with another, without case.
pub(crate) fn has_prefix(text: &str, start: &str) -> bool {
    text.to_lowercase().starts_with(&start.to_lowercase())
}

/// A token of an expression.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FilterToken {
    /// A name, an operator or a number.
    Word(String),
    /// The text between quotes.
    Quoted(String),
    /// Any other character.
    Mark(char),
}

/// Splits an expression into tokens. Fails on a string without its closing quote.
pub(crate) fn tokenize(expression: &str) -> Outcome<Vec<FilterToken>> {
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
            tokens.push(FilterToken::Quoted(text));
        } else if is_word_char(letter) {
            let mut word = String::from(letter);
            while let Some((_, next)) = letters.next_if(|(_, next)| is_word_char(*next)) {
                word.push(next);
            }
            tokens.push(FilterToken::Word(word));
        } else {
            tokens.push(FilterToken::Mark(letter));
        }
    }
    Ok(tokens)
}

fn is_word_char(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '.' | '@' | '$' | '-')
}
