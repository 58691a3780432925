//! Circles in a graph of files: sets in which each file leads to each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::imports::Imports;

/// Returns every set of several files that lead to each other by their imports.
pub fn find(imports: &Imports) -> Vec<BTreeSet<PathBuf>> {
    let reachable: BTreeMap<&PathBuf, BTreeSet<PathBuf>> =
        imports.by_file.keys().map(|file| (file, reach(imports, file))).collect();
    let mut circles = BTreeSet::new();
    for (file, reached) in &reachable {
        if reached.contains(*file) {
            let mutual = reached.iter().filter(|other| reachable.get(other).is_some_and(|back| back.contains(*file)));
            circles.insert(mutual.cloned().collect::<BTreeSet<PathBuf>>());
        }
    }
    circles.into_iter().filter(|circle| circle.len() > 1).collect()
}

/// Returns the files that one leads to, itself only by way of another.
fn reach(imports: &Imports, file: &PathBuf) -> BTreeSet<PathBuf> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&PathBuf> = vec![file];
    while let Some(file) = next.pop() {
        for to in imports.by_file.get(file).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(to.clone()) {
                next.push(to);
            }
        }
    }
    reached
}
