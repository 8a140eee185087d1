//! What a person is told of what went wrong, and what to do about it.

use std::time::Duration;

use super::super::super::exit_code::ExitCode;
use super::super::super::failure::Failure;
use crate::station::personalize::{AttemptError, Refusal, Stop, Undone};

/// What to do with a card of which no card was made, by the reason's stable id.
pub(super) fn hint(id: &str) -> &'static str {
    match id {
        "chip.not_blank" => "take it away; `eid card info` says what a card is",
        "chip.issuer_key" => {
            "keep it apart; is it a chip of another issuer? After ten failures it refuses for good"
        }
        "chip.unknown" => "keep it apart: `eid stock register` takes a delivery in",
        "chip.elsewhere" => "send it to its station, or have it handed over with `eid stock move`",
        "chip.quarantined" | "chip.spoiled" | "chip.destroyed" | "chip.state" => {
            "keep it apart; `eid stock list` says why"
        }
        "chip.duplicate_serial" => "keep both chips apart and ask their maker: one of them is a copy",
        "chip.duplicate_key" => "keep it apart and ask its maker: another chip has its key",
        "chip.removed" => "put it back; cards stay on the reader until they are done",
        "chip.exchanged" => "put the first chip back: it can be used",
        "reader.failed" => "look at the reader; `eid doctor` helps. The chip can be used",
        "chip.mute" | "chip.session" | "chip.refused" | "chip.read_back" | "chip.load"
        | "chip.attestation" => "the chip is in quarantine: keep it apart, and lay on another one",
        "operator.interrupted" => "the chip is in quarantine: keep it apart",
        "chip.differs" => {
            "keep this card apart: it is in quarantine, and its job failed; `eid batch retry` makes another one"
        }
        "chip.not_activated" | "station.died" => "the chip can be used",
        "card.unsettled" => {
            "put this card on a reader again: it is issued if it is what it should be; if it is lost, `eid batch resume --give-up`"
        }
        "application.too_large" | "application.invalid" | "application.lost" | "signer.unfit" => {
            "the chip can be used; the job failed: take a corrected application in"
        }
        "profile.refused" => "cards of this profile may not be issued now; cancel the batch",
        "station.no_cvca" => "give --cvca",
        "station.keys" => "give --application-keys",
        "signer.failed" => "see to the document signer; the chips on the readers can be used",
        "signer.quota" => "two people let it sign more, or rotate it: `eid pki ds issue`",
        "station.disk" => "make room on the station's disk; the chips on the readers can be used",
        "station.vault" => "give the vault of this station with --vault-key",
        "batch.not_started" => "two people start it with `eid batch start`",
        _ => "see `eid batch status`",
    }
}

/// The failure of a command that ended because of this.
pub(super) fn stopped(undone: Undone) -> Failure {
    let (id, message) = (undone.id(), undone.to_string());
    let code = match id {
        "signer.failed" | "signer.quota" => ExitCode::Signer,
        "batch.not_started" => ExitCode::Approval,
        "station.no_cvca" | "station.keys" | "profile.refused" => ExitCode::Input,
        "station.random" => ExitCode::Internal,
        "card.unsettled" => ExitCode::Storage,
        _ => ExitCode::Storage,
    };
    let own = |failure: Failure| (failure.code, failure.hint);
    let (code, hint) = match undone {
        Undone::Stopped(Stop::Ledger(error)) => own(error.into()),
        Undone::Stopped(Stop::Data(error)) => own(error.into()),
        Undone::Refused(Refusal::Chip(error)) => own(error.into()),
        Undone::Failed(failed) => match failed.cause {
            AttemptError::Prepare(error) => own(error.into()),
            AttemptError::Data(error) => own(error.into()),
            AttemptError::Results(error) => own(error.into()),
            _ => (code, hint(id).to_owned()),
        },
        _ => (code, hint(id).to_owned()),
    };
    Failure::new(code, id, message, hint)
}

/// `90s`, `45m`, `8h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let rule = || "must be a number with s, m or h, such as 45m".to_owned();
    let (number, unit) = text
        .char_indices()
        .last()
        .and_then(|(at, unit)| Some((text.get(..at)?, unit)))
        .ok_or_else(rule)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return Err(rule()),
    };
    let number: u64 = number.parse().map_err(|_| rule())?;
    number
        .checked_mul(seconds)
        .filter(|seconds| (1..=7 * 24 * 3600).contains(seconds))
        .map(Duration::from_secs)
        .ok_or_else(|| "must be at least a second and at most a week".to_owned())
}

/// `1 h 05 min`, `3 min 20 s`, `12 s`.
pub(super) fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_spoken() {
        for (text, seconds) in [("90s", 90), ("45m", 2700), ("8h", 28_800)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)));
        }
        for text in [
            "",
            "m",
            "5",
            "-1s",
            "1.5h",
            "0s",
            "169h",
            "5ω",
            "99999999999999999999h",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
        let spoken = |seconds| spoken(Duration::from_secs(seconds));
        assert_eq!(spoken(12), "12 s");
        assert_eq!(spoken(200), "3 min 20 s");
        assert_eq!(spoken(3900), "1 h 05 min");
    }
}
