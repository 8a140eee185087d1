//! An import under way: what is believed so far, and who is asked.

use ::time::OffsetDateTime;

use super::admission::{links, same_holder};
use super::folder::{Anchor, TrustFolder};
use super::record::{AnchorRecord, Evidence, RevocationListRecord, rfc3339};
use crate::inspect::certificate::Certificate;

/// What only a person can decide.
#[derive(Debug)]
#[non_exhaustive]
pub enum Question<'a> {
    /// Is this the CSCA certificate of that State?
    Csca(&'a Certificate),
    /// Do the master lists of this CSCA's State speak for other States? If the certificate is not believed yet: and is it that
    /// State's?
    MasterLists(&'a Certificate),
}

impl Question<'_> {
    /// The certificate that it is about.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        match self {
            Self::Csca(certificate) | Self::MasterLists(certificate) => certificate,
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

    /// Whether this very certificate is believed.
    pub(super) fn is_known(&self, certificate: &Certificate) -> bool {
        let mut anchors = self.folder.anchors.iter();
        anchors.any(|anchor| anchor.certificate.raw() == certificate.raw())
    }

    /// Believes a certificate.
    pub(super) fn add(&mut self, certificate: Certificate, evidence: Evidence, master_lists: bool) {
        let record = AnchorRecord::new(&certificate, evidence, master_lists);
        self.folder.anchors.push(Anchor { certificate, record });
    }
}
