//! The fourth GENERAL AUTHENTICATE: authentication tokens.

use super::{every, inner_retagged, refused, retagged, unwrapped, with_another};
use crate::conformance::bench::PaceStep;
use crate::conformance::case::Case;
use crate::naive::{find, object};
use crate::oracle::{Command, Pace};

const STEP: PaceStep = PaceStep::Prove;
/// The terminal's token.
const TAG: u32 = 0x85;

pub(super) fn cases() -> Vec<Case> {
    vec![
        refused("ISO7816_P_31", STEP, every, |_, _, right| retagged(right, 0x8C)),
        refused("ISO7816_P_32", STEP, every, |_, _, right| unwrapped(right)),
        refused("ISO7816_P_33", STEP, every, |_, _, right| {
            inner_retagged(right, 0x86)
        }),
        refused("ISO7816_P_34", STEP, every, |_, _, right| {
            with_another(right, 0x86)
        }),
        token("ISO7816_P_35", |mut token, _| {
            token.iter_mut().take(1).for_each(|byte| *byte ^= 0x01);
            token
        }),
        token("ISO7816_P_36", |mut token, _| {
            token.pop();
            token
        }),
        refused("ISO7816_P_57", STEP, every, |_, _, right| right.class(0x10)),
        token("ISO7816_P_62", without_public_key_object),
        token("ISO7816_P_76", |mut token, _| {
            token.push(0x00);
            token
        }),
    ]
}

fn token(id: &str, bend: fn(Vec<u8>, &Pace) -> Vec<u8>) -> Case {
    refused(id, STEP, every, move |_, pace, right| {
        let token = bend(pace.token_over(&pace.public_ic), pace);
        command(right, &token)
    })
}

fn command(right: Command, token: &[u8]) -> Command {
    right.data(object(0x7C, &object(TAG, token)))
}

/// Over the content of 7F49, without 7F49 and its length.
fn without_public_key_object(_: Vec<u8>, pace: &Pace) -> Vec<u8> {
    let whole = pace.token_input(&pace.public_ic);
    pace.mac(find(&whole, 0x7F49).unwrap_or_default())
}
