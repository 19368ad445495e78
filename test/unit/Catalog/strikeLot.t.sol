// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {LotId} from "../../../contracts/types/Ids.sol";
import {GoodsTest} from "../../Goods.t.sol";

contract StrikeLotTest is GoodsTest {
    function setUp() public override {
        super.setUp();
        _makeLot();
    }

    function testFuzz_StrikeLot(
        bytes32 evidence,
        uint32 index
    ) external {
        index = uint32(bound(index, 0, LOT_COUNT - 1));
        vm.prank(maker);
        LotId other = catalog.registerLot(_newLot("another"));

        vm.expectEmit(address(catalog));
        emit ICatalog.LotStruck(lot, regulator, evidence);
        vm.prank(regulator);
        catalog.strikeLot(lot, evidence);

        assertTrue(catalog.lotOf(lot).struck, "struck");
        _assertLotDoesNotCount(index);
        assertEq(catalog.manufacturerOf(other), maker, "other lots count");
    }

    function test_RevertGiven_CallerIsNotAnActiveRegulator() external {
        _expectNotRegulator(maker);
        _expectNotRegulator(certifier);
        _suspend(regulator);
        _expectNotRegulator(regulator);
    }

    function test_RevertGiven_LotIsNotRegistered() external {
        _expectNotRegistered(model.lotNumbered("unknown"));
        vm.prank(regulator);
        catalog.strikeLot(lot, EVIDENCE);
        _expectNotRegistered(lot);
    }

    function _expectNotRegulator(
        address account
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_NotRegulator.selector, account));
        vm.prank(account);
        catalog.strikeLot(lot, EVIDENCE);
    }

    function _expectNotRegistered(
        LotId id
    ) private {
        vm.expectRevert(abi.encodeWithSelector(ICatalog.Catalog_LotNotRegistered.selector, id));
        vm.prank(regulator);
        catalog.strikeLot(id, EVIDENCE);
    }
}
