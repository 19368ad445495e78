//! `theriac participants approve`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use theriac_client::rooms::Participant;
use theriac_client::types::Enrolment;
use theriac_client::{Roles, Suite};
use theriac_core::credential::{Application, TrustRoots, Verified, verify};

use crate::answer::Answer;
use crate::commands::delayed::{self, Stage, StageFacts};
use crate::context::Context;
use crate::failure::Failure;
use crate::{files, time};

/// Options of `theriac participants approve`.
#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// The application.
    #[arg(long, value_name = "FILE")]
    application: PathBuf,
    /// PEM file with the root certificates that you trust.
    #[arg(long, value_name = "FILE")]
    roots: PathBuf,
    /// Last day of the enrolment; otherwise the end of the certificate's validity.
    #[arg(long, value_name = "DATE", value_parser = time::last_second)]
    until: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts<'a> {
    account: alloy_primitives::Address,
    roles: Roles,
    organisation: &'a theriac_core::credential::Organisation,
    credential: alloy_primitives::B256,
    valid_from: u64,
    valid_until: u64,
    already_enrolled: bool,
    #[serde(flatten)]
    stage: StageFacts,
}

/// Checks the application and enrols its account.
pub(super) async fn run(context: &Context<'_>, options: &Approve) -> Result<Answer, Failure> {
    let at_application = |error| Failure::of(&error).at(&options.application);
    let application = Application::from_json(&files::read_text(&options.application)?).map_err(at_application)?;
    let roots =
        TrustRoots::from_pem(&files::read(&options.roots)?).map_err(|error| Failure::of(&error).at(&options.roots))?;
    let suite = context.signing_suite().await?;
    let at = suite.deployment();
    let verified = verify(&application, at.chain_id, at.participants, &roots, time::now()).map_err(at_application)?;
    let enrolment = enrolment(&application, &verified, options.until)?;
    let known = suite.participants().participant_of(application.account).await?;
    let already = is_enrolled_so(&known, &enrolment);
    let stage = match already {
        true => None,
        false => Some(enrol(context, &suite, &application, &known, &enrolment).await?),
    };
    answer(context, &application, &verified, &enrolment, &known, stage)
}

/// The clocks of applicant and chain may differ by so much, in seconds, and the account is active at once.
const CLOCKS: u64 = 60;

/// The same application always gives the same enrolment: an announced one is found again by its contents.
fn enrolment(application: &Application, verified: &Verified, until: Option<u64>) -> Result<Enrolment, Failure> {
    let names: Vec<&str> = application.roles.iter().map(String::as_str).collect();
    if let Some(until) = until.filter(|until| *until > verified.certificate_until) {
        return Err(Failure::user(
            "BeyondCertificate",
            format!(
                "--until {} is after the end of the certificate's validity, {}",
                time::iso(until),
                time::iso(verified.certificate_until)
            ),
            "give an earlier day, or leave --until out",
        ));
    }
    Ok(Enrolment {
        roles: names.join(",").parse()?,
        valid_from: application.made_at.saturating_sub(CLOCKS),
        valid_until: until.unwrap_or(verified.certificate_until),
        organisation: verified.commitment,
        credential: verified.credential,
    })
}

fn is_enrolled_so(known: &Participant, enrolment: &Enrolment) -> bool {
    let of_known = (known.credential, known.roles, known.valid_from, known.valid_until);
    of_known == (enrolment.credential, enrolment.roles, enrolment.valid_from, enrolment.valid_until)
}

/// Powerful roles, and accounts that hold one, go the way that the guardian watches.
async fn enrol(
    context: &Context<'_>,
    suite: &Suite,
    application: &Application,
    known: &Participant,
    enrolment: &Enrolment,
) -> Result<Stage, Failure> {
    let participants = suite.participants();
    if enrolment.roles.is_powerful() || known.roles.is_powerful() {
        let call = participants.enrol_powerful(application.account, enrolment);
        return delayed::perform(context, suite, &call).await;
    }
    context.perform(&participants.enrol(application.account, enrolment)).await.map(Stage::Done)
}

fn answer(
    context: &Context<'_>,
    application: &Application,
    verified: &Verified,
    enrolment: &Enrolment,
    known: &Participant,
    stage: Option<Stage>,
) -> Result<Answer, Failure> {
    let account = application.account;
    let dry_run = context.options.dry_run;
    let name = &verified.organisation.name;
    let enrolled = if dry_run { "would be enrolled" } else { "is enrolled" };
    let what =
        format!("{account} ({name}) {enrolled} as {} until {}", enrolment.roles, time::iso(enrolment.valid_until));
    let mut text = match &stage {
        Some(stage) => stage.text(&what),
        None => format!("{account} ({name}) is enrolled with this application already; nothing was sent"),
    };
    if known.suspended {
        text.push_str("\nThe account is suspended and stays so: `theriac participants reinstate` ends that.");
    }
    let facts = Facts {
        account,
        roles: enrolment.roles,
        organisation: &verified.organisation,
        credential: enrolment.credential,
        valid_from: enrolment.valid_from,
        valid_until: enrolment.valid_until,
        already_enrolled: stage.is_none(),
        stage: stage.map_or_else(|| StageFacts::nothing(dry_run), |stage| stage.facts(dry_run)),
    };
    Answer::new(text, &facts)
}
