//! Ways to the point at which Terminal Authentication begins.

use super::{CvcaFile, no_authority, references};
use crate::conformance::authority::TerminalAuthority;
use crate::conformance::bench::{Bench, Password};
use crate::conformance::statement::{AccessProtocol, Need};
use crate::conformance::verdict::{Finding, Played};
use crate::faulty_chip::Mapping;
use crate::oracle::terminal_authentication::Binding;

/// Dates of birth and expiry with their check digits.
const DATES_LENGTH: usize = 14;

/// How the card is opened before Terminal Authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// PACE, then Chip Authentication.
    Pace,
    /// BAC, then Chip Authentication.
    Bac,
    /// PACE with Chip Authentication Mapping, which is the chip's authentication, too.
    PaceWithMapping,
}

impl Opening {
    /// The access protocol.
    pub fn protocol(self) -> AccessProtocol {
        match self {
            Self::Bac => AccessProtocol::Bac,
            Self::Pace | Self::PaceWithMapping => AccessProtocol::Pace,
        }
    }

    /// Its name in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pace => "after PACE",
            Self::Bac => "after BAC",
            Self::PaceWithMapping => "after PACE with Chip Authentication Mapping",
        }
    }
}

/// A card at the point at which Terminal Authentication begins.
#[derive(Clone, Debug)]
pub struct Opened {
    /// How it was opened.
    pub opening: Opening,
    /// What the terminal's signature is tied to.
    pub binding: Binding,
    /// Where EF.CVCA is.
    pub file: CvcaFile,
    /// What it holds.
    pub ef_cvca: Vec<u8>,
    /// The newest trust point of the card.
    pub authority: TerminalAuthority,
}

impl Bench<'_> {
    /// The ways that the suites ask for and the card has: PACE and BAC, each with Chip Authentication.
    ///
    /// # Errors
    /// [`Finding::NotApplicable`] when there is none.
    pub fn openings(&self) -> Played<Vec<Opening>> {
        let mrz = self.password(Password::Mrz).is_ok();
        let pace = self.statement.has(Need::Pace) && self.pace_password().is_ok();
        let known = [
            (Opening::Pace, pace && self.any_pace().is_ok()),
            (Opening::Bac, mrz && self.statement.has(Need::Bac)),
        ];
        let openings: Vec<Opening> = known
            .into_iter()
            .filter(|(_, is_there)| *is_there)
            .map(|(opening, _)| opening)
            .collect();
        if openings.is_empty() {
            return Err(Finding::NotApplicable("no password of the card is known".into()));
        }
        Ok(openings)
    }

    /// Plays these steps once for each way that the suites ask for; a failure names the way.
    ///
    /// # Errors
    /// The first finding.
    pub fn by_each_opening(&mut self, play: impl Fn(&mut Self, Opening) -> Played) -> Played {
        for opening in self.openings()? {
            play(self, opening).map_err(|finding| match finding {
                Finding::Failed(why) => Finding::Failed(format!("{}: {why}", opening.name())),
                other => other,
            })?;
        }
        Ok(())
    }

    /// Resets the card and opens it this way, the chip authenticated.
    ///
    /// # Errors
    /// When a step fails.
    pub fn open_extended(&mut self, opening: Opening) -> Played<Binding> {
        self.reset()?;
        let (id_picc, pace_key) = match opening {
            Opening::Bac => {
                self.open_by(AccessProtocol::Bac)?;
                (self.document_number()?, Vec::new())
            }
            Opening::Pace | Opening::PaceWithMapping => {
                let parameters = match opening {
                    Opening::Pace => self.any_pace()?,
                    _ => self.mapping_parameters()?,
                };
                let password = match self.password(Password::Mrz) {
                    Ok(_) => Password::Mrz,
                    Err(_) => self.pace_password()?,
                };
                let pace = self.run_pace(&parameters, password)?;
                self.select_application()?;
                let group = pace.set.group;
                (group.compressed(&pace.public_ic), group.compressed(&pace.public))
            }
        };
        let terminal_key = match opening {
            Opening::PaceWithMapping => pace_key,
            _ => self.run_chip_authentication()?,
        };
        Ok(Binding {
            id_picc,
            terminal_key,
        })
    }

    /// [`open_extended`](Self::open_extended), and EF.CVCA is read, which names the trust point to begin with.
    ///
    /// # Errors
    /// As there; [`Finding::NotApplicable`] when the lab did not give that trust point.
    pub fn open_for_terminal(&mut self, opening: Opening) -> Played<Opened> {
        if self.secrets.terminal_authority.is_none() {
            return Err(no_authority());
        }
        let binding = self.open_extended(opening)?;
        let file = self.cvca_file()?;
        let ef_cvca = self.read_cvca(file)?;
        let authority = self.authority_named(&references(&ef_cvca)?)?;
        Ok(Opened {
            opening,
            binding,
            file,
            ef_cvca,
            authority,
        })
    }

    /// The trust point with the first of these names: the one that the lab gave, or one that an earlier run put in its place.
    fn authority_named(&self, names: &[Vec<u8>]) -> Played<TerminalAuthority> {
        let given = self
            .secrets
            .terminal_authority
            .as_ref()
            .ok_or_else(no_authority)?;
        let newest = names.first().cloned().unwrap_or_default();
        given.named(&newest).ok_or_else(|| {
            let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
            Finding::NotApplicable(format!(
                "the card trusts {}, the key that was given is that of {}",
                text(&newest),
                text(&given.party.name)
            ))
        })
    }

    /// The parameter set with Chip Authentication Mapping.
    fn mapping_parameters(&self) -> Played<crate::conformance::statement::PaceParameters> {
        let found = self.statement.pace_with(Some(Mapping::ChipAuthentication));
        found.cloned().ok_or_else(|| {
            Finding::NotApplicable("the card has no PACE with Chip Authentication Mapping".into())
        })
    }

    /// ID_PICC of a card that BAC opened: the document number with its check digit, as in the MRZ (9303-11 §7.1.4.2.3).
    fn document_number(&self) -> Played<Vec<u8>> {
        let information = self.secrets.mrz_information.as_ref();
        let number = information.and_then(|text| {
            let end = text.len().checked_sub(DATES_LENGTH)?;
            text.as_bytes().get(..end)
        });
        number
            .map(<[u8]>::to_vec)
            .ok_or_else(|| Finding::NotApplicable("the MRZ is not known".into()))
    }
}
