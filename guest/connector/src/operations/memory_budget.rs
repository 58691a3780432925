//! A limit for objects that have to be in memory at once.

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};

/// The most JSON text, in bytes, of objects that are in memory at once. Objects take about four times their text, and a sandbox
/// has 128 MiB unless its operator says otherwise.
const MAX_TEXT: usize = 12 << 20;

/// Counts the objects that are in memory.
#[derive(Default)]
pub struct MemoryBudget {
    text: usize,
}

impl MemoryBudget {
    /// Counts an object.
    ///
    /// # Errors
    ///
    /// If the objects do not fit into memory. `advice` says what to do.
    pub fn add(&mut self, object: &Value, advice: &str) -> Result<()> {
        self.text += object.to_string().len();
        if self.text <= MAX_TEXT {
            return Ok(());
        }
        let problem = format!("the result has more than {} MiB, which do not fit into memory: {advice}", MAX_TEXT >> 20);
        Err(Error::new(ErrorKind::InvalidAttributeValue, problem))
    }

    /// Forgets the objects, which are not in memory any more, but for `kept` of `all`.
    pub fn keep(&mut self, kept: usize, all: usize) {
        self.text = self.text / all.max(1) * kept;
    }
}
