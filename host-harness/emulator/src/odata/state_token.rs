//! State tokens: all that a round of a delta query has to remember, so that the emulator need not.

use serde_json::{Value, json};

use crate::odata::base64::{self, URL_SAFE};

/// Which link carries a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StateTokenKind {
    /// `$skiptoken`, in `@odata.nextLink`.
    Skip,
    /// `$deltatoken`, in `@odata.deltaLink`.
    DeltaBehaviour,
}

/// The state of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateToken {
    pub(crate) kind: StateTokenKind,
    /// The collection that it is of. It has a mailbox's ids in it, so no other mailbox takes it.
    pub(crate) scope: String,
    /// The `$select` of the first request: "The state tokens also encode and include other query parameters".
    pub(crate) select: Option<Vec<String>>,
    /// The positions in the journal that the round lies between.
    pub(crate) since: usize,
    pub(crate) until: usize,
    /// Rows of the round that earlier pages had.
    pub(crate) row: usize,
    /// Whether the empty page before this one was given.
    pub(crate) blank: bool,
    /// See [`crate::faults::delta_state::DeltaState`].
    pub(crate) generation: u32,
}

impl StateToken {
    /// The token as it stands in a link: unreserved characters only.
    pub(crate) fn encode(&self) -> String {
        let skip = self.kind == StateTokenKind::Skip;
        let Self { scope, select, since, until, row, blank, generation, .. } = self;
        let text = json!([skip, scope, select, since, until, row, blank, generation]).to_string();
        let mut bytes = compute_checksum(text.as_bytes()).to_be_bytes().to_vec();
        bytes.extend(text.bytes());
        base64::encode(&bytes, URL_SAFE).trim_end_matches('=').to_owned()
    }

    /// Reads a token. `None` if the emulator did not write it, or not so.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = base64::decode(text, URL_SAFE)?;
        let (sum, text) = bytes.split_at_checked(4)?;
        if sum != compute_checksum(text).to_be_bytes() {
            return None;
        }
        let parts: Vec<Value> = serde_json::from_slice(text).ok()?;
        let [skip, scope, select, since, until, row, blank, generation] = parts.as_slice() else { return None };
        let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
        let names = |value: &Value| value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect();
        Some(Self {
            kind: if skip.as_bool()? { StateTokenKind::Skip } else { StateTokenKind::DeltaBehaviour },
            scope: scope.as_str()?.to_owned(),
            select: names(select),
            since: number(since)?,
            until: number(until)?,
            row: number(row)?,
            blank: blank.as_bool()?,
            generation: u32::try_from(generation.as_u64()?).ok()?,
        })
    }
}

/// FNV-1a: a token that a client changed or cut is told from one that it kept.
fn compute_checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
