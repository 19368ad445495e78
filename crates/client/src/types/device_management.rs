//! The numbers of `MdsProfiles` and `FhirOracle` by name.

closed_list!(
    /// Why an engineer is called.
    OrderKind, "kind of work order" {
        /// Something does not work.
        Fault = 0 => "fault",
        /// Preventive maintenance.
        Maintenance = 1 => "maintenance",
        /// A calibration.
        Calibration = 2 => "calibration",
        /// An inspection.
        Inspection = 3 => "inspection",
    }
);
closed_list!(
    /// Where a work order stands.
    OrderState, "state of a work order" {
        /// There is none.
        None = 0 => "none",
        /// Nobody has it.
        Open = 1 => "open",
        /// An engineer has it.
        Assigned = 2 => "assigned",
        /// The engineer is at work.
        Started = 3 => "started",
        /// It is done.
        Closed = 4 => "closed",
        /// It was given up.
        Cancelled = 5 => "cancelled",
    }
);
closed_list!(
    /// What came of a work order.
    WorkOutcome, "outcome" {
        /// Done.
        Done = 0 => "done",
        /// Nothing was wrong.
        NoFaultFound = 1 => "no-fault-found",
        /// It cannot be repaired.
        NotRepairable = 2 => "not-repairable",
    }
);
closed_list!(
    /// Priority of an alarm (IEC 60601-1-8).
    Severity, "severity" {
        /// No alarm.
        None = 0 => "none",
        /// Low priority.
        Low = 1 => "low",
        /// Medium priority.
        Medium = 2 => "medium",
        /// High priority.
        High = 3 => "high",
    }
);
closed_list!(
    /// Who numbers the code of a question.
    CodeSystem, "code system" {
        /// LOINC.
        Loinc = 0 => "loinc",
        /// ISO/IEEE 11073-10101.
        Mdc = 1 => "mdc",
    }
);
closed_list!(
    /// How answers agree.
    Rule, "rule" {
        /// By being the same.
        Equal = 0 => "equal",
        /// By being close to their median.
        Median = 1 => "median",
    }
);
