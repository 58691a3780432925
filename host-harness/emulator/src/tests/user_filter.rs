//! `GET /users` with `$filter`, `$orderby` and pages. The expectations are from "Advanced query capabilities on directory
//! objects".

use serde_json::json;

use super::*;

const ADVANCED: [(&str, &str); 1] = [("consistencylevel", "eventual")];

/// Starts an emulator with four users beside the two of every test.
async fn start_directory() -> Graph {
    let graph = Graph::start().await;
    for (number, given, surname, job, office, phone) in [
        (1, "Conf", "Room Adams", None, Some("12/2100"), None),
        (2, "Diego", "Siciliani", Some("HR Manager"), Some("14/1108"), Some("+1 205 555 0108")),
        (3, "Megan", "Bowen", Some("Auditor"), None, Some("+1 412 555 0109")),
        (4, "Zoë", "O'Neil", Some("auditor"), Some("18/2111"), None),
    ] {
        let name = format!("{given}{number}@contoso.com");
        let user = User {
            display_name: Some(format!("{given} {surname}")),
            given_name: Some(given.to_owned()),
            surname: Some(surname.to_owned()),
            job_title: job.map(str::to_owned),
            office_location: office.map(str::to_owned),
            business_phones: phone.map(str::to_owned).into_iter().collect(),
            other: json!({"accountEnabled": number != 1}).as_object().unwrap().clone(),
            ..User::new(format!("00000000-0000-0000-0000-00000000000{number}"), name)
        };
        graph.emulator.add_user(user);
    }
    graph
}

async fn list_users(graph: &Graph, options: &str, headers: &[(&str, &str)]) -> TestResponse {
    graph.send(Method::GET, &format!("/v1.0/users?{}", options.replace(' ', "%20")), headers, None).await
}

/// Returns the numbers of the users in a response; 0 is Adele, 9 is Alex.
fn list_found(response: &TestResponse) -> String {
    let numbers = response.body["value"].as_array().unwrap_or_else(|| panic!("{}", response.body)).iter().map(|user| {
        match user["userPrincipalName"].as_str().unwrap() {
            "AdeleV@contoso.com" => '0',
            "AlexW@contoso.com" => '9',
            other => other.chars().find(char::is_ascii_digit).unwrap(),
        }
    });
    numbers.collect()
}

#[tokio::test]
async fn default_filters_find_users() {
    let graph = start_directory().await;
    for (filter, users) in [
        ("displayName eq 'megan bowen'", "3"),
        ("id eq '00000000-0000-0000-0000-000000000002'", "2"),
        ("surname eq 'O''Neil'", "4"),
        ("startsWith(displayName,'Conf')", "1"),
        ("startswith( givenName, 'z' )", "4"),
        ("givenName in ('Diego','Megan','Nobody')", "23"),
        ("jobTitle eq 'Auditor'", "34"),
        ("jobTitle eq 'Auditor' and surname eq 'Bowen'", "3"),
        ("surname eq 'Bowen' or surname eq 'Siciliani' and givenName eq 'X'", "3"),
        ("(surname eq 'Bowen' or surname eq 'Siciliani') and jobTitle eq 'HR Manager'", "2"),
        ("surname ge 'O'", "124"),
        ("surname ge 'O' and surname le 'Room Adams'", "14"),
        ("accountEnabled eq false", "1"),
        ("accountEnabled eq true", "234"),
        ("businessPhones/any(p:p eq '+1 412 555 0109')".replace('+', "%2B").as_str(), "3"),
        ("businessPhones/any(p:startsWith(p,'+1'))".replace('+', "%2B").as_str(), "23"),
        ("mail eq 'nobody@contoso.com'", ""),
    ] {
        let response = list_users(&graph, &format!("$filter={filter}"), &[]).await;
        assert_eq!(list_found(&response), users, "{filter}");
    }
}

