//! Variation: each form occurs under some seed, and under each seed a client finds everything.

use serde_json::json;

use super::*;
use crate::{Variation, VariationKind};

mod links;
mod pages;
mod responses;

const ALEX: &str = "4782e723-f4f4-4af3-a76e-25e3bab0d896";

impl Graph {
    async fn vary(variation: Variation) -> Self {
        Self::start_with(Options { variation: Some(variation), ..Options::default() }).await
    }
}

/// Calls a test with emulators that vary in one way, under seeds until one returns true, and until one returns false.
async fn assert_sometimes(kind: VariationKind, test: impl AsyncFn(&Graph) -> bool) {
    let (mut with, mut without) = (false, false);
    for seed in 0..200 {
        let graph = Graph::vary(Variation::only(seed, &[kind])).await;
        if test(&graph).await {
            with = true
        } else {
            without = true
        }
        if with && without {
            return;
        }
    }
    panic!("{}: it occurs: {with}, it may be absent: {without}", kind.name());
}

#[test]
fn variation_reads_as_it_is_written() {
    let all: Variation = "7".parse().unwrap();
    assert_eq!((all, all.to_string().as_str()), (Variation::new(7), "7"));
    let two: Variation = "7:emptyPages, rawAt".parse().unwrap();
    assert_eq!(two, Variation::only(7, &[VariationKind::RawAt, VariationKind::EmptyPages]));
    assert_eq!(two.to_string(), "7:rawAt,emptyPages");
    let fewer = Variation::new(7).without(VariationKind::RawAt);
    assert_eq!(fewer.to_string().parse::<Variation>().unwrap(), fewer);
    for invalid in ["", "x", "-1", "7:", "7:none", "7,8"] {
        let error = invalid.parse::<Variation>().unwrap_err().to_string();
        assert!(error.contains("emptyPages") && error.contains(invalid), "{error}");
    }
}

#[tokio::test]
async fn same_seed_gives_same_pages() {
    let read = async |seed| {
        let graph = Graph::vary(Variation::new(seed)).await;
        graph.fill(40);
        let (mut sizes, mut target) = (Vec::new(), Some("/v1.0/me/contacts".to_owned()));
        while let Some(link) = target {
            let page = graph.get(&link).await;
            sizes.push(page.body["value"].as_array().unwrap().len());
            target = page.body["@odata.nextLink"].as_str().map(str::to_owned);
        }
        sizes
    };
    assert_eq!(read(1).await, read(1).await);
    let mut all = Vec::new();
    for seed in 0..10 {
        all.push(read(seed).await);
    }
    all.sort();
    all.dedup();
    assert!(all.len() > 5, "seeds differ: {all:?}");
}
