//! EF.CardSecurity: the security infos of the master file under a signature (9303-10, section 3.11.4; 9303-11, section 9.2.11).
//!
//! PACE with chip authentication mapping is done before the application is selected, so the key that it proves is signed here,
//! in the master file, by the same document signer:
//!
//! ```text
//! ContentInfo { SignedData { eContentType id-SecurityObject, eContent SecurityInfos, certificates, SignerInfo } }
//! ```

use card_applet::wire::security_info::SecurityInfo;
use const_oid::ObjectIdentifier;
use time::OffsetDateTime;

use super::read::{Objects, check_size};
use super::security_infos::{self, SecurityInfos};
use super::{AsRead, LdsError, asn1};
use crate::signer::Signer;
use crate::sod::signed_data::SIGNED_DATA;
use crate::sod::{SignerCertificate, SodError, sign_content};

/// `id-SecurityObject`: bsi-de applications(3) eID(2) 1 (BSI TR-03110-3, section A.1.2.5).
pub const SECURITY_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.3.2.1");

/// Signs, verifies and returns EF.CardSecurity.
///
/// # Errors
/// Those of signing EF.SOD.
pub fn sign(
    infos: SecurityInfos,
    signer: &dyn Signer,
    certificate: &SignerCertificate,
    signing_time: OffsetDateTime,
) -> Result<Vec<u8>, SodError> {
    sign_content(
        SECURITY_OBJECT,
        &infos.encode(),
        signer,
        certificate,
        signing_time,
    )
}

/// The file's name in errors.
const FILE: &str = "EF.CardSecurity";

/// Reads the infos of EF.CardSecurity. Neither signature nor certificate is looked at;
/// [`verify_content`](crate::sod::verify::verify_content) does.
///
/// # Errors
/// [`LdsError`] for anything but a SignedData over a set of infos, with definite lengths.
pub fn decode(file: &[u8]) -> Result<AsRead<'_, Vec<SecurityInfo<'_>>>, LdsError> {
    check_size(FILE, file)?;
    let inside = |bytes, tag, field| -> Result<Objects<'_>, LdsError> {
        let mut objects = Objects::new(FILE, bytes);
        let content = objects.expect(tag, field)?;
        objects.finish(field)?;
        Ok(Objects::new(FILE, content))
    };
    let mut content_info = inside(file, asn1::SEQUENCE, "ContentInfo")?;
    oid(&mut content_info, SIGNED_DATA, "contentType")?;
    let content = content_info.expect(asn1::CONTEXT_0, "content")?;
    let mut signed_data = inside(content, asn1::SEQUENCE, "SignedData")?;
    signed_data.expect(asn1::INTEGER, "version")?;
    signed_data.expect(asn1::SET, "digestAlgorithms")?;
    let mut encapsulated = Objects::new(FILE, signed_data.expect(asn1::SEQUENCE, "encapContentInfo")?);
    oid(&mut encapsulated, SECURITY_OBJECT, "eContentType")?;
    let content = encapsulated.expect(asn1::CONTEXT_0, "eContent")?;
    encapsulated.finish("encapContentInfo")?;
    let mut content = Objects::new(FILE, content);
    let set = content.expect(asn1::OCTET_STRING, "eContent")?;
    content.finish("eContent")?;
    Ok(AsRead::new(file, security_infos::read::decode(FILE, set)?))
}

fn oid(objects: &mut Objects<'_>, expected: ObjectIdentifier, field: &'static str) -> Result<(), LdsError> {
    if objects.expect(asn1::OBJECT_IDENTIFIER, field)? == expected.as_bytes() {
        Ok(())
    } else {
        Err(LdsError::new(FILE, field, format!("must be {expected}")))
    }
}
