//! The enumerations of a contact, with the names of their members in Graph.
//! <https://learn.microsoft.com/en-us/graph/api/resources/contact?view=graph-rest-beta>

/// A kind of the entries of a list.
pub trait Kind: Copy + PartialEq + std::fmt::Debug + 'static {
    /// Every member, in Graph's order.
    const ALL: &'static [Self];
    /// The member that stands for no name, or for one that this version does not know.
    const UNKNOWN: Self;
    /// Returns Graph's name for the member.
    fn name(self) -> &'static str;

    /// Returns the member of that name, in upper or lower case.
    fn from_name(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|member| member.name().eq_ignore_ascii_case(text))
    }
}

/// Declares an enumeration: its members with their names in Graph, and the member that stands for a name we do not know.
macro_rules! enumeration {
    ($(#[$about:meta])* $name:ident { $($member:ident = $text:literal),+ $(,)? } unknown: $unknown:ident) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the names are Graph's and explain themselves")]
        pub enum $name { $($member),+ }

        impl Kind for $name {
            const ALL: &'static [$name] = &[$($name::$member),+];
            const UNKNOWN: $name = $name::$unknown;

            fn name(self) -> &'static str {
                match self { $($name::$member => $text),+ }
            }
        }
    };
}

enumeration! {
    /// The use of a telephone number (`phoneType`).
    PhoneKind {
        Home = "home", Business = "business", Mobile = "mobile", Other = "other", Assistant = "assistant", HomeFax = "homeFax",
        BusinessFax = "businessFax", OtherFax = "otherFax", Pager = "pager", Radio = "radio",
    } unknown: Other
}

enumeration! {
    /// The use of a postal address (`physicalAddressType`).
    AddressKind { Unknown = "unknown", Home = "home", Business = "business", Other = "other" } unknown: Unknown
}

enumeration! {
    /// The use of a website (`websiteType`).
    WebsiteKind { Other = "other", Home = "home", Work = "work", Blog = "blog", Profile = "profile" } unknown: Other
}

enumeration! {
    /// The use of an e-mail address (`emailType`).
    EmailKind { Unknown = "unknown", Work = "work", Personal = "personal", Main = "main", Other = "other" } unknown: Unknown
}

enumeration! {
    /// The state of a follow-up (`followupFlagStatus`).
    FlagStatus { NotFlagged = "notFlagged", Complete = "complete", Flagged = "flagged" } unknown: NotFlagged
}
