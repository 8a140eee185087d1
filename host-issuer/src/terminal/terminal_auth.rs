//! Terminal Authentication version 1, the terminal's side (ICAO Doc 9303-11 §7.1; BSI TR-03110-1 §3.5): shows the chip a chain of
//! certificates from a key that it trusts, and signs its challenge. Fingers and irises are open then, as far as the chain allows.
//!
//! It comes after Chip Authentication or PACE-CAM, because the signature is bound to the ephemeral key of those.
//!
//! ```text
//! MSE:Set DST ─► PSO:VERIFY CERTIFICATE   for each certificate
//! MSE:Set AT  ─► GET CHALLENGE ─► EXTERNAL AUTHENTICATE over ID_IC ‖ r_IC ‖ Comp(PK_IFD)
//! ```

mod credentials;
mod signature;
#[cfg(test)]
mod tests;

use card_applet::wire::apdu::{CLASS_CHAINING, CommandApdu};
use card_applet::wire::cvc::{CvCertificate, InspectionRights, tag};
use card_applet::wire::instruction;
use card_applet::wire::status::StatusWord;
use card_applet::wire::tlv::{TlvReader, TlvWriter, header_len};
use rand_core::TryCryptoRng;

use super::link::{CardLink, LinkError};
use super::read_error::ReadError;
use crate::transport::Transport;

pub use credentials::{CredentialsError, TerminalCredentials};
pub use signature::{KeyError, TerminalKey, verify};

/// DO'83': reference of a public key.
const KEY_REFERENCE: u32 = 0x83;
/// DO'42' in EF.CVCA: certification authority reference.
const AUTHORITY_REFERENCE: u32 = 0x42;
/// Bytes of r_IC.
const CHALLENGE_LEN: u32 = 8;
/// Bytes of a certificate in one command of a chain, where extended length is not to be used: with padding, cryptogram and MAC
/// objects they fit 255.
const CHAIN_PIECE: usize = 207;

/// Why the chip gives no rights.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TerminalAuthError {
    /// Neither Chip Authentication nor PACE-CAM came before.
    #[error("Terminal Authentication comes after Chip Authentication or PACE-CAM, and neither was done")]
    NoChipAuthentication,
    /// After BAC the chip is named by its document number, which only the machine readable zone tells.
    #[error(
        "the document number is not known: after Basic Access Control the whole machine readable zone is needed"
    )]
    NoDocumentNumber,
    /// The chip does not say which CVCA it trusts.
    #[error("the chip does not say which authority it trusts: {0}")]
    NoAuthority(ReadError),
    /// DG14 names EF.CVCA by identifiers that do not lead to one file.
    #[error("DG14 says that EF.CVCA is file {fid:04X}, and what it names is not there")]
    WrongFile {
        /// The file identifier in DG14.
        fid: u16,
    },
    /// EF.CVCA is there and names no authority.
    #[error("the chip names no authority that it trusts")]
    UnnamedAuthority,
    /// No chain of certificates leads from the chip's CVCA to this terminal.
    #[error("no chain of certificates leads from {} to this terminal", .authorities.join(" or "))]
    NoChain {
        /// What the chip trusts.
        authorities: Vec<String>,
    },
    /// A certificate of the terminal is not signed by the one that it names.
    #[error("the certificate of {0} is not signed by the authority that it names")]
    BadCertificate(String),
    /// The chip does not accept a certificate.
    #[error("the chip does not accept the certificate of {reference}: {status}")]
    CertificateRefused {
        /// Its holder.
        reference: String,
        /// The chip's status word.
        status: StatusWord,
    },
    /// The chip refuses a step.
    #[error("the chip refuses {command}: {status}")]
    Refused {
        /// Which.
        command: &'static str,
        /// Its status word.
        status: StatusWord,
    },
    /// The chip's challenge is none.
    #[error("the chip's challenge is malformed")]
    Malformed,
    /// The terminal's key failed.
    #[error("the terminal's key: {0}")]
    Key(#[from] KeyError),
    /// The command or its answer did not get through.
    #[error(transparent)]
    Link(#[from] LinkError),
}

/// What names the chip, and what the signature is bound to.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// ID_IC: after PACE Comp(PK_DH,IC), after BAC the document number with its check digit.
    pub id_ic: &'a [u8],
    /// Comp(PK_DH,IFD) of the newest key agreement: Chip Authentication's, or PACE-CAM's.
    pub terminal_key: &'a [u8],
}

/// What the chip granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalAuthReport {
    /// The authority that the chip trusts and the chain began with.
    pub authority: String,
    /// The terminal's name.
    pub terminal: String,
    /// What the certificates sent allow together; the chip may know of its CVCA that it is less.
    pub rights: InspectionRights,
}

/// The references in EF.CVCA (9303-10 §4.6.5): one or two, then zeros. An empty one names nobody and is passed over.
pub fn read_ef_cvca(bytes: &[u8]) -> Vec<Vec<u8>> {
    TlvReader::new(bytes)
        .map_while(|object| object.ok().filter(|object| object.tag == AUTHORITY_REFERENCE))
        .filter(|object| !object.value.is_empty())
        .map(|object| object.value.to_vec())
        .collect()
}

