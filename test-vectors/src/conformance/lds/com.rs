//! EF.COM (9303-10 §4.6.1).

use super::files::{File, Files};
use super::objects::Object;
use super::outer;
use crate::conformance::verdict::Played;

/// Tags of the data groups 1 to 16 (9303-10, table 38).
pub(super) const DATA_GROUP_TAGS: [u8; 16] = [
    0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70,
];

/// The object in this place of the file.
fn element<'a>(files: &'a Files, place: usize, field: &str) -> Played<Object<'a>> {
    let mut objects = outer::content(files, File::Com)?;
    for _ in 0..place {
        objects.next("data object")?;
    }
    objects.next(field)
}

/// LDS version: 1.7, or 1.8 whose EF.SOD has it too.
pub(super) fn lds_version(files: &Files) -> Played {
    let field = "LDS version";
    let version = element(files, 0, field)?;
    version.expect_tag(0x5F01, field)?;
    version.expect_len(4, field)?;
    version.must(
        [b"0107", b"0108"].iter().any(|known| version.value == *known),
        field,
        || format!("expected 0107 or 0108, found {}", version.value.escape_ascii()),
    )
}

/// Unicode version: major, minor and release level, two digits each.
pub(super) fn unicode_version(files: &Files) -> Played {
    let field = "Unicode version";
    let version = element(files, 1, field)?;
    version.expect_tag(0x5F36, field)?;
    version.expect_len(6, field)?;
    let is_version = version.value.iter().all(u8::is_ascii_digit) && !version.value.starts_with(b"00");
    version.must(is_version, field, || {
        format!(
            "expected six digits such as 040000, found {}",
            version.value.escape_ascii()
        )
    })
}

/// The list of data groups: tags of data groups, each once, DG1 and DG2 among them.
pub(super) fn tag_list(files: &Files) -> Played {
    let field = "list of data groups";
    let list = element(files, 2, field)?;
    list.expect_tag(0x5C, field)?;
    for (place, tag) in list.value.iter().enumerate() {
        list.must(DATA_GROUP_TAGS.contains(tag), field, || {
            format!("expected tags of data groups, found {tag:02X}")
        })?;
        let earlier = list.value.get(..place).unwrap_or_default();
        list.must(!earlier.contains(tag), field, || {
            format!("expected each tag once, found {tag:02X} twice")
        })?;
    }
    for (tag, name) in [(0x61, "DG1"), (0x75, "DG2")] {
        list.must(list.value.contains(&tag), field, || {
            format!("expected {name} (tag {tag:02X}), which every document has")
        })?;
    }
    Ok(())
}
