//! Faces and irises: records against published ones, both series of standards, and the groups around them.

#[path = "biometric_records/hostile.rs"]
mod hostile;
#[path = "biometric_records/iso_39794_6.rs"]
mod iso_39794_6_records;

use card_applet::wire::lds::DataGroup;
use personalization::biometrics::cbeff::{self, DataBlock, SC_37, biometric_type};
use personalization::biometrics::enrolment::Enrolment;
use personalization::biometrics::face::{FaceImage, ImageFormat};
use personalization::biometrics::finger::{
    Finger, FingerImage, FingerImageFormat, FingerPosition, Impression, ImpressionType, MissingFinger,
    MissingReason,
};
use personalization::biometrics::format::{FaceFormat, FingerFormat};
use personalization::biometrics::iris::{Eye, Iris};
use personalization::biometrics::iso_19794_5::Gender;
use personalization::biometrics::iso_39794_4::QualityAlgorithm;
use personalization::biometrics::picture::{IRIS, Picture, SIGNATURE};
use personalization::biometrics::{iso_19794_5, iso_19794_6, iso_39794_4, iso_39794_5};
use personalization::lds::{dg2, dg3, dg4, dg5, dg7};
use proptest::prelude::*;
use test_vectors::documents::{bsi_2008, dg2_of_iso_39794_5};
use test_vectors::{SPECIMEN_FACE, SPECIMEN_FINGERS, specimen};

fn face() -> FaceImage {
    FaceImage::from_bytes(specimen(SPECIMEN_FACE)).unwrap()
}

#[test]
fn the_published_face_of_iso_19794_5() {
    let document = bsi_2008();
    let file = document.file("DG2");
    let group = dg2::decode(file).unwrap();
    assert_eq!(group.raw, file);
    let [template] = &group.templates[..] else {
        panic!()
    };
    assert_eq!(template.header.biometric_type, Some(biometric_type::FACE));
    assert_eq!(
        (template.header.format_owner, template.header.format_type),
        (SC_37, dg2::ISO_19794_5)
    );
    let views = iso_19794_5::decode(template.block.record().unwrap()).unwrap();
    let [view] = &views[..] else { panic!() };
    assert_eq!((view.gender, view.feature_points, view.image_type), (0, 0, 1));
    assert_eq!(view.format, Some(ImageFormat::Jpeg2000));
    // The record lies about its image, which has 413 × 531.
    assert_eq!((view.width, view.height), (0x0151, 0x01C1));
    assert_eq!(view.image, specimen(SPECIMEN_FACE));
}

/// ICAO's sample: version 3 of 2019, representation 0, a JPEG 2000 image that lost something, and nothing else.
#[test]
fn the_published_face_of_iso_39794_5() {
    let file = dg2_of_iso_39794_5();
    let group = dg2::decode(&file).unwrap();
    let [template] = &group.templates[..] else {
        panic!()
    };
    assert_eq!(
        (template.header.format_owner, template.header.format_type),
        (SC_37, dg2::ISO_39794_5)
    );
    assert!(matches!(template.block, DataBlock::Constructed(_)));
    let block = iso_39794_5::decode(template.block.record().unwrap()).unwrap();
    assert_eq!(block.version, (3, 2019));
    let [representation] = &block.representations[..] else {
        panic!()
    };
    assert_eq!(representation.representation_id, 0);
    assert_eq!(representation.format, Some(ImageFormat::Jpeg2000));
    assert!(!representation.is_lossless);
    assert_eq!(representation.image.len(), 15_000);
    let image = FaceImage::from_bytes(representation.image.to_vec()).unwrap();
    assert_eq!((image.width(), image.height()), (413, 531));
    assert_eq!(
        (representation.size, representation.kind, representation.gender),
        (None, None, None)
    );
    assert!(representation.captured.is_empty() && representation.quality_scores.is_empty());
}

