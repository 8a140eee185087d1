//! What the chip does wrong, as data.

use serde::{Deserialize, Serialize};

use super::as_hex;

/// A step of the dialogue, by the command that opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// SELECT of the master file.
    SelectMasterFile,
    /// SELECT by application identifier.
    SelectApplication,
    /// SELECT of an elementary file.
    SelectFile,
    /// READ BINARY, even or odd.
    Read,
    /// GET CHALLENGE before BAC.
    GetChallenge,
    /// EXTERNAL AUTHENTICATE of BAC.
    BacProof,
    /// MSE:Set AT of PACE.
    PaceSetAt,
    /// First GENERAL AUTHENTICATE of PACE.
    PaceNonce,
    /// Second.
    PaceMapping,
    /// Third.
    PaceKeyAgreement,
    /// Fourth.
    PaceToken,
    /// MSE:Set AT or MSE:Set KAT of Chip Authentication.
    ChipAuthenticationSet,
    /// GENERAL AUTHENTICATE of Chip Authentication.
    ChipAuthentication,
    /// INTERNAL AUTHENTICATE: Active Authentication.
    ActiveAuthentication,
    /// MSE:Set DST and PSO:VERIFY CERTIFICATE.
    ShowCertificate,
    /// MSE:Set AT of Terminal Authentication.
    TerminalAuthenticationSet,
    /// GET CHALLENGE of Terminal Authentication.
    TerminalChallenge,
    /// EXTERNAL AUTHENTICATE of Terminal Authentication.
    TerminalProof,
    /// A command that this chip does not know.
    Other,
}

/// A public key that is none. In a MODP group the neutral element is the number one, and what is off a curve is outside the
/// subgroup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadPoint {
    /// One zero byte, the encoding of the point at infinity.
    Infinity,
    /// 04 and zeros.
    Zeros,
    /// A point with one coordinate changed.
    OffCurve,
    /// Coordinates beyond the field.
    OutOfRange,
    /// The terminal's own.
    Reflected,
    /// One byte short.
    Short,
    /// In compressed form.
    Compressed,
}

impl BadPoint {
    /// Every one. In a MODP group there is no `Compressed`.
    pub const ALL: [BadPoint; 7] = [
        BadPoint::Infinity,
        BadPoint::Zeros,
        BadPoint::OffCurve,
        BadPoint::OutOfRange,
        BadPoint::Reflected,
        BadPoint::Short,
        BadPoint::Compressed,
    ];
}

/// What is wrong with the protection of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadProtection {
    /// No DO'8E'.
    NoMac,
    /// No DO'99'.
    NoStatus,
    /// The data object with the cryptogram is left out; the MAC fits what is there.
    NoCryptogram,
    /// One bit of DO'8E' is another.
    WrongMac,
    /// One bit of the cryptogram is another; the MAC is of the right one.
    ChangedCryptogram,
    /// The cryptogram decrypts to something without padding; the MAC fits.
    WrongPadding,
    /// The cryptogram is no whole number of blocks; the MAC fits.
    BrokenBlock,
    /// Another padding indicator; the MAC fits.
    WrongIndicator,
    /// The status word behind the answer is another than in DO'99'.
    OtherStatus,
    /// In plain, and the session is over.
    Plain,
    /// DO'99' before the cryptogram; the MAC fits.
    StatusFirst,
    /// DO'99' twice; the MAC fits.
    StatusTwice,
    /// The cryptogram twice; the MAC fits.
    CryptogramTwice,
    /// Bytes behind DO'8E'.
    Trailing,
    /// A DO'8E' of nine bytes.
    LongMac,
    /// The protected answer before, once more.
    Replayed,
    /// A DO'87' that says to be 4 GiB long.
    HugeLength,
}

impl BadProtection {
    /// Every one.
    pub const ALL: [BadProtection; 17] = [
        BadProtection::NoMac,
        BadProtection::NoStatus,
        BadProtection::NoCryptogram,
        BadProtection::WrongMac,
        BadProtection::ChangedCryptogram,
        BadProtection::WrongPadding,
        BadProtection::BrokenBlock,
        BadProtection::WrongIndicator,
        BadProtection::OtherStatus,
        BadProtection::Plain,
        BadProtection::StatusFirst,
        BadProtection::StatusTwice,
        BadProtection::CryptogramTwice,
        BadProtection::Trailing,
        BadProtection::LongMac,
        BadProtection::Replayed,
        BadProtection::HugeLength,
    ];
}

