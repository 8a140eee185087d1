//! The structure of DG14 (Doc 9303-11 §9.2): a set of SecurityInfo, those of Chip Authentication with known protocols.

use card_applet::wire::security_info::ChipAuthenticationProtocol;

use super::Flaw;
use crate::inspect::asn1::{Asn1Error, Element, only, tag};
use crate::inspect::chip_keys::ChipKeys;
use crate::inspect::security_infos::{CHIP_AUTHENTICATION, PUBLIC_KEY, security_infos};

/// id-PK-DH and id-PK-ECDH; below id-CA, the domain parameters of version 2 (BSI TR-03110-3 §A.1.1.2), which Doc 9303 does not know.
const KINDS_OF_KEYS: [&[u8]; 2] = [&[1], &[2]];
/// 1 of Doc 9303-11; 2 and 3 are BSI TR-03110's for other applications.
const VERSIONS: std::ops::RangeInclusive<u8> = 1..=3;

/// Judges DG14, which was read as `keys`.
pub(super) fn judge(file: &[u8], keys: &Result<ChipKeys, Asn1Error>) -> Result<String, Flaw> {
    let infos = security_infos(only(file, 0x6E, "DG14")?.body, "DG14")?;
    for info in &infos {
        let info = only(info, tag::SEQUENCE, "SecurityInfo")?;
        protocol(&info)?;
    }
    // And what the proofs will want to read.
    keys.as_ref().map_err(Clone::clone)?;
    Ok(format!("{} SecurityInfos", infos.len()))
}

fn protocol(info: &Element<'_>) -> Result<(), Flaw> {
    let mut fields = info.reader();
    let protocol = fields.next("protocol")?;
    protocol.oid("protocol")?;
    if let Some(kind) = protocol.body.strip_prefix(PUBLIC_KEY)
        && !KINDS_OF_KEYS.contains(&kind)
    {
        return Err(Flaw::structure("DG14: a public key of no known kind"));
    }
    if let Some(kind) = protocol.body.strip_prefix(CHIP_AUTHENTICATION)
        && !KINDS_OF_KEYS.contains(&kind)
    {
        if ChipAuthenticationProtocol::from_oid(protocol.body).is_none() {
            return Err(Flaw::structure("DG14: no known protocol of Chip Authentication"));
        }
        let version = fields
            .next("ChipAuthenticationInfo.version")?
            .small_integer("ChipAuthenticationInfo.version")?;
        if !VERSIONS.contains(&version) {
            return Err(Flaw::structure(format!(
                "DG14: Chip Authentication version {version}"
            )));
        }
    }
    Ok(())
}
