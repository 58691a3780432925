//! Users of the emulated directory.

use serde_json::{Map, Value, json};

use super::error::{GraphError, Outcome};
use super::filter;

/// A user of the directory, with or without a mailbox.
///
/// The fields are the properties that Graph returns by default
/// (<https://learn.microsoft.com/graph/api/user-get>); [`User::other`] holds those it returns only on `$select`.
#[derive(Debug, Clone, Default)]
pub struct User {
    /// Object id, a GUID.
    pub id: String,
    /// Sign-in name, for example `AdeleV@contoso.com`. Compared without regard to case.
    pub user_principal_name: String,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `givenName`.
    pub given_name: Option<String>,
    /// `surname`.
    pub surname: Option<String>,
    /// `jobTitle`.
    pub job_title: Option<String>,
    /// `mail`, the SMTP address.
    pub mail: Option<String>,
    /// `mobilePhone`.
    pub mobile_phone: Option<String>,
    /// `officeLocation`.
    pub office_location: Option<String>,
    /// `preferredLanguage`, an ISO 639-1 code with or without a region.
    pub preferred_language: Option<String>,
    /// `businessPhones`; Graph allows one number.
    pub business_phones: Vec<String>,
    /// Whether Exchange Online has a mailbox for the user. Without one, contacts answer 404 `MailboxNotEnabledForRESTAPI`.
    pub mailbox: bool,
    /// Further properties by name, returned only on `$select`: for example `department`.
    pub other: Map<String, Value>,
}

impl User {
    /// A user with a mailbox, and with the sign-in name for an e-mail address and a display name.
    pub fn new(id: impl Into<String>, user_principal_name: impl Into<String>) -> Self {
        let name: String = user_principal_name.into();
        Self {
            id: id.into(),
            display_name: Some(name.clone()),
            mail: Some(name.clone()),
            user_principal_name: name,
            mailbox: true,
            ..Self::default()
        }
    }

    /// Whether a path segment names this user.
    pub(super) fn is_named(&self, key: &str) -> bool {
        self.id.eq_ignore_ascii_case(key) || filter::same(&self.user_principal_name, key)
    }

    /// The user as JSON: the default properties, or exactly those selected.
    pub(super) fn render(&self, select: Option<&[String]>) -> Map<String, Value> {
        let names = select.map(|names| names.iter().map(String::as_str).collect::<Vec<_>>());
        names.as_deref().unwrap_or(DEFAULT).iter().map(|name| ((*name).to_owned(), self.property(name))).collect()
    }

    /// The value of a property, null if there is none.
    pub(super) fn property(&self, name: &str) -> Value {
        match name {
            "businessPhones" => json!(self.business_phones),
            "displayName" => json!(self.display_name),
            "givenName" => json!(self.given_name),
            "jobTitle" => json!(self.job_title),
            "mail" => json!(self.mail),
            "mobilePhone" => json!(self.mobile_phone),
            "officeLocation" => json!(self.office_location),
            "preferredLanguage" => json!(self.preferred_language),
            "surname" => json!(self.surname),
            "userPrincipalName" => json!(self.user_principal_name),
            "id" => json!(self.id),
            other => self.other.get(other).cloned().unwrap_or_default(),
        }
    }
}

/// In the order of the answer on the page "Get user".
const DEFAULT: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// Some of the properties that Graph returns only on `$select` (<https://learn.microsoft.com/graph/api/resources/user>).
const SELECTABLE: &[&str] = &[
    "accountEnabled",
    "city",
    "companyName",
    "country",
    "createdDateTime",
    "department",
    "employeeId",
    "employeeType",
    "mailNickname",
    "onPremisesImmutableId",
    "otherMails",
    "postalCode",
    "proxyAddresses",
    "state",
    "streetAddress",
    "usageLocation",
    "userType",
];

/// Fails on a name that is not a property of a user.
pub(super) fn declared(clause: &str, name: &str) -> Outcome<()> {
    if DEFAULT.contains(&name) || SELECTABLE.contains(&name) {
        return Ok(());
    }
    Err(GraphError::unknown_property(clause, name, "user"))
}
