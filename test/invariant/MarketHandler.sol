// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Market} from "../../contracts/Market.sol";
import {MarketDisturbances} from "./MarketDisturbances.sol";
import {MarketProceedings} from "./MarketProceedings.sol";
import {MarketStore} from "./MarketStore.sol";
import {MarketTrading} from "./MarketTrading.sol";
import {MarketWorld} from "./MarketWorld.sol";

/// @title Parties who deal in the market, well or badly, while the world goes on around them
/// @notice Every call to the market and of money is made, allowed or not, and must succeed exactly when the store, and what the other rooms say
/// beforehand, allow it. Nothing here reverts.
contract MarketHandler is MarketTrading, MarketProceedings, MarketDisturbances {
    constructor(Market market, MarketStore store, World memory world) MarketWorld(market, store, world) {}
}
