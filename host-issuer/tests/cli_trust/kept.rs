//! What a trust folder keeps when an import is refused, is cut off, or finds something older.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use time::macros::datetime;

use crate::world::World;
use crate::{fingerprint, list, state};

/// Every file of the folder.
fn files(world: &World) -> BTreeMap<PathBuf, Vec<u8>> {
    let folder = world.path("trust");
    world
        .all_files()
        .into_iter()
        .filter(|path| path.starts_with(&folder))
        .map(|path| {
            let content = fs::read(&path).expect("readable");
            (path, content)
        })
        .collect()
}

fn import(world: &World, files: &[&str]) -> crate::world::Outcome {
    let accept = fingerprint(world, "csca/csca.der");
    let mut arguments = vec![
        "trust",
        "import",
        "--trust",
        "@trust",
        "--accept-fingerprint",
        &accept,
    ];
    arguments.extend(files);
    world.eid(&arguments)
}

/// A program that is killed between any two changes of the disk leaves the old state or the new one, and the next import is none the
/// worse for it: the first import into a new folder, and one into a folder that is in use.
#[test]
fn an_import_that_is_killed_anywhere_leaves_one_of_two_states() {
    let world = World::with_office();
    for first in [true, false] {
        if !first {
            import(&world, &["@csca/csca.der", "@csca/crl.der"]).expect(0);
            world.set_time(datetime!(2026-12-24 09:00 UTC));
            world.eid(&["pki", "crl", "issue", "--csca", "@csca"]).expect(0);
        }
        let before = (!first).then(|| state(&world));
        let mut killed = 0;
        loop {
            world.kill_after(Some(killed));
            let outcome = import(&world, &["@csca/csca.der", "@csca/crl.der"]);
            let left = world.kill_after(None);
            let now = fs::read(world.path("trust/trust.json")).ok();
            let is_done = outcome.code == 0 && left != Some(0);
            if outcome.code != 0 {
                assert_eq!(outcome.code, 21, "{}", outcome.messages);
                assert_eq!(now, before, "after {killed} changes");
            }
            if let Some(now) = &now {
                // What the record says is there, whole.
                let listed = list(&world, "@trust");
                assert_eq!(listed["anchors"].as_array().map(Vec::len), Some(1));
                if outcome.code == 0 {
                    assert_ne!(Some(now), before.as_ref());
                }
            }
            if is_done {
                break;
            }
            if outcome.code == 0 {
                // Only what no record names was left behind; the next import removes it.
                break;
            }
            killed += 1;
            assert!(killed < 50, "no end");
        }
        assert!(killed >= 5, "{killed} places");
        if first {
            fs::remove_dir_all(world.path("trust")).expect("removed");
        }
    }
    // Two imports later nothing is there that no record names, or that the state before did not.
    for day in 25..=26 {
        world.set_time(datetime!(2026-12-01 09:00 UTC).replace_day(day).expect("a day"));
        world.eid(&["pki", "crl", "issue", "--csca", "@csca"]).expect(0);
        import(&world, &["@csca/crl.der"]).expect(0);
    }
    let names: Vec<_> = files(&world).into_keys().collect();
    let crls = names
        .iter()
        .filter(|name| name.extension().is_some_and(|extension| extension == "crl"))
        .count();
    let indexes = names
        .iter()
        .filter(|name| name.extension().is_some_and(|extension| extension == "index"))
        .count();
    assert_eq!((crls, indexes), (2, 2), "{names:?}");
}

