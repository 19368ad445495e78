// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../../contracts/interfaces/IAnchors.sol";
import {IDevices} from "../../../contracts/interfaces/IDevices.sol";
import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {MdsState, Mode, Status} from "../../../contracts/types/MdsState.sol";
import {DISTRIBUTOR, ENGINEER} from "../../../contracts/types/Role.sol";
import {DevicesTest} from "../Devices/DevicesTest.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

/// @title Two monitors of a hospital, with profiles; its department operates the first, a gateway writes for all, two engineers may be called, a nurse claimed a tag
abstract contract MdsProfilesTest is DevicesTest {
    ItemId internal monitor;
    ItemId internal other;

    address internal department = _account("department");
    address internal gateway = _account("gateway");
    address internal engineer = _account("engineer");
    address internal second = _account("second engineer");
    address internal nurse = _account("nurse");

    function setUp() public virtual override {
        super.setUp();
        _enrol(department, DISTRIBUTOR);
        _enrol(gateway, DISTRIBUTOR);
        _enrol(engineer, ENGINEER);
        _enrol(second, ENGINEER);
        _enrol(nurse, DISTRIBUTOR);
        monitor = lot.items[0];
        other = lot.items[1];
        _mint(0, hospital);
        _mint(1, hospital);
        vm.startPrank(hospital);
        profiles.appoint(monitor, department);
        profiles.setOperator(gateway, true);
        profiles.update(_version(monitor, 1));
        profiles.update(_version(other, 1));
        vm.stopPrank();
    }

    /// @notice A version that runs on from the one before it.
    function _version(ItemId item, uint32 version) internal pure returns (IMdsProfiles.Update memory) {
        return IMdsProfiles.Update({
            item: item,
            version: version,
            status: Status.Active,
            reasons: 1,
            mode: Mode.Nml,
            hoursRun: 60 * version,
            cycles: version,
            content: _document(abi.encode(item, version))
        });
    }

    /// @notice The word that a version, written now, is kept as: its place in the bits is said here a second time.
    function _word(IMdsProfiles.Update memory next) internal view returns (MdsState) {
        uint256 word = uint256(next.status) + (uint256(next.reasons) << 8) + (uint256(next.mode) << 16);
        word += (uint256(next.content.codec) << 24) + (uint256(next.hoursRun) << 32) + (uint256(next.cycles) << 72);
        return MdsState.wrap(word + (uint256(next.version) << 112) + (block.timestamp << 144));
    }

    function _document(bytes memory text) internal pure returns (Content memory) {
        return Content({digest: keccak256(text), codec: CODEC_RAW});
    }

    function _open(IMdsProfiles.OrderKind kind) internal returns (uint64 order) {
        vm.prank(hospital);
        return profiles.open(monitor, kind, _document("why"));
    }

    /// @notice An order of the monitor that the engineer has for a week.
    function _assigned(IMdsProfiles.OrderKind kind) internal returns (uint64 order) {
        order = _open(kind);
        vm.prank(hospital);
        profiles.assign(order, engineer, uint40(block.timestamp + 7 days));
    }

    /// @notice As {_assigned}, and started.
    function _started(IMdsProfiles.OrderKind kind) internal returns (uint64 order) {
        order = _assigned(kind);
        vm.prank(engineer);
        profiles.start(order);
    }

    /// @notice Who had the tag of this unit in its hands says so first.
    function _claim(uint32 index, address claimer) internal {
        bytes memory signature = _signWith(_secret(index), devices.claimHash(_item(index), claimer));
        IDevices.Membership memory membership = _membership(index);
        vm.prank(claimer);
        devices.claim(_item(index), membership, claimer, signature);
    }

    /// @notice The nurse, who claimed the monitor's tag, reports a fault.
    function _reported() internal returns (uint64 order) {
        _claim(0, nurse);
        vm.prank(nurse);
        return profiles.open(monitor, IMdsProfiles.OrderKind.Fault, _document("it beeps"));
    }

    function _sell(ItemId item, address from, address to) internal {
        vm.prank(from);
        devices.transferFrom(from, to, item.tokenId());
    }

    function _log(ItemId item) internal view returns (IMdsProfiles.Record memory) {
        return IMdsProfiles.Record({
            item: item,
            kind: IAnchors.RecordKind.Log,
            content: _document("log"),
            from: uint40(block.timestamp - 1 hours),
            until: uint40(block.timestamp),
            severity: IMdsProfiles.Severity.None
        });
    }

    // What is expected

    function _expectRefusal(address caller, bytes memory refusal) internal {
        vm.expectRevert(refusal);
        vm.prank(caller);
    }

    function _inactive(address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IMdsProfiles.MdsProfiles_NotActive.selector, account);
    }

    function _notEntitled(ItemId item, address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IMdsProfiles.MdsProfiles_NotEntitled.selector, item, account);
    }

    function _notAssigned(uint64 order, address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IMdsProfiles.MdsProfiles_NotAssigned.selector, order, account);
    }

    function _wrongState(uint64 order, IMdsProfiles.OrderState state) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IMdsProfiles.MdsProfiles_WrongState.selector, order, state);
    }

    function _badDocument(Content memory document) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IMdsProfiles.MdsProfiles_BadDocument.selector, document.digest, document.codec);
    }

    function _noTwin(ItemId item) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, item.tokenId());
    }

    function _assertState(uint64 order, IMdsProfiles.OrderState state) internal view {
        assertEq(uint8(profiles.orderOf(order).state), uint8(state), "state of the order");
    }
}
