//! The contact folders of a mailbox: the default folder and those below it.

use serde_json::Value;

use crate::mailbox::ids::{self, Ids};
use crate::odata::error::{GraphError, Outcome};
use crate::odata::expression::is_same;

/// A folder of contacts.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) display_name: String,
}

/// The folders, parents before children; the first is the default one.
///
/// A folder created at `/contactFolders` is a child of the default folder. On the page "Get contactFolder" its `parentFolderId`
/// is that of the contact on the page "Get contact", and the parents in microsoft-graph-docs#6273 end as ids of the default
/// folder do. So the list of v1.0, which "omits" that folder, has its children.
#[derive(Debug)]
pub(crate) struct FolderTree {
    default: Folder,
    others: Vec<Folder>,
}

impl FolderTree {
    pub(crate) fn new(ids: &mut Ids) -> Self {
        let (parent, id) = (ids.create_folder_id(), ids.create_folder_id());
        Self { default: Folder { id, parent, display_name: "Contacts".to_owned() }, others: Vec::new() }
    }

    /// Returns the folder with the well-known name `contacts`.
    pub(crate) fn default_folder(&self) -> &Folder {
        &self.default
    }

    /// Returns every folder, the default one first.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &Folder> {
        std::iter::once(&self.default).chain(&self.others)
    }

    /// Returns the direct children of a folder.
    pub(crate) fn children<'a>(&'a self, parent: &'a str) -> impl Iterator<Item = &'a Folder> {
        self.folders().filter(move |folder| folder.parent == parent)
    }

    /// Returns the folder with that id or well-known name (alcionai/corso addresses the default one as `Contacts`).
    pub(crate) fn find(&self, key: &str) -> Outcome<&Folder> {
        if key.eq_ignore_ascii_case("contacts") {
            return Ok(&self.default);
        }
        let found = self.folders().find(|folder| folder.id == key);
        found.ok_or_else(|| if ids::is_well_formed(key) { GraphError::item_not_found() } else { GraphError::malformed_id() })
    }

    /// Returns the folder that a `parentFolderId` in a body names.
    pub(crate) fn find_value(&self, value: &Value) -> Outcome<&Folder> {
        let key = value.as_str().ok_or_else(GraphError::set_action)?;
        if key == self.default.parent {
            return Err(GraphError::not_emulated("contacts and folders of contacts outside of the default folder"));
        }
        self.find(key)
    }

    /// Returns the folder at the end of a path of keys; an empty path is the default folder. The first key may be at any depth,
    /// since an id is valid in the whole mailbox. That each further key must name a child of the folder before is unverified.
    pub(crate) fn find_by_path(&self, path: &[String]) -> Outcome<&Folder> {
        let Some((first, below)) = path.split_first() else { return Ok(&self.default) };
        below.iter().try_fold(self.find(first)?, |parent, key| {
            let folder = self.find(key)?;
            if folder.parent == parent.id { Ok(folder) } else { Err(GraphError::item_not_found()) }
        })
    }

    /// Adds a folder. Fails if a sibling has its name.
    pub(crate) fn add(&mut self, parent: &str, name: &str, ids: &mut Ids) -> Outcome<&Folder> {
        self.check_name_is_free(parent, name, None)?;
        let index = self.others.len();
        self.others.push(Folder { id: ids.create_folder_id(), parent: parent.to_owned(), display_name: name.to_owned() });
        Ok(&self.others[index])
    }

    /// Gives a folder a name and a parent, each if there is one. Fails, with nothing changed, if a sibling has the name, and if
    /// the parent is the folder itself or below it.
    pub(crate) fn update(&mut self, id: &str, name: Option<&str>, parent: Option<&str>) -> Outcome<&Folder> {
        let folder = self.find(id)?;
        let parent = parent.unwrap_or(&folder.parent).to_owned();
        let name = name.unwrap_or(&folder.display_name).to_owned();
        let moves = parent != folder.parent;
        if moves && folder.id == self.default.id {
            return Err(GraphError::distinguished_folder());
        }
        let subtree = self.list_subtree(id)?;
        if moves && subtree.iter().any(|folder| folder.id == parent) {
            return Err(GraphError::move_failed());
        }
        self.check_name_is_free(&parent, &name, Some(id))?;
        if moves {
            // At the end, because parents come before their children.
            self.others.retain(|folder| subtree.iter().all(|one| one.id != folder.id));
            self.others.extend(subtree);
        }
        let mut all = std::iter::once(&mut self.default).chain(&mut self.others);
        let folder = all.find(|folder| folder.id == id).ok_or_else(GraphError::item_not_found)?;
        folder.display_name = name;
        folder.parent = parent;
        Ok(folder)
    }

    /// Removes a folder with everything below it, and returns the removed folders, parents first. Refuses the default folder.
    pub(crate) fn remove(&mut self, id: &str) -> Outcome<Vec<Folder>> {
        if id == self.default.id {
            return Err(GraphError::default_folder());
        }
        let removed = self.list_subtree(id)?;
        self.others.retain(|folder| removed.iter().all(|one| one.id != folder.id));
        Ok(removed)
    }

    /// Returns a folder with everything below it, parents first.
    fn list_subtree(&self, id: &str) -> Outcome<Vec<Folder>> {
        let mut subtree = vec![self.find(id)?.clone()];
        // Parents come before their children, so one pass finds everything below.
        for folder in &self.others {
            if subtree.iter().any(|parent| parent.id == folder.parent) {
                subtree.push(folder.clone());
            }
        }
        Ok(subtree)
    }

    fn check_name_is_free(&self, parent: &str, name: &str, except: Option<&str>) -> Outcome<()> {
        let taken = self.children(parent).any(|one| Some(one.id.as_str()) != except && is_same(&one.display_name, name));
        if taken { Err(GraphError::folder_exists()) } else { Ok(()) }
    }
}
