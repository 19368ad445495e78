// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Content} from "../types/Content.sol";
import {Agency, ItemId, LotId, ModelId} from "../types/Ids.sol";

/// @title Catalog: what was made?
/// @notice Product models (DI) and lots (the Merkle root of all serials) of devices and medicines.
/// A model counts once a certifier or regulator approved it for one manufacturer; until then every manufacturer may
/// register the same DI, so nobody can squat on a rival's.
interface ICatalog {
    /// @notice What a model is of. A medicine (`Drug`) needs a prescription unless it is sold over the counter; a controlled one needs a second
    /// pharmacist as well.
    enum Product {
        Device,
        Drug,
        OverTheCounterDrug,
        ControlledDrug
    }

    /// @notice A manufacturer's registration of a model.
    /// @param registeredAt when it was registered last; zero for none
    /// @param product device or drug
    /// @param document the model document
    struct Registration {
        // slot 1
        bytes32 digest;
        // slot 2
        uint8 codec;
        Product product;
        uint40 registeredAt;
    }

    /// @notice An approved model.
    /// @param manufacturer for whom it was approved; zero for a model that is not approved, or was struck
    /// @param approvedAt when
    /// @param generation how often the model was struck: lots count only in the generation they were registered in
    /// @param product device or drug, as the approved registration says
    /// @param number the model's short name on this chain, from 1, given at its first approval and kept for ever
    struct Model {
        // slot 1
        address manufacturer;
        uint40 approvedAt;
        uint16 generation;
        Product product;
        uint32 number;
    }

    /// @notice A registered lot; four slots whatever its size.
    /// @param root Merkle root over all items: OpenZeppelin StandardMerkleTree, leaf types uint32 index, bytes16 half, address tagKey
    /// @param digest sha2-256 of the lot document's root block
    /// @param model the model it is of
    /// @param count how many items, indices 0 to count − 1
    /// @param madeAt date of manufacture, zero when not stated
    /// @param expiresAt last second of the expiry date, zero when it does not expire
    /// @param registeredAt when it was registered
    /// @param codec codec of the lot document's root block
    /// @param generation the model's generation at registration
    /// @param struck whether a regulator struck it
    /// @param modelNumber the model's number: who checks a move need not read slot 3
    struct Lot {
        // slots 1 to 3
        bytes32 root;
        bytes32 digest;
        ModelId model;
        // slot 4
        uint32 count;
        uint40 madeAt;
        uint40 expiresAt;
        uint40 registeredAt;
        uint8 codec;
        uint16 generation;
        bool struck;
        uint32 modelNumber;
    }

    /// @notice What a room that hands packs over needs of their lot. Field meanings as in {Lot} and {Model}.
    struct Provenance {
        bytes32 root;
        uint32 count;
        address manufacturer;
        Product product;
        uint32 modelNumber;
        uint40 expiresAt;
    }

    /// @notice What a manufacturer registers. Field meanings as in {Lot}; `number` as on the label, at most 20 bytes, "" for serial-only.
    struct NewLot {
        ModelId model;
        string number;
        bytes32 root;
        uint32 count;
        uint40 madeAt;
        uint40 expiresAt;
        Content document;
    }

    /// @notice A manufacturer registered a model, or registered it again before approval.
    event ModelRegistered(
        ModelId indexed model, address indexed manufacturer, Agency agency, string di, Product product, Content document
    );
    /// @notice A certifier or regulator approved the model for `manufacturer` with this document.
    event ModelApproved(ModelId indexed model, address indexed manufacturer, address indexed approver, bytes32 digest);
    /// @notice A regulator struck the model: its lots no longer count, and the DI may be registered and approved anew.
    event ModelStruck(ModelId indexed model, address indexed manufacturer, address indexed regulator, bytes32 evidence);
    /// @notice A regulator put a medicine into another class; it holds for all its lots at once.
    event ModelReclassified(
        ModelId indexed model, address indexed regulator, Product from, Product to, bytes32 evidence
    );
    /// @notice A lot was registered by its manufacturer or the manufacturer's operator.
    event LotRegistered(
        LotId indexed lot,
        ModelId indexed model,
        address indexed manufacturer,
        string number,
        bytes32 root,
        uint32 count,
        uint40 madeAt,
        uint40 expiresAt,
        Content document
    );
    /// @notice A regulator struck the lot; it stays struck.
    event LotStruck(LotId indexed lot, address indexed regulator, bytes32 evidence);
    /// @notice A manufacturer allowed or no longer allows `operator` to register lots for it.
    event OperatorSet(address indexed manufacturer, address indexed operator, bool approved);

