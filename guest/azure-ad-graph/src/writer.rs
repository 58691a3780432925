//! The content of responses as JSON, in each of the formats: with OData's annotations, without them, or verbose.
//! <https://www.odata.org/documentation/odata-version-3-0/json-verbose-format/>

use protocol::azure_ad_graph::address::EntitySet;
use protocol::azure_ad_graph::format::Format;
use protocol::azure_ad_graph::version::ApiVersion;
use serde_json::{Map, Value, json};

use crate::entity::{Entity, Expanded};
use crate::version2;

/// The content of a response, in any format.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// No content.
    None,
    /// An object.
    Entity(Entity),
    /// Objects of one type or several.
    Feed {
        /// The type of all of them, if they have one.
        type_name: Option<&'static str>,
        /// The objects as JSON. Text takes less memory than values.
        rows: Vec<String>,
        /// The names and addresses of links to next pages.
        links: Vec<(&'static str, String)>,
    },
    /// The relation, and the link to its only object.
    Link(&'static str, String),
    /// Links to the objects of a relation.
    Links {
        /// The relation.
        relation: &'static str,
        /// The links.
        urls: Vec<String>,
        /// The address of the next page.
        next: Option<String>,
    },
    /// The result of a function: its name, the type, and the value.
    Value(&'static str, &'static str, Value),
    /// The service document: the names of the entity sets.
    Service,
    /// Bytes, and their media type.
    Bytes(String, Vec<u8>),
    /// An XML document.
    Document(String),
}

/// Returns the names of the entity sets.
fn entity_set_names() -> impl Iterator<Item = &'static str> {
    EntitySet::ALL.into_iter().map(EntitySet::name)
}

/// A writer of content, with the format, and with what addresses and names of types need.
#[derive(Clone, Copy, Debug)]
pub struct ContentWriter<'w> {
    /// The format.
    pub format: Format,
    /// The version.
    pub version: ApiVersion,
    /// The address of the directory: `https://graph.windows.net/contoso.com`.
    pub base: &'w str,
}

/// The hosts of Azure AD Graph. Programs still send addresses with them.
/// <https://learn.microsoft.com/en-us/azure/azure-government/compare-azure-government-global-azure>
const HOSTS: [&str; 5] =
    ["graph.windows.net", "graph.chinacloudapi.cn", "graph.cloudapi.de", "graph.microsoftazure.us", "graph-ppe.windows.net"];

