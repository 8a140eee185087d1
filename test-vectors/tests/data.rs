//! The data say what they claim: complete, well formed, with a source.

use std::fs;

use serde_json::Value;
use test_vectors::{
    Provenance, bac, data_dir, documents, load, mrz, pace, scp03, secure_messaging, specimen,
};

/// Every object that carries `verified` must be reachable under an object with a `source` (or be marked as
/// self-generated), else nobody can check it.
fn assert_has_source(path: &str, value: &Value, inherited: bool) {
    let Some(object) = value.as_object() else {
        if let Some(elements) = value.as_array() {
            for (index, element) in elements.iter().enumerate() {
                assert_has_source(&format!("{path}[{index}]"), element, inherited);
            }
        }
        return;
    };
    let has = |key: &str| {
        object
            .get(key)
            .is_some_and(|text| text.as_str().is_some_and(|text| !text.is_empty()))
    };
    let sourced = inherited || has("source") || has("WARNING") || has("see") || has("note");
    assert!(
        sourced || !object.contains_key("verified") || path.matches('.').count() == 0,
        "{path} has no source"
    );
    for (key, child) in object {
        assert_has_source(&format!("{path}.{key}"), child, sourced);
    }
}

#[test]
fn every_vector_names_its_source() {
    let folder = data_dir().join("vectors");
    let mut count = 0;
    for entry in fs::read_dir(&folder).expect("data/vectors") {
        let path = entry.expect("entry").path();
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("name")
            .to_owned();
        assert_has_source(&name, &load(&name), false);
        count += 1;
    }
    assert!(count >= 8, "only {count} vector files found");
}

#[test]
fn readme_names_every_file() {
    let readme = fs::read_to_string(data_dir().join("../README.md")).expect("README.md");
    for folder in ["vectors", "specimens"] {
        for entry in fs::read_dir(data_dir().join(folder)).expect("folder") {
            let name = entry.expect("entry").file_name().into_string().expect("name");
            assert!(
                readme.contains(&name),
                "test-vectors/README.md does not mention {name}"
            );
        }
    }
}

#[test]
fn pace_exchanges_are_built_as_the_standard_prints_them() {
    let built = pace::worked_example().exchanges();
    let printed = pace::worked_example_exchanges();
    assert_eq!(built.len(), printed.len());
    for (built, printed) in built.iter().zip(&printed) {
        assert_eq!(built.command, printed.command, "{}", printed.name);
        assert_eq!(built.response, printed.response, "{}", printed.name);
    }
}

#[test]
fn pace_vectors_cover_both_curves_of_the_chip() {
    let vectors = pace::generic_mapping_vectors();
    assert_eq!(vectors[0].provenance, Provenance::Published);
    for parameter_id in [12, 13] {
        assert!(
            vectors
                .iter()
                .filter(|vector| vector.parameter_id == parameter_id)
                .count()
                >= 2
        );
    }
}

#[test]
fn integrated_mapping_vectors_cover_every_cipher_and_curve_of_the_chip() {
    let vectors = pace::integrated_mapping_vectors();
    assert_eq!(vectors[0].provenance, Provenance::Published);
    for cipher in 1..=4 {
        assert!(vectors.iter().any(|vector| vector.oid.ends_with(&[4, cipher])));
    }
    for parameter_id in [12, 13, 15, 16] {
        assert!(vectors.iter().any(|vector| vector.parameter_id == parameter_id));
    }
    for group in [
        pace::integrated_dh_worked_example().prf_mod_p,
        pace::dh_worked_example().map_shared_h,
    ] {
        assert_eq!(group.len(), 128);
    }
}

#[test]
fn bac_example_is_consistent_in_itself() {
    let example = bac::worked_example();
    let seed: Vec<u8> = example
        .k_ifd
        .iter()
        .zip(&example.k_ic)
        .map(|(ifd, ic)| ifd ^ ic)
        .collect();
    assert_eq!(seed, example.k_seed);
    assert_eq!(example.exchanges[0].response[..8], example.rnd_ic[..]);
    assert_eq!(
        example.ssc_initial,
        [&example.rnd_ic[4..], &example.rnd_ifd[4..]].concat()
    );
}

