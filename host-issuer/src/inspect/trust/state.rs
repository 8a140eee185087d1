//! An import under way: what is believed so far, and who is asked.

use ::time::OffsetDateTime;

use super::admission::{links, same_holder};
use super::folder::{Anchor, TrustFolder};
use super::record::{
    AnchorRecord, BundleRecord, DeviationListRecord, Evidence, RemovalRecord, RevocationListRecord, rfc3339,
    sha256,
};
use crate::inspect::certificate::Certificate;

/// What only a person can decide.
#[derive(Debug)]
#[non_exhaustive]
pub enum Question<'a> {
    /// Is this the CSCA certificate of that State? Where it was taken out before, that is said, too.
    Csca(&'a Certificate, Option<&'a RemovalRecord>),
    /// Do the master lists of this CSCA's State speak for other States? If the certificate is not believed yet: and is it that
    /// State's?
    MasterLists(&'a Certificate),
    /// Is everything believed that this signer puts into its bundles?
    BundleSigner(&'a BundleRecord),
}

impl Question<'_> {
    /// The fingerprint that answers it: of the certificate, or of the signer's key.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        match self {
            Self::Csca(certificate, _) | Self::MasterLists(certificate) => certificate.fingerprint(),
            Self::BundleSigner(bundle) => bundle.signer.clone(),
        }
    }
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Certificates that are believed now.
    pub added: Vec<AnchorRecord>,
    /// Certificates that are not believed any more: a newer master list of the only State that spoke for them is without them.
    pub removed: Vec<AnchorRecord>,
    /// Certificates that were believed before.
    pub known: usize,
    /// Certificates of master lists that were passed over, and why.
    pub skipped: Vec<String>,
    /// CRLs that are newer than what was there.
    pub revocation_lists: Vec<RevocationListRecord>,
    /// Deviation lists that are newer than what was there.
    pub deviation_lists: Vec<DeviationListRecord>,
    /// What a person should look at.
    pub warnings: Vec<String>,
}

/// An import under way.
pub(super) struct Import<'a> {
    pub folder: TrustFolder,
    pub now: OffsetDateTime,
    pub ask: &'a mut dyn FnMut(&Question<'_>) -> bool,
    pub changes: Changes,
}

impl Import<'_> {
    /// Why this certificate is to be believed without asking, and whether its State's master lists are.
    pub(super) fn evidence(&self, certificate: &Certificate) -> Result<Option<(Evidence, bool)>, String> {
        let at = rfc3339(self.now);
        if self.removal(certificate).is_some() {
            // A person took it out; only a person takes it in again.
            return Ok(None);
        }
        for anchor in &self.folder.anchors {
            let lists = anchor.record.master_lists;
            let sha256 = anchor.record.sha256.clone();
            if same_holder(&anchor.certificate, certificate) && !certificate.is_link() {
                return Ok(Some((Evidence::SameKey { at, of: sha256 }, lists)));
            }
            if certificate.is_link() && links(&anchor.certificate, certificate)? {
                return Ok(Some((Evidence::Link { at, by: sha256 }, lists)));
            }
        }
        Ok(None)
    }

    /// The removal of this certificate, or of another over its key.
    pub(super) fn removal(&self, certificate: &Certificate) -> Option<&RemovalRecord> {
        let (own, key) = (
            certificate.fingerprint(),
            sha256(certificate.subject_public_key()),
        );
        let mut removals = self.folder.record.removals.iter();
        removals.find(|removal| removal.sha256 == own || removal.key == key)
    }

    /// Whether this very certificate is believed.
    pub(super) fn is_known(&self, certificate: &Certificate) -> bool {
        let mut anchors = self.folder.anchors.iter();
        anchors.any(|anchor| anchor.certificate.raw() == certificate.raw())
    }

    /// Believes a certificate.
    pub(super) fn add(&mut self, certificate: Certificate, evidence: Evidence, master_lists: bool) {
        let key = sha256(certificate.subject_public_key());
        let record = AnchorRecord::new(&certificate, evidence, master_lists);
        let removals = &mut self.folder.record.removals;
        removals.retain(|removal| removal.sha256 != record.sha256 && removal.key != key);
        self.folder.anchors.push(Anchor { certificate, record });
    }
}
