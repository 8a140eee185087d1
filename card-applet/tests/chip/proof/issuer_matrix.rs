//! The access matrix of an application's own session, SCP03 under its keys: every file of the card in every form of
//! every command.

use super::matrix::{FILES, File, UTILITY, UTILITY_FILES, UTILITY_KEYS, whole_card};
use super::rights::Pki;
use super::*;
use crate::reader;

/// Sends a command through the session: data and status word.
fn send(issuer: &mut Issuer<'_>, header: [u8; 3], data: &[u8], le: bool) -> (Vec<u8>, String) {
    let [instruction, p1, p2] = header;
    let mut command = issuer.wrap(instruction, p1, p2, data);
    command.extend(le.then_some(0));
    let mut answer = issuer.card.try_send(&command).unwrap();
    let status = answer.split_off(answer.len() - 2);
    (answer, hex::encode_upper(status))
}

/// What the session may do with a file: read it, write it.
fn rights(file: &File, is_own: bool) -> (bool, bool) {
    match (is_own, file.sfi) {
        // The rule for updates names its keys.
        (true, 0x01 | 0x02) => (true, true),
        // Anybody reads it.
        (true, 0x04) => (true, false),
        _ => (false, false),
    }
}

#[test]
fn every_file_every_command_in_an_applications_session() {
    let mut card = whole_card(&Pki::new(), &pace::worked_example().password);
    let mut issuer = reader::issuer(&mut card, b"123456", UTILITY.aid, 0x60, &UTILITY_KEYS).unwrap();
    let mut tried = 0;
    let all = || {
        FILES
            .iter()
            .map(|file| (file, false))
            .chain(UTILITY_FILES.iter().map(|file| (file, true)))
    };
    for (file, is_own) in all() {
        let (readable, writable) = rights(file, is_own);
        let [high, low] = file.fid.to_be_bytes();
        let path: &[u8] = match (is_own, file.in_application) {
            (true, _) => &[0x3F, 0x02, high, low],
            (false, true) => &[0x3F, 0x01, high, low],
            (false, false) => &[high, low],
        };
        let name = format!("file {:04X} by {path:02X?}", file.fid);
        let mut check = |header: [u8; 3], data: &[u8], le: bool, may: bool| {
            let (answer, status) = send(&mut issuer, header, data, le);
            let refused = ["6982", "6985", "6A82", "6986", "6700", "6D00", "6A86", "6A80"];
            assert!(
                if may {
                    status == "9000"
                } else {
                    refused.contains(&&*status)
                },
                "{name}: {header:02X?} answered {status}"
            );
            for (other, own) in all() {
                let leaks = answer
                    .windows(4)
                    .any(|window| other.content.windows(4).any(|content| content == window));
                assert!(rights(other, own).0 || !leaks, "{name}: {header:02X?} leaked");
            }
            tried += 1;
            answer
        };
        // By identifier and path; another application's files are found by no form.
        for (p1, data) in [
            (0x00, &[high, low][..]),
            (0x02, &[high, low]),
            (0x08, path),
            (0x09, &[high, low]),
        ] {
            check([0xA4, p1, 0x0C], data, false, readable);
        }
        if is_own {
            let even = check([0xB0, 0x80 | file.sfi, 0], &[], true, readable);
            let odd = check([0xB1, 0, file.sfi], &[0x54, 1, 0], true, readable);
            assert!(
                !readable || (even == file.content && odd.ends_with(&even)),
                "{name}"
            );
            check([0xD6, 0x80 | file.sfi, 0], &file.content[..4], false, writable);
            let odd = [&[0x54, 1, 0, 0x53, 4][..], &file.content[..4]].concat();
            check([0xD7, 0, file.sfi], &odd, false, writable);
        }
        // Neither these, for any file.
        for (header, data) in [
            ([0xD0, 0x80 | file.sfi, 0], &[0xEE][..]),
            ([0x0E, 0x80 | file.sfi, 0], &[]),
            ([0xE4, 0, 0], &[]),
            ([0xE4, 0, 0], &[high, low]),
            ([0xDA, 0x01, 0x00], &[0xEE]),
        ] {
            check(header, data, false, false);
        }
    }
    assert!(tried > 100, "{tried}");
    // What was written was the same bytes: the card is what it was.
    card.reset();
    assert_eq!(card.status("00A4040C08F0564E4D42485954"), "9000");
    assert_eq!(
        card.send("00B0840009"),
        format!("{}9000", hex::encode_upper(b"version 1"))
    );
}
