//! EF.DIR: which applications a card has (ISO/IEC 7816-4 §12.2.2; ICAO Doc 9303-10 §3.11.2). Written by whoever made the card,
//! signed by nobody.

use card_applet::wire::tlv;

/// Application template.
const TEMPLATE: u32 = 0x61;
/// Application identifier.
const AID: u32 = 0x4F;
/// Application label.
const LABEL: u32 = 0x50;
/// Most applications that are listed.
const MAX_APPLICATIONS: usize = 32;
/// Longest label in bytes.
const MAX_LABEL: usize = 16;

/// An application as EF.DIR lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedApplication {
    /// Application identifier, 1 to 16 bytes.
    pub aid: Vec<u8>,
    /// What the card calls it, where that is text fit to be shown.
    pub label: Option<String>,
}

/// The applications in the order of the file. What is behind the last template (00 or FF up to the file's end) and what is no
/// template is passed over, as §12.2.2 lets other objects stand there. `None` when the file is no sequence of data objects, or
/// lists more than any card has. Never panics.
pub fn parse(bytes: &[u8]) -> Option<Vec<ListedApplication>> {
    let end = bytes
        .iter()
        .rposition(|byte| !matches!(byte, 0x00 | 0xFF))
        .map_or(0, |last| last + 1);
    // An identifier may end in such a byte: what was cut off too much is taken back by the template's own length.
    let mut rest = bytes;
    let mut applications = Vec::new();
    while bytes.len() - rest.len() < end {
        let (object, behind) = tlv::read_one(rest).ok()?;
        rest = behind;
        if object.tag != TEMPLATE {
            continue;
        }
        let aid = tlv::find(object.value, AID).ok()??;
        if !(1..=16).contains(&aid.len()) || applications.len() == MAX_APPLICATIONS {
            return None;
        }
        applications.push(ListedApplication {
            aid: aid.to_vec(),
            label: tlv::find(object.value, LABEL).ok()?.and_then(shown),
        });
    }
    Some(applications)
}

/// A label that a terminal may print.
fn shown(label: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(label).ok()?;
    let fit = (1..=MAX_LABEL).contains(&label.len()) && !text.chars().any(char::is_control);
    fit.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(digits: &str) -> Option<Vec<(String, Option<String>)>> {
        let applications = parse(&hex::decode(digits.replace(' ', "")).unwrap())?;
        let shown = applications
            .into_iter()
            .map(|application| (hex::encode_upper(application.aid), application.label));
        Some(shown.collect())
    }

    #[test]
    fn what_cards_have() {
        let emrtd = ("A0000002471001".to_owned(), None);
        // 9303-10, 3.11.2: the eMRTD alone.
        assert_eq!(listed("61094F07A0000002471001"), Some(vec![emrtd.clone()]));
        let insurance = ("F001020300".to_owned(), Some("abc".to_owned()));
        for behind in ["", "00000000", "FFFF"] {
            assert_eq!(
                listed(&format!(
                    "61094F07A0000002471001 530100 610C 5003616263 4F05F001020300 {behind}"
                )),
                Some(vec![emrtd.clone(), insurance.clone()]),
                "{behind}"
            );
        }
        assert_eq!(listed(""), Some(Vec::new()));
        assert_eq!(listed("0000"), Some(Vec::new()));
    }

    #[test]
    fn what_is_not_to_be_shown_or_believed() {
        // An escape sequence, and bytes that are no text.
        for label in ["1B5B4A", "FFFE41"] {
            let found = listed(&format!("610C 4F05F001020304 5003{label}")).unwrap();
            assert_eq!(found, [("F001020304".to_owned(), None)]);
        }
        for malformed in [
            "61094F07A000000247",
            "6103500141",
            "61024F00",
            "61134F110000000000000000000000000000000000",
            "6184FFFFFFFF",
            "30",
        ] {
            assert_eq!(listed(malformed), None, "{malformed}");
        }
        assert_eq!(listed(&"61034F0101".repeat(33)), None);
    }
}
