// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title An account that refuses ether, saying why
contract RejectingReceiver {
    error RejectingReceiver_No();

    receive() external payable {
        revert RejectingReceiver_No();
    }
}

/// @title An account that refuses ether without a word
contract MuteReceiver {}

/// @title An account that burns all gas it is given
contract BurningReceiver {
    receive() external payable {
        while (true) {}
    }
}

/// @title An account that takes ether and answers with a megabyte, which whoever copies it pays for
contract BombingReceiver {
    receive() external payable {
        // Solidity has no other way to return from here.
        assembly ("memory-safe") {
            return(mload(0x40), 1000000)
        }
    }
}
