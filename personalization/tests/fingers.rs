//! Fingers: what is accepted, the record around it, and DG3 against the published specimen's.

#[path = "fingers/resolution.rs"]
mod resolution;
#[path = "support/specimen.rs"]
mod specimen_enrolment;

use personalization::biometrics::cbeff::{DataBlock, SC_37, biometric_type};
use personalization::biometrics::enrolment::Enrolment;
use personalization::biometrics::face::ImageError;
use personalization::biometrics::finger::{
    Finger, FingerImage, FingerImageFormat, FingerPosition, FlatReason, Impression, ImpressionType,
    MissingFinger, MissingReason,
};
use personalization::biometrics::format::FingerFormat;
use personalization::biometrics::iso_19794_4;
use personalization::lds::dg3;
use proptest::prelude::*;
use test_vectors::documents::bsi_2008;
use test_vectors::{SPECIMEN_FACE, SPECIMEN_FINGERS, specimen};

fn refused(bytes: Vec<u8>) -> ImageError {
    FingerImage::from_bytes(bytes).unwrap_err()
}

fn png(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    png_with(width, height, depth, colour, &[])
}

/// A PNG of one chunk of pixels that nobody inflates here, with others in front of it.
fn png_with(width: u32, height: u32, depth: u8, colour: u8, others: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let crc = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        file.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        let named = [kind.as_slice(), data].concat();
        file.extend(&named);
        file.extend(crc.checksum(&named).to_be_bytes());
    };
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[depth, colour, 0, 0, 0],
    ]
    .concat();
    chunk(b"IHDR", &header);
    for (kind, data) in others {
        chunk(kind, data);
    }
    chunk(b"IDAT", &[0x78, 0x9C, 0x63, 0, 0]);
    chunk(b"IEND", &[]);
    file
}

#[test]
fn wsq_of_the_specimen_person() {
    for name in SPECIMEN_FINGERS {
        let file = specimen(name);
        let image = FingerImage::from_bytes(file.clone()).unwrap();
        assert_eq!(image.format(), FingerImageFormat::Wsq);
        assert_eq!((image.width(), image.height()), (620, 620));
        assert_eq!(image.bytes(), file);
        for cut in (0..32).map(|part| file.len() * part / 32).chain([file.len() - 1]) {
            assert!(
                FingerImage::from_bytes(file[..cut].to_vec()).is_err(),
                "cut at {cut}"
            );
        }
        let longer = [&file[..], &[0]].concat();
        assert_eq!(refused(longer), ImageError::TrailingBytes { count: 1 });
    }
}

#[test]
fn png_and_jpeg_2000() {
    let image = FingerImage::from_bytes(png(500, 500, 8, 0)).unwrap();
    assert_eq!(
        (image.format(), image.width(), image.height()),
        (FingerImageFormat::Png, 500, 500)
    );
    assert_eq!(refused(png(500, 500, 16, 0)), ImageError::Colour);
    assert_eq!(refused(png(500, 500, 8, 2)), ImageError::NotGrey);
    for (width, height) in [(127, 500), (500, 1601), (0, 0), (u32::MAX, u32::MAX)] {
        assert_eq!(
            refused(png(width, height, 8, 0)),
            ImageError::Sides {
                width,
                height,
                min: 128,
                max: 1600
            }
        );
    }
    let mut damaged = png(500, 500, 8, 0);
    damaged[20] ^= 1;
    assert_eq!(refused(damaged), ImageError::Damaged("the check sum of a chunk"));
    // Somebody's portrait is no finger.
    assert_eq!(refused(specimen(SPECIMEN_FACE)), ImageError::NotGrey);
    assert_eq!(refused(b"GIF89a".to_vec()), ImageError::UnknownFingerFormat);
}

/// The published data group decodes to what its description says, and its records' images are the specimen files.
#[test]
fn the_published_dg3() {
    let document = bsi_2008();
    let file = document.file("DG3");
    let group = dg3::decode(file).unwrap();
    assert_eq!(group.raw, file);
    assert_eq!(group.discretionary, None);
    let positions = [FingerPosition::RightIndex, FingerPosition::LeftIndex];
    assert_eq!(group.templates.len(), 2);
    for ((template, position), name) in group.templates.iter().zip(positions).zip(SPECIMEN_FINGERS) {
        assert_eq!(template.header.biometric_type, Some(biometric_type::FINGER));
        assert_eq!(template.header.subtype, Some(position.subtype()));
        assert_eq!(
            (template.header.format_owner, template.header.format_type),
            (SC_37, dg3::ISO_19794_4)
        );
        let DataBlock::Primitive(record) = template.block else {
            panic!("{template:?}");
        };
        let record = iso_19794_4::decode(record).unwrap();
        assert_eq!((record.compression, record.resolution), (2, (500, 500)));
        let [view] = &record.views[..] else { panic!() };
        assert_eq!(view.position, Some(position));
        assert_eq!(view.quality, Some(100));
        assert_eq!(view.impression, ImpressionType::LiveScanPlain);
        assert_eq!((view.width, view.height), (620, 620));
        assert_eq!(view.image, specimen(name));
    }
}