/// The sample's own image is encoded to the sample's bytes, but for the size of the image, which ours states, and the two optional
/// objects of the header.
#[test]
fn iso_39794_5_is_encoded_as_published_but_for_what_is_optional() {
    let published = dg2_of_iso_39794_5();
    let group = dg2::decode(&published).unwrap();
    let record = group.templates[0].block.record().unwrap();
    let image = iso_39794_5::decode(record).unwrap().representations[0].image;
    let ours = iso_39794_5::encode(&FaceImage::from_bytes(image.to_vec()).unwrap());
    // imageSizeBlock [7] { width [0] 413, height [1] 531 }
    let size = hex::decode("A708 8002 019D 8102 0213".replace(' ', "")).unwrap();
    assert!(ours.ends_with(&size));
    assert_eq!(ours.len(), record.len() + size.len());
    // From the image on they agree, and before it all but lengths does.
    let from_image = |bytes: &[u8]| {
        let start = bytes
            .windows(12)
            .position(|window| window == &image[..12])
            .unwrap();
        bytes[start..start + image.len()].to_vec()
    };
    assert_eq!(from_image(&ours), from_image(record));
    let decoded = iso_39794_5::decode(&ours).unwrap();
    assert_eq!(decoded.version, (3, 2019));
    assert_eq!(decoded.representations[0].size, Some((413, 531)));

    let file = dg2::encode(&face(), Gender::Female, FaceFormat::Iso39794);
    let group = dg2::decode(&file).unwrap();
    assert_eq!(group.templates[0].header.format_type, dg2::ISO_39794_5);
    let block = iso_39794_5::decode(group.templates[0].block.record().unwrap()).unwrap();
    assert_eq!(block.representations[0].image, specimen(SPECIMEN_FACE));
}

/// What later editions and other issuers add is passed over; indefinite lengths are read.
#[test]
fn extensions_and_ber() {
    let ours = iso_39794_5::encode(&face());
    let unwrapped = |bytes: &[u8]| card_applet::wire::tlv::read_exact(bytes, 0x65).unwrap().to_vec();
    let content = unwrapped(&ours);
    // [40] of some later edition, and an application's own field.
    let extended = [
        &content[..],
        &[0xBF, 0x28, 0x03, 0x80, 0x01, 0x05],
        &[0xC3, 0x01, 0x00],
    ]
    .concat();
    let indefinite = [&[0x65, 0x80], &extended[..], &[0, 0]].concat();
    let block = iso_39794_5::decode(&indefinite).unwrap();
    assert_eq!(block, iso_39794_5::decode(&ours).unwrap());
    let nest = [[0x65, 0x80].repeat(10_000), vec![0; 20_000]].concat();
    assert!(iso_39794_5::decode(&nest).is_err());
    assert!(iso_39794_5::decode(b"\x65\x84\xFF\xFF\xFF\xFF\xA0").is_err());

    // Identity metadata and quality as others write them: code, or an extension with a fallback.
    let version = hex::decode("A007 800103 810207E3".replace(' ', "")).unwrap();
    let image = hex::decode("A10F A00D A00B 8002FFD8 A105A003800102".replace(' ', "")).unwrap();
    let quality = hex::decode("A310 300E A007 80020101 810101 A103800155".replace(' ', "")).unwrap();
    let identity = hex::decode("A810 A003800103 A105A103800105 A202A100".replace(' ', "")).unwrap();
    let representation = [&[0x80, 0x01, 0x07], &image[..], &quality, &identity].concat();
    let representation = [
        &[0x30, u8::try_from(representation.len()).unwrap()],
        &representation[..],
    ]
    .concat();
    let blocks = [
        &[0xA1, u8::try_from(representation.len()).unwrap()],
        &representation[..],
    ]
    .concat();
    let content = [&version[..], &blocks].concat();
    let record = [&[0x65, u8::try_from(content.len()).unwrap()], &content[..]].concat();
    let block = iso_39794_5::decode(&record).unwrap();
    let representation = &block.representations[0];
    assert_eq!(
        (representation.representation_id, representation.image),
        (7, &[0xFF, 0xD8][..])
    );
    assert_eq!(representation.format, Some(ImageFormat::Jpeg));
    assert_eq!(representation.quality_scores, [0x55]);
    assert_eq!(
        (
            representation.gender,
            representation.eye_colour,
            representation.hair_colour
        ),
        (Some(3), Some(5), None)
    );
}

