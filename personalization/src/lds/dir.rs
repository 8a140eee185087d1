//! EF.DIR: the applications on the card (9303-10, section 3.11.2).

use card_applet::wire::lds::AID_EMRTD;

use super::read::{Objects, sequence, utf8};
use super::{AsRead, LdsError, tlv};
use crate::image::UtilityApplication;

/// The file's name in errors.
const FILE: &str = "EF.DIR";

/// More applications than a card has.
const MAX_APPLICATIONS: usize = 32;

/// One application template (ISO/IEC 7816-4, section 12.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationTemplate<'a> {
    /// The application's identifier, 1 to 16 bytes.
    pub aid: &'a [u8],
    /// Its label.
    pub label: Option<String>,
}

/// Encodes EF.DIR: an application template for the eMRTD, `61 { 4F AID }`, and one for each application beside it, with its
/// name as label, `61 { 4F AID · 50 label }` (ISO/IEC 7816-4, section 12.2.2).
#[must_use]
pub fn encode(applications: &[UtilityApplication]) -> Vec<u8> {
    let mut file = tlv(0x61, &tlv(0x4F, &AID_EMRTD));
    for application in applications {
        let template = [
            tlv(0x4F, &application.aid),
            tlv(0x50, application.name.as_bytes()),
        ];
        file.extend(tlv(0x61, &template.concat()));
    }
    file
}

/// Reads EF.DIR. Data objects of a template that are neither identifier nor label are passed over.
///
/// # Errors
/// [`LdsError`] for anything but application templates, one without an identifier of 1 to 16 bytes, more than 32.
pub fn decode(file: &[u8]) -> Result<AsRead<'_, Vec<ApplicationTemplate<'_>>>, LdsError> {
    let mut templates = Vec::new();
    for object in sequence(FILE, file)? {
        let object = object.map_err(|error| LdsError::tlv(FILE, "application template", error))?;
        if object.tag != 0x61 {
            return Err(LdsError::new(
                FILE,
                "application template",
                format!("cannot have tag {:X}", object.tag),
            ));
        }
        if templates.len() == MAX_APPLICATIONS {
            return Err(LdsError::new(FILE, "file", "has more than 32 applications"));
        }
        templates.push(template(object.value)?);
    }
    Ok(AsRead::new(file, templates))
}

fn template(content: &[u8]) -> Result<ApplicationTemplate<'_>, LdsError> {
    let mut objects = Objects::new(FILE, content);
    let (mut aid, mut label) = (None, None);
    while let Some(object) = objects.next("application template")? {
        match object.tag {
            0x4F => aid = Some(object.value),
            0x50 => label = Some(utf8(FILE, "application label", object.value, 256)?),
            _ => {}
        }
    }
    let aid = aid
        .filter(|aid| (1..=16).contains(&aid.len()))
        .ok_or_else(|| LdsError::new(FILE, "application identifier", "must have 1 to 16 bytes"))?;
    Ok(ApplicationTemplate { aid, label })
}

#[cfg(test)]
mod tests {
    use super::{ApplicationTemplate, decode, encode};
    use crate::image::UtilityApplication;

    #[test]
    fn templates_with_other_objects() {
        let file = hex::decode(
            "61094F07A0000002471001 6113 4F06A00000016701 5003435650 73045F290101".replace(' ', ""),
        )
        .unwrap();
        let read = decode(&file).unwrap();
        assert_eq!(read.bytes(), file);
        let expected = ApplicationTemplate {
            aid: &[0xA0, 0, 0, 1, 0x67, 1],
            label: Some("CVP".to_owned()),
        };
        assert_eq!((read.len(), &read[1]), (2, &expected));
        for wrong in ["6100", "61024F00", "6209", "61094F07A000", "61025001"] {
            assert!(decode(&hex::decode(wrong).unwrap()).is_err(), "{wrong}");
        }
        assert!(decode(&hex::decode("61034F01A0").unwrap().repeat(33)).is_err());
    }

    #[test]
    fn a_template_for_each_application() {
        assert_eq!(encode(&[]), hex::decode("61094F07A0000002471001").unwrap());
        let beside = UtilityApplication {
            name: "abc".to_owned(),
            aid: vec![0xF0, 1, 2, 3, 4],
            fid: 0x3F02,
            key_version: None,
            files: Vec::new(),
        };
        assert_eq!(
            encode(&[beside]),
            hex::decode("61094F07A0000002471001610C4F05F0010203045003616263").unwrap()
        );
    }
}
