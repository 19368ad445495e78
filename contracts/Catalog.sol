// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "./interfaces/ICatalog.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {Gtin} from "./libraries/Gtin.sol";
import {LotTree} from "./libraries/LotTree.sol";
import {Content} from "./types/Content.sol";
import {Agency, IdLibrary, ItemId, LotId, ModelId} from "./types/Ids.sol";
import {CERTIFIER, MANUFACTURER, REGULATOR} from "./types/Role.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

/// @title Catalog
/// @notice What was made: models and lots.
///
/// What has to be trusted, and what need not be:
///
/// *Who owns a DI.* The chain cannot know to whom GS1, HIBCC or ICCBBA issued a device identifier. Any active manufacturer may register any
/// DI, which binds nobody; the certifier or regulator that approves one registration says that it looked, and its name stands in the
/// event. Nobody approves its own model. A manufacturer that changes its registration while it is being looked at changes the digest or
/// the product (device or drug), and the approval of what was there before reverts.
///
/// *Wrong approvals.* A regulator strikes the model. All its lots stop counting at once, also after the DI was approved anew, for whomever:
/// a lot counts only in the generation of the model in which it was registered. Lot numbers that were used up that way, or struck, stay used
/// up, since an item id must never mean two things.
///
/// *What is in a lot.* A lot id is computed here from model and number, so nobody can take a rival's. Only the manufacturer can say what it
/// made: the root and the count are its word. It could list one serial at two indices, or a serial it never made; the lot document is public,
/// readers refuse duplicates, and a wrong lot can be struck. Nobody else can add an item to a lot or change one, ever.
///
/// *Operators.* A manufacturer's operator can register lots in its name until it is removed. It cannot register, approve or strike models.
contract Catalog is ICatalog, Multicall {
    uint256 private constant MAX_DI_BYTES = 25;
    uint256 private constant MAX_LOT_NUMBER_BYTES = 20;

    /// @notice Who may register, approve and strike.
    IParticipants public immutable PARTICIPANTS;

    mapping(ModelId model => mapping(address manufacturer => Registration registration)) private _registrations;
    mapping(ModelId model => uint32 number) private _numbers;
    mapping(uint32 modelNumber => Model approved) private _models;
    mapping(LotId lot => Lot registered) private _lots;
    uint32 private _lastModelNumber;

    /// @inheritdoc ICatalog
    mapping(address manufacturer => mapping(address operator => bool approved)) public isOperator;

    constructor(IParticipants participants) {
        PARTICIPANTS = participants;
    }

    modifier onlyRegulator() {
        if (!PARTICIPANTS.isActiveAs(msg.sender, REGULATOR)) revert Catalog_NotRegulator(msg.sender);
        _;
    }

    /// @inheritdoc ICatalog
    function registerModel(Agency agency, string calldata di, Product product, Content calldata document)
        external
        returns (ModelId model)
    {
        if (!_isIdentifier(agency, di)) revert Catalog_BadIdentifier(di);
        if (!document.isWellFormed()) revert Catalog_BadDocument(document.digest, document.codec);
        if (!PARTICIPANTS.isActiveAs(msg.sender, MANUFACTURER)) revert Catalog_NotManufacturer(msg.sender);
        model = IdLibrary.modelOf(agency, di);
        address approvedFor = _models[_numbers[model]].manufacturer;
        if (approvedFor != address(0)) revert Catalog_ModelApproved(model, approvedFor);
        // No look at the registrations of others: before approval none of them counts.

        _registrations[model][msg.sender] = Registration({
            digest: document.digest, codec: document.codec, product: product, registeredAt: uint40(block.timestamp)
        });

        emit ModelRegistered(model, msg.sender, agency, di, product, document);
    }

    /// @inheritdoc ICatalog
    function approveModel(ModelId model, address manufacturer, bytes32 digest, Product product) external {
        if (!PARTICIPANTS.isActiveAs(msg.sender, CERTIFIER | REGULATOR)) revert Catalog_NotApprover(msg.sender);
        if (msg.sender == manufacturer) revert Catalog_OwnModel(model, msg.sender);
        Model storage approved = _models[_numbers[model]];
        if (approved.manufacturer != address(0)) revert Catalog_ModelApproved(model, approved.manufacturer);
        Registration storage registration = _registrations[model][manufacturer];
        if (registration.registeredAt == 0 || registration.digest != digest) {
            revert Catalog_OtherDocument(model, registration.digest, digest);
        }
        if (registration.product != product) revert Catalog_OtherProduct(model, registration.product, product);
        if (!PARTICIPANTS.isActiveAs(manufacturer, MANUFACTURER)) revert Catalog_NotManufacturer(manufacturer);

        uint32 number = approved.number;
        if (number == 0) number = _number(model);
        approved = _models[number];
        approved.manufacturer = manufacturer;
        approved.approvedAt = uint40(block.timestamp);
        approved.product = product;

        emit ModelApproved(model, manufacturer, msg.sender, digest);
    }

    /// @inheritdoc ICatalog
    function strikeModel(ModelId model, bytes32 evidence) external onlyRegulator {
        Model storage approved = _models[_numbers[model]];
        address manufacturer = approved.manufacturer;
        if (manufacturer == address(0)) revert Catalog_ModelNotApproved(model);

        approved.manufacturer = address(0);
        approved.approvedAt = 0;
        ++approved.generation;
        // What was found wrong must be registered again before anyone can approve it again.
        delete _registrations[model][manufacturer];

        emit ModelStruck(model, manufacturer, msg.sender, evidence);
    }

    /// @inheritdoc ICatalog
    function reclassifyModel(ModelId model, Product product, bytes32 evidence) external onlyRegulator {
        Model storage approved = _models[_numbers[model]];
        if (approved.manufacturer == address(0)) revert Catalog_ModelNotApproved(model);
        Product from = approved.product;
        if (from == Product.Device || product == Product.Device || product == from) {
            revert Catalog_NotReclassifiable(model, from, product);
        }

        approved.product = product;

        emit ModelReclassified(model, msg.sender, from, product, evidence);
    }

    /// @inheritdoc ICatalog
    function registerLot(NewLot calldata newLot) external returns (LotId lot) {
        if (bytes(newLot.number).length > MAX_LOT_NUMBER_BYTES) revert Catalog_BadIdentifier(newLot.number);
        lot = newLot.model.lotNumbered(newLot.number);
        _checkContents(lot, newLot);
        Model memory model = _models[_numbers[newLot.model]];
        address manufacturer = model.manufacturer;
        if (manufacturer == address(0)) revert Catalog_ModelNotApproved(newLot.model);
        if (msg.sender != manufacturer && !isOperator[manufacturer][msg.sender]) {
            revert Catalog_NotForModel(newLot.model, msg.sender);
        }
        if (!PARTICIPANTS.isActiveAs(manufacturer, MANUFACTURER)) revert Catalog_NotManufacturer(manufacturer);
        // A struck lot has a count as well: its number is used up.
        if (_lots[lot].count != 0) revert Catalog_LotExists(lot);

        _lots[lot] = Lot({
            root: newLot.root,
            digest: newLot.document.digest,
            model: newLot.model,
            count: newLot.count,
            madeAt: newLot.madeAt,
            expiresAt: newLot.expiresAt,
            registeredAt: uint40(block.timestamp),
            codec: newLot.document.codec,
            generation: model.generation,
            struck: false,
            modelNumber: model.number
        });

        _emitLotRegistered(lot, manufacturer, newLot);
    }

    /// @inheritdoc ICatalog
    function strikeLot(LotId lot, bytes32 evidence) external onlyRegulator {
        Lot storage registered = _lots[lot];
        if (registered.count == 0 || registered.struck) revert Catalog_LotNotRegistered(lot);

        registered.struck = true;

        emit LotStruck(lot, msg.sender, evidence);
    }

    /// @inheritdoc ICatalog
    function setOperator(address operator, bool approved) external {
        // No role check: an operator of an account that makes nothing can do nothing.
        isOperator[msg.sender][operator] = approved;

        emit OperatorSet(msg.sender, operator, approved);
    }

    /// @inheritdoc ICatalog
    function registrationOf(ModelId model, address manufacturer) external view returns (Registration memory) {
        return _registrations[model][manufacturer];
    }

    /// @inheritdoc ICatalog
    function modelOf(ModelId model) external view returns (Model memory) {
        return _models[_numbers[model]];
    }

    /// @inheritdoc ICatalog
    function lotOf(LotId lot) external view returns (Lot memory) {
        return _lots[lot];
    }

    /// @inheritdoc ICatalog
    function manufacturerOf(LotId lot) external view returns (address manufacturer) {
        (manufacturer,) = _makerOf(_lots[lot]);
    }

    /// @inheritdoc ICatalog
    function standingOf(LotId lot) external view returns (uint32 modelNumber, address manufacturer, uint40 expiresAt) {
        // As `_makerOf`, but all that shares a slot is read together: every move of every item comes through here.
        Lot storage registered = _lots[lot];
        uint16 generation = registered.generation;
        bool struck = registered.struck;
        modelNumber = registered.modelNumber;
        expiresAt = registered.expiresAt;
        Model storage approved = _models[modelNumber];
        manufacturer = approved.manufacturer;
        uint16 current = approved.generation;
        if (struck || generation != current || manufacturer == address(0)) return (0, address(0), 0);
    }

    /// @inheritdoc ICatalog
    function contains(ItemId item, uint32 index, address tagKey, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        (address manufacturer,) = originOf(item, index, tagKey, proof);
        return manufacturer != address(0);
    }

    /// @inheritdoc ICatalog
    function originOf(ItemId item, uint32 index, address tagKey, bytes32[] calldata proof)
        public
        view
        returns (address manufacturer, Product product)
    {
        Lot storage lot = _lots[item.lot()];
        bytes32 leaf = LotTree.leafOf(index, item.half(), tagKey);
        // A lot that is not registered has no count.
        if (index >= lot.count || LotTree.rootOf(proof, leaf) != lot.root) return (manufacturer, product);
        return _makerOf(lot);
    }

    /// @inheritdoc ICatalog
    function provenanceOf(LotId lot) external view returns (Provenance memory provenance) {
        Lot storage registered = _lots[lot];
        // Read together, since they share a slot; here and below.
        uint32 count = registered.count;
        uint40 expiresAt = registered.expiresAt;
        uint16 generation = registered.generation;
        bool struck = registered.struck;
        uint32 modelNumber = registered.modelNumber;
        Model storage approved = _models[modelNumber];
        address manufacturer = approved.manufacturer;
        uint16 current = approved.generation;
        Product product = approved.product;
        if (struck || generation != current || manufacturer == address(0)) return provenance;
        return Provenance(registered.root, count, manufacturer, product, modelNumber, expiresAt);
    }

    /// @dev The manufacturer of a lot that counts and what it made; zero for another.
    function _makerOf(Lot storage lot) private view returns (address, Product) {
        // Read together, since they share a slot; as below.
        uint16 generation = lot.generation;
        bool struck = lot.struck;
        Model storage approved = _models[lot.modelNumber];
        address manufacturer = approved.manufacturer;
        uint16 current = approved.generation;
        Product product = approved.product;
        // A model keeps its manufacturer for all its generation. Number 0, of a lot never registered, is no model's, so there is none.
        if (struck || generation != current) return (address(0), Product.Device);
        return (manufacturer, product);
    }

    /// @dev The number of a model that has none yet.
    function _number(ModelId model) private returns (uint32 number) {
        number = ++_lastModelNumber;
        _numbers[model] = number;
        _models[number].number = number;
    }

    function _checkContents(LotId lot, NewLot calldata newLot) private pure {
        if (newLot.root == 0 || newLot.count == 0) revert Catalog_EmptyLot(lot);
        if (!newLot.document.isWellFormed()) {
            revert Catalog_BadDocument(newLot.document.digest, newLot.document.codec);
        }
        // No comparison with the clock: old lots may be registered late, and labels carry dates of other time zones.
        if (newLot.expiresAt != 0 && newLot.expiresAt <= newLot.madeAt) {
            revert Catalog_BadDates(newLot.madeAt, newLot.expiresAt);
        }
    }

    function _emitLotRegistered(LotId lot, address manufacturer, NewLot calldata newLot) private {
        emit LotRegistered(
            lot,
            newLot.model,
            manufacturer,
            newLot.number,
            newLot.root,
            newLot.count,
            newLot.madeAt,
            newLot.expiresAt,
            newLot.document
        );
    }

    function _isIdentifier(Agency agency, string calldata di) private pure returns (bool) {
        if (agency == Agency.GS1) return Gtin.isValid(di);
        return bytes(di).length != 0 && bytes(di).length <= MAX_DI_BYTES;
    }
}
