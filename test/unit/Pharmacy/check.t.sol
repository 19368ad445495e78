// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICatalog} from "../../../contracts/interfaces/ICatalog.sol";
import {ICustody} from "../../../contracts/interfaces/ICustody.sol";
import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {IUnits} from "../../../contracts/interfaces/IUnits.sol";
import {PharmacyTest} from "./PharmacyTest.sol";

/// @title What `check` answers is what the sale does: any sale, after anything that may have happened before it
contract CheckTest is PharmacyTest {
    uint256 private constant CHANGES = 24;
    uint256 private constant STACKS = 4;

    /// @dev One for each product.
    IPharmacy.Prescription[STACKS] private _prescriptions;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < STACKS; ++i) {
            _prescriptions[i] = _issueFor(_stack(i).lot.model, QUANTITY);
        }
    }

    /// forge-config: default.fuzz.runs = 2048
    function testFuzz_Check_IsWhatTheSaleDoes(uint256 seed) external {
        for (uint256 i = 0; i < seed % 4; ++i) {
            _change(_next(seed, i));
        }
        _assertSame(_anySale(_next(seed, 4)), _next(seed, 5));
    }

    /// @dev Nothing but the approval was in the way.
    function testFuzz_Check_DeliversAfterTheApproval(uint256 seed) external {
        (uint256 prescribed, uint256 sold) = (seed % STACKS, _next(seed, 0) % STACKS);
        vm.assume(prescribed != sold);
        uint32 count = uint32(bound(_next(seed, 1), 1, QUANTITY));
        uint32 first = uint32(bound(_next(seed, 2), 0, COUNT - count));
        IPharmacy.Sale memory sale = _saleOf(_stack(sold), first, count, _prescriptions[prescribed]);
        bytes32 about = _stack(sold).lot.id.asSubject();
        _assertAnswer(pharmacist, sale, IPharmacy.Reason.OtherProduct, about);
        _assertSame(sale, seed);
        vm.prank(practitioner);
        pharmacy.approveSubstitution(_prescriptions[prescribed], _stack(sold).lot.model);
        _assertAnswer(pharmacist, sale, IPharmacy.Reason.None, 0);
        _assertSame(sale, seed);
    }

    // --------------------------------------------------------------------------------------------------- the comparison

    function _assertSame(IPharmacy.Sale memory sale, uint256 seed) private {
        IPharmacy.Answer memory answer = pharmacy.check(pharmacist, sale);
        bool controlled = catalog.provenanceOf(sale.unit.lot()).product == ICatalog.Product.ControlledDrug;
        bytes memory data = abi.encodeCall(IPharmacy.sell, (sale));
        if (controlled || seed % 2 == 0) {
            bytes memory signature = _countersign(sale, secondPharmacist);
            data = abi.encodeCall(IPharmacy.sellControlled, (sale, secondPharmacist, signature));
        }
        vm.prank(pharmacist);
        (bool sold, bytes memory returned) = address(pharmacy).call(data);
        assertEq(sold, answer.outcome == IPharmacy.Outcome.Deliver, "delivered exactly when the answer was to deliver");
        if (!sold) _assertSameRefusal(answer, returned);
    }

    function _assertSameRefusal(IPharmacy.Answer memory answer, bytes memory returned) private pure {
        // Safe: the selector stands first.
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes4 selector = bytes4(returned);
        if (selector == IPharmacy.Pharmacy_Refused.selector) {
            assertEq(_body(returned), abi.encode(answer), "the same answer");
        } else if (selector == IUnits.Units_NotDispensable.selector) {
            (, uint32 index, IUnits.PackState state) = abi.decode(_body(returned), (bytes32, uint32, IUnits.PackState));
            assertEq(uint8(answer.reason), uint8(_reasonOf(state)), "the reason of the state");
            bool ofAPack = state == IUnits.PackState.NotInUnit || state == IUnits.PackState.Gone;
            if (ofAPack) assertEq(answer.about, bytes32(uint256(index)), "the same pack");
        } else {
            assertEq(selector, IUnits.Units_NotHolder.selector, "no other error");
            assertEq(uint8(answer.reason), uint8(IPharmacy.Reason.RoomNotApproved), "the room is not approved");
        }
    }

    function _reasonOf(IUnits.PackState state) private pure returns (IPharmacy.Reason) {
        return [
            IPharmacy.Reason.None,
            IPharmacy.Reason.NotHeld,
            IPharmacy.Reason.UnderWay,
            IPharmacy.Reason.Quarantined,
            IPharmacy.Reason.Lost,
            IPharmacy.Reason.NotInUnit,
            IPharmacy.Reason.Gone
        ][uint8(state)];
    }

    // ------------------------------------------------------------------------------------------------------- any sale

    function _anySale(uint256 seed) private view returns (IPharmacy.Sale memory sale) {
        // Mostly the first product, on its own prescription, of few packs, signed by its patient.
        uint256 product = seed % 2 == 0 ? 0 : _next(seed, 0) % STACKS;
        uint32 count = uint32(bound(_next(seed, 1), 1, QUANTITY + 1));
        uint32 first = uint32(bound(_next(seed, 2), 0, COUNT - count));
        uint256 kind = _next(seed, 3) % 8;
        IPharmacy.Prescription memory on = _prescriptions[kind == 0 ? _next(seed, 4) % STACKS : product];
        if (kind == 1 || (kind < 5 && product == 2)) delete on;
        if (kind == 1 && product != 2) on.patient = patient;
        if (kind == 7 && _next(seed, 5) % 4 == 0) ++on.validUntil;
        sale = _saleOf(_stack(product), first, count, on);
        _spoil(sale, _next(seed, 6));
    }

    /// @dev One time in four something is wrong with the sale itself.
    function _spoil(IPharmacy.Sale memory sale, uint256 seed) private view {
        uint256 which = seed % 24;
        if (which == 0) sale.proven.packs[0].index ^= 1;
        if (which == 1) sale.proven.packs[0].half ^= bytes16(uint128(1));
        if (which == 2) sale.proven.proof = new bytes32[](0);
        if (which == 3) sale.pharmacy = otherChemist;
        if (which == 4 && sale.prescription.practitioner != address(0)) _collect(sale, stranger);
        if (which == 5) sale.r ^= bytes32(uint256(1));
    }

    // ---------------------------------------------------------------------------------------------- what came before

    /// @dev What cannot be done, as a second strike, is left undone.
    function _change(uint256 seed) private {
        uint256 which = seed % CHANGES;
        Stack memory stack = _stack(_next(seed, 0) % 2 == 0 ? 0 : _next(seed, 1) % STACKS);
        uint32 index = uint32(_next(seed, 2) % COUNT);
        if (which < 10) _stopSomething(which, stack, index);
        else if (which < 18) _takeSomething(which, stack, index);
        else _changeSomething(which, stack, _next(seed, 3));
    }

    function _stopSomething(uint256 which, Stack memory stack, uint32 index) private {
        ICustody.RecallClass class = ICustody.RecallClass.II;
        address by = regulator;
        address room = address(custody);
        bytes memory data;
        if (which == 0) data = abi.encodeCall(ICustody.recallModel, (stack.lot.model, class, _document("notice")));
        if (which == 1) data = abi.encodeCall(ICustody.recallLot, (stack.lot.id, class, _document("notice")));
        if (which == 2) data = abi.encodeCall(ICustody.recallItem, (_item(stack, index), class, _document("notice")));
        if (which == 3) data = abi.encodeCall(ICustody.quarantine, (_item(stack, index), EVIDENCE));
        if (which == 4) {
            data = abi.encodeCall(ICustody.reportLost, (_item(stack, index), ICustody.Loss.Lost, EVIDENCE));
        }
        if (which == 5) {
            (room, data) = (address(catalog), abi.encodeCall(ICatalog.strikeLot, (stack.lot.id, EVIDENCE)));
        }
        if (which == 6) {
            (room, data) = (address(catalog), abi.encodeCall(ICatalog.strikeModel, (stack.lot.model, EVIDENCE)));
        }
        if (which > 6) {
            (by, room) = (chemist, address(units));
            data = abi.encodeCall(IUnits.stop, (stack.unit, IUnits.Stop(which - 7), EVIDENCE));
        }
        _try(by, room, data);
    }

    function _takeSomething(uint256 which, Stack memory stack, uint32 index) private {
        uint32[] memory indices = new uint32[](1);
        indices[0] = index;
        if (which == 10 || which == 11) {
            _try(chemist, address(units), abi.encodeCall(IUnits.ship, (stack.unit, otherChemist, EVIDENCE)));
        }
        if (which == 11) {
            _try(otherChemist, address(units), _receiving(stack.unit));
        }
        if (which == 12) {
            _try(chemist, address(units), abi.encodeCall(IUnits.split, (stack.unit, index, LABEL, EVIDENCE)));
        }
        if (which == 13) {
            _try(chemist, address(units), abi.encodeCall(IUnits.destroy, (stack.unit, index, 3, EVIDENCE)));
        }
        if (which == 14) {
            _try(chemist, address(units), abi.encodeCall(IUnits.dispense, (chemist, stack.unit, indices, EVIDENCE)));
        }
        if (which == 15) _try(chemist, address(units), abi.encodeCall(IUnits.setOperator, (address(pharmacy), false)));
        // A sale before.
        if (which > 15 && index < COUNT - QUANTITY) {
            IPharmacy.Sale memory sale = _saleOf(drug, index, index % QUANTITY + 1, _prescriptions[0]);
            _try(pharmacist, address(pharmacy), abi.encodeCall(IPharmacy.sell, (sale)));
        }
    }

    function _changeSomething(uint256 which, Stack memory stack, uint256 seed) private {
        if (which == 18) {
            uint256 product = bound(seed, 1, uint256(type(ICatalog.Product).max));
            bytes memory data =
                abi.encodeCall(ICatalog.reclassifyModel, (stack.lot.model, ICatalog.Product(product), EVIDENCE));
            _try(regulator, address(catalog), data);
        }
        if (which == 19) {
            bytes memory data =
                abi.encodeCall(IPharmacy.approveSubstitution, (_prescriptions[seed % STACKS], stack.lot.model));
            _try(practitioner, address(pharmacy), data);
        }
        if (which == 20) {
            _try(practitioner, address(pharmacy), abi.encodeCall(IPharmacy.cancel, (_prescriptions[seed % STACKS])));
        }
        if (which == 21) skip(bound(seed, 1, 200 days));
        if (which == 22) {
            address[4] memory accounts = [pharmacist, chemist, practitioner, maker];
            if (participants.isActive(accounts[seed % 4])) _suspend(accounts[seed % 4]);
        }
        if (which == 23) {
            _try(
                chemist,
                address(pharmacy),
                abi.encodeCall(IPharmacy.setPharmacist, (pharmacist, uint40(bound(seed, 0, type(uint40).max))))
            );
        }
    }

    function _try(address by, address room, bytes memory data) private returns (bool done) {
        vm.prank(by);
        (done,) = room.call(data);
    }

    function _stack(uint256 which) private view returns (Stack memory) {
        if (which == 0) return drug;
        if (which == 1) return substitute;
        return which == 2 ? remedy : opiate;
    }

    function _next(uint256 seed, uint256 number) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, number)));
    }

    /// @dev An error without its selector.
    function _body(bytes memory error_) private pure returns (bytes memory body) {
        body = new bytes(error_.length - 4);
        for (uint256 i = 0; i < body.length; ++i) {
            body[i] = error_[i + 4];
        }
    }
}
