//! SELECT and READ BINARY (ISO/IEC 7816-4 §11.1, §11.2; ICAO Doc 9303-10 §3.6).

use super::command::Command;
use super::fault::Misdeed;
use super::lapse::Lapse;
use super::setup::{EndOfFile, OverLimit};
use super::{Answer, FaultyChip, Opening};
use crate::naive::data_object::{object, objects_exactly};

/// The eMRTD application.
const EMRTD: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
/// Files of the master file that are readable by anybody: EF.CardAccess, EF.ATR/INFO, EF.DIR.
const PUBLIC: [u16; 3] = [0x011C, 0x2F01, 0x2F00];
/// EF.CVCA, in the application.
const CVCA: u16 = 0x011C;
/// EF.DG3 and EF.DG4.
const FINGERS: u16 = 0x0103;
const IRISES: u16 = 0x0104;

/// Which directory is current.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Directory {
    MasterFile,
    Emrtd,
}

impl FaultyChip {
    pub(super) fn select(&mut self, command: &Command) -> Answer {
        match (command.p1, command.data.as_slice()) {
            (0x00, [0x3F, 0x00] | []) => {
                let status = self.setup.manners.select_master_file;
                if status == 0x9000 {
                    self.directory = Directory::MasterFile;
                    self.current = None;
                }
                Answer::status(status)
            }
            (0x04, aid) if aid == EMRTD && !self.neglects(Lapse::SelectsNoApplication) => {
                self.directory = Directory::Emrtd;
                self.current = None;
                Answer::status(0x9000)
            }
            (0x02, [high, low]) => {
                let fid = u16::from_be_bytes([*high, *low]);
                // A chip without SELECT MF takes the files of the master file from anywhere.
                let elsewhere = PUBLIC.contains(&fid) && self.setup.manners.select_master_file != 0x9000;
                if elsewhere && self.setup.master_file.contains_key(&fid) {
                    self.directory = Directory::MasterFile;
                }
                if self.content(fid).is_none() && self.neglects(Lapse::SelectsWhatIsNotThere) {
                    return Answer::status(0x9000);
                }
                if self.content(fid).is_none() || self.neglects(Lapse::SelectsNoFile) {
                    return Answer::status(0x6A82);
                }
                if !self.may_read(fid) && !self.neglects(Lapse::GivesSelectedFilesToAnybody) {
                    return self.refuse_file();
                }
                self.current = Some(fid);
                Answer::status(0x9000)
            }
            _ => Answer::status(0x6A82),
        }
    }

    /// The file that a READ BINARY means.
    pub(super) fn file_of(&self, command: &Command) -> Option<u16> {
        match (command.instruction, command.p1, command.p2) {
            (0xB0, p1, _) if p1 & 0x80 != 0 => self.by_short_identifier(p1 & 0x1F),
            (0xB0, _, _) | (0xB1, 0, 0) => self.current,
            (_, 0, sfi) if sfi <= 0x1E => self.by_short_identifier(sfi),
            (_, high, low) => {
                let fid = u16::from_be_bytes([high, low]);
                self.content(fid).map(|_| fid)
            }
        }
    }

    /// The file is named in the command, not selected before.
    fn is_named(command: &Command) -> bool {
        match command.instruction {
            0xB0 => command.p1 & 0x80 != 0,
            _ => (command.p1, command.p2) != (0, 0),
        }
    }

    fn by_short_identifier(&self, sfi: u8) -> Option<u16> {
        if self.neglects(Lapse::ReadsAnotherShortlyNamedFile) {
            return self.files().keys().next().copied();
        }
        let short = |fid: u16| if fid == 0x2F00 { 0x1E } else { (fid & 0x1F) as u8 };
        self.files().keys().copied().find(|fid| short(*fid) == sfi)
    }

    fn files(&self) -> &std::collections::BTreeMap<u16, Vec<u8>> {
        match self.directory {
            Directory::MasterFile => &self.setup.master_file,
            Directory::Emrtd => &self.setup.application,
        }
    }

    fn content(&self, fid: u16) -> Option<&Vec<u8>> {
        self.files().get(&fid)
    }

    fn may_read(&self, fid: u16) -> bool {
        match self.directory {
            Directory::MasterFile => {
                let by_pace = matches!(self.opening, Some(Opening::Pace(_)));
                PUBLIC.contains(&fid) || by_pace || self.neglects(Lapse::GivesCardSecurityToAnybody)
            }
            Directory::Emrtd if self.setup.guarded.contains(&fid) => {
                let to_anybody = (fid == FINGERS && self.neglects(Lapse::GivesFingersToAnybody))
                    || (fid == IRISES && self.neglects(Lapse::GivesIrisesToAnybody));
                to_anybody || self.grants(fid)
            }
            Directory::Emrtd if fid == CVCA && self.neglects(Lapse::GivesTrustPointsToAnybody) => true,
            // PIN and PUK open no travel document.
            Directory::Emrtd => {
                self.setup.plain
                    || (self.session.is_some() && !matches!(self.opening, Some(Opening::Pace(3 | 4))))
            }
        }
    }

