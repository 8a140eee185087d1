//! The SignedData of EF.SOD and EF.CardSecurity (RFC 5652 §5; 9303-10 §3.11.4 and §4.6.2.2).
//!
//! ```text
//! ContentInfo { contentType signedData, [0] SignedData {
//!     version 3, digestAlgorithms, encapContentInfo { eContentType, [0] OCTET STRING }, [0] certificates, signerInfos } }
//! ```

use super::certificate::Certificate;
use super::der::{self, Sets, only, tag};
use super::files::{File, Files};
use super::objects::{Object, Objects};
use super::outer;
use super::signature::Hash;
use super::signer_info::SignerInfo;
use crate::conformance::verdict::{Finding, Played};

/// id-signedData: 1.2.840.113549.1.7.2.
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
/// id-icao-mrtd-security-ldsSecurityObject: 2.23.136.1.1.1.
const LDS_SECURITY_OBJECT: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x01];
/// id-SecurityObject: 0.4.0.127.0.7.3.2.1 (9303-10 §3.11.4).
const SECURITY_OBJECT: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02, 0x01];
/// Explicit context tag 0.
const CONTEXT_0: u32 = 0xA0;
/// Context tag 1 of the field `crls`.
const CONTEXT_1: u32 = 0xA1;

/// Which signed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signed {
    /// EF.SOD.
    Sod,
    /// EF.CardSecurity.
    CardSecurity,
}

impl Signed {
    fn file(self) -> File {
        match self {
            Signed::Sod => File::Sod,
            Signed::CardSecurity => File::CardSecurity,
        }
    }

    fn content_type(self) -> &'static [u8] {
        match self {
            Signed::Sod => LDS_SECURITY_OBJECT,
            Signed::CardSecurity => SECURITY_OBJECT,
        }
    }

    /// The ContentInfo: EF.SOD has a tag of its own around it.
    fn content_info(self, files: &Files) -> Played<Object<'_>> {
        match self {
            Signed::Sod => outer::content(files, File::Sod)?.next("ContentInfo"),
            Signed::CardSecurity => {
                Objects::of_file(self.file().name(), files.get(self.file())?).next("ContentInfo")
            }
        }
    }
}

/// SignedData.
pub(super) struct SignedData<'a> {
    /// CMSVersion.
    version: Object<'a>,
    /// Hash algorithms that the field lists.
    pub(super) digest_algorithms: Vec<Hash>,
    /// eContentType.
    pub(super) content_type: Object<'a>,
    /// eContent: what is signed.
    pub(super) content: Object<'a>,
    /// Certificates that are there.
    certificates: Vec<Object<'a>>,
    /// SignerInfos that are there.
    signers: Object<'a>,
}

impl<'a> SignedData<'a> {
    /// Reads the signed file.
    ///
    /// # Errors
    /// At the first field that is not there.
    pub(super) fn of(files: &'a Files, signed: Signed) -> Played<Self> {
        let content_info = signed.content_info(files)?;
        content_info.expect_tag(tag::SEQUENCE, "ContentInfo")?;
        let mut fields = content_info.inside();
        let content_type = fields.expect(tag::OBJECT_IDENTIFIER, "contentType")?;
        content_type.expect_value(SIGNED_DATA, "contentType")?;
        let content = fields.expect(CONTEXT_0, "content")?;
        fields.end("ContentInfo")?;
        let signed_data = only(content.inside(), tag::SEQUENCE, "SignedData")?;

        let mut fields = signed_data.inside();
        let version = fields.expect(tag::INTEGER, "version")?;
        let digest_algorithms = fields.expect(tag::SET, "digestAlgorithms")?;
        let encapsulated = fields.expect(tag::SEQUENCE, "encapContentInfo")?;
        let certificates = fields.optional(CONTEXT_0, "certificates")?;
        fields.optional(CONTEXT_1, "crls")?;
        let signers = fields.expect(tag::SET, "signerInfos")?;
        fields.end("SignedData")?;

        let hash = |object: &Object<'a>| Hash::of_identifier(object, "digestAlgorithms");
        let mut encapsulated = encapsulated.inside();
        let content_type = encapsulated.expect(tag::OBJECT_IDENTIFIER, "eContentType")?;
        let content = encapsulated.expect(CONTEXT_0, "eContent")?;
        encapsulated.end("encapContentInfo")?;
        Ok(SignedData {
            version,
            digest_algorithms: digest_algorithms
                .inside()
                .all("digestAlgorithms")?
                .iter()
                .map(hash)
                .collect::<Played<_>>()?,
            content_type,
            content: only(content.inside(), tag::OCTET_STRING, "eContent")?,
            certificates: match certificates {
                Some(certificates) => certificates.inside().all("certificates")?,
                None => Vec::new(),
            },
            signers,
        })
    }

