//! What types do not say of a configuration: names that fit together, files that can be read, numbers within bounds.

mod caller;
mod credential;
mod secret;
mod tenant;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::DeTable;

use super::Config;
use super::file;
use super::mistake::Mistake;
use super::position::Place;
use super::reading::{self, Reading};
use crate::listener_tls::ListenerTls;

/// Checks a text, in which files are relative to `directory`.
pub(super) fn check(text: &str, directory: &Path) -> Result<Config, Vec<Mistake>> {
    let Reading { file, root, left_out, mistakes } = reading::read(text)?;
    let mut checker = Checker { text, root, left_out, mistakes, directory, files: Vec::new() };
    let config = checker.config(file);
    if checker.mistakes.is_empty() { Ok(config) } else { Err(checker.mistakes) }
}

/// Collects mistakes. Every check goes on after one, with whatever comes of it: nothing of it is used then.
struct Checker<'a> {
    text: &'a str,
    root: DeTable<'a>,
    left_out: HashSet<Place>,
    mistakes: Vec<Mistake>,
    directory: &'a Path,
    files: Vec<PathBuf>,
}

impl Checker<'_> {
    fn config(&mut self, file: file::File) -> Config {
        let root = Place::default();
        let tls = file.tls.and_then(|tls| self.tls(tls, &root.key("tls")));
        let callers_at = root.key("callers");
        let callers = self.required(file.callers, &callers_at).unwrap_or_default();
        let callers = self.callers(callers, &callers_at);
        let names: HashSet<&str> = callers.iter().map(|(name, _)| name.as_str()).collect();
        let tenants_at = root.key("tenants");
        let tenants = self.required(file.tenants, &tenants_at).unwrap_or_default();
        let tenants: Vec<_> = tenants
            .into_iter()
            .enumerate()
            .map(|(number, tenant)| self.tenant(tenant, &tenants_at.item(number), &names))
            .collect();
        self.no_doubles(&tenants_at, "name", tenants.iter().map(|tenant| tenant.name.as_str()), "tenant");
        let named = |number: usize| tenants_at.item(number).key("directory");
        let names = tenants.iter().enumerate().flat_map(|(number, tenant)| {
            tenant.directory.iter().enumerate().map(move |(place, name)| (named(number).item(place), name.to_ascii_lowercase()))
        });
        self.one_directory_each(names.collect());
        let drain = self.bounded(file.drain_seconds, 0, 3600, &root.key("drain-seconds")).map(Duration::from_secs);
        Config { tls, callers, tenants, drain, files: std::mem::take(&mut self.files) }
    }

    fn tls(&mut self, tls: file::Tls, at: &Place) -> Option<ListenerTls> {
        let mut content = |file: Option<String>, key: &str| {
            let at = at.key(key);
            let file = self.required(file, &at)?;
            self.content(file, &at)
        };
        let certificate = content(tls.certificate_file, "certificate-file");
        let key = content(tls.key_file, "key-file");
        let client_ca = tls.client_ca_file.map(|file| self.content(file, &at.key("client-ca-file")));
        let client_ca = match client_ca {
            Some(None) => return None,
            Some(Some(content)) => Some(content),
            None => None,
        };
        match ListenerTls::new(&certificate?, &key?, client_ca.as_deref()) {
            Ok(tls) => Some(tls),
            Err(error) => {
                self.wrong(at, format!("{error:#}"));
                None
            }
        }
    }

    fn content(&mut self, file: String, at: &Place) -> Option<Vec<u8>> {
        let path = self.directory.join(file);
        self.files.push(path.clone());
        match std::fs::read(&path) {
            Ok(content) => Some(content),
            Err(error) => {
                self.wrong(at, format!("{} cannot be read: {error}", path.display()));
                None
            }
        }
    }

    fn wrong(&mut self, at: &Place, problem: impl Into<String>) {
        let line = at.line(self.text, &self.root);
        self.mistakes.push(Mistake { line, setting: at.to_string(), problem: problem.into() });
    }

    fn required<T>(&mut self, value: Option<T>, at: &Place) -> Option<T> {
        if value.is_none() && !at.around().any(|place| self.left_out.contains(&place)) {
            self.wrong(at, "is missing");
        }
        value
    }

    fn no_doubles<'n>(&mut self, at: &Place, key: &str, names: impl Iterator<Item = &'n str>, what: &str) {
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (number, name) in names.enumerate().filter(|(_, name)| !name.is_empty()) {
            if let Some(first) = first.get(name) {
                let line = at.item(*first).key(key).line(self.text, &self.root);
                self.wrong(&at.item(number).key(key), format!("the {what} {name:?} is in line {line} already"));
            } else {
                first.insert(name, number);
            }
        }
    }

    /// A path names one tenant.
    fn one_directory_each(&mut self, names: Vec<(Place, String)>) {
        let mut seen = HashSet::new();
        for (at, name) in names {
            if !seen.insert(name.clone()) {
                self.wrong(&at, format!("the directory {name:?} is named already"));
            }
        }
    }

    /// The value if it is within bounds; none where it is not there.
    fn bounded<T: PartialOrd + std::fmt::Display>(&mut self, value: Option<T>, least: T, most: T, at: &Place) -> Option<T> {
        let value = value?;
        if value < least || value > most || value.partial_cmp(&least).is_none() {
            self.wrong(at, format!("{value} is not from {least} to {most}"));
            return None;
        }
        Some(value)
    }
}
