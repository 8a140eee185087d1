//! What is trusted: CSCA certificates, their CRLs and deviation lists, looked up by name and read only when they are needed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::time::OffsetDateTime;
use x509_cert::name::Name;

use super::basis::Age;
use super::error::{BundleError, StoreFault, TrustError, malformed};
use super::index::{Digest, Index, sha256};
use super::kind::{Kind, digest_of};
use super::record::{DeviationListRecord, RECORD};
use super::shelf::Shelf;
use crate::inspect::asn1::Asn1Error;
use crate::inspect::certificate::{Certificate, NameKey, ReadBefore, name_key, same_name};
use crate::inspect::countries;
use crate::inspect::deviation_list::DeviationList;
use crate::inspect::master_list::MasterList;
use crate::inspect::revocation::RevocationList;
use crate::inspect::signature::SignatureError;
use crate::inspect::signed_list::ListError;

/// Certificates of one name that are tried for one signature. A CSCA has a key for every few years; real names have a dozen.
const CANDIDATE_LIMIT: usize = 32;
/// CRLs for one name that are looked at.
const LIST_LIMIT: usize = 16;

/// CSCA certificates that are believed, and the CRLs at hand. A copy shares what was read.
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    index: Index,
    shelf: Shelf,
    /// What was read so far; where there is no shelf, everything.
    parsed: Mutex<Parsed>,
    age: Age,
    /// Document signers that were met, trusted or not.
    document_signers: ReadBefore,
}

#[derive(Debug, Default)]
struct Parsed {
    certificates: HashMap<Digest, Arc<Certificate>>,
    lists: HashMap<Digest, Arc<RevocationList>>,
    deviation_lists: HashMap<Digest, Arc<DeviationList>>,
}

impl TrustStore {
    /// A store of these CSCA certificates and CRLs.
    ///
    /// # Errors
    /// When a certificate is no CSCA, or says that it signed itself and did not.
    pub fn new(certificates: &[&[u8]], revocation_lists: &[&[u8]]) -> Result<Self, Asn1Error> {
        let mut contents = Contents::default();
        for der in certificates {
            let certificate = Certificate::from_der(der)?;
            if !certificate.is_ca() {
                return Err(Asn1Error::Value(format!(
                    "{} is no CSCA certificate",
                    certificate.subject()
                )));
            }
            check_own_signature(&certificate).map_err(Asn1Error::Value)?;
            contents.add_anchor(certificate);
        }
        for der in revocation_lists {
            contents.add_list(RevocationList::from_der(der)?, der);
        }
        Ok(contents.store())
    }

    /// A store whose contents are read when they are needed.
    pub(super) fn indexed(index: Index, shelf: Shelf, age: Age) -> Self {
        Self {
            inner: Arc::new(Inner {
                index,
                shelf,
                parsed: Mutex::default(),
                age,
                document_signers: ReadBefore::default(),
            }),
        }
    }

    /// Refuses trust data that came in a bundle which is not valid at this time.
    ///
    /// # Errors
    /// [`BundleError::Expired`], [`BundleError::Future`].
    pub fn must_be_valid(&self, now: OffsetDateTime) -> Result<(), BundleError> {
        let bundle = self.inner.age.bundle.as_ref();
        bundle.map_or(Ok(()), |bundle| bundle.must_be_valid(now))
    }

    /// How many CSCA certificates are believed.
    #[must_use]
    pub fn anchor_count(&self) -> usize {
        self.inner.index.every_anchor().len()
    }

    /// Every CSCA certificate that is believed: reads them all.
    ///
    /// # Errors
    /// [`TrustError`] when one is missing or was altered.
    pub fn anchors(&self) -> Result<Vec<Arc<Certificate>>, TrustError> {
        let digests: Vec<_> = self.inner.index.every_anchor().collect();
        digests
            .into_iter()
            .map(|digest| self.certificate(digest))
            .collect()
    }

    /// The certificate of a document signer, which need not be trusted: one that was met before is not read again.
    ///
    /// # Errors
    /// As [`Certificate::from_der`].
    pub(crate) fn document_signer(&self, der: &[u8]) -> Result<Arc<Certificate>, Asn1Error> {
        self.inner.document_signers.certificate(der)
    }

