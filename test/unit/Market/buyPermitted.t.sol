// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../../contracts/interfaces/IEscrow.sol";
import {IMarket} from "../../../contracts/interfaces/IMarket.sol";
import {PROVIDER} from "../../../contracts/types/Role.sol";
import {Wallet} from "../../mocks/Wallet.sol";
import {BuyingTest} from "./BuyingTest.sol";

contract BuyPermittedTest is BuyingTest {
    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    function setUp() public override {
        super.setUp();
        // What is signed is enough: nobody approved the market in escrow.
        vm.prank(hospital);
        escrow.setOperator(address(market), false);
    }

    function testFuzz_BuyPermitted(bool ofLot, uint256 nonce) external {
        IMarket.Order memory order = _anyCoinOrder(ofLot);
        IEscrow.Consent memory consent = _consent(order, hospital);
        consent.nonce = nonce;
        _signAgain(order, consent);

        _buyPermitted(order, consent);
        assertTrue(escrow.isPermissionSpent(hospital, nonce), "spent");
        _assertStock(order.terms, ofLot ? PRICE : 0, ofLot ? 1 : 0);
    }

    function test_BuyPermitted_AtThePermissionsLastSecond() external {
        IMarket.Order memory order = _coinOrder();
        IEscrow.Consent memory consent = _consent(order, hospital);
        consent.until = uint40(block.timestamp);
        _signAgain(order, consent);
        _buyPermitted(order, consent);
    }

    function testFuzz_BuyPermitted_WithPermit(bool handedInBefore) external {
        IMarket.Order memory order = _coinOrder();
        IEscrow.Consent memory consent = _consent(order, hospital);
        _withPermit(consent, PRICE);
        if (handedInBefore) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf[hospital], _permitHash(PRICE, consent.permitUntil));
            vm.prank(stranger);
            coin.permit(hospital, address(escrow), PRICE, consent.permitUntil, v, r, s);
        }
        _buyPermitted(order, consent);
        assertEq(coin.allowance(hospital, address(escrow)), 0, "allowance that is left");
    }

    /// @dev The permit is of the price, so another is none; and without an allowance the token says so.
    function test_RevertWhen_PermitIsOfAnotherAmount() external {
        IMarket.Order memory order = _coinOrder();
        IEscrow.Consent memory consent = _consent(order, hospital);
        _withPermit(consent, PRICE - 1);
        vm.expectRevert(
            abi.encodeWithSignature(
                "ERC20InsufficientAllowance(address,uint256,uint256)", address(escrow), 0, uint256(PRICE)
            )
        );
        vm.prank(hospital);
        market.buyPermitted(order, consent);
    }

    function test_BuyPermitted_ByAContract() external {
        Wallet wallet = new Wallet(hospital);
        _enrol(address(wallet), PROVIDER);
        coin.mint(address(wallet), PRICE);
        IMarket.Order memory order = _coinOrder();
        IMarket.Purchase memory purchase = _purchaseOf(order, address(wallet));
        IEscrow.Deal memory deal = market.dealOf(purchase);
        IEscrow.Consent memory consent = _consent(order, hospital);
        consent.signature = _sign(hospital, escrow.permissionHash(deal, PRICE, consent));

        vm.startPrank(hospital);
        wallet.execute(address(coin), abi.encodeCall(coin.approve, (address(escrow), PRICE)));
        wallet.execute(address(market), abi.encodeCall(market.buyPermitted, (order, consent)));
        vm.stopPrank();

        _assertOwner(_item(0), address(wallet));
        _assertLocked(_item(0), address(market), maker);
        assertEq(_heldFor(purchase), PRICE, "held");
    }

    function test_RevertWhen_ContractsOwnerDidNotSign() external {
        Wallet wallet = new Wallet(hospital);
        _enrol(address(wallet), PROVIDER);
        coin.mint(address(wallet), PRICE);
        IMarket.Order memory order = _coinOrder();
        IEscrow.Consent memory consent = _consent(order, clinic);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_BadPermission.selector, address(wallet)));
        vm.prank(hospital);
        wallet.execute(address(market), abi.encodeCall(market.buyPermitted, (order, consent)));
    }

    function testFuzz_RevertWhen_PermissionIsNotOfThisDeal(uint256 which) external {
        IMarket.Order memory order = _coinOrder();
        IEscrow.Consent memory consent = _consent(order, hospital);
        IEscrow.Deal memory deal = market.dealOf(_purchaseOf(order, hospital));
        uint256 amount = PRICE;
        which = bound(which, 0, 6);
        if (which == 0) deal.opener = operator;
        else if (which == 1) deal.payee = rival;
        else if (which == 2) deal.token = address(this);
        else if (which == 3) amount = PRICE - 1;
        else if (which == 4) consent.until += 1;
        else if (which == 5) consent.reclaimableBy += 1;
        else consent.nonce += 1;
        bytes memory signature = _sign(hospital, escrow.permissionHash(deal, amount, consent));

        consent = _consent(order, hospital);
        consent.signature = signature;
        _expectRevert(order, consent, abi.encodeWithSelector(IEscrow.Escrow_BadPermission.selector, hospital));
    }

    function testFuzz_RevertWhen_SignedByAnother(bytes memory noise) external {
        IMarket.Order memory order = _coinOrder();
        IEscrow.Consent memory consent = _consent(order, clinic);
        bytes memory badPermission = abi.encodeWithSelector(IEscrow.Escrow_BadPermission.selector, hospital);
        _expectRevert(order, consent, badPermission);
        consent.signature = noise;
        _expectRevert(order, consent, badPermission);
    }

    /// @dev The permission names its payer's money, and only the buyer's own can pay for what it buys.
    function test_RevertWhen_AnotherHandsItIn() external {
        IMarket.Order memory order = _coinOrder();
        IEscrow.Consent memory consent = _consent(order, hospital);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Escrow_BadPermission.selector, clinic));
        vm.prank(clinic);
        market.buyPermitted(order, consent);
        _assertOwner(_item(0), maker);
    }

    function test_RevertWhen_PermissionIsForAShorterDeal() external {
        IMarket.Order memory order = _coinOrder();
        IEscrow.Consent memory consent = _consent(order, hospital);
        uint40 reclaimableAt = consent.reclaimableBy;
        consent.reclaimableBy -= 1;
        _signAgain(order, consent);
        _expectRevert(
            order,
            consent,
            abi.encodeWithSelector(
                IEscrow.Escrow_DeadlineBeyondPermission.selector, reclaimableAt, consent.reclaimableBy
            )
        );
    }

    function test_RevertWhen_PermissionIsLate() external {
        IMarket.Order memory order = _coinOrder();
        IEscrow.Consent memory consent = _consent(order, hospital);
        consent.reclaimableBy = type(uint40).max;
        _signAgain(order, consent);
        vm.warp(uint256(consent.until) + 1);
        _expectRevert(order, consent, abi.encodeWithSelector(IEscrow.Escrow_PermissionExpired.selector, consent.until));
    }

    function test_RevertGiven_PermissionWasUsed() external {
        IMarket.Order memory order = _coinLotOrder();
        order = _lotOrder(order.terms, 1, 1);
        IEscrow.Consent memory consent = _consent(order, hospital);
        _buyPermitted(order, consent);
        // Of another item, at the same price and time.
        _expectRevert(_lotOrder(order.terms, 2, 1), consent, _spent(consent.nonce));
    }

    function test_RevertGiven_PermissionWasRevoked() external {
        IMarket.Order memory order = _coinOrder();
        IEscrow.Consent memory consent = _consent(order, hospital);
        vm.prank(hospital);
        escrow.revokePermission(consent.nonce);
        _expectRevert(order, consent, _spent(consent.nonce));
    }

    function test_RevertGiven_OfferIsInEther() external {
        IMarket.Order memory order = _itemOrder(_offerItem());
        IEscrow.Consent memory consent = _consent(order, hospital);
        _expectRevert(order, consent, abi.encodeWithSelector(IEscrow.Escrow_BadPermission.selector, hospital));
    }

    // ------------------------------------------------------------------------------------------------ what is expected

    function _buyPermitted(IMarket.Order memory order, IEscrow.Consent memory consent) private {
        IMarket.Purchase memory purchase = _purchaseOf(order, hospital);
        bytes32 id = market.purchaseIdOf(purchase);
        bytes32 offerId = market.offerIdOf(order.terms);
        vm.expectEmit(address(market));
        emit IMarket.PurchaseMade(id, hospital, maker, offerId, PRICE, _priceOf(order), purchase);
        vm.prank(hospital);
        assertEq(market.buyPermitted(order, consent), id, "id");

        _assertProgress(id, IMarket.Status.Paid, true);
        assertEq(_heldFor(purchase), _priceOf(order), "held");
        for (uint256 i = 0; i < order.items.length; ++i) {
            _assertOwner(order.items[i], hospital);
            _assertLocked(order.items[i], address(market), maker);
        }
    }

    function _expectRevert(IMarket.Order memory order, IEscrow.Consent memory consent, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(hospital);
        market.buyPermitted(order, consent);
    }

    function _signAgain(IMarket.Order memory order, IEscrow.Consent memory consent) private view {
        IEscrow.Deal memory deal = market.dealOf(_purchaseOf(order, hospital));
        consent.signature = _sign(hospital, escrow.permissionHash(deal, _priceOf(order), consent));
    }

    /// @dev Takes the allowance back, and signs one of `amount` instead.
    function _withPermit(IEscrow.Consent memory consent, uint256 amount) private {
        vm.prank(hospital);
        coin.approve(address(escrow), 0);
        consent.permitUntil = block.timestamp + 1 hours;
        consent.permitSignature = _sign(hospital, _permitHash(amount, consent.permitUntil));
    }

    function _permitHash(uint256 amount, uint256 until) private view returns (bytes32) {
        bytes32 permit =
            keccak256(abi.encode(PERMIT_TYPEHASH, hospital, address(escrow), amount, coin.nonces(hospital), until));
        return keccak256(abi.encodePacked(hex"1901", coin.DOMAIN_SEPARATOR(), permit));
    }

    function _spent(uint256 nonce) private view returns (bytes memory) {
        return abi.encodeWithSelector(IEscrow.Escrow_PermissionSpent.selector, hospital, nonce);
    }
}
