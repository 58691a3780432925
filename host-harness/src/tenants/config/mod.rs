//! The configuration of a multi-tenant gateway: one TOML file, checked as a whole before any of it is used.
//!
//! `file` has the types of the file as written, from which its JSON schema is generated. `parse` turns text into them and
//! continues after each error, whose line `position` finds. `check` turns them into what the host works with.

mod check;
pub(crate) mod checked;
mod error;
mod file;
mod parse;
mod position;
mod schema;

use std::path::Path;

pub use self::checked::Config;
pub use self::error::{ConfigError, Diagnostic};
pub use self::schema::schema;

impl Config {
    /// Reads and checks a file, and the files that it names.
    ///
    /// # Errors
    ///
    /// Every error in the file, each with its line; or that the file cannot be read.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let unreadable = |error: std::io::Error| {
            let message = format!("cannot be read: {error}");
            ConfigError::new(file, vec![Diagnostic { line: 1, setting: String::new(), message }])
        };
        let text = std::fs::read_to_string(file).map_err(unreadable)?;
        let directory = file.parent().unwrap_or(Path::new(""));
        check::check(&text, directory).map_err(|diagnostics| ConfigError::new(file, diagnostics))
    }
}

#[cfg(test)]
mod tests;
