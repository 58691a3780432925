//! The parser of the filter language.
//!
//! It does not recurse: open parentheses are on a stack with a maximum depth.

use std::mem;

use serde_json::{Number, Value};

use super::expression::{Filter, Operator};
use crate::error::{Error, Result};

/// The maximum depth of parentheses: `QueryFilterParser.VALUE_OF_MAX_DEPTH`. CREST counts four for each parenthesis, and so rejects the
/// sixty-fourth. Its message names this number.
const MAX_DEPTH: usize = 256;

/// The operators that take a value.
const OPERATORS: [(&str, Operator); 9] = [
    ("eq", Operator::Equals),
    ("co", Operator::Contains),
    ("sw", Operator::StartsWith),
    ("ew", Operator::EndsWith),
    ("lt", Operator::LessThan),
    ("le", Operator::LessThanOrEqual),
    ("gt", Operator::GreaterThan),
    ("ge", Operator::GreaterThanOrEqual),
    ("ca", Operator::ContainsAll),
];

impl Filter {
    /// Parses the value of `_queryFilter`, percent-decoded.
    ///
    /// ```text
    /// filter      = conjunction *( "or" conjunction )
    /// conjunction = term *( "and" term )
    /// term        = [ "!" ] ( "(" filter ")" | field operator value | field "pr" | "true" | "false" )
    /// field       = [ "/" ] name [ "/" ]    ; a JSON pointer of one level: ~0 is ~, ~1 is /
    /// operator    = "eq" | "co" | "sw" | "ew" | "lt" | "le" | "gt" | "ge" | "ca"
    /// value       = number | "true" | "false" | string in " or '    ; a backslash escapes the next character
    /// ```
    ///
    /// `co`, `sw` and `ew` require a string. Names are case-sensitive, other words are not. White space is required only between two
    /// words. A parsed filter nests at most 256 levels deep, so that code can recurse through it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAttributeValue`](crate::error::ErrorKind::InvalidAttributeValue) of `_queryFilter`, if the text is not
    /// valid, or nests deeper. The message has the problem, and the position of the character, counted from 1.
    pub fn parse(text: &str) -> Result<Filter> {
        parse_filter(text)
    }
}

fn parse_filter(text: &str) -> Result<Filter> {
    let mut tokens = Tokens { text, rest: text };
    let mut outer: Vec<Level> = Vec::new();
    let mut level = Level::default();
    loop {
        let (mut at, mut token) = tokens.next()?;
        let negated = token == Token::Not;
        if negated {
            (at, token) = tokens.next()?;
        }
        let mut term = match token {
            Token::Open if outer.len() == MAX_DEPTH => {
                return Err(tokens.error(at, format!("parentheses nest deeper than {MAX_DEPTH} levels")));
            }
            Token::Open => {
                outer.push(mem::replace(&mut level, Level { opened: at, negated, ..Level::default() }));
                continue;
            }
            Token::Word(word) => negate_if(negated, parse_assertion(&mut tokens, at, word)?),
            _ => return Err(tokens.build_unexpected_error(at, &token, "an attribute, true, false or a parenthesis")),
        };
        // After a term: an operator, or the end of this level, which is itself a term of the outer level.
        loop {
            level.conjunction.push(term);
            let (at, token) = tokens.next()?;
            match token {
                Token::Word(word) if word.eq_ignore_ascii_case("and") => break,
                Token::Word(word) if word.eq_ignore_ascii_case("or") => {
                    level.end_conjunction();
                    break;
                }
                Token::Close => {
                    let Some(enclosing) = outer.pop() else {
                        return Err(tokens.error(at, "this closing parenthesis has no opening one"));
                    };
                    let inner = mem::replace(&mut level, enclosing);
                    term = negate_if(inner.negated, inner.end());
                }
                Token::End if outer.is_empty() => return Ok(level.end()),
                Token::End => return Err(tokens.error(level.opened, "this parenthesis is not closed")),
                _ => return Err(tokens.build_unexpected_error(at, &token, "'and', 'or' or the end")),
            }
        }
    }
}

/// An open level: the expression in a pair of parentheses, or the outermost one.
#[derive(Default)]
struct Level {
    /// The position of its opening.
    opened: usize,
    /// Whether it follows a `!`.
    negated: bool,
    /// The conjunctions before the last `or`.
    alternatives: Vec<Filter>,
    /// The terms since.
    conjunction: Vec<Filter>,
}

impl Level {
    fn end_conjunction(&mut self) {
        self.alternatives.push(join(mem::take(&mut self.conjunction), Filter::And));
    }

    fn end(mut self) -> Filter {
        self.end_conjunction();
        join(self.alternatives, Filter::Or)
    }
}

/// Joins parts to one filter. A single part stays as it is.
fn join(mut parts: Vec<Filter>, combine: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            combine(parts)
        }
    }
}

fn negate_if(negated: bool, filter: Filter) -> Filter {
    if negated { Filter::Not(Box::new(filter)) } else { filter }
}

