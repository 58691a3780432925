//! From text to the types of the file, past every mistake.

use std::collections::HashSet;

use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

use super::file::File;
use super::mistake::Mistake;
use super::position::{self, Place};

/// A text, as far as it could be read.
pub(super) struct Reading<'a> {
    pub(super) file: File,
    /// As it is written, for the lines.
    pub(super) root: DeTable<'a>,
    /// What was left out of `file` because it is wrong. Nobody has to be told that it is missing.
    pub(super) left_out: HashSet<Place>,
    pub(super) mistakes: Vec<Mistake>,
}

/// Reads a text. `None` besides the mistakes where it is no TOML.
pub(super) fn read(text: &str) -> Result<Reading<'_>, Vec<Mistake>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let mistake = |error: toml::de::Error| Mistake {
            line: position::line(text, error.span().unwrap_or_default().start),
            setting: String::new(),
            problem: format!("this is no TOML: {}", error.message()),
        };
        return Err(errors.into_iter().map(mistake).collect());
    }
    let (span, mut left) = (root.span(), root.get_ref().clone());
    let (mut left_out, mut mistakes) = (HashSet::new(), Vec::new());
    loop {
        let error = match File::deserialize(Deserializer::from(Spanned::new(span.clone(), left.clone()))) {
            Ok(file) => return Ok(Reading { file, root: root.into_inner(), left_out, mistakes }),
            Err(error) => error,
        };
        let Some(place) = error.span().and_then(|span| position::take_out(&mut left, &span)) else {
            // Without knowing what it is about, there is no going on.
            mistakes.push(Mistake { line: 1, setting: String::new(), problem: error.message().to_owned() });
            return Err(mistakes);
        };
        // What has become wrong only because something in it was left out is not told.
        if !left_out.iter().any(|inner: &Place| inner.around().any(|around| around == place)) {
            let (line, setting) = (place.line(text, root.get_ref()), place.to_string());
            mistakes.push(Mistake { line, setting, problem: error.message().to_owned() });
        }
        left_out.insert(place);
    }
}