/// What is wrong with the chip's proof in PACE-CAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadMappingProof {
    /// Not sent.
    Missing,
    /// Sent without a tag: its bytes alone.
    Untagged,
    /// Under this tag instead of 8A.
    Tag(u8),
    /// A DO'8A' without content.
    Empty,
    /// A number that has nothing to do with the key.
    Wrong,
    /// Decrypts to something that is no octet string of the right length.
    Malformed,
}

/// What the chip does instead of what the standard says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Misdeed {
    /// Answers this status word and does nothing.
    Refuse(#[serde(with = "as_hex::word")] u16),
    /// Answers this status word in plain, session or not, and ends the session.
    EndSession(#[serde(with = "as_hex::word")] u16),
    /// Answers 9000 without data.
    NoData,
    /// Answers these data.
    Data(#[serde(with = "as_hex::bytes")] Vec<u8>),
    /// Answers these bytes behind its data.
    Append(#[serde(with = "as_hex::bytes")] Vec<u8>),
    /// Answers the first bytes of its data only.
    Cut(usize),
    /// Says nothing.
    Silence,
    /// Says one byte, less than a status word.
    OneByte,
    /// Gives at most this many bytes to a READ BINARY.
    Drip(usize),
    /// Gives more bytes than a READ BINARY asks for.
    TooMuch(usize),
    /// 61FF with data for ever.
    MoreForEver,
    /// 61FF without data for ever.
    EmptyMoreForEver,
    /// 6Cxx for ever.
    WrongLeForEver(u8),
    /// The data object that the step answers has another tag.
    Retag(u8),
    /// The data object that the step answers comes twice.
    Twice,
    /// The public key is none.
    Point(BadPoint),
    /// The encrypted nonce has this many bytes.
    NonceOf(usize),
    /// The nonce that was encrypted is not the one that is mapped.
    OtherNonce,
    /// The token, or BAC's MAC, is wrong.
    WrongMac,
    /// BAC's cryptogram does not hold the terminal's challenge; its MAC fits.
    WrongCryptogram,
    /// With the token this instead of the right proof of PACE-CAM; in generic mapping, too.
    MappingProof(BadMappingProof),
    /// Chip Authentication succeeds, and the session goes on under the old keys.
    KeepKeys,
    /// Chip Authentication succeeds, and the chip has another private key than it says.
    OtherKey,
    /// The signature is of something else.
    WrongSignature,
    /// The signature of ISO/IEC 9796-2 ends with this trailer, whatever its hash.
    Trailer(#[serde(with = "as_hex::bytes")] Vec<u8>),
    /// Terminal Authentication takes the chip for another document.
    OtherIdentity,
    /// The answer's protection is wrong.
    Protection(BadProtection),
}

/// A misdeed, and when it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// At which step.
    pub step: Step,
    /// Of which file only; every file, if absent. Counts for SELECT and READ BINARY.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "as_hex::optional_word"
    )]
    pub file: Option<u16>,
    /// How many times the step is passed rightly before.
    #[serde(default)]
    pub after: usize,
    /// How many times it is done; without end, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<usize>,
    /// What.
    pub misdeed: Misdeed,
    #[serde(skip)]
    passed: usize,
}

impl Fault {
    /// At every passage of this step.
    #[must_use]
    pub fn new(step: Step, misdeed: Misdeed) -> Self {
        Fault {
            step,
            file: None,
            after: 0,
            times: None,
            misdeed,
            passed: 0,
        }
    }

    /// Of one file only.
    #[must_use]
    pub fn of_file(mut self, fid: u16) -> Self {
        self.file = Some(fid);
        self
    }

    /// Only once the step was passed this often.
    #[must_use]
    pub fn after(mut self, passages: usize) -> Self {
        self.after = passages;
        self
    }

    /// Once, and never again.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.times = Some(1);
        self
    }

    /// Whether it is its turn, which is counted.
    pub(super) fn is_due(&mut self, step: Step, file: Option<u16>) -> bool {
        if self.step != step || (self.file.is_some() && self.file != file) {
            return false;
        }
        self.passed += 1;
        let turn = self.passed.checked_sub(self.after + 1);
        turn.is_some_and(|turn| self.times.is_none_or(|times| turn < times))
    }
}
