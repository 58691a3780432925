//! What is wrong with a configuration file, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The setting, as `tenants[0].limits.memory-mib`; empty where the file as a whole is meant.
    pub setting: String,
    /// What is wrong, and what would be right. Never a secret.
    pub problem: String,
}

/// Everything that is wrong with a file, in the order of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes {
    file: PathBuf,
    mistakes: Vec<Mistake>,
}

impl Mistakes {
    pub(super) fn new(file: &Path, mut mistakes: Vec<Mistake>) -> Self {
        mistakes.sort_by(|one, other| (one.line, &one.setting).cmp(&(other.line, &other.setting)));
        Self { file: file.to_owned(), mistakes }
    }

    /// Each of them; there is at least one.
    pub fn all(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, Mistake { line, setting, problem }) in self.mistakes.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}:{line}: ", self.file.display())?;
            if !setting.is_empty() {
                write!(f, "{setting}: ")?;
            }
            f.write_str(problem)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}
