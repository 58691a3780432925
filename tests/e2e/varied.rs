//! The emulators of all tests, whose responses vary by a seed.
//!
//! `VARY_SEED=7` sets the seed, `VARY_SEED=7:emptyPages,rawAt` varies only so, `VARY_SEED=7:all` in every way, those that are still
//! open included, and `VARY_SEED=off` not at all. A test that fails prints the setting that it ran with: libtest shows what a failed
//! test prints.

use graph_emulator::{Emulator, Options, Variation, VariationError, VariationKind};

/// The seed without `VARY_SEED`.
const DEFAULT_SEED: u64 = 1;

/// Variations that some tests do not pass yet. A seed alone does not include them.
const OPEN: [VariationKind; 6] = [
    // A null in a list of strings is shown as a value.
    VariationKind::Nulls,
    // In beta, an update loses the phones beside one with an unknown member.
    VariationKind::UnknownMembers,
    // In beta, a phone without a number counts as one.
    VariationKind::UnknownEnumNames,
    // An update whose response is 204 is shown as an empty object.
    VariationKind::PatchStatus,
    // The outcomes of the items are lost.
    VariationKind::BatchFailedDependency,
    // Whether the item or its mailbox is missing is read from the code.
    VariationKind::EmptyNotFound,
];

/// Starts an emulator that accepts only this token.
pub async fn start_emulator(token: &str) -> Emulator {
    start(token, variation()).await
}

/// Starts an emulator whose responses do not vary, for a test that checks which requests follow from exact responses.
pub async fn start_exact_emulator(token: &str) -> Emulator {
    start(token, None).await
}

async fn start(token: &str, variation: Option<Variation>) -> Emulator {
    if let Some(variation) = variation {
        eprintln!("The responses of Microsoft Graph vary; to repeat: VARY_SEED={variation}");
    }
    let options = Options { token: Some(token.to_owned()), variation };
    Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap()
}

/// Returns the variation that `VARY_SEED` asks for.
pub fn variation() -> Option<Variation> {
    match std::env::var("VARY_SEED") {
        Ok(text) if text == "off" => None,
        Ok(text) => Some(parse(&text)),
        Err(_) => Some(without_open(DEFAULT_SEED)),
    }
}

fn parse(text: &str) -> Variation {
    let parse_named = |text: &str| text.parse().unwrap_or_else(|error: VariationError| panic!("VARY_SEED: {error}"));
    match (text.strip_suffix(":all"), text.parse()) {
        (Some(seed), _) => parse_named(seed),
        (None, Ok(seed)) => without_open(seed),
        (None, Err(_)) => parse_named(text),
    }
}

fn without_open(seed: u64) -> Variation {
    OPEN.into_iter().fold(Variation::new(seed), Variation::without)
}

/// Returns the arguments of a command that starts an emulator.
pub fn arguments() -> Vec<String> {
    variation().into_iter().flat_map(|variation| ["--vary".to_owned(), variation.to_string()]).collect()
}

#[test]
fn documentation_lists_every_variation() {
    let page = include_str!("../../docs/emulator.md");
    let rows: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |").map(|row| row.0)).collect();
    let missing: Vec<&str> = VariationKind::ALL.iter().map(|kind| kind.name()).filter(|name| !rows.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
}
