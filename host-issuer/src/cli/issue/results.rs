//! What stays of an issuance: `receipt.json` for the books, `print.json` for the card printer.

use std::path::{Path, PathBuf};

use card_applet::wire::lds::fid;
use personalization::citizen::Expiry;
use personalization::image::{Application, Can, CardImage, HolderSecrets};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zeroize::Zeroizing;

use super::super::context::Context;
use super::super::failure::Failure;
use super::{Issuance, printed_zone};
use crate::environment::{Access, NewFile};
use crate::load::IssuedChip;

/// `eid.receipt/1`: that and how a card was issued. No secret, and nothing about the holder.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cli) struct Receipt {
    schema: &'static str,
    /// The issuer's identifier of the card.
    pub(in crate::cli) card_id: String,
    profile: String,
    issued_at: String,
    /// The chip's serial number.
    pub(in crate::cli) chip_serial: String,
    document_signer: String,
    security_object_sha256: String,
    files: Vec<FileJson>,
    seconds: f64,
    wire: WireJson,
}

#[derive(Debug, Clone, Serialize)]
struct FileJson {
    name: String,
    length: usize,
}

#[derive(Debug, Clone, Serialize)]
struct WireJson {
    apdus: u64,
    bytes_sent: u64,
    bytes_received: u64,
}

/// What a receipt says of how a card was prepared.
pub(super) struct Origin {
    /// Name of the profile.
    pub(super) profile: String,
    /// Serial number of the document signer's certificate.
    pub(super) document_signer: String,
}

impl Receipt {
    pub(super) fn new(
        origin: Origin,
        image: &CardImage,
        chip: &IssuedChip,
        issued_at: OffsetDateTime,
        seconds: f64,
    ) -> Result<Self, Failure> {
        let security_object = image
            .file(Application::Emrtd, fid::SOD)
            .map(|file| file.content.as_slice());
        Ok(Self {
            schema: "eid.receipt/1",
            card_id: image.card_id.clone(),
            profile: origin.profile,
            issued_at: issued_at
                .format(&Rfc3339)
                .map_err(|error| Failure::internal(error.to_string()))?,
            chip_serial: hex::encode_upper(chip.serial),
            document_signer: origin.document_signer,
            security_object_sha256: hex::encode_upper(Sha256::digest(security_object.unwrap_or_default())),
            files: image
                .files
                .iter()
                .map(|file| FileJson {
                    name: file.name(),
                    length: file.content.len(),
                })
                .collect(),
            seconds,
            wire: WireJson {
                apdus: chip.wire.apdus,
                bytes_sent: chip.wire.bytes_sent,
                bytes_received: chip.wire.bytes_received,
            },
        })
    }
}

/// `eid.print/1`: what is printed on the card, the CAN among it. To be destroyed after printing.
#[derive(Serialize)]
pub(in crate::cli) struct PrintData<'a> {
    schema: &'static str,
    card_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    can: Option<&'a str>,
    /// For the sealed letter to the holder, never for the card itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    letter: Option<LetterJson<'a>>,
    mrz: Vec<String>,
    citizen_number: &'a str,
    full_name: String,
    birth_date: String,
    sex: &'static str,
    nationality: &'a str,
    place_of_origin: &'a str,
    residence: &'a str,
    issue_date: String,
    /// `YYYY-MM-DD`, or `unlimited`.
    expiry_date: String,
}

/// What only the holder may know.
#[derive(Serialize)]
struct LetterJson<'a> {
    pin: &'a str,
    puk: &'a str,
}

impl<'a> PrintData<'a> {
    /// The file's content.
    pub(in crate::cli) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let json = serde_json::to_vec_pretty(self).map_err(|error| Failure::internal(error.to_string()))?;
        Ok(Zeroizing::new(json))
    }

    pub(in crate::cli) fn new(
        issuance: &'a Issuance<'_>,
        card_id: &'a str,
        can: &'a Can,
        holder: Option<&'a HolderSecrets>,
    ) -> Result<Self, Failure> {
        let record = issuance.record;
        // A card without PACE has no use for a CAN, and none is printed.
        let has_pace = !issuance.profile.pace_infos().is_empty();
        Ok(Self {
            schema: "eid.print/1",
            card_id,
            can: has_pace.then(|| can.digits()),
            letter: holder.map(|secrets| LetterJson {
                pin: secrets.pin(),
                puk: secrets.puk(),
            }),
            mrz: printed_zone(issuance)?,
            citizen_number: record.citizen_number().as_str(),
            full_name: record.full_name(),
            birth_date: record.birth_date().iso(),
            sex: record.sex().vietnamese(),
            nationality: record.nationality(),
            place_of_origin: record.place_of_origin(),
            residence: record.residence(),
            issue_date: record.issue_date().to_string(),
            expiry_date: match record.expiry() {
                Expiry::On(date) => date.to_string(),
                Expiry::Unlimited => "unlimited".to_owned(),
            },
        })
    }
}

/// The places of both files, found writable before the chip is touched. Nothing is in them yet, so a
/// crash leaves no CAN behind.
pub(super) struct Reserved {
    receipt: Box<dyn NewFile>,
    print: Box<dyn NewFile>,
    /// The directory, where it was made for them.
    made: Option<PathBuf>,
}

impl Reserved {
    pub(super) fn new(context: &Context<'_>, directory: &Path) -> Result<Self, Failure> {
        let disk = &context.environment.disk;
        let made = (!directory.exists()).then(|| directory.to_owned());
        Ok(Self {
            receipt: disk.reserve(directory, "receipt.json", Access::Public)?,
            print: disk.reserve(directory, "print.json", Access::OwnerOnly)?,
            made,
        })
    }

    /// Leaves nothing behind.
    pub(super) fn abandon(self, context: &Context<'_>) {
        let Self { receipt, print, made } = self;
        drop((receipt, print));
        if let Some(directory) = made {
            context.environment.disk.remove_empty_directory(&directory);
        }
    }

    /// Writes both. The print data come first: a receipt says that everything is there.
    pub(super) fn commit(self, receipt: &Receipt, print_json: &[u8]) -> Result<(PathBuf, PathBuf), Failure> {
        let receipt_json =
            serde_json::to_vec_pretty(receipt).map_err(|error| Failure::internal(error.to_string()))?;
        let paths = (self.receipt.path().to_owned(), self.print.path().to_owned());
        // The card is operational: whoever reads the failure must know that first.
        self.print.commit(print_json).map_err(|error| {
            let failure = Failure::from(error);
            Failure {
                message: format!(
                    "the card is issued, but its print data are lost: {}",
                    failure.message
                ),
                hint: format!("destroy this card, nobody knows its CAN; then {}", failure.hint),
                ..failure
            }
        })?;
        self.receipt.commit(&receipt_json).map_err(|error| {
            let failure = Failure::from(error);
            Failure {
                message: format!(
                    "the card is issued and print.json written, but not its receipt: {}",
                    failure.message
                ),
                hint: format!(
                    "keep the card identifier {} by hand; then {}",
                    receipt.card_id, failure.hint
                ),
                ..failure
            }
        })?;
        Ok(paths)
    }
}
