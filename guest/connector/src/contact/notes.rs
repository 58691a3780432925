//! Notes that Graph cut: lists show 256 characters of notes that begin with a line break
//! (<https://github.com/microsoftgraph/microsoft-graph-docs/issues/17598>).

use super::field::Field;

/// The number of characters that a list shows.
const CUT_LENGTH: usize = 256;

/// Checks whether the notes that a caller sends are what a list showed of the stored ones.
pub fn is_cut_copy(wanted: &Field<String>, stored: &Field<String>) -> bool {
    let (Some(wanted), Some(stored)) = (wanted.value(), stored.value()) else { return false };
    // Microsoft does not say what a character is: it is a code point here, or a UTF-16 unit.
    let is_cut_length = wanted.chars().count() == CUT_LENGTH || wanted.encode_utf16().count() == CUT_LENGTH;
    is_cut_length && wanted.starts_with(['\r', '\n']) && wanted.len() < stored.len() && stored.starts_with(wanted.as_str())
}
