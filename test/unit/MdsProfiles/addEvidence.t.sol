// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMdsProfiles} from "../../../contracts/interfaces/IMdsProfiles.sol";
import {CODEC_DAG_PB, CODEC_RAW, Content} from "../../../contracts/types/Content.sol";
import {ENGINEER, PROVIDER} from "../../../contracts/types/Role.sol";
import {MdsProfilesTest} from "./MdsProfilesTest.sol";

contract MdsProfilesAddEvidenceTest is MdsProfilesTest {
    function testFuzz_Adds(uint256 choices, bytes32 digest) external {
        vm.assume(digest != 0);
        address caller = [hospital, department, gateway, engineer][choices % 4];
        bool started = choices / 4 % 2 == 0;
        uint64 order = started ? _started(IMdsProfiles.OrderKind.Fault) : _assigned(IMdsProfiles.OrderKind.Fault);
        _expectAdded(order, caller, Content(digest, CODEC_DAG_PB));
    }

    function test_Adds_WhileItIsNobodys() external {
        _expectAdded(_open(IMdsProfiles.OrderKind.Fault), department, _document("photograph"));
    }

    function test_Adds_ForTheOwnerWhoseOwnAssignmentRanOut() external {
        _enrol(hospital, PROVIDER | ENGINEER);
        uint64 order = _open(IMdsProfiles.OrderKind.Fault);
        vm.prank(hospital);
        profiles.assign(order, hospital, START);
        skip(1);
        _expectAdded(order, hospital, _document("photograph"));
    }

    function test_RevertGiven_ItHasEnded() external {
        uint64 order = _open(IMdsProfiles.OrderKind.Fault);
        vm.prank(hospital);
        profiles.cancel(order, _document("reason"));
        _expectRefusal(hospital, _wrongState(order, IMdsProfiles.OrderState.Cancelled));
        profiles.addEvidence(order, _document("photograph"));
        _expectRefusal(hospital, _wrongState(7, IMdsProfiles.OrderState.None));
        profiles.addEvidence(7, _document("photograph"));
    }

    function testFuzz_RevertWhen_TheDocumentIsNone(bytes32 digest, uint8 codec) external {
        if (codec == CODEC_RAW || codec == CODEC_DAG_PB) digest = 0;
        uint64 order = _open(IMdsProfiles.OrderKind.Fault);
        _expectRefusal(hospital, _badDocument(Content(digest, codec)));
        profiles.addEvidence(order, Content(digest, codec));
    }

    function test_RevertGiven_TheCallerHasNothingToDoWithIt() external {
        uint64 order = _reported();
        vm.prank(hospital);
        profiles.assign(order, engineer, START);
        address[3] memory callers = [second, nurse, clinic];
        for (uint256 i = 0; i < callers.length; ++i) {
            _expectRefusal(callers[i], _notEntitled(monitor, callers[i]));
            profiles.addEvidence(order, _document("photograph"));
        }
        _expectRefusal(stranger, _inactive(stranger));
        profiles.addEvidence(order, _document("photograph"));
        skip(1);
        _expectRefusal(engineer, _notEntitled(monitor, engineer));
        profiles.addEvidence(order, _document("photograph"));
        _suspend(engineer);
        _expectRefusal(engineer, _inactive(engineer));
        profiles.addEvidence(order, _document("photograph"));
    }

    function _expectAdded(uint64 order, address caller, Content memory document) private {
        vm.expectEmit(address(profiles));
        emit IMdsProfiles.OrderEvidence(order, caller, document.digest, document.codec);
        vm.prank(caller);
        profiles.addEvidence(order, document);
    }
}