/// Graph refuses these without one of the two parameters.
#[tokio::test]
async fn advanced_filters_need_parameters() {
    let graph = start_directory().await;
    let unsupported =
        |name: &str| format!("Unsupported or invalid query filter clause specified for property '{name}' of resource 'User'.");
    let parameters = |operator: &str| {
        format!(
            "Operator '{operator}' is not supported because the required parameters might be missing. Try adding $count=true \
             query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more \
             information"
        )
    };
    for (filter, users, without) in [
        ("jobTitle ne 'Auditor'", "0912", "Filter operator 'NotEqualsMatch' is not supported.".to_owned()),
        ("jobTitle ne null", "0234", "Filter operator 'NotEqualsMatch' is not supported.".to_owned()),
        ("jobTitle eq null", "91", unsupported("jobTitle")),
        ("NOT startsWith(displayName, 'Conf')", "09234", parameters("not")),
        (
            "jobTitle ne null and NOT(jobTitle eq 'Auditor')",
            "02",
            "Filter operator 'NotEqualsMatch' is not supported.".to_owned(),
        ),
        ("endsWith(mail,'4@CONTOSO.com')", "4", parameters("endsWith")),
        ("endsWith(userPrincipalName,'V@contoso.com')", "0", parameters("endsWith")),
        ("officeLocation eq '18/2111'", "4", unsupported("officeLocation")),
        ("startsWith(officeLocation, '1') OR surname eq 'Bowen'", "1234", unsupported("officeLocation")),
    ] {
        let counted = format!("$filter={filter}&$count=true");
        let response = list_users(&graph, &counted, &ADVANCED).await;
        assert_eq!((list_found(&response).as_str(), &response.body["@odata.count"]), (users, &json!(users.len())), "{filter}");
        for refused in
            [list_users(&graph, &counted, &[]).await, list_users(&graph, &format!("$filter={filter}"), &ADVANCED).await]
        {
            assert_eq!(
                (refused.get_error(), refused.message()),
                ((400, "Request_UnsupportedQuery"), without.as_str()),
                "{filter}"
            );
        }
    }
}

