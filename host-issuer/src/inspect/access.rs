//! How the chip was opened, and whether that was the strongest way it offers (Doc 9303-11 §4, BSI TR-03110-1 §3.2).
//!
//! What the terminal did is told by the terminal; what the chip offers, by EF.CardAccess in clear and by DG14 and EF.CardSecurity
//! under a signature. Someone between card and reader can change the first and not the others.

mod strength;

use ::time::{Date, OffsetDateTime};
use card_applet::wire::security_info::{Mapping, PaceInfo, security_infos};

use super::asn1::only;
use super::check::{Check, CheckId};
use super::document::Read;
use super::security_infos::{PACE, is_of};
use strength::{describe, strength};

/// From this day on no card may be issued that has BAC (Doc 9303-11 §4.1).
const LAST_BAC_YEAR: i32 = 2027;

/// By what the chip was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Opened {
    /// Nobody said: the files did not come from a chip just now.
    #[default]
    NotSaid,
    /// By nothing: the chip let its files be read by whoever asks.
    Plain,
    /// Basic Access Control.
    Bac,
    /// PACE, as this entry of EF.CardAccess describes it.
    Pace(PaceInfo),
}

/// How a terminal came into the chip. Facts, not judgements; nothing of it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Access {
    /// By what the chip was opened.
    pub opened: Opened,
    /// PACE that was begun with the right password and came to no session, and how it ended.
    pub pace_failed: Option<String>,
    /// PACE in forms that this terminal does not have: it could not have chosen them.
    pub unsupported: Vec<PaceInfo>,
    /// Whether the chip can be opened by Basic Access Control as well; `None` where that was not tried.
    pub bac_beside_pace: Option<bool>,
}

impl Access {
    /// A chip that was opened by this, without more to say.
    #[must_use]
    pub fn by(opened: Opened) -> Self {
        Self {
            opened,
            ..Self::default()
        }
    }
}

/// `access`: by what the chip was opened, and that EF.CardAccess announced it.
pub(super) fn access(access: &Access, card_access: &Read) -> Check {
    let id = CheckId::Access;
    match access.opened {
        Opened::NotSaid => Check::not_applicable(id, "the files were not read from a chip just now"),
        Opened::Plain => Check::passed(id, "none: the chip gives its files to whoever asks"),
        Opened::Bac => Check::passed(
            id,
            "Basic Access Control, 3DES: a listener can try passwords offline",
        ),
        Opened::Pace(info) if announced(card_access).contains(&info) => Check::passed(id, describe(&info)),
        Opened::Pace(info) => {
            Check::failed(id, format!("EF.CardAccess does not announce {}", describe(&info)))
        }
    }
}

/// `downgrade`: no PACE failed before, and no stronger one was on offer, in clear or under a signature. `signed` are the contents of
/// EF.CardSecurity and DG14 (sets of SecurityInfo) as far as they are proved; `issued` is the date of issue, where it is known.
pub(super) fn downgrade(
    access: &Access,
    card_access: &Read,
    signed: &[&[u8]],
    issued: Option<OffsetDateTime>,
) -> Check {
    let id = CheckId::Downgrade;
    if access.opened == Opened::NotSaid {
        return Check::not_applicable(id, "the files were not read from a chip just now");
    }
    let sets = || card_access.bytes().into_iter().chain(signed.iter().copied());
    let offers_pace = sets().any(|set| is_of(set, &[PACE]).unwrap_or(false));
    if let Some(why) = &access.pace_failed {
        return Check::failed(id, format!("the chip offers PACE, which failed: {why}"));
    }
    let used = match access.opened {
        Opened::Pace(info) => info,
        _ if offers_pace => return Check::failed(id, "the chip offers PACE and was opened without it"),
        Opened::Bac => return Check::passed(id, bac_alone(issued.map(OffsetDateTime::date))),
        _ => return Check::passed(id, "the chip offers nothing stronger"),
    };
    let offered: Vec<PaceInfo> = sets()
        .flat_map(pace_infos)
        .filter(|info| !access.unsupported.contains(info))
        .collect();
    let strongest = offered.iter().max_by_key(|info| strength(info));
    if let Some(strongest) = strongest
        && used.protocol.mapping != Mapping::EcdhChipAuthentication
        && strength(strongest) > strength(&used)
    {
        return Check::failed(
            id,
            format!("{} was used, {} is offered", describe(&used), describe(strongest)),
        );
    }
    let beside = match access.bac_beside_pace {
        Some(true) if issued.is_some_and(|date| date.year() > LAST_BAC_YEAR) => {
            "; the chip has Basic Access Control, too, which a card issued since 2028 may not have"
        }
        Some(true) => "; the chip has Basic Access Control, too, which cards issued until 2027 may have",
        Some(false) => "; the chip has no Basic Access Control",
        None => "",
    };
    Check::passed(
        id,
        format!(
            "{} bits, the strongest of {} on offer{beside}",
            strength(&used),
            offered.len()
        ),
    )
}

/// What is to be said of a card with Basic Access Control and nothing else.
fn bac_alone(issued: Option<Date>) -> String {
    let may = match issued {
        Some(date) if date.year() > LAST_BAC_YEAR => "a card issued since 2028 may not have it",
        Some(date) if date.year() == LAST_BAC_YEAR => "a card issued since 2027 must offer PACE as well",
        _ => "cards issued until 2026 may have it alone",
    };
    format!("the chip offers no PACE; {may}")
}

fn announced(card_access: &Read) -> Vec<PaceInfo> {
    card_access.bytes().map(pace_infos).unwrap_or_default()
}

/// The PACEInfos of a set; what cannot be read is judged elsewhere.
fn pace_infos(set: &[u8]) -> Vec<PaceInfo> {
    let Ok(infos) = security_infos(set) else {
        return Vec::new();
    };
    infos.filter_map(|info| info.ok()?.as_pace_info()).collect()
}

/// The set of SecurityInfo inside DG14.
pub(super) fn of_dg14(dg14: &[u8]) -> Option<&[u8]> {
    only(dg14, 0x6E, "DG14").ok().map(|element| element.body)
}

#[cfg(test)]
mod tests;
