//! Units LDS_G and LDS_K: files that only a terminal looks at.

use host_issuer::conformance::verifier::Judgement::Genuine;

use super::cases::face_of;
use super::terminal_cases::{cvca_file, usual};
use super::{Play, no_rights};
use crate::faulty_reader::Bench;

/// A chip with this EF.ATR/INFO, whose longest file needs many short READ BINARY.
fn atr_info(file: &str, takes_extended_length: bool) -> Bench {
    let file = hex::decode(file).expect("hexadecimal");
    face_of(3_000).change(|bench| {
        bench.setup.master_file.insert(0x2F01, file);
        if !takes_extended_length {
            // What was not announced must not be used.
            bench.setup.manners.refuses_extended_length = Some(0x6700);
        }
    })
}

pub(super) fn plays() -> Vec<(&'static str, Play)> {
    let no_authority = || no_rights("names no authority");
    vec![
        (
            "LDS_G_01",
            (
                cvca_file(
                    usual(),
                    [&[0x43, 0x0F][..], b"DETESTCVCA00001", &[0; 19]].concat(),
                ),
                no_authority(),
            ),
        ),
        ("LDS_G_02", (cvca_file(usual(), vec![0; 36]), no_authority())),
        ("LDS_K_01", (atr_info("7F66080202078002020780", true), Genuine)),
        (
            "LDS_K_02",
            (atr_info("7F660A02030007800203000780", true), Genuine),
        ),
        ("LDS_K_03", (atr_info("7F660402020780", false), Genuine)),
        ("LDS_K_04", (atr_info("7F67080202078002020780", false), Genuine)),
    ]
}