/// A CRL may neither go back in its number nor in its date.
#[test]
fn an_older_crl_is_refused_and_a_file_that_is_cut_short_too() {
    let world = World::with_office();
    fs::copy(world.path("csca/crl.der"), world.path("1.crl")).expect("copied");
    world.eid(&["pki", "crl", "issue", "--csca", "@csca"]).expect(0);
    import(&world, &["@csca/csca.der", "@csca/crl.der"]).expect(0);
    let before = files(&world);
    import(&world, &["@1.crl"]).expect_failure(3, "older than what is known");
    let newer = {
        world.set_time(datetime!(2026-12-24 09:00 UTC));
        world.eid(&["pki", "crl", "issue", "--csca", "@csca"]).expect(0);
        fs::read(world.path("csca/crl.der")).expect("a CRL")
    };
    for length in [0, 1, newer.len() / 2, newer.len() - 1] {
        world.write("cut.crl", &newer[..length]);
        import(&world, &["@cut.crl"]).expect_failure(3, "cut.crl");
    }
    // One bad file among good ones: nothing is taken.
    world.write("cut.crl", &newer[..newer.len() / 2]);
    import(&world, &["@csca/crl.der", "@cut.crl"]).expect_failure(3, "cut.crl");
    assert_eq!(files(&world), before, "byte for byte");
    // In one command the order of the files does not matter.
    import(&world, &["@csca/crl.der", "@1.crl"]).expect_failure(3, "older than what is known");
    import(&world, &["@csca/crl.der"]).expect(0);
}

/// What was altered on the disk is not used: an index makes the folder unusable, a certificate or CRL leaves a card unproved.
#[test]
fn plumbing_what_was_altered_in_a_folder_proves_nothing() {
    let world = World::with_office();
    world.make_chip("one.chip");
    world.issue("one.chip", "out", &[]).expect(0);
    import(&world, &["@csca/csca.der", "@csca/crl.der"]).expect(0);
    let can = crate::world::can();
    let verify = || {
        world.eid(&[
            "verify",
            "--reader",
            "virtual:@one.chip",
            "--can",
            &can,
            "--trust",
            "@trust",
            "--json",
        ])
    };
    let report = verify().expect(0).json();
    assert_eq!(report["trust"]["generation"], 1);
    assert_eq!(report["trust"]["revocation_list"]["age_days"], 0);
    assert_eq!(
        report["trust"]["anchors"][0]["sha256"],
        fingerprint(&world, "csca/csca.der").as_str()
    );
    for (name, content) in files(&world) {
        let what = name.extension().and_then(|extension| extension.to_str());
        let mut altered = content.clone();
        let middle = altered.len() / 2;
        altered[middle] ^= 1;
        world.write(
            name.strip_prefix(world.path(""))
                .expect("inside")
                .to_str()
                .expect("text"),
            &altered,
        );
        match what {
            Some("json") => {}
            Some("index") => {
                verify().expect_failure(3, "altered");
            }
            Some("der" | "crl") => {
                let report = verify().expect(5).json();
                assert!(
                    report["reason"].as_str().expect("text").contains("altered"),
                    "{report}"
                );
                assert_eq!(report.get("holder").is_some(), what == Some("crl"));
            }
            other => panic!("{other:?}"),
        }
        world.write(
            name.strip_prefix(world.path(""))
                .expect("inside")
                .to_str()
                .expect("text"),
            &content,
        );
    }
    verify().expect(0);
}

/// A verifier reads the certificates of one issuer: everything else of a folder may be gone.
#[test]
fn plumbing_a_verifier_reads_only_what_it_needs() {
    let world = World::with_office();
    world.make_chip("one.chip");
    world.issue("one.chip", "out", &[]).expect(0);
    let mut others = Vec::new();
    for number in 0..3 {
        let (folder, name) = (format!("@other{number}"), format!("Other CSCA {number}"));
        world
            .eid(&["pki", "csca", "init", "--name", &name, "--out", &folder])
            .expect(0);
        let certificate = format!("other{number}/csca.der");
        let accept = fingerprint(&world, &certificate);
        world
            .eid(&[
                "trust",
                "import",
                "--trust",
                "@trust",
                "--accept-fingerprint",
                &accept,
                &format!("@{certificate}"),
                &format!("@other{number}/crl.der"),
            ])
            .expect(0);
        others.push(accept);
    }
    import(&world, &["@csca/csca.der", "@csca/crl.der"]).expect(0);
    for other in others {
        fs::remove_file(world.path(&format!("trust/certificates/{other}.der"))).expect("removed");
    }
    let can = crate::world::can();
    world
        .eid(&[
            "verify",
            "--reader",
            "virtual:@one.chip",
            "--can",
            &can,
            "--trust",
            "@trust",
        ])
        .expect(0);
    world
        .eid(&["trust", "list", "--trust", "@trust"])
        .expect_failure(3, "No such file");
}
