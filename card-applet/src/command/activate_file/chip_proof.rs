//! Whether the chip can keep what its files promise of it: a card that says it can prove itself, and cannot, would be
//! taken for a copy for all its life.

use crate::auth::chip_key::ChipKey;
use crate::crypto::curve::Curve;
use crate::error::Error;
use crate::fs::descriptor::{Parent, Transparent};
use crate::fs::security_infos;
use crate::fs::tree::{FileTree, Found};
use crate::nvm::journal::Journal;
use crate::platform::Nvm;
use crate::wire::lds::{DataGroup, fid};
use crate::wire::security_info::{KeyAgreement, MAX_SECURITY_INFOS, Mapping};
use heapless::Vec;

/// Keys that the files speak of.
#[derive(Default)]
struct Promised {
    /// Domain parameters of PACE-CAM in EF.CardAccess, which are the key's identifier too.
    mapping: Vec<u8, MAX_SECURITY_INFOS>,
    /// Identifiers in the ChipAuthenticationInfos of DG14; `None` for the only key.
    agreement: Vec<Option<u8>, MAX_SECURITY_INFOS>,
    /// Something that no key of this chip can be.
    impossible: bool,
}

impl Promised {
    fn read<N: Nvm>(files: &FileTree, nvm: &N) -> Result<Self, Error> {
        let mut promised = Self::default();
        if let Some(file) = transparent(files, files.child(Parent::MasterFile, fid::CARD_ACCESS))? {
            security_infos::for_each(&file, None, nvm, |info| {
                let Some(info) = info.as_pace_info() else { return };
                if info.protocol.mapping == Mapping::EcdhChipAuthentication {
                    let pushed = info.parameter_id.map(|id| promised.mapping.push(id));
                    promised.impossible |= !matches!(pushed, Some(Ok(())));
                }
            })?;
        }
        if let Some(file) = transparent(files, files.in_emrtd(DataGroup::DG14.fid()))? {
            security_infos::for_each(&file, Some(DataGroup::DG14.tag()), nvm, |info| {
                let Some(info) = info.as_chip_authentication_info() else {
                    return;
                };
                // Other versions are other protocols, and not this chip's to answer for.
                if info.version != 1 {
                    return;
                }
                let pushed = match (info.protocol.key_agreement, info.key_id) {
                    (KeyAgreement::Ecdh, None) => promised.agreement.push(None).is_ok(),
                    (KeyAgreement::Ecdh, Some([id])) => promised.agreement.push(Some(*id)).is_ok(),
                    _ => false,
                };
                promised.impossible |= !pushed;
            })?;
        }
        Ok(promised)
    }
}

/// Whether there is a key for every PACE-CAM of EF.CardAccess (with EF.CardSecurity, where its public half stands), for
/// every Chip Authentication of DG14, and for DG15.
///
/// # Errors
/// [`Error::Memory`] when a file cannot be read, or is no set of SecurityInfos.
pub(super) fn is_possible<N: Nvm>(files: &FileTree, journal: &Journal, nvm: &N) -> Result<bool, Error> {
    let promised = Promised::read(files, nvm)?;
    if promised.impossible {
        return Ok(false);
    }
    let has = |is_wanted: &dyn Fn(&ChipKey) -> bool| {
        ChipKey::chip_authentication(journal, nvm, is_wanted).map(|(key, _)| key.is_some())
    };
    for id in &promised.mapping {
        let curve = Curve::from_parameter_id(*id);
        if !has(&|key| key.key_id == *id && Some(key.curve) == curve)? {
            return Ok(false);
        }
    }
    if !promised.mapping.is_empty() && files.child(Parent::MasterFile, fid::CARD_SECURITY).is_none() {
        return Ok(false);
    }
    for id in &promised.agreement {
        if !has(&|key| id.is_none_or(|id| key.key_id == id))? {
            return Ok(false);
        }
    }
    let has_dg15 = files.in_emrtd(DataGroup::DG15.fid()).is_some();
    Ok(!has_dg15 || ChipKey::active_authentication(journal, nvm)?.is_some())
}

fn transparent(files: &FileTree, found: Option<Found>) -> Result<Option<Transparent>, Error> {
    match found {
        Some(Found::Elementary(index)) => files.elementary(index).map(Some).ok_or(Error::Memory),
        _ => Ok(None),
    }
}
