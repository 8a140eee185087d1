//! What SecurityInfos offer, as far as that can be told without understanding each of them (Doc 9303-11 §9.2).

use std::collections::BTreeSet;

use super::asn1::{Asn1Error, only, tag};
use super::security_object::SecurityObject;

/// The members of `SET OF SecurityInfo`, as read.
pub(crate) fn security_infos<'a>(
    bytes: &'a [u8],
    what: &'static str,
) -> Result<BTreeSet<&'a [u8]>, Asn1Error> {
    let mut set = only(bytes, tag::SET, what)?.reader();
    let mut infos = BTreeSet::new();
    while !set.is_empty() {
        infos.insert(set.expect(tag::SEQUENCE, what)?.raw);
    }
    Ok(infos)
}

/// id-PACE 0.4.0.127.0.7.2.2.4, contents of the OBJECT IDENTIFIER; its children are the protocols.
pub(crate) const PACE: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04];
/// id-PACE-ECDH-CAM-AES 0.4.0.127.0.7.2.2.4.6
pub(crate) const PACE_CAM: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x04, 0x06];
/// id-CA 0.4.0.127.0.7.2.2.3
pub(crate) const CHIP_AUTHENTICATION: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03];
/// id-PK 0.4.0.127.0.7.2.2.1
pub(crate) const PUBLIC_KEY: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01];

/// True when a SecurityInfo of DG14 is of one of these families of protocols.
pub(crate) fn offers(dg14: &[u8], families: &[&[u8]]) -> Result<bool, Asn1Error> {
    any_of(&security_infos(only(dg14, 0x6E, "DG14")?.body, "DG14")?, families)
}

/// True when a SecurityInfo of this `SET OF SecurityInfo` is of one of these families of protocols.
pub(crate) fn is_of(set: &[u8], families: &[&[u8]]) -> Result<bool, Asn1Error> {
    any_of(&security_infos(set, "SecurityInfos")?, families)
}

/// True when one of these SecurityInfos is of one of these families of protocols.
pub(crate) fn any_of(infos: &BTreeSet<&[u8]>, families: &[&[u8]]) -> Result<bool, Asn1Error> {
    for info in infos {
        let protocol = only(info, tag::SEQUENCE, "SecurityInfo")?
            .reader()
            .next("protocol")?;
        if families.iter().any(|family| protocol.body.starts_with(family)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// True when the signed data advertise a proof that the chip is no copy: DG15 (active
/// authentication), or chip authentication or PACE-CAM among the SecurityInfos of DG14. A DG14 that
/// cannot be understood may advertise one.
pub(crate) fn advertises_clone_proof(object: &SecurityObject, dg14: Option<&[u8]>) -> bool {
    object.hashes.contains_key(&15)
        || dg14.is_some_and(|file| offers(file, &[CHIP_AUTHENTICATION, PACE_CAM]).unwrap_or(true))
}
