//! Clients of OData 2, which say so with `MaxDataServiceVersion`. pyodata and @odata/client read no later version (`make test-odata`).

use http::Method;
use serde_json::{Value, json};

use super::{Directory, read_response};
use crate::fixture::{UID, run};

async fn get(directory: &Directory, target: &str, version: &str) -> (u16, Value) {
    let request = directory.request(Method::GET, target).header("maxdataserviceversion", version);
    read_response(request.header("accept", "application/json").send().await.unwrap()).await
}

/// `application/json` is verbose JSON for a client that does not take OData 3.
/// <https://www.odata.org/documentation/odata-version-3-0/json-verbose-format/>
#[test]
fn client_of_odata_2_gets_verbose_json() {
    run(async {
        let directory = Directory::open().await;
        for (version, query, is_verbose) in [
            ("2.0", "", true),
            ("1.0;NetFx", "", true),
            ("2.0", "&$format=json", true),
            ("3.0", "", false),
            ("3.0;NetFx", "", false),
        ] {
            let (status, body) = get(&directory, &format!("/contoso.com/users()?api-version=1.6{query}"), version).await;
            assert_eq!((status, body["d"]["results"].is_array()), (200, is_verbose), "{version}: {body}");
        }
        let (status, body) = get(&directory, "/contoso.com/users('nobody@contoso.com')?api-version=1.6", "2.0").await;
        assert_eq!((status, &body["error"]["code"]), (404, &json!("Request_ResourceNotFound")), "{body}");
    });
}

/// OData 2 writes times as milliseconds since 1970, and has no object with `results` around values.
/// <https://www.odata.org/documentation/odata-version-2-0/json-format/>
#[test]
fn values_have_form_of_odata_2() {
    run(async {
        let directory = Directory::open().await;
        let contact = directory.add_contact(&json!({
            "displayName": "Ada", "proxyAddresses": ["SMTP:ada@fabrikam.com"], "onPremisesLastSyncDateTime": "2026-11-01T10:00:00Z"
        }));
        let (status, body) = get(&directory, &format!("/contoso.com/contacts('{contact}')?api-version=1.6"), "2.0").await;
        assert_eq!(status, 200, "{body}");
        // 20,758 days and 10 hours
        assert_eq!(body["d"]["lastDirSyncTime"], "/Date(1793527200000)/");
        assert_eq!(
            (&body["d"]["proxyAddresses"], &body["d"]["deletionTimestamp"]),
            (&json!(["SMTP:ada@fabrikam.com"]), &Value::Null)
        );
        let plan = json!({"assignedDateTime": "2026-11-01T10:00:00Z", "capabilityStatus": "Enabled", "service": "exchange", "servicePlanId": UID});
        directory.fixture.emulator.change_object(UID, &json!({"assignedPlans": [plan]})).unwrap();
        let (_, body) = get(&directory, &format!("/contoso.com/users('{UID}')?api-version=1.6"), "2.0").await;
        assert_eq!(body["d"]["assignedPlans"][0]["assignedTimestamp"], "/Date(1793527200000)/", "{body}");
    });
}

/// pyodata says it only for the batch, and reads each response of it as OData 2.
#[test]
fn batch_of_odata_2_has_responses_of_odata_2() {
    run(async {
        let directory = Directory::open().await;
        let part = |accept: &str| {
            let target = "users('nobody@contoso.com')?api-version=1.6";
            format!(
                "--b\r\nContent-Type: application/http\r\n\r\nGET {target} HTTP/1.1\r\nAccept: application/json{accept}\r\n\r\n\r\n"
            )
        };
        let body = format!("{}{}--b--\r\n", part(""), part("\r\nMaxDataServiceVersion: 3.0"));
        let request =
            directory.request(Method::POST, "/contoso.com/$batch?api-version=1.6").header("maxdataserviceversion", "2.0");
        let response = request.header("content-type", "multipart/mixed;boundary=b").body(body).send().await.unwrap();
        let text = response.text().await.unwrap();
        assert_eq!((text.matches("{\"error\":").count(), text.matches("{\"odata.error\":").count()), (1, 1), "{text}");
    });
}

/// OData 2 does not have `Edm.Stream`, and its clients refuse the whole document because of one. pyodata does not read what a type
/// inherits.
#[test]
fn metadata_for_odata_2_has_no_streams_and_no_base_types() {
    run(async {
        let directory = Directory::open().await;
        for (version, has_streams) in [("2.0", false), ("3.0", true)] {
            let request = directory.request(Method::GET, "/contoso.com/$metadata?api-version=1.6");
            let response = request.header("maxdataserviceversion", version).send().await.unwrap();
            assert_eq!(response.status(), 200);
            let document = response.text().await.unwrap();
            assert_eq!((document.contains("Edm.Stream"), document.contains("BaseType")), (has_streams, has_streams), "{version}");
            let user = document.split_once("<EntityType Name=\"User\"").unwrap().1.split_once("</EntityType>").unwrap().0;
            assert_eq!(user.contains("<Key><PropertyRef Name=\"objectId\"/></Key>"), !has_streams, "{version}: {user}");
            assert!(
                document.contains("<Property Name=\"displayName\" Type=\"Edm.String\"/>") && document.ends_with("</edmx:Edmx>\n")
            );
        }
    });
}