#[test]
fn secure_messaging_sessions_are_complete() {
    let sessions = secure_messaging::sessions();
    assert_eq!(sessions[0].exchanges.len(), 3);
    assert_eq!(sessions[0].provenance, Provenance::Published);
    for session in &sessions {
        for exchange in &session.exchanges {
            assert!(
                exchange.protected_command.len() > exchange.plain_command.len(),
                "{}",
                exchange.name
            );
            assert!(exchange.plain_response.len() >= 2, "{}", exchange.name);
        }
    }
    assert_eq!(secure_messaging::aes256_command().ssc.len(), 16);
    assert_eq!(secure_messaging::aes_cmac().len(), 3);
}

#[test]
fn scp03_sessions_cover_every_key_length_and_an_s16_one() {
    let sessions = scp03::sessions();
    for length in [16, 24, 32] {
        assert!(
            sessions
                .iter()
                .any(|session| session.key_enc.len() == length && session.security_level == 0x33)
        );
    }
    assert_eq!(sessions.iter().filter(|session| session.s16).count(), 1);
    for session in sessions {
        let answer = &session.initialize_update.response;
        assert_eq!(
            answer[13..13 + session.card_challenge.len()],
            session.card_challenge,
            "{}",
            session.id
        );
    }
    assert_eq!(scp03::card_challenges().len(), 2);
}

#[test]
fn machine_readable_zones_have_their_lines_and_keys() {
    for vector in mrz::vectors() {
        let (lines, characters) = match vector.format.as_str() {
            "TD1" => (3, 30),
            "TD2" => (2, 36),
            "TD3" => (2, 44),
            other => panic!("unknown format {other}"),
        };
        assert_eq!(vector.lines.len(), lines);
        assert!(
            vector.lines.iter().all(|line| line.len() == characters),
            "{:?}",
            vector.lines
        );
        assert_eq!(vector.sha1.len(), 20);
        assert_eq!(vector.k_pi.aes256.len(), 32);
    }
    assert_eq!(mrz::can_keys().len(), 2);
    assert_eq!(mrz::check_digits().len(), 5);
}

#[test]
fn specimen_images_are_those_of_the_reference_document() {
    let document = documents::bsi_2008();
    for (group, image) in [
        ("DG2", test_vectors::SPECIMEN_FACE),
        ("DG3", "finger-1.wsq"),
        ("DG3", "finger-2.wsq"),
        ("DG4", "iris.jp2"),
    ] {
        let image_bytes = specimen(image);
        let found = document
            .file(group)
            .windows(image_bytes.len())
            .any(|window| window == image_bytes);
        assert!(found, "{image} is not inside {group}");
    }
}

#[test]
fn reference_documents_have_the_files_and_digests_the_tests_rely_on() {
    let document = documents::tr_03105_5();
    assert_eq!(
        document.listed_digests.keys().copied().collect::<Vec<_>>(),
        [1, 2, 3, 4, 14]
    );
    assert!(document.files.contains_key("DG15") && !document.files.contains_key("DG2"));
    let original = document.file("EF_SOD");
    for mutated in documents::mutated_sods() {
        assert_eq!(mutated.content.len(), original.len());
        assert_ne!(mutated.content, original, "{}", mutated.description);
    }
}

/// 338 cases, 183 of which ICAO has now; ids are unique and each belongs to its layer.
#[test]
fn the_cases_of_tr_03105_5_1_are_complete() {
    let cases = test_vectors::inspection_cases::tr_03105_5_1();
    assert_eq!(cases.len(), 338);
    assert_eq!(
        cases
            .iter()
            .filter(|case| case.moved_to_icao_part4.is_some())
            .count(),
        183
    );
    let ids: std::collections::BTreeSet<_> = cases.iter().map(|case| &case.id).collect();
    assert_eq!(ids.len(), 338);
    assert!(
        cases
            .iter()
            .all(|case| case.id.starts_with(&case.layer) && !case.purpose.is_empty())
    );
}
