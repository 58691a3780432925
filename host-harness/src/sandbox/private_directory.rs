//! A directory that only this program's user can change, and its files.
//!
//! It is opened once, step by step, and each step is checked as sshd's `StrictModes` checks those to `authorized_keys`. Files are opened
//! in the open directory and checked by their descriptors, so that nobody can exchange them between the check and the use.

use std::path::Path;

use anyhow::Context as _;

/// A directory that only this program's user can change.
#[cfg(unix)]
pub(super) struct PrivateDirectory {
    descriptor: std::os::fd::OwnedFd,
}

/// Who may have which rights to a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FileAccess {
    /// Others may read it.
    Shared,
    /// Nobody else may read it.
    Secret,
}

#[cfg(unix)]
mod system {
    use std::fs::File;
    use std::io::{Read as _, Write as _};
    use std::os::fd::AsFd as _;
    use std::path::Component;

    use rustix::fs::{FileType, Mode, OFlags, Stat, fstat, open, openat, renameat, unlinkat};
    use rustix::io::Errno;

    use super::*;

    /// Longer files are not read.
    const MAX_FILE_BYTES: u64 = 512 << 20;
    /// Write permission of the group and of all others.
    const WRITABLE_BY_OTHERS: u32 = 0o022;
    /// Where everybody may write, but nobody remove what is another user's.
    const STICKY: u32 = 0o1000;
    const OTHERS: u32 = 0o077;

    impl PrivateDirectory {
        /// Creates the directory if it does not exist, and opens it.
        ///
        /// # Errors
        ///
        /// If another user could change it or exchange it: it or a directory above it belongs to another user than this one and root, or
        /// others can write to it.
        pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
            let mut builder = std::fs::DirBuilder::new();
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.recursive(true).create(path).with_context(|| format!("cannot create {}", path.display()))?;
            let real = std::fs::canonicalize(path).with_context(|| format!("cannot find {}", path.display()))?;
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let mut descriptor = open("/", flags, Mode::empty())?;
            let mut so_far = std::path::PathBuf::from("/");
            check_ancestor(&fstat(&descriptor)?, &so_far)?;
            for step in real.components() {
                let Component::Normal(name) = step else { continue };
                so_far.push(name);
                descriptor = openat(&descriptor, name, flags, Mode::empty())
                    .with_context(|| format!("cannot open {}", so_far.display()))?;
                check_ancestor(&fstat(&descriptor)?, &so_far)?;
            }
            let metadata = fstat(&descriptor)?;
            anyhow::ensure!(metadata.st_uid == user(), "{} belongs to another user", path.display());
            let others_write = mode_of(&metadata) & WRITABLE_BY_OTHERS != 0;
            anyhow::ensure!(!others_write, "others can write to {}: chmod go-w", path.display());
            Ok(Self { descriptor })
        }

        /// Reads a file. `None` if it does not exist.
        ///
        /// # Errors
        ///
        /// If it is not a file of this user, or others have more rights to it than `access` says.
        pub(crate) fn read(&self, name: &str, access: FileAccess) -> anyhow::Result<Option<Vec<u8>>> {
            // Without waiting for the other end of what is no file.
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            let descriptor = match openat(&self.descriptor, name, flags, Mode::empty()) {
                Ok(descriptor) => descriptor,
                Err(Errno::NOENT) => return Ok(None),
                Err(Errno::LOOP) => anyhow::bail!("it is a link"),
                Err(error) => return Err(error.into()),
            };
            let metadata = fstat(&descriptor)?;
            anyhow::ensure!(FileType::from_raw_mode(metadata.st_mode) == FileType::RegularFile, "it is not a file");
            anyhow::ensure!(metadata.st_uid == user(), "it belongs to another user");
            let forbidden = if access == FileAccess::Secret { OTHERS } else { WRITABLE_BY_OTHERS };
            anyhow::ensure!(mode_of(&metadata) & forbidden == 0, "others can write to it or read it: chmod go-rwx");
            let mut content = Vec::new();
            File::from(descriptor).take(MAX_FILE_BYTES).read_to_end(&mut content)?;
            Ok(Some(content))
        }

