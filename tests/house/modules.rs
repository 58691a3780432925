//! The module tree of a crate: which file holds which module.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use syn::{Item, ItemMod};

/// A module's path from the crate root: `["operations", "send"]`.
pub type ModulePath = Vec<String>;

/// The modules of a crate.
#[derive(Default)]
pub struct Modules {
    /// The file that holds each module. Modules within a file are those of the file.
    pub files: BTreeMap<ModulePath, PathBuf>,
    /// The items of each module.
    pub items: BTreeMap<ModulePath, Vec<Item>>,
}

impl Modules {
    /// Reads the crate whose root is that file.
    pub fn read(root: &Path) -> Modules {
        let mut modules = Modules::default();
        let directory = root.parent().unwrap().to_owned();
        modules.add_file(Vec::new(), root, &directory);
        modules
    }

    fn add_file(&mut self, path: ModulePath, file: &Path, children: &Path) {
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.add_items(path, file, children, parsed.items);
    }

    fn add_items(&mut self, path: ModulePath, file: &Path, children: &Path, items: Vec<Item>) {
        let mut own = Vec::new();
        for item in items {
            match item {
                Item::Mod(module) if !is_test(&module) => self.add_module(&path, file, children, module),
                Item::Mod(_) => {}
                other => own.push(other),
            }
        }
        self.files.insert(path.clone(), file.to_owned());
        self.items.insert(path, own);
    }

    fn add_module(&mut self, parent: &ModulePath, file: &Path, children: &Path, module: ItemMod) {
        let name = module.ident.to_string();
        let mut path = parent.clone();
        path.push(name.clone());
        let inside = children.join(&name);
        match module.content {
            Some((_, items)) => self.add_items(path, file, &inside, items),
            None => {
                let flat = children.join(format!("{name}.rs"));
                let nested = inside.join("mod.rs");
                self.add_file(path, if flat.exists() { &flat } else { &nested }, &inside);
            }
        }
    }
}

/// Tests may use what they test and its parts.
fn is_test(module: &ItemMod) -> bool {
    module.attrs.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
    })
}
