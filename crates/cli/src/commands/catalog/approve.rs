//! `theriac catalog approve`.

use alloy_primitives::{Address, B256};
use clap::Args;
use serde::Serialize;
use theriac_client::types::Product;
use theriac_core::content::ContentAddress;
use theriac_core::document::Category;
use theriac_core::ids::ModelId;

use super::show::model_lines;
use crate::answer::Answer;
use crate::commands::documents::model_document;
use crate::commands::subject::Model;
use crate::context::{Context, Done};
use crate::failure::Failure;

/// Options of `theriac catalog approve`.
#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// The model: its DI, a UDI or a model id.
    model: String,
    /// Whose registration is approved.
    #[arg(long, value_name = "ADDRESS")]
    manufacturer: Address,
    /// Approve only if the registration's document has this digest; otherwise that of the registration as it stands now.
    #[arg(long)]
    digest: Option<B256>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts {
    model: ModelId,
    manufacturer: Address,
    /// Device, or the class of medicine: how it may be sold.
    product: Product,
    document: ContentAddress,
    already_approved: bool,
    #[serde(flatten)]
    done: Done,
}

/// Shows the registration's document and approves exactly that.
pub(super) async fn run(context: &Context<'_>, options: &Approve) -> Result<Answer, Failure> {
    let model = Model::parse(&options.model)?.id;
    let suite = context.signing_suite().await?;
    let catalog = suite.catalog();
    let registration = catalog.registration_of(model, options.manufacturer).await?.ok_or_else(|| {
        Failure::user(
            "NotRegistered",
            format!("{} has not registered the model {model}", options.manufacturer),
            "compare model and account with `theriac catalog models`; the manufacturer runs `theriac catalog import`",
        )
    })?;
    let found = registration.document.digest;
    if let Some(wanted) = options.digest.filter(|wanted| *wanted != found) {
        return Err(Failure::user(
            "OtherDocument",
            format!("the registration's document has the digest {found}, not {wanted}"),
            "the manufacturer registered it again: look at the new document with `theriac catalog show`, then decide",
        ));
    }
    let already = catalog.model_of(model).await?.is_some_and(|known| known.manufacturer == options.manufacturer);
    // Without the document nobody knows what is approved, so a store that lacks it ends the matter here.
    let document = model_document(context, &registration.document).await?;
    let product = registration.product;
    if (document.category == Category::Device) != (product == Product::Device) {
        return Err(Failure::user(
            "OtherProduct",
            format!("the model is registered as a {product}, but its document says otherwise"),
            "do not approve it; the manufacturer registers the model again as what it is",
        ));
    }
    let done = match already {
        true => Done::nothing(context),
        false => context.perform(&catalog.approve_model(model, options.manufacturer, found, product)).await?,
    };
    let outcome = match (already, context.options.dry_run) {
        (true, _) => "approved already; nothing was sent".to_owned(),
        (false, true) => format!("would be approved\n{}", done.text()),
        (false, false) => format!("approved\n{}", done.text()),
    };
    let address = registration.document.address()?;
    let text = format!(
        "{}\nclass         {product}\ndocument      {}\n{outcome}",
        model_lines(&document, model),
        address.uri()
    );
    let manufacturer = options.manufacturer;
    let facts = Facts { model, manufacturer, product, document: address, already_approved: already, done };
    Answer::new(text, &facts)
}
