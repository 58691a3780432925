//! Takes a request's access token out of its response: an error text may quote it, and the component would pass it on.
//!
//! The token is overwritten with asterisks, so that lengths stay. It is found also if only its beginning is quoted, and if it is split
//! between two frames.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue};
use hyper::body::{Body, Frame, SizeHint};
use wasmtime_wasi_http::Error;

/// As much of a token is its beginning. Shorter texts are no secret, and occur by chance.
const MIN_MATCH_BYTES: usize = 16;

/// A body without a token.
pub(super) struct RedactedBody<B> {
    body: B,
    redactor: Redactor,
    /// What follows the data that is held back.
    queued: VecDeque<Frame<Bytes>>,
    is_over: bool,
}

/// Finds a token in a text that arrives in pieces.
struct Redactor {
    token: Vec<u8>,
    /// The end of the text so far, as long as it may be the beginning of the token.
    held: Vec<u8>,
    /// How much of the token has been overwritten, while the text goes on with the token.
    overwritten: usize,
}

/// Returns the token of a request's `Authorization`, if it is long enough to be found.
pub(super) fn token_of(authorization: Option<&HeaderValue>) -> Option<Vec<u8>> {
    let value = authorization?.as_bytes();
    let token = value.iter().position(|byte| *byte == b' ').and_then(|space| value.get(space + 1..)).unwrap_or(value);
    (token.len() >= MIN_MATCH_BYTES).then(|| token.to_vec())
}

/// Removes the headers that quote a token.
pub(super) fn redact_headers(headers: &mut HeaderMap, token: &[u8]) {
    let Some(start) = token.get(..MIN_MATCH_BYTES) else { return };
    let quotes = |value: &HeaderValue| value.as_bytes().windows(start.len()).any(|window| window == start);
    let names: Vec<_> = headers.iter().filter(|(_, value)| quotes(value)).map(|(name, _)| name.clone()).collect();
    for name in names {
        tracing::warn!("removed the header {name} of a response: it quotes the access token");
        headers.remove(name);
    }
}

impl<B> RedactedBody<B> {
    pub(super) fn new(body: B, token: Vec<u8>) -> Self {
        let redactor = Redactor { token, held: Vec::new(), overwritten: 0 };
        Self { body, redactor, queued: VecDeque::new(), is_over: false }
    }
}

impl Redactor {
    /// Returns the text up to here, without what may be the beginning of the token.
    fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut text = std::mem::take(&mut self.held);
        let new = text.len();
        text.extend_from_slice(piece);
        // What is held back is no continuation of an overwritten part.
        let mut at = if self.overwritten > 0 { self.overwrite(&mut text, new) } else { 0 };
        while at < text.len() {
            let rest = text.get(at..).unwrap_or_default();
            let common = rest.iter().zip(&self.token).take_while(|(one, other)| one == other).count();
            if common >= MIN_MATCH_BYTES {
                at = self.overwrite(&mut text, at);
            } else if common == rest.len() {
                break;
            } else {
                at += 1;
            }
        }
        self.held = text.split_off(at);
        text
    }

    /// Overwrites the text from `at` on as far as the token goes on there, and returns where that ends.
    fn overwrite(&mut self, text: &mut [u8], at: usize) -> usize {
        let token = self.token.get(self.overwritten..).unwrap_or_default();
        let rest = text.get_mut(at..).unwrap_or_default();
        let count = rest.iter().zip(token).take_while(|(one, other)| *one == *other).count();
        rest.iter_mut().take(count).for_each(|byte| *byte = b'*');
        // The token may go on in the next piece only if this one ends with it.
        self.overwritten = if at + count == text.len() { self.overwritten + count } else { 0 };
        at + count
    }

    /// Returns what is left at the end.
    fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }
}

impl<B: Body<Data = Bytes, Error = Error> + Unpin> Body for RedactedBody<B> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        loop {
            if let Some(frame) = this.queued.pop_front() {
                return Poll::Ready(Some(Ok(frame)));
            }
            if this.is_over {
                return Poll::Ready(None);
            }
            match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => {
                        let passed = this.redactor.push(&data);
                        if !passed.is_empty() {
                            return Poll::Ready(Some(Ok(Frame::data(passed.into()))));
                        }
                    }
                    Err(trailers) => {
                        this.queue_rest();
                        this.queued.push_back(trailers);
                    }
                },
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {
                    this.queue_rest();
                    this.is_over = true;
                }
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        if self.is_over || !self.redactor.held.is_empty() { SizeHint::default() } else { self.body.size_hint() }
    }
}

impl<B> RedactedBody<B> {
    fn queue_rest(&mut self) {
        let rest = self.redactor.finish();
        if !rest.is_empty() {
            self.queued.push_back(Frame::data(rest.into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJncmFwaCJ9.c2lnbmF0dXJl";

    /// Returns a text that arrived in pieces of this size.
    fn redact(text: &str, size: usize) -> String {
        let mut redactor = Redactor { token: TOKEN.as_bytes().to_vec(), held: Vec::new(), overwritten: 0 };
        let mut passed: Vec<u8> = text.as_bytes().chunks(size).flat_map(|piece| redactor.push(piece)).collect();
        passed.extend(redactor.finish());
        String::from_utf8(passed).unwrap()
    }

    #[test]
    fn token_is_overwritten_in_pieces_of_any_size() {
        let stars = "*".repeat(TOKEN.len());
        let (start, other_end) = (&TOKEN[..20], format!("{}x", &TOKEN[..40]));
        let texts = [
            (format!("the token '{TOKEN}' has expired"), format!("the token '{stars}' has expired")),
            (TOKEN.to_owned(), stars.clone()),
            (format!("{TOKEN}{TOKEN}"), format!("{stars}{stars}")),
            (format!("eyJ0{TOKEN}eyJ0"), format!("eyJ0{stars}eyJ0")),
            (format!("{start}... is malformed"), format!("{}... is malformed", "*".repeat(20))),
            (other_end, format!("{}x", "*".repeat(40))),
            ("eyJ0eXAiOiJ, and no token".to_owned(), "eyJ0eXAiOiJ, and no token".to_owned()),
            (String::new(), String::new()),
        ];
        for (text, expected) in texts {
            for size in 1..=text.len().max(1) {
                assert_eq!(redact(&text, size), expected, "{text} in pieces of {size}");
            }
        }
    }

    #[test]
    fn token_is_taken_from_authorization() {
        let value = |text: &str| HeaderValue::try_from(text).unwrap();
        assert_eq!(token_of(Some(&value(&format!("Bearer {TOKEN}")))), Some(TOKEN.as_bytes().to_vec()));
        assert_eq!(token_of(Some(&value("Bearer short"))), None, "no secret, and it would occur by chance");
        assert_eq!(token_of(None), None);
        let mut headers = HeaderMap::new();
        headers.insert("x-ms-ags-diagnostic", value(&format!("token {TOKEN}")));
        headers.insert("request-id", value("1"));
        redact_headers(&mut headers, TOKEN.as_bytes());
        assert_eq!(headers.len(), 1);
    }
}
