//! The codes of the value sets that R4 binds elements to with strength "required".

use super::CodeSet;

macro_rules! code_sets {
    ($($set:ident $name:literal = $($code:literal),+;)+) => {
        $(pub(super) static $set: CodeSet = CodeSet { name: $name, codes: &[$($code),+] };)+
    };
}

code_sets! {
    ADDRESS_TYPE "address-type" = "postal", "physical", "both";
    ADDRESS_USE "address-use" = "home", "work", "temp", "old", "billing";
    ADMINISTRATIVE_GENDER "administrative-gender" = "male", "female", "other", "unknown";
    APPOINTMENTSTATUS "appointmentstatus" = "proposed", "pending", "booked", "arrived", "fulfilled", "cancelled",
        "noshow", "entered-in-error", "checked-in", "waitlist";
    AUDIT_EVENT_ACTION "audit-event-action" = "C", "R", "U", "D", "E";
    AUDIT_EVENT_OUTCOME "audit-event-outcome" = "0", "4", "8", "12";
    BUNDLE_TYPE "bundle-type" = "document", "message", "transaction", "transaction-response", "batch",
        "batch-response", "history", "searchset", "collection";
    CONSENT_DATA_MEANING "consent-data-meaning" = "instance", "related", "dependents", "authoredby";
    CONSENT_PROVISION_TYPE "consent-provision-type" = "deny", "permit";
    CONSENT_STATE_CODES "consent-state-codes" = "draft", "proposed", "active", "rejected", "inactive",
        "entered-in-error";
    CONTACT_POINT_SYSTEM "contact-point-system" = "phone", "fax", "email", "pager", "url", "sms", "other";
    CONTACT_POINT_USE "contact-point-use" = "home", "work", "temp", "old", "mobile";
    CONTRIBUTOR_TYPE "contributor-type" = "author", "editor", "reviewer", "endorser";
    DAYS_OF_WEEK "days-of-week" = "mon", "tue", "wed", "thu", "fri", "sat", "sun";
    DEVICE_NAMETYPE "device-nametype" = "udi-label-name", "user-friendly-name", "patient-reported-name",
        "manufacturer-name", "model-name", "other";
    DEVICE_STATUS "device-status" = "active", "inactive", "entered-in-error", "unknown";
    EVENT_TIMING "event-timing" = "MORN", "MORN.early", "MORN.late", "NOON", "AFT", "AFT.early", "AFT.late", "EVE",
        "EVE.early", "EVE.late", "NIGHT", "PHS", "HS", "WAKE", "C", "CM", "CD", "CV", "AC", "ACM", "ACD", "ACV",
        "PC", "PCM", "PCD", "PCV";
    FLAG_STATUS "flag-status" = "active", "inactive", "entered-in-error";
    HTTP_VERB "http-verb" = "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH";
    IDENTIFIER_USE "identifier-use" = "usual", "official", "temp", "secondary", "old";
    ISSUE_SEVERITY "issue-severity" = "fatal", "error", "warning", "information";
    ISSUE_TYPE "issue-type" = "invalid", "structure", "required", "value", "invariant", "security", "login",
        "unknown", "expired", "forbidden", "suppressed", "processing", "not-supported", "duplicate",
        "multiple-matches", "not-found", "deleted", "too-long", "code-invalid", "extension", "too-costly",
        "business-rule", "conflict", "transient", "lock-error", "no-store", "exception", "timeout", "incomplete",
        "throttled", "informational";
    LINK_TYPE "link-type" = "replaced-by", "replaces", "refer", "seealso";
    LOCATION_MODE "location-mode" = "instance", "kind";
    LOCATION_STATUS "location-status" = "active", "suspended", "inactive";
    MEDICATION_STATUS "medication-status" = "active", "inactive", "entered-in-error";
    MEDICATIONDISPENSE_STATUS "medicationdispense-status" = "preparation", "in-progress", "cancelled", "on-hold",
        "completed", "entered-in-error", "stopped", "declined", "unknown";
    MEDICATIONREQUEST_INTENT "medicationrequest-intent" = "proposal", "plan", "order", "original-order",
        "reflex-order", "filler-order", "instance-order", "option";
    MEDICATIONREQUEST_STATUS "medicationrequest-status" = "active", "on-hold", "cancelled", "completed",
        "entered-in-error", "stopped", "draft", "unknown";
    METRIC_CALIBRATION_STATE "metric-calibration-state" = "not-calibrated", "calibration-required", "calibrated",
        "unspecified";
    METRIC_CALIBRATION_TYPE "metric-calibration-type" = "unspecified", "offset", "gain", "two-point";
    METRIC_CATEGORY "metric-category" = "measurement", "setting", "calculation", "unspecified";
    METRIC_COLOR "metric-color" = "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white";
    METRIC_OPERATIONAL_STATUS "metric-operational-status" = "on", "off", "standby", "entered-in-error";
    NAME_USE "name-use" = "usual", "official", "temp", "nickname", "anonymous", "old", "maiden";
    NARRATIVE_STATUS "narrative-status" = "generated", "extensions", "additional", "empty";
    NETWORK_TYPE "network-type" = "1", "2", "3", "4", "5";
    OBSERVATION_STATUS "observation-status" = "registered", "preliminary", "final", "amended", "corrected",
        "cancelled", "entered-in-error", "unknown";
    OPERATION_PARAMETER_USE "operation-parameter-use" = "in", "out";
    PARTICIPANTREQUIRED "participantrequired" = "required", "optional", "information-only";
    PARTICIPATIONSTATUS "participationstatus" = "accepted", "declined", "tentative", "needs-action";
    PROVENANCE_ENTITY_ROLE "provenance-entity-role" = "derivation", "revision", "quotation", "source", "removal";
    QUANTITY_COMPARATOR "quantity-comparator" = "<", "<=", ">=", ">";
    RELATED_ARTIFACT_TYPE "related-artifact-type" = "documentation", "justification", "citation", "predecessor",
        "successor", "derived-from", "depends-on", "composed-of";
    REQUEST_PRIORITY "request-priority" = "routine", "urgent", "asap", "stat";
    SEARCH_ENTRY_MODE "search-entry-mode" = "match", "include", "outcome";
    SLOTSTATUS "slotstatus" = "busy", "free", "busy-unavailable", "busy-tentative", "entered-in-error";
    SORT_DIRECTION "sort-direction" = "ascending", "descending";
    TRIGGER_TYPE "trigger-type" = "named-event", "periodic", "data-changed", "data-added", "data-modified",
        "data-removed", "data-accessed", "data-access-ended";
    UDI_ENTRY_TYPE "udi-entry-type" = "barcode", "rfid", "manual", "card", "self-reported", "unknown";
    UNITS_OF_TIME "units-of-time" = "s", "min", "h", "d", "wk", "mo", "a";
}
