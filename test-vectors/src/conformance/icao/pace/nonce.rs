//! The first GENERAL AUTHENTICATE: the encrypted nonce.

use super::{complete, every, kinds, password, refused, retagged, run_before};
use crate::conformance::bench::{Bench, PaceStep};
use crate::conformance::case::Case;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::verdict::Played;
use crate::naive::object;

const STEP: PaceStep = PaceStep::Nonce;

pub(super) fn cases() -> Vec<Case> {
    vec![
        refused("ISO7816_P_11", STEP, every, |_, _, right| retagged(right, 0x8C)),
        refused("ISO7816_P_12", STEP, every, |_, _, right| right.data([])),
        refused("ISO7816_P_13", STEP, every, |_, _, right| {
            right.data(object(0x7C, &object(0x81, &[0x01])))
        }),
        Case::new("ISO7816_P_14", twice),
        refused("ISO7816_P_54", STEP, every, |_, _, right| right.class(0x00)),
    ]
}

/// Asked for twice, the card gives another nonce, which then counts; or it refuses, and begins anew when it is asked to. The standard
/// allows both.
fn twice(bench: &mut Bench<'_>) -> Played {
    for parameters in kinds(bench, every)? {
        let mut pace = run_before(bench, &parameters, PaceStep::Map)?;
        let first = pace.nonce.clone();
        let answer = bench.send_plain(&pace.ask_nonce())?;
        if StatusSet::REFUSAL.has(answer.status) {
            answer.expect_no_data(STEP.name())?;
            let password = password(bench)?;
            bench.pace_succeeds_afresh(&parameters, password)?;
            continue;
        }
        let answer = answer.expect(STEP.name(), StatusSet::SUCCESS)?;
        bench.pace_take(&mut pace, STEP, &answer)?;
        expected(pace.nonce != first, STEP.name(), "another nonce than before")?;
        complete(bench, &mut pace, PaceStep::Map)?;
    }
    Ok(())
}
