//! Changes for EF.SOD and EF.CardSecurity. Where what is signed changes, it is signed again, by a key of this test.

use sha2::{Digest, Sha256};
use test_vectors::conformance::lds::File::{self, CardAccess, CardSecurity, DataGroup, Sod};
use test_vectors::conformance::lds::Files;
use test_vectors::naive::{Curve, object, objects};

use crate::alterations::{Alteration, row};
use crate::bases::{icao_td1, vn_cccd_2021};
use crate::edit::{append, at, edit, patch, split, with};

/// Places in a ContentInfo.
mod place {
    /// version of SignedData.
    pub(super) const VERSION: &[usize] = &[1, 0, 0];
    /// eContent.
    pub(super) const CONTENT: &[usize] = &[1, 0, 2, 1, 0];
    /// The key of the certificate.
    pub(super) const KEY: &[usize] = &[1, 0, 3, 0, 0, 6, 1];
    /// signedAttrs of the first signer.
    pub(super) const ATTRIBUTES: &[usize] = &[1, 0, 4, 0, 3];
    /// signature of the first signer.
    pub(super) const SIGNATURE: &[usize] = &[1, 0, 4, 0, 5];
}

/// messageDigest.
const MESSAGE_DIGEST: [u8; 11] = [0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 4];

/// EF.SOD has a tag of its own around the ContentInfo.
fn inside(file: File, path: &[usize]) -> Vec<usize> {
    match file {
        Sod => [&[0], path].concat(),
        _ => path.to_vec(),
    }
}

/// Changes what is signed, and signs it again.
fn sign_again(files: &mut Files, file: File, change: &dyn Fn(&[u8]) -> Vec<u8>) {
    let private = [7; 32];
    with(files, file, |bytes| {
        let path = |path| inside(file, path);
        *bytes = edit(bytes, &path(place::CONTENT), &|content| {
            object(0x04, &change(objects(content)[0].1))
        });
        let content = at(bytes, &path(place::CONTENT));
        let digest = Sha256::digest(objects(&content)[0].1);
        *bytes = edit(bytes, &path(place::ATTRIBUTES), &|attributes| {
            let new = |attribute: Vec<u8>| match objects(&attribute)[0].1.strip_prefix(&MESSAGE_DIGEST) {
                Some(_) => {
                    let value = object(0x31, &object(0x04, &digest));
                    object(0x30, &[&MESSAGE_DIGEST[..], &value].concat())
                }
                None => attribute,
            };
            object(
                0xA0,
                &split(objects(attributes)[0].1)
                    .into_iter()
                    .map(new)
                    .collect::<Vec<_>>()
                    .concat(),
            )
        });
        let mut signed = at(bytes, &path(place::ATTRIBUTES));
        signed[0] = 0x31;
        let key = at(bytes, &path(place::KEY));
        let curve = curve_of(bytes);
        let point = curve.public(&private).unwrap();
        assert_eq!(objects(&key)[0].1.len(), 1 + point.len());
        *bytes = edit(bytes, &path(place::KEY), &|_| {
            object(0x03, &[&[0], &point[..]].concat())
        });
        let signature = curve.sign(&private, &Sha256::digest(&signed)).unwrap();
        let (r, s) = signature.split_at(32);
        let value = object(0x30, &[integer(r), integer(s)].concat());
        *bytes = edit(bytes, &path(place::SIGNATURE), &|_| object(0x04, &value));
    });
}

/// By the prime of its explicit parameters.
fn curve_of(bytes: &[u8]) -> Curve {
    let brainpool = hex::decode("A9FB57DBA1EEA9BC3E660A909D838D72").unwrap();
    match bytes.windows(brainpool.len()).any(|window| window == brainpool) {
        true => Curve::BrainpoolP256r1,
        false => Curve::P256,
    }
}

fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let number = &number[zeros..];
    let sign: &[u8] = if number[0] & 0x80 == 0 { &[] } else { &[0] };
    object(0x02, &[sign, number].concat())
}

/// A length in more bytes than it needs.
fn long_length(files: &mut Files, file: File) {
    let path = inside(file, place::VERSION);
    let (last, parents) = path.split_last().unwrap();
    with(files, file, |bytes| {
        *bytes = with_long_length(bytes, parents, *last)
    });
}

