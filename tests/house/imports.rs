//! Which file of a crate takes something from which other: by `use`, re-exports included, or by a path in its code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{ItemUse, UseTree};

use crate::modules::{ModulePath, Modules};

/// The imports of a crate's files.
pub struct Imports {
    /// For each file the files that it imports from, and one path that it names of each.
    pub by_file: BTreeMap<PathBuf, BTreeMap<PathBuf, String>>,
}

impl Imports {
    /// Reads the imports of every file.
    pub fn read(modules: &Modules) -> Imports {
        let mut by_file: BTreeMap<PathBuf, BTreeMap<PathBuf, String>> = BTreeMap::new();
        for (module, items) in &modules.items {
            let mut paths = Paths::default();
            items.iter().for_each(|item| paths.visit_item(item));
            let from = &modules.files[module];
            let edges = by_file.entry(from.clone()).or_default();
            for path in paths.found {
                if let Some(to) = resolve(modules, module, &path).filter(|to| to != from) {
                    edges.entry(to).or_insert_with(|| path.join("::"));
                }
            }
        }
        Imports { by_file }
    }

    /// Returns the imports between the files of a circle, a line each.
    pub fn describe(&self, circle: &BTreeSet<PathBuf>) -> String {
        let name = |file: &Path| file.components().rev().take(3).collect::<Vec<_>>().into_iter().rev().collect::<PathBuf>();
        let mut lines = String::new();
        for file in circle {
            for (to, path) in self.by_file[file].iter().filter(|(to, _)| circle.contains(*to)) {
                lines.push_str(&format!("  {} takes {path} from {}\n", name(file).display(), name(to).display()));
            }
        }
        lines
    }
}

/// Returns the file of the module that a path leads into. `None` where the path leads out of the crate.
fn resolve(modules: &Modules, module: &ModulePath, path: &[String]) -> Option<PathBuf> {
    let mut base = module.clone();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            base.clear();
            rest = &path[1..];
        }
        "self" => rest = &path[1..],
        "super" => {}
        // A child of this module, or another crate.
        name => {
            base.push(name.to_owned());
            if !modules.files.contains_key(&base) {
                return None;
            }
            rest = &path[1..];
        }
    }
    for segment in rest {
        if segment == "super" {
            base.pop()?;
            continue;
        }
        base.push(segment.clone());
        if !modules.files.contains_key(&base) {
            base.pop();
            break;
        }
    }
    modules.files.get(&base).cloned()
}

/// The paths in a file's code.
#[derive(Default)]
struct Paths {
    found: BTreeSet<Vec<String>>,
}

impl Paths {
    fn add_tree(&mut self, prefix: &[String], tree: &UseTree) {
        let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(prefix, tree)),
            UseTree::Name(name) if name.ident == "self" => {
                self.found.insert(prefix.to_vec());
            }
            UseTree::Name(name) => {
                self.found.insert(with(&name.ident));
            }
            UseTree::Rename(rename) => {
                self.found.insert(with(&rename.ident));
            }
            UseTree::Glob(_) => {
                self.found.insert(prefix.to_vec());
            }
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if segments.first().is_some_and(|first| matches!(first.as_str(), "crate" | "super" | "self")) && segments.len() > 1 {
            self.found.insert(segments);
        }
        visit::visit_path(self, path);
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {
        // `pub(in crate::operations)` imports nothing.
    }
}
