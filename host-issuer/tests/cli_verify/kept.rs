//! Nothing personal is kept unless somebody asks for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::office::Office;

/// Every file below the folder that is the program's home, its folder for temporary files and its current one, with its content.
fn files(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let content = std::fs::read(&path).expect("readable");
            found.insert(path, content);
        }
    }
}

#[test]
fn plumbing_a_verification_keeps_nothing_unasked() {
    let office = Office::open(Path::new("/nonexistent/pcscd.comm"));
    office.make_chip("one.chip");
    let issue = Office::issue_arguments("out");
    office
        .eid(&[&issue[..], &["--reader", "virtual:one.chip"]].concat())
        .expect(0);
    let can = office.printed_can("out");
    let root = office.path(".");
    let mut before = BTreeMap::new();
    files(&root, &mut before);
    let verify = [
        "verify",
        "--reader",
        "virtual:one.chip",
        "--can",
        &can,
        "--trust",
        "csca",
    ];
    let wrong = [
        "verify",
        "--reader",
        "virtual:one.chip",
        "--can",
        "000000",
        "--trust",
        "csca",
    ];
    for (code, arguments, more) in [
        (0, &verify, &[][..]),
        (0, &verify, &["--json"]),
        (0, &verify, &["-v"]),
        (0, &verify, &["-vv"]),
        (12, &wrong, &[]),
    ] {
        office.eid(&[&arguments[..], more].concat()).expect(code);
        let mut after = BTreeMap::new();
        files(&root, &mut after);
        // The chip counts failures.
        let chip = office.path("./one.chip");
        before.remove(&chip);
        assert!(after.remove(&chip).is_some());
        assert!(
            before == after,
            "{:?}",
            after.keys().filter(|path| !before.contains_key(*path))
        );
    }
    // And when somebody asks, it is for the owner alone.
    office
        .eid(&[&verify[..], &["--save", "saved"]].concat())
        .expect(0);
    #[cfg(unix)]
    for entry in std::fs::read_dir(office.path("saved")).expect("a folder") {
        use std::os::unix::fs::PermissionsExt;
        let entry = entry.expect("entry");
        let mode = entry.metadata().expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", entry.path().display());
    }
}
