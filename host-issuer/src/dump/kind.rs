//! What file it is, from its bytes alone.

use super::ber::{self, Object};
use super::shape::Shape;
use super::{asn1, cvc, lds};

const SEQUENCE: u32 = 0x30;
const SET: u32 = 0x31;
const INTEGER: u32 = 0x02;
const CONTEXT_0: u32 = 0xA0;
const UTC_TIME: u32 = 0x17;
const GENERALIZED_TIME: u32 = 0x18;

/// id-signedData, content bytes (RFC 5652 §5.1).
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
/// id-icao-cscaMasterList, 2.23.136.1.1.2.
const MASTER_LIST: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x02];
/// id-icao-DeviationList, 2.23.136.1.1.7.
const DEVIATION_LIST: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x07];
/// id-icao-mrtd-security-ldsSecurityObject, 2.23.136.1.1.1.
const LDS_SECURITY_OBJECT: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x01];
/// id-SecurityObject, 0.4.0.127.0.7.3.2.1.
const SECURITY_OBJECT: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02, 0x01];

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// EF.COM
    Com,
    /// DG1 to DG16
    DataGroup(u8),
    /// EF.SOD
    Sod,
    /// EF.CardAccess, or another set of SecurityInfo
    CardAccess,
    /// EF.CardSecurity
    CardSecurity,
    /// The SignedData inside EF.SOD
    SecurityObject,
    /// Master list of CSCA certificates
    MasterList,
    /// Deviation list
    DeviationList,
    /// SignedData over something else
    SignedData,
    /// X.509 certificate
    Certificate,
    /// X.509 certificate revocation list
    RevocationList,
    /// PKCS #10 certification request
    CertificationRequest,
    /// SubjectPublicKeyInfo
    PublicKey,
    /// PKCS #8 private key: its values are not shown
    PrivateKey,
    /// PKCS #8 private key, encrypted
    EncryptedPrivateKey,
    /// CV certificate, or a request for one with one signature
    CvCertificate,
    /// Request for a CV certificate, signed by the authority of an older one too
    CvRequest,
    /// EF.CVCA
    Cvca,
    /// EF.DIR
    Dir,
    /// EF.ATR/INFO
    AtrInfo,
    /// Data objects of no known file
    Objects,
    /// No data object at all
    Bytes,
}

impl Kind {
    pub(super) fn of(objects: &[Object<'_>]) -> Self {
        let Some(first) = objects.first() else {
            return Self::Bytes;
        };
        let begins_with = |tag: u32| first.objects.first().is_some_and(|inner| inner.tag == tag);
        match first.tag {
            0x60 => Self::Com,
            0x61 if begins_with(0x4F) || begins_with(0x50) => Self::Dir,
            0x67 if begins_with(0x7F21) => Self::CvRequest,
            0x77 => Self::Sod,
            0x7F21 => Self::CvCertificate,
            0x42 => Self::Cvca,
            0x43 | 0x46 | 0x47 | 0x7F66 => Self::AtrInfo,
            SET => Self::CardAccess,
            SEQUENCE => Self::of_sequence(first),
            tag => lds::data_group(tag).map_or(Self::Objects, Self::DataGroup),
        }
    }

    fn of_sequence(sequence: &Object<'_>) -> Self {
        let tags: Vec<u32> = sequence.objects.iter().map(|object| object.tag).collect();
        let inside = |index: usize| {
            sequence
                .objects
                .get(index)
                .map_or(&[][..], |object| &object.objects)
        };
        match tags[..] {
            [ber::OBJECT_IDENTIFIER, CONTEXT_0, ..] => Self::of_content_info(sequence),
            [SEQUENCE, SEQUENCE, ber::BIT_STRING] => Self::of_signed(inside(0)),
            [SEQUENCE, ber::BIT_STRING] => Self::PublicKey,
            [SEQUENCE, ber::OCTET_STRING] => Self::EncryptedPrivateKey,
            [INTEGER, SEQUENCE, ber::OCTET_STRING, ..] | [INTEGER, ber::OCTET_STRING, CONTEXT_0, ..] => {
                Self::PrivateKey
            }
            _ => Self::Objects,
        }
    }

    /// A certificate, CRL or request by what is signed.
    fn of_signed(signed: &[Object<'_>]) -> Self {
        let tags: Vec<u32> = signed.iter().map(|object| object.tag).collect();
        match tags[..] {
            [CONTEXT_0, INTEGER, SEQUENCE, ..] | [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, ..] => {
                Self::Certificate
            }
            [INTEGER, SEQUENCE, SEQUENCE, UTC_TIME | GENERALIZED_TIME, ..]
            | [SEQUENCE, SEQUENCE, UTC_TIME | GENERALIZED_TIME, ..] => Self::RevocationList,
            [INTEGER, SEQUENCE, SEQUENCE, ..] => Self::CertificationRequest,
            _ => Self::Objects,
        }
    }

    fn of_content_info(sequence: &Object<'_>) -> Self {
        if sequence.objects.first().map(|object| object.value) != Some(SIGNED_DATA) {
            return Self::Objects;
        }
        // content [0] { SignedData { version, digestAlgorithms, encapContentInfo { eContentType … } … } }
        let content_type = sequence
            .objects
            .get(1)
            .and_then(|content| content.objects.first())
            .and_then(|signed_data| signed_data.objects.get(2))
            .and_then(|encapsulated| encapsulated.objects.first());
        match content_type.map(|object| object.value) {
            Some(MASTER_LIST) => Self::MasterList,
            Some(DEVIATION_LIST) => Self::DeviationList,
            Some(LDS_SECURITY_OBJECT) => Self::SecurityObject,
            Some(SECURITY_OBJECT) => Self::CardSecurity,
            _ => Self::SignedData,
        }
    }

    /// What the standard calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Com => "EF.COM",
            Self::DataGroup(number) => lds::data_group_name(number).0,
            Self::Sod => "EF.SOD",
            Self::CardAccess => "EF.CardAccess (SecurityInfos)",
            Self::CardSecurity => "EF.CardSecurity",
            Self::SecurityObject => "SignedData of EF.SOD",
            Self::MasterList => "CSCA master list",
            Self::DeviationList => "deviation list",
            Self::SignedData => "SignedData",
            Self::Certificate => "X.509 certificate",
            Self::RevocationList => "X.509 certificate revocation list",
            Self::CertificationRequest => "certification request",
            Self::PublicKey => "SubjectPublicKeyInfo",
            Self::PrivateKey => "private key",
            Self::EncryptedPrivateKey => "encrypted private key",
            Self::CvCertificate => "CV certificate",
            Self::CvRequest => "request for a CV certificate, with an outer signature",
            Self::Cvca => "EF.CVCA",
            Self::Dir => "EF.DIR",
            Self::AtrInfo => "EF.ATR/INFO",
            Self::Objects => "data objects of no known file",
            Self::Bytes => "no data object",
        }
    }