impl ContentWriter<'_> {
    /// Checks whether an address with that scheme and host is the gateway's, as the caller has it, or was Azure AD Graph's.
    pub fn is_own_address(&self, scheme: &str, host: &str) -> bool {
        let own = self.base.split_once("://").and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default();
        let bare = match scheme {
            "https" => host.strip_suffix(":443").unwrap_or(host),
            "http" => host.strip_suffix(":80").unwrap_or(host),
            _ => return false,
        };
        [host, bare].iter().any(|host| host.eq_ignore_ascii_case(own))
            || HOSTS.iter().any(|known| bare.eq_ignore_ascii_case(known))
    }

    /// Returns the address of an object.
    pub fn object_url(&self, entity: &Entity) -> String {
        format!("{}/directoryObjects/{}/{}", self.base, entity.id, self.full_name(&entity.type_name))
    }

    fn full_name(&self, type_name: &str) -> String {
        format!("{}.{type_name}", self.version.namespace())
    }

    fn metadata_url(&self, fragment: &str) -> Value {
        json!(format!("{}/$metadata#{fragment}", self.base))
    }

    /// Returns an object of a feed as JSON.
    pub fn write_row(&self, entity: &Entity) -> String {
        match self.format {
            Format::Verbose | Format::Version2 => self.build_verbose_entity(entity).to_string(),
            Format::MinimalMetadata | Format::NoMetadata => Value::Object(self.build_entity(entity)).to_string(),
        }
    }

    /// Returns content as JSON.
    pub fn write(&self, content: &Content) -> String {
        let Content::Feed { rows, links, .. } = content else { return self.build_json(content).to_string() };
        let rows = rows.join(",");
        if self.format.is_verbose() {
            let links: String = links.iter().map(|(name, link)| self.write_verbose_link(name, link)).collect();
            return format!("{{\"d\":{{\"results\":[{rows}]{links}}}}}");
        }
        let context = match self.format {
            Format::MinimalMetadata => format!("\"odata.metadata\":{},", self.build_context(content)),
            _ => String::new(),
        };
        let links: String = links.iter().map(|(name, link)| format!(",{}:{}", json!(name), json!(link))).collect();
        format!("{{{context}\"value\":[{rows}]{links}}}")
    }

    /// Returns a link in verbose JSON, which has absolute addresses.
    fn write_verbose_link(&self, name: &str, link: &str) -> String {
        match name {
            "odata.nextLink" => format!(",\"__next\":{}", json!(format!("{}/{link}", self.base))),
            name => format!(",{}:{}", json!(name), json!(link)),
        }
    }

    /// Returns content other than a feed.
    fn build_json(&self, content: &Content) -> Value {
        if self.format.is_verbose() {
            return json!({"d": self.build_verbose(content)});
        }
        let mut body = Map::new();
        if self.format == Format::MinimalMetadata {
            body.insert("odata.metadata".to_owned(), self.build_context(content));
        }
        match content {
            Content::Entity(entity) => body.extend(self.build_entity(entity)),
            Content::Link(_, url) => {
                body.insert("url".to_owned(), json!(url));
            }
            Content::Links { urls, next, .. } => {
                body.insert("value".to_owned(), urls.iter().map(|url| json!({"url": url})).collect());
                body.extend(next.iter().map(|next| ("odata.nextLink".to_owned(), json!(next))));
            }
            Content::Value(_, _, value) => {
                body.insert("value".to_owned(), value.clone());
            }
            Content::Service => {
                body.insert("value".to_owned(), entity_set_names().map(|set| json!({"name": set, "url": set})).collect());
            }
            Content::None | Content::Feed { .. } | Content::Bytes(..) | Content::Document(_) => {}
        }
        Value::Object(body)
    }

    /// Returns the value of `odata.metadata`.
    fn build_context(&self, content: &Content) -> Value {
        match content {
            Content::Entity(entity) => {
                self.metadata_url(&format!("directoryObjects/{}/@Element", self.full_name(&entity.type_name)))
            }
            Content::Feed { type_name: Some(name), .. } => {
                self.metadata_url(&format!("directoryObjects/{}", self.full_name(name)))
            }
            Content::Link(relation, _) | Content::Links { relation, .. } => {
                self.metadata_url(&format!("directoryObjects/$links/{relation}"))
            }
            Content::Value(_, type_name, _) => self.metadata_url(type_name),
            Content::Service => json!(format!("{}/$metadata", self.base)),
            _ => self.metadata_url("directoryObjects"),
        }
    }

    fn build_entity(&self, entity: &Entity) -> Map<String, Value> {
        let mut members = Map::new();
        if self.format == Format::MinimalMetadata {
            members.insert("odata.type".to_owned(), json!(self.full_name(&entity.type_name)));
        }
        for (name, value) in &entity.properties {
            // A stream has an address instead of a value.
            if self.format == Format::MinimalMetadata && name == "thumbnailPhoto" {
                let link = format!("directoryObjects/{}/{}/{name}", entity.id, self.full_name(&entity.type_name));
                members.insert(format!("{name}@odata.mediaEditLink"), json!(link));
            } else if name != "thumbnailPhoto" {
                members.insert(name.clone(), value.clone());
            }
        }
        for (relation, expanded) in &entity.expanded {
            let value = match expanded {
                Expanded::One(None) => Value::Null,
                Expanded::One(Some(other)) => Value::Object(self.build_entity(other)),
                Expanded::Many(others) => others.iter().map(|other| Value::Object(self.build_entity(other))).collect(),
            };
            members.insert((*relation).to_owned(), value);
        }
        members
    }

    /// Returns the value of `d` in verbose JSON.
    fn build_verbose(&self, content: &Content) -> Value {
        match content {
            Content::Entity(entity) => self.build_verbose_entity(entity),
            Content::Link(_, url) => json!({"uri": url}),
            Content::Links { urls, next, .. } => {
                let mut links = json!({"results": urls.iter().map(|url| json!({"uri": url})).collect::<Vec<_>>()});
                if let Some(next) = next {
                    links["__next"] = json!(format!("{}/{next}", self.base));
                }
                links
            }
            Content::Value(name, type_name, value) if value.is_array() => {
                json!({*name: {"__metadata": {"type": type_name}, "results": value}})
            }
            Content::Value(name, _, value) => json!({*name: value}),
            Content::Service => json!({"EntitySets": entity_set_names().collect::<Vec<_>>()}),
            Content::None | Content::Feed { .. } | Content::Bytes(..) | Content::Document(_) => Value::Null,
        }
    }

    fn build_verbose_entity(&self, entity: &Entity) -> Value {
        let url = self.object_url(entity);
        let metadata = json!({"id": url, "uri": url, "type": self.full_name(&entity.type_name)});
        let mut members = Map::from_iter([("__metadata".to_owned(), metadata)]);
        for (name, value) in entity.properties.iter().filter(|(name, _)| name != "thumbnailPhoto") {
            let value = match self.format {
                Format::Version2 => version2::write_property(&entity.type_name, name, value),
                _ if value.is_array() => json!({"results": value}),
                _ => value.clone(),
            };
            members.insert(name.clone(), value);
        }
        for (relation, expanded) in &entity.expanded {
            let value = match expanded {
                Expanded::One(None) => Value::Null,
                Expanded::One(Some(other)) => self.build_verbose_entity(other),
                Expanded::Many(others) => {
                    json!({"results": others.iter().map(|o| self.build_verbose_entity(o)).collect::<Vec<_>>()})
                }
            };
            members.insert((*relation).to_owned(), value);
        }
        Value::Object(members)
    }
}
