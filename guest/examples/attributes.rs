//! Prints `docs/attributes.md`: `make docs`.

#![allow(clippy::print_stdout, reason = "it is what it is for")]

fn main() {
    print!("{}", connector::contact::reference::render_markdown());
}
