//! Generated files are current.

use protocol::azure_ad_graph::version::ApiVersion;

#[test]
fn attribute_reference_is_current() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/attributes.md")).unwrap();
    assert!(page == connector::contact::reference::render_markdown(), "run `make docs`");
}

#[test]
fn azure_ad_graph_properties_page_is_current() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/azure-ad-graph-properties.md")).unwrap();
    assert!(page == azure_ad_graph::reference::markdown(), "run `make docs`");
}

/// The host serves `$metadata` itself, because callers need no credential for it.
#[test]
fn metadata_documents_are_current() {
    for version in ApiVersion::ALL {
        let known = protocol::azure_ad_graph::metadata::document(version);
        assert!(known == azure_ad_graph::metadata::write_document(version), "{}: run `make docs`", version.name());
    }
}
