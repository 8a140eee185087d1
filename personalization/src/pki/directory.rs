//! The files of `eid pki …`: a directory for a CSCA, for each document signer and for each list signer.
//!
//! ```text
//! CSCA directory                               document-signer directory
//!   csca.der, csca.pem   the certificate         ds.der, ds.pem   the certificate
//!   csca.key             its key, encrypted      ds.key           its key, encrypted
//!   csca-named-curve.…   the twin, if asked      ds-named-curve.… the twin, if asked
//!   link.der, link.pem   after a renewal: the    usage.json       signatures made, and how many may be
//!                        old key vouches for
//!                        this one              list-signer directory: the same with list-signer.…,
//!   crl.der              the newest CRL          without usage.json
//!   register.json        revocations and the number of the newest CRL
//!   issued/SERIAL.der    every certificate that this CSCA signed
//! ```
//!
//! The signer of trust bundles is in no PKI: its directory has bundle-signer.key and bundle-signer.pub.pem. Nor is an officer:
//! officer.key and officer.json.
//!
//! Where a key is in a token, NAME.key.uri with the PKCS#11 URI of it takes the place of NAME.key ([`KeyPlace`]).
//!
//! A directory appears whole or not at all and is never overwritten. A change of the CRL writes the register
//! first and the list second, each in one step: a crash between the two costs a number, never a revocation,
//! and numbers never fall. One program at a time changes a CSCA (a lock on `csca.der`, which never changes).
//!
//! A *twin* is a second certificate over the same key that names the curve instead of spelling it out, for
//! software that refuses explicit parameters. It has a serial number of its own; revoking one revokes both.
//!
//! A renewal ([`CscaDirectory::renew`]) makes another directory that takes over the register: the new key signs the CRL
//! for everything that the old key ever issued, so that numbers stay in one line. The old directory then issues nothing.

mod bundle_signer;
mod csca_directory;
mod cv_directory;
mod cv_issuance;
mod cv_new;
mod cv_suspension;
mod document_signer_directory;
mod files;
mod issue;
mod list_signer_directory;
mod officer_directory;
mod register;
mod renew;
mod revocation;
mod stored_key;
mod usage;

pub use bundle_signer::BundleSignerDirectory;
pub use csca_directory::{CscaDirectory, init_csca};
pub use cv_directory::{CvDirectory, CvHolder};
pub use cv_new::{NewHolder, Predecessor, init_cvca, request};
pub use cv_suspension::Suspension;
pub use document_signer_directory::{DocumentSignerDirectory, DocumentSignerState, DocumentSignerStatus};
pub use list_signer_directory::ListSignerDirectory;
pub use officer_directory::OfficerDirectory;
pub use register::{RegisteredRevocation, RevocationReason};
pub use renew::Renewal;
pub use stored_key::{Destination, KeyPlace, NewKey, StoredSigner};
pub use usage::CountedSigner;
