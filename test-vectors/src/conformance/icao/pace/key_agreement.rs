//! The third GENERAL AUTHENTICATE: ephemeral keys.

use super::{
    complete, every, in_a_modp_group, inner_retagged, kinds, on_a_curve, refused, retagged, run_before,
    unwrapped, with_another, wrong_key,
};
use crate::conformance::bench::PaceStep;
use crate::conformance::case::Case;
use crate::conformance::verdict::Finding;
use crate::oracle::keys::{Border, WrongKey};

const STEP: PaceStep = PaceStep::Agree;
/// The terminal's ephemeral key.
const TAG: u32 = 0x83;

pub(super) fn cases() -> Vec<Case> {
    vec![
        refused("ISO7816_P_19", STEP, every, |_, _, right| retagged(right, 0x8C)),
        refused("ISO7816_P_20", STEP, every, |_, _, right| unwrapped(right)),
        refused("ISO7816_P_21", STEP, every, |_, _, right| {
            inner_retagged(right, 0x84)
        }),
        refused("ISO7816_P_22", STEP, every, |_, _, right| {
            with_another(right, 0x84)
        }),
        wrong_key("ISO7816_P_23", STEP, TAG, WrongKey::OtherSize, every),
        wrong_key("ISO7816_P_24", STEP, TAG, WrongKey::Origin, on_a_curve),
        border("ISO7816_P_25", Border::SmallX),
        border("ISO7816_P_26", Border::LargeX),
        border("ISO7816_P_27", Border::SmallY),
        border("ISO7816_P_28", Border::LargeY),
        wrong_key("ISO7816_P_29", STEP, TAG, WrongKey::AboveModulus, in_a_modp_group),
        wrong_key("ISO7816_P_30", STEP, TAG, WrongKey::OffCurve, on_a_curve),
        wrong_key("ISO7816_P_52", STEP, TAG, WrongKey::Form, on_a_curve),
        wrong_key("ISO7816_P_53", STEP, TAG, WrongKey::Zeros, every),
        refused("ISO7816_P_56", STEP, every, |_, _, right| right.class(0x00)),
    ]
}

/// An ephemeral key at the edge of the field is an ephemeral key: the run comes to its end.
fn border(id: &str, border: Border) -> Case {
    Case::new(id, move |bench| {
        for parameters in kinds(bench, on_a_curve)? {
            let mut pace = run_before(bench, &parameters, STEP)?;
            let curve = pace.set.group.curve();
            let key = curve.and_then(|curve| border.key(curve, &pace.generator, &mut bench.random));
            // A search that finds nothing says nothing of the card.
            let key = key.ok_or_else(|| Finding::NotApplicable("no such key was found".into()))?;
            (pace.private, pace.public) = key;
            complete(bench, &mut pace, STEP)?;
        }
        Ok(())
    })
}
