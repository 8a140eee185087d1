//! Commands that are none of PACE between its steps.

use super::{after_refusal, every, is_refused_somewhere, kinds, run_before};
use crate::conformance::bench::{Bench, PaceStep};
use crate::conformance::case::Case;
use crate::conformance::expect::StatusSet;
use crate::conformance::verdict::Played;
use crate::oracle::Command;

/// EF.CardAccess is always readable; that the card is in the midst of something else is a reason to refuse.
const READ_OR_NOT: StatusSet = StatusSet::new(
    "9000 or an ISO checking error (64xx to 6Fxx)",
    &[0x9000..=0x9000, 0x6400..=0x6FFF],
);

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("ISO7816_P_58", instead_of_the_token),
        interrupted("ISO7816_P_59", PaceStep::Map),
        interrupted("ISO7816_P_60", PaceStep::Agree),
        interrupted("ISO7816_P_61", PaceStep::Prove),
    ]
}

fn read_card_access(bench: &mut Bench<'_>) -> Played {
    bench
        .send_plain(&Command::read_binary_sfi(0x1C, 0, 1))?
        .expect("READ BINARY of EF.CardAccess between the steps", READ_OR_NOT)?;
    Ok(())
}

/// Without the terminal's token no session begins.
fn instead_of_the_token(bench: &mut Bench<'_>) -> Played {
    for parameters in kinds(bench, every)? {
        let pace = run_before(bench, &parameters, PaceStep::Prove)?;
        read_card_access(bench)?;
        after_refusal(bench, &parameters, &pace)?;
    }
    Ok(())
}

/// A run that was interrupted before this step does not come to its end.
fn interrupted(id: &str, step: PaceStep) -> Case {
    Case::new(id, move |bench| {
        for parameters in kinds(bench, every)? {
            let mut pace = run_before(bench, &parameters, step)?;
            read_card_access(bench)?;
            is_refused_somewhere(bench, &mut pace, step)?;
            after_refusal(bench, &parameters, &pace)?;
        }
        Ok(())
    })
}
