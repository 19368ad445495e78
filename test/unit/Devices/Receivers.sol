// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Devices} from "../../../contracts/Devices.sol";
import {ItemId} from "../../../contracts/types/Ids.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/interfaces/IERC721Receiver.sol";

/// @title A participant that takes a twin, passes it on inside the call, and then tries what it could do before it passed it on
contract PassingReceiver is IERC721Receiver {
    Devices private immutable DEVICES;
    address private immutable NEXT;

    /// @notice The first bytes of what its attempts reverted with.
    bytes4 public onSecondMove;
    bytes4 public onPull;
    bytes4 public onLock;

    constructor(
        Devices devices,
        address next
    ) {
        DEVICES = devices;
        NEXT = next;
    }

    function onERC721Received(
        address,
        address,
        uint256 tokenId,
        bytes calldata
    ) external returns (bytes4) {
        DEVICES.transferFrom(address(this), NEXT, tokenId);
        onSecondMove = _attempt(abi.encodeCall(DEVICES.transferFrom, (address(this), NEXT, tokenId)));
        onPull = _attempt(abi.encodeCall(DEVICES.transferFrom, (NEXT, address(this), tokenId)));
        onLock = _attempt(abi.encodeCall(DEVICES.lock, (ItemId.wrap(bytes32(tokenId)), address(this))));
        return IERC721Receiver.onERC721Received.selector;
    }

    function _attempt(
        bytes memory data
    ) private returns (bytes4) {
        (bool success, bytes memory reason) = address(DEVICES).call(data);
        // Safe: an error begins with its selector, and only that is of interest.
        // forge-lint: disable-next-line(unsafe-typecast)
        return success ? bytes4(0) : bytes4(reason);
    }
}

/// @title A participant that refuses twins
contract RefusingReceiver is IERC721Receiver {
    function onERC721Received(
        address,
        address,
        uint256,
        bytes calldata
    ) external pure returns (bytes4) {
        return 0xffffffff;
    }
}
