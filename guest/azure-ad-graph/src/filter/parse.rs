//! The parser of filters.

use connector::contact::Instant;
use protocol::shorten::shorten;
use serde_json::{Value, json};

use super::expression::{Comparison, ParsedFilter};
use protocol::azure_ad_graph::failure::Failure;

/// The most levels of parentheses. Each level takes some of the stack.
const MAX_NESTING: usize = 50;
/// The most bytes of a filter. An address of Azure AD Graph could not have that many.
const MAX_BYTES: usize = 16 << 10;

/// Parses a filter.
pub fn parse_filter(text: &str) -> Result<ParsedFilter, Failure> {
    if text.len() > MAX_BYTES {
        return Err(Failure::unsupported_query(format!("$filter has more than {MAX_BYTES} bytes: shorten it.")));
    }
    let mut parser = Parser { rest: text, text, depth: 0 };
    let filter = parser.parse_or()?;
    match parser.next()? {
        Token::End => Ok(filter),
        other => Err(parser.unexpected(&other, "'and', 'or' or the end")),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token<'t> {
    Open,
    Close,
    Comma,
    Colon,
    /// A name, a path of names, an operator, `true`, `false` or `null`.
    Word(&'t str),
    Literal(Value),
    End,
}

struct Parser<'t> {
    text: &'t str,
    rest: &'t str,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn parse_or(&mut self) -> Result<ParsedFilter, Failure> {
        let mut parts = vec![self.parse_and()?];
        while self.take_word("or")? {
            parts.push(self.parse_and()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { ParsedFilter::Or(parts) })
    }

    fn parse_and(&mut self) -> Result<ParsedFilter, Failure> {
        let mut parts = vec![self.parse_term()?];
        while self.take_word("and")? {
            parts.push(self.parse_term()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { ParsedFilter::And(parts) })
    }

    fn parse_term(&mut self) -> Result<ParsedFilter, Failure> {
        match self.next()? {
            Token::Open => {
                self.depth += 1;
                if self.depth > MAX_NESTING {
                    return Err(Failure::unsupported_query(format!(
                        "$filter: the parentheses have more than {MAX_NESTING} levels."
                    )));
                }
                let inner = self.parse_or()?;
                self.expect_token(&Token::Close, "')'")?;
                self.depth -= 1;
                Ok(inner)
            }
            Token::Word(word) => self.parse_condition(word),
            other => Err(self.unexpected(&other, "a property, a function or '('")),
        }
    }

    /// Parses a condition that begins with a word: a comparison or a function.
    fn parse_condition(&mut self, word: &'t str) -> Result<ParsedFilter, Failure> {
        if let Some(name) = word.strip_suffix("/any") {
            return self.parse_any(name);
        }
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            "startswith" => {
                let (name, text) = self.parse_starts_with()?;
                Ok(ParsedFilter::Property(name, Comparison::StartsWith(text)))
            }
            "isof" => {
                self.expect_token(&Token::Open, "'('")?;
                let name = self.parse_string("a type in quotes")?;
                self.expect_token(&Token::Close, "')'")?;
                Ok(ParsedFilter::IsOf(name))
            }
            "not" => Err(unsupported("the operator 'not'")),
            _ if word.ends_with("/all") => Err(unsupported("the operator 'all'")),
            _ if self.rest.trim_start().starts_with('(') => Err(unsupported(&format!("the function '{word}'"))),
            _ => {
                let comparison = self.parse_comparison()?;
                Ok(ParsedFilter::Property(word.to_owned(), comparison))
            }
        }
    }

    /// Parses `(x:x eq 'value')`, `(x:x/member eq 'value')` or `(x:startswith(x,'value'))`.
    fn parse_any(&mut self, name: &str) -> Result<ParsedFilter, Failure> {
        self.expect_token(&Token::Open, "'('")?;
        let variable = match self.next()? {
            Token::Word(variable) => variable,
            other => return Err(self.unexpected(&other, "a variable, as in any(x:x eq 'value')")),
        };
        self.expect_token(&Token::Colon, "':'")?;
        let (member, comparison) = match self.next()? {
            Token::Word(word) if word == variable => (None, self.parse_comparison()?),
            Token::Word(word) if word.strip_prefix(variable).is_some_and(|rest| rest.starts_with('/')) => {
                (word.split_once('/').map(|(_, member)| member.to_owned()), self.parse_comparison()?)
            }
            Token::Word(word) if word.eq_ignore_ascii_case("startswith") => {
                let (name_in_call, text) = self.parse_starts_with()?;
                if name_in_call != variable {
                    return Err(unsupported(&format!("'{name_in_call}' in {name}/any({variable}:...)")));
                }
                (None, Comparison::StartsWith(text))
            }
            Token::Word(word) => return Err(unsupported(&format!("'{word}' in {name}/any({variable}:...)"))),
            other => return Err(self.unexpected(&other, variable)),
        };
        self.expect_token(&Token::Close, "')'")?;
        Ok(ParsedFilter::AnyItem(name.to_owned(), member, comparison))
    }

    /// Parses `(name,'text')`.
    fn parse_starts_with(&mut self) -> Result<(String, String), Failure> {
        self.expect_token(&Token::Open, "'('")?;
        let name = match self.next()? {
            Token::Word(name) if !self.rest.trim_start().starts_with('(') => name.to_owned(),
            Token::Word(name) => return Err(unsupported(&format!("the function '{name}' in startswith"))),
            other => return Err(self.unexpected(&other, "a property")),
        };
        self.expect_token(&Token::Comma, "','")?;
        let text = self.parse_string("a string in quotes")?;
        self.expect_token(&Token::Close, "')'")?;
        Ok((name, text))
    }

    fn parse_string(&mut self, expected: &str) -> Result<String, Failure> {
        match self.next()? {
            Token::Literal(Value::String(text)) => Ok(text),
            other => Err(self.unexpected(&other, expected)),
        }
    }

    /// Parses an operator and a value.
    fn parse_comparison(&mut self) -> Result<Comparison, Failure> {
        let operator = match self.next()? {
            Token::Word(operator) => operator,
            other => return Err(self.unexpected(&other, "an operator: eq, ge or le")),
        };
        let to_comparison = match operator.to_ascii_lowercase().as_str() {
            "eq" => Comparison::Equals,
            "ge" => Comparison::GreaterOrEqual,
            "le" => Comparison::LessOrEqual,
            _ => return Err(unsupported(&format!("the operator '{operator}'"))),
        };
        match self.next()? {
            Token::Literal(value) => Ok(to_comparison(value)),
            Token::Word("true") => Ok(to_comparison(json!(true))),
            Token::Word("false") => Ok(to_comparison(json!(false))),
            Token::Word("null") => Ok(to_comparison(Value::Null)),
            other => Err(self.unexpected(&other, "a value")),
        }
    }

    /// Takes the next word, if it is this one. Returns whether it is.
    fn take_word(&mut self, wanted: &str) -> Result<bool, Failure> {
        let before = self.rest;
        let is_next = matches!(self.next()?, Token::Word(word) if word.eq_ignore_ascii_case(wanted));
        if !is_next {
            self.rest = before;
        }
        Ok(is_next)
    }

    /// Takes the next token, which must be this one.
    fn expect_token(&mut self, wanted: &Token<'_>, name: &str) -> Result<(), Failure> {
        let token = self.next()?;
        if token == *wanted { Ok(()) } else { Err(self.unexpected(&token, name)) }
    }

    /// Takes the next token.
    fn next(&mut self) -> Result<Token<'t>, Failure> {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else { return Ok(Token::End) };
        let token = match first {
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            ':' => Token::Colon,
            '\'' => return self.parse_quoted().map(|text| Token::Literal(json!(text))),
            _ => {
                let end = self.rest.find(|letter: char| letter.is_whitespace() || "(),:'".contains(letter));
                let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                self.rest = rest;
                return self.parse_word(word);
            }
        };
        self.rest = self.rest.get(1..).unwrap_or_default();
        Ok(token)
    }

    /// Parses `datetime'...'`, `guid'...'` or a word.
    fn parse_word(&mut self, word: &'t str) -> Result<Token<'t>, Failure> {
        if !self.rest.starts_with('\'') {
            return Ok(Token::Word(word));
        }
        let text = self.parse_quoted()?;
        match word.to_ascii_lowercase().as_str() {
            "guid" => Ok(Token::Literal(json!(text))),
            // Without an offset, the time is UTC. A date alone is not a literal of OData 3.
            "datetime" | "datetimeoffset" => {
                let instant = Instant::parse(&text).filter(|_| text.contains(['T', 't']));
                Ok(Token::Literal(json!(instant.map_or(text, |instant| instant.to_string()))))
            }
            _ => Err(unsupported(&format!("values of the form {word}'...'"))),
        }
    }

    /// Parses a string in quotes. Two quotes stand for one in the string.
    fn parse_quoted(&mut self) -> Result<String, Failure> {
        let mut text = String::new();
        let mut rest = self.rest.get(1..).unwrap_or_default();
        loop {
            let Some(end) = rest.find('\'') else {
                return Err(Failure::bad_request("Invalid filter clause: a string in $filter has no closing quote."));
            };
            let (part, after) = rest.split_at(end);
            text.push_str(part);
            rest = after.get(1..).unwrap_or_default();
            match rest.strip_prefix('\'') {
                Some(after) => {
                    text.push('\'');
                    rest = after;
                }
                None => {
                    self.rest = rest;
                    return Ok(text);
                }
            }
        }
    }

    /// Creates the failure for an unexpected token.
    fn unexpected(&self, token: &Token<'_>, expected: &str) -> Failure {
        let position = self.text.len() - self.rest.len();
        let found = match token {
            Token::Open => "'('".to_owned(),
            Token::Close => "')'".to_owned(),
            Token::Comma => "','".to_owned(),
            Token::Colon => "':'".to_owned(),
            Token::Word(word) => format!("'{}'", shorten(word)),
            Token::Literal(_) => "a value".to_owned(),
            Token::End => "the end".to_owned(),
        };
        Failure::bad_request(format!("Invalid filter clause: before position {position}: expected {expected}, found {found}."))
    }
}

fn unsupported(what: &str) -> Failure {
    let what = shorten(what);
    Failure::unsupported_query(format!(
        "$filter does not take {what}: use eq, ge, le, and, or, startswith and any, as in Azure AD Graph."
    ))
}
