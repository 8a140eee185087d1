//! Tags of the LDS (Doc 9303-10) and of the files of the master file.

use super::asn1;
use super::format::Format::{Asn1, Bytes, Digits, Number, Record, Tags, Text, Zone};
use super::shape::{Field, Shape, leaf, node};

/// The number of the data group with this outer tag.
pub(super) fn data_group(tag: u32) -> Option<u8> {
    const TAGS: [u32; 16] = [
        0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70,
    ];
    let index = TAGS.iter().position(|known| *known == tag)?;
    u8::try_from(index + 1).ok()
}

/// Name and section of a data group.
pub(super) const fn data_group_name(number: u8) -> (&'static str, &'static str) {
    match number {
        1 => ("DG1, machine readable zone", "Doc 9303-10 §4.7.1"),
        2 => ("DG2, face", "Doc 9303-10 §4.7.2"),
        3 => ("DG3, fingers", "Doc 9303-10 §4.7.3"),
        4 => ("DG4, irises", "Doc 9303-10 §4.7.4"),
        5 => ("DG5, displayed portrait", "Doc 9303-10 §4.7.5"),
        6 => ("DG6, reserved", "Doc 9303-10 §4.7.6"),
        7 => ("DG7, displayed signature or usual mark", "Doc 9303-10 §4.7.7"),
        8 => ("DG8, data features", "Doc 9303-10 §4.7.8"),
        9 => ("DG9, structure features", "Doc 9303-10 §4.7.9"),
        10 => ("DG10, substance features", "Doc 9303-10 §4.7.10"),
        11 => ("DG11, additional personal details", "Doc 9303-10 §4.7.11"),
        12 => ("DG12, additional document details", "Doc 9303-10 §4.7.12"),
        13 => ("DG13, optional details", "Doc 9303-10 §4.7.13"),
        14 => ("DG14, security options", "Doc 9303-10 §4.7.14"),
        15 => ("DG15, Active Authentication public key", "Doc 9303-10 §4.7.15"),
        _ => ("DG16, persons to notify", "Doc 9303-10 §4.7.16"),
    }
}

/// EF.COM and the data groups by their outer tags.
pub(super) const FILES: Shape = Shape::Tags(&[
    node!(0x60, "EF.COM", &Shape::Tags(COM)),
    node!(
        0x61,
        "DG1",
        &Shape::Tags(&[leaf!(0x5F1F, "machine readable zone", Zone)]),
    ),
    node!(0x75, "DG2", &BIOMETRICS),
    node!(0x63, "DG3", &BIOMETRICS),
    node!(0x76, "DG4", &BIOMETRICS),
    node!(0x65, "DG5", &Shape::Tags(IMAGES)),
    node!(0x67, "DG7", &Shape::Tags(IMAGES)),
    node!(0x66, "DG6", &Shape::Plain),
    node!(0x68, "DG8", &Shape::Plain),
    node!(0x69, "DG9", &Shape::Plain),
    node!(0x6A, "DG10", &Shape::Plain),
    node!(0x6B, "DG11", &Shape::Tags(DG11)),
    node!(0x6C, "DG12", &Shape::Tags(DG12)),
    node!(0x6D, "DG13", &DG13),
    node!(0x6E, "DG14", &asn1::SECURITY_INFOS_INSIDE),
    node!(0x6F, "DG15", &asn1::PUBLIC_KEY_FILE),
    node!(0x70, "DG16", &DG16),
]);

const COM: &[Field] = &[
    leaf!(0x5F01, "LDS version", Text),
    leaf!(0x5F36, "Unicode version", Text),
    leaf!(0x5C, "tag list", Tags),
];

/// The CBEFF template group (Doc 9303-10 §4.7.2 to §4.7.4; ISO/IEC 7816-11).
const BIOMETRICS: Shape = Shape::Tags(&[node!(
    0x7F61,
    "biometric information group template",
    &Shape::Tags(&[
        leaf!(0x02, "number of instances", Number),
        node!(
            0x7F60,
            "biometric information template",
            &Shape::Tags(&[
                node!(
                    0xA1,
                    "biometric header template",
                    &Shape::Tags(&[
                        leaf!(0x80, "ICAO header version", Bytes),
                        leaf!(0x81, "biometric type", Bytes),
                        leaf!(0x82, "biometric subtype", Bytes),
                        leaf!(0x83, "creation date and time", Digits),
                        leaf!(0x84, "biometric reference data qualifier", Bytes),
                        leaf!(0x85, "validity period", Bytes),
                        leaf!(0x86, "creator", Bytes),
                        leaf!(0x87, "format owner", Bytes),
                        leaf!(0x88, "format type", Bytes),
                    ]),
                ),
                leaf!(0x5F2E, "biometric data block", Record),
                node!(0x7F2E, "biometric data block (ISO/IEC 39794)", &Shape::Plain),
            ]),
            "ISO/IEC 7816-11"
        ),
    ]),
    "ISO/IEC 7816-11"
)]);

