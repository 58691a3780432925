//! The errors in a configuration file, each with its line.

use std::fmt;
use std::path::{Path, PathBuf};

/// One error in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The line, from 1.
    pub line: usize,
    /// The setting, such as `tenants[0].limits.memory-mib`; empty for the file as a whole.
    pub setting: String,
    /// What is wrong, and what to do. It shows no secret.
    pub message: String,
}

/// All errors in a configuration file, in the order of their lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    file: PathBuf,
    diagnostics: Vec<Diagnostic>,
}

impl ConfigError {
    pub(super) fn new(file: &Path, mut diagnostics: Vec<Diagnostic>) -> Self {
        diagnostics.sort_by(|one, other| (one.line, &one.setting).cmp(&(other.line, &other.setting)));
        Self { file: file.to_owned(), diagnostics }
    }

    /// Returns the errors, at least one.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, Diagnostic { line, setting, message }) in self.diagnostics.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}:{line}: ", self.file.display())?;
            if !setting.is_empty() {
                write!(f, "{setting}: ")?;
            }
            f.write_str(message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
