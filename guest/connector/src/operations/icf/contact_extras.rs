//! What a contact has beside its properties, as attributes of the object class `contact`: its photo and its open extensions. Graph
//! keeps each at an address of its own, so that they are read where they are asked for, and written after the contact.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::contact::Contact;
use crate::error::{Error, Problems, Result};
use crate::graph::photo as picture;
use crate::operations::connector::Connector;
use crate::operations::icf::uid::Uid;

/// The attribute that is the photo: the bytes of a JPEG picture, in base64.
pub const PHOTO_CONTENT: &str = "photoContent";
/// The attribute that is the open extensions, each with its `extensionName`.
pub const EXTENSIONS: &str = "extensions";

/// What an update wants of these attributes; `None` where it says nothing of one.
#[derive(Default)]
pub struct Extras {
    photo: Option<Vec<u8>>,
    extensions: Option<Vec<(String, Map<String, Value>)>>,
}

impl Extras {
    /// Takes them out of the attributes of an update.
    pub fn take(attributes: &mut Map<String, Value>) -> Result<Extras> {
        let mut problems = Problems::default();
        let photo = attributes.remove(PHOTO_CONTENT).map(|value| photo(&value)).transpose();
        let extensions = attributes.remove(EXTENSIONS).map(|value| extensions(&value)).transpose();
        let mut kept = |error| problems.push(error);
        let (photo, extensions) =
            (photo.map_err(&mut kept).unwrap_or_default(), extensions.map_err(&mut kept).unwrap_or_default());
        problems.into_result().map(|()| Extras { photo, extensions })
    }

    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        self.photo.is_none() && self.extensions.is_none()
    }
}

impl Connector<'_> {
    /// Adds what of these attributes is named to an object that has the extensions already, where they were read.
    pub(in crate::operations) fn add_photo(&self, uid: &Uid, names: &[&str], object: &mut Map<String, Value>) -> Result<()> {
        if !names.contains(&PHOTO_CONTENT) {
            return Ok(());
        }
        match self.get_photo(&uid.container, &uid.id) {
            Ok(picture) => {
                object.insert(PHOTO_CONTENT.to_owned(), json!(STANDARD.encode(picture.content)));
                Ok(())
            }
            // It has none.
            Err(error) if error.is_unknown_item() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes photo and extensions of a contact what is wanted. `stored` is the contact, with its extensions. An error says what
    /// was not done; what comes before it was.
    pub(in crate::operations) fn write_extras(&self, uid: &Uid, stored: &Contact, wanted: &Extras) -> Result<()> {
        let after = |error: Error| Error {
            message: format!("the contact's properties are as wanted, and then failed: {}", error.message),
            may_have_taken_effect: true,
            ..error
        };
        if let Some(extensions) = &wanted.extensions {
            self.write_extensions(uid, stored, extensions).map_err(after)?;
        }
        match &wanted.photo {
            Some(jpeg) => self.put_photo(&uid.container, &uid.id, jpeg.clone()).map_err(after),
            None => Ok(()),
        }
    }

    fn write_extensions(&self, uid: &Uid, stored: &Contact, wanted: &[(String, Map<String, Value>)]) -> Result<()> {
        let stored: Vec<(String, Map<String, Value>)> =
            stored.extensions.value().into_iter().flatten().filter_map(named).collect();
        for (name, properties) in wanted {
            let known = stored.iter().find(|(known, _)| known == name).map(|(_, known)| known);
            if known == Some(properties) {
                continue;
            }
            let mut properties = properties.clone();
            // The attribute is replaced whole: what it does not name any more is cleared.
            for name in known.into_iter().flat_map(Map::keys) {
                properties.entry(name.clone()).or_insert(Value::Null);
            }
            self.put_extension(&uid.container, &uid.id, name, &properties)?;
        }
        for (name, _) in stored.iter().filter(|(name, _)| !wanted.iter().any(|(kept, _)| kept == name)) {
            match self.delete_extension(&uid.container, &uid.id, name) {
                Err(error) if !error.is_item_not_found() => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

fn photo(value: &Value) -> Result<Vec<u8>> {
    let wrong = |problem: &str| Error::invalid_attribute(PHOTO_CONTENT, problem);
    match value {
        Value::String(text) => {
            let jpeg = STANDARD.decode(text).map_err(|_| wrong("the bytes of a JPEG picture are wanted, in base64"))?;
            picture::check(&jpeg).map_err(|error| wrong(&error.message))?;
            Ok(jpeg)
        }
        Value::Null => Err(wrong("a photo can be replaced, and not removed")),
        _ => Err(wrong("the bytes of a JPEG picture are wanted, in base64, a string")),
    }
}

fn extensions(value: &Value) -> Result<Vec<(String, Map<String, Value>)>> {
    let given = match value {
        Value::Null => &[],
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut read: Vec<(String, Map<String, Value>)> = Vec::new();
    for (position, value) in given.iter().enumerate() {
        let wrong = |problem: &str| Error::invalid_attribute(format!("{EXTENSIONS}[{position}]"), problem);
        let (name, properties) =
            value.as_object().and_then(named).ok_or_else(|| wrong("an object with extensionName is wanted"))?;
        if read.iter().any(|(known, _)| *known == name) {
            return Err(wrong("there is one of that name before it"));
        }
        read.push((name, properties));
    }
    Ok(read)
}

/// An extension's name, and its properties without what Graph says of it.
fn named(extension: &Map<String, Value>) -> Option<(String, Map<String, Value>)> {
    let name = extension.get("extensionName").and_then(Value::as_str).filter(|name| !name.is_empty())?;
    let own = |name: &str| !matches!(name, "id" | "extensionName") && !name.contains('@');
    let properties = extension.iter().filter(|(name, value)| own(name) && !value.is_null());
    Some((name.to_owned(), properties.map(|(name, value)| (name.clone(), value.clone())).collect()))
}
