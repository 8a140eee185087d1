//! Machines on which something is wrong, and what is said of each.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::super::exit_code::ExitCode;
use super::*;
use crate::environment::{Machine, ReaderChoice, Readers};
use crate::transport::pcsc::ReaderInfo;
use crate::transport::reader_watch::WatchedReader;
use crate::transport::{Transport, TransportError};

/// A machine that has these files, and whose socket answers like this.
#[derive(Default)]
struct Described {
    files: BTreeMap<&'static str, &'static str>,
    socket: Option<io::ErrorKind>,
}

impl Machine for Described {
    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn exists(&self, path: &Path) -> bool {
        self.files.keys().any(|file| Path::new(file).starts_with(path))
    }

    fn names(&self, directory: &Path) -> Vec<String> {
        let below = self
            .files
            .keys()
            .filter_map(|file| Path::new(file).strip_prefix(directory).ok());
        let mut names: Vec<String> = below
            .filter_map(|rest| Some(rest.components().next()?.as_os_str().to_str()?.to_owned()))
            .collect();
        names.dedup();
        names
    }

    fn text(&self, path: &Path) -> Option<String> {
        self.files.get(path.to_str()?).map(|text| (*text).to_owned())
    }

    fn knock(&self, socket: &Path) -> io::Result<()> {
        assert_eq!(socket, Path::new("/run/pcscd/pcscd.comm"));
        self.socket.map_or(Ok(()), |kind| Err(kind.into()))
    }
}

struct Listing(Result<Vec<ReaderInfo>, TransportError>);

impl Readers for Listing {
    fn list(&self) -> Result<Vec<ReaderInfo>, TransportError> {
        self.0.clone()
    }

    fn open(&self, _: &ReaderChoice) -> Result<Box<dyn Transport>, TransportError> {
        Err(TransportError::NoReader)
    }

    fn watch(&self, _: &mut dyn FnMut(&[WatchedReader]) -> bool) -> Result<(), TransportError> {
        Err(TransportError::NoReader)
    }
}

/// What is found on a machine with these files.
fn found(
    files: &[(&'static str, &'static str)],
    socket: Option<io::ErrorKind>,
    listed: Result<Vec<ReaderInfo>, TransportError>,
) -> Vec<Finding> {
    let environment = Environment {
        machine: Box::new(Described {
            files: files.iter().copied().collect(),
            socket,
        }),
        readers: Box::new(Listing(listed.clone())),
        variable: |_| None,
        ..Environment::system()
    };
    pcsc::diagnose(&environment, &listed)
}

/// The one thing that is missing.
#[track_caller]
fn the_obstacle(findings: &[Finding]) -> (&'static str, String) {
    let finding = obstacle(findings).expect("something is missing");
    assert_eq!(failure(finding).code, ExitCode::Reader);
    assert!(!finding.found.is_empty());
    (finding.id, finding.mend.join("\n"))
}

fn no_service() -> Result<Vec<ReaderInfo>, TransportError> {
    Err(TransportError::NoPcscd {
        detail: "service not available".into(),
    })
}

const PCSCD: (&str, &str) = ("/usr/sbin/pcscd", "");
const SYSTEMD: (&str, &str) = ("/run/systemd/system/x", "");

#[test]
fn a_service_that_does_not_answer_is_told_apart_by_how() {
    use io::ErrorKind::{ConnectionRefused, NotFound, PermissionDenied};
    let cases: [(&[_], _, _, _); 6] = [
        (&[], Some(NotFound), "pcsc.not_installed", "apt-get install pcscd"),
        (
            &[PCSCD, SYSTEMD],
            Some(NotFound),
            "pcsc.not_running",
            "systemctl enable --now pcscd.socket",
        ),
        (&[PCSCD], Some(NotFound), "pcsc.not_running", "sudo pcscd"),
        (
            &[PCSCD, SYSTEMD],
            Some(ConnectionRefused),
            "pcsc.ended",
            "systemctl restart pcscd.socket",
        ),
        (
            &[PCSCD, SYSTEMD],
            Some(PermissionDenied),
            "pcsc.socket_denied",
            "ls -l /run/pcscd/pcscd.comm",
        ),
        (&[PCSCD, SYSTEMD], None, "pcsc.deaf", "systemctl restart"),
    ];
    for (files, socket, id, command) in cases {
        let (found, mend) = the_obstacle(&found(files, socket, no_service()));
        assert_eq!(found, id);
        assert!(mend.contains(command), "{id}: {mend}");
    }
}

