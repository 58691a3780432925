//! The sandboxes of a process, and how tenants share them.
//!
//! A tenant gets a further sandbox only while it holds fewer than are free. So one tenant has at most half of them, four busy ones a
//! fifth each, and there is always one free for a tenant that has none, however slow the others' Microsoft Graph is. These are the dynamic
//! thresholds of switches with shared memory: A. K. Choudhury, E. L. Hahne, "Dynamic queue length thresholds for shared-memory packet
//! switches", IEEE/ACM Transactions on Networking 6 (1998), doi:10.1109/90.664262.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The sandboxes of a process.
pub(crate) struct SandboxPool {
    total: usize,
    in_use: Mutex<InUse>,
    freed: Notify,
}

#[derive(Default)]
struct InUse {
    count: usize,
    /// By the name of the tenant.
    by_tenant: HashMap<Arc<str>, usize>,
}

/// The right to a sandbox, until it is dropped.
pub(crate) struct PoolPermit {
    pool: Arc<SandboxPool>,
    tenant: Arc<str>,
}

impl SandboxPool {
    pub(crate) fn new(total: usize) -> Self {
        Self { total, in_use: Mutex::default(), freed: Notify::new() }
    }

    /// Waits for a sandbox. The empty name stands for a process without tenants, which may use all.
    pub(crate) async fn acquire(self: &Arc<Self>, tenant: &Arc<str>) -> PoolPermit {
        loop {
            let mut freed = std::pin::pin!(self.freed.notified());
            // Before the attempt, so that what is freed after it is not missed.
            freed.as_mut().enable();
            if let Some(permit) = self.try_acquire(tenant) {
                return permit;
            }
            freed.await;
        }
    }

    fn try_acquire(self: &Arc<Self>, tenant: &Arc<str>) -> Option<PoolPermit> {
        let mut in_use = self.in_use();
        let free = self.total.saturating_sub(in_use.count);
        let held = in_use.by_tenant.get(tenant).copied().unwrap_or_default();
        let is_fair = tenant.is_empty() || held == 0 || held < free;
        if free == 0 || !is_fair {
            return None;
        }
        in_use.count += 1;
        *in_use.by_tenant.entry(Arc::clone(tenant)).or_default() += 1;
        Some(PoolPermit { pool: Arc::clone(self), tenant: Arc::clone(tenant) })
    }

    fn in_use(&self) -> MutexGuard<'_, InUse> {
        self.in_use.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PoolPermit {
    fn drop(&mut self) {
        let mut in_use = self.pool.in_use();
        in_use.count -= 1;
        if let Some(held) = in_use.by_tenant.get_mut(&self.tenant) {
            *held -= 1;
            if *held == 0 {
                in_use.by_tenant.remove(&self.tenant);
            }
        }
        drop(in_use);
        self.pool.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use futures_util::future::poll_immediate;

    use super::*;

    /// Has tenants take in turn as many as they get; returns how many each has.
    fn fill(pool: &Arc<SandboxPool>, tenants: usize, held: &mut Vec<PoolPermit>) -> Vec<usize> {
        let names: Vec<Arc<str>> = (0..tenants).map(|number| Arc::from(format!("tenant {number}"))).collect();
        loop {
            let taken: Vec<PoolPermit> = names.iter().filter_map(|name| pool.try_acquire(name)).collect();
            if taken.is_empty() {
                return names.iter().map(|name| held.iter().filter(|permit| permit.tenant == *name).count()).collect();
            }
            held.extend(taken);
        }
    }

    #[test]
    fn busy_tenants_share_and_leave_room() {
        for (tenants, least, most) in [(1, 32, 32), (4, 12, 13), (10, 5, 6), (63, 1, 1)] {
            let (pool, mut held) = (Arc::new(SandboxPool::new(64)), Vec::new());
            let counts = fill(&pool, tenants, &mut held);
            assert!(counts.iter().all(|count| (least..=most).contains(count)), "{tenants}: {counts:?}");
            // A further tenant waits for nobody.
            let newcomer = Arc::from("newcomer");
            assert!(pool.acquire(&newcomer).now_or_never().is_some(), "{tenants}");
            drop(held);
            assert!(pool.in_use().count == 0 && pool.in_use().by_tenant.is_empty());
        }
    }

    #[test]
    fn process_without_tenants_uses_all() {
        let (pool, nobody) = (Arc::new(SandboxPool::new(3)), Arc::from(""));
        let held: Vec<_> = (0..3).map(|_| pool.try_acquire(&nobody).unwrap()).collect();
        assert!(pool.try_acquire(&nobody).is_none());
        drop(held);
    }

    #[tokio::test]
    async fn freed_sandbox_wakes_waiting_tenant() {
        let (pool, tenant) = (Arc::new(SandboxPool::new(2)), Arc::from("a"));
        let first = pool.acquire(&tenant).await;
        let mut second = Box::pin(pool.acquire(&tenant));
        assert!(poll_immediate(&mut second).await.is_none(), "the other one is for others");
        drop(first);
        drop(second.await);
    }
}
