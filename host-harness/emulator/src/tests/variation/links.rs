//! Links: each spelling occurs, and the emulator accepts it.

use super::*;

/// A guest, whose userPrincipalName has characters that a link must escape.
const GUEST: &str = "ada_o'neil#EXT#@contoso.example";
const GUEST_ID: &str = "9a7b5f1e-6c3d-4f0a-8f2b-3f0b6d1e2c4a";

/// Returns the next link of a round in a folder of a guest's mailbox.
async fn get_link(graph: &Graph) -> String {
    graph.emulator.add_user(User::new(GUEST_ID, GUEST));
    let folder = graph.emulator.add_folder(GUEST_ID, "contacts", "Customers").unwrap();
    for number in 0..11 {
        graph.emulator.add_contact_to(GUEST_ID, &folder, &json!({"givenName": number.to_string()})).unwrap();
    }
    let user = "ada_o%27neil%23EXT%23%40contoso.example";
    let page = graph.get(&format!("/v1.0/users/{user}/contactFolders/{folder}/contacts/delta")).await;
    let link = page.body["@odata.nextLink"].as_str().unwrap_or_else(|| panic!("{}", page.body)).to_owned();
    let following = graph.get(&link).await;
    assert_eq!((following.status, &following.body["value"][0]["givenName"]), (StatusCode::OK, &json!("10")), "{link}");
    link
}

#[tokio::test]
async fn each_spelling_of_link_occurs_and_is_accepted() {
    for (kind, spelling) in [
        (VariationKind::KeySpelling, "/users('ada_o''neil%23EXT%23%40contoso.example')/"),
        (VariationKind::KeySpelling, "/contactFolders('AAMk"),
        (VariationKind::LowerCaseFolders, "/contactfolders/AAMk"),
        (VariationKind::RawAt, "%23EXT%23@contoso.example/"),
        (VariationKind::RawEquals, "=/contacts/delta?"),
        (VariationKind::EncodedDollar, "delta?%24skiptoken="),
        (VariationKind::OtherUserKey, GUEST_ID),
    ] {
        assert_sometimes(kind, async |graph| {
            let link = get_link(graph).await;
            assert!(link.contains("/contacts/delta?"), "{link}");
            link.contains(spelling)
        })
        .await;
    }
}

#[tokio::test]
async fn token_may_be_padded() {
    for (kinds, padding) in
        [(vec![VariationKind::PaddedTokens], "%3D"), (vec![VariationKind::PaddedTokens, VariationKind::RawEquals], "=")]
    {
        let mut padded = 0;
        for seed in 0..20 {
            let graph = Graph::vary(Variation::only(seed, &kinds)).await;
            // The padding depends on the length of what is encoded.
            for select in ["id", "id,title", "id,title,surname"] {
                let round = graph.get(&format!("/v1.0/me/contacts/delta?$select={select}")).await;
                let link = round.body["@odata.deltaLink"].as_str().unwrap();
                assert_eq!(graph.get(link).await.status, 200, "{link}");
                padded += usize::from(link.ends_with(padding));
            }
        }
        assert!(padded > 0, "{kinds:?}");
    }
}

#[tokio::test]
async fn link_may_name_user_of_id_by_name() {
    assert_sometimes(VariationKind::OtherUserKey, async |graph| {
        graph.fill(11);
        let page = graph.get(&format!("/v1.0/users/{ADELE}/contacts")).await;
        page.body["@odata.nextLink"].as_str().unwrap().contains("/users/AdeleV%40contoso.com/contacts?")
    })
    .await;
}

#[tokio::test]
async fn location_of_new_contact_leads_to_it() {
    assert_sometimes(VariationKind::KeySpelling, async |graph| {
        let created = graph.post("/v1.0/users/AdeleV%40contoso.com/contacts", json!({"givenName": "Ada"})).await;
        let location = created.header("location");
        assert_eq!(graph.get(location).await.id(), created.id(), "{location}");
        location.contains("/contacts('")
    })
    .await;
}

/// Under every seed, each link of the emulator names the resource of the request.
#[tokio::test]
async fn links_of_every_seed_are_accepted() {
    for seed in 0..40 {
        let kinds: Vec<VariationKind> = VariationKind::ALL
            .iter()
            .copied()
            .filter(|kind| !matches!(kind, VariationKind::EmptyPages | VariationKind::ShortPages | VariationKind::RepeatedRows))
            .collect();
        get_link(&Graph::vary(Variation::only(seed, &kinds)).await).await;
    }
}
