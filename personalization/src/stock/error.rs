//! Why a stock room does not do what it was asked for.

use std::path::PathBuf;

use crate::key_file::KeyFileError;

/// An error of a stock room.
#[derive(Debug, thiserror::Error)]
pub enum StockError {
    /// The directory is none.
    #[error("{}: no stock of chips", .0.display())]
    NotAStock(PathBuf),
    /// A file that a maker sent is no list of chips.
    #[error("not a delivery of chips: {0}")]
    Delivery(String),
    /// A delivery without the signature of its maker.
    #[error("the delivery is not signed by its maker")]
    NotSigned,
    /// A delivery that another signed, or that was changed.
    #[error("the signature of the delivery is not that of the maker's key")]
    WrongSignature,
    /// There is a chip of that serial number.
    #[error("a chip with the serial number {0} is in stock already")]
    DuplicateSerial(String),
    /// A public key was seen with another chip: one of them is a copy.
    #[error("a public key of chip {serial} is chip {owner}'s, too: one of them is a copy")]
    DuplicateKey {
        /// The chip that was to be added.
        serial: String,
        /// The chip that had the key before.
        owner: String,
    },
    /// The manifest is that of another chip of the same serial number.
    #[error("chip {0} is in stock with another attestation key")]
    OtherAttestationKey(String),
    /// No such chip.
    #[error("no chip with the serial number {0} is in stock")]
    NotInStock(String),
    /// The chip was taken for a card.
    #[error("chip {serial} was taken for card {card_id}")]
    Prepared {
        /// The chip.
        serial: String,
        /// The card.
        card_id: String,
    },
    /// A file of the stock room is not as this program wrote it.
    #[error("{}: {error}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: String,
    },
    /// More chips than a stock room may have.
    #[error("a stock of more than {0} chips: divide it")]
    TooMany(usize),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] KeyFileError),
}
