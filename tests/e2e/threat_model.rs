//! The tests that `docs/security.md` names.

use std::path::Path;

/// Every test that the threat model names exists.
#[test]
fn threat_model_names_existing_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/security.md")).unwrap();
    let named: Vec<(&str, &str)> = page.split('`').filter_map(|part| part.split_once(".rs::")).collect();
    assert!(named.len() > 20, "{named:?}");
    for (file, name) in named {
        let path = root.join(format!("{file}.rs"));
        let source = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let test = source.split("#[test]").chain(source.split("#[tokio::test]")).skip(1);
        let is_there = test.into_iter().any(|part| part.contains(&format!("fn {name}(")));
        assert!(is_there, "{file}.rs has no test {name}");
    }
}
