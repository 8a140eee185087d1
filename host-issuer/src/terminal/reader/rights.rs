//! Terminal Authentication in the course of reading a chip: what it needs is gathered from the steps before.

use card_applet::wire::apdu::CommandApdu;
use card_applet::wire::instruction;
use card_applet::wire::lds::{fid, sfi};
use card_applet::wire::security_info::CvcaFile;
use card_applet::wire::status::StatusWord;
use rand_core::TryCryptoRng;

use super::{ChipReader, ExtendedLength, ReadError};
use crate::terminal::card_file::{FileId, FileLocation};
use crate::terminal::pace::PaceBinding;
use crate::terminal::password::Password;
use crate::terminal::terminal_auth::{
    self, Binding, TerminalAuthError, TerminalAuthReport, TerminalCredentials, read_ef_cvca,
};
use crate::transport::Transport;

/// Longest command that carries a certificate whole: RSA with 4096 bits, and its secure messaging.
const MAX_COMMAND: usize = 1_400;
/// Bytes of EF.CVCA by which two ways to it are seen to lead to one file: the first name, which has up to 16.
const GLANCE: u32 = 18;

/// What the session so far has left for Terminal Authentication.
#[derive(Clone, Debug, Default)]
pub(super) struct Bonds {
    id_ic: Option<Vec<u8>>,
    terminal_key: Option<Vec<u8>>,
    authorities: Vec<Vec<u8>>,
    /// Where DG14 says that EF.CVCA is.
    cvca_file: Option<CvcaFile>,
}

impl Bonds {
    /// After PACE. Without chip authentication mapping its keys prove nothing of the chip.
    pub(super) fn of_pace(binding: PaceBinding, chip_is_authenticated: bool) -> Self {
        Self {
            id_ic: Some(binding.id_ic),
            terminal_key: chip_is_authenticated.then_some(binding.terminal_key),
            authorities: binding.authorities,
            cvca_file: None,
        }
    }

    /// After BAC.
    pub(super) fn of_bac(password: &Password) -> Self {
        Self {
            id_ic: password
                .document_number()
                .map(|number| number.as_bytes().to_vec()),
            ..Self::default()
        }
    }

    /// After Chip Authentication: its key takes the place of PACE's.
    pub(super) fn chip_authenticated(&mut self, terminal_key: &[u8]) {
        self.terminal_key = Some(terminal_key.to_vec());
    }
}

impl<T: Transport, R: TryCryptoRng> ChipReader<T, R> {
    /// Says in PACE what this terminal means to prove its rights to (a CHAT, `7F4C …`), so that the chip names the authorities that
    /// it trusts. To be called before a session is opened.
    pub fn announce(&mut self, authorization: Vec<u8>) {
        self.authorization = authorization;
    }

    /// Takes note of where DG14 says that EF.CVCA is, in this session.
    pub fn find_cvca_at(&mut self, file: CvcaFile) {
        self.bonds.cvca_file = Some(file);
    }

    /// Proves the terminal's rights, after Chip Authentication or PACE-CAM. A session sees this once; where the chip refuses, it
    /// goes on without rights.
    ///
    /// # Errors
    /// [`TerminalAuthError`].
    pub fn terminal_authentication(
        &mut self,
        credentials: &TerminalCredentials,
    ) -> Result<TerminalAuthReport, TerminalAuthError> {
        self.select_application()
            .map_err(|error| refused(error, "SELECT of the application"))?;
        let authorities = if self.bonds.authorities.is_empty() {
            read_ef_cvca(&self.read_cvca()?)
        } else {
            self.bonds.authorities.clone()
        };
        self.learned.asks(0);
        let terminal_key = self.bonds.terminal_key.as_deref();
        let id_ic = self.bonds.id_ic.as_deref();
        let binding = Binding {
            terminal_key: terminal_key.ok_or(TerminalAuthError::NoChipAuthentication)?,
            id_ic: id_ic.ok_or(TerminalAuthError::NoDocumentNumber)?,
        };
        let fits = |sizes: ExtendedLength| sizes.command.min(self.link.limits().command) >= MAX_COMMAND;
        let extended = self.extended_length.is_some_and(fits);
        terminal_auth::run(
            &mut self.link,
            credentials,
            &authorities,
            binding,
            extended,
            &mut self.rng,
        )
    }
}

impl<T: Transport, R: TryCryptoRng> ChipReader<T, R> {
    /// Reads EF.CVCA where 9303-10 has it, or where DG14 says that it is. What DG14 says is signed: identifiers that lead nowhere, or
    /// to two files, are not made good by looking elsewhere.
    fn read_cvca(&mut self) -> Result<Vec<u8>, TerminalAuthError> {
        let usual = |file: &CvcaFile| file.fid == fid::CVCA && file.sfi.is_none_or(|id| id == sfi::CVCA);
        let Some(file) = self.bonds.cvca_file.filter(|file| !usual(file)) else {
            return self
                .read(FileId::Cvca, &mut |_, _| {})
                .map_err(TerminalAuthError::NoAuthority);
        };
        let wrong = TerminalAuthError::WrongFile { fid: file.fid };
        let location = FileLocation {
            fid: file.fid,
            sfi: None,
            ..FileId::Cvca.location()
        };
        let read = self.read_bounded(
            location,
            FileId::Cvca.extent(),
            FileId::Cvca.max_len(),
            &mut |_, _| {},
        );
        let content = match read {
            Ok(content) => content,
            Err(ReadError::Link(error)) => return Err(error.into()),
            Err(_) => return Err(wrong),
        };
        if let Some(id) = file.sfi {
            let glance = CommandApdu::new(0x00, instruction::READ_BINARY, 0x80 | (id & 0x1F), 0x00);
            let seen = self.link.exchange(&glance.with_expected(GLANCE))?;
            let is_it = !seen.data.is_empty() && content.starts_with(&seen.data);
            let answered = seen.status.is_success() || seen.status == StatusWord::END_OF_FILE;
            if !answered || !is_it {
                return Err(wrong);
            }
        }
        Ok(content)
    }
}

fn refused(error: ReadError, command: &'static str) -> TerminalAuthError {
    match error {
        ReadError::Link(link) => TerminalAuthError::Link(link),
        other => TerminalAuthError::Refused {
            command,
            status: other.status().unwrap_or(StatusWord::FILE_NOT_FOUND),
        },
    }
}
