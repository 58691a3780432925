//! Passes arbitrary bytes to every entry point that accepts JSON, over a network whose responses are in the same bytes.
//!
//! `fuzz/README.md` describes the format of an input.

#![no_main]

mod input;
mod mapping;
mod network;
mod operations;

use libfuzzer_sys::fuzz_target;

use input::Input;

fuzz_target!(|bytes: &[u8]| {
    let mut input = Input::new(bytes);
    let head = input.text();
    let mut words = head.split(' ');
    let way = words.next().unwrap_or_default();
    let options = operations::Options {
        version: words.next().filter(|name| *name == "beta").unwrap_or("v1.0"),
        pace: words.next().and_then(|seconds| seconds.parse().ok()).unwrap_or(0),
    };
    match way {
        "mapping" => mapping::check(&input.text(), &input.text()),
        "requests" => operations::requests(&options, input),
        "openidm" => operations::openidm(&options, input),
        "azure_ad_graph" => operations::azure_ad_graph(&options, input),
        "command" => operations::command(&options, input),
        "settings" => operations::settings(&options, input),
        _ => operations::json(&options, input),
    }
});
