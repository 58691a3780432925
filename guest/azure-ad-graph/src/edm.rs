//! The types of properties in the Entity Data Model (EDM).
//!
//! A complex type has both Azure AD Graph's and Microsoft Graph's names of its members.

use serde_json::{Map, Value};

/// The type of a property.
#[derive(Clone, Copy, Debug)]
pub enum EdmType {
    /// `Edm.String`
    String,
    /// `Edm.Boolean`
    Boolean,
    /// `Edm.DateTime`
    DateTime,
    /// `Edm.Stream`: a value outside of the object, at its own address.
    Stream,
    /// `Collection(Edm.String)`
    Strings,
    /// A complex type.
    Complex(&'static ComplexType),
    /// A collection of a complex type.
    ComplexCollection(&'static ComplexType),
}

/// A complex type: a structure with named members.
#[derive(Debug)]
pub struct ComplexType {
    /// The name.
    pub name: &'static str,
    /// The members.
    pub members: &'static [Member],
}

/// A member of a complex type.
#[derive(Debug)]
pub struct Member {
    /// Azure AD Graph's name.
    pub name: &'static str,
    /// The type.
    pub edm_type: EdmType,
    /// Microsoft Graph's name.
    pub graph_name: &'static str,
}

const fn member(name: &'static str, edm_type: EdmType, graph_name: &'static str) -> Member {
    Member { name, edm_type, graph_name }
}

/// `AssignedLicense`
pub static ASSIGNED_LICENSE: ComplexType = ComplexType {
    name: "AssignedLicense",
    members: &[member("disabledPlans", EdmType::Strings, "disabledPlans"), member("skuId", EdmType::String, "skuId")],
};

/// `AssignedPlan`
pub static ASSIGNED_PLAN: ComplexType = ComplexType {
    name: "AssignedPlan",
    members: &[
        member("assignedTimestamp", EdmType::DateTime, "assignedDateTime"),
        member("capabilityStatus", EdmType::String, "capabilityStatus"),
        member("service", EdmType::String, "service"),
        member("servicePlanId", EdmType::String, "servicePlanId"),
    ],
};

/// `ProvisionedPlan`
pub static PROVISIONED_PLAN: ComplexType = ComplexType {
    name: "ProvisionedPlan",
    members: &[
        member("capabilityStatus", EdmType::String, "capabilityStatus"),
        member("provisioningStatus", EdmType::String, "provisioningStatus"),
        member("service", EdmType::String, "service"),
    ],
};

/// `ProvisioningError`. Microsoft Graph does not have it.
pub static PROVISIONING_ERROR: ComplexType = ComplexType {
    name: "ProvisioningError",
    members: &[
        member("errorDetail", EdmType::String, ""),
        member("resolved", EdmType::Boolean, ""),
        member("service", EdmType::String, ""),
        member("timestamp", EdmType::DateTime, ""),
    ],
};

/// `PasswordProfile`
pub static PASSWORD_PROFILE: ComplexType = ComplexType {
    name: "PasswordProfile",
    members: &[
        member("password", EdmType::String, "password"),
        member("forceChangePasswordNextLogin", EdmType::Boolean, "forceChangePasswordNextSignIn"),
    ],
};

/// `SignInName`
pub static SIGN_IN_NAME: ComplexType = ComplexType {
    name: "SignInName",
    members: &[member("type", EdmType::String, "signInType"), member("value", EdmType::String, "issuerAssignedId")],
};

/// `UserIdentity`
pub static USER_IDENTITY: ComplexType = ComplexType {
    name: "UserIdentity",
    members: &[member("issuer", EdmType::String, "issuer"), member("issuerUserId", EdmType::String, "issuerAssignedId")],
};

impl ComplexType {
    /// Converts a structure of Microsoft Graph's to Azure AD Graph's. Members that it lacks are null.
    pub fn to_legacy(&self, graph: &Value) -> Value {
        let convert = |member: &Member| (member.name.to_owned(), graph.get(member.graph_name).cloned().unwrap_or_default());
        Value::Object(self.members.iter().map(convert).collect())
    }

    /// Converts a structure of Azure AD Graph's to Microsoft Graph's.
    ///
    /// # Errors
    ///
    /// The name of a member that is unknown or has a value of another type.
    pub fn to_graph(&self, legacy: &Map<String, Value>) -> Result<Map<String, Value>, String> {
        let mut graph = Map::new();
        for (name, value) in legacy.iter().filter(|(name, _)| !["odata.type", "__metadata"].contains(&name.as_str())) {
            let member = self.members.iter().find(|member| member.name == name).ok_or_else(|| name.clone())?;
            let fits = match member.edm_type {
                _ if value.is_null() => true,
                EdmType::Boolean => value.is_boolean(),
                _ => value.is_string(),
            };
            if !fits {
                return Err(name.clone());
            }
            graph.insert(member.graph_name.to_owned(), value.clone());
        }
        Ok(graph)
    }
}
