//! The behaviours of the component.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::bindings::wasi::clocks::monotonic_clock;
use crate::bindings::wasi::http::types::{Fields, ResponseOutparam};
use crate::fetch::{self, Fetch};
use crate::memory;
use crate::response_writer::{self, ResponseWriter};

/// Runs the behaviour that a request names, and responds if the behaviour ends.
pub fn behave(name: &str, arguments: &[(String, String)], out: ResponseOutparam) {
    misbehave(name);
    let body = match name {
        "well" => well(),
        "environment" => std::env::vars().map(|(name, value)| (name, Value::String(value))).collect(),
        "fetch" => Fetch::read(arguments).send(),
        "plant" => json!(memory::plant(argument(arguments, "pattern"))),
        "search" => {
            memory::plant(argument(arguments, "pattern"));
            search(argument(arguments, "first"), argument(arguments, "second"))
        }
        "silent" => return,
        "announce" => return ResponseWriter::with_content_length(1 << 40, out).write(&[b'x'; 4096]),
        "pour" => return pour(out),
        other => json!({"unknown": other}),
    };
    response_writer::write_json(&body, out);
}

/// Runs a behaviour that prevents a response, if the name is that of one.
pub fn misbehave(name: &str) {
    match name {
        "spin" => spin(),
        "allocate" => allocate(),
        "nest" => drop(black_box(nest(1))),
        "wait" => wait(),
        "fail" => fail(),
        "exit" => std::process::exit(3),
        "hoard" => hoard(),
        "hand-over" => hand_over(),
        "flood" => flood(),
        _ => {}
    }
}

fn argument<'a>(arguments: &'a [(String, String)], name: &str) -> &'a str {
    arguments.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

/// Behaves as a connector: sends a request to Microsoft Graph, and returns its result.
fn well() -> Value {
    let system = std::env::var("GATEWAY_SYSTEM").unwrap_or_default();
    json!({"system": system, "graph": Fetch::get(&format!("{}/v1.0/users", fetch::endpoint())).send()})
}

/// Counts where the second text follows the first in memory. The memory then has all that the host passes: the environment, the
/// caller's headers, a response of Microsoft Graph, and a refusal.
fn search(first: &str, second: &str) -> Value {
    let environment: Vec<(String, String)> = std::env::vars().collect();
    let responses = [well(), Fetch::get("https://evil.example/").send()];
    let found = memory::search(first, second);
    black_box((&environment, &responses));
    json!(found)
}

static COUNT: AtomicU32 = AtomicU32::new(0);

fn spin() {
    loop {
        COUNT.fetch_add(1, Ordering::Relaxed);
    }
}

fn allocate() {
    let mut kept = Vec::new();
    loop {
        kept.push(vec![1_u8; 1 << 20]);
        black_box(&kept);
    }
}

/// Recurses on the machine's stack. The compiler cannot turn this into a loop, and keeps nothing of it in memory.
#[inline(never)]
fn nest(depth: u32) -> u32 {
    COUNT.fetch_add(depth, Ordering::Relaxed);
    if COUNT.load(Ordering::Relaxed) == 0 { depth } else { nest(nest(depth.wrapping_add(1))) }
}

fn wait() {
    monotonic_clock::subscribe_duration(u64::MAX).block();
}

#[allow(clippy::panic, reason = "the behaviour is a panic")]
fn fail() {
    panic!("as requested");
}

fn hoard() {
    let mut kept = Vec::new();
    loop {
        kept.push(Fields::new());
    }
}

fn hand_over() {
    let fields = Fields::new();
    // The host checks the value only after it has received all of it.
    let _ = fields.append("x", &vec![b'x'; 48 << 20]);
}

fn flood() {
    let url = format!("{}/v1.0/users", fetch::endpoint());
    loop {
        // A refusal does not end the loop.
        Fetch::get(&url).send();
    }
}

fn pour(out: ResponseOutparam) {
    let writer = ResponseWriter::start(out);
    loop {
        writer.write(&[b'x'; 4096]);
    }
}
