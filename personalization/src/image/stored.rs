//! A card image as bytes: what [`prepared`](crate::prepared) seals into files.
//!
//! ```text
//! StoredImage ::= SEQUENCE {
//!     version               INTEGER (1),
//!     cardId                UTF8String,
//!     files                 SEQUENCE OF SEQUENCE {
//!         application           INTEGER,                   -- 0 master file, 1 eMRTD
//!         fid                   INTEGER,
//!         sfi                   INTEGER,                   -- 0 for none
//!         access                INTEGER,                   -- security condition byte
//!         content               OCTET STRING },
//!     applications          SEQUENCE OF SEQUENCE {         -- beside the eMRTD
//!         name                  UTF8String,
//!         aid                   OCTET STRING,
//!         fid                   INTEGER,
//!         keyVersion            INTEGER,                   -- 0 for none
//!         files                 SEQUENCE OF SEQUENCE {
//!             fid                   INTEGER,
//!             sfi                   INTEGER,               -- 0 for none
//!             attribute             OCTET STRING,          -- compact format
//!             content               OCTET STRING } },
//!     passwords             SEQUENCE {
//!         mrzInformation        UTF8String,
//!         can                   UTF8String,                -- empty for none
//!         pin                   UTF8String,
//!         puk                   UTF8String,
//!         pace                  BOOLEAN,
//!         bac                   BOOLEAN },
//!     terminalTrust         SEQUENCE OF OCTET STRING,      -- certificates, the older first, then the date; or empty
//!     chipAuthentication    SEQUENCE OF SEQUENCE {
//!         protocol              OCTET STRING,              -- content of the object identifier
//!         keyId                 INTEGER },
//!     activeAuthentication  BOOLEAN }
//! ```
//!
//! The keys themselves are in the chip's manifest, which goes with it and vouches for them.

mod application;
pub(super) mod parts;

use card_applet::wire::access::AccessRule;
use card_applet::wire::cvc::Date;
use card_applet::wire::key_generation::KeyPurpose;
use card_applet::wire::security_info::ChipAuthenticationProtocol;
use der::asn1::{OctetStringRef, Utf8StringRef};
use der::{Decode as _, Encode as _, Sequence};
use zeroize::Zeroizing;

use self::application::StoredApplication;
use self::parts::{StoredImageError, TOO_LONG, octets, short_identifier, text};
use super::{Application, Can, CardFile, CardImage, CardKeys, CardPasswords, HolderSecrets, TerminalTrust};
use crate::attestation::StockManifest;

const VERSION: u8 = 1;
/// Most files: as many as a chip's table has places.
const MAX_FILES: usize = 32;

#[derive(Sequence)]
struct StoredImage<'a> {
    version: u8,
    card_id: Utf8StringRef<'a>,
    files: Vec<StoredFile<'a>>,
    applications: Vec<StoredApplication<'a>>,
    passwords: StoredPasswords<'a>,
    terminal_trust: Vec<&'a OctetStringRef>,
    chip_authentication: Vec<StoredProtocol<'a>>,
    active_authentication: bool,
}

#[derive(Sequence)]
struct StoredFile<'a> {
    application: u8,
    fid: u16,
    sfi: u8,
    access: u8,
    content: &'a OctetStringRef,
}

#[derive(Sequence)]
struct StoredPasswords<'a> {
    mrz_information: Utf8StringRef<'a>,
    can: Utf8StringRef<'a>,
    pin: Utf8StringRef<'a>,
    puk: Utf8StringRef<'a>,
    pace: bool,
    bac: bool,
}

#[derive(Sequence)]
struct StoredProtocol<'a> {
    protocol: &'a OctetStringRef,
    key_id: u8,
}

impl CardImage {
    /// The image as bytes, with its passwords; its keys are named only.
    ///
    /// # Errors
    /// [`StoredImageError`] for a content that DER cannot hold, longer than 256 MiB.
    pub(crate) fn to_der(&self) -> Result<Zeroizing<Vec<u8>>, StoredImageError> {
        let Self {
            card_id,
            files,
            applications,
            passwords,
            terminal_trust,
            keys,
        } = self;
        let attributes = application::attributes(applications);
        let date = terminal_trust
            .as_ref()
            .map(|trust| trust.current_date().to_bytes());
        let protocols: Vec<([u8; 10], u8)> = keys
            .chip_authentication
            .iter()
            .map(|(protocol, key)| (protocol.oid(), key.spec().key_id))
            .collect();
        let certificates = terminal_trust.iter().flat_map(TerminalTrust::certificates);
        let stored = StoredImage {
            version: VERSION,
            card_id: text(card_id)?,
            files: files.iter().map(stored_file).collect::<Result<_, _>>()?,
            applications: application::stored(applications, &attributes)?,
            passwords: stored_passwords(passwords)?,
            terminal_trust: certificates
                .map(Vec::as_slice)
                .chain(date.iter().map(<[u8; 6]>::as_slice))
                .map(octets)
                .collect::<Result<_, _>>()?,
            chip_authentication: protocols
                .iter()
                .map(|(protocol, key_id)| {
                    Ok(StoredProtocol {
                        protocol: octets(protocol)?,
                        key_id: *key_id,
                    })
                })
                .collect::<Result<_, StoredImageError>>()?,
            active_authentication: keys.active_authentication.is_some(),
        };
        stored.to_der().map(Zeroizing::new).map_err(|_| TOO_LONG)
    }

