//! Requests that wait because enough of their kind have left.

use http::Method;

use super::batch::Item;
use crate::rate_limit::RateLimit;

/// The rates of one party, each shared by all its sandboxes.
#[derive(Clone, Default)]
pub(super) struct Rates {
    /// Of requests that read: `GET`, and whatever else RFC 9110 calls safe.
    pub(super) read: Option<RateLimit>,
    /// Of all others.
    pub(super) write: Option<RateLimit>,
}

impl Rates {
    /// Waits until a request may leave; of a batch each of `items` counts, and the batch itself does not. The wait has no end
    /// of its own: who waits has a deadline.
    pub(super) async fn turn(&self, method: &Method, items: Option<&[Item]>) {
        let [reads, writes] = counts(method, items);
        for (limit, count, option) in [(&self.read, reads, "--read-rate-limit"), (&self.write, writes, "--write-rate-limit")] {
            if let Some(limit) = limit.as_ref().filter(|_| count > 0) {
                let mut waiting = Waiting { limit, option, over: false };
                limit.turns(count).await;
                waiting.over = true;
            }
        }
    }
}

/// How many requests read and how many write.
fn counts(method: &Method, items: Option<&[Item]>) -> [usize; 2] {
    let Some(items) = items else {
        return if method.is_safe() { [1, 0] } else { [0, 1] };
    };
    let reads = items.iter().filter(|item| item.method.is_safe()).count();
    [reads, items.len() - reads]
}

/// Tells the operator of a request that was given up before its turn: to the caller it is a deadline like any other.
struct Waiting<'a> {
    limit: &'a RateLimit,
    option: &'static str,
    over: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.over {
            tracing::warn!("a request was given up before its turn, and not sent: {} lets {} leave", self.option, self.limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_of_a_batch_counts_by_its_own_method() {
        let items = [Method::GET, Method::PATCH, Method::GET, Method::DELETE, Method::HEAD];
        let items = items.map(|method| Item { method, path: vec!["me".to_owned()] });
        assert_eq!(counts(&Method::POST, Some(&items)), [3, 2]);
        assert_eq!(counts(&Method::POST, Some(&[])), [0, 0]);
        assert_eq!((counts(&Method::GET, None), counts(&Method::POST, None)), ([1, 0], [0, 1]));
    }
}
