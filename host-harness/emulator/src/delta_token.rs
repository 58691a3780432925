//! State tokens: all that a round of a delta query has to remember, so that the emulator need not.

use serde_json::{Value, json};

use super::base64::{self, URL_SAFE};

/// Which link carries a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `$skiptoken`, in `@odata.nextLink`.
    Skip,
    /// `$deltatoken`, in `@odata.deltaLink`.
    Delta,
}

/// The state of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// The collection that it is of. It has a mailbox's ids in it, so no other mailbox takes it.
    pub(super) scope: String,
    /// The `$select` of the first request: "The state tokens also encode and include other query parameters".
    pub(super) select: Option<Vec<String>>,
    /// The positions in the journal that the round lies between.
    pub(super) since: usize,
    pub(super) until: usize,
    /// Rows of the round that earlier pages had.
    pub(super) row: usize,
    /// Whether the empty page before this one was given.
    pub(super) blank: bool,
    /// See [`super::deltas::Deltas`].
    pub(super) generation: u32,
}

impl Token {
    /// The token as it stands in a link: unreserved characters only.
    pub(super) fn write(&self) -> String {
        let skip = self.kind == Kind::Skip;
        let Self { scope, select, since, until, row, blank, generation, .. } = self;
        let text = json!([skip, scope, select, since, until, row, blank, generation]).to_string();
        let mut bytes = checksum(text.as_bytes()).to_be_bytes().to_vec();
        bytes.extend(text.bytes());
        base64::encode(&bytes, URL_SAFE).trim_end_matches('=').to_owned()
    }

    /// Reads a token. `None` if the emulator did not write it, or not so.
    pub(super) fn read(text: &str) -> Option<Self> {
        let bytes = base64::decode(text, URL_SAFE)?;
        let (sum, text) = bytes.split_at_checked(4)?;
        if sum != checksum(text).to_be_bytes() {
            return None;
        }
        let parts: Vec<Value> = serde_json::from_slice(text).ok()?;
        let [skip, scope, select, since, until, row, blank, generation] = parts.as_slice() else { return None };
        let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
        let names = |value: &Value| value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect();
        Some(Self {
            kind: if skip.as_bool()? { Kind::Skip } else { Kind::Delta },
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
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
