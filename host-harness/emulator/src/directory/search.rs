//! `$search` on directory objects (<https://learn.microsoft.com/graph/search-query-parameter>): words of displayName and
//! description, the beginning of other texts.

use super::kind::Kind;
use super::object::Object;
use super::property::Taken;
use crate::error::{GraphError, Outcome};
use crate::filter;

/// What a search looks for.
#[derive(Debug)]
pub(super) enum Search {
    All(Vec<Search>),
    Any(Vec<Search>),
    /// `"property:text"`
    Clause(&'static str, String),
}

/// The properties whose words are searched; "fields other than displayName and description default to $filter startswith".
const IN_WORDS: [&str; 2] = ["displayName", "description"];

impl Search {
    /// Reads `"clause1" [AND | OR] "clauseX"`, with parentheses. What is refused has the form that the article asks for; the texts are
    /// unverified.
    pub(super) fn read(kind: Kind, expression: &str) -> Outcome<Self> {
        let pieces = pieces(expression)?;
        let mut reader = Reader { rest: &pieces, kind };
        let search = reader.any(0)?;
        if reader.rest.is_empty() { Ok(search) } else { Err(invalid(expression)) }
    }

    pub(super) fn finds(&self, object: &Object) -> bool {
        match self {
            Self::All(searches) => searches.iter().all(|search| search.finds(object)),
            Self::Any(searches) => searches.iter().any(|search| search.finds(object)),
            Self::Clause(name, wanted) => {
                let value = object.property(name);
                let Some(text) = value.as_str() else { return false };
                if !IN_WORDS.contains(name) {
                    return filter::begins(text, wanted);
                }
                // "List orgContacts" finds Nicole Wagner by "displayName:wa": a word is found by its beginning.
                let there = words(text, true);
                words(wanted, false).iter().all(|word| there.iter().any(|other| other.starts_with(word.as_str())))
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Quoted(String),
    Word(String),
    Mark(char),
}

struct Reader<'a> {
    rest: &'a [Piece],
    kind: Kind,
}

/// As deep as conditions may be nested here; the article has no number.
const DEEPEST: usize = 50;

impl Reader<'_> {
    fn any(&mut self, depth: usize) -> Outcome<Search> {
        let mut searches = vec![self.all(depth)?];
        while self.take("OR") {
            searches.push(self.all(depth)?);
        }
        Ok(if searches.len() == 1 { searches.remove(0) } else { Search::Any(searches) })
    }

    fn all(&mut self, depth: usize) -> Outcome<Search> {
        let mut searches = vec![self.one(depth)?];
        while self.take("AND") {
            searches.push(self.one(depth)?);
        }
        Ok(if searches.len() == 1 { searches.remove(0) } else { Search::All(searches) })
    }

    fn one(&mut self, depth: usize) -> Outcome<Search> {
        match self.rest {
            [Piece::Mark('('), rest @ ..] if depth < DEEPEST => {
                self.rest = rest;
                let search = self.any(depth + 1)?;
                let [Piece::Mark(')'), rest @ ..] = self.rest else { return Err(invalid("(")) };
                self.rest = rest;
                Ok(search)
            }
            [Piece::Quoted(clause), rest @ ..] => {
                self.rest = rest;
                let (name, text) = clause.split_once(':').ok_or_else(|| invalid(clause))?;
                let property = self.kind.declared("Invalid $search clause", name)?;
                // "Any property that can be used in $filter can also be used inside $search."
                if property.operators.equal == Taken::Never || !property.edm.is_primitive() {
                    return Err(GraphError::unsupported_clause(name, self.kind.resource()));
                }
                Ok(Search::Clause(property.name, text.to_owned()))
            }
            _ => Err(invalid("")),
        }
    }

    /// "Logical AND and OR operators must be put outside double quotes and they must be in upper case."
    fn take(&mut self, operator: &str) -> bool {
        let [Piece::Word(word), rest @ ..] = self.rest else { return false };
        let there = word == operator;
        if there {
            self.rest = rest;
        }
        there
    }
}

fn pieces(expression: &str) -> Outcome<Vec<Piece>> {
    let mut pieces = Vec::new();
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
                        None => return Err(invalid(expression)),
                    }
                }
                pieces.push(Piece::Quoted(text));
            }
            space if space.is_whitespace() => {}
            letter if letter.is_alphanumeric() => {
                let mut word = String::from(letter);
                while let Some(next) = letters.next_if(|next| next.is_alphanumeric()) {
                    word.push(next);
                }
                pieces.push(Piece::Word(word));
            }
            mark => pieces.push(Piece::Mark(mark)),
        }
    }
    Ok(pieces)
}

/// The words of a text, in small letters: split at spaces and symbols, where digits begin or end, and where a capital follows a
/// small letter. What has nothing but symbols between its words is one word besides, if `joined`.
fn words(text: &str, joined: bool) -> Vec<String> {
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

fn invalid(expression: &str) -> GraphError {
    GraphError::bad_request(format!("Syntax error in the $search expression '{expression}'."))
}