const IMAGES: &[Field] = &[
    leaf!(0x02, "number of instances", Number),
    leaf!(0x5F40, "displayed portrait", Record),
    leaf!(0x5F43, "displayed signature or mark", Record),
];

const DG11: &[Field] = &[
    leaf!(0x5C, "tag list", Tags),
    leaf!(0x5F0E, "name of holder", Text),
    node!(
        0xA0,
        "other names",
        &Shape::Tags(&[
            leaf!(0x02, "number of names", Number),
            leaf!(0x5F0F, "other name", Text),
        ]),
    ),
    leaf!(0x5F0F, "other name", Text),
    leaf!(0x5F10, "personal number", Text),
    leaf!(0x5F2B, "full date of birth", Digits),
    leaf!(0x5F11, "place of birth", Text),
    leaf!(0x5F42, "permanent address", Text),
    leaf!(0x5F12, "telephone", Text),
    leaf!(0x5F13, "profession", Text),
    leaf!(0x5F14, "title", Text),
    leaf!(0x5F15, "personal summary", Text),
    leaf!(0x5F16, "proof of citizenship", Record),
    leaf!(0x5F17, "other valid travel documents", Text),
    leaf!(0x5F18, "custody information", Text),
];

const DG12: &[Field] = &[
    leaf!(0x5C, "tag list", Tags),
    leaf!(0x5F19, "issuing authority", Text),
    leaf!(0x5F26, "date of issue", Digits),
    node!(
        0xA0,
        "other persons",
        &Shape::Tags(&[
            leaf!(0x02, "number of persons", Number),
            leaf!(0x5F1A, "name of person", Text),
        ]),
    ),
    leaf!(0x5F1B, "endorsements and observations", Text),
    leaf!(0x5F1C, "tax and exit requirements", Text),
    leaf!(0x5F1D, "image of front", Record),
    leaf!(0x5F1E, "image of rear", Record),
    leaf!(0x5F55, "time of personalization", Digits),
    leaf!(0x5F56, "serial number of personalization system", Text),
];

/// Any tag A1 to AF is a person.
const DG16: Shape = Shape::Tags(&[
    leaf!(0x02, "number of persons", Number),
    node!(
        0,
        "person to notify",
        &Shape::Tags(&[
            leaf!(0x5F50, "date recorded", Digits),
            leaf!(0x5F51, "name", Text),
            leaf!(0x5F52, "telephone", Text),
            leaf!(0x5F53, "address", Text),
        ]),
    ),
]);

/// The content of Vietnamese cards; another state's has no names.
const DG13: Shape = Shape::Order(&[node!(
    0x30,
    "",
    &Shape::Order(&[
        leaf!(0x02, "schema version", Asn1),
        leaf!(0x06, "encoding", Asn1),
        node!(
            0x31,
            "fields",
            &Shape::Each(&node!(0, "", &Shape::Numbered(vietnamese))),
        ),
    ]),
)]);

/// The fields of a Vietnamese DG13.
fn vietnamese(number: u8) -> Option<&'static str> {
    let index = usize::from(number).checked_sub(1)?;
    [
        "citizen number",
        "full name",
        "date of birth",
        "sex",
        "nationality",
        "ethnicity",
        "religion",
        "place of origin",
        "residence",
        "identifying marks",
        "date of issue",
        "date of expiry",
        "father, mother",
        "spouse",
        "old number",
        "card identifier",
    ]
    .get(index)
    .copied()
}

/// EF.DIR.
pub(super) const DIR: Shape = Shape::Tags(&[node!(
    0x61,
    "application template",
    &Shape::Tags(&[
        leaf!(0x4F, "application identifier", Bytes),
        leaf!(0x50, "application label", Text),
        leaf!(0x51, "path", Bytes),
        leaf!(0x53, "discretionary data", Bytes),
    ]),
)]);

/// EF.ATR/INFO.
pub(super) const ATR_INFO: Shape = Shape::Tags(&[
    leaf!(0x43, "card service data", Bytes),
    leaf!(0x46, "pre-issuing data", Bytes),
    leaf!(0x47, "card capabilities", Bytes),
    leaf!(0x4F, "application identifier", Bytes),
    node!(
        0x7F66,
        "extended length information",
        &Shape::Order(&[
            leaf!(0x02, "longest command APDU", Number),
            leaf!(0x02, "longest response APDU", Number),
        ]),
    ),
]);
