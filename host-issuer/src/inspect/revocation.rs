//! Certificate revocation lists of a CSCA (RFC 5280 §5, profile of Doc 9303-12 §7.1.4).

use ::time::OffsetDateTime;
use const_oid::ObjectIdentifier;
use x509_cert::name::Name;

use super::asn1::{Asn1Error, only, tag};
use super::certificate::{Certificate, country_of, directory_names, parse_name, same_name};
use super::hash::AlgorithmIdentifier;
use super::signature::Scheme;
use super::time;

const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");
const ISSUER_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.18");

/// A CRL: the bytes that were signed and the serial numbers it lists.
#[derive(Debug, Clone)]
pub struct RevocationList {
    issuer: Name,
    /// As RFC 4514 writes it.
    issuer_text: String,
    tbs: Vec<u8>,
    signature_algorithm: AlgorithmIdentifier,
    signature: Vec<u8>,
    this_update: OffsetDateTime,
    next_update: Option<OffsetDateTime>,
    /// Serial numbers (INTEGER contents).
    revoked: Vec<Vec<u8>>,
    /// cRLNumber (INTEGER contents without leading zeros), if there is one.
    number: Option<Vec<u8>>,
    /// Names that the issuer had before (issuerAltName, Doc 9303-12 Table 10 note 1): the list is for what was issued under
    /// them too.
    former_names: Vec<Name>,
    /// A critical extension, such as a delta indicator, whose meaning is not known here: the list is
    /// then not the whole truth (RFC 5280 §5.2).
    unknown_critical: bool,
}

impl RevocationList {
    /// Reads a DER CRL.
    ///
    /// ```text
    /// TBSCertList ::= SEQUENCE { version INTEGER OPTIONAL, signature, issuer, thisUpdate Time, nextUpdate Time OPTIONAL,
    ///     revokedCertificates SEQUENCE OF SEQUENCE { userCertificate INTEGER, revocationDate Time, crlEntryExtensions OPTIONAL } OPTIONAL,
    ///     crlExtensions [0] OPTIONAL }
    /// ```
    ///
    /// # Errors
    /// When the bytes are not that structure.
    pub fn from_der(raw: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = only(raw, tag::SEQUENCE, "CertificateList")?.reader();
        let tbs = fields.expect(tag::SEQUENCE, "TBSCertList")?;
        let signature_algorithm = AlgorithmIdentifier::read(&mut fields, "CRL signatureAlgorithm")?;
        let signature = fields.next("CRL signature")?.bits("CRL signature")?;
        fields.finish("CertificateList")?;

        let mut list = tbs.reader();
        list.optional(tag::INTEGER, "CRL version")?;
        if AlgorithmIdentifier::read(&mut list, "TBSCertList.signature")? != signature_algorithm {
            return Err(Asn1Error::Value("CRL: two different signature algorithms".into()));
        }
        let issuer = parse_name(list.expect(tag::SEQUENCE, "CRL issuer")?.raw)?;
        let this_update = time::parse(&list.next("thisUpdate")?, "thisUpdate")?;
        let next_update = match list.optional(tag::UTC_TIME, "nextUpdate")? {
            Some(element) => Some(element),
            None => list.optional(tag::GENERALIZED_TIME, "nextUpdate")?,
        };
        let next_update = next_update
            .map(|element| time::parse(&element, "nextUpdate"))
            .transpose()?;
        let mut revoked = Vec::new();
        if let Some(entries) = list.optional(tag::SEQUENCE, "revokedCertificates")? {
            let mut entries = entries.reader();
            while !entries.is_empty() {
                let mut entry = entries.expect(tag::SEQUENCE, "CRL entry")?.reader();
                revoked.push(entry.expect(tag::INTEGER, "userCertificate")?.body.to_vec());
            }
        }
        let extensions = match list.optional(tag::CONTEXT_0, "crlExtensions")? {
            Some(extensions) => CrlExtensions::read(extensions.body)?,
            None => CrlExtensions::default(),
        };
        list.finish("TBSCertList")?;
        Ok(Self {
            issuer_text: issuer.to_string(),
            issuer,
            tbs: tbs.raw.to_vec(),
            signature_algorithm,
            signature: signature.to_vec(),
            this_update,
            next_update,
            revoked,
            number: extensions.number,
            former_names: extensions.former_names,
            unknown_critical: extensions.unknown_critical,
        })
    }

