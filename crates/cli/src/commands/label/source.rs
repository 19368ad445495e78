//! What stands on the labels.

use theriac_client::Suite;
use theriac_core::gs1::{Lot as LotNumber, Serial};
use theriac_core::ids::{LotId, ModelId};
use theriac_core::label::Label as Print;
use theriac_core::serials::{self, CompactSerial};
use theriac_core::udi::{Di, Udi, UdiError};

use super::{Facts, Label};
use crate::commands::documents::{lot_document, model_document_if_stored, registered_lot};
use crate::commands::subject::{self, Model};
use crate::commands::udi::unwritable;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;

/// Places in a lot document, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    first: u32,
    last: u32,
}

/// Labels of one model and lot: what they share, and their serials.
#[derive(Debug)]
pub(super) struct Source {
    /// The UDI without serial.
    common: Udi,
    /// One label each; none means one label of `common` as it is.
    serials: Vec<CompactSerial>,
    pub(super) title: String,
    pub(super) maker: String,
    resolver: String,
}

/// Finds out what to print.
pub(super) async fn open(context: &Context<'_>, options: &Label) -> Result<Source, Failure> {
    let (common, serials, known_title) = match (&options.udi, &options.serials) {
        (Some(udi), _) => (subject::udi(udi)?, Vec::new(), None),
        (None, Some(file)) => listed(options, file)?,
        (None, None) => registered(context, options).await?,
    };
    let mut names = Names { title: options.title.clone().or(known_title), maker: options.maker.clone() };
    if !names.known() {
        names.look_up(context, common.model_id()).await;
    }
    if !names.known() {
        context.printer.note("the registered names of product or maker are not at hand: give --title and --maker");
    }
    let di = format!("{} {}", common.di.agency(), common.di);
    let (title, maker) = (names.title.unwrap_or(di), names.maker.unwrap_or_default());
    Ok(Source { common, serials, title, maker, resolver: options.resolver.clone() })
}

type Found = (Udi, Vec<CompactSerial>, Option<String>);

/// From a file of serials.
fn listed(options: &Label, file: &std::path::Path) -> Result<Found, Failure> {
    let name = options.lot.model.as_deref().unwrap_or_default();
    let model = Model::parse(name)?;
    let di = model.di.ok_or_else(|| {
        Failure::user("NoDi", format!("the model id {name} does not tell the DI"), "give the DI as --model")
    })?;
    let mut common = of_lot(di, options.lot.lot.as_deref().unwrap_or_default())?;
    (common.made, common.expires) = (options.made, options.expires);
    let list = serials::read(files::open(file)?).map_err(|error| Failure::of(&error).at(file))?;
    Ok((common, list.serials, None))
}

/// From a lot on the chain, through its document.
async fn registered(context: &Context<'_>, options: &Label) -> Result<Found, Failure> {
    let id = options.lot.lot()?.ok_or_else(|| {
        Failure::user(
            "NoSubject",
            "nothing was named to print labels of",
            "give a UDI, or --model and --lot, or --lot-id",
        )
    })?;
    let suite = context.suite().await?;
    let lot = registered_lot(&suite, id.id).await?;
    let document = lot_document(context, &lot).await?;
    let (details, wanted) = (document.details(), options.indices);
    check_lot(id.id, details.id())?;
    let di = Di::new(details.agency, &details.di).map_err(|error| Failure::of(&error))?;
    let mut common = of_lot(di, &details.lot)?;
    (common.made, common.expires) = (details.made, details.expires);
    let serials = match wanted {
        None => document.serials(),
        Some(Range { first, last }) => document.serials().get(first as usize..=last as usize).ok_or_else(|| {
            let what = format!("the lot has items 0 to {}, not {first} to {last}", document.count() - 1);
            Failure::user("OutsideLot", what, "give --indices within the lot")
        })?,
    };
    Ok((common, serials.to_vec(), Some(details.name.clone())))
}

fn check_lot(wanted: LotId, found: LotId) -> Result<(), Failure> {
    if wanted == found {
        return Ok(());
    }
    Err(Failure::user(
        "OtherLot",
        format!("the document that lot {wanted} names on the chain is of lot {found}"),
        "do not print it; ask the manufacturer",
    ))
}

