//! What it does.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::bindings::wasi::clocks::monotonic_clock;
use crate::bindings::wasi::http::types::{Fields, ResponseOutparam};
use crate::fetch::{self, Fetch};
use crate::memory;
use crate::reply::{self, Reply};

/// Carries out what a request names, and answers it if it ever gets there.
pub fn behave(name: &str, arguments: &[(String, String)], out: ResponseOutparam) {
    misbehave(name);
    let answer = match name {
        "well" => well(),
        "environment" => std::env::vars().map(|(name, value)| (name, Value::String(value))).collect(),
        "fetch" => Fetch::read(arguments).send(),
        "plant" => json!(memory::plant(argument(arguments, "pattern"))),
        "search" => {
            memory::plant(argument(arguments, "pattern"));
            search(argument(arguments, "first"), argument(arguments, "second"))
        }
        "silent" => return,
        "announce" => return Reply::announcing(1 << 40, out).write(&[b'x'; 4096]),
        "pour" => return pour(out),
        other => json!({"unknown": other}),
    };
    reply::json(&answer, out);
}

/// What ends in no answer, if it is one of those.
pub fn misbehave(name: &str) {
    match name {
        "spin" => spin(),
        "allocate" => allocate(),
        "nest" => drop(black_box(nest(1))),
        "wait" => wait(),
        "fail" => panic(),
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

/// As a connector does: a request to Microsoft Graph, and an answer.
fn well() -> Value {
    let system = std::env::var("GATEWAY_SYSTEM").unwrap_or_default();
    json!({"system": system, "graph": Fetch::get(&format!("{}/v1.0/users", fetch::endpoint())).send()})
}

/// How often the second follows the first in memory, which has by then whatever the host gives: the environment, the caller's
/// headers, an answer of Microsoft Graph, and a refusal.
fn search(first: &str, second: &str) -> Value {
    let environment: Vec<(String, String)> = std::env::vars().collect();
    let answers = [well(), Fetch::get("https://evil.example/").send()];
    let found = memory::search(first, second);
    black_box((&environment, &answers));
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

/// Deep in the machine's stack: the compiler can make no loop of it, and keeps nothing of it in memory.
#[inline(never)]
fn nest(depth: u32) -> u32 {
    COUNT.fetch_add(depth, Ordering::Relaxed);
    if COUNT.load(Ordering::Relaxed) == 0 { depth } else { nest(nest(depth.wrapping_add(1))) }
}

fn wait() {
    monotonic_clock::subscribe_duration(u64::MAX).block();
}

#[allow(clippy::panic, reason = "this is what is wanted here")]
fn panic() {
    panic!("as asked");
}

fn hoard() {
    let mut kept = Vec::new();
    loop {
        kept.push(Fields::new());
    }
}

fn hand_over() {
    let fields = Fields::new();
    // The host judges it only once it has it all.
    let _ = fields.append("x", &vec![b'x'; 48 << 20]);
}

fn flood() {
    let url = format!("{}/v1.0/users", fetch::endpoint());
    loop {
        // Refused or not, there is another.
        Fetch::get(&url).send();
    }
}

fn pour(out: ResponseOutparam) {
    let reply = Reply::streaming(out);
    loop {
        reply.write(&[b'x'; 4096]);
    }
}
