//! The compiled component, kept on disk, so that the next start need not compile it.
//!
//! What is loaded is machine code, which runs outside of any sandbox: it comes from a directory alone that nobody but this program's
//! user can write to, and under a name that says which component it is of and how it was compiled.

use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::engine::in_anyhow;

/// A directory for compiled components.
#[derive(Debug, Clone)]
pub struct Artifacts(PathBuf);

impl Artifacts {
    /// Compiled components are kept in that directory, which is made where it is missing. Only its owner may be able to write to
    /// it: a component in any other directory is compiled at each start, and the log says so.
    pub fn in_directory(directory: impl Into<PathBuf>) -> Self {
        Self(directory.into())
    }

    /// Loads a component: as it was compiled before, or compiled now and kept.
    pub(crate) fn load(&self, engine: &Engine, bytes: &[u8]) -> anyhow::Result<Component> {
        let file = match self.prepared() {
            Ok(()) => self.0.join(name(engine, bytes)),
            Err(error) => {
                tracing::warn!("the component is compiled at each start: {error:#}");
                return compile(engine, bytes);
            }
        };
        match kept(engine, &file) {
            Ok(Some(component)) => return Ok(component),
            Ok(None) => {}
            Err(error) => tracing::warn!("{} is not used, and written anew: {error:#}", file.display()),
        }
        let component = compile(engine, bytes)?;
        if let Err(error) = keep(&component, &file) {
            tracing::warn!("the compiled component could not be kept: {error:#}");
        }
        Ok(component)
    }

    /// Makes the directory where it is missing, and checks whose it is.
    fn prepared(&self) -> anyhow::Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(&self.0).with_context(|| format!("cannot make {}", self.0.display()))?;
        is_ours(&self.0)
    }
}

/// Compiles a component.
pub(crate) fn compile(engine: &Engine, bytes: &[u8]) -> anyhow::Result<Component> {
    Component::new(engine, bytes).map_err(in_anyhow).context("this is no WebAssembly component")
}

/// The name of a component's file: what it is of, and how it is compiled.
fn name(engine: &Engine, bytes: &[u8]) -> String {
    let mut hasher = Sha256Hasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.0.update(bytes);
    let digest: String = hasher.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digest}.cwasm")
}

/// Takes what an engine says of itself into a digest.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Nobody asks: the digest is taken whole.
    fn finish(&self) -> u64 {
        0
    }
}

/// The component as it was compiled before; none where there is no such file.
#[allow(unsafe_code, reason = "wasmtime cannot check machine code that it loads: the checks before it say whose it is")]
fn kept(engine: &Engine, file: &Path) -> anyhow::Result<Option<Component>> {
    match std::fs::symlink_metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
        Ok(metadata) => anyhow::ensure!(metadata.is_file(), "it is no file"),
    }
    is_ours(file)?;
    // SAFETY: the file was written by `keep`, as it has a name that only this program gives, in a directory and with rights that let
    // nobody else write; and its name has the hash of this engine's settings and version, which wasmtime checks once more.
    let component = unsafe { Component::deserialize_file(engine, file) };
    component.map(Some).map_err(in_anyhow)
}

/// Writes the compiled component under another name first, so that what has its name is always whole.
fn keep(component: &Component, file: &Path) -> anyhow::Result<()> {
    use std::io::Write as _;
    let compiled = component.serialize().map_err(in_anyhow)?;
    let partial = file.with_extension(format!("{}.partial", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.write(true).create(true).truncate(true).open(&partial).and_then(|mut out| out.write_all(&compiled));
    let kept = written.and_then(|()| std::fs::rename(&partial, file));
    if kept.is_err() {
        // It may never have been there.
        let _ = std::fs::remove_file(&partial);
    }
    kept.with_context(|| format!("cannot write {}", file.display()))
}

/// Fails where anyone but this program's user can write to it.
#[cfg(unix)]
fn is_ours(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(path).with_context(|| format!("cannot look at {}", path.display()))?;
    let user = rustix::process::geteuid().as_raw();
    anyhow::ensure!(metadata.uid() == user, "{} belongs to another user", path.display());
    anyhow::ensure!(metadata.mode() & 0o022 == 0, "others can write to {}: chmod go-w", path.display());
    Ok(())
}

/// Elsewhere there is no telling.
#[cfg(not(unix))]
fn is_ours(path: &Path) -> anyhow::Result<()> {
    anyhow::bail!("whether others can write to {} cannot be told on this system", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::engine;
    use crate::limits::Limits;

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

    fn small() -> Limits {
        Limits { concurrency: 1, ..Limits::default() }
    }

    fn component(name: &str) -> Vec<u8> {
        wat::parse_str(format!("(component (core module $m (func (export \"{name}\"))))")).unwrap()
    }

    #[test]
    fn a_component_is_compiled_once() {
        let directory = Directory::new();
        let artifacts = Artifacts::in_directory(&directory.0);
        let engine = engine(&small()).unwrap();
        artifacts.load(&engine, &component("a")).unwrap();
        let [file] = directory.files().try_into().unwrap();
        assert!(kept(&engine, &file).unwrap().is_some(), "it can be loaded");
        let written = std::fs::metadata(&file).unwrap().modified().unwrap();
        artifacts.load(&engine, &component("a")).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), written, "it was not written again");
        artifacts.load(&engine, &component("b")).unwrap();
        assert_eq!(directory.files().len(), 2, "another component is another file");
    }

    #[test]
    fn what_was_spoilt_is_written_anew() {
        let directory = Directory::new();
        let artifacts = Artifacts::in_directory(&directory.0);
        let engine = engine(&small()).unwrap();
        artifacts.load(&engine, &component("a")).unwrap();
        let [file] = directory.files().try_into().unwrap();
        let whole = std::fs::read(&file).unwrap();
        for spoilt in [Vec::new(), b"nonsense".to_vec(), component("a")] {
            std::fs::write(&file, spoilt).unwrap();
            artifacts.load(&engine, &component("a")).unwrap();
            assert_eq!(std::fs::read(&file).unwrap().len(), whole.len());
        }
    }

    /// Machine code that another user may have written is not run.
    #[cfg(unix)]
    #[test]
    fn a_directory_or_file_that_others_can_write_to_is_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = Directory::new();
        let artifacts = Artifacts::in_directory(&directory.0);
        let engine = engine(&small()).unwrap();
        artifacts.load(&engine, &component("a")).unwrap();
        let [file] = directory.files().try_into().unwrap();
        let open = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        open(&file, 0o666);
        assert!(kept(&engine, &file).unwrap_err().to_string().contains("others can write"));
        open(&file, 0o600);
        assert!(kept(&engine, &file).unwrap().is_some());
        let link = directory.0.join("link.cwasm");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(kept(&engine, &link).is_err());

        open(&directory.0, 0o777);
        assert!(artifacts.prepared().unwrap_err().to_string().contains("others can write"));
        artifacts.load(&engine, &component("b")).unwrap();
        assert_eq!(directory.files().len(), 2, "nothing was written there");
    }
}
