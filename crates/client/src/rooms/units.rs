//! `Units`: who holds this case or pallet, and what is left in it?

super::room!(
    /// Who holds this case or pallet, and what is left in it?
    Units, units
);
