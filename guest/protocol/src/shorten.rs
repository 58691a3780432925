//! Quoting what a caller sent.

/// The most characters of a caller's text that a message quotes.
const MAX_QUOTED: usize = 200;

/// Returns `text`, cut where it is too long for a message.
pub fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
