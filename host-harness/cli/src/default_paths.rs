//! Where the component and its compiled form are, unless an option says otherwise.

use std::path::PathBuf;

/// Returns the directory for compiled components in the user's cache (XDG Base Directory Specification), if that is known.
#[cfg(feature = "artifacts")]
pub(crate) fn default_artifact_directory() -> Option<PathBuf> {
    let directory = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = directory("XDG_CACHE_HOME").or_else(|| Some(directory("HOME")?.join(".cache")))?;
    Some(caches.join("graph-contacts"))
}

/// Returns the component beside this program if it is there, else where Cargo writes it.
pub(crate) fn default_component() -> PathBuf {
    const FILE: &str = "graph_contacts.wasm";
    let beside = std::env::current_exe().ok().map(|program| program.with_file_name(FILE));
    beside.filter(|file| file.is_file()).unwrap_or_else(|| PathBuf::from("target/wasm32-wasip2/release").join(FILE))
}