    /// Its SignerInfos.
    pub(super) fn signers(&self) -> Played<Vec<SignerInfo<'a>>> {
        self.signers
            .inside()
            .all("signerInfos")?
            .iter()
            .map(SignerInfo::read)
            .collect()
    }

    /// The certificate of a signer.
    ///
    /// # Errors
    /// When there are certificates and none is the signer's; not applicable when there are none at all.
    pub(super) fn certificate_of(&self, signer: &SignerInfo<'a>) -> Played<Certificate<'a>> {
        if self.certificates.is_empty() {
            let file = self.content.file;
            return Err(Finding::NotApplicable(format!(
                "{file} has no certificate of the document signer"
            )));
        }
        let mut first = None;
        for certificate in &self.certificates {
            match Certificate::read(certificate) {
                Ok(certificate) if signer.is_of(&certificate) => return Ok(certificate),
                Ok(_) => {}
                Err(finding) => first = first.or(Some(finding)),
            }
        }
        Err(first.unwrap_or_else(|| {
            signer.flaw(
                "sid",
                "expected the signer of a certificate of the file, found another",
            )
        }))
    }
}

/// All of it is DER.
pub(super) fn check_der(files: &Files, signed: Signed) -> Played {
    let content_info = signed.content_info(files)?;
    der::check(&content_info, Sets::Sorted)?;
    // What stands under an implicit tag of a set, the walk cannot tell from a sequence.
    let data = SignedData::of(files, signed)?;
    der::check_order(&data.certificates)?;
    data.signers()?.iter().try_for_each(SignerInfo::check_order)?;
    if signed == Signed::Sod {
        let mut objects = outer::content(files, File::Sod)?;
        objects.next("ContentInfo")?;
        objects.end("ContentInfo")?;
    } else {
        outer::length(files, File::CardSecurity)?;
    }
    Ok(())
}

/// Version 3, hashes, type of the content, at least one signer; and the certificate where the file must have it.
pub(super) fn check_values(files: &Files, signed: Signed) -> Played {
    let data = SignedData::of(files, signed)?;
    data.version.expect_value(&[3], "version of SignedData")?;
    data.content_type
        .expect_value(signed.content_type(), "eContentType")?;
    let signers = data.signers.inside().all("signerInfos")?;
    data.signers.must(!signers.is_empty(), "signerInfos", || {
        "expected at least one, found none".into()
    })?;
    for signer in data.signers()? {
        let listed = data.digest_algorithms.contains(&signer.hash);
        data.version.must(listed, "digestAlgorithms", || {
            format!("expected {:?}, which a signer names, among them", signer.hash)
        })?;
    }
    // Of the security object of LDS 1.7 it is left to the State (9303-10, appendix D).
    let is_required = signed == Signed::CardSecurity || is_of_lds_1_8(&data);
    data.content.must(
        !(is_required && data.certificates.is_empty()),
        "certificates",
        || "expected the document signer's certificate, found none".into(),
    )
}

/// Whether the security object has version 1.
fn is_of_lds_1_8(data: &SignedData<'_>) -> bool {
    let mut content = Objects::of_file("LDS security object", data.content.value);
    let version = content.expect(tag::SEQUENCE, "LDSSecurityObject");
    version
        .and_then(|object| object.inside().expect(tag::INTEGER, "version"))
        .is_ok_and(|version| version.value == [1])
}

/// Every signer: its fields, what it signed, and its signature.
pub(super) fn check_signers(files: &Files, signed: Signed) -> Played {
    let data = SignedData::of(files, signed)?;
    for signer in data.signers()? {
        signer.check_fields(&data)?;
        signer.check_signature(&data)?;
    }
    Ok(())
}

/// The certificate of every signer.
pub(super) fn check_certificates(files: &Files, signed: Signed) -> Played {
    let data = SignedData::of(files, signed)?;
    for signer in data.signers()? {
        data.certificate_of(&signer)?.check()?;
    }
    Ok(())
}
