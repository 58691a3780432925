//! `$search` on directory objects (<https://learn.microsoft.com/graph/search-query-parameter>): by words in displayName and
//! description, by prefix in other String properties.

use crate::directory::object::Object;
use crate::directory::object_kind::ObjectKind;
use crate::directory::property::OperatorSupport;
use crate::odata::error::{GraphError, Outcome};
use crate::odata::expression::has_prefix;

/// A search expression.
#[derive(Debug)]
pub(crate) enum Search {
    All(Vec<Search>),
    Any(Vec<Search>),
    /// `"property:text"`
    Clause(&'static str, String),
}

/// The properties with a search by words: "fields other than displayName and description default to $filter startswith".
const SEARCHED_BY_WORD: [&str; 2] = ["displayName", "description"];

impl Search {
    /// Parses `"clause1" [AND | OR] "clauseX"`, with parentheses. The article documents this form. The texts of refusals are
    /// unverified.
    pub(crate) fn parse(kind: ObjectKind, expression: &str) -> Outcome<Self> {
        let tokens = tokenize(expression)?;
        let mut parser = SearchParser { rest: &tokens, kind };
        let search = parser.parse_or(0)?;
        if parser.rest.is_empty() { Ok(search) } else { Err(syntax_error(expression)) }
    }

    pub(crate) fn matches(&self, object: &Object) -> bool {
        match self {
            Self::All(searches) => searches.iter().all(|search| search.matches(object)),
            Self::Any(searches) => searches.iter().any(|search| search.matches(object)),
            Self::Clause(name, wanted) => {
                let value = object.get(name);
                let Some(text) = value.as_str() else { return false };
                if !SEARCHED_BY_WORD.contains(name) {
                    return has_prefix(text, wanted);
                }
                // "List orgContacts" finds Nicole Wagner by "displayName:wa": the search matches prefixes of words.
                let there = split_words(text, true);
                split_words(wanted, false).iter().all(|word| there.iter().any(|other| other.starts_with(word.as_str())))
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum SearchToken {
    Quoted(String),
    Word(String),
    Mark(char),
}

struct SearchParser<'a> {
    rest: &'a [SearchToken],
    kind: ObjectKind,
}

/// The deepest nesting, as for conditions. The article has no number.
const MAX_DEPTH: usize = 50;

impl SearchParser<'_> {
    fn parse_or(&mut self, depth: usize) -> Outcome<Search> {
        let mut searches = vec![self.parse_and(depth)?];
        while self.take_operator("OR") {
            searches.push(self.parse_and(depth)?);
        }
        Ok(if searches.len() == 1 { searches.remove(0) } else { Search::Any(searches) })
    }

    fn parse_and(&mut self, depth: usize) -> Outcome<Search> {
        let mut searches = vec![self.parse_term(depth)?];
        while self.take_operator("AND") {
            searches.push(self.parse_term(depth)?);
        }
        Ok(if searches.len() == 1 { searches.remove(0) } else { Search::All(searches) })
    }

    fn parse_term(&mut self, depth: usize) -> Outcome<Search> {
        match self.rest {
            [SearchToken::Mark('('), rest @ ..] if depth < MAX_DEPTH => {
                self.rest = rest;
                let search = self.parse_or(depth + 1)?;
                let [SearchToken::Mark(')'), rest @ ..] = self.rest else { return Err(syntax_error("(")) };
                self.rest = rest;
                Ok(search)
            }
            [SearchToken::Quoted(clause), rest @ ..] => {
                self.rest = rest;
                let (name, text) = clause.split_once(':').ok_or_else(|| syntax_error(clause))?;
                let property = self.kind.require_property("Invalid $search clause", name)?;
                // "Any property that can be used in $filter can also be used inside $search."
                if property.operators.equal == OperatorSupport::Never || !property.edm.is_primitive() {
                    return Err(GraphError::unsupported_clause(name, self.kind.resource()));
                }
                Ok(Search::Clause(property.name, text.to_owned()))
            }
            _ => Err(syntax_error("")),
        }
    }

    /// "Logical AND and OR operators must be put outside double quotes and they must be in upper case."
    fn take_operator(&mut self, operator: &str) -> bool {
        let [SearchToken::Word(word), rest @ ..] = self.rest else { return false };
        let there = word == operator;
        if there {
            self.rest = rest;
        }
        there
    }
}

fn tokenize(expression: &str) -> Outcome<Vec<SearchToken>> {
    let mut tokens = Vec::new();
    let mut letters = expression.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                let mut text = String::new();
                loop {
                    match letters.next() {
                        Some('"') => break,
                        Some('\\') => text.extend(letters.next()),
                        Some(other) => text.push(other),
                        None => return Err(syntax_error(expression)),
                    }
                }
                tokens.push(SearchToken::Quoted(text));
            }
            space if space.is_whitespace() => {}
            letter if letter.is_alphanumeric() => {
                let mut word = String::from(letter);
                while let Some(next) = letters.next_if(|next| next.is_alphanumeric()) {
                    word.push(next);
                }
                tokens.push(SearchToken::Word(word));
            }
            mark => tokens.push(SearchToken::Mark(mark)),
        }
    }
    Ok(tokens)
}

/// Splits a text into words, in lower case: at spaces and symbols, at the ends of numbers, and before a capital after a small
/// letter. With `joined`, parts between which there are only symbols also form one word.
fn split_words(text: &str, joined: bool) -> Vec<String> {
    let mut words = Vec::new();
    for run in text.split_whitespace() {
        let mut before: Option<char> = None;
        let mut word = String::new();
        for letter in run.chars() {
            let ends = before.is_some_and(|before| {
                before.is_numeric() != letter.is_numeric() || (before.is_lowercase() && letter.is_uppercase())
            });
            if ends || !letter.is_alphanumeric() {
                words.push(std::mem::take(&mut word));
            }
            if letter.is_alphanumeric() {
                word.extend(letter.to_lowercase());
            }
            before = Some(letter);
        }
        words.push(word);
        if joined {
            words.push(run.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn syntax_error(expression: &str) -> GraphError {
    GraphError::bad_request(format!("Syntax error in the $search expression '{expression}'."))
}
