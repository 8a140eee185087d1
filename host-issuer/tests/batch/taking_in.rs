//! `eid batch create`: all or nothing, and never the same twice.

use host_issuer::ledger::LedgerStore as _;
use host_issuer::ledger::event::JobState;

use crate::station::{Station, citizen_number, objects, sealed};
use crate::world::HOLDER;

fn ids(outcome: &crate::world::Outcome) -> Vec<String> {
    objects(outcome)
        .iter()
        .map(|object| {
            let id = object["id"].as_str().or(object["schema"].as_str());
            id.expect("an id").to_owned()
        })
        .collect()
}

#[test]
fn everything_is_checked_before_anything_is_kept() {
    let station = Station::new();
    let (one, two) = (station.person(1), station.person(2));
    station.world.write("no.json", b"{}");
    station.world.write("no.jp2", b"no image");
    let list = format!(
        "{one}{{\"record\":\"no.json\",\"photo\":\"face.jp2\"}}\n\
         {{\"record\":\"person-2.json\",\"photo\":\"no.jp2\"}}\n\
         {{\"record\":\"person-2.json\",\"photo\":\"missing.jp2\"}}\n\
         {{\"record\":\"../station/station.json\",\"photo\":\"face.jp2\"}}\n\
         not an object\n\
         {{\"record\":\"person-1.json\",\"photo\":\"face.jp2\",\"province\":\"079\"}}\n\
         {{\"record\":\"person-2.json\",\"photo\":\"face.jp2\",\"kind\":\"renewal\",\"replaces\":\"CARD000000000001\"}}\n\
         {{\"record\":\"person-2.json\",\"photo\":\"face.jp2\",\"replaces\":\"CARD000000000001\"}}\n\
         {{\"record\":\"person-2.json\",\"photo\":\"face.jp2\",\"chip\":\"30313233343536373839\"}}\n{two}"
    );
    let refused = station.create(&list, &[]).expect(3);
    assert_eq!(
        ids(&refused),
        [
            "eid.batch.application/1",
            "record.invalid",
            "photo.invalid",
            "file.not_found",
            "batch.outside",
            "batch.line",
            "job.citizen_twice",
            "job.not_replaceable",
            "application.occasion",
            "application.occasion",
            "eid.batch.application/1",
        ]
    );
    assert!(refused.messages.contains("9 of 11 applications are not good"));
    refused.assert_silent_about(&[HOLDER, &citizen_number(1), &citizen_number(2)]);
    assert!(station.ledger().batches().unwrap().is_empty());
    assert!(sealed(&station.path()).is_empty());

    let taken = station.create(&list, &["--skip-bad"]).expect(0);
    let created = objects(&taken).pop().unwrap();
    assert_eq!(created["schema"], "eid.batch.create/1");
    assert_eq!(created["batch"], "2026-11-24-hn-01-001");
    assert_eq!((&created["jobs"], &created["skipped"]), (&2.into(), &9.into()));
    assert_eq!(sealed(&station.path()).len(), 2);
    let status = station.batch(&["status", "--json"]).expect(0).json();
    assert_eq!(status["batches"][0]["pending"], 2);

    // The same applications are the same jobs, however their JSON is written and whatever is noted beside it.
    let record = std::fs::read_to_string(station.world.path("person-1.json")).unwrap();
    let value: serde_json::Value = serde_json::from_str(&record).unwrap();
    let mut value = value.as_object().unwrap().clone();
    value.insert("comment".into(), "again".into());
    station
        .world
        .write("person-1.json", serde_json::to_string(&value).unwrap().as_bytes());
    let again = station.create(&format!("{one}{two}"), &[]).expect(3);
    assert_eq!(ids(&again), ["job.twice", "job.twice"]);
    let job = objects(&taken)[0]["job"].as_str().unwrap().to_owned();
    assert!(
        again
            .messages
            .contains(&format!("job {job} of the batch 2026-11-24-hn-01-001, PENDING"))
    );
    assert_eq!(sealed(&station.path()).len(), 2);

    // One that was cancelled may come again, as another job.
    station
        .batch(&[
            "cancel",
            &job,
            "--reason",
            "the application came without a signature",
        ])
        .expect(0);
    assert_eq!(sealed(&station.path()).len(), 1);
    let anew = station.create(&one, &[]).expect(0);
    let new_job = objects(&anew)[0]["job"].as_str().unwrap().to_owned();
    assert_ne!(new_job, job);
    assert_eq!(objects(&anew)[1]["batch"], "2026-11-24-hn-01-002");
    let ledger = station.ledger();
    let (old, new) = (
        ledger.job(&job).unwrap().unwrap(),
        ledger.job(&new_job).unwrap().unwrap(),
    );
    assert_eq!((old.state, old.purged), (JobState::Cancelled, true));
    assert_eq!(old.content_sha256, new.content_sha256);
    assert_eq!(new.province, "001");
}

/// A directory is taken in as a list is; nobody who is no officer takes anything in.
#[test]
fn a_directory_and_an_officer() {
    let station = Station::new();
    station.person(1);
    let folder = station.world.path("people");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(station.world.path("person-1.json"), folder.join("an.json")).unwrap();
    std::fs::copy(station.world.path("face.jp2"), folder.join("an.jp2")).unwrap();
    let create = [
        "create",
        "@people",
        "--profile",
        "vn-cc-2024",
        "--kind",
        "renewal",
    ];
    let mut stranger = vec!["batch"];
    stranger.extend(create);
    stranger.extend(["--station", "@station", "--operator", "Dũng"]);
    station
        .world
        .eid(&stranger)
        .expect_failure(22, "is no operator or supervisor");
    station.batch(&create).expect(0);
    let status = station
        .batch(&["status", "2026-11-24-hn-01-001", "--json"])
        .expect(0)
        .json();
    assert_eq!(status["jobs"][0]["kind"], "renewal");
    station
        .batch(&["status", "2026-11-24-hn-01-009"])
        .expect_failure(3, "there is no batch");
}

/// Whatever write is the last one that the disk takes: the batch is there as a whole or not at all, and coming back cleans up.
#[test]
fn a_creation_that_dies_leaves_nothing_that_stays() {
    let station = Station::new();
    let list = format!("{}{}", station.person(1), station.person(2));
    let mut died = 0;
    loop {
        station.world.kill_after(Some(died));
        let outcome = station.create(&list, &[]);
        station.world.kill_after(None);
        if outcome.code == 0 {
            break;
        }
        outcome.expect(21);
        assert!(
            station.ledger().batches().unwrap().is_empty(),
            "after {died} writes"
        );
        station.batch(&["resume"]).expect(0);
        assert!(sealed(&station.path()).is_empty(), "after {died} writes");
        died += 1;
    }
    assert_eq!(
        died, 4,
        "of each application, what an earlier creation left is removed, and a file written"
    );
    assert_eq!(sealed(&station.path()).len(), 2);
}
