//! Secrets, which a file or a variable of the environment has.

use super::{Checker, Place};
use crate::credential::Secret;

impl Checker<'_> {
    /// The secret, without white space around it, of the file or else of the variable; each comes with its key.
    pub(super) fn secret(&mut self, [file, env]: [(&str, Option<String>); 2], at: &Place) -> Option<Secret> {
        let (text, source, at) = match (file.1, env.1) {
            (Some(name), None) => {
                let at = at.key(file.0);
                let content = self.content(name.clone(), &at)?;
                (String::from_utf8(content).ok(), name, at)
            }
            (None, Some(name)) => (std::env::var(&name).ok(), name, at.key(env.0)),
            (Some(_), Some(_)) => {
                self.wrong(at, format!("has {} and {}: a secret is in one of them", file.0, env.0));
                return None;
            }
            (None, None) => {
                if ![file.0, env.0].iter().any(|key| self.left_out.contains(&at.key(key))) {
                    self.wrong(at, format!("has neither {} nor {}", file.0, env.0));
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
