//! Notices changed files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The time between two looks at the files.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Watches files for changes since they were last read.
///
/// Polling works on every file system, and also notices a mounted secret that is replaced as a whole.
pub(crate) struct FileWatcher {
    known: Snapshot,
    interval: Duration,
}

/// The modification time and length of each file; `None` for a file that does not exist.
type Snapshot = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

impl FileWatcher {
    /// Watches files for changes from now on.
    pub(crate) fn new(files: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { known: take_snapshot(files), interval: POLL_INTERVAL }
    }

    /// Takes the files as they are now for read. To be called before reading, so that a write meanwhile counts as a change.
    pub(crate) fn mark_read(&mut self) {
        self.known = take_snapshot(self.known.keys().cloned());
    }

    /// Watches these files in place of those before. A file watched before keeps its known state.
    pub(crate) fn watch(&mut self, files: impl IntoIterator<Item = PathBuf>) {
        let current = take_snapshot(files).into_iter();
        self.known = current.map(|(file, state)| (file.clone(), self.known.get(&file).copied().unwrap_or(state))).collect();
    }

    /// Waits until a file has changed, and then for one interval without a change: a writer may still be at work.
    pub(crate) async fn wait_for_change(&self) {
        let mut previous = self.known.clone();
        loop {
            tokio::time::sleep(self.interval).await;
            let current = take_snapshot(self.known.keys().cloned());
            if current == previous && current != self.known {
                return;
            }
            previous = current;
        }
    }
}

fn take_snapshot(files: impl IntoIterator<Item = PathBuf>) -> Snapshot {
    let state = |file: &Path| {
        let metadata = file.metadata().ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    files.into_iter().map(|file| (file.clone(), state(&file))).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn file_watcher_reports_each_settled_change() {
        let file = std::env::temp_dir().join(format!("graph-contacts-watched-{}", std::process::id()));
        std::fs::write(&file, "a").unwrap();
        let interval = Duration::from_millis(2);
        let mut watcher = FileWatcher { interval, ..FileWatcher::new([file.clone()]) };
        let changed = async |watcher: &FileWatcher| tokio::time::timeout(interval * 50, watcher.wait_for_change()).await.is_ok();
        assert!(!changed(&watcher).await);
        std::fs::write(&file, "ab").unwrap();
        assert!(changed(&watcher).await);
        assert!(changed(&watcher).await, "until it is read");
        watcher.mark_read();
        assert!(!changed(&watcher).await);
        watcher.mark_read();
        std::fs::write(&file, "abc").unwrap();
        watcher.watch([file.clone()]);
        assert!(changed(&watcher).await, "written while it was read");
        watcher.mark_read();
        std::fs::remove_file(&file).unwrap();
        assert!(changed(&watcher).await, "removed");
    }
}
