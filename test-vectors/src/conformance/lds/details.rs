//! DG11 and DG12: additional details of the person and of the document (9303-10 §4.7.11, §4.7.12).

use super::face::{is_jpeg, is_jpeg_2000};
use super::files::{File, Files};
use super::mrz_dates::{is_number, last_day};
use super::objects::{Object, header, shown};
use super::outer;
use crate::conformance::verdict::{Finding, Played};

/// Longest text of a data element.
const LONGEST: usize = 99;
/// Tags of the data elements of DG11, beside A0, which holds those of 5F0F.
const DG11_TAGS: [u32; 13] = [
    0x5F0E, 0x5F0F, 0x5F10, 0x5F2B, 0x5F11, 0x5F42, 0x5F12, 0x5F13, 0x5F14, 0x5F15, 0x5F16, 0x5F17, 0x5F18,
];
/// Tags of the data elements of DG12, beside A0, which holds those of 5F1A.
const DG12_TAGS: [u32; 9] = [
    0x5F19, 0x5F26, 0x5F1A, 0x5F1B, 0x5F1C, 0x5F1D, 0x5F1E, 0x5F55, 0x5F56,
];
/// The template of what may be there several times.
const REPEATED: u32 = 0xA0;

/// The data elements behind the tag list.
fn elements(files: &Files, file: File) -> Played<Vec<Object<'_>>> {
    let mut objects = outer::content(files, file)?;
    objects.next("tag list")?;
    objects.all("data element")
}

/// A data element.
///
/// # Errors
/// Not applicable when the file has it not.
fn element<'a>(files: &'a Files, file: File, tag: u32, name: &str) -> Played<Object<'a>> {
    let found = elements(files, file)?
        .into_iter()
        .find(|element| element.tag == tag);
    found.ok_or_else(|| Finding::NotApplicable(format!("{} has no {name}", file.name())))
}

/// The tag list: first in the file, tags of the table, each once, and just those of the data elements that are there.
pub(super) fn tag_list(files: &Files, file: File) -> Played {
    let field = "tag list";
    let (known, inner): (&[u32], u32) = match file {
        File::DataGroup(11) => (&DG11_TAGS, 0x5F0F),
        _ => (&DG12_TAGS, 0x5F1A),
    };
    let list = outer::content(files, file)?.expect(0x5C, field)?;
    let mut listed = tags(&list)?;
    // Issuers list what repeats by the tag of its template or by that of its elements.
    for tag in &mut listed {
        if *tag == REPEATED {
            *tag = inner;
        }
    }
    for (place, tag) in listed.iter().enumerate() {
        list.must(known.contains(tag), field, || {
            format!("expected tags of the table, found {tag:02X}")
        })?;
        let earlier = listed.get(..place).unwrap_or_default();
        list.must(!earlier.contains(tag), field, || {
            format!("expected each tag once, found {tag:02X} twice")
        })?;
    }
    let there: Vec<u32> = elements(files, file)?
        .iter()
        .map(|element| {
            if element.tag == REPEATED {
                inner
            } else {
                element.tag
            }
        })
        .collect();
    for tag in &there {
        list.must(listed.contains(tag), field, || {
            format!("expected {tag:04X}, which is there, found it not")
        })?;
    }
    for tag in &listed {
        list.must(there.contains(tag), field, || {
            format!("expected only what is there, found {tag:04X}")
        })?;
    }
    Ok(())
}

/// The tags of a list.
fn tags(list: &Object<'_>) -> Played<Vec<u32>> {
    let mut tags = Vec::new();
    let mut rest = list.value;
    while !rest.is_empty() {
        // A tag is read as that of an empty data object.
        let len = if rest.first().is_some_and(|byte| byte & 0x1F == 0x1F) {
            2
        } else {
            1
        };
        let (tag, behind) = rest
            .split_at_checked(len)
            .ok_or_else(|| list.flaw("tag list", "expected whole tags, found a part of one"))?;
        let tag = header(&[tag, &[0]].concat())
            .map_err(|why| list.flaw("tag list", why))?
            .tag;
        tags.push(tag);
        rest = behind;
    }
    Ok(tags)
}

/// Text: UTF-8 without control characters, 1 to 99 bytes.
pub(super) fn text(files: &Files, file: File, tag: u32, name: &str) -> Played {
    check_text(&element(files, file, tag, name)?, name)
}

