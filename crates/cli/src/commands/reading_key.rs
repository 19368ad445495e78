//! The reading key of the account that signs.

use theriac_client::Signer;
use theriac_core::envelope::{Identity, reading_key};

use crate::failure::Failure;

/// Has the signer sign the one message twice, and makes the key of its answer.
pub(crate) async fn of(signer: &Signer) -> Result<Identity, Failure> {
    let (message, domain) = (reading_key::message(), reading_key::domain());
    let first = signer.sign_typed(&message, &domain).await?;
    let second = signer.sign_typed(&message, &domain).await?;
    let identity = reading_key::identity_of(&first, &second).map_err(|error| Failure::of(&error))?;
    identity.ok_or_else(|| {
        Failure::user(
            "NoReadingKey",
            format!("the signer of {} answers one message with different signatures", signer.address()),
            "make an age identity file with `theriac keys reading-key --out FILE`, and publish its key",
        )
    })
}
