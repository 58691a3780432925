//! The language of filters, as text.
//!
//! It is read without recursion: what is open at a place is on a list, whose length has a limit.

use std::mem;

use serde_json::{Number, Value};

use super::expression::{Filter, Operator};
use crate::error::{Error, Result};

/// How deep parentheses nest at most: `QueryFilterParser.VALUE_OF_MAX_DEPTH`. CREST counts four for each parenthesis, and so
/// refuses the sixty-fourth already; this is what its message says.
const NESTING: usize = 256;

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
    /// Reads the value of `_queryFilter`, percent-decoded.
    ///
    /// ```text
    /// filter      = conjunction *( "or" conjunction )
    /// conjunction = term *( "and" term )
    /// term        = [ "!" ] ( "(" filter ")" | field operator value | field "pr" | "true" | "false" )
    /// field       = [ "/" ] name [ "/" ]    ; a JSON pointer of one level: ~0 is ~, ~1 is /
    /// operator    = "eq" | "co" | "sw" | "ew" | "lt" | "le" | "gt" | "ge" | "ca"
    /// value       = number | "true" | "false" | text in " or '    ; a backslash takes the next character as it is
    /// ```
    ///
    /// `co`, `sw` and `ew` take a text. Names keep their case, the other words are taken in any; white space is needed only where
    /// two words would run together. Nothing that was read nests deeper than 256 levels of parentheses, so that what walks through
    /// a filter may call itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidAttributeValue`](crate::error::ErrorKind::InvalidAttributeValue) of `_queryFilter`, where the text is not of this
    /// language or nests deeper. The message says what was wrong, and at which character, counted from 1.
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
            Token::Open if outer.len() == NESTING => {
                return Err(tokens.error(at, format!("parentheses nest deeper than {NESTING} levels")));
            }
            Token::Open => {
                outer.push(mem::replace(&mut level, Level { opened: at, negated, ..Level::default() }));
                continue;
            }
            Token::Word(word) => negated_if(negated, assertion(&mut tokens, at, word)?),
            _ => return Err(tokens.unwanted(at, &token, "an attribute, true, false or a parenthesis")),
        };
        // After a term: what joins it to the next one, or the end of this level, which is itself a term of the one around it.
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
                    let Some(around) = outer.pop() else { return Err(tokens.error(at, "this parenthesis closes none")) };
                    let inner = mem::replace(&mut level, around);
                    term = negated_if(inner.negated, inner.end());
                }
                Token::End if outer.is_empty() => return Ok(level.end()),
                Token::End => return Err(tokens.error(level.opened, "this parenthesis is never closed")),
                _ => return Err(tokens.unwanted(at, &token, "'and', 'or' or the end")),
            }
        }
    }
}

/// What is known of the expression in one pair of parentheses, or around all of them.
#[derive(Default)]
struct Level {
    /// Where it was opened.
    opened: usize,
    /// Whether it was opened after a `!`.
    negated: bool,
    /// What has been read of it before the last `or`.
    alternatives: Vec<Filter>,
    /// What has been read of it since.
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

/// The parts as one filter: a single one is itself.
fn join(mut parts: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}

fn negated_if(negated: bool, filter: Filter) -> Filter {
    if negated { Filter::Not(Box::new(filter)) } else { filter }
}

/// What begins with a word: a constant, or an attribute with what is said of it.
fn assertion(tokens: &mut Tokens, at: usize, word: &str) -> Result<Filter> {
    if let Some(constant) = boolean(word) {
        return Ok(Filter::Constant(constant));
    }
    let field = field(word).map_err(|problem| tokens.error(at, problem))?;
    let (at, token) = tokens.next()?;
    let Token::Word(name) = token else { return Err(tokens.unwanted(at, &token, "an operator")) };
    if name.eq_ignore_ascii_case("pr") {
        return Ok(Filter::Presence(field));
    }
    let Some((_, operator)) = OPERATORS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)) else {
        let known: Vec<&str> = OPERATORS.iter().map(|(name, _)| *name).collect();
        return Err(tokens.error(at, format!("{} is no operator; there are {} and pr", shown(name), known.join(", "))));
    };
    let (at, token) = tokens.next()?;
    let value = match token {
        Token::Text(text) => Value::String(text),
        Token::Word(word) => match scalar(word) {
            Some(value) => value,
            None => return Err(tokens.error(at, format!("{} is no value: texts are put in quotes", shown(word)))),
        },
        _ => return Err(tokens.unwanted(at, &token, "a value")),
    };
    // ICF's `StringFilter` says so too. CREST's language has such values, and they would find nothing.
    if matches!(operator, Operator::Contains | Operator::StartsWith | Operator::EndsWith) && !value.is_string() {
        return Err(tokens.error(at, format!("{name} takes a text in quotes")));
    }
    Ok(Filter::Comparison { field, operator: *operator, value })
}