#[test]
fn a_user_whom_polkit_turns_away_is_told_how_to_be_let_in() {
    let refused = Err(TransportError::NotAllowed {
        detail: "security violation".into(),
    });
    let (id, mend) = the_obstacle(&found(&[PCSCD], None, refused));
    assert_eq!(id, "pcsc.not_allowed");
    assert!(mend.contains("/etc/polkit-1/rules.d/"), "{mend}");
}

const DEVICE: [(&str, &str); 4] = [
    ("/sys/bus/usb/devices/1-2/idVendor", "04e6\n"),
    ("/sys/bus/usb/devices/1-2/idProduct", "5116\n"),
    ("/sys/bus/usb/devices/1-2/product", "SCR33xx\n"),
    ("/sys/bus/usb/devices/1-2:1.0/bInterfaceClass", "0b\n"),
];
const KEYBOARD: [(&str, &str); 3] = [
    ("/sys/bus/usb/devices/1-1/idVendor", "046d\n"),
    ("/sys/bus/usb/devices/1-1/idProduct", "c31c\n"),
    ("/sys/bus/usb/devices/1-1:1.0/bInterfaceClass", "03\n"),
];
const PLIST_PATH: &str = "/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist";
const PLIST: &str = "<key>ifdVendorID</key>\n<array>\n<string>0x072F</string>\n<string>0x04E6</string>\n</array>\n\
                     <key>ifdProductID</key>\n<array>\n<string>0x90CC</string>\n<string>0x5116</string>\n</array>";
const OTHER_PLIST: &str = "<key>ifdVendorID</key><array><string>0x072F</string></array>\
                           <key>ifdProductID</key><array><string>0x5116</string></array>";
const HELD: (&str, &str) = ("/sys/bus/usb/drivers/pn533_usb/1-2:1.0", "");

#[test]
fn a_reader_that_pcscd_does_not_show_is_looked_for_on_the_usb() {
    let with = |more: &[(&'static str, &'static str)]| [&KEYBOARD[..], &DEVICE[..], more].concat();
    let cases = [
        (KEYBOARD.to_vec(), "reader.none", "lsusb"),
        (with(&[]), "reader.no_driver", "apt-get install libccid"),
        (
            with(&[(PLIST_PATH, OTHER_PLIST)]),
            "reader.unknown_to_driver",
            "--only-upgrade libccid",
        ),
        (
            with(&[(PLIST_PATH, PLIST), HELD]),
            "reader.kernel_driver",
            "modprobe --remove pn533_usb",
        ),
        (with(&[(PLIST_PATH, PLIST)]), "reader.not_taken", "journalctl"),
    ];
    for (files, id, command) in cases {
        let findings = found(&files, None, Ok(Vec::new()));
        assert_eq!(findings[0].state, State::Ready, "the service itself is in order");
        let (found, mend) = the_obstacle(&findings);
        assert_eq!(found, id);
        assert!(mend.contains(command), "{id}: {mend}");
    }
}

/// A reader of a class of its maker's own is known by the driver that lists it.
#[test]
fn a_reader_is_known_by_its_driver_where_its_class_does_not_tell() {
    let mut files = DEVICE.to_vec();
    files[3].1 = "ff\n";
    files.push((PLIST_PATH, PLIST));
    let (id, _) = the_obstacle(&found(&files, None, Ok(Vec::new())));
    assert_eq!(id, "reader.not_taken");
}

#[test]
fn readers_without_card_and_with_a_mute_one_are_no_obstacle() {
    let reader = |name: &str, card_present, atr: &[u8]| ReaderInfo {
        name: name.into(),
        card_present,
        atr: atr.to_vec(),
    };
    let readers = vec![
        reader("a", false, &[]),
        reader("b", true, &[0x3B, 0]),
        reader("c", true, &[]),
    ];
    let findings = found(&[], None, Ok(readers));
    let ids: Vec<_> = findings
        .iter()
        .map(|finding| (finding.id, finding.state))
        .collect();
    assert_eq!(
        ids,
        [
            ("pcsc.service", State::Ready),
            ("reader.empty", State::Ready),
            ("reader.card", State::Ready),
            ("reader.card_mute", State::Attention),
        ]
    );
    assert!(obstacle(&findings).is_none());
    assert!(!findings[3].mend.is_empty());
}
