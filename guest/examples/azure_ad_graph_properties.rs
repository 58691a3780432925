//! Prints `docs/azure-ad-graph-properties.md`: `make docs`.

#![allow(clippy::print_stdout, reason = "it is what it is for")]

fn main() {
    print!("{}", azure_ad_graph::reference::markdown());
}
