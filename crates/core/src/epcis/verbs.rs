//! An event for every act of custody and sale, in the words of CBV 2.0.
//!
//! | act | event | action, business step, disposition |
//! |---|---|---|
//! | commission | object | ADD, commissioning, active |
//! | ship | object | OBSERVE, shipping, in transit; from and to |
//! | withdraw a shipment | object | OBSERVE, void shipping, in progress |
//! | receive | object | OBSERVE, receiving, in progress; from and to |
//! | reject, return | object | OBSERVE, shipping, returned; from and to |
//! | take back | object | OBSERVE, receiving, returned; from and to |
//! | pack, unpack, split | aggregation | ADD, packing · DELETE, unpacking |
//! | quarantine | object | OBSERVE, holding, non-sellable (other) |
//! | release | object | OBSERVE, storing, sellable (not accessible) |
//! | recall | object | OBSERVE, holding, recalled |
//! | report lost, stolen | object | OBSERVE, other, unknown · stolen |
//! | recover | object | OBSERVE, inspecting, in progress |
//! | dispense, sell | object | OBSERVE, dispensing, dispensed · retail selling, retail sold |
//! | destroy | object | DELETE, destroying, destroyed |
//! | decommission | object | DELETE, decommissioning, inactive |
//! | invoice and other documents | transaction | ADD, as given |
//! | repackage | transformation | repackaging, active |
//! | fix on, take off | association | ADD, installing · DELETE, removing |
//!
//! CBV has no step for returning and no disposition for what is lost: returned goods are shipped and received as `returned`, and the
//! condition of lost ones is `unknown`.

use jiff::Timestamp;
use serde_json::Value;

use super::cbv::{BizStep, BizTransactionType, Disposition, SourceDestType, Term};
use super::event::{Action, BizTransaction, Destination, Event, EventKind, Place, Quantity, Source, Uri};
use super::time::{Offset, Time};

/// When and where something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    at: Time,
    offset: Offset,
    read_point: Option<Uri>,
    location: Option<Uri>,
}

impl Moment {
    /// At this time, by clocks of this offset. Events know milliseconds.
    pub fn new(at: Timestamp, offset: Offset) -> Self {
        Self { at: at.into(), offset, read_point: None, location: None }
    }

    /// Where it was noticed.
    pub fn read_at(self, place: Uri) -> Self {
        Self { read_point: Some(place), ..self }
    }

    /// Where the things are from then on.
    pub fn now_in(self, place: Uri) -> Self {
        Self { location: Some(place), ..self }
    }

    fn event(self, kind: EventKind) -> Event {
        let mut event = Event::new(kind, self.at, self.offset);
        event.read_point = self.read_point.map(Place::from);
        event.biz_location = self.location.map(Place::from);
        event
    }
}

/// What something happened to: items and logistic units, each by its URI, and quantities of lots or products.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Things {
    items: Vec<Uri>,
    quantities: Vec<Quantity>,
}

impl Things {
    /// Items or logistic units.
    pub fn items(items: impl IntoIterator<Item = Uri>) -> Self {
        Self { items: items.into_iter().collect(), quantities: Vec::new() }
    }

    /// So many pieces of a lot or a product.
    pub fn pieces(class: Uri, count: u64) -> Self {
        Self::default().and_pieces(class, count)
    }

    /// The same, and so many pieces of a lot or a product.
    pub fn and_pieces(mut self, class: Uri, count: u64) -> Self {
        self.quantities.push(Quantity {
            epc_class: class,
            quantity: Some(count.into()),
            uom: None,
            extensions: serde_json::Map::new(),
        });
        self
    }

    fn lists(self) -> (Option<Vec<Uri>>, Option<Vec<Quantity>>) {
        (Some(self.items).filter(|items| !items.is_empty()), Some(self.quantities).filter(|list| !list.is_empty()))
    }

    fn object(self, action: Action) -> EventKind {
        let (items, quantities) = self.lists();
        // The standard wants one of the lists even if nothing is in it.
        let epc_list = if quantities.is_none() { Some(items.unwrap_or_default()) } else { items };
        EventKind::Object { action, epc_list, quantity_list: quantities }
    }
}

