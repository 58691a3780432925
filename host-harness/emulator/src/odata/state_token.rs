//! State tokens: the whole state of a round of a delta query, so that the emulator stores none.

use serde_json::{Value, json};

use crate::odata::base64::{self, URL_SAFE};
use crate::odata::position::Position;

/// The link that carries a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StateTokenKind {
    /// `$skiptoken`, in `@odata.nextLink`.
    Skip,
    /// `$deltatoken`, in `@odata.deltaLink`.
    Delta,
}

/// The state of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateToken {
    pub(crate) kind: StateTokenKind,
    /// The collection of the round. It includes ids of a mailbox, so it is invalid in other mailboxes.
    pub(crate) scope: String,
    /// The `$select` of the first request: "The state tokens also encode and include other query parameters".
    pub(crate) select: Option<Vec<String>>,
    /// The positions in the log at the start and the end of the round.
    pub(crate) since: usize,
    pub(crate) until: usize,
    /// The position of the page in the round.
    pub(crate) position: Position,
    /// The generation in [`crate::faults::delta_state::DeltaState`].
    pub(crate) generation: u32,
}

impl StateToken {
    /// Encodes the token for a link, in unreserved characters.
    pub(crate) fn encode(&self) -> String {
        let skip = self.kind == StateTokenKind::Skip;
        let Self { scope, select, since, until, generation, .. } = self;
        let Position { row, blanks, repeat } = self.position;
        let text = json!([skip, scope, select, since, until, row, blanks, repeat, generation]).to_string();
        let mut bytes = compute_checksum(text.as_bytes()).to_be_bytes().to_vec();
        bytes.extend(text.bytes());
        base64::encode(&bytes, URL_SAFE).trim_end_matches('=').to_owned()
    }

    /// Decodes a token. Returns None if the emulator did not create it, or a client changed it.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = base64::decode(text, URL_SAFE)?;
        let (sum, text) = bytes.split_at_checked(4)?;
        if sum != compute_checksum(text).to_be_bytes() {
            return None;
        }
        let parts: Vec<Value> = serde_json::from_slice(text).ok()?;
        let [skip, scope, select, since, until, row, blanks, repeat, generation] = parts.as_slice() else { return None };
        let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
        let names = |value: &Value| value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect();
        Some(Self {
            kind: if skip.as_bool()? { StateTokenKind::Skip } else { StateTokenKind::Delta },
            scope: scope.as_str()?.to_owned(),
            select: names(select),
            since: number(since)?,
            until: number(until)?,
            position: Position { row: number(row)?, blanks: number(blanks)?, repeat: repeat.as_bool()? },
            generation: u32::try_from(generation.as_u64()?).ok()?,
        })
    }
}

/// Computes FNV-1a, which detects a token that a client changed or cut.
fn compute_checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
