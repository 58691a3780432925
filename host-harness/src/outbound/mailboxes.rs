//! How many requests are under way for one mailbox.
//!
//! Outlook serves four requests of an application for a mailbox at a time, and answers others with 429
//! (<https://learn.microsoft.com/en-us/graph/throttling-limits#outlook-service-limits>). Each sandbox sees its own requests
//! alone, so the host keeps count for all of them: a request that would be one too many waits for its turn.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use http::header::AUTHORIZATION;
use reqwest::Url;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The mailboxes with requests under way.
pub(crate) struct Mailboxes {
    at_once: usize,
    turns: Mutex<HashMap<String, Weak<Semaphore>>>,
    /// Tells the owners of tokens apart without keeping a token.
    tokens: RandomState,
}

/// A request's turn at its mailbox; it lasts until this is dropped. `None` where the request is for no mailbox.
pub(crate) type Turn = Option<OwnedSemaphorePermit>;

impl Mailboxes {
    /// Mailboxes with `at_once` requests each at a time.
    pub(crate) fn new(at_once: usize) -> Self {
        Self { at_once, turns: Mutex::default(), tokens: RandomState::new() }
    }

    /// Waits until it is the request's turn.
    pub(crate) async fn turn(&self, request: &reqwest::Request) -> Turn {
        let semaphore = self.semaphore(self.mailbox(request)?);
        // It is never closed.
        semaphore.acquire_owned().await.ok()
    }

    fn semaphore(&self, mailbox: String) -> Arc<Semaphore> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = turns.get(&mailbox).and_then(Weak::upgrade) {
            return known;
        }
        // The moment to forget those with nothing under way, so that the map stays as small as the traffic.
        turns.retain(|_, semaphore| semaphore.strong_count() > 0);
        let new = Arc::new(Semaphore::new(self.at_once));
        turns.insert(mailbox, Arc::downgrade(&new));
        new
    }

    /// The mailbox that a request is for: `/{version}/users/{id}/...` or `/{version}/me/...`, whose `me` is the token's.
    ///
    /// An id and a user principal name of the same mailbox are two names here.
    fn mailbox(&self, request: &reqwest::Request) -> Option<String> {
        let url = request.url();
        let mut segments = url.path_segments()?.skip(1);
        match segments.next()? {
            "users" => Some(format!("{} {}", origin(url), segments.next()?.to_ascii_lowercase())),
            "me" => {
                let token = self.tokens.hash_one(request.headers().get(AUTHORIZATION));
                Some(format!("{} me {token:x}", origin(url)))
            }
            _ => None,
        }
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
