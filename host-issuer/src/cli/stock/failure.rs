//! What a stock refuses, in words.

use personalization::stock::StockError;

use super::super::exit_code::ExitCode;
use super::super::failure::Failure;
use crate::station::stock;

impl From<StockError> for Failure {
    fn from(error: StockError) -> Self {
        let message = error.to_string();
        let (id, hint) = match error {
            StockError::File(file) => return file.into(),
            StockError::NotAStock(_) => (
                "stock.none",
                "`eid stock add --stock DIR FILE…` makes one of the manifests that came with chips",
            ),
            StockError::Delivery(_) => (
                "stock.delivery",
                "give the manifests that came with the chips; `eid card create` writes one",
            ),
            StockError::NotSigned | StockError::WrongSignature => (
                "stock.maker",
                "add nothing of it, and ask the maker; `eid stock sign` is what a maker signs with",
            ),
            StockError::DuplicateSerial(_) => (
                "stock.duplicate_serial",
                "keep both chips apart: no two chips of one maker have a serial number in common",
            ),
            StockError::DuplicateKey { .. } => (
                "stock.duplicate_key",
                "keep both chips apart and ask their maker; nothing was added of this one",
            ),
            StockError::OtherAttestationKey(_) => (
                "stock.other_attestation_key",
                "keep the chip apart: it is not the one that was delivered",
            ),
            StockError::NotInStock(_) => (
                "stock.unknown_chip",
                "`eid stock list` shows the chips in stock; keep one apart that nobody delivered",
            ),
            StockError::Prepared { .. } => (
                "stock.prepared",
                "take another chip; `eid stock list` shows which are free",
            ),
            StockError::Manifest { .. } => (
                "stock.altered",
                "put the file back as it was; `eid stock check` looks at all of them",
            ),
            StockError::TooMany(_) => ("stock.too_many", "keep a stock for each delivery"),
        };
        Self::input(id, message, hint)
    }
}

impl From<stock::StockError> for Failure {
    fn from(error: stock::StockError) -> Self {
        use stock::StockError;
        let message = error.to_string();
        let (id, hint) = match error {
            StockError::Ledger(error) => return error.into(),
            StockError::Approval(error) => return error.into(),
            StockError::ValidCard { ref card_id, .. } => {
                let hint = format!(
                    "ask with `eid approve request --purpose revoke --subject {card_id} --reason {}`, and give --request and --approval",
                    stock::change::SPOILED
                );
                return Self::new(ExitCode::Approval, "approval.needed", message, hint);
            }
            StockError::SameStation => ("stock.same_station", "name the other station"),
            StockError::Count(_) => ("stock.count", "divide them"),
            StockError::OtherStation(_) => (
                "stock.other_station",
                "send the chips and the file to that station",
            ),
            StockError::HandOver(_) => (
                "stock.hand_over",
                "give the file that `eid stock move` wrote at the other station; that can be repeated",
            ),
            StockError::UnknownSender(_) => (
                "stock.unknown_sender",
                "give --from-officer the public file of that officer, which you got by another way",
            ),
            StockError::Signature(_) => (
                "stock.hand_over_signature",
                "take nothing of it in, and ask the other station",
            ),
            StockError::Manifest { .. } | StockError::Damaged { .. } => (
                "stock.manifest",
                "keep the chip apart: nothing vouches for its keys",
            ),
            StockError::OtherAttestationKey(_) => (
                "stock.other_attestation_key",
                "keep the chip apart: it is not the one that was delivered",
            ),
            StockError::NeverLeft(_) => (
                "stock.never_left",
                "keep the chips apart; one of the two ledgers is not the station's, or a chip is a copy",
            ),
        };
        Self::input(id, message, hint)
    }
}
