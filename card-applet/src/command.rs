//! Commands: bytes become a closed [`Command`] before any handler runs; one handler a file.

pub(crate) mod activate_file;
pub(crate) mod administer;
pub(crate) mod chain;
pub(crate) mod create_file;
pub(crate) mod delete_file;
pub(crate) mod generate_key_pair;
pub(crate) mod parse;
pub(crate) mod put_data;
pub(crate) mod put_key;
pub(crate) mod read_binary;
pub(crate) mod select;
pub(crate) mod update_binary;

/// Which file a command means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileReference {
    /// The current EF.
    Current,
    /// The EF with this short identifier in the current dedicated file; it becomes current.
    Short(u8),
    /// The EF with this file identifier in the current dedicated file; it becomes current.
    Identifier(u16),
}

/// What SELECT names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selection<'a> {
    /// The MF.
    MasterFile,
    /// P1 = 00: any file with this identifier.
    Identifier(u16),
    /// P1 = 01: a dedicated file under the current one.
    Child(u16),
    /// P1 = 02: an EF under the current dedicated file.
    Elementary(u16),
    /// P1 = 03: the dedicated file above.
    Above,
    /// P1 = 04: an application.
    Application(&'a [u8]),
    /// P1 = 08: a path from the MF.
    PathFromMasterFile(&'a [u8]),
    /// P1 = 09: a path from the current dedicated file.
    PathFromCurrent(&'a [u8]),
}

/// A command that this chip knows, with its parameters taken apart and in range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command<'a> {
    /// SELECT.
    Select {
        /// What.
        selection: Selection<'a>,
        /// Whether the FCP template is to be answered.
        answer_fcp: bool,
    },
    /// READ BINARY.
    ReadBinary {
        /// Of which file.
        file: FileReference,
        /// From where.
        offset: u32,
        /// Whether the answer is a DO'53'.
        as_object: bool,
        /// Ne.
        expected: u32,
    },
    /// UPDATE BINARY.
    UpdateBinary {
        /// Of which file.
        file: FileReference,
        /// From where.
        offset: u32,
        /// What.
        data: &'a [u8],
    },
    /// GET CHALLENGE of eight bytes.
    GetChallenge,
    /// EXTERNAL AUTHENTICATE of BAC or of Terminal Authentication.
    ExternalAuthenticate(&'a [u8]),
    /// MSE:Set AT of PACE.
    SetAuthenticationTemplate(&'a [u8]),
    /// MSE:Set DST: the key that verifies the next certificate.
    SetVerificationKey(&'a [u8]),
    /// PSO:VERIFY CERTIFICATE.
    VerifyCertificate(&'a [u8]),
    /// MSE:Set AT of Terminal Authentication: the terminal's key.
    SetTerminalKey(&'a [u8]),
    /// MSE:Set KAT of Chip Authentication.
    SetKeyAgreementTemplate(&'a [u8]),
    /// MSE:Set AT of Chip Authentication.
    SetChipAuthentication(&'a [u8]),
    /// INTERNAL AUTHENTICATE of Active Authentication.
    InternalAuthenticate(&'a [u8]),
    /// GENERAL AUTHENTICATE.
    GeneralAuthenticate(&'a [u8]),
    /// INITIALIZE UPDATE.
    InitializeUpdate {
        /// Key version number; zero asks for the keys that there are.
        key_version: u8,
        /// Host challenge.
        host_challenge: &'a [u8],
    },
    /// CREATE FILE.
    CreateFile(&'a [u8]),
    /// DELETE FILE, of everything.
    DeleteFile {
        /// But for the keys that the chip drew.
        keys_stay: bool,
    },
    /// PUT KEY.
    PutKey {
        /// P1: key version number to replace, or zero.
        replaces: u8,
        /// P2.
        identifier: u8,
        /// Key version number and keys.
        data: &'a [u8],
    },
    /// GENERATE ASYMMETRIC KEY PAIR.
    GenerateKeyPair(&'a [u8]),
    /// PUT DATA.
    PutData {
        /// P1-P2: the object's tag.
        object: u16,
        /// Its value.
        value: &'a [u8],
    },
    /// ACTIVATE FILE, of the card.
    ActivateFile,
    /// DEACTIVATE FILE, of the card.
    DeactivateFile,
    /// TERMINATE CARD USAGE.
    TerminateCardUsage,
    /// RESET RETRY COUNTER of the PIN: with a new PIN, or with the one that there is.
    ResetRetryCounter(Option<&'a [u8]>),
}
