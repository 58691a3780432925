//! The enumerations of a contact, with Graph's names for their members.
//! <https://learn.microsoft.com/en-us/graph/api/resources/contact?view=graph-rest-beta>

/// Declares an enumeration: its members, with the names that Graph gives them.
macro_rules! enumeration {
    ($(#[$about:meta])* $name:ident { $($member:ident = $text:literal),+ $(,)? } unknown: $unknown:ident) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the names are Graph's and say it all")]
        pub enum $name { $($member),+ }

        impl $name {
            /// Every member, in Graph's order.
            pub const ALL: &[$name] = &[$($name::$member),+];
            /// What a member that this version does not know is read as.
            pub const UNKNOWN: $name = $name::$unknown;

            /// Graph's name for the member.
            pub fn name(self) -> &'static str {
                match self { $($name::$member => $text),+ }
            }

            /// The member of that name, in any case.
            pub fn from_name(text: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|member| member.name().eq_ignore_ascii_case(text))
            }
        }
    };
}

enumeration! {
    /// What a telephone number is for (`phoneType`).
    PhoneKind {
        Home = "home", Business = "business", Mobile = "mobile", Other = "other", Assistant = "assistant", HomeFax = "homeFax",
        BusinessFax = "businessFax", OtherFax = "otherFax", Pager = "pager", Radio = "radio",
    } unknown: Other
}

enumeration! {
    /// What a postal address is for (`physicalAddressType`).
    AddressKind { Unknown = "unknown", Home = "home", Business = "business", Other = "other" } unknown: Other
}

enumeration! {
    /// What a website is for (`websiteType`).
    WebsiteKind { Other = "other", Home = "home", Work = "work", Blog = "blog", Profile = "profile" } unknown: Other
}

enumeration! {
    /// What an e-mail address is for (`emailType`).
    EmailKind { Unknown = "unknown", Work = "work", Personal = "personal", Main = "main", Other = "other" } unknown: Other
}

enumeration! {
    /// How far a follow-up has come (`followupFlagStatus`).
    FlagStatus { NotFlagged = "notFlagged", Complete = "complete", Flagged = "flagged" } unknown: NotFlagged
}
