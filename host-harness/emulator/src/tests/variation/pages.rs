//! Pages: wherever one ends and whatever it repeats, the links lead to every row.

use std::collections::BTreeSet;

use super::*;

/// Follows the links from a target. Returns the ids of the rows of each page, and the delta link if there is one.
async fn read_pages(graph: &Graph, target: &str) -> (Vec<Vec<String>>, Option<String>) {
    let (mut pages, mut target, mut followed) = (Vec::new(), target.to_owned(), BTreeSet::new());
    loop {
        assert!(followed.insert(target.clone()), "{target} leads to itself: {pages:?}");
        assert!(pages.len() < 500, "{target}: pages without an end");
        let page = graph.get(&target).await;
        assert_eq!(page.status, 200, "{target}: {}", page.body);
        let rows = page.body["value"].as_array().unwrap();
        pages.push(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect());
        match page.body["@odata.nextLink"].as_str() {
            Some(next) => target = next.to_owned(),
            None => return (pages, page.body["@odata.deltaLink"].as_str().map(str::to_owned)),
        }
    }
}

fn to_set(pages: &[Vec<String>]) -> BTreeSet<String> {
    pages.concat().into_iter().collect()
}

#[tokio::test]
async fn every_list_and_round_is_complete() {
    let mut repeated = 0;
    for seed in 0..25 {
        let graph = Graph::vary(Variation::new(seed)).await;
        graph.fill(23);
        for number in 0..12 {
            graph.emulator.add_folder(ADELE, "contacts", &format!("Folder {number}")).unwrap();
            graph.emulator.add_org_contact(&json!({"displayName": format!("Contact {number}")})).unwrap();
        }
        for (target, expected) in [
            ("/v1.0/users/AdeleV@contoso.com/contacts", 23),
            ("/beta/me/contacts?$top=3&$select=displayName", 23),
            ("/v1.0/users/AdeleV%40contoso.com/contacts?$skip=4&$orderby=displayName", 19),
            ("/v1.0/me/contactFolders?$top=2", 12),
            ("/v1.0/me/contactFolders/contacts/contacts/delta", 23),
            ("/v1.0/me/contactFolders/delta?$select=displayName", 12),
            ("/v1.0/contacts?$top=5", 12),
            ("/v1.0/contacts/delta", 12),
            ("/v1.0/users?$top=1", 2),
            ("/v1.0/users/delta", 2),
        ] {
            let (pages, delta) = read_pages(&graph, target).await;
            assert_eq!(to_set(&pages).len(), expected, "seed {seed}, {target}: {pages:?}");
            repeated += pages.concat().len() - expected;
            if let Some(delta) = delta {
                let (pages, again) = read_pages(&graph, &delta).await;
                assert!(to_set(&pages).is_empty() && again.is_some(), "seed {seed}, {target}: nothing changed: {pages:?}");
            }
        }
    }
    assert!(repeated > 0, "some rows are repeated");
}

#[tokio::test]
async fn open_extensions_come_in_pages() {
    for seed in 0..25 {
        let graph = Graph::vary(Variation::new(seed)).await;
        let contact = graph.emulator.add_contact(ADELE, &json!({"givenName": "Ada"})).unwrap();
        let target = format!("/v1.0/me/contacts/{contact}/extensions");
        for name in ["com.contoso.a", "com.contoso.b", "com.contoso.c"] {
            assert_eq!(graph.post(&target, json!({"extensionName": name})).await.status, 201);
        }
        assert_eq!(to_set(&read_pages(&graph, &target).await.0).len(), 3, "seed {seed}");
    }
}

#[tokio::test]
async fn empty_page_may_be_first_between_and_last() {
    let is_empty_at = async |find: fn(&[usize]) -> bool| {
        assert_sometimes(VariationKind::EmptyPages, async |graph| {
            graph.fill(23);
            let (pages, _) = read_pages(graph, "/v1.0/me/contacts").await;
            find(&pages.iter().map(Vec::len).collect::<Vec<_>>())
        })
        .await;
    };
    is_empty_at(|sizes| sizes[0] == 0).await;
    is_empty_at(|sizes| sizes[sizes.len() - 1] == 0).await;
    is_empty_at(|sizes| sizes[1..sizes.len() - 1].contains(&0)).await;
    assert_sometimes(VariationKind::EmptyPages, async |graph| read_pages(graph, "/v1.0/me/contacts/delta").await.0.len() > 1)
        .await;
}

#[tokio::test]
async fn page_may_be_short() {
    assert_sometimes(VariationKind::ShortPages, async |graph| {
        graph.fill(30);
        let (pages, _) = read_pages(graph, "/v1.0/me/contacts").await;
        assert!(pages.iter().all(|page| (1..=10).contains(&page.len())), "{pages:?}");
        pages[..pages.len() - 1].iter().any(|page| page.len() < 10)
    })
    .await;
}

/// A page has no more rows than the client asked for, repeated ones included.
#[tokio::test]
async fn row_may_be_repeated_within_page_size() {
    for target in ["/v1.0/me/contacts?$top=4", "/v1.0/users?$top=2", "/v1.0/users/delta"] {
        assert_sometimes(VariationKind::RepeatedRows, async |graph| {
            graph.fill(23);
            for number in 0..150 {
                graph
                    .emulator
                    .add_user(User::new(format!("00000000-0000-0000-0000-{number:012}"), format!("u{number}@x.example")));
            }
            let (pages, _) = read_pages(graph, target).await;
            assert!(pages.iter().all(|page| page.len() <= if target.contains("top") { 4 } else { 100 }), "{pages:?}");
            pages[1][0] == pages[0][pages[0].len() - 1]
        })
        .await;
    }
}

#[tokio::test]
async fn list_may_continue_with_skip_token() {
    assert_sometimes(VariationKind::SkipToken, async |graph| {
        graph.fill(11);
        let page = graph.get("/v1.0/me/contacts?$top=10&$skip=0").await;
        let link = page.body["@odata.nextLink"].as_str().unwrap();
        assert!(link.contains("$skiptoken=") != link.contains("$skip="), "one option continues a list: {link}");
        link.contains("$skiptoken=")
    })
    .await;
}

/// An expired token stays expired, in whichever link it came.
#[tokio::test]
async fn varied_delta_tokens_expire() {
    for seed in 0..10 {
        let graph = Graph::vary(Variation::new(seed).without(VariationKind::EmptyNotFound)).await;
        graph.fill(3);
        let (_, delta) = read_pages(&graph, "/v1.0/me/contacts/delta").await;
        graph.emulator.expire_delta_tokens(crate::SyncStateError::SyncStateNotFound);
        assert_eq!(graph.get(&delta.unwrap()).await.get_error(), (410, "SyncStateNotFound"), "seed {seed}");
    }
}