/// Parses a term that starts with a word: a constant, or an attribute with its condition.
fn parse_assertion(tokens: &mut Tokens, at: usize, word: &str) -> Result<Filter> {
    if let Some(constant) = parse_boolean(word) {
        return Ok(Filter::Constant(constant));
    }
    let field = parse_field(word).map_err(|problem| tokens.error(at, problem))?;
    let (at, token) = tokens.next()?;
    let Token::Word(name) = token else { return Err(tokens.build_unexpected_error(at, &token, "an operator")) };
    if name.eq_ignore_ascii_case("pr") {
        return Ok(Filter::Presence(field));
    }
    let Some((_, operator)) = OPERATORS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)) else {
        let known: Vec<&str> = OPERATORS.iter().map(|(name, _)| *name).collect();
        return Err(tokens.error(at, format!("expected an operator ({}, pr), found {}", known.join(", "), quote(name))));
    };
    let (at, token) = tokens.next()?;
    let value = match token {
        Token::String(text) => Value::String(text),
        Token::Word(word) => match parse_scalar(word) {
            Some(value) => value,
            None => return Err(tokens.error(at, format!("expected a value, found {}: put strings in quotes", quote(word)))),
        },
        _ => return Err(tokens.build_unexpected_error(at, &token, "a value")),
    };
    // So does ICF's `StringFilter`. CREST's language accepts other values, which match nothing.
    if matches!(operator, Operator::Contains | Operator::StartsWith | Operator::EndsWith) && !value.is_string() {
        return Err(tokens.error(at, format!("{name} requires a string in quotes")));
    }
    Ok(Filter::Comparison { field, operator: *operator, value })
}

/// Parses a pointer of one level to a name. CREST ignores a slash before and after it (`JsonPointer`).
///
/// The escapes are those of RFC 6901. CREST's `JsonPointer` uses percent-encoding in place of them, which is already decoded.
fn parse_field(pointer: &str) -> std::result::Result<String, String> {
    let name = pointer.strip_prefix('/').unwrap_or(pointer);
    let name = name.strip_suffix('/').unwrap_or(name);
    if name.is_empty() || name.contains('/') {
        let problem = "does not name one whole attribute. Only one level JsonPointer supported";
        return Err(format!("{} {problem}", quote(pointer)));
    }
    if name.split('~').skip(1).any(|after| !after.starts_with(['0', '1'])) {
        return Err(format!("{} has a ~ without 0 or 1 after it: write ~0 for ~ and ~1 for /", quote(pointer)));
    }
    Ok(name.replace("~1", "/").replace("~0", "~"))
}

/// Parses a value that is not a string.
fn parse_scalar(word: &str) -> Option<Value> {
    if let Some(constant) = parse_boolean(word) {
        return Some(Value::Bool(constant));
    }
    if word.contains('.') {
        return Number::from_f64(word.parse().ok()?).map(Value::Number);
    }
    word.parse::<i64>().ok().map(Value::from)
}

fn parse_boolean(word: &str) -> Option<bool> {
    [("true", true), ("false", false)].into_iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Returns a word in quotes for a message, shortened.
fn quote(word: &str) -> String {
    let mut start: String = word.chars().take(40).collect();
    if start.len() < word.len() {
        start.push('…');
    }
    format!("'{start}'")
}

#[derive(Debug, PartialEq)]
enum Token<'a> {
    Open,
    Close,
    Not,
    /// A word without quotes: a name, an operator, a number.
    Word(&'a str),
    /// A string in quotes, without its escapes.
    String(String),
    End,
}

/// The tokens of a text, and its remaining part.
struct Tokens<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// Returns the next token, and its position.
    ///
    /// To CREST's tokenizer, against its own grammar, `!` is an operator only before a space or a parenthesis. Here it is an operator
    /// wherever a term can start. A name that starts with it requires a slash.
    fn next(&mut self) -> Result<(usize, Token<'a>)> {
        self.rest = self.rest.trim_ascii_start();
        let at = self.text.len() - self.rest.len();
        let mut after = self.rest.chars();
        let token = match after.next() {
            None => Token::End,
            Some('(') => Token::Open,
            Some(')') => Token::Close,
            Some('!') => Token::Not,
            Some(quote @ ('"' | '\'')) => {
                self.rest = after.as_str();
                return Ok((at, Token::String(self.parse_string(at, quote)?)));
            }
            Some(_) => {
                let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '(' | ')');
                let end = self.rest.find(ends).unwrap_or(self.rest.len());
                let (word, rest) = self.rest.split_at(end);
                self.rest = rest;
                return Ok((at, Token::Word(word)));
            }
        };
        self.rest = after.as_str();
        Ok((at, token))
    }

    /// Parses a string up to the quote that closes the one at `at`.
    fn parse_string(&mut self, at: usize, quote: char) -> Result<String> {
        let mut text = String::new();
        let mut chars = self.rest.chars();
        while let Some(c) = chars.next() {
            if c == quote {
                self.rest = chars.as_str();
                return Ok(text);
            }
            let literal = if c == '\\' { chars.next() } else { Some(c) };
            text.extend(literal);
        }
        Err(self.error(at, "this quote is not closed"))
    }

    /// Creates the error for another token than the expected one, at the byte `at`.
    fn build_unexpected_error(&self, at: usize, found: &Token, expected: &str) -> Error {
        let found = match found {
            Token::Open => "'('".to_owned(),
            Token::Close => "')'".to_owned(),
            Token::Not => "'!'".to_owned(),
            Token::Word(word) => quote(word),
            Token::String(_) => "a string in quotes".to_owned(),
            Token::End => "the end".to_owned(),
        };
        self.error(at, format!("expected {expected}, found {found}"))
    }

    /// Creates an error at the byte `at`.
    fn error(&self, at: usize, problem: impl Into<String>) -> Error {
        let before = self.text.get(..at).unwrap_or_default();
        Error::invalid_attribute("_queryFilter", format!("at character {}: {}", before.chars().count() + 1, problem.into()))
    }
}
