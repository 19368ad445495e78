// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Content} from "../types/Content.sol";
import {ItemId} from "../types/Ids.sol";
import {IDevices} from "./IDevices.sol";
import {IEscrow} from "./IEscrow.sol";

/// @title Market: how is it bought?
/// @notice Offers of devices, and purchases: money in `Escrow`, the twin with the buyer but locked, the goods on their way in `Custody`, until all
/// three come to rest together. Prices are per device, in the token's smallest unit; times are seconds.
///
///     (none) ─ buy ─▶ Paid ─ ship ─▶ Shipped ─ receiveItems ─▶ Received ─ returnItems ─▶ Returning ─ takeBack ─▶ Returned
///                       │              │    └──── refuse ─────────┼───────────────────────────┼────────────────▶ │
///     dispute           │              └ buyer ──────────────────┴ buyer ──▶ Disputed ◀── seller ┴──── seller ────┘
///     when time is up   ▼ Refunded     ▼ Settled                 ▼ Settled      │            ▼ Refunded          ▼ Refunded
///                                                              resolve (arbiter) ▼ Divided, else who holds the goods bears it
///
/// In every open status the buyer may settle at once, and in every one but Shipped and Received the seller may refund: each gives up only what is its
/// own. The buyer may have its money back until the goods are shipped. An act counts up to and with the last second of its status,
/// {lastSecondOf}; after that anyone can move the purchase on.
///
/// A purchase is known by the hash of its terms, which its event carries; whoever acts on it hands them in again. The chain keeps one slot.
interface IMarket {
    /// @notice Where a purchase stands; the last three are ends.
    enum Status {
        None,
        Paid,
        Shipped,
        Received,
        Returning,
        Returned,
        Disputed,
        Settled,
        Refunded,
        Divided
    }

    /// @notice What is offered and how; its hash is the offer's id.
    /// @param seller owner of the item, or maker of the lot
    /// @param subject an item id; or a lot id (16 bytes, then zeros) for units that have no twin yet
    /// @param first first index of the lot that is offered; zero for an item
    /// @param last last index of the lot that is offered; zero for an item
    /// @param token ERC-20 token to be paid in, zero for ether
    /// @param until last second at which it can be bought
    /// @param shipTime within which the seller ships, from the purchase
    /// @param inspectionTime the buyer's: from shipping, and anew from receipt, to dispute, and to return what was received
    /// @param returnTime the seller's: from the return's shipping, and anew from its receipt, to report what is wrong with it
    /// @param arbitrationTime the arbiter's, from the dispute
    struct Terms {
        address seller;
        bytes32 subject;
        uint32 first;
        uint32 last;
        address token;
        uint40 until;
        uint32 shipTime;
        uint32 inspectionTime;
        uint32 returnTime;
        uint32 arbitrationTime;
    }

    /// @notice What changes about an offer; one slot.
    /// @param price of one device
    /// @param stock how many are left; zero for no offer
    struct Offer {
        uint128 price;
        uint32 stock;
    }

    /// @notice What somebody buys from one offer.
    /// @param terms the offer
    /// @param items which devices; all of one offer
    /// @param memberships of each item in the lot; none where the offer is of an item
    /// @param price of one device, as the buyer saw it
    struct Order {
        Terms terms;
        ItemId[] items;
        IDevices.Membership[] memberships;
        uint128 price;
    }

    /// @notice A purchase as agreed; its hash is its id. Field meanings as in {Terms}.
    struct Purchase {
        address buyer;
        address seller;
        address token;
        uint40 boughtAt;
        uint32 shipTime;
        uint32 inspectionTime;
        uint32 returnTime;
        uint32 arbitrationTime;
        ItemId[] items;
    }

    /// @notice Where a purchase stands; one slot.
    /// @param status where
    /// @param since when it came there
    /// @param silencePaysBuyer whom it favours when its time passes
    struct Progress {
        Status status;
        uint40 since;
        bool silencePaysBuyer;
    }

    /// @notice The offer has this price and stock from now on.
    event OfferMade(
        bytes32 indexed offer, address indexed seller, bytes32 indexed subject, Terms terms, uint128 price, uint32 stock
    );
    event OfferWithdrawn(bytes32 indexed offer, address indexed seller);

