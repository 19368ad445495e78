//! The refusals of `Appointments`.

use alloy::primitives::B256;
use theriac_bindings::appointments::Appointments::AppointmentsErrors as Appointments;
use theriac_core::calendar::{CivilDate, SlotMask};

use super::{inactive, needs};

pub(super) fn appointments(error: &Appointments) -> Option<String> {
    use Appointments as E;
    answer(error).or_else(|| of_days(error)).or_else(|| {
        Some(match error {
            E::Appointments_MissingCommitment(_) => {
                "a booking needs the commitments to address and patient: give both, each with its salt".to_owned()
            }
            E::Appointments_OtherStart(e) => format!(
                "slot {} of {} starts at {} now: the day was moved; look at it again and book the time that you want",
                e.slot,
                date(e.day),
                instant(e.startsAt.to())
            ),
            E::Appointments_NoSuchBooking(e) => format!(
                "slot {} of {} has no booking {} that could still be changed: it was cancelled, moved, completed or \
                 missed; `theriac appointments list` shows what there is",
                e.slot,
                date(e.day),
                e.nonce
            ),
            E::Appointments_NotEntitled(e) => format!(
                "{} did not book slot {} of {}: act as the patient who did, or as the host",
                e.account,
                e.slot,
                date(e.day)
            ),
            E::Appointments_TooLate(e) => {
                format!("it was possible until {}: ask the host, who can still cancel", instant(e.until.to()))
            }
            E::Appointments_TooEarly(e) => {
                format!("it is possible from {} on: try again then", instant(e.from.saturating_to()))
            }
            E::Appointments_AlreadyCheckedIn(e) => format!(
                "the patient of slot {} of {} has come: complete the appointment, or cancel it",
                e.slot,
                date(e.day)
            ),
            E::Appointments_NotCounted(e) => format!(
                "the booking of slot {} of {} counts in no limit: nothing is to be done",
                e.slot,
                date(e.day)
            ),
            E::Appointments_DayNotFull(e) => format!(
                "{} has free slots ({}): book one instead of waiting",
                date(e.day),
                SlotMask::from(e.freeMask)
            ),
            E::Appointments_AlreadyWaiting(e) => format!(
                "{} waits for {} already, or is offered a slot of it: accept that, or leave the list",
                e.patient,
                date(e.day)
            ),
            E::Appointments_NotWaiting(e) => {
                format!("{} does not wait for {}: nothing is to be left", e.patient, date(e.day))
            }
            E::Appointments_NotOffered(e) => format!(
                "slot {} of {} is not offered to {}: the offer ran out or was somebody else's; book a free slot or wait",
                e.slot,
                date(e.day),
                if e.patient.is_zero() { "anybody".to_owned() } else { e.patient.to_string() }
            ),
            _ => return None,
        })
    })
}

/// The answers of a booking.
fn answer(error: &Appointments) -> Option<String> {
    use Appointments as E;
    Some(match error {
        E::Appointments_SlotTaken(e) => format!(
            "slot {} of {} is taken; free are slots {}: book one of them",
            e.slot,
            date(e.day),
            SlotMask::from(e.freeMask)
        ),
        E::Appointments_DayFull(e) => {
            format!("{} is full: choose another day, or wait for a slot (`theriac appointments wait`)", date(e.day))
        }
        E::Appointments_Unavailable(e) => format!(
            "{} takes no bookings on {}: the day is not open, or the host is not active, or the machine is stopped; \
             choose another day or resource",
            resource(&e.resource),
            date(e.day)
        ),
        E::Appointments_NotRegistered(e) => needs(&e.patient, "patient"),
        E::Appointments_NoSuchSlot(e) => {
            format!("{} has no slot {}: its {} slots are counted from 0", date(e.day), e.slot, e.count)
        }
        E::Appointments_SlotPast(e) if e.freeMask.is_zero() => {
            format!("slot {} of {} has begun, and no later one is free: choose another day", e.slot, date(e.day))
        }
        E::Appointments_SlotPast(e) => format!(
            "slot {} of {} has begun; free are slots {}: book one of them",
            e.slot,
            date(e.day),
            SlotMask::from(e.freeMask)
        ),
        E::Appointments_LimitReached(e) => format!(
            "{} has {} open bookings with {}, which is as many as it allows: cancel one, or reschedule",
            e.patient,
            e.maxOpen,
            resource(&e.resource)
        ),
        _ => return None,
    })
}

