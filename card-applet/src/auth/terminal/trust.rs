//! What the chip keeps of its CVCA: at most two trust points and the current date (ICAO Doc 9303-11, 7.1.4.3).
//!
//! A link certificate writes the new trust point over the older one; which is the newest is a record of its own, so
//! that one small transaction moves point, order and date together. The chip has no clock: its date is the latest
//! effective date that it has seen in a certificate of a trustworthy source.

use crate::crypto::curve::{Curve, MAX_FIELD, PublicPoint};
use crate::crypto::digest::HashFunction;
use crate::error::Error;
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::{MAX_VALUE, RecordKey};
use crate::platform::Nvm;
use crate::wire::cvc::{Date, InspectionRights, KeyReference, MAX_REFERENCE};
use crate::wire::tlv::TlvWriter;
use heapless::Vec;

/// A key reference that outlives its command.
pub(crate) type Reference = Vec<u8, MAX_REFERENCE, u8>;
/// Length of EF.CVCA (9303-10, 4.6.5): two references with tags and lengths.
pub(crate) const EF_CVCA_LEN: usize = 2 * (2 + MAX_REFERENCE);
/// Certification authority reference in EF.CVCA.
const DO_AUTHORITY_REFERENCE: u32 = 0x42;
/// Slots of trust points.
const SLOTS: [u8; 2] = [0, 1];

/// Copies a reference.
pub(crate) fn reference(reference: KeyReference<'_>) -> Result<Reference, Error> {
    Vec::from_slice(reference.as_bytes()).map_err(|_| Error::Fault)
}

/// A key of the CVCA, with what its certificate says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrustPoint {
    pub(super) reference: Reference,
    pub(super) hash: HashFunction,
    pub(super) point: PublicPoint,
    pub(super) rights: InspectionRights,
    pub(super) effective: Date,
    pub(super) expiration: Date,
}

impl TrustPoint {
    /// Puts the trust point into a transaction.
    fn put(&self, slot: u8, transaction: &mut Transaction) -> Result<(), Error> {
        let mut known = Vec::<u8, MAX_VALUE>::new();
        let fields: [&[u8]; 4] = [
            &[
                hash_code(self.hash),
                self.point.curve().parameter_id(),
                self.rights.bits(),
            ],
            &self.effective.to_bytes(),
            &self.expiration.to_bytes(),
            &self.reference,
        ];
        for field in fields {
            known.extend_from_slice(field).map_err(|_| Error::Fault)?;
        }
        let coordinates = self.point.as_bytes().get(1..).ok_or(Error::Fault)?;
        let (x, y) = coordinates
            .split_at_checked(self.point.curve().field_len())
            .ok_or(Error::Fault)?;
        transaction
            .put(RecordKey::trust_point(slot, 0), &known)
            .put(RecordKey::trust_point(slot, 1), x)
            .put(RecordKey::trust_point(slot, 2), y);
        Ok(())
    }

    fn load<N: Nvm>(journal: &Journal, nvm: &N, slot: u8) -> Result<Option<Self>, Error> {
        let mut value = [0; MAX_VALUE];
        let Some(stored) = journal.get(nvm, RecordKey::trust_point(slot, 0), &mut value)? else {
            return Ok(None);
        };
        let (&[hash, curve, rights], rest) = stored.split_first_chunk().ok_or(Error::Memory)?;
        let (effective, rest) = rest.split_first_chunk::<6>().ok_or(Error::Memory)?;
        let (expiration, name) = rest.split_first_chunk::<6>().ok_or(Error::Memory)?;
        let curve = Curve::from_parameter_id(curve).ok_or(Error::Memory)?;
        let (hash, rights) = (
            hash_from_code(hash).ok_or(Error::Memory)?,
            InspectionRights::from_bits(rights),
        );
        let date = |digits: &[u8]| Date::from_bytes(digits).map_err(|_| Error::Memory);
        let (effective, expiration) = (date(effective)?, date(expiration)?);
        let reference = Vec::from_slice(name).map_err(|_| Error::Memory)?;
        let mut point = Vec::<u8, { 1 + 2 * MAX_FIELD }>::new();
        point.push(0x04).map_err(|_| Error::Memory)?;
        for part in 1..=2 {
            let mut coordinate = [0; MAX_VALUE];
            let stored = journal
                .get(nvm, RecordKey::trust_point(slot, part), &mut coordinate)?
                .ok_or(Error::Memory)?;
            point.extend_from_slice(stored).map_err(|_| Error::Memory)?;
        }
        Ok(Some(Self {
            reference,
            hash,
            point: PublicPoint::from_uncompressed(curve, &point).map_err(|_| Error::Memory)?,
            rights,
            effective,
            expiration,
        }))
    }
}

/// Trust points and current date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TrustStore {
    /// The newest is first.
    points: Vec<TrustPoint, 2>,
    /// Slot of the newest.
    newest_slot: u8,
    date: Option<Date>,
}

