//! Changes for the units LDS_A to C (19794-5), E, I and J of ICAO.

use test_vectors::conformance::lds::File::{self, CardAccess, Com, DataGroup};
use test_vectors::conformance::lds::Files;
use test_vectors::naive::{object, objects};

use crate::alterations::{Alteration, row};
use crate::bases::{bsi_2008, feature_points, icao_td1, printed, tr_03105_5, vn_cccd_2021};
use crate::edit::{append, append_inside, edit, patch, split, with};

const DG1: File = DataGroup(1);
const DG2: File = DataGroup(2);
const DG14: File = DataGroup(14);
const DG15: File = DataGroup(15);
/// Where the zone begins in a DG1.
const ZONE: usize = 5;

pub fn rows() -> Vec<Alteration> {
    [ef_com(), dg1(), dg2(), dg14(), ef_card_access(), dg15()]
        .into_iter()
        .flatten()
        .collect()
}

fn ef_com() -> Vec<Alteration> {
    vec![
        row("LDS_A_1", tr_03105_5, |files| patch(files, Com, "6017", "6117")),
        row("LDS_A_2", tr_03105_5, |files| append(files, Com, 0)),
        row("LDS_A_3", tr_03105_5, |files| {
            patch(files, Com, "30313037", "30313036")
        }),
        row("LDS_A_4", tr_03105_5, |files| {
            patch(files, Com, "303430303030", "303430303041")
        }),
        row("LDS_A_5", tr_03105_5, |files| patch(files, Com, "6175", "6161")),
    ]
}

/// Writes characters into the zone of a passport and its composite check digit anew.
fn write(files: &mut Files, at: usize, text: &[u8]) {
    with(files, DG1, |content| {
        content[ZONE + at..ZONE + at + text.len()].copy_from_slice(text);
        let zone = content[ZONE..].to_vec();
        let parts = [&zone[44..54], &zone[57..64], &zone[65..87]].concat();
        let value = |byte: u8| match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            b'A'..=b'Z' => u32::from(byte - b'A') + 10,
            _ => 0,
        };
        let sum: u32 = parts
            .iter()
            .zip([7, 3, 1].iter().cycle())
            .map(|(byte, weight)| value(*byte) * weight)
            .sum();
        content[ZONE + 87] = b'0' + (sum % 10) as u8;
    });
}

/// Another digit than is there.
fn turn(files: &mut Files, at: usize) {
    let digit = files.get(DG1).unwrap()[ZONE + at];
    let other = if digit == b'9' { b'0' } else { digit + 1 };
    write(files, at, &[other]);
}

fn dg1() -> Vec<Alteration> {
    vec![
        row("LDS_B_1", tr_03105_5, |files| patch(files, DG1, "615B", "605B")),
        row("LDS_B_2", tr_03105_5, |files| append(files, DG1, 0)),
        row("LDS_B_3", tr_03105_5, |files| patch(files, DG1, "5F1F", "5F1E")),
        row("LDS_B_4", tr_03105_5, |files| write(files, 0, b"X<")),
        row("LDS_B_5", tr_03105_5, |files| write(files, 2, b"<D<")),
        row("LDS_B_6", tr_03105_5, |files| write(files, 5, b"<")),
        row("LDS_B_7", tr_03105_5, |files| turn(files, 53)),
        row("LDS_B_8", tr_03105_5, |files| write(files, 54, b"D1<")),
        row("LDS_B_9", tr_03105_5, |files| turn(files, 63)),
        row("LDS_B_10", tr_03105_5, |files| write(files, 64, b"X")),
        row("LDS_B_11", tr_03105_5, |files| turn(files, 71)),
        row("LDS_B_12", tr_03105_5, |files| write(files, 86, b"7")),
        row("LDS_B_13", tr_03105_5, |files| {
            with(files, DG1, |content| content[ZONE + 87] ^= 1)
        }),
        row("LDS_B_14", printed, |files| write(files, 6, b"A")),
    ]
}

fn dg2() -> Vec<Alteration> {
    vec![
        row("LDS_C_1", bsi_2008, |files| patch(files, DG2, "7582", "7682")),
        row("LDS_C_2", bsi_2008, |files| append(files, DG2, 0)),
        row("LDS_C_3", bsi_2008, |files| patch(files, DG2, "7F61", "7F62")),
        row("LDS_C_4", bsi_2008, |files| {
            patch(files, DG2, "0201017F60", "0201027F60")
        }),
        row("LDS_C_5", bsi_2008, |files| patch(files, DG2, "7F60", "7F62")),
        row("LDS_C_6", bsi_2008, |files| patch(files, DG2, "A10E81", "A20E81")),
        row("LDS_C_7", bsi_2008, |files| {
            patch(files, DG2, "87020101", "87020102")
        }),
        row("LDS_C_8", bsi_2008, |files| {
            patch(files, DG2, "88020008", "88020009")
        }),
        row("LDS_C_9", bsi_2008, |files| patch(files, DG2, "5F2E", "5F2D")),
        row("LDS_C_10", bsi_2008, |files| {
            patch(files, DG2, "46414300", "46414400")
        }),
        // Length of the block, no points, gender.
        row("LDS_C_11", bsi_2008, |files| {
            patch(files, DG2, "00003AB7000000", "00003AB7000007")
        }),
        row("LDS_C_12", feature_points, |files| {
            with(files, DG2, |content| {
                let record = content.windows(4).position(|window| window == b"FAC\0").unwrap();
                content[record + 34] = 2;
            });
        }),
        // Image type and data type, width and height.
        row("LDS_C_13", bsi_2008, |files| {
            with(files, DG2, |content| {
                let record = content.windows(4).position(|window| window == b"FAC\0").unwrap();
                content[record + 34] = 9;
            });
        }),
    ]
}

