//! PUT DATA (ISO/IEC 7816-4, 11.4.3), for the issuer in Personalisation only: what Terminal Authentication starts
//! from. P1-P2 is the tag, the data field the object's value.
//!
//! | P1-P2 | value |
//! |---|---|
//! | 7F21 | a certificate of the CVCA that signs itself, 7F4E ‖ 5F37: becomes the newest trust point, and the one before stays as the second; the current date moves to its effective date, if that is later |
//! | 5F25 | the current date, six digits: the day of personalisation |
//! | 005A | the document number of the MRZ with its check digit: ID_IC of a chip that is opened by BAC |

use crate::auth::terminal::certificate::first_trust_point;
use crate::auth::terminal::trust::TrustStore;
use crate::error::Error;
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::RecordKey;
use crate::platform::{Engine, Nvm};
use crate::wire::cvc::Date;
use crate::wire::global_platform::{DATA_CURRENT_DATE, DATA_DOCUMENT_NUMBER, DATA_TRUST_POINT};

/// Shortest and longest document number with its check digit: nine characters, or the long form of a TD1 MRZ
/// (ICAO Doc 9303-5, note j).
const DOCUMENT_NUMBER_LEN: core::ops::RangeInclusive<usize> = 10..=23;

/// Stores a data object.
///
/// # Errors
/// [`Error::ReferencedData`] for an unknown tag, [`Error::Data`] for a malformed value, [`Error::Authentication`] for a
/// certificate that does not verify, [`Error::FileExists`] for a trust point that is there already.
#[inline(never)]
pub(crate) fn put_data<E: Engine, N: Nvm>(
    object: u16,
    value: &[u8],
    journal: &mut Journal,
    nvm: &mut N,
    engine: &mut E,
) -> Result<(), Error> {
    match object {
        DATA_TRUST_POINT => {
            let (point, effective) = first_trust_point(value, engine)?;
            let trust = TrustStore::load(journal, nvm)?;
            if trust.has(&point) {
                return Err(Error::FileExists);
            }
            trust.update(Some(&point), Some(effective), journal, nvm)
        }
        DATA_CURRENT_DATE => {
            let date = Date::from_bytes(value).map_err(|_| Error::Data)?;
            let mut transaction = Transaction::new();
            transaction.put(RecordKey::CURRENT_DATE, &date.to_bytes());
            Ok(journal.commit(nvm, &mut transaction)?)
        }
        DATA_DOCUMENT_NUMBER => {
            let is_mrz = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'<';
            if !DOCUMENT_NUMBER_LEN.contains(&value.len()) || !value.iter().all(is_mrz) {
                return Err(Error::Data);
            }
            let mut transaction = Transaction::new();
            transaction.put(RecordKey::DOCUMENT_NUMBER, value);
            Ok(journal.commit(nvm, &mut transaction)?)
        }
        _ => Err(Error::ReferencedData),
    }
}
