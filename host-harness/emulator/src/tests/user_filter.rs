//! `GET /users` with `$filter`, `$orderby` and pages. What is expected is in "Advanced query capabilities on directory objects".

use serde_json::json;

use super::*;

const ADVANCED: [(&str, &str); 1] = [("consistencylevel", "eventual")];

/// Four users more than the two that every test has.
async fn directory() -> Graph {
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

async fn ask(graph: &Graph, options: &str, headers: &[(&str, &str)]) -> Answered {
    graph.send(Method::GET, &format!("/v1.0/users?{}", options.replace(' ', "%20")), headers, None).await
}

/// The numbers of the users found, of the six; 0 is Adele, 9 is Alex.
fn found(answer: &Answered) -> String {
    let numbers = answer.body["value"].as_array().unwrap_or_else(|| panic!("{}", answer.body)).iter().map(|user| {
        match user["userPrincipalName"].as_str().unwrap() {
            "AdeleV@contoso.com" => '0',
            "AlexW@contoso.com" => '9',
            other => other.chars().find(char::is_ascii_digit).unwrap(),
        }
    });
    numbers.collect()
}

#[tokio::test]
async fn what_works_by_default() {
    let graph = directory().await;
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
        let answer = ask(&graph, &format!("$filter={filter}"), &[]).await;
        assert_eq!(found(&answer), users, "{filter}");
    }
}

/// With both parameters these are answered, without one of them refused.
#[tokio::test]
async fn what_only_advanced_queries_have() {
    let graph = directory().await;
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
        let answer = ask(&graph, &counted, &ADVANCED).await;
        assert_eq!((found(&answer).as_str(), &answer.body["@odata.count"]), (users, &json!(users.len())), "{filter}");
        for refused in [ask(&graph, &counted, &[]).await, ask(&graph, &format!("$filter={filter}"), &ADVANCED).await] {
            assert_eq!((refused.refusal(), refused.message()), ((400, "Request_UnsupportedQuery"), without.as_str()), "{filter}");
        }
    }
}

#[tokio::test]
async fn what_the_directory_does_not_take() {
    let graph = directory().await;
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
        let answer = ask(&graph, &format!("$filter={filter}&$count=true"), &ADVANCED).await;
        assert_eq!(answer.refusal(), (400, code), "{filter}: {}", answer.body);
    }
    let deep = format!("$filter={}displayName eq 'x'{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(ask(&graph, &deep, &[]).await.refusal(), (400, "BadRequest"));
    assert_eq!(ask(&graph, "$skip=1", &[]).await.refusal(), (400, "BadRequest"), "$skip isn't supported");
}

#[tokio::test]
async fn users_are_sorted_by_two_properties() {
    let graph = directory().await;
    assert_eq!(found(&ask(&graph, "$orderby=displayName", &[]).await), "091234");
    assert_eq!(found(&ask(&graph, "$orderby=userPrincipalName desc", &[]).await), "432190");
    assert_eq!(found(&ask(&graph, "$orderby=displayName desc&$top=2", &[]).await), "43");
    for (order, message) in [
        ("createdDateTime desc", "Unsupported sort property 'createdDateTime' for 'User'."),
        ("surname", "Unsupported sort property 'surname' for 'User'."),
    ] {
        let answer = ask(&graph, &format!("$orderby={order}"), &[]).await;
        assert_eq!((answer.refusal(), answer.message()), ((400, "Request_UnsupportedQuery"), message));
    }
    assert_eq!(ask(&graph, "$orderby=nonsense", &[]).await.refusal(), (400, "BadRequest"));
    assert_eq!(ask(&graph, "$orderby=displayName up", &[]).await.refusal(), (400, "BadRequest"));

    let both = "$filter=jobTitle eq 'Auditor'&$orderby=displayName desc&$count=true";
    assert_eq!(found(&ask(&graph, both, &ADVANCED).await), "43");
    let refused = ask(&graph, both, &[]).await;
    assert_eq!(
        (refused.refusal().1, refused.message()),
        ("Request_UnsupportedQuery", "Sorting not supported for current query.")
    );
}

#[tokio::test]
async fn a_count_needs_the_header_and_is_ignored_without_it() {
    let graph = directory().await;
    let silent = ask(&graph, "$count=true&$top=2", &[]).await;
    assert_eq!((silent.status.as_u16(), silent.body.get("@odata.count")), (200, None));
    assert_eq!(ask(&graph, "$count=true&$top=2", &ADVANCED).await.body["@odata.count"], 6);
}

/// The header is to be sent again with every page (<https://learn.microsoft.com/graph/paging>).
#[tokio::test]
async fn pages_of_an_advanced_query() {
    let graph = directory().await;
    let first = ask(&graph, "$filter=startsWith(displayName,'Conf') or jobTitle ne null&$count=true&$top=3", &ADVANCED).await;
    assert_eq!(found(&first), "012");
    let next = first.body["@odata.nextLink"].as_str().unwrap().to_owned();
    assert!(next.contains("$skiptoken="), "{next}");
    assert_eq!(graph.get(&next).await.refusal(), (400, "Request_UnsupportedQuery"));
    let second = graph.send(Method::GET, &next, &ADVANCED, None).await;
    assert_eq!((found(&second).as_str(), second.body.get("@odata.nextLink")), ("34", None));
    for size in [0, 1000] {
        let refused = ask(&graph, &format!("$top={size}"), &[]).await;
        let said = format!("Invalid page size specified: '{size}'. Must be between 1 and 999 inclusive.");
        assert_eq!((refused.refusal(), refused.message()), ((400, "Request_UnsupportedQuery"), said.as_str()));
    }
    assert_eq!(found(&ask(&graph, "$top=999", &[]).await), "091234");
}

#[tokio::test]
async fn a_hundred_users_are_on_a_page() {
    let graph = Graph::start().await;
    for number in 0..150 {
        graph.emulator.add_user(User::new(format!("10000000-0000-0000-0000-{number:012}"), format!("u{number}@contoso.com")));
    }
    let first = ask(&graph, "$select=id", &[]).await.body;
    assert_eq!(first["value"].as_array().unwrap().len(), 100);
    let second = graph.get(first["@odata.nextLink"].as_str().unwrap()).await.body;
    assert_eq!((second["value"].as_array().unwrap().len(), second.get("@odata.nextLink")), (52, None));
}
