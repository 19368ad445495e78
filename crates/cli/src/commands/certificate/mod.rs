//! `theriac certificate`: what is certified of a model, a lot, a unit or an account, by whom, until when.

mod issue;
mod list;
mod revoke;
mod signed;
mod subject;
mod verify;

use clap::Subcommand;
use theriac_client::rooms::CertificateState;

use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

/// What can be done with certificates.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Issue a certificate, or only sign it so that anyone can hand it in.
    Issue(issue::Issue),
    /// Hand in a certificate that its issuer signed.
    Submit(signed::Submit),
    /// Check a certificate: is it in force, and does its document say the same? Exit code 1 when not.
    Verify(verify::Verify),
    /// Revoke what this account certified.
    Revoke(revoke::Revoke),
    /// List certificates by subject or issuer.
    List(list::List),
}

/// The last second that the contracts can keep: a certificate that does not end by itself.
const NEVER: u64 = (1 << 40) - 1;

/// Does the verb.
pub(crate) async fn run(context: &Context<'_>, verb: Verb) -> Result<Answer, Failure> {
    match verb {
        Verb::Issue(options) => issue::run(context, &options).await,
        Verb::Submit(options) => signed::submit(context, &options).await,
        Verb::Verify(options) => verify::run(context, &options).await,
        Verb::Revoke(options) => revoke::run(context, &options).await,
        Verb::List(options) => list::run(context, &options).await,
    }
}

/// What a certificate is worth to the next block: the newest one may be old on a chain without traffic.
fn standing(state: &CertificateState, newest_block: u64) -> &'static str {
    let now = newest_block.max(time::now());
    match state {
        _ if state.revoked_at != 0 => "revoked",
        _ if now > state.valid_until => "expired",
        _ if now < state.valid_from => "not yet valid",
        _ => "valid",
    }
}

#[cfg(test)]
mod tests {
    use theriac_client::types::{Content, RevocationReason};

    use super::*;

    #[test]
    fn the_first_and_the_last_second_are_inside() {
        let reason = RevocationReason::Unspecified;
        let state = |valid_from, valid_until, revoked_at| CertificateState {
            document: Content::default(),
            issued_at: 1,
            valid_from,
            valid_until,
            revoked_at,
            reason,
        };
        let now = NEVER - 10;
        assert_eq!(standing(&state(now, now, 0), now), "valid");
        assert_eq!(standing(&state(now + 1, NEVER, 0), now), "not yet valid");
        assert_eq!(standing(&state(1, now - 1, 0), now), "expired");
        assert_eq!(standing(&state(1, now, 1), now), "revoked");
    }
}
