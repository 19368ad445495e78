#![doc = include_str!("../README.md")]
// What `sol!` makes follows Solidity's names and argument lists, not ours.
#![allow(clippy::too_many_arguments)]

macro_rules! contract {
    ($module:ident, $contract:ident, $path:literal, $doc:literal) => {
        #[doc = $doc]
        pub mod $module {
            alloy::sol!(
                #[sol(rpc, all_derives, extra_derives(serde::Serialize, serde::Deserialize))]
                #[allow(missing_docs)]
                $contract,
                $path
            );
        }
    };
}

contract!(
    administration,
    Administration,
    "abi/Administration.json",
    "OpenZeppelin's `AccessManager`, whose last administrator cannot vanish."
);
contract!(
    forwarder,
    ERC2771Forwarder,
    "abi/ERC2771Forwarder.json",
    "OpenZeppelin's meta-transaction forwarder, unchanged."
);
contract!(participants, Participants, "abi/Participants.json", "Who is this, in which roles, until when?");
contract!(catalog, Catalog, "abi/Catalog.json", "What was made?");
contract!(anchors, Anchors, "abi/Anchors.json", "What evidence exists about a subject?");
contract!(custody, Custody, "abi/Custody.json", "Who holds this unit, and may it move?");
contract!(units, Units, "abi/Units.json", "Who holds this case or pallet, and what is left in it?");
contract!(devices, Devices, "abi/Devices.json", "Who owns this device?");
contract!(escrow, Escrow, "abi/Escrow.json", "Whose money is this?");
contract!(market, Market, "abi/Market.json", "How is it bought?");
contract!(pharmacy, Pharmacy, "abi/Pharmacy.json", "May this medicine be handed over?");
contract!(appointments, Appointments, "abi/Appointments.json", "Is this doctor (or machine) free?");
contract!(mds_profiles, MdsProfiles, "abi/MdsProfiles.json", "How is this device doing?");
contract!(fhir_oracle, FhirOracle, "abi/FhirOracle.json", "What does the hospital system say?");
