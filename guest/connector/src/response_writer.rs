//! The writer of a response to a caller of the REST frontends, and the errors of reading its request.

use crate::http_message::HttpResponse;

/// A writer of one response to a caller, whole or streamed.
pub trait ResponseWriter {
    /// Writes a whole response.
    fn write_whole(&mut self, response: HttpResponse);

    /// Starts a streamed response. Its body follows.
    fn begin(&mut self, head: http::Response<()>) -> Result<(), Disconnected>;

    /// Writes the next bytes of the body.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Disconnected>;

    /// Discards the response, if nothing of it was sent. Returns whether it was discarded.
    fn discard(&mut self) -> bool;

    /// Ends the body. Without it the caller sees an aborted response.
    fn end(&mut self);
}

/// A response in memory.
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

/// The caller closed the connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disconnected;

/// An error of reading the body of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BodyError {
    /// The body has more bytes than this limit.
    TooLarge(usize),
    /// The caller stopped sending, or was too slow.
    Incomplete,
}