fn check_text(element: &Object<'_>, name: &str) -> Played {
    let len = element.value.len();
    element.must((1..=LONGEST).contains(&len), name, || {
        format!("expected 1 to {LONGEST} bytes, found {len}")
    })?;
    let is_text = std::str::from_utf8(element.value).is_ok_and(|text| !text.chars().any(char::is_control));
    element.must(is_text, name, || {
        "expected UTF-8 without control characters, found other bytes".into()
    })
}

/// A name: text, fillers as in the MRZ, none at its ends.
pub(super) fn name(files: &Files, file: File, tag: u32, field: &str) -> Played {
    check_name(&element(files, file, tag, field)?, field)
}

fn check_name(element: &Object<'_>, field: &str) -> Played {
    check_text(element, field)?;
    let filled = element.value.starts_with(b"<") || element.value.ends_with(b"<");
    element.must(!filled, field, || {
        "expected no fillers at its ends, found some".into()
    })
}

/// A0: how many, and as many elements with this tag.
pub(super) fn repeated(files: &Files, file: File, tag: u32, field: &str) -> Played {
    let template = element(files, file, REPEATED, field)?;
    let mut objects = template.inside();
    let number = objects.expect(0x02, field)?;
    number.expect_len(1, field)?;
    let elements = objects.all(field)?;
    number.must(
        number.value.first().map(|n| usize::from(*n)) == Some(elements.len()),
        field,
        || {
            format!(
                "expected {}, as many as there are, found {}",
                elements.len(),
                shown(number.value)
            )
        },
    )?;
    for element in elements {
        element.expect_tag(tag, field)?;
        check_name(&element, field)?;
    }
    Ok(())
}

/// YYYYMMDD. `unknown` parts may be zeros.
pub(super) fn date(files: &Files, file: File, tag: u32, name: &str, unknown: bool) -> Played {
    let date = element(files, file, tag, name)?;
    date.expect_len(8, name)?;
    let is_date = is_date(date.value, unknown);
    date.must(is_date, name, || {
        format!("expected YYYYMMDD, found {}", date.value.escape_ascii())
    })
}

fn is_date(date: &[u8], unknown: bool) -> bool {
    let (year, rest) = date.split_at_checked(4).unwrap_or_default();
    let (month, day) = rest.split_at_checked(2).unwrap_or_default();
    year.iter().all(u8::is_ascii_digit)
        && (unknown || year != b"0000")
        && (is_number(month, 1, 12) || (unknown && month == b"00"))
        && (is_number(day, 1, last_day(month)) || (unknown && day == b"00"))
}

/// YYYYMMDDhhmmss.
pub(super) fn date_and_time(files: &Files, file: File, tag: u32, name: &str) -> Played {
    let time = element(files, file, tag, name)?;
    time.expect_len(14, name)?;
    let (date, clock) = time.value.split_at_checked(8).unwrap_or_default();
    let limits = [23, 59, 59];
    let is_time = is_date(date, false)
        && clock
            .chunks(2)
            .zip(limits)
            .all(|(part, limit)| is_number(part, 0, limit));
    time.must(is_time, name, || {
        format!("expected YYYYMMDDhhmmss, found {}", time.value.escape_ascii())
    })
}

/// A telephone number: digits and what stands between them (ITU-T E.123, E.164).
pub(super) fn telephone(files: &Files, file: File, tag: u32, name: &str) -> Played {
    let element = element(files, file, tag, name)?;
    check_text(&element, name)?;
    let fits = element
        .value
        .iter()
        .all(|byte| byte.is_ascii_digit() || b" +-()/.<".contains(byte));
    let has_digit = element.value.iter().any(u8::is_ascii_digit);
    element.must(fits && has_digit, name, || {
        "expected digits and what stands between them, found other characters".into()
    })
}

/// An image: JPEG or JPEG 2000.
pub(super) fn image(files: &Files, file: File, tag: u32, name: &str) -> Played {
    let image = element(files, file, tag, name)?;
    let is_image = is_jpeg(image.value) || is_jpeg_2000(image.value);
    image.must(is_image, name, || {
        format!("expected JPEG or JPEG 2000, found {}", shown(image.value))
    })
}
