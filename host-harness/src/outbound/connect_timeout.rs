//! A connect timeout that a request brings along: the client itself has one for all of them only.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tower::{Layer, Service};

tokio::task_local! {
    static LIMIT: Duration;
}

/// Runs a request; a connection that has to be made for it may take `limit`.
pub(super) fn limited<F: Future>(limit: Duration, request: F) -> impl Future<Output = F::Output> {
    LIMIT.scope(limit, request)
}

/// Puts the timeout around the client's connector.
#[derive(Clone)]
pub(super) struct ConnectTimeoutLayer;

impl<S> Layer<S> for ConnectTimeoutLayer {
    type Service = ConnectTimeout<S>;

    fn layer(&self, connector: S) -> Self::Service {
        ConnectTimeout { connector }
    }
}

#[derive(Clone)]
pub(super) struct ConnectTimeout<S> {
    connector: S,
}

type BoxError = Box<dyn Error + Send + Sync>;

impl<S, D> Service<D> for ConnectTimeout<S>
where
    S: Service<D, Error = BoxError>,
    S::Response: Send,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, destination: D) -> Self::Future {
        let connecting = self.connector.call(destination);
        // Read here, where the request is polled: the connection may be finished by a task of the pool.
        match LIMIT.try_get() {
            Ok(limit) => {
                let connecting = tokio::time::timeout(limit, connecting);
                Box::pin(async move { connecting.await.unwrap_or_else(|_| Err(ConnectTimedOut.into())) })
            }
            Err(_) => Box::pin(connecting),
        }
    }
}

/// The connection took too long.
#[derive(Debug)]
pub(super) struct ConnectTimedOut;

impl fmt::Display for ConnectTimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connecting took too long")
    }
}

impl Error for ConnectTimedOut {}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Never;

    impl Service<()> for Never {
        type Response = ();
        type Error = BoxError;
        type Future = std::future::Pending<Result<(), BoxError>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, (): ()) -> Self::Future {
            std::future::pending()
        }
    }

    #[tokio::test]
    async fn a_connection_that_takes_too_long_is_given_up() {
        let mut connector = ConnectTimeoutLayer.layer(Never);
        let error = limited(Duration::from_millis(20), async { connector.call(()).await }).await.unwrap_err();
        assert!(error.is::<ConnectTimedOut>());
    }
}
