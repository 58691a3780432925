//! The configuration of a gateway of several tenants: one TOML file, checked as a whole before anything of it is used.
//!
//! `file` is the file as it is written, and the source of its JSON schema; `reading` makes it of a text, going on after each
//! mistake, for which `position` finds the line; `check` makes of it what the host works with, or says everything that is wrong.

mod check;
mod file;
mod mistake;
mod position;
mod reading;
mod schema;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use self::mistake::{Mistake, Mistakes};
pub use self::schema::schema;
use crate::callers::Proof;
use crate::listener_tls::ListenerTls;
use crate::tenant::TenantSpec;

/// A configuration with nothing wrong in it.
#[derive(Debug)]
pub struct Config {
    pub(crate) tls: Option<ListenerTls>,
    pub(crate) callers: Vec<(String, Proof)>,
    pub(crate) tenants: Vec<TenantSpec>,
    /// How long requests may run on when the gateway stops.
    pub(crate) drain: Option<Duration>,
    /// The files that it names, which were read with it.
    pub(crate) files: Vec<PathBuf>,
}

impl Config {
    /// Reads a file, and the files that it names.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its line; or that it cannot be read.
    pub fn read(file: &Path) -> Result<Self, Mistakes> {
        let unreadable = |error: std::io::Error| {
            let problem = format!("cannot be read: {error}");
            Mistakes::new(file, vec![Mistake { line: 1, setting: String::new(), problem }])
        };
        let text = std::fs::read_to_string(file).map_err(unreadable)?;
        let directory = file.parent().unwrap_or(Path::new(""));
        check::check(&text, directory).map_err(|mistakes| Mistakes::new(file, mistakes))
    }

    /// The names of the tenants.
    pub fn tenants(&self) -> impl Iterator<Item = &str> {
        self.tenants.iter().map(|tenant| tenant.name.as_str())
    }
}

#[cfg(test)]
mod tests;
