//! Parses the text of a configuration file, past every error.

use std::collections::HashSet;

use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

use super::error::Diagnostic;
use super::file::File;
use super::position::{self, SettingPath};

/// A configuration file, as far as it could be parsed.
pub(super) struct ParsedFile<'a> {
    pub(super) file: File,
    /// The text as TOML, to find lines.
    pub(super) root: DeTable<'a>,
    /// The settings that `file` lacks because they are invalid. They are not reported as missing.
    pub(super) skipped: HashSet<SettingPath>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Parses a text.
///
/// # Errors
///
/// If the text is not TOML.
pub(super) fn parse(text: &str) -> Result<ParsedFile<'_>, Vec<Diagnostic>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let diagnostic = |error: toml::de::Error| Diagnostic {
            line: position::line_of(text, error.span().unwrap_or_default().start),
            setting: String::new(),
            message: format!("invalid TOML: {}", error.message()),
        };
        return Err(errors.into_iter().map(diagnostic).collect());
    }
    let (span, mut rest) = (root.span(), root.get_ref().clone());
    let (mut skipped, mut diagnostics) = (HashSet::new(), Vec::new());
    // Each round removes one invalid setting.
    loop {
        let error = match File::deserialize(Deserializer::from(Spanned::new(span.clone(), rest.clone()))) {
            Ok(file) => return Ok(ParsedFile { file, root: root.into_inner(), skipped, diagnostics }),
            Err(error) => error,
        };
        let Some(path) = error.span().and_then(|span| position::remove(&mut rest, &span)) else {
            // Without the setting there is nothing to remove, so that parsing cannot continue.
            diagnostics.push(Diagnostic { line: 1, setting: String::new(), message: without_value(error.message()) });
            return Err(diagnostics);
        };
        // An error that only follows from a removed part is not reported.
        if !skipped.iter().any(|inner: &SettingPath| inner.ancestors().any(|ancestor| ancestor == path)) {
            let (line, setting) = (path.line(text, root.get_ref()), path.to_string());
            diagnostics.push(Diagnostic { line, setting, message: without_value(error.message()) });
        }
        skipped.insert(path);
    }
}

/// Returns serde's message without the value that it quotes, which may be a secret in the wrong place: `invalid type: string "...",
/// expected ...` and `unknown variant `...`, expected ...`.
fn without_value(message: &str) -> String {
    let Some((found, expected)) = message.rsplit_once(", expected ") else { return message.to_owned() };
    let kind = match found.split_once(['"', '`']) {
        // The name of a key, which the position has as well.
        Some(_) if found.starts_with("unknown field ") => found,
        Some((kind, _)) => kind.trim_end(),
        None => found,
    };
    format!("{kind}, expected {expected}")
}
