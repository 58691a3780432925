//! The content of responses, written as JSON in each of the forms: with OData's annotations, without, or verbose.
//! <https://www.odata.org/documentation/odata-version-3-0/json-verbose-format/>

use protocol::azure_ad_graph::address::Set;
use protocol::azure_ad_graph::format::Format;
use protocol::azure_ad_graph::version::Version;
use serde_json::{Map, Value, json};

use crate::entity::{Entity, Expanded};

/// What is answered, whatever the form.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Nothing.
    None,
    /// An object.
    Entity(Entity),
    /// Objects, of one type or of several.
    Feed {
        /// The type that all of them are of.
        type_name: Option<&'static str>,
        /// The objects, written already, so that many of them take no more memory than their text.
        rows: Vec<String>,
        /// Links to go on with, by their names.
        links: Vec<(&'static str, String)>,
    },
    /// The link to the object that a relation leads to.
    Link(&'static str, String),
    /// Links to the objects that a relation leads to.
    Links {
        /// The relation.
        relation: &'static str,
        /// The links.
        urls: Vec<String>,
        /// Where the next page is.
        next: Option<String>,
    },
    /// What a function gives: its name, the type, and the value.
    Value(&'static str, &'static str, Value),
    /// The collections that there are.
    Service,
    /// Bytes of that media type.
    Bytes(String, Vec<u8>),
    /// A document of XML.
    Document(String),
}

/// The names of the collections that are served.
fn sets() -> impl Iterator<Item = &'static str> {
    Set::ALL.into_iter().map(Set::name)
}

/// What is needed to write addresses and names of types.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'w> {
    /// The form.
    pub format: Format,
    /// The version.
    pub version: Version,
    /// The address of the directory: `https://graph.windows.net/contoso.com`.
    pub base: &'w str,
}

/// The hosts that Azure AD Graph had, whose addresses programs still write.
/// <https://learn.microsoft.com/en-us/azure/azure-government/compare-azure-government-global-azure>
const HOSTS: [&str; 5] =
    ["graph.windows.net", "graph.chinacloudapi.cn", "graph.cloudapi.de", "graph.microsoftazure.us", "graph-ppe.windows.net"];

