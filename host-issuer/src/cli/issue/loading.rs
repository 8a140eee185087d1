//! The chip's part of `eid issue`: keys, signature, files, read-back, lock; and its failures.

use personalization::attestation::AttestationError;
use personalization::image::CardImage;
use personalization::job::UnsignedCard;

use super::super::context::Context;
use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use super::super::progress::Progress;
use super::Issuance;
use super::key_source::{KeySource, Taking};
use crate::load::{self, IssuedChip, LoadError, Phase};
use crate::transport::Transport;

/// Id of the failure after which the card may be operational.
const ACTIVATION_UNKNOWN: &str = "chip.activation_unknown";

/// Loads the card, signing it once the chip's keys are known. `at` is the time, RFC 3339.
pub(super) fn load_chip(
    context: &Context<'_>,
    transport: Box<dyn Transport>,
    issuance: &Issuance<'_>,
    unsigned: UnsignedCard<'_>,
    card_id: &str,
    at: &str,
) -> Result<(IssuedChip, CardImage), Failure> {
    let taking = Taking::new(issuance.keys);
    let office = issuance.office()?;
    let keys_of = |serial: &[u8; 10]| office.key_sets(serial);
    let specs = issuance.profile.chip_keys();
    let outcome = watched(context, unsigned.content_len(), |progress| {
        match issuance.keys {
            KeySource::Manifest(_) | KeySource::Stock(_) if !specs.is_empty() => load::issue_known_chip(
                transport,
                &mut context.random(),
                keys_of,
                |serial| taking.manifest(serial, specs, card_id, at),
                specs,
                |keys| {
                    let image = unsigned.sign(issuance.signer, keys)?;
                    Ok::<_, Failure>(image)
                },
                progress,
            ),
            // Without keys everything is signed before the first command. With keys and no manifest, signing refuses.
            _ => unsigned
                .sign(issuance.signer, &[])
                .map_err(Failure::from)
                .and_then(|image| {
                    let chip = load::issue(transport, &mut context.random(), keys_of, &image, progress)?;
                    Ok((chip, image))
                }),
        }
    });
    outcome.inspect_err(|failure| {
        if failure.id != ACTIVATION_UNKNOWN {
            taking.give_back();
        }
    })
}

/// Shows how far a loading of some `total` bytes is while `work` goes on.
pub(super) fn watched<T>(
    context: &Context<'_>,
    total: usize,
    work: impl FnOnce(&mut dyn FnMut(load::Progress<'_>)) -> T,
) -> T {
    let bytes = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let bar = Progress::new(context.output, bytes(total));
    let mut phase = None;
    work(&mut |progress| {
        let what = match progress.phase {
            Phase::Loading => "loading",
            Phase::ReadingBack => "reading back",
            Phase::Locking => "locking",
        };
        if phase != Some(progress.phase) {
            phase = Some(progress.phase);
            context.output.debug(what);
        }
        bar.set(bytes(progress.done), bytes(progress.total), what);
    })
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        let again = "the chip is not operational: put it back and issue it again";
        if error.is_wrong_issuer_key() {
            return Self::new(
                ExitCode::IssuerKey,
                "chip.issuer_key",
                error.to_string(),
                "use the master keys, or the script, that this chip was made for; after ten failures the chip refuses for good",
            );
        }
        if error.is_no_blank_chip() {
            return Self::input(
                "chip.not_blank",
                "the card in the reader is not a blank chip: it is issued already, or of another kind",
                "put a blank chip on the reader; `eid card info` says what a card is",
            );
        }
        if let LoadError::ActivationUnknown { .. } = error {
            return Self::new(
                ExitCode::CardRemoved,
                ACTIVATION_UNKNOWN,
                error.to_string(),
                "keep this card apart; `eid card info` says whether it is operational, and without its print data it must be destroyed",
            );
        }
        if let Some(failure) = of_script(&error) {
            return failure;
        }
        if let LoadError::Attestation(AttestationError::OtherChip { .. }) = &error {
            return Self::new(
                ExitCode::Chip,
                "chip.other_manifest",
                error.to_string(),
                "give --manifest the file that came with this chip; nothing was written to it",
            );
        }
        if let LoadError::Attestation(_) = &error {
            return Self::new(
                ExitCode::Chip,
                "chip.attestation",
                error.to_string(),
                "keep this chip apart: its key may be known to somebody else; nothing was signed for it",
            );
        }
        match error.transport() {
            Some(transport) => {
                let failure = Self::from(transport.clone());
                Self {
                    hint: format!("{}; {again}", failure.hint),
                    ..failure
                }
            }
            None => Self::new(ExitCode::Chip, "chip.load", error.to_string(), again),
        }
    }
}

/// What can go wrong with a script alone.
fn of_script(error: &LoadError) -> Option<Failure> {
    let (code, id, hint) = match error {
        LoadError::OtherChip { .. } => (
            ExitCode::Chip,
            "script.other_chip",
            "put the chip on the reader that the script is for; nothing was done to this one",
        ),
        LoadError::UsedUp { .. } => (
            ExitCode::Chip,
            "script.used_up",
            "have the office prepare the same card again, from its .cardimg: \
             `eid prepare --image FILE --sequence` with the chip's counter",
        ),
        LoadError::Unforeseen { .. } => (
            ExitCode::Chip,
            "script.unforeseen",
            "the chip is not operational: put it back and issue it again; if it stays so, keep chip and script apart",
        ),
        LoadError::Attempts => (
            ExitCode::Usage,
            "script.attempts",
            "give fewer --attempts, or a lower --sequence",
        ),
        _ => return None,
    };
    Some(Failure::new(code, id, error.to_string(), hint))
}