    /// Reads an image; its keys are those that the chip's manifest vouches for. Never panics.
    ///
    /// # Errors
    /// [`StoredImageError`].
    pub(crate) fn from_der(bytes: &[u8], manifest: &StockManifest) -> Result<Self, StoredImageError> {
        let error = StoredImageError;
        let stored = StoredImage::from_der(bytes).map_err(|_| error("it has not the form of one"))?;
        if stored.version != VERSION {
            return Err(error("its version is not known"));
        }
        if stored.files.len() > MAX_FILES {
            return Err(error("it has more files than a chip"));
        }
        Ok(Self {
            card_id: stored.card_id.as_str().to_owned(),
            files: stored.files.iter().map(file).collect::<Result<_, _>>()?,
            applications: application::read(&stored.applications)?,
            passwords: passwords(&stored.passwords)?,
            terminal_trust: terminal_trust(&stored.terminal_trust)?,
            keys: keys(&stored, manifest)?,
        })
    }
}

fn stored_file(file: &CardFile) -> Result<StoredFile<'_>, StoredImageError> {
    Ok(StoredFile {
        application: match file.application {
            Application::MasterFile => 0,
            Application::Emrtd => 1,
        },
        fid: file.fid,
        sfi: file.sfi.unwrap_or(0),
        access: file.access.to_security_condition(),
        content: octets(&file.content)?,
    })
}

fn file(stored: &StoredFile<'_>) -> Result<CardFile, StoredImageError> {
    let access = AccessRule::from_security_condition(stored.access);
    if access.to_security_condition() != stored.access {
        return Err(StoredImageError("an access rule is not known"));
    }
    Ok(CardFile {
        application: match stored.application {
            0 => Application::MasterFile,
            1 => Application::Emrtd,
            _ => return Err(StoredImageError("an application is not known")),
        },
        fid: stored.fid,
        sfi: short_identifier(stored.sfi)?,
        access,
        content: stored.content.as_bytes().to_vec(),
    })
}

fn stored_passwords(passwords: &CardPasswords) -> Result<StoredPasswords<'_>, StoredImageError> {
    let CardPasswords {
        mrz_information,
        can,
        holder,
        pace,
        bac,
    } = passwords;
    Ok(StoredPasswords {
        mrz_information: text(mrz_information)?,
        can: text(can.as_ref().map_or("", Can::digits))?,
        pin: text(holder.as_ref().map_or("", HolderSecrets::pin))?,
        puk: text(holder.as_ref().map_or("", HolderSecrets::puk))?,
        pace: *pace,
        bac: *bac,
    })
}

fn passwords(stored: &StoredPasswords<'_>) -> Result<CardPasswords, StoredImageError> {
    let can = match stored.can.as_str() {
        "" => None,
        digits => Some(Can::new(digits).map_err(|_| StoredImageError("its CAN is none"))?),
    };
    let holder = match (stored.pin.as_str(), stored.puk.as_str()) {
        ("", "") => None,
        (pin, puk) => {
            Some(HolderSecrets::new(pin, puk).map_err(|_| StoredImageError("its PIN and PUK are none"))?)
        }
    };
    Ok(CardPasswords {
        mrz_information: Zeroizing::new(stored.mrz_information.as_str().to_owned()),
        can,
        holder,
        pace: stored.pace,
        bac: stored.bac,
    })
}

fn terminal_trust(stored: &[&OctetStringRef]) -> Result<Option<TerminalTrust>, StoredImageError> {
    let wrong = StoredImageError("what Terminal Authentication starts from is malformed");
    let Some((date, certificates)) = stored.split_last() else {
        return Ok(None);
    };
    let date = Date::from_bytes(date.as_bytes()).map_err(|_| wrong.clone())?;
    let certificates = certificates
        .iter()
        .map(|bytes| bytes.as_bytes().to_vec())
        .collect();
    TerminalTrust::new(certificates, date)
        .map(Some)
        .map_err(|_| wrong)
}

fn keys(stored: &StoredImage<'_>, manifest: &StockManifest) -> Result<CardKeys, StoredImageError> {
    let missing = StoredImageError("the chip's manifest does not have its keys");
    let of = |purpose| {
        manifest
            .keys()
            .iter()
            .filter(move |key| key.spec().purpose == purpose)
    };
    let mut card_keys = CardKeys::default();
    for StoredProtocol { protocol, key_id } in &stored.chip_authentication {
        let protocol = ChipAuthenticationProtocol::from_oid(protocol.as_bytes())
            .ok_or(StoredImageError("a protocol of Chip Authentication is not known"))?;
        let key = of(KeyPurpose::ChipAuthentication)
            .find(|key| key.spec().key_id == *key_id)
            .ok_or_else(|| missing.clone())?;
        card_keys.chip_authentication.push((protocol, key.clone()));
    }
    if stored.active_authentication {
        let key = of(KeyPurpose::ActiveAuthentication).next().ok_or(missing)?;
        card_keys.active_authentication = Some(key.clone());
    }
    Ok(card_keys)
}
