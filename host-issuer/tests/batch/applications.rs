//! Stored applications: one form each, and nothing else is one.

use std::sync::{Arc, LazyLock};

use host_issuer::ledger::event::JobKind;
use host_issuer::station::application::{
    Application, ApplicationError, BatchProfile, EnrolmentPapers, MAX_FILES, Occasion,
};
use personalization::citizen::CitizenRecord;
use proptest::prelude::*;

use crate::station::NOW;

const PROFILE: &str = include_str!("../../../personalization/profiles/vn-cccd-2021.toml");
const ENROLMENT: &str = "{\"fingers\":[{\"position\":\"right-index\",\"image\":\"r.wsq\",\"quality\":80},\
                         {\"image\":\"l.wsq\",\"position\":\"left-index\"}]}";

fn occasion() -> Occasion {
    Occasion {
        kind: JobKind::First,
        replaces: None,
        province: None,
    }
}

fn papers(record: &str) -> Result<EnrolmentPapers, ApplicationError> {
    EnrolmentPapers::collect(record, &mut |name| {
        let index = usize::from(name != "r.wsq");
        Ok(test_vectors::specimen(test_vectors::SPECIMEN_FINGERS[index]))
    })
}

fn check(
    occasion: Occasion,
    record: &str,
    papers: Option<EnrolmentPapers>,
) -> Result<Application, ApplicationError> {
    let profile = Arc::new(BatchProfile::from_toml(PROFILE).expect("a profile"));
    let photo = test_vectors::specimen(test_vectors::SPECIMEN_FACE);
    Application::check(occasion, record, photo, papers, &profile, NOW)
}

static APPLICATION: LazyLock<Application> = LazyLock::new(|| {
    let papers = papers(ENROLMENT).expect("papers");
    check(occasion(), CitizenRecord::template(), Some(papers)).expect("an application")
});

#[test]
fn what_is_stored_is_what_was_checked() {
    let application = &*APPLICATION;
    let read = Application::from_der(application.to_der(), NOW).unwrap();
    assert_eq!(read.content_sha256(), application.content_sha256());
    assert_eq!(read.enrolment([1; 32]).unwrap().fingers().len(), 2);
    assert_eq!(
        read.enrolment([1; 32]).unwrap(),
        application.enrolment([1; 32]).unwrap()
    );
    assert_eq!(read.profile().name(), "vn-cccd-2021");
    assert_eq!(read.province(), "001");
    assert_eq!(
        format!("{read:?}"),
        format!("Application({})", read.content_sha256())
    );
    assert_ne!(read.job_id(0), read.job_id(1));

    // The same said otherwise is the same; another occasion, another sample, another card.
    let turned = ENROLMENT.replace(
        "{\"image\":\"l.wsq\",\"position\":\"left-index\"}",
        " {\"position\" : \"left-index\",\"image\":\"l.wsq\"} ",
    );
    let same = check(
        occasion(),
        CitizenRecord::template(),
        Some(papers(&turned).unwrap()),
    )
    .unwrap();
    assert_eq!(same.content_sha256(), application.content_sha256());
    let renewal = Occasion {
        kind: JobKind::Renewal,
        ..occasion()
    };
    let other = check(
        renewal,
        CitizenRecord::template(),
        Some(papers(ENROLMENT).unwrap()),
    )
    .unwrap();
    assert_ne!(other.content_sha256(), application.content_sha256());
    let missing = ENROLMENT.replace("\"image\":\"l.wsq\"", "\"missing\":\"bandaged\"");
    let other = check(
        occasion(),
        CitizenRecord::template(),
        Some(papers(&missing).unwrap()),
    )
    .unwrap();
    assert_ne!(other.content_sha256(), application.content_sha256());
}

#[test]
fn an_application_that_does_not_fit_its_profile_is_none() {
    // The profile wants fingers.
    assert!(matches!(
        check(occasion(), CitizenRecord::template(), None),
        Err(ApplicationError::Prepare(_))
    ));
    let replaced = |kind, card: &str| Occasion {
        kind,
        replaces: Some(card.into()),
        province: None,
    };
    for wrong in [
        replaced(JobKind::First, "CARD000000000001"),
        replaced(JobKind::Renewal, "card000000000001"),
        replaced(JobKind::Renewal, ""),
        Occasion {
            province: Some("1".into()),
            ..occasion()
        },
    ] {
        let papers = papers(ENROLMENT).unwrap();
        assert!(matches!(
            check(wrong, CitizenRecord::template(), Some(papers)),
            Err(ApplicationError::Occasion { .. })
        ));
    }
    let samples: Vec<String> = (0..=MAX_FILES)
        .map(|number| format!("{{\"modality\":\"voice\",\"subtype\":{number},\"data\":\"{number}.bin\"}}"))
        .collect();
    let many = format!("{{\"samples\":[{}]}}", samples.join(","));
    assert!(matches!(papers(&many), Err(ApplicationError::TooLong(_))));
    assert!(matches!(
        BatchProfile::from_toml(&"#".repeat(70_000)),
        Err(ApplicationError::TooLong("profile"))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// One stored form for each application: what was changed is refused, or is another application in its own one form.
    #[test]
    fn altered_bytes_are_refused(at in 0..20_000_usize, value: u8, cut in proptest::option::of(0..20_000_usize)) {
        let mut bytes = APPLICATION.to_der().to_vec();
        let at = at % bytes.len();
        bytes[at] ^= value;
        if let Some(cut) = cut {
            bytes.truncate(cut);
        }
        if let Ok(read) = Application::from_der(&bytes, NOW) {
            prop_assert_eq!(read.to_der(), bytes.as_slice());
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Application::from_der(&bytes, NOW).is_err());
    }
}
