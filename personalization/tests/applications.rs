//! Applications beside the eMRTD: every rule of the profile, and what becomes of them in image, EF.DIR and script.

use card_applet::wire::access::{AccessRule, UpdateRule};
use personalization::profile::{self, BUILTIN, CardProfile, CheckedProfile, ProfileError};

const TWO: &str = r#"
[[application]]
name = "insurance"
aid = "F0564E4D42485954"

[[application.file]]
fid = 0x0201
sfi = 1
size = 4
read = "pace"
content = "0102"

[[application.file]]
fid = 0x0202
sfi = 2
size = 1024
read = "chip-authentication"
write = "application-keys"

[[application]]
name = "library"
aid = "F04C494252415259"

[[application.file]]
fid = 0x0201
sfi = 1
size = 16
read = "always"

[[application]]
name = "licence"
aid = "F04C4943454E4345"

[[application.file]]
fid = 0x0201
size = 16
write = "application-keys"
"#;

/// A built-in profile with these applications, each `old` replaced by `new`.
fn with(changes: &[(&str, &str)]) -> Result<CheckedProfile, ProfileError> {
    let (_, base) = BUILTIN.iter().find(|(name, _)| *name == "vn-cc-2024").unwrap();
    let mut text = format!("{base}{TWO}");
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    CardProfile::from_toml(&text)?.check()
}

#[track_caller]
fn refused(old: &str, new: &str, message: &str) {
    let error = with(&[(old, new)]).unwrap_err().to_string();
    assert!(error.contains(message), "{error}");
}

#[test]
fn what_is_written_is_what_is_issued() {
    let profile = with(&[]).unwrap();
    let [insurance, library, licence] = profile.applications() else {
        panic!("three applications");
    };
    assert_eq!(
        [insurance.fid, library.fid, licence.fid],
        [0x3F02, 0x3F03, 0x3F04],
        "behind the eMRTD"
    );
    // A key version for each application that is updated, and for no other.
    assert_eq!(
        [insurance.key_version, library.key_version, licence.key_version],
        [Some(0x60), None, Some(0x61)]
    );
    let [fixed, updated] = &insurance.files[..] else {
        panic!("two files");
    };
    assert_eq!(fixed.content, [1, 2, 0, 0], "zeros up to its length");
    assert_eq!(
        (fixed.attribute.read, fixed.attribute.update),
        (AccessRule::Pace, UpdateRule::Never)
    );
    assert_eq!(
        (updated.attribute.read, updated.attribute.update),
        (AccessRule::ChipAuthentication, UpdateRule::ApplicationKeys)
    );
    assert_eq!(licence.files[0].attribute.read, AccessRule::Never, "the default");
    assert_eq!((licence.files[0].sfi, updated.content.len()), (None, 1024));
}

#[test]
fn the_example_that_comes_with_the_program() {
    let profile = profile::builtin("vn-cc-2024-insurance").unwrap();
    let [insurance] = profile.applications() else {
        panic!("one application");
    };
    assert_eq!(insurance.aid, b"\xF0VNMBHYT");
    assert_eq!(insurance.key_version, Some(0x60));
    // But for that it is the card without it.
    let plain = profile::builtin("vn-cc-2024").unwrap();
    let without = CardProfile {
        application: Vec::new(),
        name: plain.name().to_owned(),
        description: plain.profile().description.clone(),
        ..profile.profile().clone()
    };
    assert_eq!(without, *plain.profile());
}

