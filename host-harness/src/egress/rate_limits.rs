//! The rate limits of one party.

use http::Method;

use super::batch::BatchItem;
use super::rate_limit::RateLimit;

/// The rate limits of one party, each shared by all its sandboxes.
#[derive(Clone, Default)]
pub(super) struct RateLimits {
    /// For requests that read: `GET`, and what else RFC 9110 calls safe.
    pub(super) read: Option<RateLimit>,
    /// For all others.
    pub(super) write: Option<RateLimit>,
}

impl RateLimits {
    /// Waits until a request may leave. For a batch each of `items` counts, and the batch itself does not. The wait has no
    /// timeout, because the call has a deadline.
    pub(super) async fn wait(&self, method: &Method, items: Option<&[BatchItem]>) {
        let [reads, writes] = count(method, items);
        for (limit, count, option) in [(&self.read, reads, "--read-rate-limit"), (&self.write, writes, "--write-rate-limit")] {
            if let Some(limit) = limit.as_ref().filter(|_| count > 0) {
                let mut waiting = Waiting { limit, option, acquired: false };
                limit.acquire(count).await;
                waiting.acquired = true;
            }
        }
    }
}

/// Returns how many requests read, and how many write.
fn count(method: &Method, items: Option<&[BatchItem]>) -> [usize; 2] {
    let Some(items) = items else {
        return if method.is_safe() { [1, 0] } else { [0, 1] };
    };
    let reads = items.iter().filter(|item| item.method.is_safe()).count();
    [reads, items.len() - reads]
}

/// Tells the operator of a request that was cancelled while it waited. The caller sees only an exceeded deadline.
struct Waiting<'a> {
    limit: &'a RateLimit,
    option: &'static str,
    acquired: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.acquired {
            tracing::warn!("a request was cancelled while it waited for {} ({}), and not sent", self.option, self.limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::graph_path::GraphPath;

    use super::*;

    #[test]
    fn batch_items_count_by_own_method() {
        let items = [Method::GET, Method::PATCH, Method::GET, Method::DELETE, Method::HEAD];
        let items = items.map(|method| BatchItem { method, path: GraphPath::parse("/me").unwrap() });
        assert_eq!(count(&Method::POST, Some(&items)), [3, 2]);
        assert_eq!(count(&Method::POST, Some(&[])), [0, 0]);
        assert_eq!((count(&Method::GET, None), count(&Method::POST, None)), ([1, 0], [0, 1]));
    }
}
