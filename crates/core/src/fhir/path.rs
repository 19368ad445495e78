//! Where in a document something stands, as FHIRPath: `Device.extension[2].value`.

use std::fmt;

/// A place, kept on the stack of those who walk down and written only for a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    name: &'a str,
    /// The place in a list, counted from 0.
    index: Option<usize>,
}

impl<'a> Path<'a> {
    pub(super) fn root(name: &'a str) -> Self {
        Self { parent: None, name, index: None }
    }

    pub(super) fn field(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), name, index: None }
    }

    pub(super) fn is_root(&self) -> bool {
        self.parent.is_none()
    }

    /// Whether a resource of its own stands here, and not one inside another: the document, or an entry of a Bundle.
    pub(super) fn is_own_resource(&self) -> bool {
        self.is_root() || self.name == "resource"
    }

    pub(super) fn parent_is_root(&self) -> bool {
        self.parent.is_some_and(Path::is_root)
    }

    /// The type of the document.
    pub(super) fn root_name(&self) -> &str {
        self.parent.map_or(self.name, Path::root_name)
    }

    pub(super) fn element(&'a self, name: &'a str, index: Option<usize>) -> Self {
        Self { parent: Some(self), name, index }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}.")?;
        }
        f.write_str(self.name)?;
        match self.index {
            Some(index) => write!(f, "[{index}]"),
            None => Ok(()),
        }
    }
}
