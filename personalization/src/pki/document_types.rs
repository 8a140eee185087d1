//! The list of document types that a document signer may sign (9303-12 §7.1.1.6).

use const_oid::ObjectIdentifier;
use der::asn1::{PrintableStringRef, SetOfVec};
use der::{Any, Decode, Encode, Sequence};
use x509_cert::Certificate;

use super::PkiError;

/// `id-icao-mrtd-security-extensions-documentTypeList` (9303-12 §7.1.1.6).
pub const DOCUMENT_TYPE_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.6.2");

/// `DocumentTypeListSyntax` (9303-12 §7.1.1.6); a DocumentType is a PrintableString of one or two characters.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
struct DocumentTypeList {
    version: u8,
    types: SetOfVec<Any>,
}

/// The extension's value. Types are one or two upper-case letters, none twice.
///
/// # Errors
/// [`PkiError::Input`].
pub(super) fn encode(types: &[String]) -> Result<Vec<u8>, PkiError> {
    if types.is_empty() {
        return Err(PkiError::input(
            "document types",
            "at least one is needed, such as ID",
        ));
    }
    let mut set = SetOfVec::new();
    for (index, kind) in types.iter().enumerate() {
        let refuse = |why: &str| PkiError::input("document types", format!("`{kind}` {why}"));
        if !(1..=2).contains(&kind.len()) || !kind.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(refuse("is not one or two upper-case letters"));
        }
        if types[..index].contains(kind) {
            return Err(refuse("is listed twice"));
        }
        set.insert(Any::encode_from(&PrintableStringRef::new(kind)?)?)?;
    }
    Ok(DocumentTypeList {
        version: 0,
        types: set,
    }
    .to_der()?)
}

/// The document types that a certificate lists. None when it has no such extension.
///
/// # Errors
/// [`PkiError::Certificate`] when the extension is there and malformed.
pub fn document_types(certificate: &Certificate) -> Result<Option<Vec<String>>, PkiError> {
    let malformed = || PkiError::certificate("the document type list", "malformed");
    let extensions = certificate
        .tbs_certificate()
        .extensions()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let Some(extension) = extensions
        .iter()
        .find(|extension| extension.extn_id == DOCUMENT_TYPE_LIST)
    else {
        return Ok(None);
    };
    let list = DocumentTypeList::from_der(extension.extn_value.as_bytes()).map_err(|_| malformed())?;
    let types: Result<Vec<String>, PkiError> = list
        .types
        .iter()
        .map(|value| {
            let text = value
                .decode_as::<PrintableStringRef<'_>>()
                .map_err(|_| malformed())?;
            Ok(text.as_str().to_owned())
        })
        .collect();
    Ok(Some(types?))
}
