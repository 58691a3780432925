//! Compiled components on disk, so that a restart does not compile again.
//!
//! An artifact is machine code, which runs outside any sandbox. So it is only loaded from a directory that nobody but this
//! program's user can change ([`PrivateDirectory`]), under a name derived from the component and the compiler's settings, and with a
//! digest that only a program with the directory's key can have computed. What is loaded are the bytes that were checked.

use std::hash::{Hash, Hasher};
use std::path::PathBuf;

use anyhow::Context as _;
use aws_lc_rs::hmac;
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::engine::{compile, to_anyhow};
use super::private_directory::{FileAccess, PrivateDirectory};

/// The file of the key.
const KEY_FILE: &str = "key";
const KEY_BYTES: usize = 32;
/// The bytes of the digest, with which an artifact begins.
const DIGEST_BYTES: usize = 32;

/// A directory for compiled components.
#[derive(Debug, Clone)]
pub struct Artifacts(PathBuf);

impl Artifacts {
    /// Keeps compiled components in a directory, which is created if it does not exist. If others can change it, or a directory above
    /// it, it is not used, and the component is compiled at each start; the log says so.
    pub fn in_directory(directory: impl Into<PathBuf>) -> Self {
        Self(directory.into())
    }

    /// Loads a component's artifact, or compiles the component and keeps the artifact.
    pub(crate) fn load(&self, engine: &Engine, bytes: &[u8]) -> anyhow::Result<Component> {
        let store = match Store::open(&self.0) {
            Ok(store) => store,
            Err(error) => {
                tracing::warn!("the component is compiled at each start: {error:#}");
                return compile(engine, bytes);
            }
        };
        let name = file_name(engine, bytes);
        match store.load(engine, &name) {
            Ok(Some(component)) => return Ok(component),
            Ok(None) => {}
            Err(error) => tracing::warn!("{} is not used and will be replaced: {error:#}", self.0.join(&name).display()),
        }
        let component = compile(engine, bytes)?;
        if let Err(error) = store.store(&component, &name) {
            tracing::warn!("cannot store the compiled component: {error:#}");
        }
        Ok(component)
    }
}

/// The open directory, and the key of its artifacts.
struct Store {
    directory: PrivateDirectory,
    key: hmac::Key,
}

impl Store {
    /// Opens a directory, and reads its key or creates one.
    fn open(directory: &std::path::Path) -> anyhow::Result<Self> {
        let directory = PrivateDirectory::open(directory)?;
        let kept = directory.read(KEY_FILE, FileAccess::Secret).context(KEY_FILE)?.filter(|key| key.len() == KEY_BYTES);
        let key = match kept {
            Some(key) => key,
            None => {
                let mut key = vec![0; KEY_BYTES];
                aws_lc_rs::rand::fill(&mut key).ok().context("the machine has no random numbers")?;
                directory.write(KEY_FILE, &key)?;
                key
            }
        };
        Ok(Self { directory, key: hmac::Key::new(hmac::HMAC_SHA256, &key) })
    }

    /// Loads an artifact, if there is one.
    #[allow(unsafe_code, reason = "wasmtime cannot check machine code that it loads: the digest tells who wrote it")]
    fn load(&self, engine: &Engine, name: &str) -> anyhow::Result<Option<Component>> {
        let Some(content) = self.directory.read(name, FileAccess::Shared)? else { return Ok(None) };
        let (digest, code) = content.split_at_checked(DIGEST_BYTES).context("it is too short")?;
        hmac::verify(&self.key, &signed(name, code), digest).ok().context("its digest is wrong")?;
        // SAFETY: `store` wrote these very bytes under this name: the digest needs the key, which only this program's user can read. The
        // name contains the hash of this engine's settings and version, which wasmtime checks again.
        let component = unsafe { Component::deserialize(engine, code) };
        component.map(Some).map_err(to_anyhow)
    }