    /// Where it is defined.
    #[must_use]
    pub const fn standard(self) -> Option<&'static str> {
        Some(match self {
            Self::Com => "Doc 9303-10 §4.6.1",
            Self::DataGroup(number) => lds::data_group_name(number).1,
            Self::Sod | Self::SecurityObject => "Doc 9303-10 §4.6.2",
            Self::CardAccess => "Doc 9303-10 §3.11.3",
            Self::CardSecurity => "Doc 9303-10 §3.11.4",
            Self::MasterList => "Doc 9303-12 §8",
            Self::DeviationList => "Doc 9303-3 §7",
            Self::SignedData => "RFC 5652 §5",
            Self::Certificate => "RFC 5280 §4.1, Doc 9303-12 §7.1",
            Self::RevocationList => "RFC 5280 §5.1, Doc 9303-12 §7.1.4",
            Self::CertificationRequest => "RFC 2986 §4",
            Self::PublicKey => "RFC 5280 §4.1.2.7",
            Self::PrivateKey => "RFC 5958 §2",
            Self::EncryptedPrivateKey => "RFC 5958 §3",
            Self::CvCertificate | Self::CvRequest => "BSI TR-03110-3, appendix C",
            Self::Cvca => "Doc 9303-11 §7.1",
            Self::Dir => "Doc 9303-10 §3.11.2, ISO/IEC 7816-4 §12.2.2",
            Self::AtrInfo => "Doc 9303-10 §3.11.1, ISO/IEC 7816-4 §12.2.2",
            Self::Objects | Self::Bytes => return None,
        })
    }

    /// What its objects are called.
    pub(super) const fn shape(self) -> &'static Shape {
        match self {
            Self::Com | Self::DataGroup(_) => &lds::FILES,
            Self::Sod => &asn1::SOD,
            Self::CardAccess => &asn1::CARD_ACCESS,
            Self::CardSecurity
            | Self::SecurityObject
            | Self::MasterList
            | Self::DeviationList
            | Self::SignedData => &asn1::CONTENT_INFO_FILE,
            Self::Certificate => &asn1::CERTIFICATE_FILE,
            Self::RevocationList => &asn1::REVOCATION_LIST_FILE,
            Self::CertificationRequest => &asn1::REQUEST_FILE,
            Self::PublicKey => &asn1::PUBLIC_KEY_FILE,
            Self::CvCertificate | Self::CvRequest | Self::Cvca => &cvc::FILES,
            Self::Dir => &lds::DIR,
            Self::AtrInfo => &lds::ATR_INFO,
            Self::PrivateKey | Self::EncryptedPrivateKey | Self::Objects | Self::Bytes => &Shape::Plain,
        }
    }

    pub(super) const fn hides_values(self) -> bool {
        matches!(self, Self::PrivateKey)
    }
}
