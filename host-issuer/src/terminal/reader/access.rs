//! Opening a session with a chip: PACE where it offers PACE, BAC where it does not, never one after the other.

use card_applet::crypto::cipher::SymmetricAlgorithm;
use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::security_info::{Mapping, PaceInfo};
use card_applet::wire::status::StatusWord;
use card_applet::wire::{instruction, lds::sfi};
use rand_core::TryCryptoRng;

use super::rights::Bonds;
use super::{ChipReader, ReadError};
use crate::quirk::Quirk;
use crate::terminal::bac::{self, BacError};
use crate::terminal::card_access::{CardAccessError, PaceOffer};
use crate::terminal::key_agreement::Group;
use crate::terminal::link::LinkError;
use crate::terminal::pace::{self, PaceError};
use crate::terminal::password::{Password, PasswordKind};
use crate::transport::{Transport, TransportError};

/// Bytes that show whether a file is readable.
const PROBE: u32 = 4;

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
    /// Nothing: the chip gives its files to whoever asks, in plain.
    Plain,
}

/// How the chip was opened, for the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessReport {
    /// The protocol that opened it.
    pub protocol: AccessProtocol,
    /// The cipher of the session; `None` where there is no session.
    pub cipher: Option<SymmetricAlgorithm>,
    /// The kind of password that was given.
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
    CardAccess(CardAccessError),
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
    /// Opens a session: PACE where EF.CardAccess offers it, else BAC; none where the chip wants none. PACE that fails is followed by
    /// BAC only where [`Quirk::PaceFails`] is [tolerated](Self::tolerate).
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
            let error = match self.pace(&info, password) {
                Ok(report) => return Ok(report),
                Err(error) => error,
            };
            let is_the_chips = !matches!(
                error,
                PaceError::WrongPassword { .. }
                    | PaceError::Random
                    | PaceError::Link(LinkError::Transport(_))
            );
            if is_the_chips && password.kind() == PasswordKind::Mrz && self.tolerance.allows(Quirk::PaceFails)
            {
                self.reset().map_err(LinkError::Transport)?;
                self.learned.note(Quirk::PaceFails, error.to_string());
                self.pace_failed = Some(error.to_string());
                return Ok(self.bac(password)?);
            }
            return Err(error.into());
        }
        match self.select_application() {
            // It is selected all the same, and its issuer comes this way to put the card back into service.
            Ok(())
            | Err(ReadError::Refused {
                status: StatusWord::DEACTIVATED,
            }) => {}
            Err(error) => return Err(error.into()),
        }
        if self.is_open_to_all()? {
            return Ok(AccessReport {
                protocol: AccessProtocol::Plain,
                cipher: None,
                password: password.kind(),
            });
        }
        if password.kind() != PasswordKind::Mrz {
            return Err(AccessError::CanWithoutPace);
        }
        Ok(self.bac(password)?)
    }

    /// Whether the chip gives the first bytes of EF.COM, or of EF.SOD where there is no EF.COM, in plain (9303-11 §4.2).
    fn is_open_to_all(&mut self) -> Result<bool, AccessError> {
        for file in [sfi::COM, sfi::SOD] {
            let probe =
                CommandApdu::new(0x00, instruction::READ_BINARY, 0x80 | file, 0x00).with_expected(PROBE);
            let response = self.exchange(&probe)?;
            if response.status != StatusWord::FILE_NOT_FOUND {
                let is_read = response.status.is_success() || response.status == StatusWord::END_OF_FILE;
                return Ok(is_read && !response.data.is_empty());
            }
        }
        Ok(false)
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
            cipher: Some(info.protocol.cipher),
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
            cipher: Some(SymmetricAlgorithm::TripleDes),
            password: password.kind(),
        })
    }

    /// Whether the chip begins Basic Access Control: after a reset, in the application, it gives a challenge in plain. The session is
    /// over, and another has to be opened for anything more.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn begins_bac(&mut self) -> Result<bool, LinkError> {
        self.reset()?;
        match self.select_application() {
            Ok(()) => {}
            Err(ReadError::Link(error)) => return Err(error),
            // Not even the application without PACE.
            Err(_) => return Ok(false),
        }
        let get_challenge = CommandApdu::new(0x00, instruction::GET_CHALLENGE, 0x00, 0x00);
        let response = self.exchange(&get_challenge.with_expected(bac::CHALLENGE_LEN as u32))?;
        Ok(response.status.is_success() && response.data.len() == bac::CHALLENGE_LEN)
    }
}