fn of_lot(di: Di, number: &str) -> Result<Udi, Failure> {
    let mut udi = Udi::new(di);
    if !number.is_empty() {
        udi.lot = Some(LotNumber::new(number).map_err(|error| Failure::of(&error))?);
    }
    Ok(udi)
}

/// Names of product and maker.
struct Names {
    title: Option<String>,
    maker: Option<String>,
}

impl Names {
    fn known(&self) -> bool {
        self.title.is_some() && self.maker.is_some()
    }

    /// Asks chain and store. Labels can be made without, so what fails here only leaves the names open.
    async fn look_up(&mut self, context: &Context<'_>, model: ModelId) {
        let Ok(suite) = context.suite().await else { return };
        if let Ok(Some((title, maker))) = document_names(context, &suite, model).await {
            self.title.get_or_insert(title);
            self.maker.get_or_insert(maker);
        }
    }
}

async fn document_names(
    context: &Context<'_>,
    suite: &Suite,
    model: ModelId,
) -> Result<Option<(String, String)>, Failure> {
    let catalog = suite.catalog();
    let Some(approved) = catalog.model_of(model).await? else { return Ok(None) };
    let Some(registration) = catalog.registration_of(model, approved.manufacturer).await? else { return Ok(None) };
    let document = model_document_if_stored(context, &registration.document).await?;
    Ok(document.map(|document| (document.name, document.company)))
}

impl Source {
    /// How many labels there are.
    pub(super) fn count(&self) -> usize {
        self.serials.len().max(1)
    }

    /// Every label, in order.
    pub(super) fn labels(&self) -> impl Iterator<Item = Result<Print, Failure>> + '_ {
        let alone = self.serials.is_empty().then(|| self.label(self.common.clone()));
        let listed = self.serials.iter().map(|serial| {
            let serial = Serial::new(serial.as_str()).map_err(|error| Failure::of(&error))?;
            self.label(Udi { serial: Some(serial), ..self.common.clone() })
        });
        alone.into_iter().chain(listed)
    }

    /// Makes the first label and writes nothing.
    pub(super) fn check(&self, options: &Label) -> Result<Facts, Failure> {
        self.labels().next().transpose()?;
        let (title, maker) = (self.title.clone(), self.maker.clone());
        Ok(Facts { file: options.out.clone(), labels: self.count(), pages: None, bytes: 0, title, maker })
    }

    fn label(&self, udi: Udi) -> Result<Print, Failure> {
        let elements = udi.to_elements().map_err(|error| not_printable(&error))?;
        let link = udi.to_digital_link(&self.resolver).map_err(|error| not_printable(&error))?;
        Ok(Print {
            title: self.title.clone(),
            maker: self.maker.clone(),
            digital_link: link.to_string(),
            element_string: elements.to_raw(),
            human_readable: elements.iter().map(|element| format!("({}){}", element.ai(), element.value())).collect(),
            lot: udi.lot.map(String::from),
            serial: udi.serial.map(String::from),
            expiry: udi.expires.map(|day| day.to_string()),
            made: udi.made.map(|day| day.to_string()),
            scratch_code: None,
        })
    }
}

fn not_printable(error: &UdiError) -> Failure {
    match error {
        UdiError::NotGs1(agency) => Failure::user(
            "NotGs1",
            format!("a label of {agency} carries symbols of its own, which are not printed here"),
            "print it with the software of that agency; `theriac udi parse` and `theriac verify` read it all the same",
        ),
        other => unwritable(other),
    }
}

/// Reads `7` or `0-99`.
pub(super) fn range(text: &str) -> Result<Range, String> {
    let wrong = || format!("`{text}` is no range of places: write 7, or 0-99");
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = Range { first: first.parse().map_err(|_| wrong())?, last: last.parse().map_err(|_| wrong())? };
    if range.first <= range.last { Ok(range) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_with_both_ends() {
        assert_eq!(range("7"), Ok(Range { first: 7, last: 7 }));
        assert_eq!(range("0-99"), Ok(Range { first: 0, last: 99 }));
        for wrong in ["", "-", "9-1", "a-b", "1-", "0-4294967296"] {
            assert_eq!(range(wrong), Err(format!("`{wrong}` is no range of places: write 7, or 0-99")));
        }
    }
}
