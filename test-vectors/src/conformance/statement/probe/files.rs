//! What the statement needs to know of files: nothing else of them is looked at here.

use std::collections::BTreeSet;

use super::super::SignatureKind;
use crate::naive::{find, objects};

/// rsaEncryption (RFC 8017, appendix C).
const RSA: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
/// id-ecPublicKey (RFC 5480 §2.1.1).
const EC: [u8; 7] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];

/// DO'7F66' of EF.ATR/INFO (9303-10 §3.11.1): longest command and longest response.
pub(super) fn extended_length(atr_info: &[u8]) -> Option<(usize, usize)> {
    let lengths = find(atr_info, 0x7F66)?;
    let lengths: Vec<usize> = objects(lengths)
        .into_iter()
        .filter(|(tag, value)| *tag == 0x02 && (1..=4).contains(&value.len()))
        .map(|(_, value)| value.iter().fold(0, |n, byte| n << 8 | usize::from(*byte)))
        .collect();
    match lengths[..] {
        [command, response] => Some((command, response)),
        _ => None,
    }
}

/// The data groups that EF.COM lists by tag (9303-10 §4.6.1).
pub(super) fn groups_of_com(com: &[u8]) -> Option<BTreeSet<u8>> {
    /// Tags of DG1 to DG16, in order.
    const TAGS: [u8; 16] = [
        0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70,
    ];
    let list = find(find(com, 0x60)?, 0x5C)?;
    let number = |tag: &u8| (1..=16).zip(TAGS).find(|(_, known)| known == tag);
    Some(list.iter().filter_map(number).map(|(number, _)| number).collect())
}

/// The data groups whose digests EF.SOD has (9303-10 §4.6.2).
pub(super) fn groups_of_sod(sod: &[u8]) -> Option<BTreeSet<u8>> {
    let content_info = find(find(sod, 0x77)?, 0x30)?;
    let signed_data = find(find(content_info, 0xA0)?, 0x30)?;
    let encapsulated = find(signed_data, 0x30)?;
    let security_object = find(find(find(encapsulated, 0xA0)?, 0x04)?, 0x30)?;
    // version, digest algorithm, digests; perhaps the versions of LDS and Unicode.
    let digests = objects(security_object)
        .into_iter()
        .filter(|(tag, _)| *tag == 0x30)
        .nth(1)?
        .1;
    let number = |digest: &[u8]| match find(digest, 0x02)? {
        [number @ 1..=16] => Some(*number),
        _ => None,
    };
    let digests = objects(digests);
    Some(
        digests
            .into_iter()
            .filter_map(|(_, digest)| number(digest))
            .collect(),
    )
}

/// What the key of DG15 signs with.
pub(super) fn signature_kind(dg15: &[u8]) -> Option<SignatureKind> {
    let algorithm = find(find(find(dg15, 0x6F)?, 0x30)?, 0x30)?;
    match find(algorithm, 0x06)? {
        oid if oid == RSA => Some(SignatureKind::Rsa),
        oid if oid == EC => Some(SignatureKind::Ecdsa),
        _ => None,
    }
}

/// Whether the first record of a biometric data group is in the format of ISO/IEC 39794; `None` where it has none, or in no format of
/// either standard. Of the file only its beginning is needed.
pub(super) fn is_39794(head: &[u8]) -> Option<bool> {
    let group = inside(head, |tag| matches!(tag, 0x75 | 0x63 | 0x76))?;
    let instance = inside(inside(group, |tag| tag == 0x7F61)?, |tag| tag == 0x7F60)?;
    let block = inside(instance, |tag| matches!(tag, 0x5F2E | 0x7F2E))?;
    // A record of 19794 begins with its format's name; one of 39794 is an application tag of its part.
    match block {
        [b'F', b'A', b'C', 0, ..] | [b'F', b'I', b'R', 0, ..] | [b'I', b'I', b'R', 0, ..] => Some(false),
        [0x64..=0x66, ..] => Some(true),
        [0xA1, ..] => inside(block, |tag| tag == 0xA1)
            .and_then(|inner| inner.first())
            .map(|tag| matches!(tag, 0x64..=0x66)),
        _ => None,
    }
}

/// What of the first object with such a tag is there; it may go on beyond `bytes`.
fn inside(mut bytes: &[u8], is_wanted: impl Fn(u32) -> bool) -> Option<&[u8]> {
    loop {
        let (tag, length, value) = header(bytes)?;
        if is_wanted(tag) {
            return Some(value.get(..length).unwrap_or(value));
        }
        bytes = value.get(length..)?;
    }
}

/// Tag and length at the beginning, and what is behind them.
fn header(bytes: &[u8]) -> Option<(u32, usize, &[u8])> {
    let (&first, mut rest) = bytes.split_first()?;
    let mut tag = u32::from(first);
    if first & 0x1F == 0x1F {
        let (&second, behind) = rest.split_first()?;
        tag = tag << 8 | u32::from(second);
        rest = behind;
    }
    let (&length, behind) = rest.split_first()?;
    if length < 0x80 {
        return Some((tag, usize::from(length), behind));
    }
    let digits = usize::from(length & 0x7F);
    if !(1..=3).contains(&digits) {
        return None;
    }
    let (digits, behind) = behind.split_at_checked(digits)?;
    let length = digits.iter().fold(0, |n, byte| n << 8 | usize::from(*byte));
    Some((tag, length, behind))
}
