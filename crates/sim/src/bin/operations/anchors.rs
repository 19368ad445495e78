//! Certificates and records.

use alloy::primitives::{Address, B256, aliases::U40};
use theriac_bindings::anchors::Anchors;
use theriac_sim::world::WorldError;

use crate::Figures;
use crate::scenario::{Scenario, digest, measured};

pub(crate) fn measure(scenario: &Scenario, figures: &mut Figures) -> Result<(), WorldError> {
    let mut world = scenario.world.clone();
    let room = world.rooms.anchors;
    let maker = scenario.maker;
    let subject = scenario.item(1).0;
    let certificate = |issued_at: u64, issuer: Address| Anchors::Certificate {
        subject,
        kind: 0,
        issuer,
        digest: digest(),
        codec: 0x55,
        issuedAt: U40::from(issued_at),
        validFrom: U40::from(issued_at),
        validUntil: U40::from(issued_at + 31_536_000),
    };

    let now = world.now();
    let issue = Anchors::issueCall { certificate: certificate(now, maker) };
    measured!(figures, "Anchors.issue", world, maker, room, issue);
    let revoke = Anchors::revokeCall { subject, kind: 0, reason: 1 };
    measured!(figures, "Anchors.revoke", world, maker, room, revoke);

    let mut signed = scenario.world.clone();
    let hash = signed.call(maker, room, &Anchors::hashOfCall { certificate: certificate(now, maker) })?;
    let signature = Scenario::sign(&scenario.maker_key, hash)?;
    let submit = Anchors::submitCall { certificate: certificate(now, maker), signature };
    measured!(figures, "Anchors.submit", signed, scenario.hospital, room, submit);

    let append = |byte: u8| Anchors::appendCall {
        subject,
        kind: 1,
        content: Anchors::Content { digest: B256::repeat_byte(byte), codec: 0x70 },
    };
    measured!(figures, "Anchors.append/first", world, maker, room, append(0xd2));
    measured!(figures, "Anchors.append", world, maker, room, append(0xd3));
    Ok(())
}
