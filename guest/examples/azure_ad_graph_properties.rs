//! Prints `docs/azure-ad-graph-properties.md`. `make docs` runs it.

#![allow(clippy::print_stdout, reason = "the program prints a page")]

fn main() {
    print!("{}", azure_ad_graph::reference::markdown());
}
