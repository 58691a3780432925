//! The choices for one response.

use crate::variation::kind::VariationKind;

/// What varies in one response. By default, nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Choices {
    seed: u64,
    kinds: u32,
    request: u64,
}

impl Choices {
    pub(crate) fn new(seed: u64, kinds: u32, request: u64) -> Self {
        Self { seed, kinds, request }
    }

    /// Returns whether anything may vary.
    pub(crate) fn is_empty(self) -> bool {
        self.kinds == 0
    }

    /// Returns whether a variation applies to this response.
    pub(crate) fn has(self, kind: VariationKind) -> bool {
        self.allows(kind) && self.draw(kind, 0, self.request).is_multiple_of(kind.one_in())
    }

    /// Returns whether a variation applies to the `part`th part of this response, for example a link's second key.
    pub(crate) fn has_at(self, kind: VariationKind, part: u64) -> bool {
        self.allows(kind) && self.draw(kind, part + 1, self.request).is_multiple_of(kind.one_in())
    }

    /// Returns whether a variation applies to all responses of the emulator.
    pub(crate) fn has_always(self, kind: VariationKind) -> bool {
        self.allows(kind) && self.draw(kind, 0, 0).is_multiple_of(kind.one_in())
    }

    /// Returns a number below `bound`, which is not 0.
    pub(crate) fn pick(self, kind: VariationKind, bound: usize) -> usize {
        let drawn = self.draw(kind, u64::MAX, self.request);
        usize::try_from(drawn % bound.max(1) as u64).unwrap_or(0)
    }

    /// Shuffles.
    pub(crate) fn shuffle<T>(self, kind: VariationKind, items: &mut [T]) {
        fastrand::Rng::with_seed(self.draw(kind, u64::MAX, self.request)).shuffle(items);
    }

    fn allows(self, kind: VariationKind) -> bool {
        self.kinds & kind.bit() != 0
    }

    fn draw(self, kind: VariationKind, part: u64, request: u64) -> u64 {
        [u64::from(kind.bit()), part, request].into_iter().fold(self.seed, |state, input| mix(state ^ mix(input)))
    }
}

/// The step of SplitMix64 (Steele, Lea and Flood, 2014), which spreads neighbouring numbers.
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
