//! What a page says about the sources.

use std::path::Path;

/// Returns each row of the first table of `docs/architecture.md` whose file does not define the name: a function, a type, a constant
/// or a macro.
pub fn find_stale_rows(repository: &Path) -> Vec<String> {
    let page = std::fs::read_to_string(repository.join("docs/architecture.md")).unwrap();
    let rows: Vec<Vec<&str>> =
        page.lines().filter(|line| line.starts_with("| ...")).map(|line| line.split('|').map(str::trim).collect()).collect();
    assert!(rows.len() >= 10, "the table has questions");
    rows.into_iter().filter(|row| !is_current(repository, row)).map(|row| row.join(" | ")).collect()
}

fn is_current(repository: &Path, row: &[&str]) -> bool {
    let [_, _, file, name, _] = row else { return false };
    let (file, name) = (file.trim_matches('`'), name.trim_matches('`'));
    let text = std::fs::read_to_string(repository.join(file)).unwrap_or_default();
    let defines = |keyword: &str| {
        let definition = format!("{keyword} {name}");
        text.match_indices(&definition).any(|(start, _)| {
            let next = text.get(start + definition.len()..).and_then(|rest| rest.chars().next());
            next.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_')
        })
    };
    ["fn", "struct", "enum", "const", "static", "trait", "macro_rules!"].into_iter().any(defines)
}
