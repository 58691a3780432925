//! Segments that Microsoft Graph has and the emulator has not: 501 for them, and 400 for segments that Graph does not know.
//!
//! Names are those of Microsoft's metadata, v1.0 and beta together, as the Python SDKs generated from them have them (msgraph-sdk
//! 1.65.0, msgraph-beta-sdk 1.66.0). Extended properties of contacts and folders are addressed on the page "Create extended
//! property".

use crate::odata::error::GraphError;

/// The resource before a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parent {
    /// The version.
    Root,
    User,
    Group,
    OrgContact,
    DirectoryObject,
    /// `/users`, `/groups`, `/contacts` or `/directoryObjects`.
    Collection,
    Contact,
    ContactFolder,
}

impl Parent {
    fn names(self) -> &'static str {
        match self {
            Self::Root => ROOT,
            Self::User => USER,
            Self::Group => GROUP,
            Self::OrgContact => ORG_CONTACT,
            Self::DirectoryObject => "restore",
            Self::Collection => COLLECTION,
            Self::Contact | Self::ContactFolder => "singleValueExtendedProperties multiValueExtendedProperties",
        }
    }

    /// Returns whether Graph has that segment here, and the emulator has not. Functions have arguments in parentheses.
    pub(crate) fn lacks(self, segment: &str) -> bool {
        let name = segment.split('(').next().unwrap_or_default();
        let name = name.strip_prefix("microsoft.graph.").unwrap_or(name);
        self.names().split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Creates the refusal of a segment that the emulator does not have here.
    pub(crate) fn refuse(self, segment: &str) -> GraphError {
        if self.lacks(segment) { GraphError::not_emulated(segment) } else { GraphError::unknown_segment(segment) }
    }
}

/// What follows the version.
const ROOT: &str = "\
    $entity $metadata accessReviewDecisions accessReviews activitystatistics admin administrativeUnits agentRegistry agents \
    agreementAcceptances agreements allowedDataLocations app appCatalogs applications applicationTemplates \
    approvalWorkflowProviders auditLogs authenticationMethodConfigurations authenticationMethodDevices \
    authenticationMethodsPolicy bookingBusinesses bookingCurrencies businessFlowTemplates certificateAuthorities \
    certificateBasedAuthConfiguration chats commands communications compliance connections contracts dataClassification \
    dataPolicyOperations deviceAppManagement deviceManagement devices directory directoryRoles directoryRoleTemplates \
    directorySettingTemplates domainDnsRecords domains drives education employeeExperience external filteringPolicies \
    filterOperators financials functions governanceResources governanceRoleAssignmentRequests governanceRoleAssignments \
    governanceRoleDefinitions governanceRoleSettings governanceSubjects groupLifecyclePolicies groupSettings \
    groupSettingTemplates identity identityGovernance identityProtection identityProviders informationProtection \
    invitations messageEvents messageRecipients messageTraces mobilityManagementPolicies monitoring network networkAccess \
    oauth2PermissionGrants onPremisesPublishingProfiles organization payloadResponse permissionGrants places planner \
    policies print privacy privilegedAccess privilegedApproval privilegedOperationEvents privilegedRoleAssignmentRequests \
    privilegedRoleAssignments privilegedRoles privilegedSignupStatus programControls programControlTypes programs reports \
    riskDetections riskyUsers roleManagement schemaExtensions scopedRoleMemberships search security servicePrincipals \
    settings shares sites solutions storage subscribedSkus subscriptions teams teamsTemplates teamTemplateDefinition \
    teamwork templates tenantRelationships termStore threatSubmission trustFramework workplace";

/// What follows a user.
const USER: &str = "\
    activities adhocCalls agreementAcceptances analytics appConsentRequestsForApproval appRoleAssignedResources \
    appRoleAssignments approvals assignLicense authentication calendar calendarGroups calendars calendarView \
    changePassword chats cloudClipboard cloudPcPools cloudPCs communications convertExternalToInternalMemberUser \
    createdObjects dataSecurityAndGovernance deletePasswordSingleSignOnCredentials deviceEnrollmentConfigurations \
    deviceManagementTroubleshootingEvents devices drive drives employeeExperience events \
    exportDeviceAndAppManagementData exportPersonalData extensions findMeetingLocations findMeetingTimes findRoomLists \
    findRooms followedSites getEffectiveDeviceEnrollmentConfigurations getLoggedOnManagedDevices getMailTips \
    getManagedAppDiagnosticStatuses getManagedAppPolicies getManagedDevices getPasswordSingleSignOnCredentials \
    inferenceClassification informationProtection insights invalidateAllRefreshTokens invitedBy isManagedAppUserBlocked \
    joinedGroups joinedTeams licenseDetails lifecycle mailboxSettings mailFolders managedAppLogCollectionRequests \
    managedAppRegistrations managedDevices messages mobileAppIntentAndStates mobileAppTroubleshootingEvents notes \
    notifications oauth2PermissionGrants onenote onlineMeetings onPremisesSyncBehavior outlook ownedDevices ownedObjects \
    pendingAccessReviewInstances people permissionGrants photo photos planner presence profile registeredDevices \
    reminderView removeAllDevicesFromManagement reprocessLicenseAssignment restore retrieveManagedDevices \
    revokeSignInSessions scopedRoleMemberOf security sendMail serviceProvisioningErrors settings solutions sponsorOf \
    sponsors teamwork todo unblockManagedApps usageRights virtualEvents windowsInformationProtectionDeviceRegistrations \
    wipeAndBlockManagedApps wipeManagedAppRegistrationByDeviceTag wipeManagedAppRegistrationsByAzureAdDeviceId \
    wipeManagedAppRegistrationsByDeviceTag";

/// What follows a group.
const GROUP: &str = "\
    acceptedSenders addFavorite appRoleAssignments assignLicense calendar calendarView checkGrantedPermissionsForApp \
    conversations createdOnBehalfOf deletePasswordSingleSignOnCredentials drive drives endpoints evaluateDynamicMembership \
    events extensions getPasswordSingleSignOnCredentials groupLifecyclePolicies onenote onPremisesSyncBehavior owners \
    permissionGrants photo photos planner rejectedSenders removeFavorite renew resetUnseenCount restore \
    serviceProvisioningErrors settings sites subscribeByMail team threads unsubscribeByMail validateProperties";

/// What follows an organizational contact.
const ORG_CONTACT: &str = "restore serviceProvisioningErrors";

/// Functions and actions of a collection.
const COLLECTION: &str = "getAvailableExtensionProperties getManagedAppBlockedUsers getUserOwnedObjects validatePassword \
    validateProperties evaluateDynamicMembership";
