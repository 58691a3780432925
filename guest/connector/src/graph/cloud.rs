//! Checks of the features of a cloud.

use protocol::cloud::Cloud;

use crate::contact::{Contact, Version};
use crate::error::{Error, ErrorKind, Problems, Result};

/// Checks that the cloud has a feature, which `has` says. `what` names the feature, and `instead` says what to do without it.
///
/// # Errors
///
/// `unsupported` if the cloud does not have it.
pub fn require(cloud: Cloud, has: bool, what: &str, instead: &str) -> Result<()> {
    if has {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Unsupported, format!("Microsoft Graph in the cloud {} has no {what}: {instead}", cloud.name)))
}

/// Checks that the cloud can store every value of the contact. `path` precedes the names in errors.
pub fn check_storable(cloud: Cloud, contact: &Contact, version: Version, path: &str) -> Result<()> {
    let slots = [
        ("primaryEmailAddress", &contact.primary_email_address),
        ("secondaryEmailAddress", &contact.secondary_email_address),
        ("tertiaryEmailAddress", &contact.tertiary_email_address),
    ];
    let lacks = !cloud.has_email_slots && version == Version::V1;
    let given = slots.into_iter().filter(|(_, slot)| lacks && slot.value().is_some());
    let problem = format!("Microsoft Graph in the cloud {} has no such property: use emailAddresses", cloud.name);
    given.map(|(name, _)| Error::invalid_attribute(format!("{path}{name}"), &problem)).collect::<Problems>().into_result()
}
