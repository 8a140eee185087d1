//! The second GENERAL AUTHENTICATE: mapping keys, or the terminal's nonce.

use super::{
    complete, every, in_a_modp_group, inner_retagged, kinds, maps_by_keys, on_a_curve, refused, retagged,
    run_before, unwrapped, wrong_key,
};
use crate::conformance::bench::{Bench, PaceStep};
use crate::conformance::case::Case;
use crate::conformance::verdict::{Finding, Played};
use crate::faulty_chip::{Mapping, PaceSet};
use crate::naive::object;
use crate::oracle::Pace;
use crate::oracle::keys::{Border, WrongKey, generator};

const STEP: PaceStep = PaceStep::Map;
/// The terminal's mapping data.
const TAG: u32 = 0x81;

pub(super) fn cases() -> Vec<Case> {
    vec![
        refused("ISO7816_P_15", STEP, every, |_, _, right| retagged(right, 0x8C)),
        refused("ISO7816_P_16", STEP, every, |_, _, right| unwrapped(right)),
        refused("ISO7816_P_17", STEP, every, |_, _, right| {
            inner_retagged(right, 0x82)
        }),
        wrong_key("ISO7816_P_41", STEP, TAG, WrongKey::OtherSize, maps_by_keys),
        wrong_key("ISO7816_P_42", STEP, TAG, WrongKey::Origin, keys_on_a_curve),
        border("ISO7816_P_43", Border::SmallX),
        border("ISO7816_P_44", Border::LargeX),
        border("ISO7816_P_45", Border::SmallY),
        border("ISO7816_P_46", Border::LargeY),
        wrong_key(
            "ISO7816_P_47",
            STEP,
            TAG,
            WrongKey::AboveModulus,
            keys_in_a_modp_group,
        ),
        wrong_key("ISO7816_P_48", STEP, TAG, WrongKey::Zeros, keys_in_a_modp_group),
        wrong_key("ISO7816_P_49", STEP, TAG, WrongKey::OffCurve, keys_on_a_curve),
        wrong_key("ISO7816_P_50", STEP, TAG, WrongKey::Form, keys_on_a_curve),
        refused("ISO7816_P_51", STEP, by_a_nonce, |_, pace, right| {
            let nonce = &pace.map_private;
            let short = &nonce[..nonce.len().saturating_sub(1)];
            right.data(object(0x7C, &object(TAG, short)))
        }),
        refused("ISO7816_P_55", STEP, every, |_, _, right| right.class(0x00)),
    ]
}

fn keys_on_a_curve(set: &PaceSet) -> bool {
    maps_by_keys(set) && on_a_curve(set)
}

fn keys_in_a_modp_group(set: &PaceSet) -> bool {
    maps_by_keys(set) && in_a_modp_group(set)
}

fn by_a_nonce(set: &PaceSet) -> bool {
    set.mapping == Mapping::Integrated
}

/// A mapping key at the edge of the field is a mapping key: the run comes to its end.
fn border(id: &str, border: Border) -> Case {
    Case::new(id, move |bench| {
        for parameters in kinds(bench, keys_on_a_curve)? {
            let mut pace = run_before(bench, &parameters, STEP)?;
            take_private(bench, &mut pace, border)?;
            complete(bench, &mut pace, STEP)?;
        }
        Ok(())
    })
}

fn take_private(bench: &mut Bench<'_>, pace: &mut Pace, border: Border) -> Played {
    let group = pace.set.group;
    let key = group
        .curve()
        .and_then(|curve| border.key(curve, &generator(group), &mut bench.random));
    // A search that finds nothing says nothing of the card.
    let (private, _) = key.ok_or_else(|| Finding::NotApplicable("no such key was found".into()))?;
    pace.map_private = private;
    Ok(())
}
