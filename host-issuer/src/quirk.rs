//! Ways in which cards in the field depart from the standards.
//!
//! A departure that cannot make a false document look true is coped with on its own; any other only where the caller asked for
//! it by name (`--tolerate ID`). Either way it is named in the report: nothing is passed over in silence.

use std::fmt;

use serde::Serialize;

/// A known departure. Its [`id`](Self::id) never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Quirk {
    /// SELECT of the master file is refused (6D00 and others), its files are there all the same.
    SelectMasterFileRefused,
    /// READ BINARY with a short file identifier is refused; the file can be selected.
    NoShortFileIdentifier,
    /// Extended length is announced in EF.ATR/INFO and refused.
    ExtendedLengthRefused,
    /// An Le of less than 256 bytes is too long for the chip (6700, 6Cxx).
    ShortLeLimit,
    /// A session ends when the chip is asked for more than it gives at once, instead of a protected error.
    LeEndsSession,
    /// READ BINARY beyond byte 32,767 is answered without DO'53'.
    NoDiscretionaryObject,
    /// Fewer bytes than asked for, though the file goes on. Not where a chip that takes extended length without saying how much gives
    /// what it can (ISO/IEC 7816-4 §5.2).
    ShortAnswers,
    /// Refusing a file ends the session.
    RefusalEndsSession,
    /// EF.COM is missing. It is not signed, and nothing is believed of it.
    ComMissing,
    /// EF.CardAccess is missing: as far as the chip says, it has no PACE. Where the signed data say otherwise, `downgrade` fails.
    CardAccessMissing,
    /// PACE is offered and fails, and Basic Access Control works. To be asked for: an attacker who makes PACE fail gets a session
    /// that he can break.
    PaceFails,
    /// The signed attributes of EF.SOD are not sorted as DER has them. They are hashed as they were read, and sorted where that is
    /// what was signed: whoever can make either verify has the signer's key.
    UnsortedSignedAttributes,
    /// EF.SOD is written in BER. Signatures and hashes are over the bytes as they were read.
    BerInSod,
    /// DG13 has father and mother in one nested SEQUENCE instead of two.
    NestedParentsInDg13,
    /// EF.COM and EF.SOD are of different versions, or lists differ. EF.COM is not signed, but a changed one may be all that a forger
    /// could change.
    ComDiffers,
    /// A date in DG11 is none.
    DateInDg11,
    /// A date in DG12 is none.
    DateInDg12,
    /// A value in the face, finger or iris record is none of its standard.
    BiometricValue,
    /// Data or certificate are hashed with SHA-1. What was put up with is no proof: the verdict is INCONCLUSIVE at best.
    Sha1,
}

impl Quirk {
    /// Every known departure.
    pub const ALL: &[Quirk] = &[
        Quirk::SelectMasterFileRefused,
        Quirk::NoShortFileIdentifier,
        Quirk::ExtendedLengthRefused,
        Quirk::ShortLeLimit,
        Quirk::LeEndsSession,
        Quirk::NoDiscretionaryObject,
        Quirk::ShortAnswers,
        Quirk::RefusalEndsSession,
        Quirk::ComMissing,
        Quirk::CardAccessMissing,
        Quirk::PaceFails,
        Quirk::UnsortedSignedAttributes,
        Quirk::BerInSod,
        Quirk::NestedParentsInDg13,
        Quirk::ComDiffers,
        Quirk::DateInDg11,
        Quirk::DateInDg12,
        Quirk::BiometricValue,
        Quirk::Sha1,
    ];

