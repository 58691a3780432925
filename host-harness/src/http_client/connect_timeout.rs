//! A connect timeout for each request. The client itself has only one for all.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tower::{Layer, Service};

tokio::task_local! {
    static TIMEOUT: Duration;
}

/// Runs a request. A connection that has to be opened for it may take `limit`.
pub(crate) fn with_limit<F: Future>(limit: Duration, request: F) -> impl Future<Output = F::Output> {
    TIMEOUT.scope(limit, request)
}

/// Wraps the client's connector in the timeout.
#[derive(Clone)]
pub(crate) struct ConnectTimeoutLayer;

impl<S> Layer<S> for ConnectTimeoutLayer {
    type Service = ConnectTimeout<S>;

    fn layer(&self, connector: S) -> Self::Service {
        ConnectTimeout { connector }
    }
}

#[derive(Clone)]
pub(crate) struct ConnectTimeout<S> {
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
        // Read here, in the request's task: a task of the pool may complete the connection.
        match TIMEOUT.try_get() {
            Ok(limit) => {
                let connecting = tokio::time::timeout(limit, connecting);
                Box::pin(async move { connecting.await.unwrap_or_else(|_| Err(ConnectTimedOut.into())) })
            }
            Err(_) => Box::pin(connecting),
        }
    }
}

/// Connecting exceeded the timeout.
#[derive(Debug)]
pub(crate) struct ConnectTimedOut;

impl fmt::Display for ConnectTimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connecting timed out")
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
    async fn slow_connection_times_out() {
        let mut connector = ConnectTimeoutLayer.layer(Never);
        let error = with_limit(Duration::from_millis(20), async { connector.call(()).await }).await.unwrap_err();
        assert!(error.is::<ConnectTimedOut>());
    }
}
