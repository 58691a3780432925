//! The permits of each mailbox.
//!
//! Outlook serves four concurrent requests of an application for a mailbox, and responds to others with 429
//! (<https://learn.microsoft.com/en-us/graph/throttling-limits#outlook-service-limits>). A sandbox sees only its own requests, so
//! the host counts for all: a request waits for a permit. A batch needs as many permits of a mailbox as the service executes of
//! its items there at a time.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use http::header::AUTHORIZATION;
use protocol::graph_path::{GraphPath, MailboxName};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::batch::{self, BatchItem};

/// The permits of the mailboxes with requests in flight.
pub(crate) struct MailboxPermits {
    per_mailbox: usize,
    semaphores: Mutex<HashMap<String, Weak<Semaphore>>>,
    /// Tells tokens apart without keeping a token.
    token_hasher: RandomState,
}

impl MailboxPermits {
    /// Creates `per_mailbox` permits for each mailbox.
    pub(crate) fn new(per_mailbox: usize) -> Self {
        Self { per_mailbox, semaphores: Mutex::default(), token_hasher: RandomState::new() }
    }

    /// Waits for the permits of a request; `items` are those of a batch. A request for no mailbox needs none.
    ///
    /// All requests acquire the permits of several mailboxes in the same order, so that no two wait for each other.
    pub(super) async fn acquire(&self, request: &reqwest::Request, items: Option<&[BatchItem]>) -> Vec<OwnedSemaphorePermit> {
        let mut permits = Vec::new();
        for (mailbox, count) in self.count_needed(request, items) {
            // Fails only if the semaphore is closed, which it never is.
            permits.extend(self.semaphore(mailbox).acquire_many_owned(count).await);
        }
        permits
    }

    fn semaphore(&self, mailbox: String) -> Arc<Semaphore> {
        let mut semaphores = self.semaphores.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = semaphores.get(&mailbox).and_then(Weak::upgrade) {
            return known;
        }
        // Removes those without requests in flight, so that the map stays as small as the traffic.
        semaphores.retain(|_, semaphore| semaphore.strong_count() > 0);
        let new = Arc::new(Semaphore::new(self.per_mailbox));
        semaphores.insert(mailbox, Arc::downgrade(&new));
        new
    }

    /// Returns the mailboxes of a request in order, each with the number of permits that the request needs.
    fn count_needed(&self, request: &reqwest::Request, items: Option<&[BatchItem]>) -> BTreeMap<String, u32> {
        let mut needed: BTreeMap<String, u32> = BTreeMap::new();
        let most = u32::try_from(self.per_mailbox.min(batch::MAX_CONCURRENT_ITEMS)).unwrap_or(u32::MAX);
        let own = batch::parse_url_path(request.url());
        let paths: Vec<&GraphPath> = match items {
            Some(items) => items.iter().map(|item| &item.path).collect(),
            None => own.iter().collect(),
        };
        for mailbox in paths.into_iter().filter_map(|path| self.mailbox(request, path)) {
            let count = needed.entry(mailbox).or_default();
            *count = (*count + 1).min(most);
        }
        needed
    }

    /// Returns a name of the mailbox that a path is in: of `/users/{id}/...`, or of `/me/...`, whose owner the token identifies.
    ///
    /// The id and the user principal name of one mailbox are two names here.
    fn mailbox(&self, request: &reqwest::Request, path: &GraphPath) -> Option<String> {
        let origin = request.url().origin().ascii_serialization();
        match path.mailbox()? {
            MailboxName::User(id) => Some(format!("{origin} {}", id.to_lowercase())),
            MailboxName::Me => {
                let token = self.token_hasher.hash_one(request.headers().get(AUTHORIZATION));
                Some(format!("{origin} me {token:x}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::egress::policy::EgressPolicy;
    use crate::settings::Settings;

    fn request(path: &str) -> reqwest::Request {
        reqwest::Request::new(http::Method::POST, format!("https://graph.microsoft.com{path}").parse().unwrap())
    }

    fn parse_batch(urls: &[&str]) -> Vec<BatchItem> {
        let requests: Vec<_> = urls.iter().map(|url| serde_json::json!({"method": "GET", "url": url})).collect();
        let policy = EgressPolicy::new(&Settings::default());
        batch::parse(serde_json::json!({ "requests": requests }).to_string().as_bytes(), &policy).unwrap()
    }

    fn count_needed(permits: &MailboxPermits, path: &str, items: Option<&[BatchItem]>) -> Vec<(String, u32)> {
        let needed = permits.count_needed(&request(path), items);
        needed.into_iter().map(|(name, count)| (name.split_once(' ').unwrap().1.to_owned(), count)).collect()
    }

    #[test]
    fn batch_needs_permit_per_item_up_to_four() {
        let permits = MailboxPermits::new(4);
        let items = parse_batch(&[
            "/users/b/contacts",
            "/users/a/contacts/1",
            "/users/B/contactFolders",
            "/users/%62/contacts",
            "/users",
            "/users/b/contacts",
            "/users/b/contacts",
        ]);
        let of = |needed: &[(&str, u32)]| needed.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect::<Vec<_>>();
        assert_eq!(count_needed(&permits, "/v1.0/$batch", Some(&items)), of(&[("a", 1), ("b", 4)]));
        assert_eq!(count_needed(&permits, "/v1.0/users/A/contacts", None), of(&[("a", 1)]));
        assert_eq!(count_needed(&permits, "/v1.0/users('A')/contacts", None), of(&[("a", 1)]), "in OData's other form");
        assert_eq!(count_needed(&permits, "/v1.0/users", None), of(&[]));
        assert_eq!(
            count_needed(&MailboxPermits::new(2), "/v1.0/$batch", Some(&items)),
            of(&[("a", 1), ("b", 2)]),
            "no more than exist"
        );
        let me = count_needed(&permits, "/v1.0/$batch", Some(&parse_batch(&["/me/contacts", "/ME/contacts"])));
        assert_eq!(me, count_needed(&permits, "/v1.0/me/contacts", None).into_iter().map(|(me, _)| (me, 2)).collect::<Vec<_>>());
    }

    /// Batches that name the same mailboxes in different orders would deadlock if each acquired in its own order.
    #[tokio::test]
    async fn batches_for_several_mailboxes_do_not_deadlock() {
        let permits = Arc::new(MailboxPermits::new(4));
        let mut running = tokio::task::JoinSet::new();
        for number in 0..100 {
            let permits = Arc::clone(&permits);
            running.spawn(async move {
                let order = if number % 2 == 0 {
                    ["/users/a/contacts", "/users/b/contacts"]
                } else {
                    ["/users/b/contacts", "/users/a/contacts"]
                };
                let items = parse_batch(&order.repeat(10));
                let held = permits.acquire(&request("/v1.0/$batch"), Some(&items)).await;
                tokio::task::yield_now().await;
                held.iter().map(OwnedSemaphorePermit::num_permits).sum::<usize>()
            });
        }
        let all = tokio::time::timeout(Duration::from_secs(30), running.join_all()).await;
        assert_eq!(all.unwrap(), [8; 100]);
    }
}
