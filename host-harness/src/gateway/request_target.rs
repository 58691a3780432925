//! Escapes request targets with characters that a URL must not contain.
//!
//! The commands of the OpenICF page request `?_fields="_id,contacts"`, and curl sends the quotes unescaped. hyper refuses such a
//! request, so the quotes are escaped before hyper reads them. Heads and the lengths of bodies are parsed with hyper's own parser
//! to find the targets. If the head does not have the body's length, the connection ends with that request.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The maximum number of headers, as in hyper.
const MAX_HEADERS: usize = 100;
/// Longer heads are passed on unparsed. hyper refuses them.
const MAX_HEAD_BYTES: usize = 64 << 10;
const READ_BUFFER_BYTES: usize = 8 << 10;

/// A connection that escapes quotes and angle brackets in request targets.
pub(super) struct EscapedTargets<S> {
    stream: S,
    /// Received, not yet parsed.
    unparsed: BytesMut,
    /// How many of these bytes are known to have no end of a head: a head that arrives in many pieces is not parsed again with each.
    scanned: usize,
    /// Parsed, not yet read.
    ready: Bytes,
    next: Next,
}

/// What the unparsed bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Head,
    /// A body, with the number of remaining bytes.
    Body(u64),
    /// Passed on unparsed.
    Rest,
}

impl<S> EscapedTargets<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, unparsed: BytesMut::new(), scanned: 0, ready: Bytes::new(), next: Next::Head }
    }

    /// Parses the head, unless the bytes since the last time do not end it.
    fn parse_next_head(&self) -> Head {
        // An empty line ends the head; its beginning may have been there.
        let new = self.unparsed.get(self.scanned.saturating_sub(3)..).unwrap_or_default();
        let has_end = new.windows(2).any(|two| two == b"\n\n") || new.windows(3).any(|three| three == b"\n\r\n");
        if self.scanned > 0 && !has_end { Head::Partial } else { parse_head(&self.unparsed) }
    }

    /// Moves bytes from unparsed to ready, if there are enough to parse.
    fn advance(&mut self) {
        match self.next {
            Next::Head => match self.parse_next_head() {
                Head::Partial if self.unparsed.len() < MAX_HEAD_BYTES => self.scanned = self.unparsed.len(),
                Head::Partial | Head::Broken => self.next = Next::Rest,
                Head::Complete { length, target, body } => {
                    let head = self.unparsed.split_to(length);
                    self.scanned = 0;
                    self.ready = escape(&head, target, body.is_none()).unwrap_or_else(|| head.freeze());
                    self.next = match body {
                        Some(0) => Next::Head,
                        Some(length) => Next::Body(length),
                        None => Next::Rest,
                    };
                }
            },
            Next::Body(remaining) => {
                let count = usize::try_from(remaining).unwrap_or(usize::MAX).min(self.unparsed.len());
                self.ready = self.unparsed.split_to(count).freeze();
                self.next = match remaining - count as u64 {
                    0 => Next::Head,
                    remaining => Next::Body(remaining),
                };
            }
            Next::Rest => {}
        }
        if self.next == Next::Rest && self.ready.is_empty() {
            self.ready = self.unparsed.split().freeze();
        }
    }
}

enum Head {
    Partial,
    Broken,
    /// The length of the head, the range of the target in it, and the length of the body if the head has it.
    Complete {
        length: usize,
        target: (usize, usize),
        body: Option<u64>,
    },
}

fn parse_head(bytes: &[u8]) -> Head {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Head::Partial,
        Err(_) => return Head::Broken,
    };
    let Some(path) = request.path else { return Head::Broken };
    // The parser returns slices of its input.
    let start = path.as_ptr().addr() - bytes.as_ptr().addr();
    Head::Complete { length, target: (start, start + path.len()), body: body_length(&request) }
}

fn body_length(request: &httparse::Request<'_, '_>) -> Option<u64> {
    let mut lengths = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("content-length"));
    let chunked = request.headers.iter().any(|header| header.name.eq_ignore_ascii_case("transfer-encoding"));
    match (lengths.next(), lengths.next()) {
        _ if chunked => None,
        (None, _) => Some(0),
        (Some(length), None) => {
            let digits = str::from_utf8(length.value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
            digits.parse().ok()
        }
        (Some(_), Some(_)) => None,
    }
}

