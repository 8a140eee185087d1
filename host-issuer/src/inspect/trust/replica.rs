//! Trust bundles out of a folder, into a folder, and straight into a verifier.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::time::OffsetDateTime;
use serde::{Deserialize, Serialize};

use super::bundle::{BUNDLE_LIMIT, Bundle, BundleHeader, body};
use super::error::{BundleError, ImportError, TrustError, malformed};
use super::folder::{TrustFolder, index_of, must_be_known};
use super::kind::Kind;
use super::record::{BundleRecord, RECORD, RecordHead};
use super::shelf::{Shelf, read_file};
use super::state::{Changes, Question};
use super::store::TrustStore;
use crate::inspect::revocation::RevocationList;

/// Schema of a pin.
const PIN_SCHEMA: &str = "eid.trust-pin/1";
/// A pin has a few hundred bytes.
const PIN_LIMIT: u64 = 4096;

/// What a counter remembers of the bundle file that it verifies with: whose it is, and how new it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    schema: String,
    /// SHA-256 of the signer's SubjectPublicKeyInfo, capital hexadecimal.
    pub signer: String,
    /// The highest sequence number that was seen.
    pub sequence: u64,
}

impl Pin {
    /// Pins the signer of this bundle.
    #[must_use]
    pub fn on(bundle: &Bundle) -> Self {
        Self {
            schema: PIN_SCHEMA.to_owned(),
            signer: bundle.signer().to_owned(),
            sequence: bundle.header().sequence,
        }
    }

    /// Where the pin of a bundle file is: beside it.
    #[must_use]
    pub fn path_for(file: &Path) -> PathBuf {
        file.with_added_extension("pin.json")
    }

    /// The pin of a bundle file, if there is one.
    ///
    /// # Errors
    /// [`TrustError`] when it cannot be read or is none.
    pub fn read(file: &Path) -> Result<Option<Self>, TrustError> {
        let path = Self::path_for(file);
        if !path.exists() {
            return Ok(None);
        }
        let pin: Self =
            serde_json::from_slice(&read_file(&path, PIN_LIMIT)?).map_err(|error| malformed(&path, error))?;
        if pin.schema != PIN_SCHEMA {
            return Err(malformed(path, format!("its schema is not {PIN_SCHEMA}")));
        }
        Ok(Some(pin))
    }

    /// The file.
    ///
    /// # Errors
    /// [`TrustError::Malformed`], never in practice.
    pub fn to_json(&self) -> Result<Vec<u8>, TrustError> {
        let mut json = serde_json::to_vec_pretty(self).map_err(|error| malformed("pin", error))?;
        json.push(b'\n');
        Ok(json)
    }

    /// What is to be remembered after this bundle: the same signer, not an older one.
    ///
    /// # Errors
    /// [`BundleError::ForeignSigner`], [`BundleError::Rollback`].
    pub fn advanced_by(&self, bundle: &Bundle) -> Result<Self, BundleError> {
        if bundle.signer() != self.signer {
            return Err(BundleError::ForeignSigner {
                found: bundle.signer().to_owned(),
                pinned: self.signer.clone(),
            });
        }
        if bundle.header().sequence < self.sequence {
            return Err(BundleError::Rollback {
                found: bundle.header().sequence,
                known: self.sequence,
            });
        }
        Ok(Self::on(bundle))
    }
}

impl Bundle {
    /// Reads a bundle file.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn open(file: &Path) -> Result<Self, TrustError> {
        Self::from_bytes(read_file(file, BUNDLE_LIMIT)?).map_err(|cause| TrustError::Bundle {
            path: file.to_owned(),
            cause,
        })
    }

    /// What a verifier needs of it: certificates and lists are parsed when they are used.
    ///
    /// # Errors
    /// [`TrustError`] when its record or index is none.
    pub fn store(self) -> Result<TrustStore, TrustError> {
        let head: RecordHead =
            serde_json::from_slice(self.record_json()).map_err(|error| malformed(RECORD, error))?;
        must_be_known(Path::new(RECORD), &head.schema)?;
        let mut age: super::basis::Age = head.clone().into();
        age.bundle = Some(self.record());
        let shelf = Shelf::Bundle(Arc::new(self));
        let index = index_of(&shelf, head.index.as_deref())?;
        Ok(TrustStore::indexed(index, shelf, age))
    }
}

/// Opens a bundle file for a verifier. Its signer must have been pinned.
///
/// # Errors
/// [`TrustError`].
pub(super) fn store_of_file(file: &Path) -> Result<(TrustStore, Option<Pin>), TrustError> {
    let bundle = Bundle::open(file)?;
    let refused = |cause| TrustError::Bundle {
        path: file.to_owned(),
        cause,
    };
    let pin = Pin::read(file)?.ok_or_else(|| refused(BundleError::NotPinned(bundle.signer().to_owned())))?;
    let advanced = pin.advanced_by(&bundle).map_err(refused)?;
    let news = (advanced != pin).then_some(advanced);
    Ok((bundle.store()?, news))
}

