// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {LotId} from "../../../contracts/types/Ids.sol";
import {Pack} from "../../../contracts/types/Pack.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

contract DestroyReturnedTest is PharmacyTest {
    function setUp() public override {
        super.setUp();
        _issue(prescription);
        _sell(_saleOf(drug, 0, QUANTITY, prescription));
    }

    function testFuzz_DestroyReturned(uint32 index, bool elsewhere, bytes32 evidence) external {
        index = uint32(bound(index, 0, QUANTITY - 1));
        address by = elsewhere ? otherChemist : chemist;
        IPharmacy.Stock memory before = pharmacy.stockOf(chemist, drug.lot.id);

        vm.expectEmit(address(pharmacy));
        emit IPharmacy.ReturnedPackDestroyed(drug.lot.id, by, index, evidence);
        vm.prank(by);
        pharmacy.destroyReturned(drug.lot.id, _pack(index), _proofOf(drug, index), evidence);

        for (uint32 i = 0; i < COUNT; ++i) {
            assertEq(pharmacy.isReturnDestroyed(drug.lot.id, i), i == index, "destroyed");
        }
        assertFalse(units.isDestroyed(drug.lot.id, index), "not out of its unit");
        assertEq(abi.encode(pharmacy.stockOf(chemist, drug.lot.id)), abi.encode(before), "it stays sold");
        _expectNotReturnable(elsewhere ? chemist : otherChemist, index);
    }

    /// @dev Handed over beside this room: it can come back as well.
    function test_DestroyReturned_OfWhatWasDispensedOtherwise() external {
        uint32[] memory indices = new uint32[](1);
        indices[0] = COUNT - 1;
        vm.prank(chemist);
        units.dispense(chemist, drug.unit, indices, EVIDENCE);
        _destroy(chemist, COUNT - 1);
        assertTrue(pharmacy.isReturnDestroyed(drug.lot.id, COUNT - 1));
    }

    function testFuzz_DestroyReturned_GivenStopped(uint8 how) external {
        how = uint8(bound(how, 0, 3));
        if (how == 0) _strikeLot(drug.lot.id);
        if (how == 1) _strikeModel(drug.lot.model);
        if (how == 2) _recallLot(drug.lot.id);
        if (how == 3) vm.warp(uint256(expiresAt) + 1);
        _destroy(chemist, 0);
        assertTrue(pharmacy.isReturnDestroyed(drug.lot.id, 0));
    }

    function testFuzz_RevertGiven_CallerIsNoActivePharmacy(address caller, bool suspended) external {
        vm.assume(caller != otherChemist && caller != address(forwarder));
        if (suspended) {
            _suspend(chemist);
            caller = chemist;
        }
        vm.assume(suspended || caller != chemist);
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_NotPharmacy.selector, caller));
        _destroy(caller, 0);
    }

    function testFuzz_RevertWhen_PackIsNotInTheLot(uint8 how, uint256 seed) external {
        how = uint8(bound(how, 0, 4));
        Pack memory pack = _pack(0);
        bytes32[] memory proof = _proofOf(drug, 0);
        LotId lot = drug.lot.id;
        if (how == 0) pack.half = bytes16(keccak256(abi.encode(seed)));
        if (how == 1) pack.index = uint32(bound(seed, 1, QUANTITY - 1));
        if (how == 2) pack.tagKey = vm.addr(boundPrivateKey(seed));
        if (how == 3) proof = _proofOf(drug, 1);
        if (how == 4) lot = LotId.wrap(bytes16(keccak256(abi.encode(seed))));
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_NotReturnable.selector, lot, pack.index));
        vm.prank(chemist);
        pharmacy.destroyReturned(lot, pack, proof, EVIDENCE);
    }

    function testFuzz_RevertGiven_ItWasNotDispensed(uint32 index) external {
        _expectNotReturnable(chemist, uint32(bound(index, QUANTITY, COUNT - 1)));
    }

    function test_RevertGiven_ItWasDestroyedInItsUnit() external {
        vm.prank(chemist);
        units.destroy(drug.unit, QUANTITY, 1, EVIDENCE);
        _expectNotReturnable(chemist, QUANTITY);
    }

    function _expectNotReturnable(address by, uint32 index) private {
        vm.expectRevert(abi.encodeWithSelector(IPharmacy.Pharmacy_NotReturnable.selector, drug.lot.id, index));
        _destroy(by, index);
    }

    function _destroy(address by, uint32 index) private {
        bytes32[] memory proof = _proofOf(drug, index);
        vm.prank(by);
        pharmacy.destroyReturned(drug.lot.id, _pack(index), proof, EVIDENCE);
    }

    function _pack(uint32 index) private view returns (Pack memory) {
        return Pack(index, drug.lot.halves[index], address(0));
    }
}
