//! Reads secrets from a file or from an environment variable.

use super::checker::Checker;
use crate::credentials::secret::Secret;
use crate::tenants::config::position::SettingPath;

impl Checker<'_> {
    /// Returns the secret of the file or of the variable, without white space around it. Each comes with its key.
    pub(super) fn check_secret(&mut self, [file, env]: [(&str, Option<String>); 2], path: &SettingPath) -> Option<Secret> {
        let (text, source, path) = match (file.1, env.1) {
            (Some(name), None) => {
                let path = path.key(file.0);
                let content = self.read_secret_file(&name, &path)?;
                (String::from_utf8(content).ok(), "the file".to_owned(), path)
            }
            (None, Some(name)) => {
                // Anything else may be the secret itself.
                let is_name = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
                let source = if is_name { name.clone() } else { "the variable".to_owned() };
                (std::env::var(&name).ok(), source, path.key(env.0))
            }
            (Some(_), Some(_)) => {
                self.report(path, format!("has both {} and {}: give one of them", file.0, env.0));
                return None;
            }
            (None, None) => {
                if !self.has_skipped(path, &[file.0, env.0]) {
                    self.report(path, format!("has neither {} nor {}: give one of them", file.0, env.0));
                }
                return None;
            }
        };
        match text.as_deref().map(str::trim) {
            Some("") => self.report(&path, format!("{source} is empty")),
            Some(secret) => return Some(Secret::new(secret)),
            None => self.report(&path, format!("{source} is not set, or is not UTF-8")),
        }
        None
    }
}