    /// @notice Bought at `price` each: `held` is what arrived in `Escrow`, in a deal with the purchase as its subject.
    event PurchaseMade(
        bytes32 indexed purchase,
        address indexed buyer,
        address indexed seller,
        bytes32 offer,
        uint128 price,
        uint256 held,
        Purchase terms
    );
    /// @notice Bought and paid at once, without a lock and without return; `paid` is what arrived.
    event PurchasePaidDirectly(
        bytes32 indexed purchase,
        address indexed buyer,
        address indexed seller,
        bytes32 offer,
        uint128 price,
        uint256 paid,
        Purchase terms
    );
    /// @notice The purchase came to `status` (Shipped, Received, Returning, Returned, Disputed) by an act of `by`, and stays there until `until` at
    /// the latest. `silencePaysBuyer` says whom it favours after that.
    event PurchaseMoved(
        bytes32 indexed purchase,
        address indexed buyer,
        address indexed seller,
        Status status,
        address by,
        bytes32 evidence,
        uint40 until,
        bool silencePaysBuyer
    );
    event EvidenceFiled(bytes32 indexed purchase, address indexed by, bytes32 evidence);
    /// @notice The money is the seller's, the twins are unlocked.
    event PurchaseSettled(
        bytes32 indexed purchase, address indexed buyer, address indexed seller, uint256 toSeller, address by
    );
    /// @notice The money is the buyer's, the twins are the seller's again.
    event PurchaseRefunded(
        bytes32 indexed purchase, address indexed buyer, address indexed seller, uint256 toBuyer, address by
    );
    /// @notice An arbiter divided the money, and left the twins with the buyer or sent them back.
    event PurchaseDivided(
        bytes32 indexed purchase,
        address indexed buyer,
        address indexed seller,
        address arbiter,
        uint256 toBuyer,
        uint256 toSeller,
        bool buyerKeeps,
        bytes32 decision
    );
    /// @notice A party anchored a (sealed) document to the purchase, in this contract's chain of records in `Anchors` about it.
    event RecordAttached(bytes32 indexed purchase, address indexed by, bytes32 digest, uint8 codec);

    /// @notice Only its seller changes an offer; and the seller has to own the item.
    error Market_NotSeller(bytes32 offer, address account);
    /// @notice The verb is for another party of the purchase (at this status): the one `expected`.
    error Market_WrongParty(bytes32 purchase, address caller, address expected);
    /// @notice The caller is neither buyer nor seller.
    error Market_NotParty(bytes32 purchase, address account);
    /// @notice An arbiter is an active participant in that role, and no party.
    error Market_NotArbiter(bytes32 purchase, address account);
    /// @notice Paying at once is for providers, to the maker.
    error Market_NotProvider(address account);
    error Market_NotMaker(bytes32 offer, address account);
    /// @notice The account is not an active participant.
    error Market_NotActive(address account);
    /// @notice A time is shorter than `MIN_TIME` or longer than `MAX_TIME`.
    error Market_BadTime(uint32 time);
    /// @notice An offer needs a price and stock, no more than it has indices; that of an item has none, and stock 1.
    error Market_BadStock(bytes32 offer, uint32 stock);
    error Market_ZeroPrice(bytes32 offer);
    error Market_NoOffer(bytes32 offer);
    error Market_OfferEnded(bytes32 offer, uint40 until);
    error Market_NotEnoughStock(bytes32 offer, uint32 stock, uint256 asked);
    error Market_PriceChanged(bytes32 offer, uint128 price, uint128 expected);
    /// @notice The order names another item, an index outside the offer's range, or not one membership per item.
    error Market_NotOffered(bytes32 offer, ItemId item);
    error Market_BadOrder(bytes32 offer);
    /// @notice The seller cannot buy from itself.
    error Market_OwnOffer(bytes32 offer);
    /// @notice The ether sent is not what the orders cost.
    error Market_WrongValue(uint256 sent, uint256 needed);
    /// @notice No valid certificate of authenticity of its maker, for the item, its lot or its model.
    error Market_NotCertified(ItemId item);
    /// @notice Custody does not let the item move; `standing` is a value of ICustody.Standing.
    error Market_Immovable(ItemId item, uint8 standing);
    /// @notice The item is not where the verb takes it from: `account` neither holds it nor is awaiting it.
    error Market_NotHolder(ItemId item, address account);
    error Market_NotAddressee(ItemId item, address account);
    /// @notice The purchase is not in a status that the verb is for; none at all when the terms are not those of the event.
    error Market_WrongStatus(bytes32 purchase, Status status);
    /// @notice The same order in the same block was bought already.
    error Market_AlreadyBought(bytes32 purchase);
    /// @notice The time for this ended at `until`.
    error Market_TooLate(bytes32 purchase, uint40 until);
    /// @notice Others than the party concerned can do this only after `until`.
    error Market_TooEarly(bytes32 purchase, uint40 until);