/// What a host is told.
fn of_days(error: &Appointments) -> Option<String> {
    use Appointments as E;
    Some(match error {
        E::Appointments_NotHost(e) => format!(
            "{} does not keep the calendar of {}: its practitioner, or the owner of the machine, does",
            e.account,
            resource(&e.resource)
        ),
        E::Appointments_NotActive(e) => {
            format!("{}; who opens days of its own is a practitioner", inactive(&e.account))
        }
        E::Appointments_NoZone(_) => "a day is opened in a time zone: name it, as Europe/Vienna".to_owned(),
        E::Appointments_OtherZone(e) => format!(
            "{} is in the zone {} since its first day: open this one in that zone",
            resource(&e.resource),
            zone(&e.zone)
        ),
        E::Appointments_AlreadyOpen(e) => {
            format!("{} is open already: leave it out, or change it (`theriac appointments change`)", date(e.day))
        }
        E::Appointments_NotOpen(e) => format!("{} was never opened: open it first", date(e.day)),
        E::Appointments_DayClosed(e) => {
            format!("{} is closed already: nothing is to be done, or reopen it", date(e.day))
        }
        E::Appointments_NotClosed(e) => format!("{} is not closed: nothing is to be reopened", date(e.day)),
        E::Appointments_BadSlots(e) => format!(
            "{} slots of {} s on {}: a day has 1 to 256 slots of at least a second, together at most 24 hours",
            e.count,
            e.slotSeconds,
            date(e.day)
        ),
        E::Appointments_OtherDate(e) => format!(
            "{} is not on {} anywhere on earth: check the date and the zone",
            instant(e.firstAt.to()),
            date(e.day)
        ),
        E::Appointments_DayPast(e) => format!("the last slot of {} has begun: choose a later day", date(e.day)),
        E::Appointments_Overlap(e) => format!(
            "{} would run into {}, which is open as well: open it at another time, or with fewer slots",
            date(e.day),
            date(e.neighbour)
        ),
        E::Appointments_SlotsInUse(e) => format!(
            "slots {} of {} are taken, and would be moved or dropped: cancel those first, or change only the others",
            SlotMask::from(e.takenMask),
            date(e.day)
        ),
        E::Appointments_BadMask(e) => format!(
            "slots {} are not all among the day's {}, or none was named: name slots of the day",
            SlotMask::from(e.mask),
            e.count
        ),
        _ => return None,
    })
}

fn date(day: u32) -> String {
    CivilDate::of_day_number(day).map_or_else(|_| format!("day {day}"), |date| date.to_string())
}

fn instant(second: u64) -> String {
    let time = i64::try_from(second).ok().and_then(|second| jiff::Timestamp::from_second(second).ok());
    time.map_or_else(|| format!("second {second}"), |time| time.to_string())
}

fn resource(id: &B256) -> String {
    match crate::rooms::ResourceId(*id).practitioner() {
        Some(account) => account.to_string(),
        None => format!("machine {id}"),
    }
}

fn zone(word: &B256) -> String {
    String::from_utf8_lossy(word.as_slice()).trim_end_matches('\0').to_owned()
}

#[cfg(test)]
mod tests {
    use alloy::sol_types::SolInterface as _;

    use crate::revert::Revert;

    use super::Appointments;

    /// All their values are of one word, so words of zeros are an example of each.
    #[test]
    fn every_refusal_of_appointments_is_explained() {
        let decode = |selector: [u8; 4]| Revert::decode(&[&selector[..], &[0; 128]].concat()).to_string();
        let texts: Vec<_> = Appointments::selectors().map(decode).collect();
        let ours: Vec<_> = texts.iter().filter(|text| text.starts_with("Appointments_")).collect();
        assert_eq!(ours.len(), 33, "{texts:#?}");
        for text in ours {
            assert!(text.contains(": ") && text.len() > 50, "{text}");
        }
    }
}
