//! Data groups by hand: biometric groups with every field to be chosen, keys, machine readable zones.

use p256::ecdsa::SigningKey;

use super::der::{object_identifier, public_key_info, tlv};

/// The first bytes of an image file of each kind.
pub const JPEG: [u8; 6] = [0xFF, 0xD8, 0xFF, 0xE0, 0x12, 0x34];
pub const JPEG_2000: [u8; 12] = [0, 0, 0, 0x0C, b'j', b'P', b' ', b' ', 0x0D, 0x0A, 0x87, 0x0A];
pub const WSQ: [u8; 6] = [0xFF, 0xA0, 0xFF, 0xA4, 0x00, 0x3A];
pub const RAW: [u8; 6] = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60];

/// A biometric information template.
#[derive(Clone)]
pub struct Template {
    pub biometric_type: Option<Vec<u8>>,
    pub subtype: Option<u8>,
    pub format_owner: Option<[u8; 2]>,
    pub format_type: Option<[u8; 2]>,
    pub record: Vec<u8>,
}

impl Template {
    fn encode(&self) -> Vec<u8> {
        let mut header = Vec::new();
        for (tag, value) in [
            (0x81, self.biometric_type.clone()),
            (0x82, self.subtype.map(|subtype| vec![subtype])),
            (0x87, self.format_owner.map(Vec::from)),
            (0x88, self.format_type.map(Vec::from)),
        ] {
            header.extend(value.map(|value| tlv(tag, &[&value])).unwrap_or_default());
        }
        tlv(0x7F60, &[&tlv(0xA1, &[&header]), &tlv(0x5F2E, &[&self.record])])
    }
}

/// `tag { 7F61 { 02 count, templates } }`
pub fn group(tag: u32, templates: &[Template]) -> Vec<u8> {
    let count = [0x02, 0x01, templates.len() as u8];
    group_with_count(tag, &count, templates)
}

/// The same with this instead of the number of instances.
pub fn group_with_count(tag: u32, count: &[u8], templates: &[Template]) -> Vec<u8> {
    let templates: Vec<u8> = templates.iter().flat_map(Template::encode).collect();
    tlv(tag, &[&tlv(0x7F61, &[count, &templates])])
}

/// A facial record; every field can be changed.
#[derive(Clone)]
pub struct Face {
    pub magic: [u8; 8],
    pub feature_points: u8,
    pub announced_feature_points: u8,
    pub gender: u8,
    pub eyes: u8,
    pub hair: u8,
    pub pose: [u8; 3],
    pub uncertainty: [u8; 3],
    pub image_type: u8,
    pub data_type: u8,
    pub image: Vec<u8>,
}

impl Default for Face {
    fn default() -> Self {
        Self {
            magic: *b"FAC\x00010\x00",
            feature_points: 0,
            announced_feature_points: 0,
            gender: 0,
            eyes: 0,
            hair: 0,
            pose: [0; 3],
            uncertainty: [0; 3],
            image_type: 1,
            data_type: 0,
            image: JPEG.to_vec(),
        }
    }
}

impl Face {
    pub fn record(&self) -> Vec<u8> {
        let facial = 20 + 8 * usize::from(self.feature_points) + 12 + self.image.len();
        let mut record = self.magic.to_vec();
        record.extend((14 + facial as u32).to_be_bytes());
        record.extend([0, 1]);
        record.extend((facial as u32).to_be_bytes());
        record.extend([
            0,
            self.announced_feature_points,
            self.gender,
            self.eyes,
            self.hair,
        ]);
        record.extend([0; 5]);
        record.extend(self.pose);
        record.extend(self.uncertainty);
        for point in 0..self.feature_points {
            record.extend([1, 12 << 4 | point, 0, 100, 0, 100, 0, 0]);
        }
        record.extend([
            self.image_type,
            self.data_type,
            0x01,
            0x9D,
            0x02,
            0x13,
            0,
            0,
            0,
            0,
            0,
            0,
        ]);
        record.extend(&self.image);
        record
    }

    pub fn template(&self) -> Template {
        Template {
            biometric_type: Some(vec![0, 0, 2]),
            subtype: None,
            format_owner: Some([1, 1]),
            format_type: Some([0, 8]),
            record: self.record(),
        }
    }
}

