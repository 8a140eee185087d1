//! One mutation for each named check, each failing exactly that check. The documents are written by an issuer that
//! belongs to this test alone, so that neither our encoders nor the inspector vouch for themselves.
//! This file: EF.SOD, the data groups and what must agree among them.

#[allow(dead_code, reason = "shared by two tests")]
#[path = "support/mutations.rs"]
mod mutations;
#[allow(dead_code, reason = "shared by several tests")]
#[path = "support/test_issuer.rs"]
mod test_issuer;

use host_issuer::inspect::{Access, CheckId, HashAlgorithm, ImageFormat, Policy, Read, Verdict, inspect};
use mutations::{NOW, assert_fails_only, fails, flip, report, tampered, words};
use test_issuer::Recipe;
use time::macros::datetime;

#[test]
fn the_document_without_a_mutation_is_genuine() {
    let report = report(&Recipe::genuine());
    assert_eq!(words(&report, "failed"), [""; 0]);
    assert_eq!(words(&report, "not_performed"), ["deviation_list", "clone_proof"]);
    assert_eq!(report.verdict, Verdict::Genuine);
    assert!(
        report.reason.contains("a copy is not excluded"),
        "{}",
        report.reason
    );
    let holder = report.holder.expect("a holder");
    assert_eq!(
        (holder.name().as_str(), holder.document_number.as_str()),
        ("Nguyễn Thị Mẫu", "196000017")
    );
    let face = report.face.expect("a face");
    assert_eq!(
        (face.format, face.width, face.height),
        (ImageFormat::Jpeg, 413, 531)
    );
    assert_eq!(face.image, [0xFF, 0xD8, 0xFF, 0xE0, 0x12, 0x34]);
    let expected = hex::encode_upper(HashAlgorithm::Sha256.digest(&Recipe::genuine().dg2));
    assert_eq!(report.files["DG2"].sha256, expected);
}

#[test]
fn cms_structure() {
    for version in [1, 2, 4] {
        fails(CheckId::CmsStructure, Verdict::NotGenuine, |recipe| {
            recipe.cms_version = version
        });
    }
    // The signer's certificate is not the one that the signer names.
    tampered(CheckId::CmsStructure, |document| {
        flip(&mut document.sod, |sod| {
            let sid = [0x02, 0x01, 0x02, 0x30, 0x0B];
            sod.windows(sid.len())
                .rposition(|window| window == sid)
                .expect("the signer's serial number")
                + 2
        });
    });
}

#[test]
fn lds_security_object() {
    for number in [0, 17] {
        fails(CheckId::LdsSecurityObject, Verdict::NotGenuine, |recipe| {
            recipe.extra_listed = vec![number]
        });
    }
    fails(CheckId::LdsSecurityObject, Verdict::NotGenuine, |recipe| {
        recipe.extra_listed = vec![1]
    });
}

#[test]
fn hash_policy() {
    let report = fails(CheckId::HashPolicy, Verdict::NotGenuine, |recipe| {
        recipe.weak_hash = true
    });
    assert!(report.holder.is_none());
}

#[test]
fn signed_attributes() {
    for change in [
        |recipe: &mut Recipe| recipe.wrong_message_digest = true,
        |recipe: &mut Recipe| {
            recipe.wrong_content_type = true;
        },
    ] {
        let report = fails(CheckId::SignedAttributes, Verdict::NotGenuine, change);
        assert!(report.holder.is_none() && report.face.is_none());
    }
}

#[test]
fn sod_signature() {
    tampered(CheckId::SodSignature, |document| {
        flip(&mut document.sod, |sod| sod.len() - 1)
    });
}

#[test]
fn dg_digest() {
    for number in [1, 2, 13, 14] {
        let last = Recipe::genuine()
            .seal()
            .data_group(number)
            .bytes()
            .expect("bytes")
            .len()
            - 1;
        for position in [0, last / 2, last] {
            tampered(CheckId::DgDigest(number), |document| {
                flip(document.data_groups.get_mut(&number).expect("the group"), |_| {
                    position
                });
            });
        }
    }
}

#[test]
fn a_listed_group_that_the_chip_does_not_give() {
    let recipe = Recipe::genuine();
    for (number, read, verdict) in [
        (2, Read::NotSupplied, Verdict::Inconclusive),
        (13, Read::AccessDenied, Verdict::Inconclusive),
        (14, Read::NotSupplied, Verdict::Inconclusive),
    ] {
        let mut document = recipe.seal();
        document.data_groups.insert(number, read);
        let report = inspect(&document, &recipe.trust(), Policy::default(), NOW);
        assert_eq!(
            (words(&report, "failed"), report.verdict),
            (Vec::new(), verdict),
            "DG{number}"
        );
    }
    // Fingers need rights that most terminals do not have.
    let mut recipe = Recipe::genuine();
    recipe.extra_listed = vec![3];
    recipe.com.push(0x63);
    let mut document = recipe.seal();
    document.data_groups.insert(3, Read::AccessDenied);
    assert_eq!(
        inspect(&document, &recipe.trust(), Policy::default(), NOW).verdict,
        Verdict::Genuine
    );
}