impl TrustStore {
    /// Reads what the chip keeps.
    ///
    /// # Errors
    /// [`Error::Memory`] when it cannot be read.
    pub(crate) fn load<N: Nvm>(journal: &Journal, nvm: &N) -> Result<Self, Error> {
        let mut value = [0; MAX_VALUE];
        let newest_slot = match journal.get(nvm, RecordKey::NEWEST_TRUST_POINT, &mut value)? {
            None => 0,
            Some([slot @ (0 | 1)]) => *slot,
            Some(_) => return Err(Error::Memory),
        };
        let mut points = Vec::new();
        for slot in [newest_slot, other(newest_slot)] {
            if let Some(point) = TrustPoint::load(journal, nvm, slot)? {
                points.push(point).map_err(|_| Error::Memory)?;
            }
        }
        let date = match journal.get(nvm, RecordKey::CURRENT_DATE, &mut value)? {
            None => None,
            Some(digits) => Some(Date::from_bytes(digits).map_err(|_| Error::Memory)?),
        };
        Ok(Self {
            points,
            newest_slot,
            date,
        })
    }

    /// Whether there is a trust point and a date, so that Terminal Authentication can be done.
    pub(crate) fn is_complete(&self) -> bool {
        !self.points.is_empty() && self.date.is_some()
    }

    /// The trust point with this name.
    pub(crate) fn find(&self, reference: KeyReference<'_>) -> Option<&TrustPoint> {
        self.points
            .iter()
            .find(|point| point.reference == reference.as_bytes())
    }

    /// Whether there is a trust point of this name.
    pub(crate) fn has(&self, point: &TrustPoint) -> bool {
        self.points.iter().any(|known| known.reference == point.reference)
    }

    /// Whether this is the newest trust point.
    pub(super) fn is_newest(&self, point: &TrustPoint) -> bool {
        self.points.first() == Some(point)
    }

    /// Whether a last day is past.
    pub(super) fn is_expired(&self, expiration: Date) -> bool {
        self.date.is_some_and(|today| expiration < today)
    }

    /// The current date.
    #[cfg(test)]
    pub(crate) const fn date(&self) -> Option<Date> {
        self.date
    }

    /// Names of the trust points with which a chain may begin, the newest first. An expired one is left out, but for
    /// the newest, which still verifies link certificates.
    pub(crate) fn authority_references(&self) -> impl Iterator<Item = &[u8]> {
        self.points
            .iter()
            .enumerate()
            .filter(|(index, point)| *index == 0 || !self.is_expired(point.expiration))
            .map(|(_, point)| point.reference.as_slice())
    }

    /// What EF.CVCA holds: the references, then zeros.
    pub(crate) fn ef_cvca(&self) -> Result<[u8; EF_CVCA_LEN], Error> {
        let mut file = [0; EF_CVCA_LEN];
        let mut writer = TlvWriter::new(&mut file);
        for reference in self.authority_references() {
            writer.tlv(DO_AUTHORITY_REFERENCE, reference)?;
        }
        Ok(file)
    }

    /// What a valid certificate changes, in one transaction: a new trust point, if it is one, takes the older one's
    /// place; the date moves to `effective`, if that is later and its source is to be believed.
    pub(crate) fn update<N: Nvm>(
        &self,
        new_point: Option<&TrustPoint>,
        effective: Option<Date>,
        journal: &mut Journal,
        nvm: &mut N,
    ) -> Result<(), Error> {
        let mut transaction = Transaction::new();
        let mut changes = false;
        if let Some(point) = new_point {
            let slot = if self.points.is_empty() {
                self.newest_slot
            } else {
                other(self.newest_slot)
            };
            point.put(slot, &mut transaction)?;
            transaction.put(RecordKey::NEWEST_TRUST_POINT, &[slot]);
            changes = true;
        }
        if let Some(effective) = effective
            && self.date.is_none_or(|today| today < effective)
        {
            transaction.put(RecordKey::CURRENT_DATE, &effective.to_bytes());
            changes = true;
        }
        if changes {
            journal.commit(nvm, &mut transaction)?;
        }
        Ok(())
    }
}

/// Puts the deletion of trust points and date into a transaction.
pub(crate) fn delete_all(transaction: &mut Transaction) {
    for slot in SLOTS {
        for part in 0..=2 {
            transaction.delete(RecordKey::trust_point(slot, part));
        }
    }
    transaction
        .delete(RecordKey::NEWEST_TRUST_POINT)
        .delete(RecordKey::CURRENT_DATE)
        .delete(RecordKey::DOCUMENT_NUMBER);
}

const fn other(slot: u8) -> u8 {
    if slot == 0 { 1 } else { 0 }
}

const fn hash_code(hash: HashFunction) -> u8 {
    match hash {
        HashFunction::Sha1 => 1,
        HashFunction::Sha224 => 2,
        HashFunction::Sha256 => 3,
        HashFunction::Sha384 => 4,
        HashFunction::Sha512 => 5,
    }
}

/// SHA-1 is never stored, so it is not read either.
const fn hash_from_code(code: u8) -> Option<HashFunction> {
    match code {
        2 => Some(HashFunction::Sha224),
        3 => Some(HashFunction::Sha256),
        4 => Some(HashFunction::Sha384),
        5 => Some(HashFunction::Sha512),
        _ => None,
    }
}
