//! Secrets, which a file or a variable of the environment has.

use super::{Checker, Place, file};
use crate::credential::Secret;

impl Checker<'_> {
    /// The secret, without white space around it.
    pub(super) fn secret(&mut self, secret: file::Secret, at: &Place) -> Option<Secret> {
        let (text, source, at) = match (secret.file, secret.env) {
            (Some(file), None) => {
                let at = at.key("file");
                let content = self.content(file.clone(), &at)?;
                (String::from_utf8(content).ok(), file, at)
            }
            (None, Some(name)) => (std::env::var(&name).ok(), name, at.key("env")),
            (Some(_), Some(_)) => {
                self.wrong(at, "has file and env: a secret is in one of them");
                return None;
            }
            (None, None) => {
                if !["file", "env"].iter().any(|key| self.left_out.contains(&at.key(key))) {
                    self.wrong(at, "has neither file nor env");
                }
                return None;
            }
        };
        match text.as_deref().map(str::trim) {
            Some("") => self.wrong(&at, format!("{source} is empty")),
            Some(secret) => return Some(Secret::new(secret)),
            None => self.wrong(&at, format!("{source} is not set, or is no text")),
        }
        None
    }
}
