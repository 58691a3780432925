//! Caches the access token of one application.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderValue;
use tokio::sync::OwnedMutexGuard;

use super::source::TokenSource;
use super::token_error::TokenError;
use super::token_request::{IssuedToken, request_token};
use crate::observability::metrics::meter::{Meter, TokenOutcome};

/// The time before expiry at which the next token is requested, at the latest.
const RENEW_AHEAD: Duration = Duration::from_secs(300);
/// The time before expiry from which a token is no longer sent: clocks differ, and requests take time.
const EXPIRY_MARGIN: Duration = Duration::from_secs(60);
/// The time between attempts to renew a token that is still valid.
const RENEW_RETRY_DELAY: Duration = Duration::from_secs(30);

/// How long a refusal is reported without another request. It will not pass by itself, and a service would take a request for
/// each call for an attack.
const REFUSAL_LIFETIME: Duration = Duration::from_secs(10);

type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Requests a token when one is needed, caches it, and renews it before it expires. There is one request at a time, whose outcome
/// all waiting callers share.
pub(super) struct TokenCache {
    source: TokenSource,
    /// Scheme and host of the Microsoft Graph that the tokens are for.
    audience: String,
    client: reqwest::Client,
    meter: Meter,
    clock: Clock,
    state: Mutex<CacheState>,
    /// Held by the request in progress.
    request_lock: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct CacheState {
    token: Option<CachedToken>,
    failure: Option<TokenError>,
    /// Until when a refusal is reported without another request.
    refused_until: Option<Instant>,
    /// The number of completed requests.
    completed: u64,
}

struct CachedToken {
    header: HeaderValue,
    /// When the next one is requested.
    renew_at: Instant,
    /// When it is no longer sent.
    expires_at: Instant,
}

impl TokenCache {
    pub(super) fn new(source: TokenSource, audience: String, client: reqwest::Client, meter: Meter) -> Self {
        let clock = Arc::new(Instant::now);
        Self { source, audience, client, meter, clock, state: Mutex::default(), request_lock: Arc::default() }
    }

    /// Returns whose tokens these are.
    pub(super) fn subject(&self) -> String {
        self.source.subject()
    }

    /// Returns the value of `Authorization`.
    pub(super) async fn authorization(self: &Arc<Self>) -> Result<HeaderValue, TokenError> {
        let completed = {
            let state = self.state();
            let now = (self.clock)();
            if let Some(token) = state.token.as_ref().filter(|token| now < token.expires_at) {
                // The first caller starts the renewal, and nobody waits for it.
                if now >= token.renew_at
                    && let Ok(guard) = Arc::clone(&self.request_lock).try_lock_owned()
                {
                    self.renew(guard);
                }
                return Ok(token.header.clone());
            }
            if let Some(failure) = state.failure.as_ref().filter(|_| state.refused_until.is_some_and(|until| now < until)) {
                return Err(failure.clone());
            }
            state.completed
        };
        let guard = Arc::clone(&self.request_lock).lock_owned().await;
        {
            let state = self.state();
            // Another caller's request completed while this one waited.
            if state.completed != completed {
                let now = (self.clock)();
                if let Some(token) = state.token.as_ref().filter(|token| now < token.expires_at) {
                    return Ok(token.header.clone());
                }
                if let Some(failure) = &state.failure {
                    return Err(failure.clone());
                }
            }
        }
        let failed = |_| TokenError::Unavailable { subject: self.source.subject(), reason: "the request failed".to_owned() };
        self.renew(guard).await.map_err(failed)?
    }

    /// Discards a token that the service has rejected.
    pub(super) fn discard(&self, header: &HeaderValue) {
        let mut state = self.state();
        if state.token.as_ref().is_some_and(|token| token.header == *header) {
            state.token = None;
        }
    }

    /// Requests a token in a task of its own, which continues if the caller disconnects.
    fn renew(self: &Arc<Self>, guard: OwnedMutexGuard<()>) -> tokio::task::JoinHandle<Result<HeaderValue, TokenError>> {
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let requested_at = (this.clock)();
            let outcome = request_token(&this.client, &this.source, &this.audience).await;
            let outcome = this.store(requested_at, outcome);
            drop(guard);
            outcome
        })
    }

    fn store(&self, requested_at: Instant, outcome: Result<IssuedToken, TokenError>) -> Result<HeaderValue, TokenError> {
        self.meter.count_token_request(match &outcome {
            Ok(_) => TokenOutcome::Issued,
            Err(TokenError::Refused { .. }) => TokenOutcome::Refused,
            Err(TokenError::Unavailable { .. }) => TokenOutcome::Unavailable,
        });
        let mut state = self.state();
        state.completed += 1;
        match outcome {
            Ok(IssuedToken { header, lifetime, refresh_in }) => {
                let renew_in = refresh_in.unwrap_or(lifetime).min(lifetime.saturating_sub(RENEW_AHEAD).max(lifetime / 2));
                let expires_at = requested_at + lifetime.saturating_sub(EXPIRY_MARGIN.min(lifetime / 10));
                state.token = Some(CachedToken { header: header.clone(), renew_at: requested_at + renew_in, expires_at });
                (state.failure, state.refused_until) = (None, None);
                Ok(header)
            }
            Err(error) => {
                tracing::error!("{error}");
                if let Some(token) = &mut state.token {
                    token.renew_at = requested_at + RENEW_RETRY_DELAY;
                }
                let refused = matches!(error, TokenError::Refused { .. });
                state.refused_until = refused.then_some(requested_at + REFUSAL_LIFETIME);
                state.failure = Some(error.clone());
                Err(error)
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, CacheState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
