// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../../contracts/interfaces/IAnchors.sol";
import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {Mode, Status} from "../../../contracts/types/MdsState.sol";
import {DISTRIBUTOR, ENGINEER} from "../../../contracts/types/Role.sol";
import {DevicesTest} from "../Devices/DevicesTest.sol";

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
}
