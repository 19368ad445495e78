//! `Pharmacy`: may this medicine be handed over?

super::room!(
    /// May this medicine be handed over?
    Pharmacy, pharmacy
);
