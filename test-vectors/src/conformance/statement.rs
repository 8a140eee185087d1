//! What a card says of itself: the implementation conformance statement, by which it is decided which cases apply.

mod file;
mod probe;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::faulty_chip::{Mapping, PaceSet};
use crate::naive::{Cipher, Group};

pub use file::{Given, StatementError};
pub(super) use probe::public_key;
pub use probe::{Probed, probe};

macro_rules! needs {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// What a case asks of a card before it applies. The names are those of the catalogue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        pub enum Need {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl Need {
            /// Every one.
            pub const ALL: &[Need] = &[$(Need::$variant),+];

            /// Its name in the catalogue, in statements and in reports.
            pub fn name(self) -> &'static str {
                match self {
                    $(Need::$variant => $name,)+
                }
            }
        }
    };
}

needs! {
    /// Basic Access Control.
    Bac = "BAC",
    /// PACE.
    Pace = "PACE",
    /// PACE with Chip Authentication Mapping.
    PaceCam = "PACE-CAM",
    /// Chip Authentication version 1.
    ChipAuthentication = "CA",
    /// Active Authentication.
    ActiveAuthentication = "AA",
    /// Active Authentication with RSA.
    ActiveAuthenticationRsa = "AA-RSA",
    /// Active Authentication with ECDSA.
    ActiveAuthenticationEcdsa = "AA-ECDSA",
    /// Terminal Authentication version 1.
    TerminalAuthentication = "TA",
    /// Trust point with an RSA key.
    TerminalAuthenticationRsa = "RSA",
    /// Trust point with a key on a curve.
    TerminalAuthenticationEcdsa = "ECDSA",
    /// The card judges dates that are no calendar dates (optional).
    DateChecks = "date checks",
    /// The card changes its mechanism of Terminal Authentication by link certificates.
    Migration = "migration",
    /// The master file can be selected.
    MasterFile = "MF",
    /// READ BINARY with the odd instruction.
    OddInstruction = "odd INS",
    /// EF.ATR/INFO.
    AtrInfo = "EF.ATR/INFO",
    /// EF.DIR.
    Directory = "EF.DIR",
    /// EF.CardSecurity.
    CardSecurity = "EF.CardSecurity",
    /// DG3.
    Dg3 = "DG3",
    /// DG4.
    Dg4 = "DG4",
    /// DG5.
    Dg5 = "DG5",
    /// DG6.
    Dg6 = "DG6",
    /// DG7.
    Dg7 = "DG7",
    /// DG8.
    Dg8 = "DG8",
    /// DG9.
    Dg9 = "DG9",
    /// DG10.
    Dg10 = "DG10",
    /// DG11.
    Dg11 = "DG11",
    /// DG12.
    Dg12 = "DG12",
    /// DG13.
    Dg13 = "DG13",
    /// DG14.
    Dg14 = "DG14",
    /// DG16.
    Dg16 = "DG16",
    /// DG2 in the format of ISO/IEC 19794-5.
    Face19794 = "19794-5",
    /// DG2 in the format of ISO/IEC 39794-5.
    Face39794 = "39794-5",
    /// DG3 in the format of ISO/IEC 19794-4.
    Finger19794 = "19794-4",
    /// DG3 in the format of ISO/IEC 39794-4.
    Finger39794 = "39794-4",
    /// DG4 in the format of ISO/IEC 19794-6.
    Iris19794 = "19794-6",
    /// DG4 in the format of ISO/IEC 39794-6.
    Iris39794 = "39794-6",
    /// A PIN and a PUK that are passwords of PACE.
    Pin = "PIN",
    /// The PIN can be changed in a session that the PUK opened.
    ChangePinByPuk = "CNG_PIN_PUK",
    /// It cannot.
    NoChangePinByPuk = "NOT CNG_PIN_PUK",
    /// An authenticated terminal can change the PIN.
    ChangePinByTerminal = "CNG_PIN_AR",
    /// It cannot.
    NoChangePinByTerminal = "NOT CNG_PIN_AR",
    /// An authenticated terminal can change the CAN.
    ChangeCanByTerminal = "CNG_CAN_AR",
    /// It cannot.
    NoChangeCanByTerminal = "NOT CNG_CAN_AR",
    /// Terminal Authentication version 2.
    TerminalAuthentication2 = "TA2",
    /// Chip Authentication version 2.
    ChipAuthentication2 = "CA2",
    /// A key of Chip Authentication in a MODP group.
    ChipAuthenticationDh = "CA-DH",
    /// A key of Chip Authentication on a curve.
    ChipAuthenticationEcdh = "CA-ECDH",
    /// Chip Authentication with 3DES: MSE:Set KAT.
    ChipAuthenticationTripleDes = "CA-3DES",
    /// A parameter set of PACE in a MODP group.
    PaceDh = "PACE-DH",
    /// A parameter set of PACE on a curve.
    PaceEcdh = "PACE-ECDH",
    /// A parameter set of PACE with Integrated Mapping.
    PaceIm = "PACE-IM",
}

