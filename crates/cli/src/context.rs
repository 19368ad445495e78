//! What a command works with: the options, the printer, and (when asked for) the chain, the signer and the store.

use crate::args::Global;
use crate::printer::Printer;

/// The surroundings of a command. Nothing is opened before it is needed, so `theriac udi parse` needs no chain.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    /// The options that every command has.
    pub(crate) options: Global,
    /// Notes and progress.
    pub(crate) printer: &'a Printer,
}

impl<'a> Context<'a> {
    /// Surroundings from the options.
    pub(crate) fn new(options: Global, printer: &'a Printer) -> Self {
        Self { options, printer }
    }
}
