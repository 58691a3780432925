//! How delta queries behave, as the owner of the emulator wants it.

/// How delta queries answer. Without anything set: full pages, and every change once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delta {
    pub(super) unavailable: bool,
    pub(super) empty_pages: bool,
    pub(super) replays: bool,
}

impl Delta {
    /// The behaviour without any of the peculiarities below.
    pub fn new() -> Self {
        Self::default()
    }

    /// Delta is missing, as in the cloud of China (Microsoft's CSDL for Mooncake; the table on the page "contact: delta"), and
    /// nothing else is. Then `delta` reads as a key: 400 `ErrorInvalidIdMalformed`.
    #[must_use]
    pub fn unavailable(mut self) -> Self {
        self.unavailable = true;
        self
    }

    /// An empty page with a link to the next one comes before every page, which is legal
    /// (<https://learn.microsoft.com/graph/delta-query-overview>).
    #[must_use]
    pub fn empty_pages(mut self) -> Self {
        self.empty_pages = true;
        self
    }

    /// Every page ends with the first item of its round once more: "It's possible that a single entity will be contained
    /// multiple times in the response" (<https://learn.microsoft.com/graph/delta-query-overview>).
    #[must_use]
    pub fn replays(mut self) -> Self {
        self.replays = true;
        self
    }
}

/// Why a state token is no longer good. Each is answered with 410.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expired {
    /// `SyncStateNotFound`: microsoft-graph-docs#2350.
    SyncStateNotFound,
    /// `resyncRequired`, with a `Location` that starts anew (<https://learn.microsoft.com/graph/delta-query-overview>).
    ResyncRequired,
    /// `SyncStateInvalid`: alcionai/corso `graph/errors.go`.
    SyncStateInvalid,
}

impl Expired {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::SyncStateNotFound => "SyncStateNotFound",
            Self::ResyncRequired => "resyncRequired",
            Self::SyncStateInvalid => "SyncStateInvalid",
        }
    }
}

/// The settings, and which tokens are too old.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Deltas {
    pub(super) delta: Delta,
    /// That of the tokens given out now; those of earlier generations are too old.
    pub(super) generation: u32,
    expired: Option<Expired>,
}

impl Deltas {
    pub(super) fn behave(&mut self, delta: Delta) {
        self.delta = delta;
    }

    pub(super) fn expire(&mut self, expired: Expired) {
        self.generation += 1;
        self.expired = Some(expired);
    }

    /// What is wrong with a token of that generation, if anything.
    pub(super) fn verdict(&self, generation: u32) -> Option<Expired> {
        self.expired.filter(|_| generation < self.generation)
    }
}
