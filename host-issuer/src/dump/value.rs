//! Values for people.

use super::format::Format;
use super::oids;
use super::preview::hex_preview;

/// Characters that are shown of a text.
const MAX_CHARACTERS: usize = 1000;

/// The value of an object with this tag.
pub(super) fn text(tag: u32, value: &[u8], format: Format) -> String {
    match format {
        Format::Asn1 => asn1(tag, value),
        Format::Text => utf8(value).unwrap_or_else(|| bytes(value)),
        Format::Zone => zone(value).unwrap_or_else(|| bytes(value)),
        Format::Digits => digits(value).unwrap_or_else(|| bytes(value)),
        Format::Tags => tags(value),
        Format::Record => record(value),
        Format::Number => number(value),
        Format::CvDate => cv_date(value).unwrap_or_else(|| bytes(value)),
        Format::Authorization => authorization(value),
        Format::Bytes => bytes(value),
    }
}

fn asn1(tag: u32, value: &[u8]) -> String {
    match (tag, value) {
        (0x01, [0]) => "FALSE".to_owned(),
        (0x01, [_]) => "TRUE".to_owned(),
        (0x02 | 0x0A, value) => number(value),
        (0x03, [unused @ 1..=7, rest @ ..]) => format!("{} (last {unused} bits unused)", bytes(rest)),
        (0x03, [0, rest @ ..]) => bytes(rest),
        (0x05, []) => String::new(),
        (0x06, value) => oids::describe(value),
        (0x0C | 0x12 | 0x13 | 0x16 | 0x1A, value) => utf8(value).unwrap_or_else(|| bytes(value)),
        (0x17 | 0x18, value) => utf8(value).unwrap_or_else(|| bytes(value)),
        // Tags of other classes say nothing of the value: text where it can only be text.
        (0x80.., value) => match utf8(value) {
            Some(text) if value.len() > 3 => text,
            _ => bytes(value),
        },
        (_, value) => bytes(value),
    }
}

/// A positive number in decimal where it is short, else its size and digits.
fn number(value: &[u8]) -> String {
    match value {
        [] => "(empty)".to_owned(),
        [0..=0x7F, ..] if value.len() <= 8 => value
            .iter()
            .fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
            .to_string(),
        _ => bytes(value),
    }
}

/// Text in quotation marks; `None` if it is none. Control characters are escaped: a file must not steer the terminal.
fn utf8(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    let strange = text
        .chars()
        .filter(|letter| letter.is_control() && !letter.is_whitespace())
        .count();
    if strange > 0 {
        return None;
    }
    let mut shown: String = text
        .chars()
        .take(MAX_CHARACTERS)
        .flat_map(|letter| {
            let escape = letter.is_control() || is_invisible(letter);
            let plain = (!escape).then_some(letter);
            let escaped = escape.then(|| letter.escape_default());
            plain.into_iter().chain(escaped.into_iter().flatten())
        })
        .collect();
    if text.chars().nth(MAX_CHARACTERS).is_some() {
        shown.push('…');
    }
    Some(format!("\"{shown}\""))
}

/// Marks that change the direction of the text around them, or cannot be seen.
const fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

fn zone(value: &[u8]) -> Option<String> {
    let width = match value.len() {
        90 => 30,
        72 => 36,
        88 => 44,
        _ => return None,
    };
    let text = std::str::from_utf8(value).ok().filter(|text| text.is_ascii())?;
    if text.bytes().any(|byte| byte.is_ascii_control()) {
        return None;
    }
    let lines: Vec<&str> = (0..value.len() / width)
        .filter_map(|line| text.get(line * width..(line + 1) * width))
        .collect();
    Some(lines.join(" / "))
}

fn digits(value: &[u8]) -> Option<String> {
    let (text, form) = match value.len() {
        8 | 14 => (String::from_utf8(value.to_vec()).ok()?, ""),
        4 | 7 => (hex::encode(value), " (BCD)"),
        _ => return None,
    };
    let allowed = |byte: u8| byte.is_ascii_digit() || byte == b'<';
    if !text.bytes().all(allowed) {
        return None;
    }
    let (date, time) = text.split_at_checked(8)?;
    let time = if time.is_empty() {
        String::new()
    } else {
        format!(" {}:{}:{}", time.get(..2)?, time.get(2..4)?, time.get(4..)?)
    };
    Some(format!(
        "{}-{}-{}{time}{form}",
        date.get(..4)?,
        date.get(4..6)?,
        date.get(6..)?
    ))
}

fn tags(value: &[u8]) -> String {
    let mut tags = Vec::new();
    let mut rest = value.iter();
    while let Some(first) = rest.next() {
        let mut tag = format!("{first:02X}");
        if first & 0x1F == 0x1F
            && let Some(second) = rest.next()
        {
            tag.push_str(&format!("{second:02X}"));
        }
        let number = super::lds::data_group(u32::from(*first)).filter(|_| tag.len() == 2);
        tags.push(match number {
            Some(number) => format!("{tag} (DG{number})"),
            None => tag,
        });
        if tags.len() == 64 {
            tags.push("…".to_owned());
            break;
        }
    }
    tags.join(", ")
}

/// The kinds of records and images by their first bytes.
fn record(value: &[u8]) -> String {
    let kind = match value {
        [b'F', b'A', b'C', 0, ..] => "face record of ISO/IEC 19794-5",
        [b'F', b'I', b'R', 0, ..] => "finger record of ISO/IEC 19794-4",
        [b'I', b'I', b'R', 0, ..] => "iris record of ISO/IEC 19794-6",
        [b'F', b'M', b'R', 0, ..] => "finger minutiae record of ISO/IEC 19794-2",
        [0xFF, 0xD8, 0xFF, ..] => "JPEG",
        [0, 0, 0, 0x0C, b'j', b'P', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => "JPEG 2000",
        [0xFF, 0xA0, 0xFF, ..] => "WSQ",
        _ => return bytes(value),
    };
    format!("{kind}, {} bytes", value.len())
}

fn cv_date(value: &[u8]) -> Option<String> {
    let [y1, y2, m1, m2, d1, d2] = *value else {
        return None;
    };
    if value.iter().any(|digit| *digit > 9) {
        return None;
    }
    Some(format!("20{y1}{y2}-{m1}{m2}-{d1}{d2}"))
}

/// Role and rights of an inspection system (BSI TR-03110-4 §2.2.3; Doc 9303-11 §7.1).
fn authorization(value: &[u8]) -> String {
    let [template] = value else { return bytes(value) };
    let role = match template >> 6 {
        3 => "CVCA",
        2 => "document verifier (domestic)",
        1 => "document verifier (foreign)",
        _ => "inspection system",
    };
    let rights: Vec<&str> = [(1, "fingers (DG3)"), (2, "irises (DG4)")]
        .into_iter()
        .filter(|(bit, _)| template & bit != 0)
        .map(|(_, right)| right)
        .collect();
    let rights = if rights.is_empty() {
        "nothing".to_owned()
    } else {
        rights.join(", ")
    };
    format!("{template:02X}: {role}, may read {rights}")
}

fn bytes(value: &[u8]) -> String {
    if value.is_empty() {
        return "(empty)".to_owned();
    }
    hex_preview(value)
}
