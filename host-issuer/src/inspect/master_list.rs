//! Master lists: the CSCA certificates that another State trusts (Doc 9303-12 §9).
//!
//! ```text
//! CscaMasterList ::= SEQUENCE { version INTEGER {v0(0)}, certList SET OF Certificate }
//! ```
//!
//! Lists in use have hundreds of certificates of dozens of authorities, with every oddity that somebody's software ever made. One
//! that cannot be read is named and passed over; the others are as good as before.

use ::time::OffsetDateTime;
use const_oid::ObjectIdentifier;

use super::asn1::{Asn1Error, only, tag};
use super::certificate::Certificate;
use super::cms::MASTER_LIST;
use super::revocation::RevocationList;
use super::signed_list::{ListError, SignedList};

/// id-icao-cscaMasterListSigningKey (Doc 9303-12 §7.1.1.3).
const MASTER_LIST_SIGNING_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.3");
/// More certificates than this are an attack on our time: all CSCA of the world have some hundreds.
const CERTIFICATE_LIMIT: usize = 5_000;

/// A master list whose signature holds. Whether it is to be believed, [`anchor`](Self::anchor) tells.
#[derive(Debug, Clone)]
pub struct MasterList {
    certificates: Vec<Certificate>,
    unreadable: Vec<Unreadable>,
    duplicates: usize,
    list: SignedList<'static>,
}

/// A certificate of a list that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its place in the list, from 1.
    pub number: usize,
    /// What is wrong with it.
    pub why: String,
}

impl MasterList {
    /// Reads a master list (a DER or BER `ContentInfo`) and verifies its signature with the certificate inside.
    ///
    /// # Errors
    /// [`ListError`]. Never panics.
    pub fn from_der(bytes: &[u8]) -> Result<Self, ListError> {
        let list = SignedList::parse(bytes, MASTER_LIST)?;
        let mut fields = only(&list.content, tag::SEQUENCE, "CscaMasterList")?.reader();
        let version = fields
            .next("CscaMasterList.version")?
            .small_integer("CscaMasterList.version")?;
        if version != 0 {
            return Err(Asn1Error::Value(format!("CscaMasterList: version {version}, 0 is required")).into());
        }
        let mut entries = fields.expect(tag::SET, "certList")?.reader();
        fields.finish("CscaMasterList")?;
        let (mut certificates, mut unreadable, mut duplicates): (Vec<Certificate>, _, _) =
            (Vec::new(), Vec::new(), 0);
        let mut seen = std::collections::BTreeSet::new();
        let mut number = 0;
        while !entries.is_empty() {
            number += 1;
            if number > CERTIFICATE_LIMIT {
                return Err(Asn1Error::Value("certList: too many certificates".into()).into());
            }
            let entry = entries.next("Certificate")?;
            if !seen.insert(entry.raw) {
                duplicates += 1;
                continue;
            }
            match Certificate::from_der(entry.raw) {
                Ok(certificate) => certificates.push(certificate),
                Err(error) => unreadable.push(Unreadable {
                    number,
                    why: error.to_string(),
                }),
            }
        }
        let list = SignedList {
            // What was read from it is in `certificates`.
            content: Vec::new().into(),
            signer: list.signer,
            others: list.others,
            signing_time: list.signing_time,
        };
        Ok(Self {
            certificates,
            unreadable,
            duplicates,
            list,
        })
    }

    /// The certificates, each once, in the order of the list.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// What could not be read.
    #[must_use]
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    /// How many entries were there before.
    #[must_use]
    pub fn duplicates(&self) -> usize {
        self.duplicates
    }

    /// Who signed.
    #[must_use]
    pub fn signer(&self) -> &Certificate {
        &self.list.signer
    }

    /// When, as the signer says.
    #[must_use]
    pub fn signing_time(&self) -> Option<OffsetDateTime> {
        self.list.signing_time
    }

    /// Certificates that may be the CSCA of the signer, beside the list or in it: for a person to compare.
    pub fn signers_csca(&self) -> impl Iterator<Item = &Certificate> {
        let signer = &self.list.signer;
        let candidates = self.list.others.iter().chain(&self.certificates);
        candidates.filter(|candidate| {
            candidate.is_ca()
                && candidate.may_have_issued(signer)
                && signer.verify_signed_by(candidate).is_ok()
        })
    }

    /// Which of `anchors` certified the signer for master lists.
    ///
    /// # Errors
    /// [`ListError::Signer`] when its certificate is for something else, was not valid when it signed, or is revoked;
    /// [`ListError::Untrusted`] when none of the anchors certified it.
    pub fn anchor<'a>(
        &self,
        anchors: impl IntoIterator<Item = &'a Certificate>,
        revocation_lists: impl IntoIterator<Item = &'a RevocationList>,
        now: OffsetDateTime,
    ) -> Result<&'a Certificate, ListError> {
        self.list
            .anchor(MASTER_LIST_SIGNING_KEY, anchors, revocation_lists, now)
    }
}
