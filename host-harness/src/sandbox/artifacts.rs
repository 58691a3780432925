//! Compiled components on disk, so that a restart does not compile again.
//!
//! An artifact is machine code, which runs outside any sandbox. So it is only loaded from a directory that nobody but this
//! program's user can write to, under a name derived from the component and the compiler's settings.

use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::engine::to_anyhow;

/// A directory for compiled components.
#[derive(Debug, Clone)]
pub struct Artifacts(PathBuf);

impl Artifacts {
    /// Keeps compiled components in a directory, which is created if it does not exist. If others can write to it, it is not
    /// used, and the component is compiled at each start; the log says so.
    pub fn in_directory(directory: impl Into<PathBuf>) -> Self {
        Self(directory.into())
    }

    /// Loads a component's artifact, or compiles the component and keeps the artifact.
    pub(crate) fn load(&self, engine: &Engine, bytes: &[u8]) -> anyhow::Result<Component> {
        let file = match self.prepare() {
            Ok(()) => self.0.join(file_name(engine, bytes)),
            Err(error) => {
                tracing::warn!("the component is compiled at each start: {error:#}");
                return compile(engine, bytes);
            }
        };
        match load_file(engine, &file) {
            Ok(Some(component)) => return Ok(component),
            Ok(None) => {}
            Err(error) => tracing::warn!("{} is not used and will be replaced: {error:#}", file.display()),
        }
        let component = compile(engine, bytes)?;
        if let Err(error) = store_file(&component, &file) {
            tracing::warn!("cannot store the compiled component: {error:#}");
        }
        Ok(component)
    }

    /// Creates the directory if it does not exist, and checks its owner and mode.
    fn prepare(&self) -> anyhow::Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(&self.0).with_context(|| format!("cannot create {}", self.0.display()))?;
        check_owner(&self.0)
    }
}

/// Compiles a component.
pub(crate) fn compile(engine: &Engine, bytes: &[u8]) -> anyhow::Result<Component> {
    Component::new(engine, bytes).map_err(to_anyhow).context("this is not a WebAssembly component")
}

/// Returns the file name of a component's artifact: a hash of the component and of the compiler's settings.
fn file_name(engine: &Engine, bytes: &[u8]) -> String {
    let mut hasher = Sha256Hasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.0.update(bytes);
    let digest: String = hasher.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digest}.cwasm")
}

/// Hashes with SHA-256.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Not used: the digest is read as a whole.
    fn finish(&self) -> u64 {
        0
    }
}

/// Loads an artifact, if there is one.
#[allow(unsafe_code, reason = "wasmtime cannot check machine code that it loads: the checks before verify who wrote it")]
fn load_file(engine: &Engine, file: &Path) -> anyhow::Result<Option<Component>> {
    match std::fs::symlink_metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
        Ok(metadata) => anyhow::ensure!(metadata.is_file(), "it is not a file"),
    }
    check_owner(file)?;
    // SAFETY: `store_file` wrote the file: only this program uses such names, and nobody else can write to the directory or the
    // file. Its name contains the hash of this engine's settings and version, which wasmtime checks again.
    let component = unsafe { Component::deserialize_file(engine, file) };
    component.map(Some).map_err(to_anyhow)
}

/// Writes an artifact under a temporary name first, so that a file with its final name is always complete.
fn store_file(component: &Component, file: &Path) -> anyhow::Result<()> {
    use std::io::Write as _;
    let compiled = component.serialize().map_err(to_anyhow)?;
    let partial = file.with_extension(format!("{}.partial", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.write(true).create(true).truncate(true).open(&partial).and_then(|mut out| out.write_all(&compiled));
    let stored = written.and_then(|()| std::fs::rename(&partial, file));
    if stored.is_err() {
        // It may not exist.
        let _ = std::fs::remove_file(&partial);
    }
    stored.with_context(|| format!("cannot write {}", file.display()))
}

/// Checks that only this program's user can write to a path.
#[cfg(unix)]
fn check_owner(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(path).with_context(|| format!("cannot read the metadata of {}", path.display()))?;
    let user = rustix::process::geteuid().as_raw();
    anyhow::ensure!(metadata.uid() == user, "{} belongs to another user", path.display());
    anyhow::ensure!(metadata.mode() & 0o022 == 0, "others can write to {}: chmod go-w", path.display());
    Ok(())
}

/// Other systems have no such check.
#[cfg(not(unix))]
fn check_owner(path: &Path) -> anyhow::Result<()> {
    anyhow::bail!("cannot check on this system whether others can write to {}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::sandbox::engine::create_engine;

    struct Directory(PathBuf);

    impl Directory {
        fn new() -> Self {
            let path = std::env::temp_dir().join(format!("graph-contacts-artifacts-{}", uuid::Uuid::new_v4()));
            Self(path)
        }

        fn files(&self) -> Vec<PathBuf> {
            std::fs::read_dir(&self.0).map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn small_limits() -> Limits {
        Limits { concurrency: 1, ..Limits::default() }
    }

    fn compose(name: &str) -> Vec<u8> {
        wat::parse_str(format!("(component (core module $m (func (export \"{name}\"))))")).unwrap()
    }

    #[test]
    fn artifact_is_compiled_once() {
        let directory = Directory::new();
        let artifacts = Artifacts::in_directory(&directory.0);
        let engine = create_engine(&small_limits()).unwrap();
        artifacts.load(&engine, &compose("a")).unwrap();
        let [file] = directory.files().try_into().unwrap();
        assert!(load_file(&engine, &file).unwrap().is_some(), "it can be loaded");
        let written = std::fs::metadata(&file).unwrap().modified().unwrap();
        artifacts.load(&engine, &compose("a")).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), written, "it was not written again");
        artifacts.load(&engine, &compose("b")).unwrap();
        assert_eq!(directory.files().len(), 2, "another component is another file");
    }

    #[test]
    fn invalid_artifact_is_replaced() {
        let directory = Directory::new();
        let artifacts = Artifacts::in_directory(&directory.0);
        let engine = create_engine(&small_limits()).unwrap();
        artifacts.load(&engine, &compose("a")).unwrap();
        let [file] = directory.files().try_into().unwrap();
        let original = std::fs::read(&file).unwrap();
        for spoilt in [Vec::new(), b"nonsense".to_vec(), compose("a")] {
            std::fs::write(&file, spoilt).unwrap();
            artifacts.load(&engine, &compose("a")).unwrap();
            assert_eq!(std::fs::read(&file).unwrap().len(), original.len());
        }
    }

    /// Machine code that another user may have written must not run.
    #[cfg(unix)]
    #[test]
    fn artifact_writable_by_others_is_not_loaded() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = Directory::new();
        let artifacts = Artifacts::in_directory(&directory.0);
        let engine = create_engine(&small_limits()).unwrap();
        artifacts.load(&engine, &compose("a")).unwrap();
        let [file] = directory.files().try_into().unwrap();
        let set_mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        set_mode(&file, 0o666);
        assert!(load_file(&engine, &file).unwrap_err().to_string().contains("others can write"));
        set_mode(&file, 0o600);
        assert!(load_file(&engine, &file).unwrap().is_some());
        let link = directory.0.join("link.cwasm");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(load_file(&engine, &link).is_err());

        set_mode(&directory.0, 0o777);
        assert!(artifacts.prepare().unwrap_err().to_string().contains("others can write"));
        artifacts.load(&engine, &compose("b")).unwrap();
        assert_eq!(directory.files().len(), 2, "nothing was written there");
    }
}