/// Runs Terminal Authentication over `link`, in a session whose chip has authenticated itself. `extended` says whether commands may
/// have extended length.
///
/// # Errors
/// [`TerminalAuthError`]; the session goes on, unless it broke.
pub(super) fn run<T: Transport, R: TryCryptoRng + ?Sized>(
    link: &mut CardLink<T>,
    credentials: &TerminalCredentials,
    authorities: &[Vec<u8>],
    binding: Binding<'_>,
    extended: bool,
    rng: &mut R,
) -> Result<TerminalAuthReport, TerminalAuthError> {
    let no_chain = || TerminalAuthError::NoChain {
        authorities: authorities
            .iter()
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect(),
    };
    if authorities.is_empty() {
        return Err(TerminalAuthError::UnnamedAuthority);
    }
    let chain = credentials.chain_from(authorities).ok_or_else(no_chain)?;
    credentials
        .check(&chain)
        .map_err(TerminalAuthError::BadCertificate)?;
    let (Some(first), Some(terminal), Some(scheme)) = (chain.first(), chain.last(), credentials.scheme())
    else {
        return Err(no_chain());
    };
    let mut rights = InspectionRights::ALL;
    for certificate in &chain {
        show(link, certificate, extended)?;
        let own = certificate.body.authorization.inspection_rights();
        rights = rights.and(own.unwrap_or_default());
    }

    let template = data_object(KEY_REFERENCE, terminal.body.holder_reference.as_bytes());
    let set_at =
        CommandApdu::new(0x00, instruction::MANAGE_SECURITY_ENVIRONMENT, 0x81, 0xA4).with_data(&template);
    accepted(link, &set_at, "MSE:Set AT")?;
    let get_challenge =
        CommandApdu::new(0x00, instruction::GET_CHALLENGE, 0x00, 0x00).with_expected(CHALLENGE_LEN);
    let r_ic = accepted(link, &get_challenge, "GET CHALLENGE")?;
    if r_ic.len() != CHALLENGE_LEN as usize {
        return Err(TerminalAuthError::Malformed);
    }
    let message = [binding.id_ic, &r_ic, binding.terminal_key].concat();
    let signature = credentials.key().sign(scheme, &message, rng)?;
    for command in in_pieces(
        instruction::EXTERNAL_AUTHENTICATE,
        0x00,
        0x00,
        &signature,
        extended,
    ) {
        accepted(link, &command, "EXTERNAL AUTHENTICATE")?;
    }
    Ok(TerminalAuthReport {
        authority: first.body.authority_reference.to_string(),
        terminal: terminal.body.holder_reference.to_string(),
        rights,
    })
}

/// MSE:Set DST and PSO:VERIFY CERTIFICATE.
fn show<T: Transport>(
    link: &mut CardLink<T>,
    certificate: &CvCertificate<'_>,
    extended: bool,
) -> Result<(), TerminalAuthError> {
    let template = data_object(KEY_REFERENCE, certificate.body.authority_reference.as_bytes());
    let set_dst =
        CommandApdu::new(0x00, instruction::MANAGE_SECURITY_ENVIRONMENT, 0x81, 0xB6).with_data(&template);
    accepted(link, &set_dst, "MSE:Set DST")?;
    let content = [
        certificate.signed,
        &data_object(tag::SIGNATURE, certificate.signature),
    ]
    .concat();
    for command in in_pieces(
        instruction::PERFORM_SECURITY_OPERATION,
        0x00,
        0xBE,
        &content,
        extended,
    ) {
        let response = link.exchange(&command)?;
        if !response.status.is_success() {
            return Err(TerminalAuthError::CertificateRefused {
                reference: certificate.body.holder_reference.to_string(),
                status: response.status,
            });
        }
    }
    Ok(())
}

/// One command, or several that are chained (ISO/IEC 7816-4 §5.3.3).
fn in_pieces(instruction: u8, p1: u8, p2: u8, data: &[u8], extended: bool) -> Vec<CommandApdu<'_>> {
    let piece = if extended { data.len().max(1) } else { CHAIN_PIECE };
    let pieces = data.chunks(piece);
    let last = pieces.len().saturating_sub(1);
    pieces
        .enumerate()
        .map(|(index, bytes)| {
            let class = if index == last { 0x00 } else { CLASS_CHAINING };
            CommandApdu::new(class, instruction, p1, p2).with_data(bytes)
        })
        .collect()
}

fn accepted<T: Transport>(
    link: &mut CardLink<T>,
    command: &CommandApdu<'_>,
    name: &'static str,
) -> Result<Vec<u8>, TerminalAuthError> {
    let response = link.exchange(command)?;
    if response.status.is_success() {
        Ok(response.data)
    } else {
        Err(TerminalAuthError::Refused {
            command: name,
            status: response.status,
        })
    }
}

fn data_object(tag: u32, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; header_len(tag, value.len()) + value.len()];
    // The buffer has exactly the object's length, so that writing it cannot fail.
    let written = TlvWriter::new(&mut bytes).tlv(tag, value);
    debug_assert_eq!(written, Ok(()));
    bytes
}