/// Puts a SecurityInfo into the set of DG14.
pub fn add_info(files: &mut Files, info: &str) {
    with(files, DG14, |content| {
        *content = edit(content, &[0], &|set| {
            let mut infos = split(objects(set)[0].1);
            infos.push(hex::decode(info).unwrap());
            object(0x31, &infos.concat())
        });
    });
}

/// Takes the infos of a protocol out of a set of infos at this path.
fn without(files: &mut Files, file: File, path: &[usize], protocol: &str) {
    let protocol = hex::decode(protocol).unwrap();
    with(files, file, |content| {
        *content = edit(content, path, &|set| {
            let mut infos = split(objects(set)[0].1);
            let before = infos.len();
            infos.retain(|info| !objects(info)[0].1[2..].starts_with(&protocol));
            assert!(infos.len() < before);
            object(0x31, &infos.concat())
        });
    });
}

fn dg14() -> Vec<Alteration> {
    vec![
        row("LDS_E_1", vn_cccd_2021, |files| {
            patch(files, DG14, "6E82", "6F82")
        }),
        row("LDS_E_2", vn_cccd_2021, |files| {
            append_inside(files, DG14, "0500")
        }),
        // The last byte of the point of Chip Authentication's key, which ends its info.
        row("LDS_E_3", vn_cccd_2021, |files| {
            with(files, DG14, |content| {
                let info = content
                    .windows(9)
                    .position(|window| window == [0x06, 9, 4, 0, 0x7F, 0, 7, 2, 2])
                    .unwrap();
                let point = content[info..]
                    .windows(3)
                    .position(|window| window == [0x03, 0x42, 0x00])
                    .unwrap();
                content[info + point + 67] ^= 1;
            });
        }),
        row("LDS_E_4", vn_cccd_2021, |files| {
            patch(
                files,
                DG14,
                "04007F00070202030202020101",
                "04007F00070202030202020102",
            )
        }),
        row("LDS_E_5", vn_cccd_2021, |files| {
            patch(files, CardAccess, "02010202010D", "02010202010C")
        }),
        row("LDS_E_6", vn_cccd_2021, |files| {
            patch(files, DG14, "678108010105020101", "678108010105020102")
        }),
        row("LDS_E_7", icao_td1, |files| {
            without(files, DG14, &[0], "04007F00070202030202")
        }),
        row("LDS_E_8", vn_cccd_2021, |files| {
            add_info(files, "300F060A04007F00070202020203020101")
        }),
        row("LDS_E_9", vn_cccd_2021, |files| {
            add_info(files, "3011060804007F0007020202020101020200FF")
        }),
    ]
}

/// EF.CardAccess with a PACEDomainParameterInfo: id-PACE-ECDH-GM, an AlgorithmIdentifier, number 32.
fn own_domain_parameters() -> Files {
    let mut files = vn_cccd_2021();
    let protocol = object(0x06, &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02]);
    let algorithm = object(
        0x30,
        &[object(0x06, &[0x2A, 0x03, 0x04]), object(0x05, &[])].concat(),
    );
    let domain = object(0x30, &[protocol, algorithm, object(0x02, &[32])].concat());
    with(&mut files, CardAccess, |content| {
        let infos = objects(content)[0].1.to_vec();
        *content = object(0x31, &[infos, domain].concat());
    });
    files
}

fn ef_card_access() -> Vec<Alteration> {
    vec![
        row("LDS_I_1", vn_cccd_2021, |files| append(files, CardAccess, 0)),
        row("LDS_I_2", vn_cccd_2021, |files| {
            patch(files, CardAccess, "02010202010D", "02010102010D")
        }),
        row("LDS_I_3", own_domain_parameters, |files| {
            patch(files, CardAccess, "020120", "02011F")
        }),
        row("LDS_I_4", icao_td1, |files| {
            without(files, CardAccess, &[], "04007F00070202040202")
        }),
    ]
}

fn dg15() -> Vec<Alteration> {
    vec![
        row("LDS_J_1", tr_03105_5, |files| patch(files, DG15, "6F81", "6E81")),
        row("LDS_J_2", tr_03105_5, |files| append(files, DG15, 0)),
        row("LDS_J_3", tr_03105_5, |files| append_inside(files, DG15, "0500")),
        row("LDS_J_4", tr_03105_5, |files| {
            patch(files, DG15, "2A864886F70D010101", "2A864886F70D010107")
        }),
        row("LDS_J_5", vn_cccd_2021, |files| {
            with(files, DG15, |content| *content.last_mut().unwrap() ^= 1);
        }),
    ]
}
