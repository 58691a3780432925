//! Status, headers, members and batches.

use super::*;

#[tokio::test]
async fn patch_returns_entity_or_nothing() {
    assert_sometimes(VariationKind::PatchStatus, async |graph| {
        let contact = graph.create_contact(json!({"givenName": "Ada"})).await;
        let patched = graph.patch(&format!("/v1.0{contact}"), json!({"jobTitle": "Analyst"})).await;
        assert_eq!(graph.get(&format!("/v1.0{contact}")).await.body["jobTitle"], "Analyst");
        if patched.status == 204 {
            assert_eq!(patched.body, json!(""));
            return true;
        }
        assert_eq!((patched.status, &patched.body["jobTitle"]), (StatusCode::OK, &json!("Analyst")));
        false
    })
    .await;
    assert_sometimes(VariationKind::PatchStatus, async |graph| {
        let patched = graph.patch("/v1.0/users/AlexW@contoso.com", json!({"jobTitle": "Auditor"})).await;
        assert_eq!(graph.get(&format!("/v1.0/users/{ALEX}")).await.body["jobTitle"], "Auditor");
        if patched.status == 200 {
            assert_eq!(patched.body["jobTitle"], "Auditor");
        }
        patched.status == 200
    })
    .await;
}

#[tokio::test]
async fn not_found_may_have_empty_body() {
    assert_sometimes(VariationKind::EmptyNotFound, async |graph| {
        let missing = graph.get("/v1.0/users/nobody@contoso.com/contacts").await;
        assert_eq!(missing.status, 404);
        if missing.body == json!("") {
            assert_eq!((missing.header("content-type"), missing.header("request-id").is_empty()), ("", false));
            return true;
        }
        assert_ne!(missing.get_error().1, "");
        false
    })
    .await;
}

/// RFC 9110, 10.2.3: a date or seconds. No date is earlier than the seconds allow.
#[tokio::test]
async fn throttled_request_names_seconds_or_date() {
    assert_sometimes(VariationKind::RetryAfterDate, async |graph| {
        let throttle = crate::Throttle::new().requests(0, std::time::Duration::from_secs(600)).retry_after("120");
        graph.emulator.set_throttle(throttle);
        let before = jiff::Timestamp::now();
        let refused = graph.get("/v1.0/me/contacts").await;
        assert_eq!(refused.status, 429);
        let value = refused.header("retry-after");
        if value == "120" {
            return false;
        }
        let date = jiff::fmt::rfc2822::parse(value).unwrap().timestamp();
        assert!(value.ends_with(" GMT"), "{value}");
        assert!(date.duration_since(before).as_secs() >= 120, "{value}");
        true
    })
    .await;
}

/// The response to a batch of three items, of which one fails.
async fn send_batch(graph: &Graph) -> (StatusCode, Vec<String>) {
    let item = |id: &str, url: &str| json!({"id": id, "method": "GET", "url": url});
    let items = [item("1", "/me/contacts"), item("2", "/users/nobody@contoso.com"), item("3", "/me"), item("4", "/me")];
    let batch = graph.post("/v1.0/$batch", json!({"requests": items})).await;
    let mut responses: Vec<(String, u64)> = batch.body["responses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|response| (response["id"].as_str().unwrap().to_owned(), response["status"].as_u64().unwrap()))
        .collect();
    let order = responses.iter().map(|(id, _)| id.clone()).collect();
    responses.sort();
    let expected = [("1", 200), ("2", 404), ("3", 200), ("4", 200)].map(|(id, status)| (id.to_owned(), status));
    assert_eq!(responses, expected);
    (batch.status, order)
}

#[tokio::test]
async fn batch_responds_in_any_order() {
    let mut orders = std::collections::BTreeSet::new();
    for seed in 0..60 {
        let graph = Graph::vary(Variation::only(seed, &[VariationKind::BatchOrder])).await;
        orders.insert(send_batch(&graph).await.1);
    }
    assert!(orders.len() > 12, "{orders:?}");
}

#[tokio::test]
async fn failed_batch_has_responses_of_its_items() {
    assert_sometimes(VariationKind::BatchFailedDependency, async |graph| send_batch(graph).await.0 == 424).await;
}

/// A batch without a failed item is 200 under every seed.
#[tokio::test]
async fn batch_without_failure_is_ok() {
    for seed in 0..20 {
        let graph = Graph::vary(Variation::new(seed)).await;
        let batch = graph.post("/v1.0/$batch", json!({"requests": [{"id": "1", "method": "GET", "url": "/me"}]})).await;
        assert_eq!(batch.status, 200, "seed {seed}");
    }
}

#[tokio::test]
async fn mapi_strings_compare_with_or_without_case_throughout() {
    assert_sometimes(VariationKind::MapiCase, async |graph| {
        let property = json!({"id": SOURCE_ID, "value": "Key-1"});
        graph.create_contact(json!({"givenName": "Ada", "singleValueExtendedProperties": [property]})).await;
        let find = async |value: &str| {
            let filter = format!("singleValueExtendedProperties/Any(ep: ep/id eq '{SOURCE_ID}' and ep/value eq '{value}')");
            graph.get(&format!("/v1.0/me/contacts?$filter={}", filter.replace(' ', "%20"))).await.body["value"]
                .as_array()
                .unwrap()
                .len()
        };
        assert_eq!((find("Key-1").await, find("Key-2").await), (1, 0));
        let first = find("key-1").await;
        assert_eq!(find("KEY-1").await, first, "one emulator compares in one way");
        first == 1
    })
    .await;
}

/// What varies in a contact has no value: without nulls, annotations and what they leave empty, it is the contact.
#[tokio::test]
async fn members_of_contact_vary_without_value() {
    let read = async |variation: Option<Variation>| {
        let graph = Graph::start_with(Options { variation, ..Options::default() }).await;
        let contact = json!({"givenName": "Ada", "businessPhones": ["1"], "categories": ["Red"], "homePhones": ["2"]});
        graph.emulator.add_contact(ADELE, &contact).unwrap();
        let page = graph.get("/beta/me/contacts?$select=givenName,phones,websites,categories,postalAddresses").await;
        page.body["value"][0].clone()
    };
    let plain = strip(read(None).await);
    let mut seen = String::new();
    let kinds = [VariationKind::Nulls, VariationKind::UnknownMembers, VariationKind::UnknownEnumNames];
    for seed in 0..20 {
        let varied = read(Some(Variation::only(seed, &kinds))).await;
        seen.push_str(&varied.to_string());
        assert_eq!(strip(varied), plain, "seed {seed}");
    }
    for form in ["\"number\":null", "unknownFutureValue", "\"propertyOfTheFuture\":null", "\"region\":null", "[\"Red\",null]"] {
        assert!(seen.contains(form), "{form}: {seen}");
    }
}

/// Removes nulls, annotations, and items that have only a type.
fn strip(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(name, value)| !name.contains("@odata") && !value.is_null() && name != "id");
            let kept: serde_json::Map<_, _> = kept.map(|(name, value)| (name, strip(value))).collect();
            if kept.keys().eq(["type"]) { Value::Null } else { Value::Object(kept) }
        }
        Value::Array(items) => items.into_iter().map(strip).filter(|item| !item.is_null()).collect(),
        other => other,
    }
}
