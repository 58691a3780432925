//! Rules of the source tree that neither rustc nor clippy checks. `make lint` runs them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod circles;
mod imports;
mod modules;
mod pages;
mod words;

use std::path::{Path, PathBuf};

use crate::imports::Imports;
use crate::modules::Modules;

/// The crate roots whose files must not import each other.
const ROOTS: &[&str] = &[
    "guest/src/lib.rs",
    "guest/azure-ad-graph/src/lib.rs",
    "guest/connector/src/lib.rs",
    "guest/openidm/src/lib.rs",
    "guest/protocol/src/lib.rs",
    "host-harness/src/lib.rs",
    "host-harness/cli/src/main.rs",
    "host-harness/emulator/src/lib.rs",
    "tests/e2e/main.rs",
    "tests/hostile/src/lib.rs",
    "tests/house/main.rs",
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn no_files_import_each_other() {
    let mut found = Vec::new();
    for root in ROOTS {
        let modules = Modules::read(&repository().join(root));
        let imports = Imports::read(&modules);
        found.extend(circles::find(&imports).into_iter().map(|circle| format!("{root}:\n{}", imports.describe(&circle))));
    }
    assert!(found.is_empty(), "files import each other; put what they share in a file below both:\n\n{}", found.join("\n"));
}

#[test]
fn refused_words_are_not_used() {
    let found = words::find(&repository());
    assert!(found.is_empty(), "{} places use other words than the vocabulary:\n{}", found.len(), found.join("\n"));
}

#[test]
fn architecture_page_names_what_exists() {
    let stale = pages::find_stale_rows(&repository());
    assert!(stale.is_empty(), "docs/architecture.md names what its file does not have:\n{}", stale.join("\n"));
}