#[tokio::test]
async fn unsupported_user_filter_is_refused() {
    let graph = start_directory().await;
    for (filter, code) in [
        ("nonsense eq 'x'", "BadRequest"),
        ("displayName eq", "BadRequest"),
        ("displayName eq 'x' surname", "BadRequest"),
        ("(displayName eq 'x'", "BadRequest"),
        ("displayName eq 5", "BadRequest"),
        ("displayName is 'x'", "BadRequest"),
        ("accountEnabled eq 'true'", "BadRequest"),
        ("displayName in ()", "BadRequest"),
        ("displayName eq 'x", "BadRequest"),
        ("", "BadRequest"),
        ("contains(displayName,'x')", "Request_UnsupportedQuery"),
        ("displayName gt 'x'", "Request_UnsupportedQuery"),
        ("endsWith(displayName,'x')", "Request_UnsupportedQuery"),
        ("userPrincipalName eq null", "Request_UnsupportedQuery"),
        ("startsWith(id,'0')", "Request_UnsupportedQuery"),
        ("createdDateTime ge '2021-11-01'", "BadRequest"),
        ("deletedDateTime ge 2021-11-01", "Request_UnsupportedQuery"),
        ("imAddresses/any(p:endsWith(p,'x'))", "Request_UnsupportedQuery"),
        ("businessPhones eq '1'", "Request_UnsupportedQuery"),
    ] {
        let response = list_users(&graph, &format!("$filter={filter}&$count=true"), &ADVANCED).await;
        assert_eq!(response.get_error(), (400, code), "{filter}: {}", response.body);
    }
    let deep = format!("$filter={}displayName eq 'x'{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(list_users(&graph, &deep, &[]).await.get_error(), (400, "BadRequest"));
    assert_eq!(list_users(&graph, "$skip=1", &[]).await.get_error(), (400, "BadRequest"), "$skip isn't supported");
}

#[tokio::test]
async fn orderby_sorts_users_by_two_properties() {
    let graph = start_directory().await;
    assert_eq!(list_found(&list_users(&graph, "$orderby=displayName", &[]).await), "091234");
    assert_eq!(list_found(&list_users(&graph, "$orderby=userPrincipalName desc", &[]).await), "432190");
    assert_eq!(list_found(&list_users(&graph, "$orderby=displayName desc&$top=2", &[]).await), "43");
    for (order, message) in [
        ("createdDateTime desc", "Unsupported sort property 'createdDateTime' for 'User'."),
        ("surname", "Unsupported sort property 'surname' for 'User'."),
    ] {
        let response = list_users(&graph, &format!("$orderby={order}"), &[]).await;
        assert_eq!((response.get_error(), response.message()), ((400, "Request_UnsupportedQuery"), message));
    }
    assert_eq!(list_users(&graph, "$orderby=nonsense", &[]).await.get_error(), (400, "BadRequest"));
    assert_eq!(list_users(&graph, "$orderby=displayName up", &[]).await.get_error(), (400, "BadRequest"));

    let both = "$filter=jobTitle eq 'Auditor'&$orderby=displayName desc&$count=true";
    assert_eq!(list_found(&list_users(&graph, both, &ADVANCED).await), "43");
    let refused = list_users(&graph, both, &[]).await;
    assert_eq!(
        (refused.get_error().1, refused.message()),
        ("Request_UnsupportedQuery", "Sorting not supported for current query.")
    );
}

#[tokio::test]
async fn count_needs_header() {
    let graph = start_directory().await;
    let silent = list_users(&graph, "$count=true&$top=2", &[]).await;
    assert_eq!((silent.status.as_u16(), silent.body.get("@odata.count")), (200, None));
    assert_eq!(list_users(&graph, "$count=true&$top=2", &ADVANCED).await.body["@odata.count"], 6);
}

/// Every page needs the header (<https://learn.microsoft.com/graph/paging>).
#[tokio::test]
async fn advanced_query_pages_need_header() {
    let graph = start_directory().await;
    let first =
        list_users(&graph, "$filter=startsWith(displayName,'Conf') or jobTitle ne null&$count=true&$top=3", &ADVANCED).await;
    assert_eq!(list_found(&first), "012");
    let next = first.body["@odata.nextLink"].as_str().unwrap().to_owned();
    assert!(next.contains("$skiptoken="), "{next}");
    assert_eq!(graph.get(&next).await.get_error(), (400, "Request_UnsupportedQuery"));
    let second = graph.send(Method::GET, &next, &ADVANCED, None).await;
    assert_eq!((list_found(&second).as_str(), second.body.get("@odata.nextLink")), ("34", None));
    for size in [0, 1000] {
        let refused = list_users(&graph, &format!("$top={size}"), &[]).await;
        let said = format!("Invalid page size specified: '{size}'. Must be between 1 and 999 inclusive.");
        assert_eq!((refused.get_error(), refused.message()), ((400, "Request_UnsupportedQuery"), said.as_str()));
    }
    assert_eq!(list_found(&list_users(&graph, "$top=999", &[]).await), "091234");
}

#[tokio::test]
async fn user_page_has_hundred_rows() {
    let graph = Graph::start().await;
    for number in 0..150 {
        graph.emulator.add_user(User::new(format!("10000000-0000-0000-0000-{number:012}"), format!("u{number}@contoso.com")));
    }
    let first = list_users(&graph, "$select=id", &[]).await.body;
    assert_eq!(first["value"].as_array().unwrap().len(), 100);
    let second = graph.get(first["@odata.nextLink"].as_str().unwrap()).await.body;
    assert_eq!((second["value"].as_array().unwrap().len(), second.get("@odata.nextLink")), (52, None));
}
