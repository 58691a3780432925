//! How many requests are under way for one mailbox.
//!
//! Outlook serves four requests of an application for a mailbox at a time, and answers others with 429
//! (<https://learn.microsoft.com/en-us/graph/throttling-limits#outlook-service-limits>). Each sandbox sees its own requests
//! alone, so the host keeps count for all of them: a request that would be one too many waits for its turn. A batch has as many
//! turns at a mailbox as the service will have of its items under way there.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use http::header::AUTHORIZATION;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::batch::{self, Item};

/// The mailboxes with requests under way.
pub(crate) struct Mailboxes {
    at_once: usize,
    turns: Mutex<HashMap<String, Weak<Semaphore>>>,
    /// Tells the owners of tokens apart without keeping a token.
    tokens: RandomState,
}

/// A request's turns at its mailboxes; they last until this is dropped. Empty where the request is for no mailbox.
pub(crate) type Turn = Vec<OwnedSemaphorePermit>;

impl Mailboxes {
    /// Mailboxes with `at_once` requests each at a time.
    pub(crate) fn new(at_once: usize) -> Self {
        Self { at_once, turns: Mutex::default(), tokens: RandomState::new() }
    }

    /// Waits until it is the request's turn; `items` are those of a batch.
    ///
    /// Everyone takes turns at several mailboxes in the same order, so that no two wait for each other.
    pub(super) async fn turn(&self, request: &reqwest::Request, items: Option<&[Item]>) -> Turn {
        let mut turn = Turn::new();
        for (mailbox, wanted) in self.wanted(request, items) {
            // Semaphores are never closed.
            turn.extend(self.semaphore(mailbox).acquire_many_owned(wanted).await);
        }
        turn
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

    /// The mailboxes that a request is for, in order, with the turns that it has there.
    fn wanted(&self, request: &reqwest::Request, items: Option<&[Item]>) -> BTreeMap<String, u32> {
        let mut wanted: BTreeMap<String, u32> = BTreeMap::new();
        let most = u32::try_from(self.at_once.min(batch::AT_ONCE)).unwrap_or(u32::MAX);
        let own = batch::segments(request.url().path());
        let paths: Vec<&[String]> = match items {
            Some(items) => items.iter().map(|item| item.path.as_slice()).collect(),
            None => own.get(1..).into_iter().collect(),
        };
        for mailbox in paths.into_iter().filter_map(|path| self.mailbox(request, path)) {
            let turns = wanted.entry(mailbox).or_default();
            *turns = (*turns + 1).min(most);
        }
        wanted
    }

    /// The mailbox of a path after its version: `/users/{id}/...` or `/me/...`, whose `me` is the token's.
    ///
    /// An id and a user principal name of the same mailbox are two names here.
    fn mailbox(&self, request: &reqwest::Request, path: &[String]) -> Option<String> {
        let origin = request.url().origin().ascii_serialization();
        match path {
            [users, id, ..] if users.eq_ignore_ascii_case("users") => Some(format!("{origin} {}", id.to_lowercase())),
            [me, ..] if me.eq_ignore_ascii_case("me") => {
                let token = self.tokens.hash_one(request.headers().get(AUTHORIZATION));
                Some(format!("{origin} me {token:x}"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn request(path: &str) -> reqwest::Request {
        reqwest::Request::new(http::Method::POST, format!("https://graph.microsoft.com{path}").parse().unwrap())
    }

    fn batch(urls: &[&str]) -> Vec<Item> {
        let requests: Vec<_> = urls.iter().map(|url| serde_json::json!({"method": "GET", "url": url})).collect();
        batch::read(serde_json::json!({ "requests": requests }).to_string().as_bytes(), false).unwrap()
    }

    fn turns(mailboxes: &Mailboxes, path: &str, items: Option<&[Item]>) -> Vec<(String, u32)> {
        let wanted = mailboxes.wanted(&request(path), items);
        wanted.into_iter().map(|(name, turns)| (name.split_once(' ').unwrap().1.to_owned(), turns)).collect()
    }

    #[test]
    fn a_batch_has_the_turns_that_its_items_use_and_four_at_most() {
        let mailboxes = Mailboxes::new(4);
        let items = batch(&[
            "/users/b/contacts",
            "/users/a/contacts/1",
            "/users/B/contactFolders",
            "/users/%62/contacts",
            "/users",
            "/users/b/contacts",
            "/users/b/contacts",
        ]);
        let of = |turns: &[(&str, u32)]| turns.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect::<Vec<_>>();
        assert_eq!(turns(&mailboxes, "/v1.0/$batch", Some(&items)), of(&[("a", 1), ("b", 4)]));
        assert_eq!(turns(&mailboxes, "/v1.0/users/A/contacts", None), of(&[("a", 1)]));
        assert_eq!(turns(&mailboxes, "/v1.0/users", None), of(&[]));
        assert_eq!(
            turns(&Mailboxes::new(2), "/v1.0/$batch", Some(&items)),
            of(&[("a", 1), ("b", 2)]),
            "never more than there are"
        );
        let me = turns(&mailboxes, "/v1.0/$batch", Some(&batch(&["/me/contacts", "/ME/contacts"])));
        assert_eq!(me, turns(&mailboxes, "/v1.0/me/contacts", None).into_iter().map(|(me, _)| (me, 2)).collect::<Vec<_>>());
    }

    /// Batches that name the same mailboxes in different orders would wait for each other for ever if each took its own order.
    #[tokio::test]
    async fn batches_for_several_mailboxes_do_not_wait_for_each_other_for_ever() {
        let mailboxes = Arc::new(Mailboxes::new(4));
        let mut running = tokio::task::JoinSet::new();
        for number in 0..100 {
            let mailboxes = Arc::clone(&mailboxes);
            running.spawn(async move {
                let order = if number % 2 == 0 {
                    ["/users/a/contacts", "/users/b/contacts"]
                } else {
                    ["/users/b/contacts", "/users/a/contacts"]
                };
                let items = batch(&order.repeat(10));
                let turn = mailboxes.turn(&request("/v1.0/$batch"), Some(&items)).await;
                tokio::task::yield_now().await;
                turn.iter().map(OwnedSemaphorePermit::num_permits).sum::<usize>()
            });
        }
        let all = tokio::time::timeout(Duration::from_secs(30), running.join_all()).await;
        assert_eq!(all.unwrap(), [8; 100]);
    }
}
