//! MSE:Set AT for PACE (ICAO Doc 9303-11, 4.4.4.1): what the terminal chooses must be in EF.CardAccess.

use super::mapping::is_supported;
use super::{Parameters, PasswordId, chip_authentication};
use crate::auth::password::pin::{self, PinState};
use crate::auth::password::{self, Opens};
use crate::crypto::curve::Curve;
use crate::error::Error;
use crate::fs::descriptor::Transparent;
use crate::fs::security_infos;
use crate::nvm::journal::Journal;
use crate::platform::Nvm;
use crate::wire::cvc::{AuthorizationTemplate, tag};
use crate::wire::security_info::{Mapping, PaceProtocol};
use crate::wire::status::StatusWord;
use crate::wire::tlv::TlvReader;

/// Protocol and password are chosen and exist.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(super) parameters: Parameters,
    /// Whether a suspended PIN may be proved: this runs inside a session that the CAN opened.
    pub(super) resumed: bool,
}

impl Chosen {
    /// PACE inside a session: only to resume a suspended PIN, and only where the CAN opened the session.
    ///
    /// # Errors
    /// [`Error::Blocked`] for a PIN without tries, [`Error::ConditionsOfUse`] for every other password and PIN.
    pub(crate) fn nested<N: Nvm>(
        self,
        opened_with: Option<PasswordId>,
        journal: &Journal,
        nvm: &N,
    ) -> Result<Self, Error> {
        let is_pin = self.parameters.password == PasswordId::Pin;
        match (opened_with, is_pin, pin::state(journal, nvm)?) {
            (Some(PasswordId::Can), true, PinState::Suspended) => Ok(Self {
                resumed: true,
                ..self
            }),
            (Some(PasswordId::Can), true, PinState::Blocked) => Err(Error::Blocked),
            _ => Err(Error::ConditionsOfUse),
        }
    }

    /// Whether its session will open the document's data: with MRZ or CAN.
    pub(crate) const fn opens_document(&self) -> bool {
        matches!(self.parameters.password, PasswordId::Mrz | PasswordId::Can)
    }

    /// What MSE:Set AT answers: the tries of a PIN that has been proved wrongly (TR-03110-3, B.14.1).
    ///
    /// # Errors
    /// When the memory fails.
    pub(crate) fn status<N: Nvm>(&self, journal: &Journal, nvm: &N) -> Result<StatusWord, Error> {
        if self.parameters.password != PasswordId::Pin {
            return Ok(StatusWord::SUCCESS);
        }
        Ok(match pin::tries(journal, nvm)? {
            pin::PIN_TRIES => StatusWord::SUCCESS,
            fewer => StatusWord::tries_remaining(fewer),
        })
    }
}

/// Reads the template: DO'80' protocol, DO'83' password, DO'84' domain parameters where several are on offer;
/// 7F4C the CHAT of a terminal that means to prove its rights, and wants to know with which CVCA to begin.
///
/// # Errors
/// [`Error::Data`] for malformed templates and protocols that the card does not offer; [`Error::ReferencedData`] for
/// passwords that it does not have, and for domain parameters that are not on offer or not said though several are.
#[inline(never)]
pub(crate) fn set_authentication_template<N: Nvm>(
    template: &[u8],
    card_access: &Transparent,
    journal: &Journal,
    nvm: &N,
) -> Result<Chosen, Error> {
    let (mut protocol, mut password, mut parameter_id, mut authorization) = (None, None, None, None);
    for object in TlvReader::new(template) {
        let object = object?;
        let fresh = match (object.tag, object.value) {
            (0x80, oid) => protocol.replace(oid).is_none(),
            (0x83, [number]) => password.replace(*number).is_none(),
            (0x84, [id]) => parameter_id.replace(*id).is_none(),
            (tag::AUTHORIZATION, template) => {
                AuthorizationTemplate::parse(template).map_err(|_| Error::Data)?;
                authorization.replace(()).is_none()
            }
            (0x83 | 0x84, _) => false,
            // 9303-11, 4.4.4.1, note 2: what the command does not know is passed over.
            _ => true,
        };
        if !fresh {
            return Err(Error::Data);
        }
    }
    let protocol = protocol.and_then(PaceProtocol::from_oid).ok_or(Error::Data)?;
    let password = PasswordId::from_number(password.ok_or(Error::Data)?).ok_or(Error::ReferencedData)?;

    let curve = offered_curve(protocol, parameter_id, card_access, nvm)?;
    // What EF.CardAccess promises, the chip needs a key for.
    if protocol.mapping == Mapping::EcdhChipAuthentication
        && chip_authentication::static_key(journal, nvm, curve)?.is_none()
    {
        return Err(Error::ReferencedData);
    }
    password::read(journal, nvm, password, Opens::Pace)?;
    Ok(Chosen {
        parameters: Parameters {
            protocol,
            curve,
            password,
            names_authorities: authorization.is_some(),
        },
        resumed: false,
    })
}

/// The curve that EF.CardAccess offers for this protocol: the one that is asked for, or the only one.
///
/// # Errors
/// [`Error::Data`] for protocols that are not on offer; [`Error::ReferencedData`] for domain parameters that are not,
/// that this chip does not have, or that are not said though several are on offer.
fn offered_curve<N: Nvm>(
    protocol: PaceProtocol,
    parameter_id: Option<u8>,
    card_access: &Transparent,
    nvm: &N,
) -> Result<Curve, Error> {
    let (mut offers, mut chosen, mut ambiguous) = (false, None, false);
    security_infos::for_each(card_access, None, nvm, |info| {
        let Some(info) = info.as_pace_info().filter(|info| info.protocol == protocol) else {
            return;
        };
        offers = true;
        match (parameter_id, info.parameter_id) {
            (Some(wanted), Some(offered)) if wanted == offered => chosen = Some(offered),
            (None, Some(offered)) => {
                ambiguous |= chosen.is_some_and(|chosen| chosen != offered);
                chosen = Some(offered);
            }
            _ => {}
        }
    })?;
    if !offers || !is_supported(protocol.mapping) {
        return Err(Error::Data);
    }
    if ambiguous {
        return Err(Error::ReferencedData);
    }
    chosen
        .and_then(Curve::from_parameter_id)
        .ok_or(Error::ReferencedData)
}
