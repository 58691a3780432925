//! The clouds and their features, from Microsoft's tables of deployments and metadata.

use connector::contact::{Version, from_json};
use connector::error::{ErrorKind, Result};
use connector::graph::address::{Container, Mailbox};
use connector::graph::delta;
use connector::graph::service::Service;
use connector::operations::icf::object_class::ObjectClass;
use connector::settings::Settings;
use serde_json::{Map, Value, json};

use crate::script::{Script, connector};

fn settings(variables: &[(&str, &str)]) -> Result<Settings> {
    graph_contacts::settings::read(|name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

fn build_container() -> Container {
    Container::from_mailbox(Mailbox::from_name("u"))
}

/// <https://learn.microsoft.com/en-us/graph/deployments>, and the hosts of the sovereign clouds.
#[test]
fn cloud_selects_endpoint() {
    for (cloud, host) in [
        ("global", "graph.microsoft.com"),
        ("GLOBAL", "graph.microsoft.com"),
        ("us-gov-l4", "graph.microsoft.us"),
        ("us-gov-l5", "dod-graph.microsoft.us"),
        ("china", "microsoftgraph.chinacloudapi.cn"),
        ("bleu", "graph.svc.sovcloud.fr"),
        ("delos", "graph.svc.sovcloud.de"),
    ] {
        let service = settings(&[("GRAPH_CLOUD", cloud)]).unwrap().service;
        let request = connector::graph::users::probe(&service).unwrap();
        assert_eq!(request.uri().host(), Some(host), "{cloud}");
    }
    let service = settings(&[("GRAPH_CLOUD", "china"), ("GRAPH_ENDPOINT", "http://127.0.0.1:1")]).unwrap().service;
    let request = connector::graph::users::probe(&service).unwrap();
    assert_eq!(request.uri().authority().unwrap(), "127.0.0.1:1", "the endpoint takes precedence, for an emulator of that cloud");
}

#[test]
fn unusable_cloud_is_configuration_error() {
    for (variables, part) in [
        (&[("GRAPH_CLOUD", "mars")][..], "us-gov-l4"),
        (&[("GRAPH_CLOUD", "govsg")], "no personal contacts"),
        (&[("GRAPH_CLOUD", "usnat")], "GRAPH_ENDPOINT"),
    ] {
        let error = settings(variables).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(error.message.contains(part), "{}", error.message);
    }
    assert!(settings(&[("GRAPH_CLOUD", "usnat"), ("GRAPH_ENDPOINT", "https://graph.example")]).is_ok());
}

fn service(cloud: &str, version: Version) -> Service {
    Service::new("https://graph.example", version).unwrap().with_cloud(cloud.parse().unwrap())
}

/// Microsoft's metadata of China (Mooncake) have no delta of contacts, as the page contact-delta says. Reconcile replaces it.
#[test]
fn china_refuses_delta_and_reconciles() {
    let china = service("china", Version::V1);
    let script = Script::new()
        .then(200, json!({"id": "671fa173-ad81-41c3-89bf-af939426eee7"}))
        .then(200, json!({"value": [{"id": "c", "changeKey": "2"}]}));
    let connector = connector(&china, &script);
    for class in [ObjectClass::Contact, ObjectClass::ContactFolder] {
        let error = connector.sync_objects(class, &build_container(), None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported);
        assert!(error.message.contains("china") && error.message.contains("reconcile"), "{}", error.message);
    }
    assert_eq!(script.lines(), [""; 0], "nothing is sent");
    assert_eq!(connector.reconcile(ObjectClass::Contact, &build_container(), &Default::default()).unwrap().len(), 1);
    assert!(delta::get_contacts_delta(&service("us-gov-l4", Version::V1), &build_container()).is_ok());
}

/// In v1.0 only the metadata of the global cloud have the three properties.
#[test]
fn only_global_cloud_stores_email_slots() {
    let contact = |name: &str| {
        let input = Map::from_iter([(name.to_owned(), json!({"address": "a@contoso.com"}))]);
        from_json::parse_input(&input, Version::V1, "").unwrap()
    };
    for name in ["primaryEmailAddress", "secondaryEmailAddress", "tertiaryEmailAddress"] {
        let script = Script::new().then(201, json!({"id": "c"}));
        let global = service("global", Version::V1);
        connector(&global, &script).create_contact(&build_container(), &contact(name), None).unwrap();
        for cloud in ["us-gov-l4", "us-gov-l5", "china", "bleu", "delos", "usnat", "ussec"] {
            let script = Script::new();
            let service = service(cloud, Version::V1);
            let error = connector(&service, &script).create_contact(&build_container(), &contact(name), None).unwrap_err();
            assert_eq!((error.kind, error.attributes), (ErrorKind::InvalidAttributeValue, vec![name.to_owned()]), "{cloud}");
            let stored = connector(&service, &script).update_contact(&build_container(), "c", &contact(name)).unwrap_err();
            assert_eq!(stored.kind, ErrorKind::InvalidAttributeValue);
            assert_eq!(script.lines(), [""; 0]);
        }
    }
}

/// Only the global cloud has permanentDelete (contact-permanentdelete, "national cloud deployments").
#[test]
fn only_global_cloud_deletes_permanently() {
    let script = Script::new().then_bytes(204, &[], b"").then_bytes(204, &[], b"");
    let global = service("global", Version::V1);
    connector(&global, &script).permanently_delete_contact(&build_container(), "c").unwrap();
    connector(&global, &script).delete_folder(&Mailbox::from_name("u"), "f", true).unwrap();
    assert_eq!(
        script.lines(),
        ["POST /v1.0/users/u/contacts/c/permanentDelete", "POST /v1.0/users/u/contactFolders/f/permanentDelete"]
    );
    let script = Script::new();
    let bleu = service("bleu", Version::V1);
    let error = connector(&bleu, &script).permanently_delete_contact(&build_container(), "c").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unsupported);
    assert_eq!(
        connector(&bleu, &script).delete_folder(&Mailbox::from_name("u"), "f", true).unwrap_err().kind,
        ErrorKind::Unsupported
    );
    assert_eq!(script.lines(), [""; 0]);
}

/// A cleared property does not require that the cloud stores it.
#[test]
fn cleared_email_slot_is_accepted_in_every_cloud() {
    let bleu = service("bleu", Version::V1);
    let script = Script::new().then(200, json!({"id": "c", "givenName": "x"}));
    let input = Map::from_iter([("primaryEmailAddress".to_owned(), Value::Null)]);
    let wanted = from_json::parse_input(&input, Version::V1, "").unwrap();
    connector(&bleu, &script).update_contact(&build_container(), "c", &wanted).unwrap();
    assert_eq!(script.lines(), ["GET /v1.0/users/u/contacts/c"]);
}