impl Writer<'_> {
    /// Whether an address of that scheme and host is one of this service's: where the caller came to, or where Azure AD Graph was.
    pub fn is_here(&self, scheme: &str, host: &str) -> bool {
        let ours = self.base.split_once("://").and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default();
        let bare = match scheme {
            "https" => host.strip_suffix(":443").unwrap_or(host),
            "http" => host.strip_suffix(":80").unwrap_or(host),
            _ => return false,
        };
        [host, bare].iter().any(|host| host.eq_ignore_ascii_case(ours))
            || HOSTS.iter().any(|known| bare.eq_ignore_ascii_case(known))
    }

    /// The address of an object.
    pub fn object_url(&self, entity: &Entity) -> String {
        format!("{}/directoryObjects/{}/{}", self.base, entity.id, self.full_name(&entity.type_name))
    }

    fn full_name(&self, type_name: &str) -> String {
        format!("{}.{type_name}", self.version.namespace())
    }

    fn metadata(&self, what: &str) -> Value {
        json!(format!("{}/$metadata#{what}", self.base))
    }

    /// An object in a feed, written.
    pub fn row(&self, entity: &Entity) -> String {
        match self.format {
            Format::Verbose => self.verbose_entity(entity).to_string(),
            Format::Minimal | Format::Plain => Value::Object(self.entity(entity)).to_string(),
        }
    }

    /// What is answered, as the text of JSON.
    pub fn text(&self, content: &Content) -> String {
        let Content::Feed { rows, links, .. } = content else { return self.json(content).to_string() };
        let rows = rows.join(",");
        if self.format == Format::Verbose {
            let links: String = links.iter().map(|(name, link)| self.verbose_link(name, link)).collect();
            return format!("{{\"d\":{{\"results\":[{rows}]{links}}}}}");
        }
        let context = match self.format {
            Format::Minimal => format!("\"odata.metadata\":{},", self.context(content)),
            _ => String::new(),
        };
        let links: String = links.iter().map(|(name, link)| format!(",{}:{}", json!(name), json!(link))).collect();
        format!("{{{context}\"value\":[{rows}]{links}}}")
    }

    /// A link in verbose JSON, which is whole.
    fn verbose_link(&self, name: &str, link: &str) -> String {
        match name {
            "odata.nextLink" => format!(",\"__next\":{}", json!(format!("{}/{link}", self.base))),
            name => format!(",{}:{}", json!(name), json!(link)),
        }
    }

    /// What is answered but for a feed.
    fn json(&self, content: &Content) -> Value {
        if self.format == Format::Verbose {
            return json!({"d": self.verbose(content)});
        }
        let mut answer = Map::new();
        if self.format == Format::Minimal {
            answer.insert("odata.metadata".to_owned(), self.context(content));
        }
        match content {
            Content::Entity(entity) => answer.extend(self.entity(entity)),
            Content::Link(_, url) => {
                answer.insert("url".to_owned(), json!(url));
            }
            Content::Links { urls, next, .. } => {
                answer.insert("value".to_owned(), urls.iter().map(|url| json!({"url": url})).collect());
                answer.extend(next.iter().map(|next| ("odata.nextLink".to_owned(), json!(next))));
            }
            Content::Value(_, _, value) => {
                answer.insert("value".to_owned(), value.clone());
            }
            Content::Service => {
                answer.insert("value".to_owned(), sets().map(|set| json!({"name": set, "url": set})).collect());
            }
            Content::None | Content::Feed { .. } | Content::Bytes(..) | Content::Document(_) => {}
        }
        Value::Object(answer)
    }

    /// `odata.metadata`
    fn context(&self, content: &Content) -> Value {
        match content {
            Content::Entity(entity) => self.metadata(&format!("directoryObjects/{}/@Element", self.full_name(&entity.type_name))),
            Content::Feed { type_name: Some(name), .. } => self.metadata(&format!("directoryObjects/{}", self.full_name(name))),
            Content::Link(relation, _) | Content::Links { relation, .. } => {
                self.metadata(&format!("directoryObjects/$links/{relation}"))
            }
            Content::Value(_, edm, _) => self.metadata(edm),
            Content::Service => json!(format!("{}/$metadata", self.base)),
            _ => self.metadata("directoryObjects"),
        }
    }

    fn entity(&self, entity: &Entity) -> Map<String, Value> {
        let mut shown = Map::new();
        if self.format == Format::Minimal {
            shown.insert("odata.type".to_owned(), json!(self.full_name(&entity.type_name)));
        }
        for (name, value) in &entity.properties {
            // A stream is told by where it is.
            if self.format == Format::Minimal && name == "thumbnailPhoto" {
                let link = format!("directoryObjects/{}/{}/{name}", entity.id, self.full_name(&entity.type_name));
                shown.insert(format!("{name}@odata.mediaEditLink"), json!(link));
            } else if name != "thumbnailPhoto" {
                shown.insert(name.clone(), value.clone());
            }
        }
        for (relation, expanded) in &entity.expanded {
            let value = match expanded {
                Expanded::One(None) => Value::Null,
                Expanded::One(Some(other)) => Value::Object(self.entity(other)),
                Expanded::All(others) => others.iter().map(|other| Value::Object(self.entity(other))).collect(),
            };
            shown.insert((*relation).to_owned(), value);
        }
        shown
    }

    /// What stands within `d`.
    fn verbose(&self, content: &Content) -> Value {
        match content {
            Content::Entity(entity) => self.verbose_entity(entity),
            Content::Link(_, url) => json!({"uri": url}),
            Content::Links { urls, next, .. } => {
                let mut links = json!({"results": urls.iter().map(|url| json!({"uri": url})).collect::<Vec<_>>()});
                if let Some(next) = next {
                    links["__next"] = json!(format!("{}/{next}", self.base));
                }
                links
            }
            Content::Value(name, edm, value) if value.is_array() => {
                json!({*name: {"__metadata": {"type": edm}, "results": value}})
            }
            Content::Value(name, _, value) => json!({*name: value}),
            Content::Service => json!({"EntitySets": sets().collect::<Vec<_>>()}),
            Content::None | Content::Feed { .. } | Content::Bytes(..) | Content::Document(_) => Value::Null,
        }
    }

    fn verbose_entity(&self, entity: &Entity) -> Value {
        let url = self.object_url(entity);
        let metadata = json!({"id": url, "uri": url, "type": self.full_name(&entity.type_name)});
        let mut shown = Map::from_iter([("__metadata".to_owned(), metadata)]);
        for (name, value) in entity.properties.iter().filter(|(name, _)| name != "thumbnailPhoto") {
            let is_collection = value.is_array();
            shown.insert(name.clone(), if is_collection { json!({"results": value}) } else { value.clone() });
        }
        for (relation, expanded) in &entity.expanded {
            let value = match expanded {
                Expanded::One(None) => Value::Null,
                Expanded::One(Some(other)) => self.verbose_entity(other),
                Expanded::All(others) => json!({"results": others.iter().map(|o| self.verbose_entity(o)).collect::<Vec<_>>()}),
            };
            shown.insert((*relation).to_owned(), value);
        }
        Value::Object(shown)
    }
}
