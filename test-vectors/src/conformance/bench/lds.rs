//! The files that the units LDS_* look at, read where they are.

use super::Bench;
use super::open::PaceStep;
use crate::conformance::expect::StatusSet;
use crate::conformance::lds::{File, Files};
use crate::conformance::statement::Need;
use crate::conformance::verdict::{Finding, Played};
use crate::oracle::Command;
use crate::oracle::cv_certificate::rights;

/// Longest file of the master file without a length of its own.
const LONGEST: usize = 0x1000;
/// Bytes of one READ BINARY.
const CHUNK: usize = 0xDF;

impl Bench<'_> {
    /// Resets the card, opens what a file needs, and reads it.
    ///
    /// # Errors
    /// When the card does not open or does not give the file; not applicable when the file needs rights that the terminal has not.
    pub fn read_lds_file(&mut self, file: File) -> Played<Vec<u8>> {
        match file {
            File::CardAccess => {
                self.reset()?;
                self.read_file(file.fid())
            }
            File::AtrInfo => {
                self.reset()?;
                self.read_whole_file(file.fid(), file.name())
            }
            File::CardSecurity => {
                self.reset()?;
                let (parameters, password) = (self.any_pace()?, self.pace_password()?);
                let mut pace = self.pace(&parameters, password)?;
                self.pace_until(&mut pace, PaceStep::Prove)?;
                self.read_file(file.fid())
            }
            File::Cvca => {
                self.open()?;
                let place = self.cvca_file()?;
                self.read_whole_file(place.fid, file.name())
            }
            File::DataGroup(3 | 4) => {
                let otherwise = self.open_with_rights()?;
                self.read_with_rights(file, &otherwise)
            }
            File::Com | File::Sod | File::DataGroup(_) => {
                self.open()?;
                self.read_file(file.fid())
            }
        }
    }

    /// Reads every data group that the card has, those behind Terminal Authentication if they can be read.
    ///
    /// # Errors
    /// When the card does not give one.
    pub fn read_data_groups(&mut self, files: &mut Files) -> Played {
        let behind_rights = [3, 4]
            .iter()
            .any(|number| self.statement.data_groups.contains(number));
        // That Terminal Authentication fails, is another unit's matter: then the others are compared.
        let opened = behind_rights.then(|| self.open_with_rights());
        let otherwise = match opened {
            Some(Ok(otherwise)) => otherwise,
            Some(Err(Finding::Link(error))) => return Err(Finding::Link(error)),
            Some(Err(_)) | None => self.open().map(|()| String::new())?,
        };
        for number in self.statement.data_groups.clone() {
            let file = File::DataGroup(number);
            let read = match number {
                3 | 4 => self.read_with_rights(file, &otherwise),
                _ => self.read_file(file.fid()),
            };
            match read {
                Ok(content) => files.put(file, content),
                Err(Finding::NotApplicable(_)) => {}
                Err(finding) => return Err(finding),
            }
        }
        Ok(())
    }

    /// Opens the application with the rights for fingers and irises; where the terminal cannot have them, without, and gives why.
    fn open_with_rights(&mut self) -> Played<String> {
        match self.run_terminal_authentication(rights::BOTH) {
            Err(Finding::NotApplicable(why)) => self.open().map(|()| why),
            other => other.map(|()| "Terminal Authentication did not open it".into()),
        }
    }

    /// Reads a file that many cards show to authenticated terminals only; `otherwise` is why this one may not be.
    fn read_with_rights(&mut self, file: File, otherwise: &str) -> Played<Vec<u8>> {
        let denied = || Finding::NotApplicable(format!("{} cannot be read: {otherwise}", file.name()));
        for command in [Command::select_file(file.fid()), Command::read_binary(0, 8)] {
            let answer = self.send(&command)?;
            if StatusSet::SECURITY_STATUS_NOT_SATISFIED.has(answer.status) {
                return Err(denied());
            }
        }
        self.read_file(file.fid())
    }

    /// Reads a file to its end, which nothing in it says: until the card gives less than it was asked for, or nothing.
    fn read_whole_file(&mut self, fid: u16, name: &str) -> Played<Vec<u8>> {
        // Chips that do not select the master file have it selected when they get power.
        if self.session.is_none() && self.statement.has(Need::MasterFile) {
            self.send(&Command::select_master_file())?
                .expect("SELECT of the master file", StatusSet::SUCCESS)?;
        }
        self.send(&Command::select_file(fid))?
            .expect(&format!("SELECT of {name}"), StatusSet::SUCCESS)?;
        let mut content = Vec::new();
        while content.len() < LONGEST {
            let offset = u16::try_from(content.len()).unwrap_or(u16::MAX);
            let answer = self.send(&Command::read_binary(offset, CHUNK))?;
            let is_given = StatusSet::SUCCESS_OR_WARNING.has(answer.status);
            if content.is_empty() && !is_given {
                answer.expect(&format!("READ BINARY of {name}"), StatusSet::SUCCESS_OR_WARNING)?;
                break;
            }
            content.extend(&answer.data);
            if !is_given || answer.data.len() < CHUNK {
                break;
            }
        }
        Ok(content)
    }
}