/// Returns the head with an escaped target, and with `connection: close` if this is the `last` request on the connection. `None`
/// if it needs no change.
fn escape(head: &[u8], (start, end): (usize, usize), last: bool) -> Option<Bytes> {
    let (before, target, after) = (head.get(..start)?, head.get(start..end)?, head.get(end..)?);
    if !last && !target.iter().any(|byte| matches!(byte, b'"' | b'<' | b'>')) {
        return None;
    }
    let mut escaped = BytesMut::from(before);
    for byte in target {
        match byte {
            b'"' => escaped.extend_from_slice(b"%22"),
            b'<' => escaped.extend_from_slice(b"%3C"),
            b'>' => escaped.extend_from_slice(b"%3E"),
            other => escaped.extend_from_slice(&[*other]),
        }
    }
    let version_ends = after.iter().position(|byte| *byte == b'\n')? + 1;
    let (version, fields) = after.split_at(version_ends);
    escaped.extend_from_slice(version);
    if last {
        escaped.extend_from_slice(b"connection: close\r\n");
    }
    escaped.extend_from_slice(fields);
    Some(escaped.freeze())
}

impl<S: AsyncRead + Unpin> AsyncRead for EscapedTargets<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if this.ready.is_empty() && !this.unparsed.is_empty() {
                this.advance();
            }
            if !this.ready.is_empty() {
                let count = this.ready.len().min(buffer.remaining());
                buffer.put_slice(&this.ready.split_to(count));
                return Poll::Ready(Ok(()));
            }
            let mut read = [0; READ_BUFFER_BYTES];
            let mut read = ReadBuf::new(&mut read);
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut read))?;
            if read.filled().is_empty() {
                // hyper reports an incomplete request.
                this.next = Next::Rest;
                if !this.unparsed.has_remaining() {
                    return Poll::Ready(Ok(()));
                }
            }
            this.unparsed.extend_from_slice(read.filled());
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for EscapedTargets<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// Returns what hyper reads of `sent`, which arrives in pieces of `piece` bytes.
    async fn receive(sent: &str, piece: usize) -> String {
        let (mut client, server) = tokio::io::duplex(64);
        let sent = sent.as_bytes().to_vec();
        tokio::spawn(async move {
            for piece in sent.chunks(piece) {
                client.write_all(piece).await.unwrap();
                tokio::task::yield_now().await;
            }
        });
        let mut all = String::new();
        EscapedTargets::new(server).read_to_string(&mut all).await.unwrap();
        all
    }

    async fn assert_received(sent: &str, expected: &str) {
        for piece in [1, 2, 7, 33, 10_000] {
            assert_eq!(receive(sent, piece).await, expected, "in pieces of {piece}");
        }
    }

    #[tokio::test]
    async fn quotes_are_escaped_only_in_targets() {
        assert_received(
            "GET /u?_fields=\"_id,contacts\" HTTP/1.1\r\nIf-Match: \"1\"\r\n\r\n\
             PUT /\"u\" HTTP/1.1\r\nContent-Length: 32\r\n\r\n{\"GET /\\\"\":\"GET /\\\" HTTP/1.1\\n\"}\
             GET /<\"> HTTP/1.0\r\n\r\n",
            "GET /u?_fields=%22_id,contacts%22 HTTP/1.1\r\nIf-Match: \"1\"\r\n\r\n\
             PUT /%22u%22 HTTP/1.1\r\nContent-Length: 32\r\n\r\n{\"GET /\\\"\":\"GET /\\\" HTTP/1.1\\n\"}\
             GET /%3C%22%3E HTTP/1.0\r\n\r\n",
        )
        .await;
    }

    #[tokio::test]
    async fn body_of_unknown_length_closes_connection() {
        for framing in ["Transfer-Encoding: chunked", "Content-Length: 3\r\nContent-Length: 3", "Content-Length: +3"] {
            assert_received(
                &format!("POST /\" HTTP/1.1\r\n{framing}\r\n\r\n3\r\n\"\"\"\r\n0\r\n\r\nGET /\" HTTP/1.1\r\n\r\n"),
                &format!(
                    "POST /%22 HTTP/1.1\r\nconnection: close\r\n{framing}\r\n\r\n3\r\n\"\"\"\r\n0\r\n\r\nGET /\" HTTP/1.1\r\n\r\n"
                ),
            )
            .await;
        }
    }

    #[tokio::test]
    async fn other_bytes_pass_unchanged() {
        for sent in ["", "GET /\"", "\"\"\"\r\n\r\n\"", "GET /a b\"c HTTP/9.9\r\n\r\n"] {
            assert_received(sent, sent).await;
        }
    }
}
