//! The body of a request that announces its length.
//!
//! An HTTP client stops reading a body at the announced length, and a service takes the request for complete at its last byte. So
//! a component could announce a length, write more, and have the service act before the surplus is noticed; what follows would be
//! taken for a request of its own by a careless intermediary. Here the bytes that complete the request are held back until the
//! component has ended its body and the length was right.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame};

type BoxError = Box<dyn StdError + Send + Sync>;

/// The body is shorter or longer than announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request announces a body of {announced} bytes, and {received} bytes came")]
pub(super) struct LengthMismatch {
    announced: u64,
    /// The bytes up to the end of the body, or up to the first surplus.
    received: u64,
}

/// A body whose last announced bytes follow only after its end.
///
/// Without an announced length it passes data as it comes: the end of a chunked body is explicit.
pub(super) struct RequestBody<B> {
    body: B,
    announced: Option<u64>,
    received: u64,
    /// The frame that completes the announced length.
    held: Option<Bytes>,
    ended: bool,
}

impl<B> RequestBody<B> {
    pub(super) fn new(body: B, announced: Option<u64>) -> Self {
        Self { body, announced, received: 0, held: None, ended: false }
    }
}

impl<B> RequestBody<B> {
    /// Ends the body with an error. What is held back never leaves.
    fn fail(&mut self, error: BoxError) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        (self.held, self.ended) = (None, true);
        Poll::Ready(Some(Err(error)))
    }
}

impl<B> Body for RequestBody<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        while !this.ended {
            let frame = match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                Some(Err(error)) => return this.fail(error.into()),
                None => {
                    this.ended = true;
                    match this.announced {
                        Some(announced) if announced != this.received => {
                            return this.fail(LengthMismatch { announced, received: this.received }.into());
                        }
                        _ => return Poll::Ready(this.held.take().map(|bytes| Ok(Frame::data(bytes)))),
                    }
                }
            };
            // A request with an announced length has no trailers, and an empty frame says nothing.
            let Some(bytes) = frame.into_data().ok().filter(|bytes| !bytes.is_empty()) else { continue };
            this.received = this.received.saturating_add(bytes.len() as u64);
            match this.announced {
                Some(announced) if this.received > announced => {
                    return this.fail(LengthMismatch { announced, received: this.received }.into());
                }
                Some(announced) if this.received == announced => this.held = Some(bytes),
                _ => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
            }
        }
        Poll::Ready(None)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use http::HeaderMap;
    use http_body_util::BodyExt as _;
    use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

    use super::*;

    type Received = Result<Frame<Bytes>, std::io::Error>;
    type Subject = RequestBody<Written>;

    /// What the component writes. The body ends when the sender is dropped.
    struct Written(UnboundedReceiver<Received>);

    impl Body for Written {
        type Data = Bytes;
        type Error = std::io::Error;

        fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Received>> {
            self.0.poll_recv(context)
        }
    }

    /// Returns a body with an announced length, and what writes it.
    fn body(announced: Option<u64>) -> (UnboundedSender<Received>, Subject) {
        let (sender, receiver) = unbounded_channel();
        (sender, RequestBody::new(Written(receiver), announced))
    }

    fn write(sender: &UnboundedSender<Received>, data: &'static str) {
        sender.send(Ok(Frame::data(Bytes::from_static(data.as_bytes())))).unwrap();
    }

    /// Returns what the client gets just now: nothing yet, data, an error or the end.
    fn next(body: &mut Subject) -> Option<Option<Result<Bytes, LengthMismatch>>> {
        let frame = body.frame().now_or_never()?;
        Some(frame.map(|frame| match frame {
            Ok(frame) => Ok(frame.into_data().unwrap()),
            Err(error) => Err(*error.downcast::<LengthMismatch>().unwrap()),
        }))
    }

    #[test]
    fn last_frame_waits_for_end_of_body() {
        let (sender, mut body) = body(Some(4));
        write(&sender, "ab");
        assert_eq!(next(&mut body), Some(Some(Ok("ab".into()))), "streamed");
        write(&sender, "cd");
        assert_eq!(next(&mut body), None, "complete, and the component may still write");
        drop(sender);
        assert_eq!(next(&mut body), Some(Some(Ok("cd".into()))));
        assert_eq!(next(&mut body), Some(None));
    }

    #[test]
    fn surplus_fails_without_last_frame() {
        for pieces in [["{}", "GET"], ["{}G", "ET"], ["{", "}GET"]] {
            let (sender, mut body) = body(Some(2));
            let mut received = 0;
            let mut outcome = None;
            for piece in pieces {
                write(&sender, piece);
                while let Some(Some(frame)) = next(&mut body) {
                    match frame {
                        Ok(bytes) => received += bytes.len(),
                        Err(error) => outcome = Some(error),
                    }
                }
            }
            assert!(received < 2, "{pieces:?}");
            assert_eq!(outcome.map(|error| error.announced), Some(2), "{pieces:?}");
            assert_eq!(next(&mut body), Some(None), "{pieces:?}");
        }
    }

    #[test]
    fn shortfall_fails_at_end_of_body() {
        let (sender, mut body) = body(Some(200));
        write(&sender, "{}");
        assert_eq!(next(&mut body), Some(Some(Ok("{}".into()))));
        drop(sender);
        assert_eq!(next(&mut body), Some(Some(Err(LengthMismatch { announced: 200, received: 2 }))));
        assert_eq!(next(&mut body), Some(None));
    }

    #[test]
    fn aborted_body_fails_without_last_frame() {
        let (sender, mut body) = body(Some(2));
        write(&sender, "{}");
        assert_eq!(next(&mut body), None);
        sender.send(Err(std::io::Error::other("aborted"))).unwrap();
        let error = body.frame().now_or_never().unwrap().unwrap().unwrap_err();
        assert!(error.is::<std::io::Error>(), "{error}");
        assert_eq!(next(&mut body), Some(None));
    }

    #[test]
    fn body_of_unannounced_length_is_streamed() {
        let (sender, mut body) = body(None);
        for piece in ["a", "bc"] {
            write(&sender, piece);
            assert_eq!(next(&mut body), Some(Some(Ok(piece.into()))));
        }
        assert_eq!(next(&mut body), None);
        drop(sender);
        assert_eq!(next(&mut body), Some(None));
    }

    #[test]
    fn empty_frames_and_trailers_change_nothing() {
        let (sender, mut body) = body(Some(2));
        for piece in ["", "{}", ""] {
            write(&sender, piece);
        }
        sender.send(Ok(Frame::trailers(HeaderMap::new()))).unwrap();
        assert_eq!(next(&mut body), None);
        drop(sender);
        assert_eq!(next(&mut body), Some(Some(Ok("{}".into()))));
        assert_eq!(next(&mut body), Some(None));
    }
}
