//! Versions that are there: fetched, checked, and opened for who may read them.

use theriac_client::Suite;
use theriac_client::mds::{Body, Inside, Salts, SignedVersion};
use theriac_client::rooms::Profile;
use theriac_client::store::Store;
use theriac_client::types::Content;
use theriac_core::envelope::{Identity, Reader};
use theriac_core::fhir::Resource;
use theriac_core::ids::ItemId;

use crate::commands::envelope::secrets::IdentityOptions;
use crate::context::Context;
use crate::failure::Failure;

/// A version's document, opened.
pub(super) struct Opened {
    /// The FHIR document.
    pub(super) document: Resource,
    /// For whom it was sealed; none where it is in clear.
    pub(super) readers: Vec<Reader>,
    /// The salts in the envelope.
    pub(super) salts: Salts,
}

/// The profile of a device that has one.
pub(super) async fn required(suite: &Suite, item: ItemId) -> Result<Profile, Failure> {
    suite.mds_profiles().profile_of(item).await?.ok_or_else(|| {
        Failure::user(
            "MdsProfiles_NoProfile",
            format!("the device {item} has no profile yet"),
            "its owner or operator writes the first version: `theriac mds import FILE --item …`",
        )
    })
}

/// The version with this number, whose document is at `content`.
pub(super) async fn open(
    context: &Context<'_>,
    suite: &Suite,
    item: ItemId,
    number: u32,
    content: Content,
    identity: &IdentityOptions,
) -> Result<Opened, Failure> {
    match fetch(suite, &context.store()?, item, number, content).await? {
        Body::Clear(document) => Ok(in_clear(document)),
        Body::Sealed(bytes) => unseal(&bytes, &identity.given(context).await?),
    }
}

/// As [`open`], with identities that are there already.
pub(super) async fn open_with(
    suite: &Suite,
    store: &Store,
    item: ItemId,
    profile: &Profile,
    identities: &[Identity],
) -> Result<Opened, Failure> {
    match fetch(suite, store, item, profile.version, profile.content).await? {
        Body::Clear(document) => Ok(in_clear(document)),
        Body::Sealed(bytes) => unseal(&bytes, identities),
    }
}

/// What its author signed.
async fn fetch(suite: &Suite, store: &Store, item: ItemId, number: u32, content: Content) -> Result<Body, Failure> {
    let bytes = store.get(&content.address()?).await?;
    let signed = SignedVersion::parse(&bytes).map_err(|error| Failure::of(&error))?;
    let (version, at) = (&signed.version, suite.deployment());
    let here = (version.chain_id, version.room) == (at.chain_id, at.mds_profiles);
    if !here || (version.item, version.number) != (item, number) || !signed.is_signed_by_author() {
        return Err(Failure::user(
            "NotAVersion",
            format!("the document of version {number} is of another chain, device or version, or not its author's"),
            "`theriac mds history` tells what is wrong with it",
        ));
    }
    Ok(signed.version.body)
}

fn in_clear(document: Resource) -> Opened {
    Opened { document, readers: Vec::new(), salts: Salts::default() }
}

fn unseal(bytes: &[u8], identities: &[Identity]) -> Result<Opened, Failure> {
    let inside = Inside::open(bytes, identities).map_err(|error| Failure::of(&error))?;
    Ok(Opened { document: inside.profile, readers: inside.readers, salts: inside.salts })
}
