//! The behaviour of delta queries, as the owner of the emulator sets it.

/// The behaviour of delta queries. By default, pages are full, and each change comes once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeltaBehaviour {
    pub(crate) unavailable: bool,
    pub(crate) empty_pages: bool,
    pub(crate) replays: bool,
}

impl DeltaBehaviour {
    /// Creates the default behaviour.
    pub fn new() -> Self {
        Self::default()
    }

    /// Removes delta queries. Then Graph parses `delta` as the id of a contact or folder: 400 `ErrorInvalidIdMalformed`. In the
    /// directory it refuses them as unsupported.
    #[must_use]
    pub fn unavailable(mut self) -> Self {
        self.unavailable = true;
        self
    }

    /// Adds an empty page with a link to the next one before every page. Graph may send such pages
    /// (<https://learn.microsoft.com/graph/delta-query-overview>).
    #[must_use]
    pub fn empty_pages(mut self) -> Self {
        self.empty_pages = true;
        self
    }

    /// Repeats the first item of its round at the end of every page: "It's possible that a single entity will be contained
    /// multiple times in the response" (<https://learn.microsoft.com/graph/delta-query-overview>).
    #[must_use]
    pub fn replays(mut self) -> Self {
        self.replays = true;
        self
    }
}

/// The error of an expired state token. For contacts and folders, each comes with status 410.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncStateError {
    /// `SyncStateNotFound`: microsoft-graph-docs#2350.
    SyncStateNotFound,
    /// `resyncRequired`, with a `Location` for a new round (<https://learn.microsoft.com/graph/delta-query-overview>).
    ResyncRequired,
    /// `SyncStateInvalid`: alcionai/corso `graph/errors.go`.
    SyncStateInvalid,
}

impl SyncStateError {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::SyncStateNotFound => "SyncStateNotFound",
            Self::ResyncRequired => "resyncRequired",
            Self::SyncStateInvalid => "SyncStateInvalid",
        }
    }
}

/// The behaviour, and which state tokens have expired.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DeltaState {
    pub(crate) behaviour: DeltaBehaviour,
    /// The generation of tokens issued now. Earlier generations may have expired.
    pub(crate) generation: u32,
    expired: Option<SyncStateError>,
}

impl DeltaState {
    pub(crate) fn set_behaviour(&mut self, behaviour: DeltaBehaviour) {
        self.behaviour = behaviour;
    }

    pub(crate) fn expire(&mut self, expired: SyncStateError) {
        self.generation += 1;
        self.expired = Some(expired);
    }

    /// Returns the error for a token of that generation, or None if it is valid.
    pub(crate) fn check_generation(&self, generation: u32) -> Option<SyncStateError> {
        self.expired.filter(|_| generation < self.generation)
    }
}
