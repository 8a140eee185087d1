//! What a profile asks for: images of papers in their places, a portrait that is good enough, a CVCA for cards that judge terminals.

use card_applet::wire::cvc::Date;
use card_applet::wire::lds::DataGroup;
use personalization::biometrics::enrolment::{Enrolment, Paper};
use personalization::biometrics::face::FaceImage;
use personalization::biometrics::picture::{PAPER, Picture};
use personalization::image::{Application, Can, CardImage, TerminalTrust};
use personalization::job::{PersonalizationJob, PrepareError};
use personalization::lds;
use personalization::lds::dg11::AdditionalPersonalDetails;
use personalization::lds::dg12::AdditionalDocumentDetails;
use personalization::pki::document_signer::DocumentSignerOptions;
use personalization::profile::{self, CardProfile, CheckedProfile};
use test_vectors::{SPECIMEN_FACE, specimen};

use super::{CAN, CARD_ID, Issuer, NOW, attesting_chip, record};

/// `icao-td1`, changed.
fn icao(change: impl Fn(&str) -> String) -> CheckedProfile {
    let (name, toml) = profile::BUILTIN[0];
    assert_eq!(name, "icao-td1");
    CardProfile::from_toml(&change(toml)).unwrap().check().unwrap()
}

fn prepare(
    profile: &CheckedProfile,
    enrolment: &Enrolment,
    trust: Option<TerminalTrust>,
) -> Result<CardImage, PrepareError> {
    let issuer = Issuer::new(&DocumentSignerOptions::new("Test DS"));
    let face = FaceImage::from_bytes(specimen(SPECIMEN_FACE)).unwrap();
    let (record, can) = (record(), Can::new(CAN).unwrap());
    let job = PersonalizationJob {
        record: &record,
        face: &face,
        enrolment,
        profile,
        can: &can,
        card_id: CARD_ID,
    };
    let mut unsigned = job.begin(&issuer.signer, &issuer.certificate, NOW)?;
    if let Some(trust) = trust {
        unsigned.set_terminal_trust(trust);
    }
    unsigned.sign(
        &issuer.signer,
        &attesting_chip::attested_keys(profile.chip_keys()),
    )
}

/// The specimen's face stands for every paper.
fn with_papers(papers: &[Paper]) -> Enrolment {
    let mut enrolment = Enrolment::new([0x5A; 32]);
    for paper in papers {
        let image = Picture::from_bytes(specimen(SPECIMEN_FACE), PAPER).unwrap();
        enrolment.set_paper(*paper, image).unwrap();
    }
    enrolment
}

#[test]
fn images_of_papers() {
    let profile = icao(str::to_owned);
    let image = prepare(&profile, &with_papers(&Paper::ALL), None).unwrap();
    let content = |group: DataGroup| &image.file(Application::Emrtd, group.fid()).unwrap().content;
    let personal = AdditionalPersonalDetails::decode(content(DataGroup::DG11)).unwrap();
    let document = AdditionalDocumentDetails::decode(content(DataGroup::DG12)).unwrap();
    for image in [&personal.proof_of_citizenship, &document.front, &document.rear] {
        assert_eq!(image.as_deref(), Some(&specimen(SPECIMEN_FACE)[..]));
    }

    let vietnamese = profile::builtin("vn-cc-2024").unwrap();
    for paper in Paper::ALL {
        let error = prepare(&vietnamese, &with_papers(&[paper]), None).unwrap_err();
        let message = format!("{} has no place on a card of this profile", paper.name());
        assert_eq!(error.to_string(), message);
        let mut twice = with_papers(&[paper]);
        let image = Picture::from_bytes(specimen(SPECIMEN_FACE), PAPER).unwrap();
        assert!(twice.set_paper(paper, image).is_err());
    }
}

/// The specimen's portrait has 413 × 531 pixels, 300 to the inch, and 14,999 bytes.
#[test]
fn the_portrait_that_a_profile_asks_for() {
    let face = FaceImage::from_bytes(specimen(SPECIMEN_FACE)).unwrap();
    for (table, lack) in [
        ("min_width = 413\nmin_height = 531\nmax_bytes = 14999", None),
        ("min_resolution = 300\nresolution_stated = true", None),
        ("min_width = 414", Some("portrait has fewer pixels than")),
        ("min_height = 532", Some("portrait has fewer pixels than")),
        ("max_bytes = 14998", Some("portrait has more bytes than")),
        (
            "min_resolution = 301",
            Some("portrait has fewer pixels per inch than"),
        ),
    ] {
        let profile = icao(|toml| format!("{toml}\n[portrait]\n{table}\n"));
        let checked = profile.check_portrait(&face);
        let prepared = prepare(&profile, &Enrolment::new([0; 32]), None);
        match lack {
            None => assert!(checked.is_ok() && prepared.is_ok(), "{table}"),
            Some(lack) => {
                let error = checked.unwrap_err().to_string();
                assert!(error.starts_with(lack), "{error}");
                assert_eq!(prepared.unwrap_err().to_string(), error);
            }
        }
    }
}

/// Cards that the profile says to judge terminals need somebody to believe, and say so in DG14.
#[test]
fn a_profile_with_terminal_authentication() {
    let enrolment = Enrolment::new([0; 32]);
    let profile = icao(|toml| toml.replace("bac = false", "bac = false\nterminal_authentication = true"));
    let error = prepare(&profile, &enrolment, None).unwrap_err();
    assert!(matches!(error, PrepareError::NoTerminalTrust), "{error}");

    let cvca = include_bytes!("../../fuzz/corpus/terminals/cvca.cvcert").to_vec();
    let trust = TerminalTrust::new(vec![cvca], Date::new(26, 11, 24).unwrap()).unwrap();
    let image = prepare(&profile, &enrolment, Some(trust)).unwrap();
    let dg14 = &image
        .file(Application::Emrtd, DataGroup::DG14.fid())
        .unwrap()
        .content;
    let infos = lds::dg14::decode(dg14).unwrap();
    // id-TA, 0.4.0.127.0.7.2.2.2.
    let offers = |oid: &[u8]| oid == [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02];
    assert!(infos.iter().any(|info| offers(info.protocol)));
}
