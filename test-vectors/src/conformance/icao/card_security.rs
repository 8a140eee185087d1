//! ISO7816_S: EF.CardSecurity is read after PACE and not before, on the four ways (ICAO Doc 9303-10 §3.11.1).

use crate::conformance::bench::{Bench, EF_CARD_SECURITY, ReadPath};
use crate::conformance::case::Case;
use crate::conformance::expect::expected;
use crate::conformance::statement::Need;
use crate::conformance::verdict::Played;

/// Fits every form of an answer.
const LEN: usize = 0x70;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (at, path) in ReadPath::ALL.into_iter().enumerate() {
        let after = Case::new(format!("ISO7816_S_{}", at + 1), move |bench| {
            after_pace(bench, path)
        });
        let before = Case::new(format!("ISO7816_S_{}", at + 5), move |bench| {
            bench.reset()?;
            bench.expect_unreadable_on(path, &EF_CARD_SECURITY)
        });
        for case in [after, before] {
            cases.push(match path.odd {
                true => case.needs(Need::OddInstruction),
                false => case,
            });
        }
    }
    cases
}

/// In the session that PACE opened in the master file: one byte, as the suite asks, then more, the same on each way.
fn after_pace(bench: &mut Bench<'_>, path: ReadPath) -> Played {
    bench.reset()?;
    let parameters = bench.any_pace()?;
    let password = bench.pace_password()?;
    bench.run_pace(&parameters, password)?;
    let file = &EF_CARD_SECURITY;
    let step = "the content of EF.CardSecurity";
    let first = bench.read_on(path, file, 0, 1)?;
    expected(first == [file.tag], step, "the tag 30 of its ContentInfo")?;
    let content = bench.read_on(path, file, 0, LEN)?;
    let behind = bench.read_on(path, file, 1, LEN - 1)?;
    expected(
        content[1..] == behind,
        step,
        "the same bytes when it is read from its second one on",
    )?;
    let on_first_way = bench.read_on(ReadPath::ALL[0], file, 0, LEN)?;
    expected(
        content == on_first_way,
        step,
        "the same after SELECT with the even instruction",
    )?;
    expected(content.starts_with(&first), step, "the byte that was read before")
}
