//! Collects the errors in a configuration.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use toml::de::DeTable;

use crate::tenants::config::error::Diagnostic;
use crate::tenants::config::position::SettingPath;

/// Collects the errors in a configuration. A check continues after an error, with a value that is never used.
pub(super) struct Checker<'a> {
    pub(super) text: &'a str,
    pub(super) root: DeTable<'a>,
    pub(super) skipped: HashSet<SettingPath>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) directory: &'a Path,
    pub(super) files: Vec<PathBuf>,
}

impl Checker<'_> {
    pub(super) fn report(&mut self, path: &SettingPath, message: impl Into<String>) {
        let line = path.line(self.text, &self.root);
        self.diagnostics.push(Diagnostic { line, setting: path.to_string(), message: message.into() });
    }

    /// Reports a missing value, unless it, or what contains it, was skipped as invalid.
    pub(super) fn require<T>(&mut self, value: Option<T>, path: &SettingPath) -> Option<T> {
        if value.is_none() && !path.ancestors().any(|ancestor| self.skipped.contains(&ancestor)) {
            self.report(path, "is missing");
        }
        value
    }

    /// Returns whether any of these keys was skipped as invalid.
    pub(super) fn has_skipped(&self, path: &SettingPath, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.skipped.contains(&path.key(key)))
    }

    pub(super) fn parse<T: FromStr<Err: Display>>(&mut self, text: &str, path: &SettingPath) -> Option<T> {
        // The text may be a secret in the wrong place.
        let without_value = |message: String| message.replace(&format!(" {text:?}"), "").replace(text, "...");
        text.parse().map_err(|error: T::Err| self.report(path, without_value(error.to_string()))).ok()
    }

    /// Returns the value if it is within bounds.
    pub(super) fn check_range<T: PartialOrd + Display>(
        &mut self,
        value: Option<T>,
        min: T,
        max: T,
        path: &SettingPath,
    ) -> Option<T> {
        let value = value?;
        // Also refuses NaN, which is neither below nor above.
        if !(value >= min && value <= max) {
            self.report(path, format!("expected {min} to {max}, found {value}"));
            return None;
        }
        Some(value)
    }

    /// Reads a file that the configuration names. If there is none, the name may be a secret in the wrong place, so it is not shown.
    pub(super) fn read_file(&mut self, file: &str, path: &SettingPath) -> Option<Vec<u8>> {
        let file = self.directory.join(file);
        self.files.push(file.clone());
        match std::fs::read(&file) {
            Ok(content) => Some(content),
            Err(error) => {
                self.report(path, format!("the file cannot be read: {error}; a relative path begins beside the configuration"));
                None
            }
        }
    }

    /// Reads a file with a secret, and warns if every user of the machine can.
    pub(super) fn read_secret_file(&mut self, file: &str, path: &SettingPath) -> Option<Vec<u8>> {
        let content = self.read_file(file, path)?;
        if is_readable_by_others(&self.directory.join(file)) {
            tracing::warn!("{path}: every user of this machine can read the file: chmod o-rwx");
        }
        Some(content)
    }

    /// Reports names that occur more than once in a list.
    pub(super) fn check_unique<'n>(&mut self, list: &SettingPath, key: &str, names: impl Iterator<Item = &'n str>, kind: &str) {
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (index, name) in names.enumerate().filter(|(_, name)| !name.is_empty()) {
            if let Some(first) = first.get(name) {
                let line = list.item(*first).key(key).line(self.text, &self.root);
                self.report(&list.item(index).key(key), format!("the {kind} {name:?} is already defined in line {line}"));
            } else {
                first.insert(name, index);
            }
        }
    }

    /// Reports directory names of more than one tenant, because a path names its tenant by them.
    pub(super) fn check_unique_directories(&mut self, names: Vec<(SettingPath, String)>) {
        let mut seen = HashSet::new();
        for (path, name) in names {
            if !seen.insert(name.clone()) {
                self.report(&path, format!("the directory {name:?} is already in use"));
            }
        }
    }
}

#[cfg(unix)]
fn is_readable_by_others(file: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(file).is_ok_and(|metadata| metadata.mode() & 0o007 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &Path) -> bool {
    false
}