#[test]
fn dg_listed() {
    tampered(CheckId::DgListed(15), |document| {
        document.data_groups.insert(15, Read::Bytes(vec![0x6F, 0x00]));
    });
}

#[test]
fn com_matches_sod() {
    for com in [
        vec![0x61, 0x75, 0x6D],
        vec![0x61, 0x75, 0x6D, 0x6E, 0x6F],
        vec![0x61, 0x75, 0x6D, 0x6E, 0x99],
    ] {
        fails(CheckId::ComMatchesSod, Verdict::NotGenuine, |recipe| {
            recipe.com = com
        });
    }
}

#[test]
fn card_access_matches_dg14() {
    fails(CheckId::CardAccessMatchesDg14, Verdict::NotGenuine, |recipe| {
        recipe.announced_infos = vec![test_issuer::weaker_pace_info()];
        recipe.access = Access::default();
    });
    // Hidden, so that a terminal falls back to BAC.
    let genuine = Recipe::genuine();
    let mut document = genuine.seal();
    document.access = Access::default();
    for nothing in [Read::NotSupplied, Read::Bytes(vec![0x31, 0x00])] {
        document.card_access = nothing;
        let hidden = inspect(&document, &genuine.trust(), Policy::default(), NOW);
        assert_eq!(
            (words(&hidden, "failed"), hidden.verdict),
            (Vec::new(), Verdict::Inconclusive)
        );
    }
    // More in DG14 than was announced is fine.
    let mut recipe = Recipe::genuine();
    recipe.security_infos.push(test_issuer::weaker_pace_info());
    assert_eq!(report(&recipe).verdict, Verdict::Genuine);
}

#[test]
fn mrz() {
    for position in [14, 36, 44, 59] {
        fails(CheckId::Mrz, Verdict::NotGenuine, |recipe| {
            let mut zone = recipe.zone.clone().into_bytes();
            zone[position] = if zone[position] == b'9' {
                b'0'
            } else {
                zone[position] + 1
            };
            recipe.zone = String::from_utf8(zone).expect("ASCII");
        });
    }
    fails(CheckId::Mrz, Verdict::NotGenuine, |recipe| recipe.zone.push('<'));
}

#[test]
fn country() {
    fails(CheckId::Country, Verdict::NotGenuine, |recipe| {
        recipe.ds.subject.0 = "DE".into()
    });
    // A document signer and a CSCA of one country, a card of another.
    fails(CheckId::Country, Verdict::NotGenuine, |recipe| {
        for name in [
            &mut recipe.ds.subject,
            &mut recipe.ds.issuer,
            &mut recipe.csca.subject,
            &mut recipe.csca.issuer,
        ] {
            name.0 = "DE".into();
        }
        recipe.crl.as_mut().expect("a CRL").issuer.0 = "DE".into();
    });
}

/// The locality of the directory name among the alternative names is the State of the MRZ (Doc 9303-12 §7.1.1.2).
#[test]
fn country_of_alternative_names() {
    use test_issuer::{extension, tlv};
    const SUBJECT_ALT_NAME: &str = "551D11";
    const ISSUER_ALT_NAME: &str = "551D12";
    let alternative = |kind, locality: &str| {
        let locality = tlv(
            0x30,
            &[&[0x06, 3, 0x55, 4, 7], &tlv(0x13, &[locality.as_bytes()])],
        );
        let name = tlv(0x30, &[&tlv(0x31, &[&locality])]);
        extension(
            kind,
            false,
            &tlv(0x30, &[&tlv(0x82, &[b"vnm.example"]), &tlv(0xA4, &[&name])]),
        )
    };
    for kind in [SUBJECT_ALT_NAME, ISSUER_ALT_NAME] {
        for other in ["UTO", "VNN", "D"] {
            fails(CheckId::Country, Verdict::NotGenuine, |recipe| {
                recipe.ds.more_extensions = vec![alternative(kind, other)]
            });
        }
    }
    // A town is no State, and neither is an extension that nobody can read.
    let unreadable = extension(SUBJECT_ALT_NAME, false, &[0x30, 0x7F]);
    let town = alternative(SUBJECT_ALT_NAME, "Da Nang");
    let right = [SUBJECT_ALT_NAME, ISSUER_ALT_NAME].map(|kind| alternative(kind, "VNM"));
    for extensions in [right.to_vec(), vec![town], vec![unreadable]] {
        let mut recipe = Recipe::genuine();
        recipe.ds.more_extensions = extensions;
        assert_eq!(report(&recipe).verdict, Verdict::Genuine);
    }
}

#[test]
fn document_type() {
    fails(CheckId::DocumentType, Verdict::NotGenuine, |recipe| {
        recipe.ds.document_types = Some("P")
    });
    let mut recipe = Recipe::genuine();
    recipe.ds.document_types = Some("I");
    assert_eq!(report(&recipe).verdict, Verdict::Genuine);
}