        /// Writes a file for this user only. It has another name until it is complete.
        pub(crate) fn write(&self, name: &str, content: &[u8]) -> anyhow::Result<()> {
            let partial = format!("{name}.{}.partial", std::process::id());
            // One of a process that was killed.
            let _ = unlinkat(&self.descriptor, &partial, rustix::fs::AtFlags::empty());
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let written = openat(&self.descriptor, &partial, flags, Mode::RUSR | Mode::WUSR)
                .map_err(anyhow::Error::from)
                .and_then(|descriptor| Ok(File::from(descriptor).write_all(content)?))
                .and_then(|()| Ok(renameat(self.descriptor.as_fd(), &partial, self.descriptor.as_fd(), name)?));
            if written.is_err() {
                // It may not exist.
                let _ = unlinkat(&self.descriptor, &partial, rustix::fs::AtFlags::empty());
            }
            written.with_context(|| format!("cannot write {name}"))
        }
    }

    /// Checks that no other user can exchange what is in a directory.
    fn check_ancestor(metadata: &Stat, path: &Path) -> anyhow::Result<()> {
        anyhow::ensure!(metadata.st_uid == 0 || metadata.st_uid == user(), "{} belongs to another user", path.display());
        let mode = mode_of(metadata);
        let is_safe = mode & WRITABLE_BY_OTHERS == 0 || mode & STICKY != 0;
        anyhow::ensure!(is_safe, "others can write to {}: chmod go-w", path.display());
        Ok(())
    }

    fn user() -> u32 {
        rustix::process::geteuid().as_raw()
    }

    /// Returns the permissions, whose type differs between systems.
    #[allow(clippy::useless_conversion, reason = "on some systems it is narrower")]
    fn mode_of(metadata: &Stat) -> u32 {
        u32::from(metadata.st_mode)
    }
}

/// Other systems have no such check.
#[cfg(not(unix))]
pub(super) struct PrivateDirectory;

#[cfg(not(unix))]
impl PrivateDirectory {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        anyhow::bail!("cannot check on this system whether others can write to {}", path.display())
    }

    pub(super) fn read(&self, _: &str, _: FileAccess) -> anyhow::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    pub(super) fn write(&self, _: &str, _: &[u8]) -> anyhow::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::PathBuf;

    use super::*;

    struct Directory(PathBuf);

    impl Directory {
        /// Creates `outer/inner` for this user only.
        fn new() -> Self {
            let path = std::env::temp_dir().join(format!("graph-contacts-private-{}", uuid::Uuid::new_v4()));
            PrivateDirectory::open(&path.join("outer").join("inner")).unwrap();
            Self(path)
        }

        fn inner(&self) -> PathBuf {
            self.0.join("outer").join("inner")
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn open_error(path: &Path) -> String {
        PrivateDirectory::open(path).err().map(|error| format!("{error:#}")).unwrap_or_default()
    }

    /// As sshd's StrictModes: who can rename a directory above can exchange what is below.
    #[test]
    fn ancestor_writable_by_others_is_refused() {
        let directory = Directory::new();
        let outer = directory.0.join("outer");
        assert_eq!(std::fs::metadata(&outer).unwrap().permissions().mode() & 0o777, 0o700, "created for its owner");
        for (mode, is_refused) in [(0o755, false), (0o770, true), (0o702, true), (0o1777, false)] {
            set_mode(&outer, mode);
            assert_eq!(open_error(&directory.inner()).contains("others can write to"), is_refused, "{mode:o}");
        }
        set_mode(&directory.inner(), 0o1777);
        assert!(open_error(&directory.inner()).contains("others can write to"), "the directory itself");
    }

    /// A link is followed once, to the directory that is checked.
    #[test]
    fn linked_directory_is_checked_where_it_is() {
        let directory = Directory::new();
        let link = directory.0.join("link");
        symlink(directory.0.join("outer"), &link).unwrap();
        assert_eq!(open_error(&link.join("inner")), "");
        set_mode(&directory.0.join("outer"), 0o777);
        assert!(open_error(&link.join("inner")).contains("others can write to"));
    }

    #[test]
    fn file_is_read_without_following_links() {
        let directory = Directory::new();
        let opened = PrivateDirectory::open(&directory.inner()).unwrap();
        assert!(opened.read("a", FileAccess::Shared).unwrap().is_none());
        opened.write("a", b"content").unwrap();
        opened.write("a", b"content").unwrap();
        assert_eq!(opened.read("a", FileAccess::Secret).unwrap().as_deref(), Some(b"content".as_slice()));
        symlink(directory.inner().join("a"), directory.inner().join("link")).unwrap();
        assert!(opened.read("link", FileAccess::Shared).unwrap_err().to_string().contains("link"));
        assert!(opened.read("..", FileAccess::Shared).is_err(), "no file");
        set_mode(&directory.inner().join("a"), 0o644);
        assert!(opened.read("a", FileAccess::Shared).is_ok() && opened.read("a", FileAccess::Secret).is_err());
        set_mode(&directory.inner().join("a"), 0o622);
        assert!(opened.read("a", FileAccess::Shared).is_err());
        // What is written goes to the directory that was opened, whatever has its name now.
        std::fs::rename(directory.inner(), directory.0.join("renamed")).unwrap();
        std::fs::create_dir(directory.inner()).unwrap();
        opened.write("b", b"x").unwrap();
        assert!(directory.0.join("renamed").join("b").exists() && !directory.inner().join("b").exists());
    }
}
