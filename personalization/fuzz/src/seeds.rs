//! Valid inputs to begin with. `cargo run --example seeds` writes them into `corpus/`; the replay on stable compares.

use personalization::biometrics::enrolment::Enrolment;
use personalization::biometrics::face::FaceImage;
use personalization::biometrics::finger::{
    Finger, FingerImage, FingerPosition, Impression, MissingFinger, MissingReason,
};
use personalization::biometrics::format::{FaceFormat, FingerFormat};
use personalization::biometrics::iris::{Eye, Iris};
use personalization::biometrics::iso_19794_5::Gender;
use personalization::biometrics::iso_39794_4::QualityAlgorithm;
use personalization::biometrics::picture::{IRIS, Picture};
use personalization::citizen::CitizenRecord;
use personalization::lds::{atr_info, dg13, dir};
use personalization::lds::{dg2, dg3, dg4, dg5};
use personalization::profile;
use test_vectors::documents::{bsi_2008, tr_03105_5};
use test_vectors::{hex, load, mrz};
use time::macros::date;

/// A file of the corpus that is no seed of [`all`]: somebody's image, or signed with a key that was thrown away. They are committed as
/// `eid` made them, once.
macro_rules! given {
    ($file:literal) => {
        include_bytes!(concat!("../corpus/", $file)).to_vec()
    };
}

/// Target, name and content of every seed that can be made again.
pub fn all() -> Vec<(&'static str, String, Vec<u8>)> {
    let mut seeds = Vec::new();
    let mut seed =
        |target, name: &str, content: &[u8]| seeds.push((target, name.to_owned(), content.to_vec()));
    for (number, vector) in (1..).zip(mrz::vectors()) {
        seed(
            "mrz",
            &format!("zone-{number}"),
            vector.lines.join("\n").as_bytes(),
        );
    }
    for (name, text) in [
        ("name-vietnamese", "Nguyễn Thị Đức"),
        ("name-cyrillic", "Юрий Ёлкин-Щука"),
        ("name-arabic", "فاطمة عبّاس"),
        ("name-latin", "Größe O'Ærø"),
    ] {
        seed("mrz", name, text.as_bytes());
    }
    let examples = &load("lds-specimen-sets")["icao_part10_examples"];
    seed("lds", "ef-com", &hex(&examples["EF_COM_A1"]));
    seed("lds", "dg11", &hex(&examples["DG11_A5_corrected"]));
    seed("lds", "dg11-short", &hex(&examples["short_dg_examples"]["DG11"]));
    seed("lds", "dg12-short", &hex(&examples["short_dg_examples"]["DG12"]));
    seed("lds", "dg16", &hex(&examples["DG16_A6"]));
    seed("lds", "ef-dir", &dir::encode(&[]));
    seed("lds", "ef-atr-info", &atr_info::encode(2048, 33_024));
    for (set, name) in [(tr_03105_5(), "2013"), (bsi_2008(), "2008")] {
        for file in ["DG1", "DG14", "DG15"] {
            seed(
                "lds",
                &format!("bsi-{name}-{}", file.to_lowercase()),
                set.file(file),
            );
        }
    }
    let bsi = &load("bsi-eac2-worked-example")["vectors"][0]["values"];
    seed("lds", "ef-card-access", &hex(&bsi["ef_cardaccess"]));
    seed("lds", "ef-card-security", &hex(&bsi["ef_cardsecurity"]));

    let template = CitizenRecord::template();
    let alone = template.replace("\"Nguyễn Văn Mẫu\"", "null");
    for (name, json) in [("template", template), ("mother-alone", alone.as_str())] {
        seed("record", name, json.as_bytes());
        if let Ok(record) = CitizenRecord::from_json(json, date!(2026 - 11 - 24))
            && let Ok(file) = dg13::encode(&record, "VN00000000000001")
        {
            seed("dg13", name, &file);
        }
    }
    for (name, toml) in profile::BUILTIN {
        seed("record", name, toml.as_bytes());
    }
    seed("record", "enrolment", ENROLMENT.as_bytes());
    for (name, content) in biometric_groups() {
        seed("biometrics", name, &content);
    }
    for (set, name) in [(tr_03105_5(), "2013"), (bsi_2008(), "2008")] {
        seed("signed", &format!("bsi-{name}-ef-sod"), set.file("EF_SOD"));
    }
    seed("signed", "ef-card-security", &hex(&bsi["ef_cardsecurity"]));
    for certificate in ["cvca_cert", "dv_cert", "ta_cert"] {
        seed("terminals", certificate, &hex(&bsi[certificate]));
    }
    seed(
        "office",
        "key-uri",
        b"pkcs11:token=office;object=ds-1;type=private?module-path=/usr/lib/softhsm/libsofthsm2.so",
    );
    seeds
}

/// An enrolment record with everything that one may have.
const ENROLMENT: &str = r#"{ "fingers": [ { "position": "right-index", "image": "right-index.wsq", "quality": 80 },
  { "position": "left-index", "missing": "bandaged" },
  { "position": "left-thumb", "image": "t.wsq", "impression": "live-scan-plain", "reason": "the finger is stiff" } ],
  "quality_algorithm": { "organization": 257, "algorithm": 1 },
  "irises": [ { "eye": "right", "image": "right.jp2", "diameter": 150 }, { "eye": "left", "missing": "diseased" } ],
  "displayed_portrait": "portrait.jpg", "signature": "signature.jp2",
  "proof_of_citizenship": "paper.jpg", "document_front": "front.jpg", "document_rear": "rear.jpg",
  "samples": [ { "modality": "voice", "subtype": 1, "data": "voice.bin" } ] }"#;

/// Data groups of small images, in every format of records.
fn biometric_groups() -> Vec<(&'static str, Vec<u8>)> {
    let face = FaceImage::from_bytes(given!("image/face.jp2")).unwrap();
    let mut enrolment = Enrolment::new([0x5A; 32]);
    let empty = enrolment.clone();
    for (position, image) in [
        (FingerPosition::RightIndex, given!("image/finger.wsq")),
        (FingerPosition::LeftThumb, given!("image/finger.png")),
    ] {
        let finger = Finger {
            position,
            image: FingerImage::from_bytes(image).unwrap(),
            impression: Impression::LiveScanRolled,
            quality: Some(80),
        };
        enrolment.add_finger(finger).unwrap();
    }
    let missing = MissingFinger {
        position: FingerPosition::LeftIndex,
        reason: MissingReason::Bandaged,
    };
    enrolment.add_missing_finger(missing).unwrap();
    enrolment.set_quality_algorithm(QualityAlgorithm {
        organization: 257,
        algorithm: 1,
    });
    let iris = Iris {
        eye: Eye::Right,
        image: Picture::from_bytes(given!("image/face.jp2"), IRIS).unwrap(),
        quality: Some(70),
        diameter: Some(150),
    };
    enrolment.add_iris(iris).unwrap();
    vec![
        (
            "dg2-19794-5",
            dg2::encode(&face, Gender::Female, FaceFormat::Iso19794),
        ),
        (
            "dg2-39794-5",
            dg2::encode(&face, Gender::Female, FaceFormat::Iso39794),
        ),
        ("dg3-19794-4", dg3::encode(&enrolment, FingerFormat::Iso19794)),
        ("dg3-39794-4", dg3::encode(&enrolment, FingerFormat::Iso39794)),
        ("dg3-empty", dg3::encode(&empty, FingerFormat::Iso19794)),
        ("dg4-19794-6", dg4::encode(&enrolment)),
        ("dg5", dg5::encode(&face)),
    ]
}
