//! What is generated is current.

#[test]
fn the_attribute_reference_is_current() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/attributes.md")).unwrap();
    assert!(page == graph_contacts::contact::reference::markdown(), "run `make docs`");
}

#[test]
fn the_properties_of_azure_ad_graph_are_current() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/azure-ad-graph-properties.md")).unwrap();
    assert!(page == graph_contacts::frontends::azure_ad_graph::reference::markdown(), "run `make docs`");
}