#[test]
fn fingers_of_iso_39794_4() {
    let mut enrolment = Enrolment::new([0; 32]);
    enrolment
        .add_finger(Finger {
            position: FingerPosition::LeftThumb,
            image: FingerImage::from_bytes(specimen(SPECIMEN_FINGERS[1])).unwrap(),
            impression: Impression::LiveScanRolled,
            quality: Some(77),
        })
        .unwrap();
    for (position, reason) in [
        (FingerPosition::RightIndex, MissingReason::Amputated),
        (FingerPosition::LeftIndex, MissingReason::Bandaged),
    ] {
        enrolment
            .add_missing_finger(MissingFinger { position, reason })
            .unwrap();
    }
    let decoded = |enrolment: &Enrolment| {
        let file = dg3::encode(enrolment, FingerFormat::Iso39794);
        let group = dg3::decode(&file).unwrap();
        let [template] = &group.templates[..] else {
            panic!()
        };
        assert_eq!(template.header.format_type, dg3::ISO_39794_4);
        assert_eq!(template.header.subtype, Some(FingerPosition::LeftThumb.subtype()));
        let block = iso_39794_4::decode(template.block.record().unwrap()).unwrap();
        assert_eq!(block.version, (3, 2019));
        let [finger] = &block.representations[..] else {
            panic!()
        };
        assert_eq!(finger.position, Some(FingerPosition::LeftThumb));
        assert_eq!(finger.impression, Some(ImpressionType::LiveScanRolled));
        assert_eq!(finger.format, Some(FingerImageFormat::Wsq));
        assert_eq!(finger.image, specimen(SPECIMEN_FINGERS[1]));
        assert_eq!(finger.annotations, enrolment.missing_fingers());
        finger.quality_scores.clone()
    };
    assert!(decoded(&enrolment).is_empty(), "nobody says who rated it");
    enrolment.set_quality_algorithm(QualityAlgorithm {
        organization: 257,
        algorithm: 1,
    });
    assert_eq!(decoded(&enrolment), [77]);
}

/// The first bytes by hand, tag by tag of the schema.
#[test]
fn iso_39794_4_by_hand() {
    let finger = Finger {
        position: FingerPosition::RightIndex,
        image: FingerImage::from_bytes(specimen(SPECIMEN_FINGERS[0])).unwrap(),
        impression: Impression::LiveScanRolled,
        quality: None,
    };
    let record = iso_39794_4::encode(&finger, None, &[]);
    let expected =
        "64824029 A007800103810207E3 A182401C 30824018 A003800102 A103800101 A203800101 83824005 FFA0";
    assert_eq!(
        hex::encode_upper(&record[..42]),
        expected.replace(' ', ""),
        "image of 16389 bytes"
    );
}

#[test]
fn the_published_irises() {
    let document = bsi_2008();
    let file = document.file("DG4");
    let group = dg4::decode(file).unwrap();
    assert_eq!(group.templates.len(), 2);
    let mut enrolment = Enrolment::new([0; 32]);
    for (template, eye) in group.templates.iter().zip(Eye::ALL) {
        assert_eq!(template.header.version, Some(0x0101));
        assert_eq!(template.header.biometric_type, Some(biometric_type::IRIS));
        assert_eq!(template.header.subtype, Some(eye.code()));
        assert_eq!(template.header.format_type, dg4::ISO_19794_6);
        let record = iso_19794_6::decode(template.block.record().unwrap()).unwrap();
        let [view] = &record.views[..] else { panic!() };
        assert_eq!((view.eye, view.quality), (Some(eye), Some(0x33)));
        assert_eq!((record.format_code, record.diameter), (0x0010, Some(150)));
        let image = Picture::from_bytes(view.image.to_vec(), IRIS).unwrap();
        assert_eq!((image.width(), image.height()), (record.width, record.height));
        let iris = Iris {
            eye,
            image,
            quality: view.quality,
            diameter: record.diameter,
        };
        enrolment.add_iris(iris).unwrap();
    }
    // And back, to the byte.
    assert_eq!(dg4::encode(&enrolment), file);
    let again = enrolment.irises()[0].clone();
    assert!(enrolment.add_iris(again).is_err());
    assert_eq!(
        dg4::encode(&Enrolment::new([1; 32]))[..10],
        *b"\x76\x18\x7F\x61\x03\x02\x01\x00\x53\x10"
    );
}

