//! Requests whose target has characters that a URL must escape.
//!
//! The OpenICF page's own commands ask for `?_fields="_id,contacts"`, and curl sends the quotes as they stand. hyper refuses
//! such a request before anybody sees it, so they are escaped on the way to hyper. To find the targets, heads and the
//! lengths of bodies are read with hyper's own parser; where a body's length is not in its head, the connection ends with
//! that request, and the next one is at the beginning of a new connection again.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// As many as hyper reads.
const HEADERS: usize = 100;
/// A head without end is not looked at any further.
const HEAD_BYTES: usize = 64 << 10;
const READ_BYTES: usize = 8 << 10;

/// A connection on which the quotes and angle brackets in request targets are escaped.
pub(super) struct EscapedTargets<S> {
    stream: S,
    /// Read, and not yet looked at.
    unread: BytesMut,
    /// Looked at, and not yet handed on.
    ready: Bytes,
    next: Next,
}

/// What the unread bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Head,
    /// A body with so many bytes to come.
    Body(u64),
    /// Nothing that is looked at.
    Rest,
}

impl<S> EscapedTargets<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, unread: BytesMut::new(), ready: Bytes::new(), next: Next::Head }
    }

    /// Moves bytes from unread to ready, if there are enough to say what they are.
    fn advance(&mut self) {
        match self.next {
            Next::Head => match read_head(&self.unread) {
                Head::Partial if self.unread.len() < HEAD_BYTES => {}
                Head::Partial | Head::Broken => self.next = Next::Rest,
                Head::Complete { length, target, body } => {
                    let head = self.unread.split_to(length);
                    self.ready = escape(&head, target, body.is_none()).unwrap_or_else(|| head.freeze());
                    self.next = match body {
                        Some(0) => Next::Head,
                        Some(length) => Next::Body(length),
                        None => Next::Rest,
                    };
                }
            },
            Next::Body(left) => {
                let count = usize::try_from(left).unwrap_or(usize::MAX).min(self.unread.len());
                self.ready = self.unread.split_to(count).freeze();
                self.next = match left - count as u64 {
                    0 => Next::Head,
                    left => Next::Body(left),
                };
            }
            Next::Rest => {}
        }
        if self.next == Next::Rest && self.ready.is_empty() {
            self.ready = self.unread.split().freeze();
        }
    }
}

enum Head {
    Partial,
    Broken,
    /// The length of the head, where the target is in it, and the length of the body if the head says one.
    Complete {
        length: usize,
        target: (usize, usize),
        body: Option<u64>,
    },
}

fn read_head(bytes: &[u8]) -> Head {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Head::Partial,
        Err(_) => return Head::Broken,
    };
    let Some(path) = request.path else { return Head::Broken };
    // The parser lends parts of what it was given.
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

/// The head with an escaped target, and with the wish to close the connection if this is the `last` request on it. `None` if
/// it may stay as it is.
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
            if this.ready.is_empty() && !this.unread.is_empty() {
                this.advance();
            }
            if !this.ready.is_empty() {
                let count = this.ready.len().min(buffer.remaining());
                buffer.put_slice(&this.ready.split_to(count));
                return Poll::Ready(Ok(()));
            }
            let mut read = [0; READ_BYTES];
            let mut read = ReadBuf::new(&mut read);
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut read))?;
            if read.filled().is_empty() {
                // The end. What was begun is hyper's to complain of.
                this.next = Next::Rest;
                if !this.unread.has_remaining() {
                    return Poll::Ready(Ok(()));
                }
            }
            this.unread.extend_from_slice(read.filled());
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

    /// What hyper gets of `sent`, which arrives in pieces of `piece` bytes.
    async fn received(sent: &str, piece: usize) -> String {
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
            assert_eq!(received(sent, piece).await, expected, "in pieces of {piece}");
        }
    }

    #[tokio::test]
    async fn quotes_are_escaped_in_every_target_and_nowhere_else() {
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
    async fn a_body_of_untold_length_is_the_last_thing_on_its_connection() {
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
    async fn what_is_no_request_is_left_alone() {
        for sent in ["", "GET /\"", "\"\"\"\r\n\r\n\"", "GET /a b\"c HTTP/9.9\r\n\r\n"] {
            assert_received(sent, sent).await;
        }
    }
}
