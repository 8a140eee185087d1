//! The receipt of a card: that and how it was issued, for the books (`eid.receipt/1`). No secret, and nothing about the holder.

use card_applet::wire::global_platform::SERIAL_LEN;
use card_applet::wire::lds::fid;
use personalization::image::{Application, CardImage};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::error::Format;
use time::format_description::well_known::Rfc3339;

use crate::terminal::link::WireCount;

/// `eid.receipt/1`.
#[derive(Debug, Clone, Serialize)]
pub struct Receipt {
    schema: &'static str,
    /// The issuer's identifier of the card.
    pub card_id: String,
    profile: String,
    issued_at: String,
    /// The chip's serial number.
    pub chip_serial: String,
    document_signer: String,
    security_object_sha256: String,
    files: Vec<FileJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wire: Option<WireJson>,
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

/// How a card was prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Name of the profile.
    pub profile: String,
    /// Serial number of the document signer's certificate.
    pub document_signer: String,
}

/// How long it took, and what passed. Nobody knows it of a card whose process died before its receipt was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Seconds from the first command to the last.
    pub seconds: f64,
    /// What passed.
    pub wire: WireCount,
}

impl Receipt {
    /// The receipt of the card with this image, in the chip with this serial number.
    ///
    /// # Errors
    /// When the time cannot be written in RFC 3339: no clock tells such a one.
    pub fn new(
        origin: Origin,
        image: &CardImage,
        serial: &[u8; SERIAL_LEN],
        issued_at: OffsetDateTime,
        effort: Option<Effort>,
    ) -> Result<Self, Format> {
        Ok(Self {
            schema: "eid.receipt/1",
            card_id: image.card_id.clone(),
            profile: origin.profile,
            issued_at: issued_at.format(&Rfc3339)?,
            chip_serial: hex::encode_upper(serial),
            document_signer: origin.document_signer,
            security_object_sha256: hex::encode_upper(Sha256::digest(security_object(image))),
            files: image
                .files
                .iter()
                .map(|file| FileJson {
                    name: file.name(),
                    length: file.content.len(),
                })
                .collect(),
            seconds: effort.map(|effort| effort.seconds),
            wire: effort.map(|Effort { wire, .. }| WireJson {
                apdus: wire.apdus,
                bytes_sent: wire.bytes_sent,
                bytes_received: wire.bytes_received,
            }),
        })
    }
}

/// EF.SOD of a card.
pub(crate) fn security_object(image: &CardImage) -> &[u8] {
    image
        .file(Application::Emrtd, fid::SOD)
        .map(|file| file.content.as_slice())
        .unwrap_or_default()
}
