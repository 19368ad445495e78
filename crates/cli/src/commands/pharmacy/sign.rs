//! `theriac pharmacy collect` and `countersign`: what the patient and a second pharmacist sign. Neither needs a chain.

use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256, U256};
use clap::Args;
use serde::Serialize;
use theriac_client::eip712;
use theriac_core::merkle::Leaf;
use theriac_core::sale::rfid;

use super::keys;
use super::papers::{self, Collection, Countersignature, Request, SignedSale};
use super::room::Room;
use crate::answer::Answer;
use crate::context::Context;
use crate::failure::Failure;

/// What both take.
#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// What the pharmacy asks to be signed: the file of `theriac pharmacy check --request`.
    file: PathBuf,
    /// Where the signatures go.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Serialize)]
struct Facts<'a> {
    prescription: B256,
    pharmacy: Address,
    signer: Address,
    packs: usize,
    file: &'a Path,
}

/// The patient signs with the prescription's key.
pub(super) async fn collect(context: &Context<'_>, options: &Sign) -> Result<Answer, Failure> {
    let (room, request) = read(context, &options.file)?;
    let signer = keys::collector(context.required_signer()?, request.prescription.patient).await?;
    let prescription = room.id_of(&request.prescription);
    let mut sales = Vec::with_capacity(request.sales.len());
    for (packs, nonce) in packs_of(&request)? {
        let collection =
            eip712::Collection { prescription, pharmacy: request.pharmacy, packs, nonce: U256::from(nonce) };
        let signature = signer.sign_typed(&collection, &room.domain()).await?;
        sales.push(SignedSale { packs, nonce, signature: signature.as_bytes().to_vec().into() });
    }
    papers::write(&options.out, room, &Collection { prescription, pharmacy: request.pharmacy, sales })?;
    told(&request, prescription, signer.address(), &options.out)
}

/// The second pharmacist signs.
pub(super) async fn countersign(context: &Context<'_>, options: &Sign) -> Result<Answer, Failure> {
    let (room, request) = read(context, &options.file)?;
    let signer = context.required_signer()?;
    let prescription = room.id_of(&request.prescription);
    let mut sales = Vec::with_capacity(request.sales.len());
    for (packs, nonce) in packs_of(&request)? {
        let countersignature =
            eip712::Countersignature { prescription, pharmacy: request.pharmacy, packs, nonce: U256::from(nonce) };
        let signature = signer.sign_typed(&countersignature, &room.domain()).await?;
        sales.push(SignedSale { packs, nonce, signature: signature.as_bytes().to_vec().into() });
    }
    let second = signer.address();
    papers::write(&options.out, room, &Countersignature { prescription, pharmacy: request.pharmacy, second, sales })?;
    told(&request, prescription, second, &options.out)
}

/// The file; nobody signs for a contract that the deployments folder does not have.
fn read(context: &Context<'_>, file: &Path) -> Result<(Room, Request), Failure> {
    let (room, request) = papers::read::<Request>(file)?;
    room.check_known(context).map_err(|failure| failure.at(file))?;
    Ok((room, request))
}

/// What the packs of each sale are signed as, with its number.
fn packs_of(request: &Request) -> Result<Vec<(B256, u32)>, Failure> {
    let sales = request.sales.iter().map(|sale| {
        let leaves: Vec<Leaf> = sale.packs.iter().map(Leaf::from).collect();
        Ok((rfid(sale.unit.lot(), &leaves).map_err(|error| Failure::of(&error))?, sale.nonce))
    });
    sales.collect()
}

fn told(request: &Request, prescription: B256, signer: Address, file: &Path) -> Result<Answer, Failure> {
    let packs = request.sales.iter().map(|sale| sale.packs.len()).sum();
    let text = format!(
        "signed by {signer} for {packs} packs of prescription {prescription} at pharmacy {}\nGive {} to the pharmacist; it serves \
         this one sale.",
        request.pharmacy,
        file.display()
    );
    Answer::new(text, &Facts { prescription, pharmacy: request.pharmacy, signer, packs, file })
}
