//! Opening a session with a chip: PACE where it offers PACE, BAC where it does not, never one after the other.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::wire::security_info::{Mapping, PaceInfo};
use card_applet::wire::status::StatusWord;
use card_applet::wire::tlv;
use rand_core::TryCryptoRng;

use super::rights::Bonds;
use super::{ChipReader, ReadError};
use crate::terminal::bac::{self, BacError};
use crate::terminal::card_access::PaceOffer;
use crate::terminal::key_agreement::Group;
use crate::terminal::link::LinkError;
use crate::terminal::pace::{self, PaceError};
use crate::terminal::password::{Password, PasswordKind};
use crate::transport::{Transport, TransportError};

/// How a session was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessProtocol {
    /// Password Authenticated Connection Establishment.
    Pace {
        /// How the nonce was mapped.
        mapping: Mapping,
        /// In which group.
        group: Group,
    },
    /// Basic Access Control.
    Bac,
}

/// The session that is open, for the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessReport {
    /// The protocol that opened it.
    pub protocol: AccessProtocol,
    /// The cipher of the session.
    pub cipher: SymmetricAlgorithm,
    /// The kind of password that was used.
    pub password: PasswordKind,
}

/// Why no session could be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// PACE failed. BAC is not tried instead.
    #[error(transparent)]
    Pace(#[from] PaceError),
    /// BAC failed.
    #[error(transparent)]
    Bac(#[from] BacError),
    /// The chip offers PACE, but in no form that this terminal has.
    #[error("the chip offers PACE only in forms that this terminal does not have")]
    NoCommonPace,
    /// The chip offers no PACE, and a CAN opens nothing else.
    #[error("the chip offers no PACE, so a CAN cannot open it; the machine readable zone can")]
    CanWithoutPace,
    /// EF.CardAccess is there and cannot be understood.
    #[error("EF.CardAccess is malformed: {0}")]
    CardAccess(tlv::TlvError),
    /// EF.CardAccess is there and cannot be read.
    #[error("EF.CardAccess cannot be read: {0}")]
    Read(#[from] ReadError),
}

impl AccessError {
    /// Whether the chip said that the password is not its own.
    pub fn is_wrong_password(&self) -> bool {
        matches!(
            self,
            AccessError::Pace(PaceError::WrongPassword { .. })
                | AccessError::Bac(BacError::WrongPassword { .. })
        )
    }

    /// The transport's error, if that is the cause.
    pub fn transport(&self) -> Option<&TransportError> {
        match self {
            AccessError::Pace(PaceError::Link(link)) | AccessError::Bac(BacError::Link(link)) => {
                link.transport()
            }
            AccessError::Read(error) => error.transport(),
            _ => None,
        }
    }
}

impl From<LinkError> for AccessError {
    fn from(error: LinkError) -> Self {
        AccessError::Read(ReadError::Link(error))
    }
}

impl<T: Transport, R: TryCryptoRng> ChipReader<T, R> {
    /// Opens a session: PACE where EF.CardAccess offers it, else BAC. PACE that fails is never followed by BAC.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn open(&mut self, password: &Password) -> Result<AccessReport, AccessError> {
        let card_access = self.read_card_access()?;
        self.open_with(card_access.as_deref(), password)
    }

    /// [`open`](Self::open) where EF.CardAccess was read already: a report needs its bytes.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn open_with(
        &mut self,
        card_access: Option<&[u8]>,
        password: &Password,
    ) -> Result<AccessReport, AccessError> {
        let offer = match card_access {
            Some(bytes) => PaceOffer::parse(bytes).map_err(AccessError::CardAccess)?,
            None => PaceOffer::default(),
        };
        if offer.offers_pace {
            let info = offer.best().ok_or(AccessError::NoCommonPace)?;
            return Ok(self.pace(&info, password)?);
        }
        if password.kind() != PasswordKind::Mrz {
            return Err(AccessError::CanWithoutPace);
        }
        Ok(self.bac(password)?)
    }

    /// Opens a session with PACE as `info` describes it.
    ///
    /// # Errors
    /// [`PaceError`]; the chip is left without a session.
    pub fn pace(&mut self, info: &PaceInfo, password: &Password) -> Result<AccessReport, PaceError> {
        let ambiguous = self.offer.as_ref().is_some_and(|offer| offer.is_ambiguous(info));
        self.chip_authentication_mapping = None;
        self.bonds = Bonds::default();
        let (proof, binding) = pace::run(
            &mut self.link,
            info,
            ambiguous,
            password,
            &self.authorization,
            &mut self.rng,
        )?;
        self.bonds = Bonds::of_pace(binding, proof.is_some());
        self.chip_authentication_mapping = proof;
        let group = info.parameter_id.and_then(Group::from_parameter_id);
        Ok(AccessReport {
            protocol: AccessProtocol::Pace {
                mapping: info.protocol.mapping,
                group: group.ok_or(PaceError::Unsupported("these domain parameters"))?,
            },
            cipher: info.protocol.cipher,
            password: password.kind(),
        })
    }

    /// Selects the eMRTD application and opens a session with BAC.
    ///
    /// # Errors
    /// [`BacError`]; the chip is left without a session.
    pub fn bac(&mut self, password: &Password) -> Result<AccessReport, BacError> {
        match self.select_application() {
            // It is selected all the same, and its issuer comes this way to put the card back into service.
            Err(ReadError::Refused {
                status: StatusWord::DEACTIVATED,
            }) => {}
            selected => selected.map_err(|error| match error {
                ReadError::Link(link) => BacError::Link(link),
                other => BacError::Refused {
                    status: other.status().unwrap_or(StatusWord::FILE_NOT_FOUND),
                },
            })?,
        }
        bac::run(&mut self.link, password, &mut self.rng)?;
        self.bonds = Bonds::of_bac(password);
        Ok(AccessReport {
            protocol: AccessProtocol::Bac,
            cipher: SymmetricAlgorithm::TripleDes,
            password: password.kind(),
        })
    }
}
