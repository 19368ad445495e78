// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Deploy} from "../script/Deploy.s.sol";

/// @title Builds the house of the code that goes on chain, whatever the tests themselves are compiled with
contract DeployBuilt is Deploy {
    /// @dev As the default profile left it in `out`.
    function _creationCodeOf(string memory room) internal view override returns (bytes memory) {
        return vm.getCode(string.concat("out/", room, ".sol/", room, ".json"));
    }
}
