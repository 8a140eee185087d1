//! EF.CVCA: the trust points by name (TR-03110-3 §A.3.2; TR-03105-3.2, LDS_F).

use super::files::{File, Files};
use super::objects::{Objects, flaw, shown};
use crate::conformance::verdict::Played;

/// Bytes of the file: two names of the longest kind.
const SIZE: usize = 36;
/// Longest name.
const LONGEST: usize = 16;

/// 36 bytes: one name or two, each in DO'42', zeros behind them.
pub(super) fn check(files: &Files) -> Played {
    let name = File::Cvca.name();
    let content = files.get(File::Cvca)?;
    if content.len() != SIZE {
        return Err(flaw(
            name,
            0,
            "file",
            &format!("expected {SIZE} bytes, found {}", content.len()),
        ));
    }
    let field = "certification authority reference";
    let mut objects = Objects::of_file(name, content);
    for place in 0..2 {
        if place > 0 && objects.rest().iter().all(|byte| *byte == 0) {
            break;
        }
        let reference = objects.expect(0x42, field)?;
        reference.must((1..=LONGEST).contains(&reference.value.len()), field, || {
            format!("expected 1 to {LONGEST} bytes, found {}", reference.value.len())
        })?;
    }
    if objects.rest().iter().any(|byte| *byte != 0) {
        return Err(objects.flaw(
            "padding",
            &format!("expected zeros, found {}", shown(objects.rest())),
        ));
    }
    Ok(())
}
