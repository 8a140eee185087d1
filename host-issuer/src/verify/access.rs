//! How the chip was opened, as facts for the inspection.

use crate::inspect::{Access, Opened};
use crate::terminal::card_access::PaceOffer;
use crate::terminal::key_agreement::Group;
use crate::terminal::pace;
use crate::terminal::reader::{AccessProtocol, AccessReport};

/// What is told of a session that is open, beside the EF.CardAccess by which it was chosen.
/// `pace_failed`: how PACE ended before, where the chip was opened otherwise.
pub(super) fn facts(card_access: Option<&[u8]>, report: &AccessReport, pace_failed: Option<&str>) -> Access {
    let offer = card_access
        .and_then(|bytes| PaceOffer::parse(bytes).ok())
        .unwrap_or_default();
    let opened = match report.protocol {
        AccessProtocol::Bac => Opened::Bac,
        AccessProtocol::Plain => Opened::Plain,
        AccessProtocol::Pace { mapping, group } => {
            let cipher = report.cipher;
            let run = offer.infos.iter().find(|info| {
                info.protocol.mapping == mapping
                    && Some(info.protocol.cipher) == cipher
                    && info.parameter_id.and_then(Group::from_parameter_id) == Some(group)
            });
            run.map_or(Opened::NotSaid, |info| Opened::Pace(*info))
        }
    };
    let unsupported = offer.infos.iter().filter(|info| !pace::is_supported(info));
    Access {
        unsupported: unsupported.copied().collect(),
        pace_failed: pace_failed.map(str::to_owned),
        ..Access::by(opened)
    }
}
