//! The card image: every file and password of one card, before it goes into a chip.
//!
//! [`job`](crate::job) makes it, [`script`](crate::script) turns it into what is sent to the chip, and after
//! loading the files read back from the chip are compared with it byte for byte.

mod application;
mod can;
mod holder_secrets;
mod stored;
mod terminal_trust;

use core::fmt;

use card_applet::wire::access::AccessRule;
use card_applet::wire::lds::{DataGroup, fid, sfi};
use card_applet::wire::security_info::ChipAuthenticationProtocol;
use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

use crate::attestation::AttestedKey;

pub use application::{UtilityApplication, UtilityFile};
pub use can::{Can, CanError};
pub use holder_secrets::{HolderSecrets, HolderSecretsError};
pub use stored::parts::StoredImageError;
pub use terminal_trust::{TerminalTrust, TerminalTrustError};

/// Where on the card a file lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Application {
    /// The master file.
    MasterFile,
    /// The eMRTD application, A0000002471001.
    Emrtd,
}

/// One transparent elementary file.
#[derive(Clone, PartialEq, Eq)]
pub struct CardFile {
    /// Where it lives.
    pub application: Application,
    /// File identifier.
    pub fid: u16,
    /// Short file identifier, if it has one.
    pub sfi: Option<u8>,
    /// Who may read it once the card is operational. (Nobody may write a file of the document.)
    pub access: AccessRule,
    /// Its content; the file is exactly as long.
    pub content: Vec<u8>,
}

impl CardFile {
    /// The standard's name of the file: `EF.CardAccess`, `DG2`, …
    #[must_use]
    pub fn name(&self) -> String {
        let name = match (self.application, self.fid) {
            (Application::MasterFile, fid::CARD_ACCESS) => "EF.CardAccess",
            (Application::MasterFile, fid::CARD_SECURITY) => "EF.CardSecurity",
            (Application::MasterFile, fid::ATR_INFO) => "EF.ATR/INFO",
            (Application::MasterFile, fid::DIR) => "EF.DIR",
            (Application::Emrtd, fid::COM) => "EF.COM",
            (Application::Emrtd, fid::SOD) => "EF.SOD",
            (Application::Emrtd, fid::CVCA) => "EF.CVCA",
            (Application::Emrtd, id) => match DataGroup::from_fid(id) {
                Some(group) => return format!("DG{}", group.number()),
                None => return format!("EF {id:04X}"),
            },
            (Application::MasterFile, id) => return format!("EF {id:04X} of the MF"),
        };
        name.to_owned()
    }
}

impl fmt::Debug for CardFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({} bytes, {:?})",
            self.name(),
            self.content.len(),
            self.access
        )
    }
}

/// The passwords of one card and what they open. Zeroized on drop; `Debug` shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct CardPasswords {
    /// The MRZ_information (9303-11, section 4.3.2): the password that is printed as the MRZ.
    pub mrz_information: Zeroizing<String>,
    /// The card access number; `None` on a card without PACE, which has no use for it.
    pub can: Option<Can>,
    /// PIN and PUK, where the profile gives them to the holder.
    pub holder: Option<HolderSecrets>,
    /// Whether the passwords open PACE.
    pub pace: bool,
    /// Whether the MRZ opens Basic Access Control.
    pub bac: bool,
}

impl CardPasswords {
    /// The document number with its check digit: what MRZ_information has before the dates of birth and expiry, each of six
    /// digits with a check digit.
    #[must_use]
    pub fn document_number(&self) -> &str {
        let end = self.mrz_information.len().saturating_sub(14);
        self.mrz_information.get(..end).unwrap_or_default()
    }

    /// SHA-1 of the MRZ_information: the form in which a chip stores this password. Its first 16 bytes are
    /// BAC's K_seed, all 20 are the input of PACE's key derivation (9303-11, sections 9.7.2 and 9.7.3).
    #[must_use]
    pub fn mrz_information_sha1(&self) -> Zeroizing<[u8; 20]> {
        Zeroizing::new(Sha1::digest(self.mrz_information.as_bytes()).into())
    }
}

impl fmt::Debug for CardPasswords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardPasswords")
            .field("pace", &self.pace)
            .field("bac", &self.bac)
            .finish_non_exhaustive()
    }
}

/// The keys that a card's chip drew: what its data say that it can prove.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardKeys {
    /// Chip Authentication: each protocol with its key.
    pub chip_authentication: Vec<(ChipAuthenticationProtocol, AttestedKey)>,
    /// The key of Active Authentication.
    pub active_authentication: Option<AttestedKey>,
}

impl CardKeys {
    /// Whether the card has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chip_authentication.is_empty() && self.active_authentication.is_none()
    }
}

/// All of one card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardImage {
    /// The issuer's identifier of this card: 16 characters, unique, also DG13 field 16. No personal datum.
    pub card_id: String,
    /// The files in the order in which they are written.
    pub files: Vec<CardFile>,
    /// The applications beside the eMRTD.
    pub applications: Vec<UtilityApplication>,
    /// The passwords.
    pub passwords: CardPasswords,
    /// What Terminal Authentication starts from; without it nobody ever reads fingers and irises.
    pub terminal_trust: Option<TerminalTrust>,
    /// The chip's keys. An image with keys is good for the chip that drew them, and for no other.
    pub keys: CardKeys,
}

impl CardImage {
    /// The file with this identifier in this place.
    #[must_use]
    pub fn file(&self, application: Application, fid: u16) -> Option<&CardFile> {
        self.files
            .iter()
            .find(|file| file.application == application && file.fid == fid)
    }

    /// Gives the card what Terminal Authentication starts from, and EF.CVCA, which shows it.
    #[must_use]
    pub fn with_terminal_trust(mut self, trust: TerminalTrust) -> Self {
        self.files
            .retain(|file| (file.application, file.fid) != (Application::Emrtd, fid::CVCA));
        self.files.push(CardFile {
            application: Application::Emrtd,
            fid: fid::CVCA,
            sfi: Some(sfi::CVCA),
            access: AccessRule::PaceOrBac,
            content: trust.ef_cvca(),
        });
        self.terminal_trust = Some(trust);
        self
    }

    /// The bytes of all files: what a progress bar counts to.
    #[must_use]
    pub fn content_len(&self) -> usize {
        let document: usize = self.files.iter().map(|file| file.content.len()).sum();
        let beside: usize = self
            .applications
            .iter()
            .map(UtilityApplication::content_len)
            .sum();
        document + beside
    }
}