/// The child's length is written as 81 xx; the lengths around it fit.
fn with_long_length(bytes: &[u8], parents: &[usize], child: usize) -> Vec<u8> {
    edit(bytes, parents, &|parent| {
        let (tag, value) = objects(parent)[0];
        let mut parts = split(value);
        parts[child].insert(1, 0x81);
        object(tag, &parts.concat())
    })
}

/// The key of Chip Authentication in the infos is no point any more.
fn break_point(infos: &[u8]) -> Vec<u8> {
    let mut infos = infos.to_vec();
    let at = infos
        .windows(3)
        .position(|window| window == [0x03, 0x42, 0x00])
        .unwrap();
    infos[at + 67] ^= 1;
    infos
}

/// The key of Chip Authentication has another number.
fn renumber(infos: &[u8]) -> Vec<u8> {
    let mut infos = infos.to_vec();
    let point = infos
        .windows(3)
        .position(|window| window == [0x03, 0x42, 0x00])
        .unwrap();
    assert_eq!(
        infos[point + 68..point + 70],
        [0x02, 0x01],
        "the keyId behind the point"
    );
    infos[point + 70] ^= 0x10;
    infos
}

fn last_byte(files: &mut Files, file: File) {
    with(files, file, |bytes| *bytes.last_mut().unwrap() ^= 1);
}

pub fn rows() -> Vec<Alteration> {
    vec![
        row("LDS_D_1", vn_cccd_2021, |files| patch(files, Sod, "7782", "7882")),
        row("LDS_D_2", vn_cccd_2021, |files| append(files, Sod, 0)),
        row("LDS_D_3", vn_cccd_2021, |files| long_length(files, Sod)),
        row("LDS_D_4", vn_cccd_2021, |files| {
            patch(files, Sod, "020103310D", "020101310D")
        }),
        row("LDS_D_5", vn_cccd_2021, |files| last_byte(files, Sod)),
        row("LDS_D_6", vn_cccd_2021, |files| last_byte(files, DataGroup(1))),
        row("LDS_D_7", vn_cccd_2021, |files| {
            patch(files, Sod, "03020780", "030206C0")
        }),
        row("LDS_K_1", icao_td1, |files| {
            sign_again(files, CardSecurity, &|infos| [infos, &[0x05, 0x00]].concat());
        }),
        row("LDS_K_2", icao_td1, |files| {
            sign_again(files, CardSecurity, &break_point)
        }),
        row("LDS_K_3", icao_td1, |files| {
            patch(files, CardAccess, "02010202010C", "02010202010D")
        }),
        row("LDS_K_4", icao_td1, |files| {
            sign_again(files, CardSecurity, &renumber)
        }),
        row("LDS_K_5", icao_td1, |files| long_length(files, CardSecurity)),
        row("LDS_K_6", icao_td1, |files| {
            patch(files, CardSecurity, "020103310D", "020101310D")
        }),
        row("LDS_K_7", icao_td1, |files| last_byte(files, CardSecurity)),
        row("LDS_K_8", icao_td1, |files| {
            patch(files, CardSecurity, "03020780", "030206C0")
        }),
    ]
}

#[test]
fn what_this_test_signs_again_passes() {
    use test_vectors::conformance::{Suite, Verdict, lds};

    let mut files = icao_td1();
    sign_again(&mut files, CardSecurity, &<[u8]>::to_vec);
    for id in lds::ids(Suite::Icao3).filter(|id| id.starts_with("LDS_K")) {
        assert_eq!(
            lds::judge(Suite::Icao3, id, &files),
            Some(Verdict::Passed),
            "{id}"
        );
    }
    let mut files = vn_cccd_2021();
    sign_again(&mut files, Sod, &<[u8]>::to_vec);
    for id in lds::ids(Suite::Icao3).filter(|id| id.starts_with("LDS_D")) {
        assert_eq!(
            lds::judge(Suite::Icao3, id, &files),
            Some(Verdict::Passed),
            "{id}"
        );
    }
}
