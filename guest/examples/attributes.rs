//! Prints `docs/attributes.md`. `make docs` runs it.

#![allow(clippy::print_stdout, reason = "the program prints a page")]

fn main() {
    print!("{}", connector::contact::reference::render_markdown());
}
