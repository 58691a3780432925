//! Checks what types cannot express: names that match, files that can be read, numbers within bounds.

mod caller;
mod checker;
mod credential;
mod secret;
mod tenant;
mod tls;

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use self::checker::Checker;
use super::checked::Config;
use super::error::Diagnostic;
use super::file::File;
use super::parse::{ParsedFile, parse};
use super::position::SettingPath;

/// Checks a text; the files that it names are relative to `directory`.
pub(super) fn check(text: &str, directory: &Path) -> Result<Config, Vec<Diagnostic>> {
    let ParsedFile { file, root, skipped, diagnostics } = parse(text)?;
    let mut checker = Checker { text, root, skipped, diagnostics, directory, files: Vec::new() };
    let config = check_file(&mut checker, file);
    if checker.diagnostics.is_empty() { Ok(config) } else { Err(checker.diagnostics) }
}

fn check_file(checker: &mut Checker<'_>, file: File) -> Config {
    let root = SettingPath::default();
    let tls = file.tls.and_then(|tls| checker.check_tls(tls, &root.key("tls")));
    let callers_path = root.key("callers");
    let callers = checker.require(file.callers, &callers_path).unwrap_or_default();
    let callers = checker.check_callers(callers, &callers_path);
    let caller_names: HashSet<&str> = callers.iter().map(|(name, _)| name.as_str()).collect();
    let tenants_path = root.key("tenants");
    let tenants = checker.require(file.tenants, &tenants_path).unwrap_or_default();
    let tenants: Vec<_> = tenants
        .into_iter()
        .enumerate()
        .map(|(index, tenant)| checker.check_tenant(tenant, &tenants_path.item(index), &caller_names))
        .collect();
    checker.check_unique(&tenants_path, "name", tenants.iter().map(|tenant| tenant.name.as_str()), "tenant");
    let directory_path = |index: usize| tenants_path.item(index).key("directory");
    let directories = tenants.iter().enumerate().flat_map(|(tenant_index, tenant)| {
        let names = tenant.directory.iter().enumerate();
        names.map(move |(index, name)| (directory_path(tenant_index).item(index), name.to_ascii_lowercase()))
    });
    checker.check_unique_directories(directories.collect());
    let drain = checker.check_range(file.drain_seconds, 0, 3600, &root.key("drain-seconds")).map(Duration::from_secs);
    let audit_required = file.audit_required.unwrap_or(false);
    Config { tls, callers, tenants, drain, audit_required, files: std::mem::take(&mut checker.files) }
}
