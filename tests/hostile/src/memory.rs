//! The whole memory of the component.

use std::hint::black_box;

/// How much memory `plant` writes to and `search` allocates: far more than a component's initial few hundred KiB.
const BYTES: usize = 16 << 20;

/// Fills a piece of memory with a pattern, and leaves it there. Returns its length.
pub fn plant(pattern: &str) -> usize {
    let planted = pattern.repeat(BYTES / pattern.len().max(1));
    black_box(&planted);
    let length = planted.len();
    std::mem::forget(planted);
    length
}

/// Counts where `second` follows `first` in the whole memory, after allocating as much as `plant` does. The two are passed
/// separately, so that the search does not find its own arguments.
pub fn search(first: &str, second: &str) -> usize {
    let fresh: Vec<u8> = Vec::with_capacity(BYTES);
    black_box(&fresh);
    let end = core::arch::wasm32::memory_size(0) << 16;
    // SAFETY: WebAssembly's memory is valid from 0 to its size. Nothing else runs, and nothing writes meanwhile.
    let memory = unsafe { std::slice::from_raw_parts(black_box(1_usize) as *const u8, end - 1) };
    let (first, second) = (first.as_bytes(), second.as_bytes());
    let found = memory.windows(first.len() + second.len()).filter(|window| {
        // The first byte excludes most windows.
        window.first() == first.first() && window.split_at(first.len()) == (first, second)
    });
    found.count()
}
