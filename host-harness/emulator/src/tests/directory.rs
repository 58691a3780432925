//! The directory: organizational contacts, users, groups and their relations.

mod actions;
mod delta;
mod org_contacts;
mod photos;
mod queries;
mod relations;
mod users;

use serde_json::json;

use super::*;

const ADVANCED: [(&str, &str); 1] = [("consistencylevel", "eventual")];

const DIEGO: &str = "24fcbca3-c3e2-48bf-9ffc-c7f81b81483d";
const ERIC: &str = "25caf6a2-d5cb-470d-8940-20ba795ef62d";
const NICOLE: &str = "4562bcc8-c436-4f95-b7c0-4f8ce89dca5e";
const SALES: &str = "f448435d-3ca7-4073-8152-a1fd73c0fd09";
const EVERYONE: &str = "93670da6-d731-4366-94b5-abed40b6016b";

/// Starts an emulator with users, contacts and groups.
///
/// Users: Adele reports to Diego; Alex. Contacts: Eric, synchronized from on premises, reports to Diego; Nicole reports to Eric.
/// Groups: Sales has Adele and Eric; Everyone has Sales and Nicole. Only Sales is security-enabled.
async fn start_company() -> Graph {
    let graph = Graph::start().await;
    let emulator = &graph.emulator;
    emulator.add_user(User { display_name: Some("Diego Siciliani".into()), ..User::new(DIEGO, "DiegoS@contoso.com") });
    // The response on the page "List orgContacts".
    let eric = json!({
        "id": ERIC,
        "companyName": "Contoso",
        "department": "Marketing",
        "displayName": "Eric S",
        "givenName": "Eric",
        "jobTitle": "Accountant",
        "mail": "erics@contoso.com",
        "mailNickname": "erics",
        "surname": "Solomon",
        "addresses": [{
            "city": "MyCity", "countryOrRegion": "United States", "officeLocation": "MyCity", "postalCode": "98000", "state": "WA",
            "street": "Contoso Way"
        }],
        "phones": [{"number": "111-1111", "type": "businessFax"}],
        "proxyAddresses": ["SMTP:erics@contoso.com", "smtp:eric@contoso.com"],
        "onPremisesSyncEnabled": true,
        "onPremisesLastSyncDateTime": "2026-11-01T10:00:00Z",
        "onPremisesProvisioningErrors": [{"category": "PropertyConflict", "propertyCausingError": "ProxyAddresses"}]
    });
    emulator.add_org_contact(&eric).unwrap();
    emulator.add_org_contact(&json!({"id": NICOLE, "displayName": "Nicole Wagner", "mail": "nicolewa@contoso.com"})).unwrap();
    emulator.add_group(&json!({"id": SALES, "displayName": "Sales", "securityEnabled": true})).unwrap();
    emulator.add_group(&json!({"id": EVERYONE, "displayName": "Everyone", "securityEnabled": false})).unwrap();
    for (group, member) in [(SALES, ADELE), (SALES, ERIC), (EVERYONE, SALES), (EVERYONE, NICOLE)] {
        emulator.add_member(group, member).unwrap();
    }
    for (of, manager) in [(ADELE, DIEGO), (ERIC, DIEGO), (NICOLE, ERIC)] {
        emulator.set_manager(of, manager).unwrap();
    }
    graph
}

async fn get_advanced(graph: &Graph, target: &str) -> TestResponse {
    graph.send(Method::GET, &target.replace(' ', "%20"), &ADVANCED, None).await
}

/// Returns one property of every item in a response's `value`.
fn list_values(response: &TestResponse, name: &str) -> Vec<String> {
    let rows = response.body["value"].as_array().unwrap_or_else(|| panic!("{}", response.body));
    rows.iter().map(|row| row[name].as_str().unwrap_or_default().to_owned()).collect()
}
