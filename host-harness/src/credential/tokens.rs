//! The access token of one application, asked for as seldom as can be.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderValue;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use super::source::TokenSource;
use super::token_error::TokenError;
use super::token_request::{self, Issued};
use crate::cloud::Cloud;
use crate::metrics::Meter;

/// How long before its end the next token is asked for, at the latest.
const AHEAD: Duration = Duration::from_secs(300);
/// How long before its end a token is not sent any more: clocks differ, and requests take time.
const MARGIN: Duration = Duration::from_secs(60);
/// The wait after a failure, while there is a token that is still good.
const PAUSE: Duration = Duration::from_secs(30);

/// How long a refusal counts without asking again: it will not pass by itself, and a service that is asked for every call takes
/// that for an attack.
const REFUSED_FOR: Duration = Duration::from_secs(10);

type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Asks for a token when one is needed, keeps it, and asks for the next one before it ends. There is one request at a time,
/// and whoever waits for a token has the outcome of the one under way.
pub(super) struct Tokens {
    source: TokenSource,
    cloud: Cloud,
    client: reqwest::Client,
    meter: Meter,
    clock: Clock,
    kept: Mutex<Kept>,
    turn: Arc<Turn<()>>,
}

#[derive(Default)]
struct Kept {
    token: Option<Token>,
    failure: Option<TokenError>,
    /// Until when nobody asks again.
    refused_until: Option<Instant>,
    /// How many requests have ended.
    ended: u64,
}

struct Token {
    header: HeaderValue,
    /// From when on the next one is asked for.
    refresh: Instant,
    /// From when on it is not sent.
    end: Instant,
}

impl Tokens {
    pub(super) fn new(source: TokenSource, cloud: Cloud, client: reqwest::Client, meter: Meter) -> Self {
        Self { source, cloud, client, meter, clock: Arc::new(Instant::now), kept: Mutex::default(), turn: Arc::default() }
    }

    /// For whom there are tokens.
    pub(super) fn subject(&self) -> String {
        self.source.subject()
    }

    /// The value of `Authorization`.
    pub(super) async fn authorization(self: &Arc<Self>) -> Result<HeaderValue, TokenError> {
        let ended = {
            let kept = self.kept();
            let now = (self.clock)();
            if let Some(token) = kept.token.as_ref().filter(|token| now < token.end) {
                // Whoever is first has it renewed, and nobody waits for that.
                if now >= token.refresh
                    && let Ok(turn) = Arc::clone(&self.turn).try_lock_owned()
                {
                    self.renew(turn);
                }
                return Ok(token.header.clone());
            }
            if let Some(failure) = kept.failure.as_ref().filter(|_| kept.refused_until.is_some_and(|until| now < until)) {
                return Err(failure.clone());
            }
            kept.ended
        };
        let turn = Arc::clone(&self.turn).lock_owned().await;
        {
            let kept = self.kept();
            // Somebody else's request has ended while this one waited.
            if kept.ended != ended {
                let now = (self.clock)();
                if let Some(token) = kept.token.as_ref().filter(|token| now < token.end) {
                    return Ok(token.header.clone());
                }
                if let Some(failure) = &kept.failure {
                    return Err(failure.clone());
                }
            }
        }
        let failed = |_| TokenError::Unavailable { subject: self.source.subject(), reason: "asking for it failed".to_owned() };
        self.renew(turn).await.map_err(failed)?
    }

    /// The service does not take the token any more: it is not sent again.
    pub(super) fn refused(&self, header: &HeaderValue) {
        let mut kept = self.kept();
        if kept.token.as_ref().is_some_and(|token| token.header == *header) {
            kept.token = None;
        }
    }

    /// In a task of its own, which goes on when whoever needed the token has gone.
    fn renew(self: &Arc<Self>, turn: OwnedMutexGuard<()>) -> tokio::task::JoinHandle<Result<HeaderValue, TokenError>> {
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let asked = (this.clock)();
            let outcome = token_request::request(&this.client, &this.source, this.cloud).await;
            let outcome = this.keep(asked, outcome);
            drop(turn);
            outcome
        })
    }

    fn keep(&self, asked: Instant, outcome: Result<Issued, TokenError>) -> Result<HeaderValue, TokenError> {
        self.meter.token(outcome.as_ref().err());
        let mut kept = self.kept();
        kept.ended += 1;
        match outcome {
            Ok(Issued { header, lifetime, refresh_in }) => {
                let ahead = refresh_in.unwrap_or(lifetime).min(lifetime.saturating_sub(AHEAD).max(lifetime / 2));
                let end = asked + lifetime.saturating_sub(MARGIN.min(lifetime / 10));
                kept.token = Some(Token { header: header.clone(), refresh: asked + ahead, end });
                (kept.failure, kept.refused_until) = (None, None);
                Ok(header)
            }
            Err(error) => {
                tracing::error!("{error}");
                if let Some(token) = &mut kept.token {
                    token.refresh = asked + PAUSE;
                }
                let refused = matches!(error, TokenError::Refused { .. });
                kept.refused_until = refused.then_some(asked + REFUSED_FOR);
                kept.failure = Some(error.clone());
                Err(error)
            }
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
