//! Changes for the cases about ISO/IEC 39794 in DG2, DG3 and DG4.
//!
//! Of fingers and irises no record of this kind is published; what stands for one here has the tags and a few bytes.

use test_vectors::conformance::lds::File::{self, DataGroup};
use test_vectors::conformance::lds::Files;
use test_vectors::documents;
use test_vectors::naive::{object, objects};

use crate::alterations::{Alteration, row};
use crate::edit::{edit, patch};

const DG2: File = DataGroup(2);
const DG3: File = DataGroup(3);
const DG4: File = DataGroup(4);
/// The representation block in DG2.
const REPRESENTATION: &[usize] = &[0, 1, 1, 0, 0, 1, 0];
/// imageInformation2DBlock in DG2.
const INFORMATION: &[usize] = &[0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1];

fn published() -> Files {
    let mut files = Files::new(None);
    files.put(DG2, documents::dg2_of_iso_39794_5());
    files
}

/// The published record with gender and kind of the image.
fn with_metadata() -> Files {
    let more = |path: &[usize], content: &[u8], object_in_hex: &str| {
        let more = hex::decode(object_in_hex).unwrap();
        edit(content, path, &|block| {
            let (tag, value) = objects(block)[0];
            object(tag, &[value, &more].concat())
        })
    };
    let content = more(REPRESENTATION, &documents::dg2_of_iso_39794_5(), "A805A003800102");
    let mut files = Files::new(None);
    files.put(DG2, more(INFORMATION, &content, "A103800100"));
    files
}

/// A group of one template with a data block of ISO/IEC 39794.
fn group(file: File, template: u32, subtype: u8, format_type: u8, tag: u32) -> Files {
    let header = [
        [0x82, 1, subtype].to_vec(),
        vec![0x87, 2, 1, 1, 0x88, 2, 0, format_type],
    ]
    .concat();
    let block = object(0x7F2E, &object(0xA1, &object(tag, &[0xA0, 0])));
    let bit = object(0x7F60, &[object(0xA1, &header), block].concat());
    let group = object(0x7F61, &[vec![0x02, 1, 1], bit].concat());
    let mut files = Files::new(None);
    files.put(file, object(template, &group));
    files
}

fn fingers() -> Files {
    group(DG3, 0x63, 0x09, 0x28, 0x64)
}

fn irises() -> Files {
    group(DG4, 0x76, 0x01, 0x2C, 0x66)
}

pub fn rows() -> Vec<Alteration> {
    vec![
        row("LDS_C_14", published, |files| {
            patch(files, DG2, "8802002A", "8802002B")
        }),
        row("LDS_C_15", published, |files| patch(files, DG2, "7F2E", "7F2F")),
        row("LDS_C_16", published, |files| {
            patch(files, DG2, "A1823AC7", "A2823AC7")
        }),
        row("LDS_C_17", published, |files| {
            patch(files, DG2, "65823AC3", "64823AC3")
        }),
        row("LDS_C_18", published, |files| {
            patch(files, DG2, "810207E3", "810207E4")
        }),
        row("LDS_C_19", published, |files| {
            patch(files, DG2, "A1823AB6", "A2823AB6")
        }),
        row("LDS_C_20", published, |files| {
            patch(files, DG2, "30823AB2", "31823AB2")
        }),
        row("LDS_C_21", with_metadata, |files| {
            patch(files, DG2, "A805A003800102", "A805A003800104")
        }),
        row("LDS_C_22", published, |files| {
            patch(files, DG2, "A0823AA7", "A1823AA7")
        }),
        row("LDS_C_23", published, |files| {
            patch(files, DG2, "A0823AA3", "A1823AA3")
        }),
        row("LDS_C_24", published, |files| {
            patch(files, DG2, "A003800103", "A003800105")
        }),
        row("LDS_C_25", with_metadata, |files| {
            patch(files, DG2, "A103800100", "A103800101")
        }),
        row("LDS_G_12", fingers, |files| {
            patch(files, DG3, "88020028", "88020029")
        }),
        row("LDS_G_13", fingers, |files| patch(files, DG3, "7F2E", "5F2E")),
        row("LDS_G_14", fingers, |files| patch(files, DG3, "A10464", "A20464")),
        row("LDS_H_12", irises, |files| {
            patch(files, DG4, "8802002C", "8802002D")
        }),
        row("LDS_H_13", irises, |files| patch(files, DG4, "7F2E", "5F2E")),
        row("LDS_H_14", irises, |files| patch(files, DG4, "A10466", "A20466")),
        row("LDS_H_15", irises, |files| patch(files, DG4, "A10466", "A10465")),
    ]
}
