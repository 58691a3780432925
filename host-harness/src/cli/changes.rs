//! Whether files have changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Files as they were when they were last read. Looking at them now and then needs no support of the file system, and sees a
/// mounted secret that is replaced as a whole, too.
pub(super) struct Changes {
    known: Looks,
    every: Duration,
}

/// When each file was written, and its length; `None` where there is none.
type Looks = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

impl Changes {
    /// Files as they are now.
    pub(super) fn since_now(files: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { known: look(files), every: EVERY }
    }

    /// They are about to be read, or are by another cause.
    pub(super) fn about_to_be_read(&mut self) {
        self.known = look(self.known.keys().cloned());
    }

    /// Others are to be looked at from now on. Those that are known already have changed since they were about to be read.
    pub(super) fn of(&mut self, files: impl IntoIterator<Item = PathBuf>) {
        let new = look(files).into_iter();
        self.known = new.map(|(file, seen)| (file.clone(), self.known.get(&file).copied().unwrap_or(seen))).collect();
    }

    /// Waits until something has changed, and changes no more: whoever writes may be in the middle of it.
    pub(super) async fn next(&self) {
        let mut before = self.known.clone();
        loop {
            tokio::time::sleep(self.every).await;
            let now = look(self.known.keys().cloned());
            if now == before && now != self.known {
                return;
            }
            before = now;
        }
    }
}

fn look(files: impl IntoIterator<Item = PathBuf>) -> Looks {
    let seen = |file: &Path| {
        let metadata = file.metadata().ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    files.into_iter().map(|file| (file.clone(), seen(&file))).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn a_change_is_seen_once_it_is_over() {
        let file = std::env::temp_dir().join(format!("graph-contacts-changes-{}", std::process::id()));
        std::fs::write(&file, "a").unwrap();
        let every = Duration::from_millis(2);
        let mut changes = Changes { every, ..Changes::since_now([file.clone()]) };
        let seen = async |changes: &Changes| tokio::time::timeout(every * 50, changes.next()).await.is_ok();
        assert!(!seen(&changes).await);
        std::fs::write(&file, "ab").unwrap();
        assert!(seen(&changes).await);
        assert!(seen(&changes).await, "until it is read");
        changes.about_to_be_read();
        assert!(!seen(&changes).await);
        changes.about_to_be_read();
        std::fs::write(&file, "abc").unwrap();
        changes.of([file.clone()]);
        assert!(seen(&changes).await, "what was written while it was read");
        changes.about_to_be_read();
        std::fs::remove_file(&file).unwrap();
        assert!(seen(&changes).await, "it is gone");
    }
}
