//! What a pharmacy works with: where its packs are, what is on its way, and whether what came in equals what went out.
//!
//! The chain does not enumerate what a holder has. It is read from the events of `Units` and `Pharmacy`, and then asked.

mod advice;
mod find;
mod history;
mod reconcile;

pub use advice::About;
pub use find::{Arrival, Shelf, arrivals, shelves, source_of};
pub use history::{Happening, History, Told};
pub use reconcile::{Book, Difference, DifferenceKind, reconcile};