#[test]
fn displayed_images() {
    let file = dg5::encode(&face());
    let image = specimen(SPECIMEN_FACE);
    let length = u16::try_from(image.len()).unwrap().to_be_bytes();
    assert_eq!(file[..4], [0x65, 0x82, 0x3A, 0x9F]);
    assert_eq!(
        file[4..12],
        [&[0x02, 0x01, 0x01, 0x5F, 0x40, 0x82], &length[..]].concat()
    );
    let group = dg5::decode(&file).unwrap();
    assert_eq!((group.images, group.raw), (vec![&image[..]], &file[..]));

    let signature = Picture::from_bytes(image.clone(), SIGNATURE).unwrap();
    let file = dg7::encode(&signature);
    assert_eq!(dg7::decode(&file).unwrap().images, [signature.bytes()]);
    assert!(dg5::decode(&file).is_err(), "another group");
    for wrong in [
        &b"\x65\x03\x02\x01\x01"[..],
        b"\x65\x03\x02\x01\x0A",
        b"\x65\x07\x02\x01\x00\x5F\x40\x01\x00",
        b"\x65\x04\x5F\x40\x01\x00",
        b"\x65\x84\xFF\xFF\xFF\xFF",
    ] {
        assert!(dg5::decode(wrong).is_err(), "{wrong:02X?}");
    }
}

/// The header of 9303-10 appendix A.3 with its dates, validity and creator.
#[test]
fn the_header_of_appendix_a_3() {
    let header =
        hex::decode("A12880020101810102830720020315133000850820020401200703318604000100018702010188020008")
            .unwrap();
    let information = [&header[..], &[0x5F, 0x2E, 0x01, 0xAB]].concat();
    let template = [
        &[0x7F, 0x60, u8::try_from(information.len()).unwrap()],
        &information[..],
    ]
    .concat();
    let group = [&[0x02, 0x01, 0x01], &template[..]].concat();
    let group = [&[0x7F, 0x61, u8::try_from(group.len()).unwrap()], &group[..]].concat();
    let file = [&[0x75, u8::try_from(group.len()).unwrap()], &group[..]].concat();
    let group = dg2::decode(&file).unwrap();
    let [template] = &group.templates[..] else {
        panic!()
    };
    assert_eq!(template.header.version, Some(0x0101));
    assert_eq!(template.header.biometric_type, Some(biometric_type::FACE));
    assert_eq!(template.header.subtype, None);
    assert_eq!(
        (template.header.format_owner, template.header.format_type),
        (SC_37, dg2::ISO_19794_5)
    );
    assert_eq!(template.block.record().unwrap(), [0xAB]);
    assert_eq!(
        cbeff::decode_group(&file, DataGroup::DG3.tag())
            .unwrap_err()
            .to_string(),
        "data group is another data object"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Damage anywhere is an error or other values, never a panic. Failures print the seed.
    #[test]
    fn flipped_bytes(position in 0_usize..200, flip in 1..=255_u8, at_end: bool) {
        let document = bsi_2008();
        for (file, tag) in [
            (document.file("DG2").to_vec(), 0x75),
            (document.file("DG4").to_vec(), 0x76),
            (dg2_of_iso_39794_5(), 0x75),
        ] {
            let mut file = file;
            let position = if at_end { file.len() - 1 - position } else { position };
            file[position] ^= flip;
            if let Ok(group) = cbeff::decode_group(&file, tag) {
                for template in group.templates {
                    let record = template.block.record().unwrap_or_default();
                    let _ = iso_19794_5::decode(record);
                    let _ = iso_19794_6::decode(record);
                    let _ = iso_39794_5::decode(record);
                    let _ = iso_39794_4::decode(record);
                }
            }
        }
    }

    /// No bytes make the readers panic.
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = iso_39794_5::decode(&[&[0x65], &bytes[..]].concat());
        let _ = iso_39794_4::decode(&[&[0x64], &bytes[..]].concat());
        let _ = dg3::decode(&[&[0x63], &bytes[..]].concat());
        let _ = dg7::decode(&[&[0x67], &bytes[..]].concat());
    }
}
