//! The nearest known name to one that is misspelled.

/// The longest name that is compared: the time of a comparison grows with both lengths.
const MAX_LENGTH: usize = 64;

/// Returns the known name that is nearest to `name`, regardless of case, if it is near enough to be what the caller meant.
pub fn find_nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if name.len() > MAX_LENGTH {
        return None;
    }
    let name = name.to_lowercase();
    let distances = known.into_iter().map(|known| (strsim::osa_distance(&name, &known.to_lowercase()), known));
    distances.min().filter(|(distance, known)| *distance <= 1 + known.len() / 4).map(|(_, known)| known)
}
