//! Users of the emulated directory.

use serde_json::{Map, Value, json};

use crate::directory::object::Object;
use crate::directory::object_kind::ObjectKind;
use crate::mailbox::items::Mailbox;

/// A user of the directory, with or without a mailbox.
///
/// The fields are the properties that Graph returns by default (<https://learn.microsoft.com/graph/api/user-get>).
/// [`User::other`] has those it returns only on `$select`.
#[derive(Debug, Clone, Default)]
pub struct User {
    /// The object id, a GUID.
    pub id: String,
    /// The sign-in name, for example `AdeleV@contoso.com`. It is not case-sensitive.
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
    /// Whether Exchange Online has a mailbox for the user. Without one, requests for contacts get 404
    /// `MailboxNotEnabledForRESTAPI`.
    pub mailbox: bool,
    /// Further properties by name, which Graph returns only on `$select`, for example `department`.
    pub other: Map<String, Value>,
}

impl User {
    /// Creates a user with a mailbox. The sign-in name is also the e-mail address and the display name.
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

    /// Converts the user to an object of the directory, with an empty mailbox if the user has one.
    pub(crate) fn into_object(self) -> Object {
        let mut values = Map::new();
        let strings = [
            ("displayName", self.display_name),
            ("givenName", self.given_name),
            ("jobTitle", self.job_title),
            ("mail", self.mail),
            ("mobilePhone", self.mobile_phone),
            ("officeLocation", self.office_location),
            ("preferredLanguage", self.preferred_language),
            ("surname", self.surname),
            ("userPrincipalName", Some(self.user_principal_name)),
        ];
        values.extend(strings.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text?)))));
        values.insert("businessPhones".to_owned(), json!(self.business_phones));
        values.extend(self.other);
        values.retain(|_, value| !value.is_null());
        let mut object = Object::new(ObjectKind::User, self.id, values);
        object.mailbox = self.mailbox.then(Mailbox::new);
        object
    }
}
