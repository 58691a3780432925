//! The text of a filter, read.

use protocol::shorten::shorten;
use serde_json::{Value, json};

use super::expression::{Parsed, Test};
use protocol::azure_ad_graph::failure::Failure;

/// How deep parentheses nest at most. Each level takes some of the stack.
const NESTING: usize = 50;
/// The longest filter, in bytes: far more than an address may have had in Azure AD Graph.
const LONGEST: usize = 16 << 10;

/// Reads a filter.
pub fn filter(text: &str) -> Result<Parsed, Failure> {
    if text.len() > LONGEST {
        return Err(Failure::unsupported_query(format!("$filter is longer than {LONGEST} bytes.")));
    }
    let mut reader = Reader { rest: text, text, depth: 0 };
    let filter = reader.or()?;
    match reader.next()? {
        Token::End => Ok(filter),
        other => Err(reader.unwanted(&other, "'and', 'or' or the end")),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token<'t> {
    Open,
    Close,
    Comma,
    Colon,
    /// A name, an operator, true, false or null; with slashes a path.
    Word(&'t str),
    Literal(Value),
    End,
}

struct Reader<'t> {
    text: &'t str,
    rest: &'t str,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn or(&mut self) -> Result<Parsed, Failure> {
        let mut parts = vec![self.and()?];
        while self.takes("or")? {
            parts.push(self.and()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Parsed::Or(parts) })
    }

    fn and(&mut self) -> Result<Parsed, Failure> {
        let mut parts = vec![self.term()?];
        while self.takes("and")? {
            parts.push(self.term()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Parsed::And(parts) })
    }

    fn term(&mut self) -> Result<Parsed, Failure> {
        match self.next()? {
            Token::Open => {
                self.depth += 1;
                if self.depth > NESTING {
                    return Err(Failure::unsupported_query(format!(
                        "The parentheses of $filter nest deeper than {NESTING} levels."
                    )));
                }
                let inner = self.or()?;
                self.want(&Token::Close, "')'")?;
                self.depth -= 1;
                Ok(inner)
            }
            Token::Word(word) => self.of_word(word),
            other => Err(self.unwanted(&other, "a property, a function or '('")),
        }
    }

    /// What begins with a word: a comparison, or a function.
    fn of_word(&mut self, word: &'t str) -> Result<Parsed, Failure> {
        if let Some(name) = word.strip_suffix("/any") {
            return self.any(name);
        }
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            "startswith" => {
                let (name, text) = self.starts_with()?;
                Ok(Parsed::Is(name, Test::StartsWith(text)))
            }
            "isof" => {
                self.want(&Token::Open, "'('")?;
                let name = self.text_of(&[])?;
                self.want(&Token::Close, "')'")?;
                Ok(Parsed::IsOf(name))
            }
            "not" => Err(unsupported("the operator 'not'")),
            _ if word.ends_with("/all") => Err(unsupported("the operator 'all'")),
            _ if self.rest.trim_start().starts_with('(') => Err(unsupported(&format!("the function '{word}'"))),
            _ => {
                let test = self.comparison()?;
                Ok(Parsed::Is(word.to_owned(), test))
            }
        }
    }

    /// `(x:x eq 'value')`, `(x:x/member eq 'value')` or `(x:startswith(x,'value'))`
    fn any(&mut self, name: &str) -> Result<Parsed, Failure> {
        self.want(&Token::Open, "'('")?;
        let variable = match self.next()? {
            Token::Word(variable) => variable,
            other => return Err(self.unwanted(&other, "a variable, as in any(x:x eq 'value')")),
        };
        self.want(&Token::Colon, "':'")?;
        let (member, test) = match self.next()? {
            Token::Word(word) if word == variable => (None, self.comparison()?),
            Token::Word(word) if word.strip_prefix(variable).is_some_and(|rest| rest.starts_with('/')) => {
                (word.split_once('/').map(|(_, member)| member.to_owned()), self.comparison()?)
            }
            Token::Word(word) if word.eq_ignore_ascii_case("startswith") => {
                let (of, text) = self.starts_with()?;
                if of != variable {
                    return Err(unsupported(&format!("'{of}' within {name}/any({variable}:...)")));
                }
                (None, Test::StartsWith(text))
            }
            Token::Word(word) => return Err(unsupported(&format!("'{word}' within {name}/any({variable}:...)"))),
            other => return Err(self.unwanted(&other, variable)),
        };
        self.want(&Token::Close, "')'")?;
        Ok(Parsed::Any(name.to_owned(), member, test))
    }

    /// `(name,'text')`
    fn starts_with(&mut self) -> Result<(String, String), Failure> {
        self.want(&Token::Open, "'('")?;
        let name = match self.next()? {
            Token::Word(name) if !self.rest.trim_start().starts_with('(') => name.to_owned(),
            Token::Word(name) => return Err(unsupported(&format!("the function '{name}' within startswith"))),
            other => return Err(self.unwanted(&other, "a property")),
        };
        self.want(&Token::Comma, "','")?;
        let text = self.text_of(&["a text in quotes"])?;
        self.want(&Token::Close, "')'")?;
        Ok((name, text))
    }

    fn text_of(&mut self, wanted: &[&str]) -> Result<String, Failure> {
        match self.next()? {
            Token::Literal(Value::String(text)) => Ok(text),
            other => Err(self.unwanted(&other, wanted.first().unwrap_or(&"a type in quotes"))),
        }
    }

    /// An operator, and a value.
    fn comparison(&mut self) -> Result<Test, Failure> {
        let operator = match self.next()? {
            Token::Word(operator) => operator,
            other => return Err(self.unwanted(&other, "an operator: eq, ge or le")),
        };
        let test = match operator.to_ascii_lowercase().as_str() {
            "eq" => Test::Equals,
            "ge" => Test::AtLeast,
            "le" => Test::AtMost,
            _ => return Err(unsupported(&format!("the operator '{operator}'"))),
        };
        match self.next()? {
            Token::Literal(value) => Ok(test(value)),
            Token::Word("true") => Ok(test(json!(true))),
            Token::Word("false") => Ok(test(json!(false))),
            Token::Word("null") => Ok(test(Value::Null)),
            other => Err(self.unwanted(&other, "a value")),
        }
    }

    /// Whether the next word is this one; then it is taken.
    fn takes(&mut self, wanted: &str) -> Result<bool, Failure> {
        let before = self.rest;
        let takes = matches!(self.next()?, Token::Word(word) if word.eq_ignore_ascii_case(wanted));
        if !takes {
            self.rest = before;
        }
        Ok(takes)
    }

    fn want(&mut self, wanted: &Token<'_>, name: &str) -> Result<(), Failure> {
        let token = self.next()?;
        if token == *wanted { Ok(()) } else { Err(self.unwanted(&token, name)) }
    }

    fn next(&mut self) -> Result<Token<'t>, Failure> {
        self.rest = self.rest.trim_start();
        let Some(first) = self.rest.chars().next() else { return Ok(Token::End) };
        let mark = match first {
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            ':' => Token::Colon,
            '\'' => return self.quoted().map(|text| Token::Literal(json!(text))),
            _ => {
                let end = self.rest.find(|letter: char| letter.is_whitespace() || "(),:'".contains(letter));
                let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                self.rest = rest;
                return self.literal(word);
            }
        };
        self.rest = self.rest.get(1..).unwrap_or_default();
        Ok(mark)
    }

    /// `datetime'...'` and `guid'...'`, or a word.
    fn literal(&mut self, word: &'t str) -> Result<Token<'t>, Failure> {
        if !self.rest.starts_with('\'') {
            return Ok(Token::Word(word));
        }
        let text = self.quoted()?;
        match word.to_ascii_lowercase().as_str() {
            "guid" => Ok(Token::Literal(json!(text))),
            "datetime" | "datetimeoffset" => Ok(Token::Literal(json!(if text.ends_with('Z') { text } else { text + "Z" }))),
            _ => Err(unsupported(&format!("values of the form {word}'...'"))),
        }
    }

    /// A text between quotes; two of them are one of it.
    fn quoted(&mut self) -> Result<String, Failure> {
        let mut text = String::new();
        let mut rest = self.rest.get(1..).unwrap_or_default();
        loop {
            let Some(end) = rest.find('\'') else {
                return Err(Failure::bad_request("Invalid filter clause: a text in $filter is never closed."));
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

    fn unwanted(&self, token: &Token<'_>, wanted: &str) -> Failure {
        let place = self.text.len() - self.rest.len();
        let found = match token {
            Token::Open => "'('".to_owned(),
            Token::Close => "')'".to_owned(),
            Token::Comma => "','".to_owned(),
            Token::Colon => "':'".to_owned(),
            Token::Word(word) => format!("'{}'", shorten(word)),
            Token::Literal(_) => "a value".to_owned(),
            Token::End => "the end".to_owned(),
        };
        Failure::bad_request(format!("Invalid filter clause: before position {place} there is {found}, and {wanted} is wanted."))
    }
}

fn unsupported(what: &str) -> Failure {
    let what = shorten(what);
    Failure::unsupported_query(format!(
        "$filter does not take {what}: there are eq, ge, le, and, or, startswith and any, as in Azure AD Graph."
    ))
}
