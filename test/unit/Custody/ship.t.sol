// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {PossessionTest} from "../../Possession.t.sol";

contract ShipTest is PossessionTest {
    function testFuzz_Ship(
        bool byOperator,
        uint8 whom,
        bytes32 evidence
    ) external {
        _bringToHospital();
        _setCustodyOperator(hospital, true);
        address to = [maker, rival, distributor, regulator][bound(whom, 0, 3)];

        vm.expectEmit(address(custody));
        emit ICustody.ItemShipped(item, hospital, to, evidence);
        vm.prank(byOperator ? operator : hospital);
        custody.ship(item, to, evidence);

        _assertHolding(hospital, to, distributor);
    }

    function test_Ship_AgainAfterReturn() external {
        _commission();
        _handOver(maker, distributor);
        _handOver(distributor, maker);
        _assertHolding(maker, address(0), distributor);
        _ship(maker, hospital);
        _assertHolding(maker, hospital, distributor);
    }

    function test_Ship_AtTheLastSecond() external {
        _commission();
        vm.warp(expiresAt);
        _ship(maker, distributor);
        _assertHolding(maker, distributor, address(0));
    }

    function test_RevertGiven_ItemIsNotCommissioned() external {
        _expectRevert(maker, distributor, abi.encodeWithSelector(ICustody.Custody_NotCommissioned.selector, item));
    }

    function test_RevertGiven_CallerIsNotTheHolder() external {
        _commission();
        _handOver(maker, distributor);
        address[4] memory callers = [maker, regulator, hospital, operator];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(ICustody.Custody_NotHolder.selector, item, callers[i]);
            _expectRevert(callers[i], hospital, refusal);
        }
    }

    function test_RevertGiven_ApprovalWasTakenBack() external {
        _commission();
        _setCustodyOperator(maker, true);
        _setCustodyOperator(maker, false);
        _expectRevert(operator, hospital, abi.encodeWithSelector(ICustody.Custody_NotHolder.selector, item, operator));
    }

    function test_RevertGiven_ItemIsUnderWay() external {
        _commission();
        _ship(maker, distributor);
        bytes memory refusal = abi.encodeWithSelector(ICustody.Custody_UnderWay.selector, item, distributor);
        _expectRevert(maker, hospital, refusal);
        _expectRevert(maker, distributor, refusal);
    }

    function test_RevertWhen_AddresseeIsTheHolderOrZero() external {
        _commission();
        address[2] memory addressees = [maker, address(0)];
        for (uint256 i = 0; i < addressees.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(ICustody.Custody_BadAddressee.selector, item, addressees[i]);
            _expectRevert(maker, addressees[i], refusal);
        }
    }

    function test_RevertGiven_AddresseeIsNotActive() external {
        _bringToHospital();
        _expectRevert(hospital, stranger, abi.encodeWithSelector(ICustody.Custody_NotActive.selector, stranger));
        _suspend(distributor);
        _expectRevert(hospital, distributor, abi.encodeWithSelector(ICustody.Custody_NotActive.selector, distributor));
        _recallLot(maker);
        _expectRevert(hospital, distributor, abi.encodeWithSelector(ICustody.Custody_NotActive.selector, distributor));
        _suspend(hospital);
        _expectRevert(hospital, distributor, abi.encodeWithSelector(ICustody.Custody_NotActive.selector, distributor));
    }

    function testFuzz_RevertGiven_ItemIsImmovable(
        uint8 seed
    ) external {
        _bringToHospital();
        ICustody.Standing standing = _boundImmovable(seed);
        _bringInto(standing);
        bytes memory refusal = abi.encodeWithSelector(ICustody.Custody_Immovable.selector, item, standing);
        _expectRevert(hospital, rival, refusal);
        _expectRevert(hospital, regulator, refusal);
        // The item comes first where the holder is not active either.
        _suspend(hospital);
        _expectRevert(hospital, rival, refusal);
    }

    function testFuzz_Ship_BackGivenItemIsImmovable(
        uint8 seed,
        bool holderSuspended
    ) external {
        _bringToHospital();
        _bringInto(_boundImmovable(seed));
        if (holderSuspended) _suspend(hospital);
        _ship(hospital, distributor);
        _assertHolding(hospital, distributor, distributor);
    }

    function testFuzz_Ship_ToTheMakerGivenItemIsImmovable(
        uint8 seed,
        bool holderSuspended
    ) external {
        _bringToHospital();
        ICustody.Standing standing = _boundImmovable(seed);
        _bringInto(standing);
        if (holderSuspended) _suspend(hospital);
        if (standing == ICustody.Standing.NotRegistered) {
            // Nobody is the maker of a struck lot.
            bytes memory refusal = abi.encodeWithSelector(ICustody.Custody_Immovable.selector, item, standing);
            _expectRevert(hospital, maker, refusal);
        } else {
            _ship(hospital, maker);
            _assertHolding(hospital, maker, distributor);
        }
    }

    function test_Ship_BackToTheMakerOfAStruckLot() external {
        _commission();
        _handOver(maker, distributor);
        _strikeLot();
        _ship(distributor, maker);
        _assertHolding(distributor, maker, maker);
    }

    function test_RevertGiven_ItemWentFurtherBack() external {
        _bringToHospital();
        _handOver(hospital, rival);
        _recallLot(regulator);
        bytes memory refusal =
            abi.encodeWithSelector(ICustody.Custody_Immovable.selector, item, ICustody.Standing.Recalled);
        _expectRevert(rival, distributor, refusal);
    }

    function test_RevertGiven_HolderIsNotActive() external {
        _bringToHospital();
        _setCustodyOperator(hospital, true);
        _suspend(hospital);
        bytes memory refusal = abi.encodeWithSelector(ICustody.Custody_NotActive.selector, hospital);
        _expectRevert(hospital, rival, refusal);
        _expectRevert(operator, rival, refusal);
    }

    function testFuzz_Ship_BackGivenHolderIsNotActive(
        bool toMaker,
        bool byOperator
    ) external {
        _bringToHospital();
        _setCustodyOperator(hospital, true);
        _suspend(hospital);
        address to = toMaker ? maker : distributor;
        _ship(byOperator ? operator : hospital, to);
        _assertHolding(hospital, to, distributor);
    }

    function _expectRevert(
        address caller,
        address to,
        bytes memory refusal
    ) private {
        vm.expectRevert(refusal);
        vm.prank(caller);
        custody.ship(item, to, EVIDENCE);
    }
}