/// The same fingers, pressed flat as they were there, encode to the published bytes.
#[test]
fn dg3_is_encoded_as_published() {
    let reason = FlatReason::new("taken flat in 2008").unwrap();
    let mut enrolment = Enrolment::new([0; 32]);
    for (position, name) in [FingerPosition::RightIndex, FingerPosition::LeftIndex]
        .into_iter()
        .zip(SPECIMEN_FINGERS)
    {
        let finger = Finger {
            position,
            image: FingerImage::from_bytes(specimen(name)).unwrap(),
            impression: Impression::LiveScanPlain(reason.clone()),
            quality: Some(100),
        };
        enrolment.add_finger(finger).unwrap();
    }
    assert_eq!(
        dg3::encode(&enrolment, FingerFormat::Iso19794),
        bsi_2008().file("DG3")
    );
}

#[test]
fn rolled_is_the_rule_and_a_reason_is_a_reason() {
    assert_eq!(Impression::default(), Impression::LiveScanRolled);
    let group = dg3::encode(&specimen_enrolment::fingers(), FingerFormat::Iso19794);
    for template in dg3::decode(&group).unwrap().templates {
        let record = iso_19794_4::decode(template.block.value()).unwrap();
        assert_eq!(record.views[0].impression, ImpressionType::LiveScanRolled);
        assert_eq!(record.views[0].quality, Some(80));
    }
    for reason in ["", "  ", "x", "a\nb c", &"x".repeat(201)] {
        assert!(FlatReason::new(reason).is_none(), "{reason:?}");
    }
}

/// Nothing could be taken: no template, and bytes that differ from card to card and from group to group.
#[test]
fn an_empty_group() {
    let empty = |filler| dg3::encode(&Enrolment::new([filler; 32]), FingerFormat::Iso19794);
    let (one, other) = (empty(1), empty(2));
    assert_eq!(one[..10], *b"\x63\x18\x7F\x61\x03\x02\x01\x00\x53\x10");
    assert_ne!(one, other);
    let group = dg3::decode(&one).unwrap();
    assert!(group.templates.is_empty());
    assert_eq!(group.discretionary.map(<[u8]>::len), Some(16));
    let enrolment = Enrolment::new([1; 32]);
    assert_ne!(enrolment.filler(3), enrolment.filler(4));
}

#[test]
fn every_finger_is_there_once() {
    let mut enrolment = specimen_enrolment::fingers();
    let again = enrolment.fingers()[0].clone();
    let error = enrolment.add_finger(again).unwrap_err();
    assert_eq!(error.to_string(), "finger right-index is given twice");
    let missing = |position| MissingFinger {
        position,
        reason: MissingReason::Bandaged,
    };
    assert!(
        enrolment
            .add_missing_finger(missing(FingerPosition::LeftIndex))
            .is_err()
    );
    enrolment
        .add_missing_finger(missing(FingerPosition::LeftThumb))
        .unwrap();
    let mut poor = enrolment.fingers()[0].clone();
    poor.position = FingerPosition::RightLittle;
    poor.quality = Some(101);
    assert!(enrolment.add_finger(poor).is_err());
    assert_eq!(format!("{enrolment:?}"), "Enrolment { .. }");
}

#[test]
fn names_and_codes() {
    for (position, code) in FingerPosition::ALL.into_iter().zip(1..) {
        assert_eq!(position.code(), code);
        assert_eq!(FingerPosition::from_code(code), Some(position));
        assert_eq!(FingerPosition::from_name(position.name()), Some(position));
    }
    assert_eq!(FingerPosition::from_code(0), None);
    assert_eq!(FingerPosition::from_code(13), None, "four fingers at once");
    // 9303-10: bits 1 and 2 right and left, bits 3 to 5 thumb, pointer, middle, ring, little.
    assert_eq!(FingerPosition::RightThumb.subtype(), 0b00101);
    assert_eq!(FingerPosition::LeftLittle.subtype(), 0b10110);
    for reason in MissingReason::ALL {
        assert_eq!(MissingReason::from_name(reason.name()), Some(reason));
        assert_eq!(MissingReason::from_code(reason.code()), Some(reason));
    }
}

/// Lengths that no file has, and a million levels: an error at once.
#[test]
fn hostile_groups() {
    for file in [
        &b"\x63\x84\xFF\xFF\xFF\xFF"[..],
        b"\x63\x09\x7F\x61\x84\xFF\xFF\xFF\xFF\x02",
        b"\x63\x06\x7F\x61\x03\x02\x01\x0A",
        b"\x63\x06\x7F\x61\x03\x02\x01\x01",
        b"\x63\x00",
        b"",
    ] {
        assert!(dg3::decode(file).is_err(), "{file:02X?}");
    }
    let nest: Vec<u8> = [0x63, 0x80].repeat(500_000);
    assert!(dg3::decode(&nest).is_err());
    let mut record = iso_19794_4::encode(&specimen_enrolment::fingers().fingers()[0]);
    record[32..36].fill(0xFF);
    assert!(iso_19794_4::decode(&record).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Damage anywhere is an error or other values, never a panic. Failures print the seed.
    #[test]
    fn flipped_bytes(position in 0_usize..32_476, flip in 1..=255_u8) {
        let mut file = bsi_2008().file("DG3").to_vec();
        file[position] ^= flip;
        if let Ok(group) = dg3::decode(&file) {
            for template in group.templates {
                let _ = iso_19794_4::decode(template.block.value());
            }
        }
        let mut image = specimen(SPECIMEN_FINGERS[0]);
        let position = position % image.len();
        image[position] ^= flip;
        let _ = FingerImage::from_bytes(image);
    }
}