fn object(moment: Moment, things: Things, action: Action, step: BizStep, disposition: Disposition) -> Event {
    let mut event = moment.event(things.object(action));
    event.biz_step = Some(step.into());
    event.disposition = Some(disposition.into());
    event
}

/// The things came into being, and bear their identifiers.
pub fn commission(moment: Moment, things: Things) -> Event {
    object(moment, things, Action::Add, BizStep::Commissioning, Disposition::Active)
}

/// The things left `from` for `to`.
pub fn ship(moment: Moment, things: Things, from: Uri, to: Uri) -> Event {
    object(moment, things, Action::Observe, BizStep::Shipping, Disposition::InTransit).between(from, to)
}

/// A shipment was called off; the things stayed.
pub fn withdraw(moment: Moment, things: Things, from: Uri, to: Uri) -> Event {
    object(moment, things, Action::Observe, BizStep::VoidShipping, Disposition::InProgress).between(from, to)
}

/// The things arrived at `to`, who took them.
pub fn receive(moment: Moment, things: Things, from: Uri, to: Uri) -> Event {
    object(moment, things, Action::Observe, BizStep::Receiving, Disposition::InProgress).between(from, to)
}

/// The things go from `from`, who did not want them or keep them, to `to`: refused at the door, or sent back later.
pub fn send_back(moment: Moment, things: Things, from: Uri, to: Uri) -> Event {
    object(moment, things, Action::Observe, BizStep::Shipping, Disposition::Returned).between(from, to)
}

/// Things that had been sent back arrived at `to`.
pub fn take_back(moment: Moment, things: Things, from: Uri, to: Uri) -> Event {
    object(moment, things, Action::Observe, BizStep::Receiving, Disposition::Returned).between(from, to)
}

/// Nobody may sell or use the things until somebody has looked.
pub fn quarantine(moment: Moment, things: Things) -> Event {
    object(moment, things, Action::Observe, BizStep::Holding, Disposition::NonSellableOther)
}

/// The things may be sold and used again.
pub fn release(moment: Moment, things: Things) -> Event {
    object(moment, things, Action::Observe, BizStep::Storing, Disposition::SellableNotAccessible)
}

/// The maker or the regulator called the things back.
pub fn recall(moment: Moment, things: Things) -> Event {
    object(moment, things, Action::Observe, BizStep::Holding, Disposition::Recalled)
}

/// The things cannot be found.
pub fn report_lost(moment: Moment, things: Things) -> Event {
    object(moment, things, Action::Observe, BizStep::Other, Disposition::Unknown)
}

/// The things were stolen.
pub fn report_stolen(moment: Moment, things: Things) -> Event {
    object(moment, things, Action::Observe, BizStep::Other, Disposition::Stolen)
}

/// Lost or stolen things are back, and are looked at.
pub fn recover(moment: Moment, things: Things) -> Event {
    object(moment, things, Action::Observe, BizStep::Inspecting, Disposition::InProgress)
}

/// A pharmacy handed the things over on a prescription.
pub fn dispense(moment: Moment, things: Things) -> Event {
    object(moment, things, Action::Observe, BizStep::Dispensing, Disposition::Dispensed)
}

/// The things were sold to who uses them.
pub fn sell(moment: Moment, things: Things) -> Event {
    object(moment, things, Action::Observe, BizStep::RetailSelling, Disposition::RetailSold)
}

/// The things were destroyed.
pub fn destroy(moment: Moment, things: Things) -> Event {
    object(moment, things, Action::Delete, BizStep::Destroying, Disposition::Destroyed)
}

/// The things end their life, and their identifiers theirs.
pub fn decommission(moment: Moment, things: Things) -> Event {
    object(moment, things, Action::Delete, BizStep::Decommissioning, Disposition::Inactive)
}

/// The things are in the unit from now on.
pub fn pack(moment: Moment, unit: Uri, things: Things) -> Event {
    aggregation(moment, unit, things, Action::Add, BizStep::Packing)
}