/// The name that a pointer of one level has. CREST ignores a slash before and one after it (`JsonPointer`).
///
/// The escapes are those of RFC 6901. CREST's `JsonPointer` has percent-encoding instead, which the address has taken off already.
fn field(pointer: &str) -> std::result::Result<String, String> {
    let name = pointer.strip_prefix('/').unwrap_or(pointer);
    let name = name.strip_suffix('/').unwrap_or(name);
    if name.is_empty() || name.contains('/') {
        let problem = "does not name one whole attribute. Only one level JsonPointer supported";
        return Err(format!("{} {problem}", shown(pointer)));
    }
    if name.split('~').skip(1).any(|after| !after.starts_with(['0', '1'])) {
        return Err(format!("{} has a ~ without 0 or 1 after it: ~ is written ~0, and / is written ~1", shown(pointer)));
    }
    Ok(name.replace("~1", "/").replace("~0", "~"))
}

/// A value that is no text.
fn scalar(word: &str) -> Option<Value> {
    if let Some(constant) = boolean(word) {
        return Some(Value::Bool(constant));
    }
    if word.contains('.') {
        return Number::from_f64(word.parse().ok()?).map(Value::Number);
    }
    word.parse::<i64>().ok().map(Value::from)
}

fn boolean(word: &str) -> Option<bool> {
    [("true", true), ("false", false)].into_iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// A word as a message shows it, the beginning of a long one.
fn shown(word: &str) -> String {
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
    /// Anything without quotes: a name, an operator, a number.
    Word(&'a str),
    /// What was in quotes, without its escapes.
    Text(String),
    End,
}

/// The text, and what has not been read of it.
struct Tokens<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// The next token, and where it begins.
    ///
    /// To CREST's tokenizer `!` is an operator only where a space or a parenthesis follows, against the grammar above it; here it
    /// is one wherever a term may begin, and a name that begins with it is written with a slash.
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
                return Ok((at, Token::Text(self.quoted(at, quote)?)));
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

    /// The text up to the closing quote, which the opening one at `at` wants.
    fn quoted(&mut self, at: usize, quote: char) -> Result<String> {
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
        Err(self.error(at, "this quote is never closed"))
    }

    /// Something else was wanted at the byte `at`.
    fn unwanted(&self, at: usize, found: &Token, wanted: &str) -> Error {
        let found = match found {
            Token::Open => "a parenthesis is opened".to_owned(),
            Token::Close => "a parenthesis is closed".to_owned(),
            Token::Not => "'!' stands".to_owned(),
            Token::Word(word) => format!("{} stands", shown(word)),
            Token::Text(_) => "a text in quotes stands".to_owned(),
            Token::End => "the filter ends".to_owned(),
        };
        self.error(at, format!("{found} where {wanted} is wanted"))
    }

    /// A failure at the byte `at`.
    fn error(&self, at: usize, problem: impl Into<String>) -> Error {
        let before = self.text.get(..at).unwrap_or_default();
        Error::invalid_attribute("_queryFilter", format!("at character {}: {}", before.chars().count() + 1, problem.into()))
    }
}