    /// The believed certificates that may have issued this one, at most 32: by the issuer's name, and by key identifier where
    /// both have one.
    pub(crate) fn issuers_of(&self, certificate: &Certificate) -> Result<Vec<Arc<Certificate>>, TrustError> {
        let key = certificate.extensions().authority_key_identifier.as_deref();
        let digests: Vec<_> = self
            .inner
            .index
            .anchors(certificate.issuer_key(), key)
            .take(CANDIDATE_LIMIT)
            .collect();
        let mut candidates = self.certificates(digests)?;
        candidates.retain(|candidate| candidate.may_have_issued(certificate));
        Ok(candidates)
    }

    /// The believed certificates of this subject, at most 32.
    pub(crate) fn named(&self, name: &Name) -> Result<Vec<Arc<Certificate>>, TrustError> {
        let digests: Vec<_> = self
            .inner
            .index
            .anchors(name_key(name), None)
            .take(CANDIDATE_LIMIT)
            .collect();
        let mut candidates = self.certificates(digests)?;
        candidates.retain(|candidate| same_name(candidate.subject_name(), name));
        Ok(candidates)
    }

    /// The CRLs for what `csca` issued; whether one is believed is checked when it is used.
    pub(crate) fn revocation_lists_of(
        &self,
        csca: &Certificate,
    ) -> Result<Vec<Arc<RevocationList>>, TrustError> {
        self.revocation_lists(csca.subject_name(), csca.subject_key())
    }

    /// The CRLs for what was issued by the issuer of this certificate.
    pub(crate) fn revocation_lists_of_issuer(
        &self,
        certificate: &Certificate,
    ) -> Result<Vec<Arc<RevocationList>>, TrustError> {
        self.revocation_lists(certificate.issuer_name(), certificate.issuer_key())
    }

    fn revocation_lists(&self, name: &Name, key: NameKey) -> Result<Vec<Arc<RevocationList>>, TrustError> {
        let digests: Vec<_> = self.inner.index.lists(key).take(LIST_LIMIT).collect();
        let mut lists = digests
            .into_iter()
            .map(|digest| self.revocation_list(digest))
            .collect::<Result<Vec<_>, _>>()?;
        lists.retain(|list| list.is_for(name));
        Ok(lists)
    }

    /// The newest deviation list of this State, with what is written about it.
    pub(crate) fn deviations_of(
        &self,
        country: &str,
    ) -> Result<Option<(Arc<DeviationList>, &DeviationListRecord)>, TrustError> {
        let mut records = self.inner.age.deviation_lists.iter();
        let Some(record) = records.find(|record| countries::same(&record.of, country)) else {
            return Ok(None);
        };
        let digest = digest_of(&record.sha256).ok_or_else(|| malformed(RECORD, "a SHA-256 in it is none"))?;
        if let Some(known) = self.parsed().deviation_lists.get(&digest) {
            return Ok(Some((Arc::clone(known), record)));
        }
        let read = self.inner.shelf.read(Kind::DeviationList, &digest, |der| {
            DeviationList::from_der(der)
                .map(Arc::new)
                .map_err(StoreFault::new)
        })?;
        self.parsed().deviation_lists.insert(digest, Arc::clone(&read));
        Ok(Some((read, record)))
    }

    /// Whether a believed CSCA certified the signer of this master list for such lists.
    ///
    /// # Errors
    /// Those of [`MasterList::anchor`]; [`ListError::Trust`] when the store cannot be used.
    pub fn believes_master_list(&self, list: &MasterList, now: OffsetDateTime) -> Result<(), ListError> {
        self.believes_signer(list.signer(), |anchors, lists| {
            list.anchor(anchors, lists, now).map(|_| ())
        })
    }

    /// Whether a believed CSCA certified the signer of this deviation list for such lists.
    ///
    /// # Errors
    /// Those of [`DeviationList::anchor`]; [`ListError::Trust`] when the store cannot be used.
    pub fn believes_deviation_list(
        &self,
        list: &DeviationList,
        now: OffsetDateTime,
    ) -> Result<(), ListError> {
        self.believes_signer(list.signer(), |anchors, lists| {
            list.anchor(anchors, lists, now).map(|_| ())
        })
    }

