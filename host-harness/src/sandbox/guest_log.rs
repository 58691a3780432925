//! What a component in the gateway writes to standard error, mostly panics.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// The longest line, and the maximum of one call, in bytes.
const MAX_LINE_BYTES: usize = 8 << 10;
const MAX_CALL_BYTES: usize = 64 << 10;

/// Standard error that goes to the host's log, line by line. Bytes beyond the maximum are dropped without an error, so that a
/// component can neither fill a disk nor fail because of its log.
#[derive(Clone, Default)]
pub(crate) struct GuestLog(Arc<Mutex<LineBuffer>>);

#[derive(Default)]
struct LineBuffer {
    line: Vec<u8>,
    written: usize,
}

impl LineBuffer {
    fn write(&mut self, bytes: &[u8]) {
        let bytes = bytes.get(..MAX_CALL_BYTES.saturating_sub(self.written)).unwrap_or(bytes);
        self.written += bytes.len();
        for &byte in bytes {
            if byte != b'\n' {
                self.line.push(byte);
            }
            if byte == b'\n' || self.line.len() >= MAX_LINE_BYTES || self.written >= MAX_CALL_BYTES {
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

impl Drop for LineBuffer {
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
        // Only WASI 0.3 uses this stream, and the component uses WASI 0.2.
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MAX_CALL_BYTES)
    }
}
