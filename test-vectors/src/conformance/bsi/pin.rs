//! EAC2_ISO7816_P: the PIN, its retry counter and the PUK (BSI TR-03110-2 §2.2.3, §2.4; TR-03110-3 §B.14).
//!
//! Every case brings the PIN into the state that it begins in, and gives the card back with the PIN that it was handed with, all tries
//! left. What cannot be given back are uses of the PUK: a run takes one for each case that blocks the PIN and for each change by PUK.

mod state;

use crate::conformance::bench::{Bench, Password, refused};
use crate::conformance::case::Case;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::statement::Need;
use crate::conformance::verdict::{Finding, Played};
use state::{Pins, RESET, tries_left};

/// What nobody can play who has no authentication terminal of version 2.
const VERSION_2: &str = "wants Terminal and Chip Authentication of version 2, which the suite does not speak";

pub(super) fn cases() -> Vec<Case> {
    let case = |number: &str, play: fn(&mut Bench<'_>, &Pins) -> Played| {
        let id = format!("EAC2_ISO7816_P_{number}");
        let play = move |bench: &mut Bench<'_>| Pins::lent(bench, play);
        Case::new(id, play).needs(Need::Pin).lasting()
    };
    let mut cases = vec![
        case("2", counter_returns),
        case("3", counter_falls),
        case("4", suspended),
        case("5", resumed),
        case("6", resumed_until_power_off),
        case("7", changed_by_pin),
        case("8", blocked_by_wrong_pin),
        case("8a", blocked),
        case("9", |bench, pins| {
            pins.block(bench)?;
            pins.with_puk(bench, None, StatusSet::SUCCESS)?;
            operational(bench, pins, &pins.right)
        }),
        case("10", |bench, pins| {
            pins.block(bench)?;
            pins.with_puk(bench, Some(&pins.new), StatusSet::SUCCESS)?;
            operational(bench, pins, &pins.new)
        }),
        case("11", |bench, pins| {
            pins.with_puk(bench, Some(&pins.new), StatusSet::SUCCESS)?;
            operational(bench, pins, &pins.new)
        }),
        case("12", |bench, pins| {
            pins.with_puk(bench, Some(&pins.new), StatusSet::SECURITY_STATUS_NOT_SATISFIED)?;
            operational(bench, pins, &pins.right)
        }),
        case("13", |bench, pins| {
            pins.block(bench)?;
            pins.with_puk(bench, Some(&pins.new), StatusSet::SECURITY_STATUS_NOT_SATISFIED)?;
            bench.reset()?;
            expect_tries(bench, 0)
        }),
        case("14", changed_by_pin),
        case("20", too_short),
    ];
    for number in ["15", "16", "17", "18"] {
        cases.push(Case::not_implemented(
            format!("EAC2_ISO7816_P_{number}"),
            VERSION_2,
        ));
    }
    cases.push(Case::not_implemented(
        "EAC2_ISO7816_P_19",
        "wants a PIN that an authentication terminal of version 2 has deactivated",
    ));
    cases
}

/// The PIN works, and MSE:Set AT says so with 9000: no try is missing.
fn operational(bench: &mut Bench<'_>, pins: &Pins, digits: &str) -> Played {
    bench.reset()?;
    pins.prove(bench, digits, StatusSet::SUCCESS)?.succeeded(bench)
}

/// MSE:Set AT with the PIN says that so many tries are left, in the session if there is one.
fn expect_tries(bench: &mut Bench<'_>, left: u16) -> Played {
    let found = tries_left(bench)?;
    let said = match found {
        None => "all".into(),
        Some(left) => left.to_string(),
    };
    expected(
        found == Some(left),
        "MSE:Set AT with the PIN",
        &format!("63C{left}; the card says that {said} are left"),
    )
}

/// P_2: what a wrong PIN took, the right one gives back.
fn counter_returns(bench: &mut Bench<'_>, pins: &Pins) -> Played {
    pins.fail_once(bench)?;
    bench.reset()?;
    let left = tries_left(bench)?;
    expected(
        left.is_some(),
        "MSE:Set AT after a wrong PIN",
        "63CX, one try fewer",
    )?;
    pins.prove_right(bench)?;
    operational(bench, pins, &pins.right)
}

