//! Reading the set back.

use card_applet::wire::security_info::{MAX_SECURITY_INFOS, SecurityInfo};

use super::super::read::Objects;
use super::super::{LdsError, asn1};

/// The infos of a set, in its order, each with the bytes that it was read from ([`SecurityInfo::raw`]).
///
/// # Errors
/// [`LdsError`] for anything but a SET OF SEQUENCE { OBJECT IDENTIFIER … }, and for more infos than
/// [`MAX_SECURITY_INFOS`].
pub(in crate::lds) fn decode<'a>(
    file: &'static str,
    set: &'a [u8],
) -> Result<Vec<SecurityInfo<'a>>, LdsError> {
    let mut objects = Objects::new(file, set);
    let content = objects.expect(asn1::SET, "SecurityInfos")?;
    objects.finish("SecurityInfos")?;
    let mut infos = Vec::new();
    for entry in card_applet::wire::tlv::TlvReader::new(content) {
        let info = entry
            .and_then(|entry| SecurityInfo::from_tlv(&entry))
            .map_err(|error| LdsError::tlv(file, "SecurityInfo", error))?;
        if infos.len() == MAX_SECURITY_INFOS {
            return Err(LdsError::new(file, "SecurityInfos", "are more than 64"));
        }
        infos.push(info);
    }
    Ok(infos)
}
