// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pharmacy} from "../../../contracts/Pharmacy.sol";
import {IPharmacy} from "../../../contracts/interfaces/IPharmacy.sol";
import {PharmacyTest} from "./PharmacyTest.sol";
import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

/// @dev Shows what the room takes for sender and data of a call.
contract ShownPharmacy is Pharmacy {
    constructor(Pharmacy like)
        Pharmacy(like.PARTICIPANTS(), like.CATALOG(), like.CUSTODY(), like.UNITS(), like.trustedForwarder())
    {}

    function shown(uint256) external view returns (address, bytes memory) {
        return (_msgSender(), _msgData());
    }
}

/// @title Through the forwarder: whoever has no ether signs a request, and somebody else pays
contract ForwardedPharmacyTest is PharmacyTest {
    function test_Prescribe() external {
        bytes32 id = pharmacy.idOf(prescription);
        _forward(practitioner, abi.encodeCall(IPharmacy.prescribe, (prescription)));
        assertTrue(pharmacy.progressOf(id).modelNumber != 0, "issued");
    }

    function test_Sell() external {
        bytes32 id = _issue(prescription);
        IPharmacy.Sale memory sale = _saleOf(drug, 0, 2, prescription);
        vm.expectEmit(true, true, true, false, address(pharmacy));
        emit IPharmacy.Sold(id, chemist, pharmacist, 0);
        _forward(pharmacist, abi.encodeCall(IPharmacy.sell, (sale)));
        _assertProgress(id, 1, 2, 1, START);
    }

    function test_SubmitAndSell() external {
        bytes32 id = pharmacy.idOf(prescription);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IPharmacy.submit, (prescription, _sign(practitioner, id)));
        calls[1] = abi.encodeCall(IPharmacy.sell, (_saleOf(drug, 0, 2, prescription)));
        _forward(pharmacist, abi.encodeCall(Multicall.multicall, (calls)));
        _assertProgress(id, 1, 2, 1, START);
    }

    function test_SellControlled() external {
        IPharmacy.Prescription memory issued = _issueFor(opiate.lot.model, 1);
        IPharmacy.Sale memory sale = _saleOf(opiate, 0, 1, issued);
        bytes memory data =
            abi.encodeCall(IPharmacy.sellControlled, (sale, secondPharmacist, _countersign(sale, secondPharmacist)));
        _forward(pharmacist, data);
        assertEq(pharmacy.stockOf(chemist, opiate.lot.id).sold, 1);
    }

    /// @dev Every other verb knows who signed as well.
    function test_EveryOtherVerb() external {
        bytes32 id = _issue(prescription);
        _sell(_saleOf(drug, 0, 1, prescription));
        _forward(chemist, abi.encodeCall(IPharmacy.setPharmacist, (stranger, 7)));
        assertEq(pharmacy.employedUntil(chemist, stranger), 7, "setPharmacist");
        _forward(chemist, abi.encodeCall(IPharmacy.setPrice, (drug.lot.model, IPharmacy.Price(8, 978))));
        assertEq(pharmacy.priceOf(chemist, drug.lot.model).amount, 8, "setPrice");
        vm.expectEmit(address(pharmacy));
        emit IPharmacy.SubstitutionAsked(id, practitioner, chemist, substitute.lot.model);
        _forward(pharmacist, abi.encodeCall(IPharmacy.askSubstitution, (prescription, chemist, substitute.lot.model)));
        _forward(practitioner, abi.encodeCall(IPharmacy.approveSubstitution, (prescription, substitute.lot.model)));
        assertTrue(pharmacy.isSubstitutionApproved(id, substitute.lot.model), "approveSubstitution");
        _forward(practitioner, abi.encodeCall(IPharmacy.cancel, (prescription)));
        assertTrue(pharmacy.progressOf(id).cancelled, "cancel");
        _forward(
            chemist,
            abi.encodeCall(
                IPharmacy.destroyReturned,
                (drug.lot.id, _saleOf(drug, 0, 1, prescription).proven.packs[0], _proofOf(drug, 0), EVIDENCE)
            )
        );
        assertTrue(pharmacy.isReturnDestroyed(drug.lot.id, 0), "destroyReturned");
    }

    /// @dev Only what the forwarder appends is taken off, and only from what the forwarder passes on.
    function testFuzz_SenderAndData(address from, uint256 argument) external {
        ShownPharmacy shown = new ShownPharmacy(pharmacy);
        bytes memory data = abi.encodeCall(ShownPharmacy.shown, (argument));
        vm.prank(address(forwarder));
        (bool succeeded, bytes memory returned) = address(shown).call(abi.encodePacked(data, from));
        assertTrue(succeeded, "forwarded");
        assertEq(returned, abi.encode(from, data), "through the forwarder");
        vm.prank(stranger);
        (succeeded, returned) = address(shown).call(abi.encodePacked(data, from));
        assertTrue(succeeded, "called");
        assertEq(returned, abi.encode(stranger, abi.encodePacked(data, from)), "directly");
    }

    function test_RevertWhen_Replayed() external {
        bytes memory data = abi.encodeCall(IPharmacy.sell, (_counterSale(remedy, 0, 1)));
        ERC2771Forwarder.ForwardRequestData memory request = _request(address(pharmacy), pharmacist, pharmacist, data);
        forwarder.execute(request);
        vm.expectPartialRevert(ERC2771Forwarder.ERC2771ForwarderInvalidSigner.selector);
        forwarder.execute(request);
    }

    function test_RevertWhen_AnotherSigned() external {
        bytes memory data = abi.encodeCall(IPharmacy.sell, (_counterSale(remedy, 0, 1)));
        ERC2771Forwarder.ForwardRequestData memory request = _request(address(pharmacy), pharmacist, stranger, data);
        vm.expectRevert(
            abi.encodeWithSelector(ERC2771Forwarder.ERC2771ForwarderInvalidSigner.selector, stranger, pharmacist)
        );
        forwarder.execute(request);
    }

    // -------------------------------------------------------------------------------- whoever appends another's address

    /// @dev Not the forwarder: what stands behind the arguments names nobody.
    function test_RevertWhen_AStrangerAppendsAnAccount() external {
        IPharmacy.Sale memory sale = _counterSale(remedy, 0, 1);
        bytes memory data = abi.encodePacked(abi.encodeCall(IPharmacy.sell, (sale)), pharmacist);
        _expectFailure(stranger, data, _refusal(IPharmacy.Reason.NotEmployed, _word(stranger)));
        _expectFailure(stranger, _nested(data), _refusal(IPharmacy.Reason.NotEmployed, _word(stranger)));
    }

    /// @dev Through the forwarder, inside a multicall, and one inside another: who signed the request is who acts.
    function test_RevertWhen_ARequestHidesAnAccount() external {
        IPharmacy.Sale memory sale = _counterSale(remedy, 0, 1);
        bytes memory data = abi.encodePacked(abi.encodeCall(IPharmacy.sell, (sale)), pharmacist);
        for (uint256 depth = 0; depth < 3; ++depth) {
            ERC2771Forwarder.ForwardRequestData memory request = _request(address(pharmacy), stranger, stranger, data);
            vm.expectRevert(Errors.FailedCall.selector);
            forwarder.execute(request);
            assertFalse(units.isGone(remedy.lot.id, 0), "sold");
            data = _nested(data);
        }
    }

    /// @dev The same, of the verb that needs no role to be called.
    function test_AHiddenAccountEndsNothing() external {
        bytes memory data = abi.encodePacked(abi.encodeCall(IPharmacy.setPharmacist, (pharmacist, 0)), chemist);
        _forward(stranger, _nested(data));
        assertTrue(pharmacy.employedUntil(chemist, pharmacist) != 0, "the pharmacy's own");
    }

    function _forward(address from, bytes memory data) private {
        ERC2771Forwarder.ForwardRequestData memory request = _request(address(pharmacy), from, from, data);
        vm.prank(distributor);
        forwarder.execute(request);
    }

    function _nested(bytes memory data) private pure returns (bytes memory) {
        bytes[] memory calls = new bytes[](1);
        calls[0] = data;
        return abi.encodeCall(Multicall.multicall, (calls));
    }

    function _expectFailure(address by, bytes memory data, bytes memory expected) private {
        vm.prank(by);
        (bool succeeded, bytes memory returned) = address(pharmacy).call(data);
        assertFalse(succeeded, "done");
        assertEq(returned, expected, "error");
    }
}
