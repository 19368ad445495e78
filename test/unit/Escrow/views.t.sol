// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {EscrowTest} from "./EscrowTest.sol";

contract EscrowViewsTest is EscrowTest {
    function testFuzz_DealIdOf(IEscrow.Deal memory terms, uint256 which) external view {
        bytes32 deal = escrow.dealIdOf(terms);
        assertEq(
            deal,
            keccak256(
                abi.encode(terms.opener, terms.payer, terms.payee, terms.token, terms.reclaimableAt, terms.subject)
            )
        );
        vm.assume(terms.reclaimableAt > 0 && terms.payer != stranger && terms.payee != stranger);
        vm.assume(terms.token != address(escrow) && terms.subject != keccak256("another"));
        assertNotEq(deal, escrow.dealIdOf(_altered(terms, bound(which, 0, 4))), "altered");
    }

    /// @dev Built by hand from EIP-712: what a wallet signs.
    function testFuzz_PermissionHash(
        IEscrow.Deal memory terms,
        uint256 amount,
        IEscrow.Consent memory consent,
        uint64 chain
    ) external {
        vm.chainId(bound(chain, 1, type(uint64).max - 1));
        bytes32 permission = keccak256(
            abi.encode(
                keccak256(
                    "Permission(address opener,address payer,address payee,address token,uint256 amount,uint40 until,uint40 reclaimableBy,uint256 nonce)"
                ),
                terms.opener,
                terms.payer,
                terms.payee,
                terms.token,
                amount,
                consent.until,
                consent.reclaimableBy,
                consent.nonce
            )
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Theriac Escrow"),
                keccak256("1"),
                block.chainid,
                escrow
            )
        );
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", domain, permission));
        assertEq(escrow.permissionHash(terms, amount, consent), digest, "digest");
        (consent.signature, consent.permitSignature, consent.permitUntil) = ("a", "b", 0);
        terms.subject = keccak256("the opener's choice");
        assertEq(escrow.permissionHash(terms, amount, consent), digest, "what is not signed");
    }

    function test_Eip712Domain() external view {
        (, string memory name, string memory version, uint256 chain, address place,,) = escrow.eip712Domain();
        assertEq(name, "Theriac Escrow");
        assertEq(version, "1");
        assertEq(chain, block.chainid);
        assertEq(place, address(escrow));
    }

    function test_NothingAtFirst() external view {
        assertEq(escrow.heldIn(bytes32(0)), 0, "held");
        assertEq(escrow.creditOf(payer, ETHER), 0, "credit");
        assertEq(escrow.MAX_DURATION(), MAX_DURATION, "ten years");
    }
}
