//! Changes for DG11 and DG12. The standard's own example has four elements; the others are written beside them.

use test_vectors::conformance::lds::File::{self, DataGroup};
use test_vectors::conformance::lds::Files;
use test_vectors::naive::object;

use crate::alterations::{Alteration, row};
use crate::edit::{append, with};

const DG11: File = DataGroup(11);
const DG12: File = DataGroup(12);

/// A JPEG as far as anybody looks.
const IMAGE: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10];

/// A file of data elements behind the list of their tags; what repeats is listed by its own tag.
fn file(file: File, template: u32, elements: &[(u32, Vec<u8>)]) -> Files {
    let listed = |tag: u32| match (tag, file) {
        (0xA0, DG11) => 0x5F0F_u16,
        (0xA0, _) => 0x5F1A,
        (tag, _) => tag as u16,
    };
    let tags: Vec<u8> = elements
        .iter()
        .flat_map(|(tag, _)| listed(*tag).to_be_bytes())
        .collect();
    let content: Vec<u8> = elements
        .iter()
        .flat_map(|(tag, value)| object(*tag, value))
        .collect();
    let mut files = Files::new(None);
    files.put(file, object(template, &[object(0x5C, &tags), content].concat()));
    files
}

fn names(tag: u32, names: &[&str]) -> Vec<u8> {
    let number = object(0x02, &[names.len() as u8]);
    let names: Vec<u8> = names
        .iter()
        .flat_map(|name| object(tag, name.as_bytes()))
        .collect();
    [number, names].concat()
}

fn person() -> Files {
    let text = |text: &str| text.as_bytes().to_vec();
    file(
        DG11,
        0x6B,
        &[
            (0x5F0E, text("SMITH<<JOHN<J")),
            (0xA0, names(0x5F0F, &["SMYTHE<<JOHN", "SMITH<<JACK"])),
            (0x5F10, text("B-7")),
            (0x5F2B, text("19580100")),
            (0x5F11, text("ANYTOWN<MN")),
            (0x5F42, text("123 MAPLE RD<ANYTOWN<MN")),
            (0x5F12, text("+1 612 5551212")),
            (0x5F13, text("TRAVEL<AGENT")),
            (0x5F14, text("Dr")),
            (0x5F15, text("none")),
            (0x5F16, IMAGE.to_vec()),
            (0x5F17, text("P1234567<I7654321")),
        ],
    )
}

fn document() -> Files {
    let text = |text: &str| text.as_bytes().to_vec();
    file(
        DG12,
        0x6C,
        &[
            (0x5F19, text("United States of America")),
            (0x5F26, text("20020531")),
            (0xA0, names(0x5F1A, &["SMITH<<BRENDA<P"])),
            (0x5F1B, text("none")),
            (0x5F1C, text("none")),
            (0x5F1D, IMAGE.to_vec()),
            (0x5F1E, IMAGE.to_vec()),
            (0x5F55, text("20020531235959")),
            (0x5F56, text("machine 1")),
        ],
    )
}

/// Another byte in the place of the first of an element's value.
fn spoil(files: &mut Files, file: File, tag: [u8; 2], byte: u8) {
    with(files, file, |content| {
        // The first place is in the tag list.
        let places: Vec<usize> = (0..content.len() - 1)
            .filter(|at| content[*at..*at + 2] == tag)
            .collect();
        content[places[1] + 3] = byte;
    });
}

/// A control character, which no text has.
const CONTROL: u8 = 0x07;

/// The number in front of what repeats.
fn miscount(files: &mut Files, file: File) {
    with(files, file, |content| {
        let at = content
            .windows(2)
            .position(|window| window == [0x02, 0x01])
            .unwrap();
        content[at + 2] += 1;
    });
}

pub fn rows() -> Vec<Alteration> {
    vec![
        row("LDS_N_2", person, |files| append(files, DG11, 0)),
        // The list's last tag: custody information, which is not there.
        row("LDS_N_3", person, |files| {
            with(files, DG11, |content| {
                let at = content
                    .windows(2)
                    .position(|window| window == [0x5F, 0x17])
                    .unwrap();
                content[at + 1] = 0x18;
            });
        }),
        row("LDS_N_4", person, |files| spoil(files, DG11, [0x5F, 0x0E], b'<')),
        row("LDS_N_5", person, |files| miscount(files, DG11)),
        row("LDS_N_6", person, |files| {
            spoil(files, DG11, [0x5F, 0x10], CONTROL)
        }),
        row("LDS_N_7", person, |files| spoil(files, DG11, [0x5F, 0x2B], b'A')),
        row("LDS_N_8", person, |files| {
            spoil(files, DG11, [0x5F, 0x11], CONTROL)
        }),
        row("LDS_N_9", person, |files| {
            spoil(files, DG11, [0x5F, 0x42], CONTROL)
        }),
        row("LDS_N_10", person, |files| spoil(files, DG11, [0x5F, 0x12], b'A')),
        row("LDS_N_11", person, |files| spoil(files, DG11, [0x5F, 0x13], 0xFF)),
        row("LDS_N_12", person, |files| spoil(files, DG11, [0x5F, 0x14], 0xFF)),
        row("LDS_N_13", person, |files| spoil(files, DG11, [0x5F, 0x15], 0xFF)),
        row("LDS_N_14", person, |files| spoil(files, DG11, [0x5F, 0x16], 0)),
        row("LDS_N_15", person, |files| {
            spoil(files, DG11, [0x5F, 0x17], CONTROL)
        }),
        row("LDS_O_2", document, |files| append(files, DG12, 0)),
        row("LDS_O_3", document, |files| {
            with(files, DG12, |content| {
                let at = content
                    .windows(2)
                    .position(|window| window == [0x5F, 0x56])
                    .unwrap();
                content[at + 1] = 0x57;
            });
        }),
        row("LDS_O_4", document, |files| {
            spoil(files, DG12, [0x5F, 0x19], CONTROL)
        }),
        row("LDS_O_5", document, |files| {
            spoil(files, DG12, [0x5F, 0x26], b'A')
        }),
        row("LDS_O_6", document, |files| miscount(files, DG12)),
        row("LDS_O_7", document, |files| {
            spoil(files, DG12, [0x5F, 0x1B], CONTROL)
        }),
        row("LDS_O_8", document, |files| {
            spoil(files, DG12, [0x5F, 0x1C], CONTROL)
        }),
        row("LDS_O_9", document, |files| spoil(files, DG12, [0x5F, 0x1D], 0)),
        row("LDS_O_10", document, |files| spoil(files, DG12, [0x5F, 0x1E], 0)),
        row("LDS_O_11", document, |files| {
            spoil(files, DG12, [0x5F, 0x55], b'A')
        }),
        row("LDS_O_12", document, |files| {
            spoil(files, DG12, [0x5F, 0x56], CONTROL)
        }),
    ]
}
