//! The variation that the owner of an emulator sets.

use std::fmt;
use std::str::FromStr;

use crate::variation::choices::Choices;
use crate::variation::kind::VariationKind;

/// Varies an emulator's responses among the forms that are documented or were observed: see [`VariationKind`].
///
/// Each choice derives from the seed, the variation and the number of the request, so a client that sends the same requests in
/// the same order gets the same responses. As text: `7`, or `7:emptyPages,rawAt` for only these variations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variation {
    seed: u64,
    /// The variations, a bit each, by their place in the table.
    kinds: u32,
}

/// A text that is not a [`Variation`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?}: expected a seed such as 7, or a seed and variations such as 7:emptyPages,rawAt; the variations are {names}",
    names = VariationKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", "))]
pub struct VariationError(String);

impl Variation {
    /// Creates every variation.
    pub fn new(seed: u64) -> Self {
        VariationKind::ALL.iter().fold(Self { seed, kinds: 0 }, |variation, kind| variation.with(*kind))
    }

    /// Creates only these variations.
    pub fn only(seed: u64, kinds: &[VariationKind]) -> Self {
        kinds.iter().fold(Self { seed, kinds: 0 }, |variation, kind| variation.with(*kind))
    }

    /// Removes a variation.
    #[must_use]
    pub fn without(mut self, kind: VariationKind) -> Self {
        self.kinds &= !kind.bit();
        self
    }

    fn with(mut self, kind: VariationKind) -> Self {
        self.kinds |= kind.bit();
        self
    }

    /// Returns the choices for the request of that number.
    pub(crate) fn choose(self, request: u64) -> Choices {
        Choices::new(self.seed, self.kinds, request)
    }
}

impl FromStr for Variation {
    type Err = VariationError;

    fn from_str(text: &str) -> Result<Self, VariationError> {
        let error = || VariationError(text.to_owned());
        let (seed, names) = text.split_once(':').map_or((text, None), |(seed, names)| (seed, Some(names)));
        let seed = seed.trim().parse().map_err(|_| error())?;
        let find = |name: &str| VariationKind::ALL.iter().copied().find(|kind| kind.name() == name.trim());
        match names {
            None => Ok(Self::new(seed)),
            Some(names) => {
                names.split(',').map(find).collect::<Option<Vec<_>>>().map(|kinds| Self::only(seed, &kinds)).ok_or_else(error)
            }
        }
    }
}

impl fmt::Display for Variation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.seed)?;
        if *self != Self::new(self.seed) {
            let kinds = VariationKind::ALL.iter().filter(|kind| self.kinds & kind.bit() != 0);
            write!(formatter, ":{}", kinds.map(|kind| kind.name()).collect::<Vec<_>>().join(","))?;
        }
        Ok(())
    }
}