/// The things are no longer in the unit; all of it where `things` is empty.
pub fn unpack(moment: Moment, unit: Uri, things: Things) -> Event {
    aggregation(moment, unit, things, Action::Delete, BizStep::Unpacking)
}

/// The things were in one unit and are in another from now on.
pub fn split(moment: Moment, unit: Uri, into: Uri, things: Things) -> [Event; 2] {
    [unpack(moment.clone(), unit, things.clone()), pack(moment, into, things)]
}

fn aggregation(moment: Moment, unit: Uri, things: Things, action: Action, step: BizStep) -> Event {
    let (child_epcs, child_quantity_list) = things.lists();
    let kind = EventKind::Aggregation { action, parent_id: Some(unit), child_epcs, child_quantity_list };
    let mut event = moment.event(kind);
    event.biz_step = Some(step.into());
    event.disposition = Some(Disposition::InProgress.into());
    event
}

/// The things belong to a business document from now on.
pub fn document(moment: Moment, things: Things, step: BizStep, kind: BizTransactionType, id: Uri) -> Event {
    let (epc_list, quantity_list) = things.lists();
    let epc_list = if quantity_list.is_none() { Some(epc_list.unwrap_or_default()) } else { epc_list };
    let mut event =
        moment.event(EventKind::Transaction { action: Action::Add, parent_id: None, epc_list, quantity_list });
    event.biz_step = Some(step.into());
    event.for_document(kind, id)
}

/// Packs of one product became packs of another, as when a wholesaler repackages.
pub fn repackage(moment: Moment, from: Things, to: Things) -> Event {
    let (input_epc_list, input_quantity_list) = from.lists();
    let (output_epc_list, output_quantity_list) = to.lists();
    let kind = EventKind::Transformation {
        input_epc_list,
        input_quantity_list,
        output_epc_list,
        output_quantity_list,
        transformation_id: None,
    };
    let mut event = moment.event(kind);
    event.biz_step = Some(BizStep::Repackaging.into());
    event.disposition = Some(Disposition::Active.into());
    event
}

/// The things are fixed to `parent` from now on: a sensor to a pallet, a module to a device.
pub fn fix(moment: Moment, parent: Uri, things: Things) -> Event {
    association(moment, parent, things, Action::Add, BizStep::Installing)
}

/// The things are no longer fixed to `parent`.
pub fn take_off(moment: Moment, parent: Uri, things: Things) -> Event {
    association(moment, parent, things, Action::Delete, BizStep::Removing)
}

fn association(moment: Moment, parent_id: Uri, things: Things, action: Action, step: BizStep) -> Event {
    let (child_epcs, child_quantity_list) = things.lists();
    let mut event = moment.event(EventKind::Association { action, parent_id, child_epcs, child_quantity_list });
    event.biz_step = Some(step.into());
    event
}

impl Event {
    /// The same event, with who gave and who got possession.
    pub fn between(mut self, from: Uri, to: Uri) -> Self {
        let kind = Term::Standard(SourceDestType::PossessingParty);
        let source = Source { kind: kind.clone(), id: from, extensions: serde_json::Map::new() };
        let destination = Destination { kind, id: to, extensions: serde_json::Map::new() };
        self.source_list.get_or_insert_default().push(source);
        self.destination_list.get_or_insert_default().push(destination);
        self
    }

    /// The same event, with a business document that it belongs to.
    pub fn for_document(mut self, kind: BizTransactionType, id: Uri) -> Self {
        let transaction = BizTransaction { kind: Some(kind.into()), id, extensions: serde_json::Map::new() };
        self.biz_transaction_list.get_or_insert_default().push(transaction);
        self
    }

    /// The same event, with a field of one's own: a full URI, or a prefix of the document's context, a colon and a name.
    pub fn with_extension(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.into(), value.into());
        self
    }

    /// The same event, with an id: its own canonical hash, which the standard allows and the hash leaves out.
    pub fn named_by_hash(mut self) -> Self {
        self.event_id = self.hash().to_string().parse().ok();
        self
    }
}
