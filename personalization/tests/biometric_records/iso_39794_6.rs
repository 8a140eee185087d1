//! The iris image data block of ISO/IEC 39794-6, written by hand in both readings of its schema: no sample is published.

use personalization::biometrics::iris::Eye;
use personalization::biometrics::iso_39794_6::{self, IrisImageFormat};
use personalization::lds::dg4;

/// A data object of at most 127 bytes.
fn object(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    [&[tag, u8::try_from(content.len()).unwrap()], &content[..]].concat()
}

/// A record of one right eye; `range`, `date` and `image` as the reading has them.
fn record(rest: &[Vec<u8>]) -> Vec<u8> {
    let fields = [
        object(0x80, &[&[1]]),
        object(0xA1, &[&object(0x80, &[&[3]])]),
        object(0x82, &[&[8]]),
        object(0xA3, &[&object(0x80, &[&[2]])]),
        object(0x84, &[&[1]]),
        object(0x85, &[&[1]]),
        object(0x86, &[&[1]]),
        rest.concat(),
        // Organization 257, algorithm 1: 70.
        object(
            0xAB,
            &[&object(
                0x30,
                &[
                    &object(0xA0, &[&object(0x80, &[&[1, 1]]), &object(0x81, &[&[1]])]),
                    &object(0xA1, &[&object(0x80, &[&[70]])]),
                ],
            )],
        ),
    ];
    let version = object(0xA0, &[&object(0x80, &[&[3]]), &object(0x81, &[&[0x07, 0xE5]])]);
    let blocks = object(0xA1, &[&object(0x30, &[&fields.concat()])]);
    object(0x66, &[&version, &blocks])
}

#[test]
fn iso_39794_6_in_both_readings_of_its_schema() {
    let date = |tag| object(tag, &[&object(0x80, &[&[0x07, 0xEE]])]);
    let image = |tag| object(tag, &[b"an image"]);
    let range = object(0xA7, &[&object(0x81, &[&[0]])]);
    for record in [
        record(&[date(0xA7), image(0x88)]),
        record(&[range, date(0xA8), image(0x89)]),
    ] {
        let block = iso_39794_6::decode(&record).unwrap();
        assert_eq!(block.version, (3, 2021));
        let [iris] = &block.representations[..] else {
            panic!("one eye")
        };
        assert_eq!(
            (iris.eye, iris.kind, iris.bit_depth),
            (Some(Eye::Right), Some(3), 8)
        );
        assert_eq!(iris.format, Some(IrisImageFormat::Png));
        assert_eq!(
            (iris.image, &iris.quality_scores[..]),
            (&b"an image"[..], &[70][..])
        );
        assert!(
            record.as_ptr_range().contains(&iris.image.as_ptr()),
            "a slice of it"
        );

        let header = object(0xA1, &[&object(0x87, &[&[1, 1]]), &object(0x88, &[&[0, 0x2C]])]);
        let wrapped = [&[0x7F, 0x2E][..], &object(0, &[&object(0xA1, &[&record])])[1..]].concat();
        let template = [&[0x7F, 0x60][..], &long(&[header, wrapped].concat())].concat();
        let group = [&[0x7F, 0x61][..], &long(&[vec![2, 1, 1], template].concat())].concat();
        let file = [&[0x76][..], &long(&group)].concat();
        let group = dg4::decode(&file).unwrap();
        assert_eq!(group.templates[0].block.record().unwrap(), record);
    }
    let nothing = iso_39794_6::decode(&record(&[date(0xA7)])).unwrap_err();
    assert_eq!(nothing.to_string(), "iris image data is missing");
}

/// A length of one byte, or 81 and one byte, and the content.
fn long(content: &[u8]) -> Vec<u8> {
    [&[0x81, u8::try_from(content.len()).unwrap()], content].concat()
}
