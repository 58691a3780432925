//! Structures within properties: Azure AD Graph's names of their members, and Microsoft Graph's.

use serde_json::{Map, Value};

use Edm::{Moment, Text, Texts, Truth};

/// The type of a property.
#[derive(Clone, Copy, Debug)]
pub enum Edm {
    /// `Edm.String`
    Text,
    /// `Edm.Boolean`
    Truth,
    /// `Edm.DateTime`
    Moment,
    /// `Edm.Stream`: not in the object itself, but at an address of its own.
    Stream,
    /// `Collection(Edm.String)`
    Texts,
    /// A structure.
    Structure(&'static Complex),
    /// A collection of structures.
    Structures(&'static Complex),
}

/// A structure.
#[derive(Debug)]
pub struct Complex {
    /// Its name.
    pub name: &'static str,
    /// Its members.
    pub members: &'static [Member],
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Azure AD Graph's name.
    pub name: &'static str,
    /// Its type.
    pub edm: Edm,
    /// Microsoft Graph's name.
    pub graph: &'static str,
}

const fn member(name: &'static str, edm: Edm, graph: &'static str) -> Member {
    Member { name, edm, graph }
}

/// `AssignedLicense`
pub static ASSIGNED_LICENSE: Complex = Complex {
    name: "AssignedLicense",
    members: &[member("disabledPlans", Texts, "disabledPlans"), member("skuId", Text, "skuId")],
};

/// `AssignedPlan`
pub static ASSIGNED_PLAN: Complex = Complex {
    name: "AssignedPlan",
    members: &[
        member("assignedTimestamp", Moment, "assignedDateTime"),
        member("capabilityStatus", Text, "capabilityStatus"),
        member("service", Text, "service"),
        member("servicePlanId", Text, "servicePlanId"),
    ],
};

/// `ProvisionedPlan`
pub static PROVISIONED_PLAN: Complex = Complex {
    name: "ProvisionedPlan",
    members: &[
        member("capabilityStatus", Text, "capabilityStatus"),
        member("provisioningStatus", Text, "provisioningStatus"),
        member("service", Text, "service"),
    ],
};

/// `ProvisioningError`, of which Microsoft Graph has none.
pub static PROVISIONING_ERROR: Complex = Complex {
    name: "ProvisioningError",
    members: &[
        member("errorDetail", Text, ""),
        member("resolved", Truth, ""),
        member("service", Text, ""),
        member("timestamp", Moment, ""),
    ],
};

/// `PasswordProfile`
pub static PASSWORD_PROFILE: Complex = Complex {
    name: "PasswordProfile",
    members: &[
        member("password", Text, "password"),
        member("forceChangePasswordNextLogin", Truth, "forceChangePasswordNextSignIn"),
    ],
};

/// `SignInName`
pub static SIGN_IN_NAME: Complex =
    Complex { name: "SignInName", members: &[member("type", Text, "signInType"), member("value", Text, "issuerAssignedId")] };

/// `UserIdentity`
pub static USER_IDENTITY: Complex = Complex {
    name: "UserIdentity",
    members: &[member("issuer", Text, "issuer"), member("issuerUserId", Text, "issuerAssignedId")],
};

impl Complex {
    /// A structure of Microsoft Graph's in Azure AD Graph's words; what it lacks is null.
    pub fn shown(&self, graph: &Value) -> Value {
        let shown = |member: &Member| (member.name.to_owned(), graph.get(member.graph).cloned().unwrap_or_default());
        Value::Object(self.members.iter().map(shown).collect())
    }

    /// A structure of Azure AD Graph's in Microsoft Graph's words; the name of the member that is unknown, or not of its type,
    /// where there is one.
    pub fn written(&self, legacy: &Map<String, Value>) -> Result<Map<String, Value>, String> {
        let mut written = Map::new();
        for (name, value) in legacy.iter().filter(|(name, _)| !["odata.type", "__metadata"].contains(&name.as_str())) {
            let member = self.members.iter().find(|member| member.name == name).ok_or_else(|| name.clone())?;
            let fits = match member.edm {
                _ if value.is_null() => true,
                Edm::Truth => value.is_boolean(),
                _ => value.is_string(),
            };
            if !fits {
                return Err(name.clone());
            }
            written.insert(member.graph.to_owned(), value.clone());
        }
        Ok(written)
    }
}
