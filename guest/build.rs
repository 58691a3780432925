//! Shortens the component: the linker otherwise writes every call and address with five bytes, of which most are padding.

#![allow(clippy::print_stdout, reason = "a build script instructs Cargo by its output")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Only the linker of WebAssembly knows the argument.
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-cdylib=--compress-relocations");
    }
}