impl std::fmt::Display for Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Need {
    /// That a data group is there; DG1, DG2, DG15 and what is no data group stand for nothing of their own.
    pub fn data_group(number: u8) -> Option<Need> {
        let name = format!("DG{number}");
        Need::ALL.iter().copied().find(|need| need.name() == name)
    }
}

/// How the eMRTD application is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessProtocol {
    /// Basic Access Control.
    Bac,
    /// PACE.
    Pace,
}

/// A parameter set of PACE that EF.CardAccess offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaceParameters {
    /// Mapping, cipher and group.
    pub set: PaceSet,
    /// Other sets share its protocol, so that DO'84' has to name it.
    pub ambiguous: bool,
}

/// A key of Chip Authentication that DG14 offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipKey {
    /// Its identifier.
    pub id: Option<u8>,
    /// Its group.
    pub group: Group,
    /// The public key: 04 ‖ x ‖ y, or the number.
    pub public: Vec<u8>,
    /// Ciphers of the ChipAuthenticationInfos for this key.
    pub ciphers: Vec<Cipher>,
}

/// What signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureKind {
    /// RSA.
    Rsa,
    /// ECDSA.
    Ecdsa,
}

/// The implementation conformance statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// What the card has, so far as it is a matter of yes or no.
    pub features: BTreeSet<Need>,
    /// The parameter sets of PACE, in EF.CardAccess' order.
    pub pace: Vec<PaceParameters>,
    /// Data groups in the application: 1 to 16.
    pub data_groups: BTreeSet<u8>,
    /// Keys of Chip Authentication.
    pub chip_keys: Vec<ChipKey>,
    /// The longest extended command and response, where EF.ATR/INFO announces them.
    pub extended_length: Option<(usize, usize)>,
}

impl Statement {
    /// Whether the card has this.
    pub fn has(&self, need: Need) -> bool {
        self.features.contains(&need)
    }

    /// What of these needs the card has not.
    pub fn missing<'a>(&self, needs: impl IntoIterator<Item = &'a Need>) -> Option<Need> {
        needs.into_iter().copied().find(|need| !self.has(*need))
    }

    /// The first parameter set of PACE with this mapping, or of those without Chip Authentication Mapping.
    pub fn pace_with(&self, mapping: Option<Mapping>) -> Option<&PaceParameters> {
        self.pace.iter().find(|parameters| match mapping {
            Some(mapping) => parameters.set.mapping == mapping,
            None => parameters.set.mapping != Mapping::ChipAuthentication,
        })
    }

    /// Sets the features that follow from the lists: of PACE, of data groups, of keys.
    fn derive_features(&mut self) {
        let sets = self.pace.iter().map(|parameters| &parameters.set);
        let any = |of: &dyn Fn(&PaceSet) -> bool| sets.clone().any(of);
        let on_curve = |set: &PaceSet| set.group.curve().is_some();
        let keys = self.chip_keys.iter();
        let has_3des = |key: &ChipKey| key.ciphers.contains(&Cipher::TripleDes);
        let mut derived = vec![
            (Need::Pace, !self.pace.is_empty()),
            (
                Need::PaceCam,
                any(&|set| set.mapping == Mapping::ChipAuthentication),
            ),
            (Need::PaceIm, any(&|set| set.mapping == Mapping::Integrated)),
            (Need::PaceEcdh, any(&on_curve)),
            (Need::PaceDh, any(&|set| !on_curve(set))),
            (
                Need::ChipAuthenticationEcdh,
                keys.clone().any(|key| key.group.curve().is_some()),
            ),
            (
                Need::ChipAuthenticationDh,
                keys.clone().any(|key| key.group.curve().is_none()),
            ),
            (Need::ChipAuthenticationTripleDes, keys.clone().any(has_3des)),
        ];
        derived.extend((1..=16).filter_map(|number| {
            Need::data_group(number).map(|need| (need, self.data_groups.contains(&number)))
        }));
        for (need, has) in derived {
            if has {
                self.features.insert(need);
            } else {
                self.features.remove(&need);
            }
        }
    }
}
