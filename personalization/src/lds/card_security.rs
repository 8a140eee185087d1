//! EF.CardSecurity: the security infos of the master file under a signature (9303-10, section 3.11.4; 9303-11, section 9.2.11).
//!
//! PACE with chip authentication mapping is done before the application is selected, so the key that it proves is signed here,
//! in the master file, by the same document signer:
//!
//! ```text
//! ContentInfo { SignedData { eContentType id-SecurityObject, eContent SecurityInfos, certificates, SignerInfo } }
//! ```

use const_oid::ObjectIdentifier;
use time::OffsetDateTime;

use super::security_infos::SecurityInfos;
use crate::signer::Signer;
use crate::sod::{SodError, sign_content};

/// `id-SecurityObject`: bsi-de applications(3) eID(2) 1 (BSI TR-03110-3, section A.1.2.5).
pub const SECURITY_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.3.2.1");

/// Signs, verifies and returns EF.CardSecurity.
///
/// # Errors
/// Those of signing EF.SOD.
pub fn sign(
    infos: SecurityInfos,
    signer: &dyn Signer,
    ds_certificate_der: &[u8],
    signing_time: OffsetDateTime,
) -> Result<Vec<u8>, SodError> {
    sign_content(
        SECURITY_OBJECT,
        &infos.encode(),
        signer,
        ds_certificate_der,
        signing_time,
    )
}
