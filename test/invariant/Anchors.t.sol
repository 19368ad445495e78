// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../../contracts/interfaces/IAnchors.sol";
import {Base} from "../Base.t.sol";
import {AnchorsHandler} from "./handlers/AnchorsHandler.sol";

/// @title Whatever issuers and authors do, in whatever order
contract Anchors_Invariant_Test is Base {
    AnchorsHandler private handler;
    address[] private issuers;

    function setUp() public override {
        super.setUp();
        issuers = [maker, rival, hospital];
        uint256[] memory keys = new uint256[](issuers.length);
        for (uint256 i = 0; i < issuers.length; ++i) {
            keys[i] = keyOf[issuers[i]];
        }
        handler = new AnchorsHandler(anchors, issuers, keys);
        targetContract(address(handler));
    }

    function invariant_HeadIsTheOneToldAgainFromTheRecords() external view {
        for (uint256 i = 0; i < handler.SUBJECTS(); ++i) {
            bytes32 subject = handler.subjectAt(i);
            for (uint256 j = 0; j < issuers.length; ++j) {
                assertEq(anchors.headOf(subject, issuers[j]), handler.headOf(subject, issuers[j]));
            }
        }
    }

    function invariant_ValidityIsTheOneToldAgainFromTheHistory() external view {
        for (uint256 i = 0; i < handler.SUBJECTS() * handler.KINDS(); ++i) {
            bytes32 subject = handler.subjectAt(i % handler.SUBJECTS());
            IAnchors.CertificateKind kind = IAnchors.CertificateKind(i / handler.SUBJECTS());
            for (uint256 j = 0; j < issuers.length; ++j) {
                assertEq(anchors.isCertified(subject, kind, issuers[j]), handler.isCertified(subject, kind, issuers[j]));
            }
        }
    }
}