    /// @notice The caller is not an active participant in the role that the verb needs.
    error Catalog_NotManufacturer(address account);
    error Catalog_NotApprover(address account);
    error Catalog_NotRegulator(address account);
    /// @notice A DI has 1 to 25 bytes (a GTIN exactly 14 digits), a lot number at most 20.
    error Catalog_BadIdentifier(string text);
    /// @notice A document needs a digest and codec 0x55 or 0x70.
    error Catalog_BadDocument(bytes32 digest, uint8 codec);
    /// @notice The model is approved already, for `manufacturer`.
    error Catalog_ModelApproved(ModelId model, address manufacturer);
    /// @notice Nobody approves a model of its own.
    error Catalog_OwnModel(ModelId model, address account);
    /// @notice The manufacturer's registration has another document than the approver saw, or there is none.
    error Catalog_OtherDocument(ModelId model, bytes32 registered, bytes32 approved);
    /// @notice The manufacturer's registration is of another product than the approver saw.
    error Catalog_OtherProduct(ModelId model, Product registered, Product approved);
    /// @notice Medicines change among their classes only; a device stays one, and nothing else becomes one.
    error Catalog_NotReclassifiable(ModelId model, Product from, Product to);
    /// @notice The model is not approved.
    error Catalog_ModelNotApproved(ModelId model);
    /// @notice The caller is neither the model's manufacturer nor its operator.
    error Catalog_NotForModel(ModelId model, address account);
    /// @notice A lot needs a root and at least one item.
    error Catalog_EmptyLot(LotId lot);
    /// @notice The expiry is not after the manufacture.
    error Catalog_BadDates(uint40 madeAt, uint40 expiresAt);
    /// @notice A (model, lot) is registered once.
    error Catalog_LotExists(LotId lot);
    /// @notice No such lot, or struck already.
    error Catalog_LotNotRegistered(LotId lot);

    /// @notice Registers a model, or replaces the caller's registration of it. Caller: an active manufacturer.
    /// Reverts once the model is approved, for whomever.
    function registerModel(Agency agency, string calldata di, Product product, Content calldata document)
        external
        returns (ModelId);

    /// @notice Approves `manufacturer`'s registration with exactly the document `digest`, of exactly this product.
    /// Caller: an active certifier or regulator, not the manufacturer itself.
    function approveModel(ModelId model, address manufacturer, bytes32 digest, Product product) external;

    /// @notice Strikes a model that was approved wrongly. Caller: an active regulator.
    function strikeModel(ModelId model, bytes32 evidence) external;

    /// @notice Puts an approved medicine into another class: with prescription, over the counter, controlled. Caller: an active regulator.
    function reclassifyModel(ModelId model, Product product, bytes32 evidence) external;

    /// @notice Registers a lot of an approved model. Caller: its manufacturer, or an operator of it; the manufacturer is active.
    function registerLot(NewLot calldata lot) external returns (LotId);

    /// @notice Strikes a lot that was registered wrongly. Caller: an active regulator.
    function strikeLot(LotId lot, bytes32 evidence) external;

    /// @notice Allows `operator` to register lots for the caller, or no longer.
    function setOperator(address operator, bool approved) external;

    /// @notice Whether `operator` may register lots for `manufacturer`.
    function isOperator(address manufacturer, address operator) external view returns (bool);

    /// @notice The registration of `model` by `manufacturer`; all zero for none.
    function registrationOf(ModelId model, address manufacturer) external view returns (Registration memory);

    /// @notice The approved model; manufacturer zero when not approved.
    function modelOf(ModelId model) external view returns (Model memory);

    /// @notice The lot as registered, struck or not; count zero for none.
    function lotOf(LotId lot) external view returns (Lot memory);

    /// @notice The manufacturer of a lot that counts: registered, not struck, of a model not struck since. Zero otherwise.
    function manufacturerOf(LotId lot) external view returns (address);

    /// @notice What custody rules need of a lot that counts, in one call that reads two slots; all zero for another.
    function standingOf(LotId lot) external view returns (uint32 modelNumber, address manufacturer, uint40 expiresAt);

    /// @notice Who made the item and what it is, when {contains} is true; manufacturer zero otherwise.
    function originOf(ItemId item, uint32 index, address tagKey, bytes32[] calldata proof)
        external
        view
        returns (address manufacturer, Product product);

    /// @notice What the packs of a lot that counts are, and the root that proves them; all zero for another lot.
    function provenanceOf(LotId lot) external view returns (Provenance memory);

    /// @notice Whether the item stands at `index` with `tagKey` in a lot that counts. False for an index not below the count.
    function contains(ItemId item, uint32 index, address tagKey, bytes32[] calldata proof) external view returns (bool);
}
