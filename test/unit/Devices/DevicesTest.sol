// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {Agency, ItemId, LotId, ModelId} from "../../../contracts/types/Ids.sol";
import {PROVIDER} from "../../../contracts/types/Role.sol";
import {Base} from "../../Base.t.sol";
import {Trees} from "../../Trees.sol";

/// @title A lot of eight devices, all but the last with a tag; a hospital and a clinic that may own them; a keeper, who is no participant
abstract contract DevicesTest is Base {
    uint32 internal constant COUNT = 8;
    uint32 internal constant UNTAGGED = COUNT - 1;
    string internal constant NUMBER = "L1";
    bytes32 internal constant EVIDENCE = keccak256("an EPCIS event");

    /// @notice How many ways `_makeImmovable` knows.
    uint256 internal constant WAYS = 9;

    ModelId internal model;
    uint40 internal expiresAt;
    SampleLot internal lot;

    address internal clinic = _account("clinic");
    /// @notice Never enrolled; some accounts approve it.
    address internal operator = _account("operator");
    address internal keeper = _account("keeper");

    function setUp() public virtual override {
        super.setUp();
        _enrol(clinic, PROVIDER);
        expiresAt = uint40(block.timestamp + 365 days);
        model = _approvedModel("04012345678901", ICatalog.Product.Device);
        lot = _partlyTaggedLot(model, NUMBER);
        _registerLot(model, NUMBER, lot.root, COUNT);
    }

    // ---------------------------------------------------------------------------------------------------- what was made

    function _approvedModel(string memory di, ICatalog.Product product) internal returns (ModelId id) {
        Content memory document = Content({digest: keccak256(bytes(di)), codec: CODEC_RAW});
        vm.prank(maker);
        id = catalog.registerModel(Agency.GS1, di, product, document);
        vm.prank(certifier);
        catalog.approveModel(id, maker, document.digest, product);
    }

    /// @notice As `_sampleLot`, but its last unit has no tag.
    function _partlyTaggedLot(ModelId ofModel, string memory number) internal pure returns (SampleLot memory sample) {
        sample = _sampleLot(ofModel, number, COUNT);
        sample.tagKeys[UNTAGGED] = address(0);
        bytes32[] memory leaves = new bytes32[](COUNT);
        for (uint32 i = 0; i < COUNT; ++i) {
            leaves[i] = Trees.leafOf(i, sample.items[i].half(), sample.tagKeys[i]);
        }
        sample.nodes = Trees.build(leaves);
        sample.root = sample.nodes[0];
    }

    function _registerLot(ModelId ofModel, string memory number, bytes32 root, uint32 count) internal returns (LotId) {
        vm.prank(maker);
        return catalog.registerLot(
            ICatalog.NewLot({
                model: ofModel,
                number: number,
                root: root,
                count: count,
                madeAt: START,
                expiresAt: expiresAt,
                document: _lotDocument()
            })
        );
    }

    function _lotDocument() internal pure returns (Content memory) {
        return Content({digest: keccak256("lot"), codec: CODEC_DAG_PB});
    }

    function _item(uint32 index) internal view returns (ItemId) {
        return lot.items[index];
    }

    function _membership(uint32 index) internal view returns (IDevices.Membership memory) {
        return _membershipIn(lot, index);
    }

    function _membershipIn(SampleLot memory sample, uint32 index) internal pure returns (IDevices.Membership memory) {
        return IDevices.Membership({index: index, tagKey: sample.tagKeys[index], proof: _proof(sample, index)});
    }

    function _secret(uint32 index) internal pure returns (uint256) {
        return _tagSecretOf(NUMBER, index);
    }

    function _signWith(uint256 secret, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, digest);
        return abi.encodePacked(r, s, v);
    }

    // ------------------------------------------------------------------------------------------------ what became of it

    function _mint(uint32 index, address to) internal returns (ItemId item) {
        item = _item(index);
        IDevices.Membership memory membership = _membership(index);
        vm.prank(maker);
        devices.mint(item, to, membership);
    }

    /// @dev Mints to `owner`, who locks it.
    function _mintThenLock(uint32 index, address owner) internal returns (ItemId item) {
        item = _mint(index, owner);
        vm.prank(owner);
        devices.lock(item, keeper);
    }

    /// @dev Stops the item in one of all the ways there are.
    function _makeImmovable(uint32 index, uint256 way) internal returns (ICustody.Standing) {
        ItemId item = _item(index);
        Content memory notice = Content({digest: keccak256("notice"), codec: CODEC_RAW});
        if (way < 3) {
            vm.prank(regulator);
            if (way == 0) custody.recallModel(model, ICustody.RecallClass.I, notice);
            else if (way == 1) custody.recallLot(lot.id, ICustody.RecallClass.II, notice);
            else custody.recallItem(item, ICustody.RecallClass.III, notice);
            return ICustody.Standing.Recalled;
        }
        if (way == 3) {
            vm.warp(uint256(expiresAt) + 1);
            return ICustody.Standing.Expired;
        }
        if (way == 4) {
            vm.prank(maker);
            custody.quarantine(item, EVIDENCE);
            return ICustody.Standing.Quarantined;
        }
        if (way == 5) {
            vm.prank(maker);
            custody.reportLost(item, ICustody.Loss.Stolen, EVIDENCE);
            return ICustody.Standing.Lost;
        }
        if (way == 6) {
            IDevices.Membership memory membership = _membership(index);
            vm.startPrank(maker);
            custody.commission(item, index, membership.tagKey, membership.proof, EVIDENCE);
            custody.decommission(item, EVIDENCE);
            vm.stopPrank();
            return ICustody.Standing.Decommissioned;
        }
        vm.prank(regulator);
        if (way == 7) catalog.strikeLot(lot.id, EVIDENCE);
        else catalog.strikeModel(model, EVIDENCE);
        return ICustody.Standing.NotRegistered;
    }

    // --------------------------------------------------------------------------------------------------- what is expected

    function _immovable(ItemId item, ICustody.Standing standing) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IDevices.Devices_Immovable.selector, item, uint8(standing));
    }

    function _notActive(address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IDevices.Devices_NotActive.selector, account);
    }

    function _lockedBy(ItemId item, address by) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IDevices.Devices_Locked.selector, item, by);
    }

    function _assertLocked(ItemId item, address by, address returnTo) internal view {
        IDevices.Lock memory kept = devices.lockOf(item);
        assertEq(kept.keeper, by, "keeper");
        assertEq(kept.returnTag, bytes12(keccak256(abi.encode(returnTo))), "return tag");
        assertTrue(devices.locked(item.tokenId()), "locked");
        assertEq(devices.getApproved(item.tokenId()), address(0), "approved");
    }

    function _assertUnlocked(ItemId item) internal view {
        IDevices.Lock memory kept = devices.lockOf(item);
        assertEq(kept.keeper, address(0), "keeper");
        assertEq(kept.returnTag, bytes12(0), "return tag");
        assertFalse(devices.locked(item.tokenId()), "locked");
    }

    function _assertOwner(ItemId item, address owner) internal view {
        assertEq(devices.ownerOf(item.tokenId()), owner, "owner");
    }

    function _anyIndex(uint256 seed) internal pure returns (uint32) {
        return uint32(bound(seed, 0, COUNT - 1));
    }
}