#[test]
fn dg1_matches_dg13() {
    for (index, other) in [
        (0, "001196000018"),
        (1, "Nguyễn Thị Mẩu Khác"),
        (2, "13/08/1996"),
        (3, "Nam"),
        (5, "12/08/2037"),
    ] {
        let report = fails(CheckId::Dg1MatchesDg13, Verdict::NotGenuine, |recipe| {
            recipe.national[index].1 = other.into()
        });
        assert!(
            !report.reason.contains(other),
            "the reason names the field, not its value: {}",
            report.reason
        );
    }
}

#[test]
fn document_expiry() {
    let recipe = Recipe::genuine();
    let mut later = recipe.clone();
    later.crl.as_mut().expect("a CRL").valid = ("20360801", "20361101");
    let after = datetime!(2036-08-13 00:00 UTC);
    let report = inspect(&later.seal(), &later.trust(), Policy::default(), after);
    assert_fails_only(&report, CheckId::DocumentExpiry, Verdict::Inconclusive);
    let on_the_last_day = datetime!(2036-08-12 23:59 UTC);
    assert_eq!(
        inspect(&later.seal(), &later.trust(), Policy::default(), on_the_last_day).verdict,
        Verdict::Genuine
    );
}

#[test]
fn clone_proof() {
    let mut recipe = Recipe::genuine();
    recipe
        .security_infos
        .push(test_issuer::chip_authentication_info());
    let advertised = report(&recipe);
    assert_eq!(
        (words(&advertised, "failed"), advertised.verdict),
        (Vec::new(), Verdict::Inconclusive)
    );
    assert!(
        advertised.reason.starts_with("chip_authentication"),
        "{}",
        advertised.reason
    );
    let summary = advertised.check(CheckId::CloneProof).expect("clone_proof");
    assert_eq!(summary.status_word(), "not_performed");

    let recipe = Recipe::genuine();
    let policy = Policy {
        require_clone_proof: true,
        ..Policy::default()
    };
    let required = inspect(&recipe.seal(), &recipe.trust(), policy, NOW);
    assert_eq!(required.verdict, Verdict::Inconclusive);
}

/// Forms that real issuers have written and that are right.
#[test]
fn other_encodings_of_the_same() {
    let changes: [fn(&mut Recipe); 4] = [
        |recipe| recipe.signer_by_key_identifier = true,
        |recipe| recipe.attributes_reversed = true,
        |recipe| (recipe.attributes_reversed, recipe.signed_over_sorted) = (true, true),
        |recipe| recipe.signing_time = None,
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut recipe = Recipe::genuine();
        change(&mut recipe);
        let report = report(&recipe);
        assert_eq!(
            (words(&report, "failed"), report.verdict),
            (Vec::new(), Verdict::Genuine),
            "change {index}"
        );
    }
}

/// BER: SignedData, its content and its ContentInfo with indefinite lengths (X.690 §8.1.3.6).
#[test]
fn a_security_object_in_ber_is_read() {
    let recipe = Recipe::genuine();
    let mut document = recipe.seal();
    let Read::Bytes(der) = &document.sod else {
        panic!("an EF.SOD")
    };
    let mut indefinite = vec![0x30, 0x80];
    // 77 82 LLLL 30 82 LLLL …: everything inside ContentInfo as it is.
    assert_eq!((der[0], der[1], der[4], der[5]), (0x77, 0x82, 0x30, 0x82));
    indefinite.extend(&der[8..]);
    indefinite.extend([0, 0]);
    document.sod = Read::Bytes(test_issuer::tlv(0x77, &[&indefinite]));
    assert_eq!(
        inspect(&document, &recipe.trust(), Policy::default(), NOW).verdict,
        Verdict::Genuine
    );
}

/// Whatever bytes a chip sends, the inspector answers, and never GENUINE.
#[test]
fn no_single_flipped_byte_of_any_file_is_genuine_except_where_nothing_depends_on_it() {
    let recipe = Recipe::genuine();
    let trust = recipe.trust();
    let sealed = recipe.seal();
    for number in sealed.data_groups.keys().copied().collect::<Vec<_>>() {
        let length = sealed.data_group(number).bytes().expect("bytes").len();
        for position in 0..length {
            let mut document = sealed.clone();
            flip(document.data_groups.get_mut(&number).expect("the group"), |_| {
                position
            });
            let verdict = inspect(&document, &trust, Policy::default(), NOW).verdict;
            assert_eq!(verdict, Verdict::NotGenuine, "DG{number} byte {position}");
        }
    }
    let length = sealed.sod.bytes().expect("bytes").len();
    let mut unnoticed = Vec::new();
    for position in 0..length {
        let mut document = sealed.clone();
        flip(&mut document.sod, |_| position);
        if inspect(&document, &trust, Policy::default(), NOW).verdict == Verdict::Genuine {
            unnoticed.push(position);
        }
    }
    // Only the announced digest algorithms (13 bytes of contents and the header of their SEQUENCE) decide nothing.
    assert!(unnoticed.len() <= 15, "{unnoticed:?}");
}