/// A template with one finger of ISO/IEC 19794-4.
pub fn finger(subtype: u8, compression: u8, image: &[u8]) -> Template {
    let mut record = b"FIR\x00010\x00".to_vec();
    let length = 32 + 14 + image.len() as u64;
    record.extend(&length.to_be_bytes()[2..]);
    record.extend([
        0,
        0,
        0,
        31,
        1,
        1,
        1,
        0xF4,
        1,
        0xF4,
        1,
        0xF4,
        1,
        0xF4,
        8,
        compression,
        0,
        0,
    ]);
    record.extend((14 + image.len() as u32).to_be_bytes());
    record.extend([2, 1, 1, 254, 0, 1, 0x40, 1, 0x80, 0]);
    record.extend(image);
    Template {
        biometric_type: Some(vec![0, 0, 8]),
        subtype: Some(subtype),
        format_owner: Some([1, 1]),
        format_type: Some([0, 7]),
        record,
    }
}

/// A template with one eye of ISO/IEC 19794-6.
pub fn iris(subtype: u8, format: u8, image: &[u8]) -> Template {
    let mut record = b"IIR\x00010\x00".to_vec();
    record.extend((45 + 14 + image.len() as u32).to_be_bytes());
    record.extend([0, 0, 1, 0, 45, 0, 0, 0, 0, 0, format, 2, 0x80, 1, 0xE0, 8, 0]);
    record.extend([0; 16]);
    record.extend([subtype, 0, 1]);
    record.extend([0, 1, 254, 0xFF, 0xFF, 0xFF, 0xFF]);
    record.extend((image.len() as u32).to_be_bytes());
    record.extend(image);
    Template {
        biometric_type: Some(vec![0, 0, 0x10]),
        subtype: Some(subtype),
        format_owner: Some([1, 1]),
        format_type: Some([0, 9]),
        record,
    }
}

/// DG15 with this P-256 key.
pub fn dg15(key: &SigningKey) -> Vec<u8> {
    tlv(0x6F, &[&public_key_info(key)])
}

/// ChipAuthenticationPublicKeyInfo for this P-256 key.
pub fn chip_key_info(key: &SigningKey, id: Option<u8>) -> Vec<u8> {
    let id = id.map(|id| vec![0x02, 0x01, id]).unwrap_or_default();
    tlv(
        0x30,
        &[
            &object_identifier("04007F000702020102"),
            &public_key_info(key),
            &id,
        ],
    )
}

/// The check digit of Doc 9303-3 §4.9.
pub fn check_digit(field: &str) -> char {
    let sum: u32 = field
        .chars()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(letter, weight)| letter.to_digit(36).unwrap_or(0) * weight)
        .sum();
    char::from_digit(sum % 10, 10).expect("a digit")
}

/// The fields of a zone, as they stand in it.
#[derive(Clone)]
pub struct Zone {
    pub code: &'static str,
    pub state: &'static str,
    pub number: &'static str,
    pub optional: &'static str,
    pub birth: &'static str,
    pub sex: char,
    pub expiry: &'static str,
    pub nationality: &'static str,
    pub name: &'static str,
}

/// The holder of the genuine document.
pub const MAU: Zone = Zone {
    code: "ID",
    state: "VNM",
    number: "196000017",
    optional: "001196000017<<1",
    birth: "960812",
    sex: 'F',
    expiry: "360812",
    nationality: "VNM",
    name: "NGUYEN<<THI<MAU",
};

impl Zone {
    /// Three lines of 30.
    pub fn td1(&self) -> String {
        let number = format!("{}{}{}", self.number, check_digit(self.number), self.optional);
        let birth = format!("{}{}", self.birth, check_digit(self.birth));
        let expiry = format!("{}{}", self.expiry, check_digit(self.expiry));
        let composite = check_digit(&format!("{number}{birth}{expiry}<<<<<<<<<<<"));
        format!(
            "{}{}{number}{birth}{}{expiry}{}<<<<<<<<<<<{composite}{:<<30}",
            self.code, self.state, self.sex, self.nationality, self.name
        )
    }

    /// Two lines of 44; `optional_check` stands behind the optional data.
    pub fn td3(&self, optional: &str, optional_check: char) -> String {
        let number = format!("{:<<9}", self.number);
        let number = format!("{number}{}", check_digit(&number));
        let birth = format!("{}{}", self.birth, check_digit(self.birth));
        let expiry = format!("{}{}", self.expiry, check_digit(self.expiry));
        let optional = format!("{optional:<<14}{optional_check}");
        let composite = check_digit(&format!("{number}{birth}{expiry}{optional}"));
        format!(
            "{}{}{:<<39}{number}{}{birth}{}{expiry}{optional}{composite}",
            self.code, self.state, self.name, self.nationality, self.sex
        )
    }
}