impl TrustFolder {
    /// What a signer of this folder's next bundle signs, and the folder that remembers that number. Save the folder before the bundle
    /// is given away.
    ///
    /// # Errors
    /// [`ImportError::Refused`] for a folder that is fed by bundles itself.
    pub fn to_bundle(
        &self,
        now: OffsetDateTime,
        valid_until: OffsetDateTime,
    ) -> Result<(Self, Vec<u8>), ImportError> {
        let refused = |why: &str| ImportError::Refused {
            source_name: RECORD.to_owned(),
            why: why.to_owned(),
        };
        self.must_decide_itself()?;
        if valid_until <= now {
            return Err(refused("the bundle would have expired before it was made"));
        }
        let mut next = self.clone();
        next.record.bundles += 1;
        let header = BundleHeader::new(next.record.bundles, now, valid_until);
        let mut files = next.kinds_and_contents();
        let record = next.record_json().map_err(|error| refused(&error.to_string()))?;
        files.push((Kind::Record, record));
        let signed = body(&header, files).ok_or_else(|| refused("the folder is too large for a bundle"))?;
        Ok((next, signed))
    }

    /// Takes the whole state of a bundle in the place of what was there. `ask` decides about the first bundle's signer.
    ///
    /// # Errors
    /// [`ImportError`]; then the old state is the state.
    pub fn import_bundle(
        &self,
        source_name: &str,
        bundle: Bundle,
        ask: &mut dyn FnMut(&Question<'_>) -> bool,
        now: OffsetDateTime,
    ) -> Result<(Self, Changes), ImportError> {
        let refused = |cause| ImportError::Bundle {
            source_name: source_name.to_owned(),
            cause,
        };
        bundle.must_be_valid(now).map_err(refused)?;
        let record = bundle.record();
        match &self.record.bundle {
            Some(known) if known.signer != record.signer => {
                return Err(refused(BundleError::ForeignSigner {
                    found: record.signer,
                    pinned: known.signer.clone(),
                }));
            }
            Some(known) if *known == record => return Ok((self.clone(), Changes::default())),
            Some(known) if record.sequence <= known.sequence => {
                return Err(refused(BundleError::Rollback {
                    found: record.sequence,
                    known: known.sequence,
                }));
            }
            Some(_) => {}
            None if self.record.generation > 0 => return Err(refused(BundleError::OwnDecisions)),
            None => {
                if !ask(&Question::BundleSigner(&record)) {
                    return Err(refused(BundleError::NotPinned(record.signer)));
                }
            }
        }
        let unusable = |error: TrustError| ImportError::Unreadable {
            source_name: source_name.to_owned(),
            why: error.to_string(),
        };
        let json = bundle.record_json().to_vec();
        let shelf = Shelf::Bundle(Arc::new(bundle));
        let mut folder = Self::read(&json, Path::new(RECORD), &shelf).map_err(unusable)?;
        if folder.record.bundle.is_some() {
            return Err(refused(BundleError::Malformed("it is the bundle of a bundle")));
        }
        self.must_not_be_newer_than(&folder, source_name)?;
        folder.record.bundle = Some(record);
        let changes = self.changes_to(&folder);
        Ok((folder, changes))
    }

    /// Refuses changes to a folder that is fed by bundles: the next bundle would undo them.
    ///
    /// # Errors
    /// [`ImportError::Refused`].
    pub fn must_decide_itself(&self) -> Result<(), ImportError> {
        match &self.record.bundle {
            None => Ok(()),
            Some(BundleRecord { signer, .. }) => Err(ImportError::Refused {
                source_name: RECORD.to_owned(),
                why: format!(
                    "this folder is fed by the bundles of {signer}; change the folder that they come from"
                ),
            }),
        }
    }

    /// No list of the new state may be older than the one that is there, whoever signed the bundle.
    fn must_not_be_newer_than(&self, new: &Self, source_name: &str) -> Result<(), ImportError> {
        let older = |why: String| ImportError::Rollback {
            source_name: source_name.to_owned(),
            why,
        };
        for known in &self.lists {
            let successor = new.lists.iter().find(|list| {
                crate::inspect::certificate::same_name(list.list.issuer_name(), known.list.issuer_name())
            });
            let is_older = |list: &RevocationList| !list.succeeds(&known.list);
            if let Some(successor) = successor
                && successor.der != known.der
                && is_older(&successor.list)
            {
                return Err(older(format!(
                    "the CRL of {}, {}",
                    known.record.issuer, known.record.this_update
                )));
            }
        }
        for known in &self.record.master_lists {
            let mut lists = new.record.master_lists.iter();
            // RFC 3339 in UTC: texts compare as the times do.
            if lists.any(|list| list.of == known.of && list.signed < known.signed) {
                let (of, signed) = (&known.of, &known.signed);
                return Err(older(format!("the master list of {of} of {signed}")));
            }
        }
        for known in &self.record.deviation_lists {
            let mut lists = new.record.deviation_lists.iter();
            if lists.any(|list| list.of == known.of && list.signed < known.signed) {
                let (of, signed) = (&known.of, &known.signed);
                return Err(older(format!("the deviation list of {of} of {signed}")));
            }
        }
        Ok(())
    }
}