    /// Its stable name, for `--tolerate` and for programs.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Quirk::SelectMasterFileRefused => "select-mf-refused",
            Quirk::NoShortFileIdentifier => "no-short-file-identifier",
            Quirk::ExtendedLengthRefused => "extended-length-refused",
            Quirk::ShortLeLimit => "short-le-limit",
            Quirk::LeEndsSession => "le-ends-session",
            Quirk::NoDiscretionaryObject => "no-discretionary-object",
            Quirk::ShortAnswers => "short-answers",
            Quirk::RefusalEndsSession => "refusal-ends-session",
            Quirk::ComMissing => "com-missing",
            Quirk::CardAccessMissing => "card-access-missing",
            Quirk::PaceFails => "pace-fails",
            Quirk::UnsortedSignedAttributes => "unsorted-signed-attributes",
            Quirk::BerInSod => "ber-in-sod",
            Quirk::NestedParentsInDg13 => "nested-parents-in-dg13",
            Quirk::ComDiffers => "com-differs",
            Quirk::DateInDg11 => "date-in-dg11",
            Quirk::DateInDg12 => "date-in-dg12",
            Quirk::BiometricValue => "biometric-value",
            Quirk::Sha1 => "sha-1",
        }
    }

    /// The departure with this name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|quirk| quirk.id() == id)
    }

    /// Whether it is coped with unasked.
    #[must_use]
    pub const fn is_automatic(self) -> bool {
        match self {
            Quirk::SelectMasterFileRefused
            | Quirk::NoShortFileIdentifier
            | Quirk::ExtendedLengthRefused
            | Quirk::ShortLeLimit
            | Quirk::LeEndsSession
            | Quirk::NoDiscretionaryObject
            | Quirk::ShortAnswers
            | Quirk::RefusalEndsSession
            | Quirk::ComMissing
            | Quirk::CardAccessMissing
            | Quirk::UnsortedSignedAttributes
            | Quirk::BerInSod
            | Quirk::NestedParentsInDg13 => true,
            Quirk::PaceFails
            | Quirk::ComDiffers
            | Quirk::DateInDg11
            | Quirk::DateInDg12
            | Quirk::BiometricValue
            | Quirk::Sha1 => false,
        }
    }

    /// What the card does, for people.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Quirk::SelectMasterFileRefused => "the chip refuses to select its master file",
            Quirk::NoShortFileIdentifier => "the chip does not read by short file identifier",
            Quirk::ExtendedLengthRefused => "the chip announces extended length and refuses it",
            Quirk::ShortLeLimit => "the chip gives fewer bytes at once than a short answer holds",
            Quirk::LeEndsSession => "the chip ends the session when it is asked for too many bytes",
            Quirk::NoDiscretionaryObject => "the chip answers a read of a long file without DO'53'",
            Quirk::ShortAnswers => "the chip gives fewer bytes than it was asked for",
            Quirk::RefusalEndsSession => "the chip ends the session when it refuses a file",
            Quirk::ComMissing => "the chip has no EF.COM",
            Quirk::CardAccessMissing => "the chip has no EF.CardAccess",
            Quirk::PaceFails => "PACE is offered and fails: opened with Basic Access Control instead",
            Quirk::UnsortedSignedAttributes => "the signed attributes are not in DER's order",
            Quirk::BerInSod => "EF.SOD is written in BER",
            Quirk::NestedParentsInDg13 => "DG13 has the parents in one nested sequence",
            Quirk::ComDiffers => "EF.COM and EF.SOD do not agree",
            Quirk::DateInDg11 => "a date in DG11 is none",
            Quirk::DateInDg12 => "a date in DG12 is none",
            Quirk::BiometricValue => "a value in a biometric record is none of its standard",
            Quirk::Sha1 => "SHA-1, which is not believed",
        }
    }
}

impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Quirk {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// A departure that a card showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ObservedQuirk {
    /// Which.
    pub id: Quirk,
    /// Where and how, for people: the file, the status word. Holds nothing personal.
    pub detail: String,
}

impl ObservedQuirk {
    /// A departure, and where it showed.
    pub fn new(id: Quirk, detail: impl Into<String>) -> Self {
        Self {
            id,
            detail: detail.into(),
        }
    }

    /// Adds it to those of a card, unless the card showed it before.
    pub fn note(self, observed: &mut Vec<ObservedQuirk>) {
        if !observed.iter().any(|other| other.id == self.id) {
            observed.push(self);
        }
    }
}

impl fmt::Display for ObservedQuirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id, self.id.meaning())?;
        if !self.detail.is_empty() {
            write!(f, " ({})", self.detail)?;
        }
        Ok(())
    }
}

/// The departures that the caller puts up with beside the automatic ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tolerance {
    /// One bit for each of [`Quirk::ALL`].
    asked_for: u64,
}

impl Tolerance {
    /// Strict: only what is automatic.
    pub const STRICT: Tolerance = Tolerance { asked_for: 0 };

    /// Puts up with one more.
    #[must_use]
    pub fn with(self, quirk: Quirk) -> Self {
        Self {
            asked_for: self.asked_for | 1 << quirk as u32,
        }
    }

    /// Whether a card may do this.
    #[must_use]
    pub fn allows(self, quirk: Quirk) -> bool {
        quirk.is_automatic() || self.asked_for & 1 << quirk as u32 != 0
    }
}

impl FromIterator<Quirk> for Tolerance {
    fn from_iter<I: IntoIterator<Item = Quirk>>(quirks: I) -> Self {
        quirks.into_iter().fold(Self::STRICT, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_departure_has_a_name_of_its_own() {
        assert!(Quirk::ALL.len() <= 64);
        for (index, quirk) in Quirk::ALL.iter().enumerate() {
            assert_eq!(*quirk as usize, index, "{quirk}: order of ALL");
            assert_eq!(Quirk::from_id(quirk.id()), Some(*quirk));
        }
        assert_eq!(Quirk::from_id("anything"), None);
    }

    #[test]
    fn only_what_was_asked_for_is_put_up_with() {
        for quirk in Quirk::ALL.iter().copied() {
            assert_eq!(Tolerance::STRICT.allows(quirk), quirk.is_automatic());
            let one = Tolerance::STRICT.with(quirk);
            assert!(one.allows(quirk));
            let others = Quirk::ALL.iter().filter(|other| **other != quirk);
            assert!(
                others
                    .into_iter()
                    .all(|other| one.allows(*other) == other.is_automatic())
            );
        }
    }

    #[test]
    fn a_departure_is_named_once() {
        let mut observed = Vec::new();
        ObservedQuirk::new(Quirk::ComMissing, "6A82").note(&mut observed);
        ObservedQuirk::new(Quirk::ComMissing, "again").note(&mut observed);
        assert_eq!(observed.len(), 1);
        assert_eq!(
            observed[0].to_string(),
            "com-missing: the chip has no EF.COM (6A82)"
        );
    }
}