    /// Asks `judge` with what may have certified or revoked a list signer.
    fn believes_signer(
        &self,
        signer: &Certificate,
        judge: impl FnOnce(Vec<&Certificate>, Vec<&RevocationList>) -> Result<(), ListError>,
    ) -> Result<(), ListError> {
        let unusable = |error: TrustError| ListError::Trust(error.to_string());
        let anchors = self.issuers_of(signer).map_err(unusable)?;
        let lists = self.revocation_lists_of_issuer(signer).map_err(unusable)?;
        judge(
            anchors.iter().map(Arc::as_ref).collect(),
            lists.iter().map(Arc::as_ref).collect(),
        )
    }

    /// When the store was made, and from what.
    pub(crate) fn age(&self) -> &Age {
        &self.inner.age
    }

    fn certificates(&self, digests: Vec<Digest>) -> Result<Vec<Arc<Certificate>>, TrustError> {
        digests
            .into_iter()
            .map(|digest| self.certificate(digest))
            .collect()
    }

    fn certificate(&self, digest: Digest) -> Result<Arc<Certificate>, TrustError> {
        if let Some(known) = self.parsed().certificates.get(&digest) {
            return Ok(Arc::clone(known));
        }
        let read = self.inner.shelf.read(Kind::Certificate, &digest, |der| {
            let certificate = Certificate::from_der(der).map_err(StoreFault::new)?;
            if certificate.is_ca() {
                Ok(Arc::new(certificate))
            } else {
                Err(StoreFault("no CSCA certificate".into()))
            }
        })?;
        self.parsed().certificates.insert(digest, Arc::clone(&read));
        Ok(read)
    }

    fn revocation_list(&self, digest: Digest) -> Result<Arc<RevocationList>, TrustError> {
        if let Some(known) = self.parsed().lists.get(&digest) {
            return Ok(Arc::clone(known));
        }
        let read = self.inner.shelf.read(Kind::RevocationList, &digest, |der| {
            RevocationList::from_der(der)
                .map(Arc::new)
                .map_err(StoreFault::new)
        })?;
        self.parsed().lists.insert(digest, Arc::clone(&read));
        Ok(read)
    }

    /// A thread that panicked while it held the lock left nothing half done: entries are inserted whole.
    fn parsed(&self) -> MutexGuard<'_, Parsed> {
        self.inner.parsed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything that a store in memory holds.
#[derive(Debug, Default)]
pub(super) struct Contents {
    index: Index,
    parsed: Parsed,
    age: Age,
}

impl Contents {
    pub(super) fn aged(age: Age) -> Self {
        Self {
            age,
            ..Self::default()
        }
    }

    pub(super) fn add_anchor(&mut self, certificate: Certificate) {
        self.index.add_anchor(&certificate);
        let digest = sha256(certificate.raw());
        self.parsed.certificates.insert(digest, Arc::new(certificate));
    }

    pub(super) fn add_list(&mut self, list: RevocationList, der: &[u8]) {
        let digest = sha256(der);
        self.index.add_list(&list, digest);
        self.parsed.lists.insert(digest, Arc::new(list));
    }

    /// A deviation list that cannot be read says nothing: it was read when it was imported.
    pub(super) fn add_deviations(&mut self, der: &[u8]) {
        if let Ok(list) = DeviationList::from_der(der) {
            self.parsed.deviation_lists.insert(sha256(der), Arc::new(list));
        }
    }

    pub(super) fn has_no_anchor(&self) -> bool {
        self.parsed.certificates.is_empty()
    }

    pub(super) fn store(mut self) -> TrustStore {
        self.index.finish();
        TrustStore {
            inner: Arc::new(Inner {
                index: self.index,
                shelf: Shelf::Nothing,
                parsed: Mutex::new(self.parsed),
                age: self.age,
                document_signers: ReadBefore::default(),
            }),
        }
    }
}

/// A self-signed certificate whose signature is wrong was damaged on its way to us. A link
/// certificate is signed by another key and cannot be checked alone.
pub(super) fn check_own_signature(certificate: &Certificate) -> Result<(), String> {
    if certificate.is_link() {
        return Ok(());
    }
    match certificate.verify_signed_by(certificate) {
        Ok(()) | Err(SignatureError::Unsupported(_)) => Ok(()),
        Err(error) => Err(format!(
            "{} is not signed by its own key: {error}",
            certificate.subject()
        )),
    }
}
