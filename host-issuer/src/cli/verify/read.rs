//! Reading everything that a verdict needs, in as few commands as can be.

use card_applet::wire::lds::DataGroup;

use super::super::failure::Failure;
use crate::environment::Random;
use crate::inspect::{Read, ReadDocument, listed_data_groups};
use crate::terminal::card_file::FileId;
use crate::terminal::link::WireCount;
use crate::terminal::password::Password;
use crate::terminal::reader::{AccessProtocol, AccessReport, ChipReader, ReadError};
use crate::transport::Transport;

/// Fingers and irises: readable with rights from terminal authentication only (Doc 9303-11 §7).
const GUARDED: [u8; 2] = [3, 4];

/// What came back from a card, and how.
pub(in crate::cli) struct ReadCard {
    /// The files.
    pub(in crate::cli) document: ReadDocument,
    /// How the chip was opened.
    pub(in crate::cli) access: AccessReport,
    /// What it took.
    pub(in crate::cli) wire: WireCount,
    /// What a person should know of the way.
    pub(in crate::cli) notes: Vec<String>,
}

type Report<'a> = dyn FnMut(&str, u64, u64) + 'a;

impl ReadCard {
    /// Opens the chip and reads EF.SOD, the data groups that EF.SOD lists, and EF.COM.
    ///
    /// Fingers (DG3) and irises (DG4) need rights that this terminal does not have; they are asked for
    /// once and the refusal is kept.
    ///
    /// # Errors
    /// When the chip cannot be opened, goes away, or breaks off in the middle of a file.
    pub(in crate::cli) fn read(
        transport: Box<dyn Transport>,
        random: Random,
        password: &Password,
        progress: &mut Report<'_>,
    ) -> Result<Self, Failure> {
        let mut reader = ChipReader::new(transport, random);
        let mut document = ReadDocument::empty();
        let mut notes = Vec::new();
        reader.read_atr_info()?;
        let card_access = reader.read_card_access()?;
        let access = reader.open_with(card_access.as_deref(), password)?;
        if access.protocol == AccessProtocol::Bac {
            notes.push("the card offers no PACE: opened with Basic Access Control, which a listener can break offline".into());
        }
        document.card_access = card_access.map_or(Read::NotSupplied, Read::Bytes);
        reader.select_application()?;
        document.sod = file(&mut reader, FileId::Sod, progress)?;
        // What there is to read says the signed EF.SOD, not EF.COM.
        let listed = document
            .sod
            .bytes()
            .and_then(|sod| listed_data_groups(sod).ok())
            .unwrap_or_default();
        // Some chips end the session when they refuse fingers or irises, so those come last.
        let (guarded, open): (Vec<u8>, Vec<u8>) =
            listed.into_iter().partition(|number| GUARDED.contains(number));
        document.com = file(&mut reader, FileId::Com, progress)?;
        for number in open.into_iter().chain(guarded) {
            if let Some(group) = DataGroup::from_number(number) {
                let content = file(&mut reader, FileId::DataGroup(group), progress)?;
                document.data_groups.insert(number, content);
            }
        }
        let wire = reader.wire();
        Ok(Self {
            document,
            access,
            wire,
            notes,
        })
    }
}

fn file(
    reader: &mut ChipReader<Box<dyn Transport>, Random>,
    file: FileId,
    progress: &mut Report<'_>,
) -> Result<Read, Failure> {
    let name = file.to_string();
    let bytes = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    match reader.read(file, &mut |done, total| {
        progress(&name, bytes(done), bytes(total))
    }) {
        Ok(content) => Ok(Read::Bytes(content)),
        Err(ReadError::NotAllowed { .. }) => Ok(Read::AccessDenied),
        Err(ReadError::NotFound { .. }) => Ok(Read::NotSupplied),
        Err(error) => Err(Failure::from(error).about(name)),
    }
}