#[test]
fn names_and_identifiers() {
    let name = "name = \"insurance\"";
    for bad in [
        "",
        "Insurance",
        "health insurance",
        "a-name-too-long-x",
        "sức-khoẻ",
    ] {
        refused(name, &format!("name = \"{bad}\""), "application.name");
    }
    refused(name, "name = \"library\"", "two applications");
    let aid = "aid = \"F0564E4D42485954\"";
    for bad in ["", "F0564E4D", "F0564E4D4", "zz", &"F0".repeat(17)] {
        refused(aid, &format!("aid = \"{bad}\""), "10 to 32 hexadecimal digits");
    }
    // SELECT takes a part of a name for the whole, so that no name may begin as another.
    for bad in [
        "A0000002471001",
        "A000000247100101",
        "A000000247",
        "A000000151000000",
        "A000000151",
    ] {
        refused(aid, &format!("aid = \"{bad}\""), "issuer security domain");
    }
    for bad in ["F04C494252415259", "F04C4942524152", "F04C49425241525901"] {
        refused(aid, &format!("aid = \"{bad}\""), "another application");
    }
}

#[test]
fn files_and_rules() {
    let fid = "fid = 0x0202";
    for bad in [
        "0x0000", "0x0101", "0x011E", "0x01FF", "0x3F00", "0x3F02", "0x3FFF", "0xFFFF",
    ] {
        refused(fid, &format!("fid = {bad}"), "application.file.fid");
    }
    refused(fid, "fid = 0x0201", "two files");
    refused(fid, "fid = 0x10000", "not a card profile");
    for bad in ["0", "31"] {
        refused("sfi = 2", &format!("sfi = {bad}"), "1 to 30");
    }
    refused("sfi = 2", "sfi = 1", "two files");
    for bad in ["0", "16385"] {
        refused("size = 1024", &format!("size = {bad}"), "16384");
    }
    refused("content = \"0102\"", "content = \"010\"", "hexadecimal");
    refused(
        "content = \"0102\"",
        "content = \"0102030405\"",
        "longer than the file",
    );
    refused("read = \"pace\"", "", "nobody may write");
    refused(
        "read = \"chip-authentication\"",
        "read = \"always\"",
        "before PACE",
    );
    refused("read = \"pace\"", "read = \"pin\"", "not a card profile");
    refused(
        "write = \"application-keys\"",
        "write = \"anybody\"",
        "not a card profile",
    );
    refused("size = 4\n", "size = 4\nowner = 1\n", "not a card profile");
}

#[test]
fn what_the_card_cannot_fulfil() {
    let chip_authentication = "[[chip_authentication]]\ncurve = \"brainpoolP256r1\"\nciphers = [\"AES-128\"]";
    refused(chip_authentication, "", "does not offer");
    let pace = "[[pace]]\nmapping = \"GM\"\ncurve = \"brainpoolP256r1\"\ncipher = \"AES-128\"";
    let error = with(&[(pace, ""), ("bac = false", "bac = true")]).unwrap_err();
    assert!(error.to_string().contains("`pace`"), "{error}");
}

/// The chip's file table and memory bound what a profile may ask for.
#[test]
fn the_budget() {
    let file = |fid: usize, size: usize| {
        format!(
            "[[application.file]]\nfid = {}\nsize = {size}\nread = \"pace\"\n",
            0x0300 + fid
        )
    };
    let files = |count, size| (0..count).map(|fid| file(fid, size)).collect::<String>();
    // 32 files in all: eight and four data groups of the document, three applications with four files.
    let last = "size = 16\nwrite = \"application-keys\"";
    let more = |files: &str| format!("{last}\n{files}");
    assert!(with(&[(last, &more(&files(13, 16)))]).is_ok());
    refused(last, &more(&files(14, 16)), "the chip's table");
    assert!(with(&[(last, &more(&files(1, 16_384)))]).is_ok());
    refused(last, &more(&files(2, 16_384)), "32 KiB");
    let nine: String = (0..9)
        .map(|index| {
            format!(
                "[[application]]\nname = \"a{index}\"\naid = \"F00000000{index}\"\n{}",
                file(1, 1)
            )
        })
        .collect();
    let start = "[[application]]\nname = \"insurance\"";
    refused(start, &format!("{nine}{start}"), "eight at most");
    let error = with(&[(
        TWO,
        "[[application]]\nname = \"a\"\naid = \"F000000001\"\nfile = []\n",
    )])
    .unwrap_err();
    assert!(error.to_string().contains("at least one file"), "{error}");
}