    fn store(&self, component: &Component, name: &str) -> anyhow::Result<()> {
        let code = component.serialize().map_err(to_anyhow)?;
        let digest = hmac::sign(&self.key, &signed(name, &code));
        self.directory.write(name, &[digest.as_ref(), &code].concat())
    }
}

/// Returns what the digest is of: no artifact can stand under another's name.
fn signed(name: &str, code: &[u8]) -> Vec<u8> {
    [name.as_bytes(), b"\0", code].concat()
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
            let entries = std::fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path());
            entries.filter(|file| file.extension().is_some_and(|extension| extension == "cwasm")).collect()
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn load_file(directory: &Directory, engine: &Engine, file: &std::path::Path) -> anyhow::Result<Option<Component>> {
        Store::open(&directory.0)?.load(engine, file.file_name().unwrap().to_str().unwrap())
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
        assert!(load_file(&directory, &engine, &file).unwrap().is_some(), "it can be loaded");
        let written = std::fs::metadata(&file).unwrap().modified().unwrap();
        artifacts.load(&engine, &compose("a")).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), written, "it was not written again");
        artifacts.load(&engine, &compose("b")).unwrap();
        assert_eq!(directory.files().len(), 2, "another component is another file");
    }

    /// Machine code that this program did not write must not run, whoever put it there.
    #[test]
    fn artifact_without_right_digest_is_replaced() {
        let directory = Directory::new();
        let artifacts = Artifacts::in_directory(&directory.0);
        let engine = create_engine(&small_limits()).unwrap();
        artifacts.load(&engine, &compose("a")).unwrap();
        let [file] = directory.files().try_into().unwrap();
        let original = std::fs::read(&file).unwrap();
        let mut changed = original.clone();
        *changed.last_mut().unwrap() ^= 1;
        artifacts.load(&engine, &compose("b")).unwrap();
        let other = directory.files().into_iter().find(|other| *other != file).unwrap();
        // wasmtime itself would take the code of the last three.
        let code = original[DIGEST_BYTES..].to_vec();
        let of_other = std::fs::read(&other).unwrap();
        for spoilt in [Vec::new(), b"nonsense".to_vec(), compose("a"), changed, code, of_other] {
            std::fs::write(&file, spoilt).unwrap();
            assert!(load_file(&directory, &engine, &file).is_err());
            artifacts.load(&engine, &compose("a")).unwrap();
            assert_eq!(std::fs::read(&file).unwrap().len(), original.len());
        }
        // Another key, as of another directory.
        std::fs::write(directory.0.join(KEY_FILE), [7; KEY_BYTES]).unwrap();
        assert!(load_file(&directory, &engine, &file).unwrap_err().to_string().contains("digest"));
    }

    /// Machine code that another user may have written must not run.
    #[cfg(unix)]
    #[test]
    fn artifact_writable_by_others_is_not_loaded() {
        use std::os::unix::fs::PermissionsExt as _;
        use std::path::Path;
        let directory = Directory::new();
        let artifacts = Artifacts::in_directory(&directory.0);
        let engine = create_engine(&small_limits()).unwrap();
        artifacts.load(&engine, &compose("a")).unwrap();
        let [file] = directory.files().try_into().unwrap();
        let set_mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        set_mode(&file, 0o666);
        assert!(load_file(&directory, &engine, &file).unwrap_err().to_string().contains("others can write"));
        set_mode(&file, 0o600);
        assert!(load_file(&directory, &engine, &file).unwrap().is_some());
        let moved = directory.0.join("moved");
        std::fs::rename(&file, &moved).unwrap();
        std::os::unix::fs::symlink(&moved, &file).unwrap();
        assert!(load_file(&directory, &engine, &file).is_err(), "a link");

        set_mode(&directory.0, 0o777);
        assert!(Store::open(&directory.0).err().unwrap().to_string().contains("others can write"));
        artifacts.load(&engine, &compose("b")).unwrap();
        assert_eq!(directory.files().len(), 1, "nothing was written there");
    }
}
