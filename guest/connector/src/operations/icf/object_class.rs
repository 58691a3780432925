//! The object classes.

use crate::error::{Error, ErrorKind, Result};
use crate::graph::service::Service;
use crate::operations::mailbox::distribution_lists::has_distribution_lists;

/// An object class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ObjectClass {
    /// `user`: a user of the tenant. The contacts are one attribute to read and three to write.
    User,
    /// `contact`: a personal contact.
    Contact,
    /// `contactFolder`: a folder of contacts.
    ContactFolder,
    /// `orgContact`: an organizational contact in the tenant's directory.
    OrgContact,
    /// `distributionList`: a personal distribution list. Not every service has it.
    DistributionList,
}

use ObjectClass::{Contact, ContactFolder, DistributionList, OrgContact, User};

impl ObjectClass {
    /// All classes.
    pub const ALL: [ObjectClass; 5] = [User, Contact, ContactFolder, OrgContact, DistributionList];

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            User => "user",
            Contact => "contact",
            ContactFolder => "contactFolder",
            OrgContact => "orgContact",
            DistributionList => "distributionList",
        }
    }

    /// Returns the class with that name.
    pub fn from_name(name: &str) -> Option<ObjectClass> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    /// Parses the name of a class.
    pub fn parse(name: &str) -> Result<ObjectClass> {
        let problem = || format!("expected an object class ({}), found {name}", Self::ALL.map(Self::name).join(", "));
        ObjectClass::from_name(name).ok_or_else(|| Error::new(ErrorKind::Unsupported, problem()))
    }

    /// Returns the classes that a service has.
    pub fn list_for(service: &Service) -> Vec<ObjectClass> {
        Self::ALL.into_iter().filter(|class| *class != DistributionList || has_distribution_lists(service)).collect()
    }

    /// Checks whether its objects are in a mailbox.
    pub fn is_in_mailbox(self) -> bool {
        matches!(self, Contact | ContactFolder | DistributionList)
    }

    /// Checks that no revision is given for an object of a class without revisions.
    pub(in crate::operations) fn check_no_revision(self, revision: Option<&str>) -> Result<()> {
        let Some(revision) = revision else { return Ok(()) };
        let name = self.name();
        let problem =
            format!("objects of the class {name} have no revision, so {revision} cannot be the current one; send If-Match: *");
        Err(Error::new(ErrorKind::PreconditionFailed, problem))
    }

    /// Creates the error that the class does not have an operation.
    pub fn build_unsupported_error(self, operation: &str) -> Error {
        let name = self.name();
        Error::new(
            ErrorKind::Unsupported,
            format!("the object class {name} has no {operation}: this connector writes contacts and folders"),
        )
    }
}
