//! MSE:Set AT of PACE (ICAO Doc 9303-11 §4.4.4.1).

use sha1::{Digest, Sha1};

use super::PaceRun;
use crate::faulty_chip::lapse::Lapse;
use crate::faulty_chip::setup::PaceSet;
use crate::faulty_chip::{Answer, FaultyChip};
use crate::naive::data_object::objects_exactly;

/// References of the passwords.
pub(in crate::faulty_chip) const MRZ: u8 = 1;
pub(in crate::faulty_chip) const CAN: u8 = 2;

/// Protocol, password, domain parameters, certificate holder authorization template.
const TAGS: [u32; 4] = [0x80, 0x83, 0x84, 0x7F4C];

impl FaultyChip {
    /// MSE:Set AT: protocol, password, domain parameters.
    pub(in crate::faulty_chip) fn pace_set_at(&mut self, data: &[u8]) -> Result<Answer, u16> {
        self.pace = None;
        let sent = objects_exactly(data).ok_or(0x6A80_u16)?;
        // What the command does not know is passed over (note 2).
        let values = |tag| sent.iter().filter(move |(found, _)| *found == tag);
        let twice = TAGS.iter().any(|tag| values(*tag).count() > 1);
        if twice {
            return Err(0x6A80);
        }
        let value = |tag| values(tag).map(|(_, value)| *value).next();
        let protocol = match value(0x80) {
            None if self.neglects(Lapse::PaceTakesAnyProtocolTag) => sent.first().map(|(_, value)| *value),
            protocol => protocol,
        };
        let set = self.pace_set(protocol, value(0x84))?;
        let reference = self.pace_reference(value(0x83))?;
        let password = self.pace_password(reference)?;
        self.may_begin_pace(reference)?;
        self.pace = Some(PaceRun::new(set, reference, password, value(0x7F4C).is_some()));
        Ok(Answer::status(self.pace_status(reference)))
    }

    /// Which of the ways to run PACE is meant.
    fn pace_set(&self, protocol: Option<&[u8]>, parameters: Option<&[u8]>) -> Result<PaceSet, u16> {
        let sets = &self.setup.pace;
        let first = sets.first().copied().ok_or(0x6A80_u16)?;
        let is_named = |set: &&PaceSet| match protocol {
            Some(sent) if sent == set.oid() => true,
            Some(sent) if self.neglects(Lapse::PaceComparesProtocolsPartly) => {
                let common = sent.len().min(set.oid().len());
                common > 1 && sent[..common] == set.oid()[..common]
            }
            _ => false,
        };
        let mut named: Vec<PaceSet> = sets.iter().filter(is_named).copied().collect();
        let any = match protocol {
            None => Lapse::PaceNeedsNoProtocol,
            Some(_) => Lapse::PaceTakesAnyProtocol,
        };
        if named.is_empty() && self.neglects(any) {
            named.push(first);
        }
        let only = named.first().copied().ok_or(0x6A80_u16)?;
        let ambiguous = named.len() > 1;
        match parameters {
            Some(_) if self.neglects(Lapse::PaceIgnoresParameters) => Ok(only),
            None if ambiguous && self.neglects(Lapse::PaceIgnoresParameters) => Ok(only),
            None if ambiguous => Err(0x6A88),
            None if self.neglects(Lapse::PaceDemandsParameters) => Err(0x6A88),
            None => Ok(only),
            Some(_) if !ambiguous && self.neglects(Lapse::PaceRefusesParameters) => Err(0x6A80),
            Some([parameters]) => {
                let fits = |set: &PaceSet| set.group.parameter_id() == *parameters;
                named.into_iter().find(fits).ok_or(0x6A88)
            }
            Some(_) => Err(0x6A80),
        }
    }

    /// Which password is meant.
    fn pace_reference(&self, sent: Option<&[u8]>) -> Result<u8, u16> {
        let known = |reference: u8| self.pace_password(reference).is_ok();
        match sent {
            Some([reference]) if known(*reference) => Ok(*reference),
            Some(_) if self.neglects(Lapse::PaceTakesAnyPassword) => Ok(CAN),
            None if self.neglects(Lapse::PaceNeedsNoPassword) => Ok(CAN),
            Some([_]) => Err(0x6A88),
            _ => Err(0x6A80),
        }
    }

    /// What K_π is derived from.
    fn pace_password(&self, reference: u8) -> Result<Vec<u8>, u16> {
        match reference {
            MRZ if !self.neglects(Lapse::PaceKnowsNoMrz) => {
                Ok(Sha1::digest(self.setup.mrz_information.as_bytes()).to_vec())
            }
            CAN if !self.neglects(Lapse::PaceKnowsNoCan) => Ok(self.setup.can.as_bytes().to_vec()),
            _ => self.pin_password(reference).ok_or(0x6A88),
        }
    }
}
