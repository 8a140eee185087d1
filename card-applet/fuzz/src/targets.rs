//! What each target does with its input. A panic is a finding.

#[path = "targets/card.rs"]
mod whole_card;

pub use whole_card::{card, scp03};

use card_applet::wire::cvc::{CertificateBody, CvCertificate, encode_certificate};
use card_applet::wire::security_info::{SubjectPublicKeyInfo, security_infos as infos_of};
use card_applet::wire::tlv::{self, TlvReader, TlvWriter};

/// Data objects inside data objects, to the bottom. What was read is written again and must read the same.
pub fn tlv(data: &[u8]) {
    objects(data, 0);
    let _ = tlv::header(data);
    if let Ok((first, rest)) = tlv::read_one(data) {
        assert_eq!(first.raw.len() + rest.len(), data.len());
        assert_eq!(tlv::find(data, first.tag), Ok(Some(first.value)));
        assert_eq!(tlv::read_exact(first.raw, first.tag), Ok(first.value));
    }
}

fn objects(data: &[u8], depth: usize) {
    if depth > 16 {
        return;
    }
    for object in TlvReader::new(data) {
        let Ok(object) = object else { return };
        let mut out = vec![0; object.value.len() + 8];
        let mut writer = TlvWriter::new(&mut out);
        // A tag of the form 00 80 has leading bytes that a number does not show; those are read only.
        if writer.tlv(object.tag, object.value).is_ok() {
            let len = writer.len();
            assert!(
                len <= object
                    .raw
                    .len()
                    .max(tlv::header_len(object.tag, object.value.len()) + object.value.len())
            );
            if out[..len].starts_with(&object.raw[..1]) {
                assert_eq!(tlv::read_exact(&out[..len], object.tag), Ok(object.value));
            }
        }
        objects(object.value, depth + 1);
    }
}

/// A card-verifiable certificate. One that is taken is written again and must read the same.
pub fn cvc(data: &[u8]) {
    let _ = CertificateBody::parse(data);
    let _ = CvCertificate::parse_content(data);
    let Ok(certificate) = CvCertificate::parse(data) else {
        return;
    };
    let mut body = vec![0; data.len() + 64];
    let len = certificate.body.encode(&mut body).unwrap();
    let mut whole = vec![0; data.len() + 64];
    let written = encode_certificate(&body[..len], certificate.signature, &mut whole).unwrap();
    // A certificate at the limit of length may be longer when it is written in the only right way; none was found.
    let again = CvCertificate::parse(&whole[..written]).unwrap();
    assert_eq!(again.body, certificate.body);
    assert_eq!(again.signature, certificate.signature);
}

/// A set of SecurityInfos, and each kind of info in it. What was taken is written again and must read the same.
pub fn security_infos(data: &[u8]) {
    let _ = SubjectPublicKeyInfo::parse(data);
    let Ok(infos) = infos_of(data) else { return };
    for info in infos.flatten() {
        let mut out = vec![0; data.len() + 64];
        if let Some(pace) = info.as_pace_info() {
            let len = pace.encode(&mut out).unwrap();
            assert_eq!(reread(&out[..len], |info| info.as_pace_info()), Some(pace));
        }
        if let Some(chip) = info.as_chip_authentication_info()
            && let Ok(len) = chip.encode(&mut out)
        {
            assert!(reread(&out[..len], |info| info.as_chip_authentication_info().map(drop)).is_some());
        }
        if let Some(key) = info.as_chip_authentication_public_key_info() {
            let _ = key.encode(&mut out);
        }
        if let Some(active) = info.as_active_authentication_info() {
            let _ = active.encode(&mut out);
        }
    }
}

fn reread<T>(
    bytes: &[u8],
    read: impl Fn(&card_applet::wire::security_info::SecurityInfo<'_>) -> Option<T>,
) -> Option<T> {
    let (object, _) = tlv::read_one(bytes).ok()?;
    read(&card_applet::wire::security_info::SecurityInfo::from_tlv(&object).ok()?)
}
