//! Identifiers in the form of Exchange: long, case-sensitive, with characters that a URL must escape.

use uuid::Uuid;

use crate::odata::base64::{self, STANDARD, URL_SAFE};

/// The bytes that Exchange puts before the mailbox GUID. In base64 they read `AAMk`.
const PREFIX: [u8; 4] = [0x00, 0x03, 0x24, 0x00];
/// The length byte after the mailbox GUID: bytes of the MAPI entry id of an item, and of a folder.
const ITEM: u8 = 70;
const FOLDER: u8 = 46;
/// In base64url `-_-_`, so that every id tests whether a client escapes and compares it correctly.
const AWKWARD: [u8; 3] = [0xfb, 0xff, 0xbf];

/// The generator of identifiers for one mailbox.
#[derive(Debug)]
pub(crate) struct Ids {
    mailbox: Uuid,
    store: Uuid,
    replica: Uuid,
    counter: u32,
}

impl Ids {
    pub(crate) fn new() -> Self {
        Self { mailbox: Uuid::new_v4(), store: Uuid::new_v4(), replica: Uuid::new_v4(), counter: 0 }
    }

    /// Creates the id of an item: 152 characters.
    pub(crate) fn create_item_id(&mut self) -> String {
        self.build_entry_id(ITEM)
    }

    /// Creates the id of a folder: 120 characters.
    pub(crate) fn create_folder_id(&mut self) -> String {
        self.build_entry_id(FOLDER)
    }

    fn build_entry_id(&mut self, length: u8) -> String {
        let mut bytes = Vec::from(PREFIX);
        bytes.extend(self.mailbox.to_string().bytes());
        bytes.extend([0, length, 0]);
        bytes.extend([0; 4]);
        bytes.extend(self.store.as_bytes());
        bytes.extend([7, 0]);
        if length == ITEM {
            bytes.extend(self.replica.as_bytes());
            bytes.extend([0, 0, 0, 0, 1, 14, 0, 0]);
        }
        bytes.extend(self.replica.as_bytes());
        bytes.extend([0, 0]);
        bytes.extend(self.advance().to_be_bytes());
        bytes.extend([0, 0]);
        for (position, byte) in bytes.iter_mut().skip(48).zip(AWKWARD) {
            *position = byte;
        }
        base64::encode(&bytes, URL_SAFE)
    }

    /// Creates a change key, unique in this mailbox: 40 characters of standard base64.
    pub(crate) fn create_change_key(&mut self) -> String {
        let mut bytes = vec![0x11, 0, 0, 0, 0x16, 0, 0, 0];
        bytes.extend(self.store.as_bytes());
        bytes.extend([0, 0]);
        bytes.extend(self.advance().to_be_bytes());
        base64::encode(&bytes, STANDARD)
    }

    fn advance(&mut self) -> u32 {
        self.counter += 1;
        self.counter
    }
}

/// Returns whether Exchange could have created this id. If not, Graph responds 400 `ErrorInvalidIdMalformed`, not 404.
pub(crate) fn is_well_formed(id: &str) -> bool {
    let Some(bytes) = base64::decode(id, URL_SAFE) else { return false };
    bytes.starts_with(&PREFIX)
        && bytes.get(41).is_some_and(|length| bytes.len() == 43 + usize::from(*length))
        && base64::encode(&bytes, URL_SAFE) == id
}
