// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMarket} from "../../contracts/interfaces/IMarket.sol";
import {ItemId} from "../../contracts/types/Ids.sol";
import {DISTRIBUTOR} from "../../contracts/types/Role.sol";
import {MarketAttackToken, MarketPuppet} from "../mocks/MarketAttackers.sol";
import {MarketTest} from "../unit/Market/MarketTest.sol";
import {MarketHandler} from "./MarketHandler.sol";
import {MarketStore} from "./MarketStore.sol";
import {IMarketSuspender, MarketWorld} from "./MarketWorld.sol";

/// @dev That nothing immovable or uncertified is sold, that only the one concerned acts, and that twins come to rest with whom they should, is
/// asserted by the handler at each call.
contract MarketInvariantTest is MarketTest, IMarketSuspender {
    uint32 private constant UNITS = 16;

    MarketStore private store;
    MarketHandler private handler;
    address[] private parties;
    address[] private tokens;
    SampleLot private goods;

    function setUp() public override {
        super.setUp();
        // A lot that outlives every run.
        expiresAt = uint40(block.timestamp + 3650 days);
        goods = _sampleLot(model, "L16", UNITS);
        _registerLot(model, "L16", goods.root, UNITS);
        store = new MarketStore();
        MarketPuppet puppet = new MarketPuppet();
        _enrol(address(puppet), DISTRIBUTOR);
        parties = [maker, hospital, clinic, distributor, address(puppet)];
        MarketAttackToken attackToken = new MarketAttackToken(0);
        tokens =
            [address(0), address(new MarketAttackToken(0)), address(new MarketAttackToken(3)), address(attackToken)];
        for (uint256 i = 0; i < parties.length; ++i) {
            _equip(parties[i]);
        }
        handler = new MarketHandler(
            market, store, MarketWorld.World(parties, arbiter, regulator, stranger, puppet, tokens, attackToken)
        );
        _stock(address(puppet));
        handler.revokeOrCertify(0);
        for (uint256 i = 0; i < 6; ++i) {
            handler.offerLot(i, i, i, i);
            handler.offerItem(i, i, i, i);
        }
        targetContract(address(handler));
        targetSelector(FuzzSelector({addr: address(handler), selectors: _selectors()}));
    }

    /// @inheritdoc IMarketSuspender
    function setSuspended(address account, bool suspended) external {
        if (suspended) _suspend(account);
        else _reinstate(account);
    }

    /// @dev With money of every kind, and the approvals for it.
    function _equip(address party) private {
        _approveMarket(party);
        vm.deal(party, 1e9 ether);
        vm.startPrank(party);
        escrow.setOperator(address(market), true);
        for (uint256 i = 1; i < tokens.length; ++i) {
            MarketAttackToken(tokens[i]).mint(party, 1e9 ether);
            MarketAttackToken(tokens[i]).approve(address(escrow), type(uint256).max);
        }
        vm.stopPrank();
    }

    /// @dev The maker has all goods but two, which the puppet has with their twins.
    function _stock(address puppet) private {
        for (uint32 i = 0; i < UNITS; ++i) {
            ItemId item = goods.items[i];
            handler.addItem(item, _membershipIn(goods, i));
            vm.startPrank(maker);
            custody.commission(item, i, goods.tagKeys[i], _proof(goods, i), EVIDENCE);
            if (i < 2) {
                custody.ship(item, puppet, EVIDENCE);
                devices.mint(item, puppet, _membershipIn(goods, i));
            }
            vm.stopPrank();
            if (i >= 2) continue;
            vm.prank(puppet);
            custody.receiveItem(item, EVIDENCE);
            store.setMinted(item);
        }
    }

    function _selectors() private view returns (bytes4[] memory selectors) {
        selectors = new bytes4[](15);
        (selectors[0], selectors[1]) = (handler.offerLot.selector, handler.offerItem.selector);
        (selectors[2], selectors[3]) = (handler.withdrawOffer.selector, handler.buy.selector);
        (selectors[4], selectors[5]) = (handler.buyTwo.selector, handler.payDirectly.selector);
        (selectors[6], selectors[7]) = (handler.attack.selector, handler.proceed.selector);
        (selectors[8], selectors[9]) = (handler.stumble.selector, handler.reclaim.selector);
        (selectors[10], selectors[11]) = (handler.withdraw.selector, handler.passTime.selector);
        (selectors[12], selectors[13]) = (handler.handOver.selector, handler.meddle.selector);
        selectors[14] = handler.disturb.selector;
    }

    /// @dev One campaign for both, since two would make the same calls; longer than others, since a purchase has many steps.
    /// forge-config: default.invariant.depth = 100
    function invariant_MoneyAndTwins() external view {
        _assertMoneyIsAccountedFor();
        _assertTwinAndMoneyMoveTogether();
    }

    /// @dev Deals and credits together are what there is, in every token; each credit is what the ends so far made it, so each deal was paid
    /// once; and the market has nothing.
    function _assertMoneyIsAccountedFor() private view {
        for (uint256 i = 0; i < tokens.length; ++i) {
            address token = tokens[i];
            uint256 owed = _openDealsIn(token);
            assertEq(owed, store.heldIn(token), "held");
            for (uint256 j = 0; j < parties.length; ++j) {
                uint256 credit = escrow.creditOf(parties[j], token);
                assertEq(credit, store.creditOf(parties[j], token), "credit");
                owed += credit;
            }
            assertEq(_balanceOf(address(escrow), token), owed, "escrow");
            assertEq(_balanceOf(address(market), token), 0, "market");
        }
    }

    /// @dev An open purchase has its money in `Escrow`, unless it was reclaimed, and its twins locked with the buyer; one at its end has neither.
    function _assertTwinAndMoneyMoveTogether() private view {
        for (uint256 i = 0; i < store.purchaseCount(); ++i) {
            MarketStore.Bought memory bought = store.purchaseAt(i);
            IMarket.Progress memory progress = market.progressOf(market.purchaseIdOf(bought.terms));
            assertEq(uint8(progress.status), uint8(bought.status), "status");
            assertEq(progress.since, bought.since, "since");
            assertEq(progress.silencePaysBuyer, bought.silencePaysBuyer, "silence");
            assertEq(market.lastSecondOf(bought.terms), store.lastSecondOf(i), "last second");
            bool isOpen = store.isOpen(i);
            assertEq(_heldFor(bought.terms), isOpen && !bought.reclaimed ? bought.held : 0, "held");
            for (uint256 j = 0; isOpen && j < bought.terms.items.length; ++j) {
                _assertLocked(bought.terms.items[j], address(market), bought.terms.seller);
                _assertOwner(bought.terms.items[j], bought.terms.buyer);
            }
        }
        _assertKeeperOfWhatIsOpen();
    }

    function _assertKeeperOfWhatIsOpen() private view {
        for (uint32 i = 0; i < UNITS; ++i) {
            ItemId item = goods.items[i];
            bool isKept = devices.lockOf(item).keeper == address(market);
            assertEq(store.openOver(item), isKept ? 1 : 0, "keeper");
        }
    }

    /// @dev Every purchase comes to its end by its deadline, by a stranger's call; and all money goes out.
    function afterInvariant() external {
        handler.bringToRest();
        for (uint256 i = 0; i < tokens.length; ++i) {
            assertEq(_balanceOf(address(escrow), tokens[i]), 0, "left");
        }
        _assertKeeperOfWhatIsOpen();
    }

    function _openDealsIn(address token) private view returns (uint256 sum) {
        for (uint256 i = 0; i < store.purchaseCount(); ++i) {
            MarketStore.Bought memory bought = store.purchaseAt(i);
            if (bought.terms.token == token) sum += _heldFor(bought.terms);
        }
    }

    function _balanceOf(address account, address token) private view returns (uint256) {
        return token == address(0) ? account.balance : MarketAttackToken(token).balanceOf(account);
    }
}
