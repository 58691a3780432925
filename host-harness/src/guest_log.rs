//! What a component writes to its standard error while it is served: panics above all.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// The longest line that is kept in one piece, and the most that one call may log, in bytes.
const LINE: usize = 8 << 10;
const TOTAL: usize = 64 << 10;

/// Standard error that ends in the host's log, line by line. What is too much is dropped: a component must not be able to
/// fill a disk, nor to fail because it may not.
#[derive(Clone, Default)]
pub(crate) struct GuestLog(Arc<Mutex<Pending>>);

#[derive(Default)]
struct Pending {
    line: Vec<u8>,
    seen: usize,
}

impl Pending {
    fn take(&mut self, bytes: &[u8]) {
        let bytes = bytes.get(..TOTAL.saturating_sub(self.seen)).unwrap_or(bytes);
        self.seen += bytes.len();
        for &byte in bytes {
            if byte != b'\n' {
                self.line.push(byte);
            }
            if byte == b'\n' || self.line.len() >= LINE || self.seen >= TOTAL {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            tracing::warn!(target: "graph_contacts::guest", "{}", String::from_utf8_lossy(&line));
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.end_line();
    }
}

impl IsTerminal for GuestLog {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for GuestLog {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        // Only WASI 0.3 asks for this form, and the component is of WASI 0.2.
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for GuestLog {
    async fn ready(&mut self) {}
}

impl OutputStream for GuestLog {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(TOTAL)
    }
}