    /// @notice Offers an item that the caller owns, or units of a lot that it made, for sale; or gives an offer with the same terms another price and
    /// stock. Caller: the seller, active.
    /// An item that is locked, as one that was bought and has not come to rest, reverts with {IDevices-Devices_Locked}.
    /// It sells only while the seller approves this contract in `Devices` (`setApprovalForAll`, or `approve` for an item).
    function offer(Terms calldata terms, uint128 price, uint32 stock) external returns (bytes32 id);

    /// @notice Ends the offer. Caller: the seller, active or not.
    function withdrawOffer(Terms calldata terms) external;

    /// @notice Buys from one or several offers; each order is a purchase of its own, all or none are made. Ether: exactly what the orders
    /// in ether cost. Caller: the buyer, an active participant. The twins become the buyer's, locked until the purchase comes to rest.
    function buy(Order[] calldata orders) external payable returns (bytes32[] memory purchases);

    /// @notice As {buy}, with the buyer's signed permission to take its tokens into `Escrow`.
    function buyPermitted(Order calldata order, IEscrow.Consent calldata consent) external returns (bytes32 purchase);

    /// @notice Buys and pays at once, without the protection of the escrow. Caller: an active provider; the seller made the item.
    function payDirectly(Order calldata order) external payable returns (bytes32 purchase);

    /// @notice Ships all items to the buyer in `Custody`. Caller: the seller, which holds them and approved this contract there as operator.
    /// `evidence` is the digest of the event document (EPCIS), here and below. Status: Paid.
    function ship(Purchase calldata terms, bytes32 evidence) external;

    /// @notice Receives all items in `Custody`. Caller: the buyer, which approved this contract there as operator. Status: Shipped.
    /// Where the buyer has `accepted` them as they are, the purchase is settled at once, else it is Received.
    function receiveItems(Purchase calldata terms, bytes32 evidence, bool accepted) external;

    /// @notice Refuses all items in `Custody` at the door. Caller: the buyer, as above. Status: Shipped. Where one of them may not move any more
    /// (recalled, expired, …) the money comes back at once; else the seller has its time to report damage.
    function refuse(Purchase calldata terms, bytes32 evidence) external;

    /// @notice Ships all items back to the seller in `Custody`. Caller: the buyer, as above. Status: Received.
    function returnItems(Purchase calldata terms, bytes32 evidence) external;

    /// @notice Receives what came back. Caller: the seller, as above. Status: Returning.
    function takeBack(Purchase calldata terms, bytes32 evidence) external;

    /// @notice Asks for an arbiter. Caller: the buyer while Shipped (it did not come) or Received (it is not as bought);
    /// the seller while Returning (it did not come back) or Returned (it came back damaged).
    function dispute(Purchase calldata terms, bytes32 evidence) external;

    /// @notice Adds evidence. Caller: buyer or seller. Status: Disputed.
    function fileEvidence(Purchase calldata terms, bytes32 evidence) external;

    /// @notice Divides the money to the smallest unit, and the twins. Caller: an active arbiter that is no party. Status: Disputed, in time.
    /// @param toBuyer at most what is held; the seller gets the rest
    /// @param buyerKeeps whether the twins stay with the buyer
    /// @param decision digest of the reasons
    function resolve(Purchase calldata terms, uint256 toBuyer, bool buyerKeeps, bytes32 decision) external;

    /// @notice Pays the seller and unlocks the twins. Caller: the buyer in any open status; anyone once the time of Shipped, Received, or of a
    /// dispute that silence decides for the seller is over.
    /// Where the money was reclaimed in `Escrow`, this and {refund} send the twins back instead.
    function settle(Purchase calldata terms) external;

    /// @notice Repays the buyer and sends the twins back. Caller: the seller while not Shipped or Received; the buyer while Paid; anyone once
    /// the time of Paid, Returning, Returned, or of a dispute that silence decides for the buyer is over.
    function refund(Purchase calldata terms) external;

    /// @notice Anchors the digest of a document, such as the sealed purchase record, to the purchase. Caller: buyer or seller, at any status.
    function attach(Purchase calldata terms, Content calldata record) external;

    /// @notice Price and stock of an offer; all zero for none.
    function offerOf(bytes32 id) external view returns (Offer memory);
    function offerIdOf(Terms calldata terms) external pure returns (bytes32);
    function purchaseIdOf(Purchase calldata terms) external pure returns (bytes32);
    /// @notice Where the purchase stands; all zero for none.
    function progressOf(bytes32 purchase) external view returns (Progress memory);
    /// @notice The last second of the purchase's present status; zero when it is at an end, or unknown.
    function lastSecondOf(Purchase calldata terms) external view returns (uint40);
    /// @notice The deal in `Escrow` that holds the purchase's money.
    function dealOf(Purchase calldata terms) external view returns (IEscrow.Deal memory);
}
