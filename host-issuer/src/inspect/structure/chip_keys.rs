//! The structure of DG14 (Doc 9303-11 §9.2): a set of SecurityInfo, those of Chip Authentication with known protocols.

use card_applet::wire::security_info::ChipAuthenticationProtocol;

use super::Flaw;
use crate::inspect::asn1::{Element, only, tag};
use crate::inspect::chip_keys::ChipKeys;
use crate::inspect::security_infos::security_infos;

/// id-CA 0.4.0.127.0.7.2.2.3, contents of the OBJECT IDENTIFIER.
const CHIP_AUTHENTICATION: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03];
/// id-PK 0.4.0.127.0.7.2.2.1
const PUBLIC_KEY: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01];
/// id-PK-DH and id-PK-ECDH; below id-CA, the domain parameters of version 2 (BSI TR-03110-3 §A.1.1.2), which Doc 9303 does not know.
const KINDS_OF_KEYS: [&[u8]; 2] = [&[1], &[2]];
/// 1 of Doc 9303-11; 2 and 3 are BSI TR-03110's for other applications.
const VERSIONS: std::ops::RangeInclusive<u8> = 1..=3;

/// Judges DG14.
pub(super) fn judge(file: &[u8]) -> Result<String, Flaw> {
    let infos = security_infos(only(file, 0x6E, "DG14")?.body, "DG14")?;
    for info in &infos {
        let info = only(info, tag::SEQUENCE, "SecurityInfo")?;
        protocol(&info)?;
    }
    // And what the proofs will want to read.
    ChipKeys::from_dg14(file)?;
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
