//! ISO7816_Q, ISO7816_T and ISO7816_U: what anybody may read in the master file, on the four ways (ICAO Doc 9303-10 §3.11.1).

use crate::conformance::bench::{Bench, EF_ATR_INFO, EF_CARD_ACCESS, EF_DIR, File, ReadPath};
use crate::conformance::case::Case;
use crate::conformance::expect::expected;
use crate::conformance::statement::Need;
use crate::conformance::verdict::Played;
use crate::naive::objects;

/// Enough of a file to tell it from others; fits every form of an answer.
const LEN: usize = 0x70;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (unit, file) in [("Q", EF_CARD_ACCESS), ("T", EF_ATR_INFO), ("U", EF_DIR)] {
        for (at, path) in ReadPath::ALL.into_iter().enumerate() {
            let case = Case::new(format!("ISO7816_{unit}_{}", at + 1), move |bench| {
                readable(bench, path, &file)
            });
            cases.push(match path.odd {
                true => case.needs(Need::OddInstruction),
                false => case,
            });
        }
    }
    cases
}

/// One byte, as the suite asks, and then more: after a reset, on each way, without a session, the same file.
fn readable(bench: &mut Bench<'_>, path: ReadPath, file: &File) -> Played {
    bench.reset()?;
    let first = bench.read_on(path, file, 0, 1)?;
    bench.reset()?;
    let content = bench.read_on(path, file, 0, LEN)?;
    let step = format!("the content of {}", file.name);
    expected(
        content.starts_with(&first),
        &step,
        "the byte that was read before",
    )?;
    bench.reset()?;
    let behind = bench.read_on(path, file, 1, LEN - 1)?;
    expected(
        content[1..] == behind,
        &step,
        "the same bytes when it is read from its second one on",
    )?;
    let found = objects(&content);
    let begins = found.first().map(|(tag, _)| *tag);
    match file == &EF_ATR_INFO {
        // The last object may be cut off by the length that was asked for.
        true => expected(begins.is_some(), &step, "a data object")?,
        false => expected(
            content.first() == Some(&file.tag),
            &step,
            &format!("the tag {:02X}", file.tag),
        )?,
    }
    bench.reset()?;
    let on_first_way = bench.read_on(ReadPath::ALL[0], file, 0, LEN)?;
    expected(
        content == on_first_way,
        &step,
        "the same after SELECT with the even instruction",
    )
}