    /// Issuer, as RFC 4514 writes it.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.issuer_text.clone()
    }

    /// When it was issued.
    #[must_use]
    pub fn this_update(&self) -> OffsetDateTime {
        self.this_update
    }

    /// When the next one is due.
    #[must_use]
    pub fn next_update(&self) -> Option<OffsetDateTime> {
        self.next_update
    }

    /// cRLNumber in capital hexadecimal.
    #[must_use]
    pub fn number(&self) -> Option<String> {
        self.number.as_ref().map(hex::encode_upper)
    }

    /// Serial numbers of revoked certificates in capital hexadecimal, in the order of the list.
    pub fn revoked(&self) -> impl ExactSizeIterator<Item = String> + '_ {
        self.revoked.iter().map(hex::encode_upper)
    }

    /// The names that this list is for: its issuer's, and those that the issuer had before.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Name> {
        std::iter::once(&self.issuer).chain(&self.former_names)
    }

    /// The issuer.
    pub(crate) fn issuer_name(&self) -> &Name {
        &self.issuer
    }

    /// False when a critical extension, such as a delta indicator, is not known here: the list is then not the whole truth
    /// (RFC 5280 §5.2).
    pub(crate) fn is_complete(&self) -> bool {
        !self.unknown_critical
    }

    /// The country of the issuer.
    pub(crate) fn country(&self) -> Option<String> {
        country_of(&self.issuer)
    }

    /// True when this list is for certificates issued under this name, by its issuer or by the issuer it was before.
    pub(crate) fn is_for(&self, name: &Name) -> bool {
        self.names().any(|own| same_name(own, name))
    }

    /// True when `csca` is the issuer by its present name and signed the list.
    pub(crate) fn is_issued_by(&self, csca: &Certificate) -> bool {
        same_name(&self.issuer, csca.subject_name()) && self.is_signed_by(csca)
    }

    /// Whether this list may take the place of another of the same issuer: neither its number nor its date goes back, and one of
    /// them goes on.
    pub(crate) fn succeeds(&self, other: &Self) -> bool {
        use std::cmp::Ordering::{Equal, Greater, Less};
        // Numbers without leading zeros: the longer one is the larger.
        let number = match (&self.number, &other.number) {
            (Some(own), Some(others)) => (own.len(), own).cmp(&(others.len(), others)),
            _ => Equal,
        };
        let date = self.this_update.cmp(&other.this_update);
        !matches!((number, date), (Less, _) | (_, Less) | (Equal, Equal)) && [number, date].contains(&Greater)
    }

    /// True when the key of `csca` signed the list, whatever its name.
    pub(crate) fn is_signed_by(&self, csca: &Certificate) -> bool {
        let may_sign = csca
            .extensions()
            .key_usage
            .as_ref()
            .is_some_and(|(_, usage)| usage.crl_sign());
        let verified = || {
            let scheme = Scheme::from_algorithm(&self.signature_algorithm, None).ok()?;
            // A CRL over a broken hash could be forged to hide a revocation.
            scheme.hash().is_acceptable().then_some(())?;
            csca.verify(scheme, &self.tbs, &self.signature).ok()
        };
        may_sign && verified().is_some()
    }

    /// True when this certificate is in the list.
    pub(crate) fn lists(&self, certificate: &Certificate) -> bool {
        self.revoked
            .iter()
            .any(|serial| serial == certificate.serial_bytes())
    }
}

/// What the inspection looks at in `crlExtensions`.
#[derive(Default)]
struct CrlExtensions {
    number: Option<Vec<u8>>,
    former_names: Vec<Name>,
    /// No critical extension of a CRL is known here, so one is enough.
    unknown_critical: bool,
}

impl CrlExtensions {
    fn read(extensions: &[u8]) -> Result<Self, Asn1Error> {
        let mut list = only(extensions, tag::SEQUENCE, "crlExtensions")?.reader();
        let mut read = Self::default();
        while !list.is_empty() {
            let mut extension = list.expect(tag::SEQUENCE, "CRL extension")?.reader();
            let oid = extension.next("extnID")?.oid("extnID")?;
            let critical = extension.optional(tag::BOOLEAN, "critical")?;
            read.unknown_critical |= critical.is_some_and(|critical| critical.body != [0]);
            let value = extension.next("extnValue")?.octets("extnValue")?;
            match oid {
                CRL_NUMBER => {
                    let number = only(&value, tag::INTEGER, "cRLNumber")?.body;
                    let digits = number.iter().skip_while(|&&byte| byte == 0);
                    read.number = Some(digits.copied().collect());
                }
                ISSUER_ALT_NAME => read.former_names = directory_names(&value, "issuerAltName")?,
                _ => {}
            }
        }
        Ok(read)
    }
}
