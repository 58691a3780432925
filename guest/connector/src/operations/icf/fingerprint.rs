//! Fingerprints of texts, for cookies: short, and the same in every sandbox.

/// Returns the FNV-1a hash of texts, with a byte between them that UTF-8 does not have.
/// <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>
pub(super) fn fingerprint<'t>(texts: impl IntoIterator<Item = &'t str>) -> u64 {
    let bytes = texts.into_iter().flat_map(|text| text.bytes().chain(std::iter::once(0xff)));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
