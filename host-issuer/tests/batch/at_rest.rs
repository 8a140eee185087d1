//! Personal data at rest: sealed while a job needs them, unreadable for ever when it does not.

use std::fs;
use std::path::Path;

use getrandom::SysRng;
use host_issuer::environment::SystemDisk;
use host_issuer::ledger::LedgerStore as _;
use host_issuer::station::draft::Draft;
use host_issuer::station::jobs::JobDataError;
use host_issuer::station::vault::{Vault, VaultError};
use personalization::image::{Can, HolderSecrets};
use personalization::key_file::Passphrase;

use crate::station::{NOW, Station, citizen_number, files, jobs, sealed};
use crate::world::{HOLDER, PASSPHRASE};

const CAN: &str = "739281";
const PIN: &str = "604817";
const PUK: &str = "9350172846";

/// What nobody may find, and what it is.
fn canaries(station: &Station) -> Vec<(&'static str, Vec<u8>)> {
    let photo = fs::read(station.world.path("face.jp2")).unwrap();
    let middle = photo.len() / 2;
    vec![
        ("name", HOLDER.into()),
        (
            "surname in UTF-16",
            HOLDER.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("number", citizen_number(1).into()),
        ("last nine digits", citizen_number(1)[3..].into()),
        ("residence", "Phố Mẫu".as_bytes().to_vec()),
        ("CAN", CAN.into()),
        ("PIN", PIN.into()),
        ("PUK", PUK.into()),
        ("start of the photo", photo[..24].to_vec()),
        ("middle of the photo", photo[middle..middle + 24].to_vec()),
        (
            "photo in hexadecimal",
            hex::encode(&photo[middle..middle + 24]).into(),
        ),
    ]
}

fn holds(content: &[u8], canary: &[u8]) -> bool {
    content.windows(canary.len()).any(|window| window == canary)
}

fn search(station: &Station, when: &str) {
    let canaries = canaries(station);
    let files = files(&station.path());
    assert!(files.iter().any(|path| path.ends_with("ledger.sqlite")));
    for path in files {
        let content = fs::read(&path).unwrap();
        for (what, canary) in &canaries {
            assert!(!holds(&content, canary), "{what} in {} {when}", path.display());
        }
    }
}

fn draft() -> Draft {
    Draft {
        card_id: "CARD000000000001".into(),
        can: Can::new(CAN).unwrap(),
        holder: Some(HolderSecrets::new(PIN, PUK).unwrap()),
        filler: [7; 32],
        prepared: None,
    }
}

#[test]
fn nothing_personal_is_in_any_file_and_nothing_opens_after_a_purge() {
    let station = Station::new();
    search(&station, "before");
    let (batch, ids) = station.batch_of(2);
    search(&station, "after the batch was taken in");
    let (directory, ledger, vault) = (station.directory(), station.ledger(), station.vault());
    let store = jobs(&directory, &ledger);
    let [one, two] = [&ids[0], &ids[1]].map(|job| ledger.job(job).unwrap().unwrap());
    store
        .keep_draft(&one.job, 1, &draft(), &vault, &mut SysRng)
        .unwrap();
    search(&station, "with a draft");

    // What was kept is what was taken in.
    let application = store.application(&one, &vault, NOW).unwrap();
    assert_eq!(application.record().full_name(), HOLDER);
    assert_eq!(application.record().citizen_number().as_str(), citizen_number(1));
    assert_eq!(application.content_sha256(), one.content_sha256);
    assert_eq!(
        vault.citizen_key(application.record().citizen_number()),
        one.citizen
    );
    assert_eq!(store.draft(&one.job, 1, &vault).unwrap().unwrap(), draft());
    assert!(store.draft(&one.job, 2, &vault).unwrap().is_none());

    // Files that change places, or a stranger's vault, open nothing.
    let layout = directory.layout();
    let (first, second) = (layout.application(&one.job), layout.application(&two.job));
    let (first_bytes, second_bytes) = (fs::read(&first).unwrap(), fs::read(&second).unwrap());
    fs::write(&first, &second_bytes).unwrap();
    let forged = |error: JobDataError| matches!(error, JobDataError::Vault(VaultError::Forged(_)));
    assert!(forged(store.application(&one, &vault, NOW).unwrap_err()));
    fs::write(&first, &first_bytes).unwrap();
    fs::copy(layout.draft(&one.job, 1), layout.draft(&one.job, 2)).unwrap();
    assert!(forged(store.draft(&one.job, 2, &vault).unwrap_err()));
    fs::remove_file(layout.draft(&one.job, 2)).unwrap();
    let other = station.world.path("other.key");
    let other = Vault::create(&other, &Passphrase::new(PASSPHRASE), &mut SysRng).unwrap();
    assert!(forged(store.application(&one, &other, NOW).unwrap_err()));

    // A copy of everything that was sealed is noise once the key is destroyed, with the vault's master as well.
    let wrapped = ledger.job_key(&one.job).unwrap().unwrap();
    station
        .batch(&["cancel", &one.job, "--reason", "handed in by mistake"])
        .expect(0);
    assert_eq!(sealed(&station.path()), [format!("{}.sealed", two.job)]);
    search(&station, "after the purge");
    drop(ledger);
    for path in files(&station.path()) {
        let content = fs::read(&path).unwrap();
        for form in [
            wrapped.clone(),
            hex::encode(&wrapped).into(),
            hex::encode_upper(&wrapped).into(),
        ] {
            assert!(
                !holds(&content, &form[form.len() / 2..]),
                "the key in {}",
                path.display()
            );
        }
    }
    fs::write(&first, &first_bytes).unwrap();
    let ledger = station.ledger();
    let store = jobs(&directory, &ledger);
    assert!(matches!(
        store.application(&one, &vault, NOW).unwrap_err(),
        JobDataError::Gone(_)
    ));
    // The file that came back is found and goes.
    station.batch(&["resume"]).expect(0);
    assert_eq!(sealed(&station.path()), [format!("{}.sealed", two.job)]);
    // The other job is as it was.
    assert!(store.application(&two, &vault, NOW).is_ok());
    let status = station.batch(&["status", &batch, "--json"]).expect(0).json();
    assert_eq!(status["jobs"][0]["purged"], true);
    assert_eq!(status["to_purge"], 0);
}

/// A process that died between the end of a job and its purge, or in the middle of a purge.
#[test]
fn a_purge_that_was_left_undone_is_made_up_for() {
    let station = Station::new();
    let (_, ids) = station.batch_of(2);
    let before: Vec<_> = ids
        .iter()
        .map(|job| fs::read(application(&station, job)).unwrap())
        .collect();
    let ledger = station.ledger();
    station.append(
        0,
        ids.iter().map(|job| host_issuer::ledger::Event::JobCancelled {
            job: job.clone(),
            reason: "handed in by mistake".into(),
        }),
    );
    // The first: only the key is gone.
    ledger.destroy_job_key(&ids[0]).unwrap();
    let status = station.batch(&["status", "--json"]).expect(0).json();
    assert_eq!(status["to_purge"], 2);
    let resumed = station.batch(&["resume", "--json"]).expect(0).json();
    assert_eq!(resumed["purged"], 2);
    assert!(sealed(&station.path()).is_empty());
    for (job, bytes) in ids.iter().zip(before) {
        assert!(ledger.job(job).unwrap().unwrap().purged);
        assert_eq!(ledger.job_key(job).unwrap(), None);
        fs::write(application(&station, job), bytes).unwrap();
    }
    let directory = station.directory();
    assert_eq!(jobs(&directory, &ledger).purge_left(NOW).unwrap(), 2);
    assert!(sealed(&station.path()).is_empty());
    assert_eq!(jobs(&directory, &ledger).purge_left(NOW).unwrap(), 0);
    // While another program takes a batch in, its files are nobody's to clean up.
    let stray = application(&station, &"0".repeat(32));
    fs::write(&stray, b"sealed by another program").unwrap();
    let lock = directory.lock_creation(&SystemDisk).unwrap();
    assert_eq!(jobs(&directory, &ledger).purge_left(NOW).unwrap(), 0);
    drop(lock);
    assert_eq!(jobs(&directory, &ledger).purge_left(NOW).unwrap(), 1);
    assert!(!stray.exists());
}

fn application(station: &Station, job: &str) -> std::path::PathBuf {
    station.directory().layout().application(job)
}

#[cfg(unix)]
#[test]
fn a_station_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let station = Station::new();
    station.batch_of(1);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&station.path()), 0o700);
    for path in files(&station.path()) {
        let public = path.ends_with("station.json");
        assert!(
            public || mode(&path) == 0o600,
            "{} {:o}",
            path.display(),
            mode(&path)
        );
    }
}
