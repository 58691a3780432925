//! The way back to our caller: what a REST frontend writes its response to, and why the caller's body could not be read.

use crate::http_message::HttpResponse;

/// What a response to our caller is written to: whole, or streamed.
pub trait ResponseWriter {
    /// Writes a whole response.
    fn write_whole(&mut self, response: HttpResponse);

    /// Begins a streamed response, whose body follows.
    fn begin(&mut self, head: http::Response<()>) -> Result<(), Disconnected>;

    /// Writes the next bytes of the body.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Disconnected>;

    /// Discards what was begun and written, if nothing of it was sent yet. Returns whether it could.
    fn discard(&mut self) -> bool;

    /// Ends the body. Without this the response is aborted, and the caller sees that it is.
    fn end(&mut self);
}

/// A response that is kept as a whole.
impl ResponseWriter for HttpResponse {
    fn write_whole(&mut self, response: HttpResponse) {
        *self = response;
    }

    fn begin(&mut self, head: http::Response<()>) -> Result<(), Disconnected> {
        *self = head.map(|()| Vec::new());
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Disconnected> {
        self.body_mut().extend_from_slice(bytes);
        Ok(())
    }

    fn discard(&mut self) -> bool {
        true
    }

    fn end(&mut self) {}
}

/// The caller went away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disconnected;

/// Why the body of a request could not be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BodyError {
    /// It is longer than that many bytes.
    TooLarge(usize),
    /// The caller stopped sending, or was too slow.
    Incomplete,
}