    /// A file that may not be read is read all the same.
    fn is_given_to_anybody(&self, named: bool, odd: bool) -> bool {
        let by_way = match named {
            true => Lapse::GivesShortlyNamedFilesToAnybody,
            false => Lapse::GivesSelectedFilesToAnybody,
        };
        self.neglects(by_way) || (odd && self.neglects(Lapse::GivesAnythingToOddReads))
    }

    fn refuse_file(&mut self) -> Answer {
        let ends = self.setup.manners.refusal_ends_session && self.session.is_some();
        let answer = Answer::status(0x6982);
        if ends { answer.ending() } else { answer }
    }

    pub(super) fn read(&mut self, command: &Command, misdeed: Option<&Misdeed>) -> Answer {
        let odd = command.instruction == 0xB1;
        let by_sfi = !odd && command.p1 & 0x80 != 0;
        if by_sfi && self.setup.manners.no_short_file_identifier {
            return Answer::status(0x6A81);
        }
        if odd && self.neglects(Lapse::ReadsNothingOddly) {
            return Answer::status(0x6D00);
        }
        let named = Self::is_named(command);
        if named && self.neglects(Lapse::ReadsNoShortlyNamedFile) {
            return Answer::status(0x6A82);
        }
        let Some(fid) = self.file_of(command) else {
            return Answer::status(if named { 0x6A82 } else { 0x6986 });
        };
        if !self.may_read(fid) && !self.is_given_to_anybody(named, odd) {
            return self.refuse_file();
        }
        self.current = Some(fid);
        let offset = if odd {
            match objects_exactly(&command.data).as_deref() {
                Some([(0x54, _)]) if self.neglects(Lapse::IgnoresOddOffsets) => 0,
                Some([(0x54, offset)]) if (1..=4).contains(&offset.len()) => {
                    offset.iter().fold(0, |n, byte| n << 8 | usize::from(*byte))
                }
                _ => return Answer::status(0x6A80),
            }
        } else if by_sfi {
            usize::from(command.p2)
        } else {
            usize::from(u16::from_be_bytes([command.p1, command.p2]))
        };
        let Some(expected) = command.expected else {
            return Answer::status(0x6700);
        };
        // DO'53' takes its part of what the terminal has room for.
        let wanted = match expected {
            _ if !odd => expected,
            0..=0x81 => expected.saturating_sub(2),
            0x82..=0x102 => expected - 3,
            _ => expected - 4,
        };
        let mut answer = self.piece(fid, offset, wanted, command.extended, misdeed);
        let wraps = odd && !answer.data.is_empty() && !self.setup.manners.no_discretionary_object;
        if wraps && !self.neglects(Lapse::ForgetsDiscretionaryObject) {
            answer.data = object(0x53, &answer.data);
        }
        answer
    }

    fn piece(
        &self,
        fid: u16,
        offset: usize,
        wanted: usize,
        extended: bool,
        misdeed: Option<&Misdeed>,
    ) -> Answer {
        let content = self.content(fid).map(Vec::as_slice).unwrap_or_default();
        let rest = content.get(offset..).unwrap_or_default();
        if rest.is_empty() && self.neglects(Lapse::ReadsBeyondTheEnd) {
            return Answer::status(0x9000);
        }
        if rest.is_empty() {
            return Answer::status(0x6B00);
        }
        if self.neglects(Lapse::ReadsNothing) {
            return Answer::status(0x9000);
        }
        if wanted > rest.len() && self.neglects(Lapse::RefusesLongReads) {
            return Answer::status(0x6700);
        }
        if let Some(Misdeed::TooMuch(more)) = misdeed {
            let len = wanted.min(rest.len()) + more;
            return Answer::data(rest.iter().copied().cycle().take(len).collect());
        }
        if let Some(Misdeed::Drip(drip)) = misdeed {
            return Answer::data(rest[..rest.len().min(wanted).min(*drip)].to_vec());
        }
        if let Some((limit, over)) = self.setup.manners.limit
            && wanted > limit
        {
            let part = rest[..rest.len().min(limit)].to_vec();
            return match over {
                OverLimit::Refuse(status) => Answer::status(status),
                OverLimit::Correct => Answer::status(0x6C00 | (limit as u16 & 0xFF)),
                OverLimit::Shorten => Answer::data(part),
                OverLimit::Warn => Answer::data(part).with(0x6282),
                OverLimit::EndSession(status) => Answer::status(status).ending(),
            };
        }
        // What fits the answer: protected it is longer than what it protects.
        let answer = if extended { 65_536 } else { 256 };
        let room = self
            .session
            .as_ref()
            .map_or(answer, |session| session.room(answer));
        let part = &rest[..rest.len().min(wanted).min(room)];
        if wanted <= rest.len() {
            return Answer::data(part.to_vec());
        }
        match self.setup.manners.end_of_file {
            EndOfFile::Warn if part.len() == rest.len() => Answer::data(part.to_vec()).with(0x6282),
            EndOfFile::Warn | EndOfFile::Shorten => Answer::data(part.to_vec()),
            EndOfFile::WrongOffset => Answer::status(0x6B00),
            EndOfFile::Correct if rest.len() < 256 => Answer::status(0x6C00 | rest.len() as u16),
            EndOfFile::Correct | EndOfFile::WrongLength => Answer::status(0x6700),
        }
    }
}