/// P_3: each wrong PIN takes one try, until one is left.
fn counter_falls(bench: &mut Bench<'_>, pins: &Pins) -> Played {
    let mut before = None;
    // 63CX counts to fifteen.
    for _ in 0..16 {
        pins.fail_once(bench)?;
        bench.reset()?;
        let left = tries_left(bench)?;
        let step = "MSE:Set AT after a wrong PIN";
        let Some(left) = left else {
            return Err(Finding::failed(format!("{step}: expected 63CX, one try fewer")));
        };
        let fell = before.is_none_or(|before: u16| before.checked_sub(1) == Some(left));
        expected(fell, step, "one try fewer than before")?;
        if left <= 1 {
            return expected(left == 1, step, "63C1, the PIN being suspended");
        }
        before = Some(left);
    }
    Err(Finding::failed(
        "sixteen wrong PINs: expected the PIN to be suspended",
    ))
}

/// The right PIN opens nothing, and takes or gives no try.
fn unusable(bench: &mut Bench<'_>, pins: &Pins, left: u16) -> Played {
    bench.reset()?;
    pins.expect_unusable(bench)?;
    bench.reset()?;
    expect_tries(bench, left)
}

/// P_4: 63C1, and without the CAN not even the right PIN.
fn suspended(bench: &mut Bench<'_>, pins: &Pins) -> Played {
    pins.suspend(bench)?;
    bench.reset()?;
    expect_tries(bench, 1)?;
    unusable(bench, pins, 1)
}

/// P_5: in the session of the CAN the right PIN, and all tries are back.
fn resumed(bench: &mut Bench<'_>, pins: &Pins) -> Played {
    pins.suspend(bench)?;
    pins.open_with_can(bench)?;
    pins.prove(bench, &pins.right, state::ONE_TRY)?.succeeded(bench)?;
    operational(bench, pins, &pins.right)
}

/// P_6: what the CAN resumed is suspended again after a reset, whether PACE with the PIN was begun in its session or not.
fn resumed_until_power_off(bench: &mut Bench<'_>, pins: &Pins) -> Played {
    pins.suspend(bench)?;
    pins.open_with_can(bench)?;
    unusable(bench, pins, 1)?;
    pins.open_with_can(bench)?;
    expect_tries(bench, 1)?;
    bench.reset()?;
    expect_tries(bench, 1)?;
    unusable(bench, pins, 1)
}

/// P_7 and P_14: whoever proved the PIN sets another one, and the one before opens nothing any more.
fn changed_by_pin(bench: &mut Bench<'_>, pins: &Pins) -> Played {
    operational(bench, pins, &pins.right)?;
    pins.reset_retry_counter(bench, Some(&pins.new), StatusSet::SUCCESS)?;
    operational(bench, pins, &pins.new)?;
    bench.reset()?;
    pins.prove(bench, &pins.right, StatusSet::SUCCESS)?
        .failed("PACE with the PIN before")?;
    bench.reset()?;
    pins.prove(bench, &pins.new, state::SOME_TRIES)?.succeeded(bench)
}

/// P_8: in the session of the CAN a wrong PIN takes the last try.
fn blocked_by_wrong_pin(bench: &mut Bench<'_>, pins: &Pins) -> Played {
    pins.suspend(bench)?;
    pins.open_with_can(bench)?;
    let attempt = pins.prove(bench, &pins.wrong, state::ONE_TRY)?;
    let step = "PACE with a wrong PIN in the session of the CAN";
    let answer = attempt.answer.expect(step, state::NO_TRY_OR_WRONG)?;
    answer.expect_no_data(step)?.expect_protected(step)?;
    bench.reset()?;
    expect_tries(bench, 0)
}

/// P_8a: 63C0, and the right PIN is of no use, not even in the session of the CAN.
fn blocked(bench: &mut Bench<'_>, pins: &Pins) -> Played {
    pins.block(bench)?;
    bench.reset()?;
    expect_tries(bench, 0)?;
    unusable(bench, pins, 0)?;
    pins.open_with_can(bench)?;
    pins.expect_unusable(bench)?;
    bench.reset()?;
    expect_tries(bench, 0)
}

/// P_20: one digit is no PIN; the one that there is stays.
fn too_short(bench: &mut Bench<'_>, pins: &Pins) -> Played {
    operational(bench, pins, &pins.right)?;
    let step = "RESET RETRY COUNTER with a PIN of one digit";
    let answer = bench.send(&RESET.with("1"))?;
    refused(answer, step)?.expect_protected(step)?;
    operational(bench, pins, &pins.right)
}

/// The three passwords that the cases need.
const PASSWORDS: [Password; 3] = [Password::Can, Password::Pin, Password::Puk];
