//! Translation of ids.

use serde_json::json;

use super::*;

#[tokio::test]
async fn exchange_ids_are_translated() {
    let graph = Graph::start().await;
    let id = graph.emulator.add_contact(ADELE, &json!({})).unwrap();
    let translate = async |ids: &[&str], source: &str, target: &str| {
        let body = json!({"inputIds": ids, "sourceIdType": source, "targetIdType": target});
        graph.post("/v1.0/me/translateExchangeIds", body).await
    };
    let immutable = translate(&[&id, "nonsense"], "restId", "restImmutableEntryId").await;
    assert_eq!(immutable.status, 200);
    assert_eq!(immutable.body["value"][0], json!({"sourceId": id, "targetId": id}), "the emulator's ids are immutable");
    assert_eq!(immutable.body["value"][1]["errorDetails"]["code"], "ErrorInvalidIdMalformed");
    let ews = translate(&[&id], "restId", "ewsId").await.body["value"][0]["targetId"].as_str().unwrap().to_owned();
    assert!(ews.contains('+') && ews.contains('/') && !ews.contains('-') && !ews.contains('_'), "{ews}");
    assert_eq!(translate(&[&ews], "ewsId", "restId").await.body["value"][0]["targetId"], id);
    assert_eq!(translate(&vec!["x"; 1001], "restId", "ewsId").await.get_error(), (400, "ErrorInvalidArgument"));
    assert_eq!(translate(&[], "restId", "other").await.get_error(), (400, "RequestBodyRead"));
    assert_eq!(translate(&[], "restId", "entryId").await.get_error(), (501, "NotImplemented"));
}
