// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who waits, in order of joining; whoever leaves is taken out at once, so that nothing has to be skipped later
library WaitingList {
    /// @notice Who waits under a ticket, and the tickets beside it (zero for none); one slot.
    struct Entry {
        address patient;
        uint32 previous;
        uint32 next;
    }

    /// @notice A waiting list; its first four fields share a slot. Tickets count from 1 and are not given out twice.
    struct List {
        uint32 first;
        uint32 last;
        uint32 issued;
        uint32 length;
        mapping(uint32 ticket => Entry entry) entries;
        mapping(address patient => uint32 ticket) ticketOf;
    }

    /// @notice Puts `patient`, who does not wait yet, at the end.
    function join(List storage self, address patient) internal returns (uint32 ticket) {
        uint32 last = self.last;
        ticket = ++self.issued;
        self.entries[ticket] = Entry({patient: patient, previous: last, next: 0});
        if (last == 0) self.first = ticket;
        else self.entries[last].next = ticket;
        self.last = ticket;
        ++self.length;
        self.ticketOf[patient] = ticket;
    }

    /// @notice Takes out whoever has `ticket`, a ticket that waits.
    function remove(List storage self, uint32 ticket) internal returns (address patient) {
        Entry memory entry = self.entries[ticket];
        patient = entry.patient;
        if (entry.previous == 0) self.first = entry.next;
        else self.entries[entry.previous].next = entry.next;
        if (entry.next == 0) self.last = entry.previous;
        else self.entries[entry.next].previous = entry.previous;
        --self.length;
        delete self.entries[ticket];
        delete self.ticketOf[patient];
    }
}
