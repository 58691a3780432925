//! Its own memory, all of it, whoever wrote there.

use std::hint::black_box;

/// Bytes that are searched and planted in: what is beyond the few hundred KiB that a component begins with.
const BYTES: usize = 16 << 20;

/// Writes a pattern all over a piece of memory, and leaves it there.
pub fn plant(pattern: &str) -> usize {
    let planted = pattern.repeat(BYTES / pattern.len().max(1));
    black_box(&planted);
    let length = planted.len();
    std::mem::forget(planted);
    length
}

/// How often `first` is followed by `second` in the whole memory, of which it first asks for as much as `plant` does. The two
/// come apart, so that what was asked for is not itself found.
pub fn search(first: &str, second: &str) -> usize {
    let fresh: Vec<u8> = Vec::with_capacity(BYTES);
    black_box(&fresh);
    let end = core::arch::wasm32::memory_size(0) << 16;
    // SAFETY: WebAssembly's memory is there from 0 to its size; nothing else runs, and nothing is written meanwhile.
    let memory = unsafe { std::slice::from_raw_parts(black_box(1_usize) as *const u8, end - 1) };
    let (first, second) = (first.as_bytes(), second.as_bytes());
    let found = memory.windows(first.len() + second.len()).filter(|window| {
        // Most are told by their first byte.
        window.first() == first.first() && window.split_at(first.len()) == (first, second)
    });
    found.count()
}
