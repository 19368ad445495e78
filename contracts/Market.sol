// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "./interfaces/IAnchors.sol";
import {ICatalog} from "./interfaces/ICatalog.sol";
import {ICustody} from "./interfaces/ICustody.sol";
import {IDevices} from "./interfaces/IDevices.sol";
import {IEscrow} from "./interfaces/IEscrow.sol";
import {IMarket} from "./interfaces/IMarket.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {Content} from "./types/Content.sol";
import {ItemId, LotId, ModelId} from "./types/Ids.sol";
import {ARBITER, PROVIDER} from "./types/Role.sol";
import {IERC721} from "@openzeppelin/contracts/interfaces/IERC721.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title Market: how is it bought?
///
/// TRUST
///
/// Money. This contract never has any: it is in `Escrow`, in a deal that obeys this contract and names buyer and seller. Every status has a
/// last second, after which anyone can move the purchase to an end that somebody is paid at; and when all of them together have passed, anyone can
/// send the money back in `Escrow` itself, whatever happens here. If that was done, the twins go back to the seller.
///
/// Twins. A seller approves this contract in `Devices`; it moves only what that seller offered, at the seller's price, and for money that is in `Escrow`.
/// It is the keeper of every twin it sold until the purchase comes to rest, and needs nothing of either party to unlock or send back.
///
/// Goods. Parties approve this contract in `Custody`; it acts there for the caller only: it looks that the seller, or the buyer, and nobody else who
/// approved it holds or awaits the item. What happens in `Custody` by another way is not seen here.
///
/// Seller against buyer. A seller that records a shipment which it never made is paid only by a buyer's silence. A buyer that denies what came
/// has the record against it once it signed for it here. A dispute that no arbiter answers goes to the side that, by the acts recorded here, does not
/// hold the goods: who signs for them in `Custody` beside the market has to be told of to the arbiter. A return is as good as the
/// purchase: the same records, the parts exchanged; but nothing can be sent to a seller that is suspended.
///
/// Offers. An offer lives until it is sold out, withdrawn or over, also while its item is elsewhere: an old one counts again when the item comes back.
///
/// Arbiters. Any active arbiter may decide any dispute, once, within what is held and between the two parties; it can give nothing to itself.
/// The administration grants the role with a delay, and its guardian can cancel.
///
/// What is sold. Approval of the model, recall, expiry and quarantine are asked of `Custody` by way of `Devices` at the moment of the sale; the maker's
/// certificate of authenticity is asked here. After the sale the buyer may have its money back until it is shipped, and at the door.
///
/// Fees of tokens are borne by the money held: a seller who asks for a token that takes a fee gets less than its price.
contract Market is IMarket, ReentrancyGuardTransient {
    /// @notice The shortest and the longest time that an offer may give a party. Seconds.
    uint32 public constant MIN_TIME = 1 days;
    uint32 public constant MAX_TIME = 366 days;
    /// @notice From the latest end that a purchase can have until its money can be reclaimed in `Escrow`. Seconds.
    uint40 public constant GRACE = 30 days;

    /// @notice Who is active, and in which roles.
    IParticipants public immutable PARTICIPANTS;
    /// @notice Who made it.
    ICatalog public immutable CATALOG;
    /// @notice Who holds it, and whether it may move.
    ICustody public immutable CUSTODY;
    /// @notice The twins.
    IDevices public immutable DEVICES;
    /// @notice The certificates, and the records of purchases.
    IAnchors public immutable ANCHORS;
    /// @notice The money.
    IEscrow public immutable ESCROW;

    mapping(bytes32 id => Offer) private _offers;
    mapping(bytes32 purchase => Progress) private _progress;

    constructor(
        IParticipants participants,
        ICatalog catalog,
        ICustody custody,
        IDevices devices,
        IAnchors anchors,
        IEscrow escrow
    ) {
        PARTICIPANTS = participants;
        CATALOG = catalog;
        CUSTODY = custody;
        DEVICES = devices;
        ANCHORS = anchors;
        ESCROW = escrow;
    }

    // Verbs: offers

    /// @inheritdoc IMarket
    function offer(Terms calldata terms, uint128 price, uint32 stock) external returns (bytes32 id) {
        id = _ownOffer(terms);
        if (price == 0) revert Market_ZeroPrice(id);
        if (terms.until < block.timestamp) revert Market_OfferEnded(id, terms.until);
        _checkTime(terms.shipTime);
        _checkTime(terms.inspectionTime);
        _checkTime(terms.returnTime);
        _checkTime(terms.arbitrationTime);
        if (!PARTICIPANTS.isActive(terms.seller)) revert Market_NotActive(terms.seller);
        _checkSaleable(id, terms, stock);

        _offers[id] = Offer({price: price, stock: stock});

        emit OfferMade(id, terms.seller, terms.subject, terms, price, stock);
    }

    /// @inheritdoc IMarket
    function withdrawOffer(Terms calldata terms) external {
        bytes32 id = _ownOffer(terms);
        if (_offers[id].stock == 0) revert Market_NoOffer(id);

        delete _offers[id];

        emit OfferWithdrawn(id, terms.seller);
    }

    // Verbs: buying

    /// @inheritdoc IMarket
    function buy(Order[] calldata orders) external payable nonReentrant returns (bytes32[] memory purchases) {
        purchases = new bytes32[](orders.length);
        uint256 spent;
        for (uint256 i = 0; i < orders.length; ++i) {
            Order calldata order = orders[i];
            (bytes32 id, bytes32 offerId, Purchase memory purchase) = _take(order, Status.Paid);
            purchases[i] = id;
            uint256 price = _priceOf(order);
            uint256 value = purchase.token == address(0) ? price : 0;
            spent += value;
            if (spent > msg.value) revert Market_WrongValue(msg.value, spent);
            (, uint256 held) = ESCROW.open{value: value}(_dealFor(id, purchase), price);
            _handLocked(id, offerId, order, purchase, held);
        }
        if (spent != msg.value) revert Market_WrongValue(msg.value, spent);
    }

    /// @inheritdoc IMarket
    function buyPermitted(Order calldata order, IEscrow.Consent calldata consent)
        external
        nonReentrant
        returns (bytes32 id)
    {
        bytes32 offerId;
        Purchase memory purchase;
        (id, offerId, purchase) = _take(order, Status.Paid);
        (, uint256 held) = ESCROW.openPermitted(_dealFor(id, purchase), _priceOf(order), consent);
        _handLocked(id, offerId, order, purchase, held);
    }

    /// @inheritdoc IMarket
    function payDirectly(Order calldata order) external payable nonReentrant returns (bytes32 id) {
        if (!PARTICIPANTS.isActiveAs(msg.sender, PROVIDER)) revert Market_NotProvider(msg.sender);
        bytes32 offerId;
        Purchase memory purchase;
        (id, offerId, purchase) = _take(order, Status.Settled);
        IEscrow.Deal memory deal = _dealFor(id, purchase);
        // `Escrow` refuses another value than the price.
        ESCROW.open{value: msg.value}(deal, _priceOf(order));
        uint256 paid = ESCROW.pay(deal);
        _hand(order, offerId, false);

        emit PurchasePaidDirectly(id, msg.sender, purchase.seller, offerId, order.price, paid, purchase);
    }

    // Verbs: goods. The rooms called are immutable and call nobody back, so none of these is guarded against re-entry; called by a token
    // in the middle of a purchase they find its deal not open, or change only what a later failure undoes.

    /// @inheritdoc IMarket
    function ship(Purchase memory terms, bytes32 evidence) external {
        _move(terms, Status.Paid, Status.Shipped, terms.seller, evidence);
        _send(terms.items, terms.seller, terms.buyer, evidence);
    }

    /// @inheritdoc IMarket
    function receiveItems(Purchase memory terms, bytes32 evidence, bool accepted) external {
        // What is accepted at once is never Received: its end is next.
        bytes32 id = accepted
            ? _act(terms, Status.Shipped, terms.buyer)
            : _move(terms, Status.Shipped, Status.Received, terms.buyer, evidence);
        _accept(terms.items, terms.buyer, evidence);
        if (accepted) _end(id, terms, Status.Settled);
    }

    /// @inheritdoc IMarket
    function refuse(Purchase memory terms, bytes32 evidence) external {
        bytes32 id = _move(terms, Status.Shipped, Status.Returned, terms.buyer, evidence);
        bool allMovable = true;
        for (uint256 i = 0; i < terms.items.length; ++i) {
            ItemId item = terms.items[i];
            _checkAddressee(item, terms.buyer);
            CUSTODY.reject(item, evidence);
            (bool movable,) = CUSTODY.isMovable(item);
            allMovable = allMovable && movable;
        }
        // What may not be used is not the buyer's risk, so the seller has nothing to report.
        if (!allMovable) _end(id, terms, Status.Refunded);
    }

    /// @inheritdoc IMarket
    function returnItems(Purchase memory terms, bytes32 evidence) external {
        _move(terms, Status.Received, Status.Returning, terms.buyer, evidence);
        _send(terms.items, terms.buyer, terms.seller, evidence);
    }

    /// @inheritdoc IMarket
    function takeBack(Purchase memory terms, bytes32 evidence) external {
        _move(terms, Status.Returning, Status.Returned, terms.seller, evidence);
        _accept(terms.items, terms.seller, evidence);
    }

    // Verbs: disputes

    /// @inheritdoc IMarket
    function dispute(Purchase memory terms, bytes32 evidence) external {
        bytes32 id = purchaseIdOf(terms);
        Status status = _progress[id].status;
        if (status == Status.Paid || status == Status.Disputed) revert Market_WrongStatus(id, status);
        bool isReturn = status == Status.Returning || status == Status.Returned;
        _move(terms, status, Status.Disputed, isReturn ? terms.seller : terms.buyer, evidence);
    }

    /// @inheritdoc IMarket
    function fileEvidence(Purchase memory terms, bytes32 evidence) external {
        bytes32 id = _inTime(terms, Status.Disputed);
        _checkParty(id, terms);

        emit EvidenceFiled(id, msg.sender, evidence);
    }

    /// @inheritdoc IMarket
    function resolve(Purchase memory terms, uint256 toBuyer, bool buyerKeeps, bytes32 decision) external {
        bytes32 id = _inTime(terms, Status.Disputed);
        bool isParty = msg.sender == terms.buyer || msg.sender == terms.seller;
        if (isParty || !PARTICIPANTS.isActiveAs(msg.sender, ARBITER)) revert Market_NotArbiter(id, msg.sender);

        _progress[id] = Progress(Status.Divided, uint40(block.timestamp), false);
        // In time, so the deal is open still: it cannot be reclaimed before every status has had its time.
        uint256 toSeller = ESCROW.divide(_dealFor(id, terms), toBuyer);
        _release(terms, buyerKeeps);

        emit PurchaseDivided(id, terms.buyer, terms.seller, msg.sender, toBuyer, toSeller, buyerKeeps, decision);
    }

    // Verbs: ends

    /// @inheritdoc IMarket
    function settle(Purchase memory terms) external {
        bytes32 id = _mayEnd(terms, false);
        _end(id, terms, Status.Settled);
    }

    /// @inheritdoc IMarket
    function refund(Purchase memory terms) external {
        bytes32 id = _mayEnd(terms, true);
        _end(id, terms, Status.Refunded);
    }

    /// @inheritdoc IMarket
    function attach(Purchase memory terms, Content calldata record) external {
        bytes32 id = purchaseIdOf(terms);
        if (_progress[id].status == Status.None) revert Market_WrongStatus(id, Status.None);
        _checkParty(id, terms);

        emit RecordAttached(id, msg.sender, record.digest, record.codec);
        ANCHORS.append(id, IAnchors.RecordKind.Document, record);
    }

    // Views

    /// @inheritdoc IMarket
    function offerOf(bytes32 id) external view returns (Offer memory) {
        return _offers[id];
    }

    /// @inheritdoc IMarket
    function progressOf(bytes32 purchase) external view returns (Progress memory) {
        return _progress[purchase];
    }

    /// @inheritdoc IMarket
    function lastSecondOf(Purchase memory terms) external view returns (uint40) {
        Progress memory progress = _progress[purchaseIdOf(terms)];
        return _timeOf(terms, progress.status) == 0 ? 0 : _lastSecond(terms, progress);
    }

    /// @inheritdoc IMarket
    function dealOf(Purchase memory terms) external view returns (IEscrow.Deal memory) {
        return _dealFor(purchaseIdOf(terms), terms);
    }

    /// @inheritdoc IMarket
    function offerIdOf(Terms calldata terms) public pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    /// @inheritdoc IMarket
    function purchaseIdOf(Purchase memory terms) public pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    // Internal: offers

    function _ownOffer(Terms calldata terms) private view returns (bytes32 id) {
        id = offerIdOf(terms);
        if (msg.sender != terms.seller) revert Market_NotSeller(id, msg.sender);
    }

    function _checkTime(uint32 time) private pure {
        if (time < MIN_TIME || time > MAX_TIME) revert Market_BadTime(time);
    }

    /// @dev What would make every purchase fail is told to the seller at once; the purchase asks again.
    function _checkSaleable(bytes32 id, Terms calldata terms, uint32 stock) private view {
        ItemId item = ItemId.wrap(terms.subject);
        address maker = CATALOG.manufacturerOf(item.lot());
        // Of a lot it says where the lot stands: no item has this id.
        (bool movable, ICustody.Standing standing) = CUSTODY.isMovable(item);
        if (!movable) revert Market_Immovable(item, uint8(standing));
        if (_isLot(terms.subject)) {
            if (maker != terms.seller) revert Market_NotMaker(id, terms.seller);
            bool inLot = terms.first <= terms.last && terms.last < CATALOG.lotOf(item.lot()).count;
            if (!inLot || stock == 0 || stock > uint256(terms.last) - terms.first + 1) {
                revert Market_BadStock(id, stock);
            }
        } else {
            if (_twins().ownerOf(item.tokenId()) != terms.seller) revert Market_NotSeller(id, terms.seller);
            // One that was bought and has not come to rest may yet go back.
            address keeper = DEVICES.lockOf(item).keeper;
            if (keeper != address(0)) revert IDevices.Devices_Locked(item, keeper);
            if (terms.first != 0 || terms.last != 0 || stock != 1) revert Market_BadStock(id, stock);
        }
        _checkCertified(item, maker);
    }

    // Internal: buying

    /// @dev Takes the items out of the offer's stock, and writes down that they are bought.
    function _take(Order calldata order, Status status)
        private
        returns (bytes32 id, bytes32 offerId, Purchase memory purchase)
    {
        Terms calldata terms = order.terms;
        offerId = offerIdOf(terms);
        Offer memory offered = _offers[offerId];
        uint256 count = order.items.length;
        if (offered.stock == 0) revert Market_NoOffer(offerId);
        if (block.timestamp > terms.until) revert Market_OfferEnded(offerId, terms.until);
        if (offered.price != order.price) revert Market_PriceChanged(offerId, offered.price, order.price);
        if (count == 0 || order.memberships.length != (_isLot(terms.subject) ? count : 0)) {
            revert Market_BadOrder(offerId);
        }
        if (count > offered.stock) revert Market_NotEnoughStock(offerId, offered.stock, count);
        if (msg.sender == terms.seller) revert Market_OwnOffer(offerId);
        // No look at the participants: `Devices` gives a twin to active ones only, and takes it from active ones only.

        purchase = Purchase({
            buyer: msg.sender,
            seller: terms.seller,
            token: terms.token,
            boughtAt: uint40(block.timestamp),
            shipTime: terms.shipTime,
            inspectionTime: terms.inspectionTime,
            returnTime: terms.returnTime,
            arbitrationTime: terms.arbitrationTime,
            items: order.items
        });
        id = keccak256(abi.encode(purchase));
        if (_progress[id].status != Status.None) revert Market_AlreadyBought(id);

        // Safe: no more than the stock.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint32 left = offered.stock - uint32(count);
        if (left == 0) delete _offers[offerId];
        else _offers[offerId].stock = left;
        _progress[id] = Progress(status, uint40(block.timestamp), status == Status.Paid);
    }

    function _priceOf(Order calldata order) private pure returns (uint256) {
        return uint256(order.price) * order.items.length;
    }

    /// @dev The last part of a purchase whose money is in `Escrow`.
    function _handLocked(bytes32 id, bytes32 offerId, Order calldata order, Purchase memory purchase, uint256 held)
        private
    {
        _hand(order, offerId, true);

        emit PurchaseMade(id, msg.sender, purchase.seller, offerId, order.price, held, purchase);
    }

    /// @dev Makes the twins the buyer's, locked or not.
    function _hand(Order calldata order, bytes32 id, bool locked) private {
        Terms calldata terms = order.terms;
        LotId lot = ItemId.wrap(terms.subject).lot();
        address maker = CATALOG.manufacturerOf(lot);
        bool isLot = _isLot(terms.subject);
        // Approving this contract lets no other sell one's lots, a strike leaves a lot without a maker, and only makers are paid at once.
        if ((isLot || !locked) && maker != terms.seller) revert Market_NotMaker(id, terms.seller);
        _checkCertified(ItemId.wrap(terms.subject), maker);
        if (!isLot) return _handOver(order, id, locked);

        for (uint256 i = 0; i < order.items.length; ++i) {
            ItemId item = order.items[i];
            IDevices.Membership calldata membership = order.memberships[i];
            bool offered = item.lot() == lot && terms.first <= membership.index && membership.index <= terms.last;
            if (!offered) revert Market_NotOffered(id, item);
            if (locked) DEVICES.mintLocked(item, msg.sender, membership, address(this));
            else DEVICES.mint(item, msg.sender, membership);
        }
    }

    function _handOver(Order calldata order, bytes32 id, bool locked) private {
        Terms calldata terms = order.terms;
        ItemId item = ItemId.wrap(terms.subject);
        // The stock of such an offer is one.
        if (order.items[0] != item) revert Market_NotOffered(id, order.items[0]);
        if (locked) DEVICES.transferLocked(terms.seller, msg.sender, item, address(this));
        else _twins().transferFrom(terms.seller, msg.sender, item.tokenId());
    }

    /// @dev The maker's word for the item, its lot or its model.
    function _checkCertified(ItemId item, address maker) private view {
        if (_isCertified(item.lot().asSubject(), maker)) return;
        if (_isCertified(ItemId.unwrap(item), maker)) return;
        if (_isCertified(ModelId.unwrap(CATALOG.lotOf(item.lot()).model), maker)) return;
        revert Market_NotCertified(item);
    }

    function _isCertified(bytes32 subject, address maker) private view returns (bool) {
        return ANCHORS.isCertified(subject, IAnchors.CertificateKind.Authenticity, maker);
    }

    // Internal: goods

    /// @dev The caller of the verb is `from`, which has approved this contract; that the item is with it is looked at here.
    function _send(ItemId[] memory items, address from, address to, bytes32 evidence) private {
        for (uint256 i = 0; i < items.length; ++i) {
            if (CUSTODY.holderOf(items[i]) != from) revert Market_NotHolder(items[i], from);
            CUSTODY.ship(items[i], to, evidence);
        }
    }

    function _accept(ItemId[] memory items, address addressee, bytes32 evidence) private {
        for (uint256 i = 0; i < items.length; ++i) {
            _checkAddressee(items[i], addressee);
            CUSTODY.receiveItem(items[i], evidence);
        }
    }

    function _checkAddressee(ItemId item, address addressee) private view {
        if (CUSTODY.holdingOf(item).addressee != addressee) revert Market_NotAddressee(item, addressee);
    }

    // Internal: progress

    /// @dev The purchase, which has this status and whose time is not over.
    function _inTime(Purchase memory terms, Status status) private view returns (bytes32 id) {
        id = purchaseIdOf(terms);
        Progress memory progress = _progress[id];
        // Those without a time are no purchase, or at an end: nothing moves them.
        if (progress.status != status || _timeOf(terms, status) == 0) revert Market_WrongStatus(id, progress.status);
        uint40 until = _lastSecond(terms, progress);
        if (block.timestamp > until) revert Market_TooLate(id, until);
    }

    /// @dev An act of `party`, in time.
    function _act(Purchase memory terms, Status from, address party) private view returns (bytes32 id) {
        id = _inTime(terms, from);
        if (msg.sender != party) revert Market_WrongParty(id, msg.sender, party);
    }

    /// @dev An act of `party`, in time, that brings the purchase to another open status.
    function _move(Purchase memory terms, Status from, Status to, address party, bytes32 evidence)
        private
        returns (bytes32 id)
    {
        id = _act(terms, from, party);

        // Silence favours who has done its part; of a dispute, who by the acts recorded here does not hold the goods. A buyer that is silent about a
        // shipment is taken to have it; one that disputes says that it has not.
        bool silencePaysBuyer = to == Status.Disputed
            ? from == Status.Shipped || from == Status.Returned
            : to == Status.Returning || to == Status.Returned;
        _progress[id] = Progress(to, uint40(block.timestamp), silencePaysBuyer);

        uint40 until = uint40(block.timestamp) + _timeOf(terms, to);
        emit PurchaseMoved(id, terms.buyer, terms.seller, to, msg.sender, evidence, until, silencePaysBuyer);
    }

    /// @dev That the caller may end the purchase this way: the party that gives up its own by it at will, else anyone when its time has passed in
    /// silence, which favours this way.
    function _mayEnd(Purchase memory terms, bool repay) private view returns (bytes32 id) {
        id = purchaseIdOf(terms);
        Progress memory progress = _progress[id];
        Status status = progress.status;
        // While the goods are on their way to the buyer, or with it, a refund would be the buyer's to give up, too: it may want to keep them.
        bool withBuyer = status == Status.Shipped || status == Status.Received;
        if (_timeOf(terms, status) == 0 || (repay && withBuyer)) revert Market_WrongStatus(id, status);
        address party = repay ? terms.seller : terms.buyer;
        if (msg.sender == party) return id;
        if (repay && msg.sender == terms.buyer && status == Status.Paid) return id;
        if (progress.silencePaysBuyer != repay) revert Market_WrongParty(id, msg.sender, party);
        uint40 until = _lastSecond(terms, progress);
        if (block.timestamp <= until) revert Market_TooEarly(id, until);
    }

    function _checkParty(bytes32 id, Purchase memory terms) private view {
        if (msg.sender != terms.buyer && msg.sender != terms.seller) revert Market_NotParty(id, msg.sender);
    }

    function _lastSecond(Purchase memory terms, Progress memory progress) private pure returns (uint40) {
        return progress.since + _timeOf(terms, progress.status);
    }

    /// @dev Zero for a purchase that has none: at an end, or unknown.
    function _timeOf(Purchase memory terms, Status status) private pure returns (uint32) {
        if (status == Status.Paid) return terms.shipTime;
        if (status == Status.Shipped || status == Status.Received) return terms.inspectionTime;
        if (status == Status.Returning || status == Status.Returned) return terms.returnTime;
        if (status == Status.Disputed) return terms.arbitrationTime;
        return 0;
    }

    // Internal: ends

    /// @dev Money and twins come to rest together. If somebody had the money sent back in `Escrow`, so are the twins, whoever asks.
    function _end(bytes32 id, Purchase memory terms, Status end) private {
        IEscrow.Deal memory deal = _dealFor(id, terms);
        bool reclaimed = block.timestamp >= deal.reclaimableAt && ESCROW.heldIn(ESCROW.dealIdOf(deal)) == 0;
        if (reclaimed) end = Status.Refunded;
        _progress[id] = Progress(end, uint40(block.timestamp), false);
        _release(terms, end == Status.Settled);

        if (end == Status.Settled) {
            emit PurchaseSettled(id, terms.buyer, terms.seller, ESCROW.pay(deal), msg.sender);
        } else {
            uint256 toBuyer = reclaimed ? 0 : ESCROW.refund(deal);
            emit PurchaseRefunded(id, terms.buyer, terms.seller, toBuyer, msg.sender);
        }
    }

    function _release(Purchase memory terms, bool buyerKeeps) private {
        for (uint256 i = 0; i < terms.items.length; ++i) {
            if (buyerKeeps) DEVICES.unlock(terms.items[i]);
            else DEVICES.sendBack(terms.items[i], terms.seller);
        }
    }

    /// @dev Until its money can be reclaimed there is time for the longest way: shipped, received, returned, taken back, disputed.
    function _dealFor(bytes32 id, Purchase memory terms) private view returns (IEscrow.Deal memory) {
        uint40 longest = terms.shipTime + 2 * (uint40(terms.inspectionTime) + terms.returnTime) + terms.arbitrationTime;
        return IEscrow.Deal({
            opener: address(this),
            payer: terms.buyer,
            payee: terms.seller,
            token: terms.token,
            reclaimableAt: terms.boughtAt + longest + GRACE,
            subject: id
        });
    }

    function _isLot(bytes32 subject) private pure returns (bool) {
        return subject << 128 == 0;
    }

    function _twins() private view returns (IERC721) {
        return IERC721(address(DEVICES));
    }
}
