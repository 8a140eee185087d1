//! A file to import: what is in it.

use super::error::ImportError;
use super::record::sha256;
use crate::inspect::certificate::Certificate;
use crate::inspect::cms::{DEVIATION_LIST, encapsulated_type};
use crate::inspect::deviation_list::DeviationList;
use crate::inspect::master_list::MasterList;
use crate::inspect::pem::blocks;
use crate::inspect::revocation::RevocationList;
use crate::inspect::signed_list::ListError;

/// Something to import, and where it came from.
#[derive(Debug, Clone)]
pub struct TrustItem {
    pub(super) source_name: String,
    pub(super) item: Item,
}

#[derive(Debug, Clone)]
pub(super) enum Item {
    Certificate(Box<Certificate>),
    /// With its SHA-256.
    MasterList(Box<MasterList>, String),
    /// With its bytes.
    RevocationList(Box<RevocationList>, Vec<u8>),
    /// With its bytes.
    DeviationList(Box<DeviationList>, Vec<u8>),
}

impl TrustItem {
    /// Reads a file: certificates and CRLs in DER or PEM, a master list or a deviation list.
    ///
    /// # Errors
    /// [`ImportError::Unreadable`]; [`ImportError::List`] for a list whose signature does not hold. Never panics.
    pub fn read(source_name: &str, bytes: &[u8]) -> Result<Vec<Self>, ImportError> {
        let unreadable = |why: String| ImportError::Unreadable {
            source_name: source_name.to_owned(),
            why,
        };
        let mut items = Vec::new();
        for (label, der) in blocks(bytes).map_err(unreadable)? {
            let item = match label.as_deref() {
                Some("CERTIFICATE") => certificate(&der).map_err(unreadable)?,
                Some("X509 CRL") => revocation_list(der).map_err(unreadable)?,
                Some("CMS" | "PKCS7") => signed_list(source_name, der)?,
                None if is_content_info(&der) => signed_list(source_name, der)?,
                // Only one of the two can be read as the other.
                None => match revocation_list(der.clone()) {
                    Ok(list) => list,
                    Err(_) => certificate(&der).map_err(unreadable)?,
                },
                // A key kept beside its certificate is nobody's business here.
                Some(_) => continue,
            };
            items.push(Self {
                source_name: source_name.to_owned(),
                item,
            });
        }
        if items.is_empty() {
            return Err(unreadable(
                "no certificate, CRL, master list or deviation list is in it".into(),
            ));
        }
        Ok(items)
    }
}

/// A ContentInfo begins with an OBJECT IDENTIFIER, a certificate and a CRL with a SEQUENCE.
fn is_content_info(der: &[u8]) -> bool {
    use crate::inspect::asn1::{Reader, tag};
    Reader::new(der)
        .next("ContentInfo")
        .and_then(|outer| outer.reader().next("contentType"))
        .is_ok_and(|inner| inner.tag == tag::OBJECT_IDENTIFIER)
}

fn certificate(der: &[u8]) -> Result<Item, String> {
    let certificate = Certificate::from_der(der).map_err(|error| error.to_string())?;
    Ok(Item::Certificate(Box::new(certificate)))
}

fn revocation_list(der: Vec<u8>) -> Result<Item, String> {
    let list = RevocationList::from_der(&der).map_err(|error| error.to_string())?;
    Ok(Item::RevocationList(Box::new(list), der))
}

fn signed_list(source_name: &str, der: Vec<u8>) -> Result<Item, ImportError> {
    let refused = |cause| ImportError::List {
        source_name: source_name.to_owned(),
        cause,
    };
    let kind = encapsulated_type(&der).map_err(|error| refused(ListError::Structure(error)))?;
    if kind == DEVIATION_LIST {
        let list = DeviationList::from_der(&der).map_err(refused)?;
        return Ok(Item::DeviationList(Box::new(list), der));
    }
    let list = MasterList::from_der(&der).map_err(refused)?;
    Ok(Item::MasterList(Box::new(list), sha256(&der)))
}
