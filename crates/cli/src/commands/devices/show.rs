//! `theriac devices show`.

use alloy_primitives::Address;
use serde::Serialize;
use theriac_core::content::ContentAddress;
use theriac_core::ids::ItemId;

use crate::answer::Answer;
use crate::commands::people::People;
use crate::commands::subject::Item;
use crate::context::Context;
use crate::failure::Failure;
use crate::time;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    item: ItemId,
    /// None where no twin was minted.
    owner: Option<Address>,
    /// Who alone can unlock it or send it back, while it is locked.
    keeper: Option<Address>,
    /// Its own document, else that of its lot.
    document: Option<ContentAddress>,
    token_uri: Option<String>,
    first_claim: Option<FirstClaim>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FirstClaim {
    claimer: Address,
    at: String,
}

/// Shows the twin; exit code 1 where there is none.
pub(super) async fn run(context: &Context<'_>, text: &str) -> Result<Answer, Failure> {
    let item = Item::parse(text)?.id;
    let suite = context.suite().await?;
    let devices = suite.devices();
    let owner = devices.owner_of(item).await?;
    let document = devices.document_of(item).await?;
    let document = if document.is_none() { None } else { Some(document.address()?) };
    let claim = devices.claim_of(item).await?;
    let facts = Facts {
        item,
        owner,
        keeper: devices.lock_of(item).await?.map(|lock| lock.keeper),
        document,
        token_uri: if owner.is_some() { Some(devices.token_uri(item).await?) } else { None },
        first_claim: claim.map(|claim| FirstClaim { claimer: claim.claimer, at: time::iso(claim.claimed_at) }),
    };
    let text = facts.text(&mut People::new(&suite)).await?;
    Ok(Answer::new(text, &facts)?.good(owner.is_some()))
}

impl Facts {
    async fn text(&self, people: &mut People<'_>) -> Result<String, Failure> {
        let owner = match self.owner {
            Some(owner) => people.name(owner).await?,
            None => "none: no twin was minted".to_owned(),
        };
        let lock = match self.keeper {
            Some(keeper) => format!("kept by {}", people.name(keeper).await?),
            None => "none".to_owned(),
        };
        let document = self.document.map_or_else(|| "none".to_owned(), |document| document.uri());
        let claim = match &self.first_claim {
            Some(claim) => format!("{}, {}", people.name(claim.claimer).await?, claim.at),
            None => "none".to_owned(),
        };
        Ok(format!(
            "item         {}\nowner        {owner}\nlock         {lock}\ndocument     {document}\nfirst claim  {claim}",
            self.item
        ))
    }
}
