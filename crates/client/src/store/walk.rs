//! The blocks of a file, each once.

use std::collections::HashSet;

use theriac_core::content::{self, ContentAddress, ContentError};

/// Names the blocks that roots need, in depth-first order (as a CAR file has them), and each only once: a tree that
/// links the same part a billion times has as many steps as it has blocks.
///
/// The caller fetches each block and shows it to [`Walk::follow`].
#[derive(Debug)]
pub(super) struct Walk {
    /// The next one last.
    pending: Vec<ContentAddress>,
    seen: HashSet<ContentAddress>,
}

impl Walk {
    pub(super) fn new(roots: &[ContentAddress]) -> Self {
        Self { pending: roots.iter().rev().copied().collect(), seen: HashSet::new() }
    }

    pub(super) fn next(&mut self) -> Option<ContentAddress> {
        loop {
            let block = self.pending.pop()?;
            if self.seen.insert(block) {
                return Some(block);
            }
        }
    }

    /// Goes on with what the block links, after verifying it.
    pub(super) fn follow(&mut self, block: &ContentAddress, bytes: &[u8]) -> Result<(), ContentError> {
        self.queue(content::links(block, bytes)?);
        Ok(())
    }

    pub(super) fn queue(&mut self, links: Vec<ContentAddress>) {
        self.pending.extend(links.into_iter().rev().filter(|link| !self.seen.contains(link)));
    }
}
