//! Before the first card: who makes them, and whether everything is there that they need.

use personalization::pki::directory::OfficerDirectory;
use personalization::profile::CheckedProfile;

use super::super::super::context::Context;
use super::super::super::desk::OpenStation;
use super::super::super::exit_code::ExitCode;
use super::super::super::failure::Failure;
use super::super::super::output::one_line;
use super::super::super::preflight::must_be_ready;
use super::RunArguments;
use crate::station::desk::Desk;
use crate::station::preflight::{Needs, check};
use crate::station::{quota, shift};

/// Who makes the cards, by the directory with their key.
pub(super) fn officer(arguments: &RunArguments) -> Result<OfficerDirectory, Failure> {
    let refused = |id, message: String| {
        Failure::new(
            ExitCode::Approval,
            id,
            message,
            "give --officer DIR, the directory that `eid approve init` made",
        )
    };
    let Some(directory) = &arguments.officer else {
        let message = "nobody proves who makes these cards: --officer is missing";
        return Err(refused("officers.no_key", message.to_owned()));
    };
    let officer = OfficerDirectory::open(directory)?;
    let name = officer.officer().name();
    match &arguments.operator {
        Some(operator) if operator != name => {
            let message = format!(
                "the key is that of {}, and --operator says {}",
                one_line(name),
                one_line(operator)
            );
            Err(refused("officers.not_proved", message))
        }
        _ => Ok(officer),
    }
}

/// The officer signs that the shift begins; the key is closed again at once.
pub(super) fn open_shift(
    arguments: &RunArguments,
    officer: &OfficerDirectory,
    desk: &Desk<'_>,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let place = officer.key_place()?;
    let passphrase = arguments.office.passphrase();
    let file = passphrase.file_for(&place, arguments.officer_passphrase_file.as_deref());
    let what = format!("the key of {}", officer.officer().name());
    let signer = officer.signer(&context.key_secret(&place, file, &what)?)?;
    shift::open(desk, &arguments.batch, &signer)?;
    Ok(())
}

/// Looks at everything that `total` cards need, before the first of them.
pub(super) fn preflight(
    arguments: &RunArguments,
    station: &OpenStation,
    profile: &CheckedProfile,
    total: u32,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let document_signer = arguments.office.document_signer(context)?;
    // What two people allowed beyond the signer's quota, its directory may not know yet.
    quota::apply(&station.ledger, &document_signer)?;
    let needs = Needs {
        station: station.directory.name(),
        directory: station.directory.layout().path(),
        cards: total,
        signatures_per_card: 1 + u32::from(profile.has_card_security()),
        readers: Some(&arguments.reader),
        document_signer: Some(&document_signer),
    };
    let findings = check(context.environment, &station.ledger, &needs);
    must_be_ready(&findings, context)
}
