//! SecurityInfos (9303-11 §9.2): what EF.CardAccess and DG14 offer.

use super::super::file::with_ambiguity;
use super::super::{ChipKey, PaceParameters};
use crate::faulty_chip::{Mapping, PaceSet};
use crate::naive::{Cipher, Curve, Group, find, objects};

/// bsi-de protocols(2) smartcard(2): 0.4.0.127.0.7.2.2.
const PROTOCOLS: [u8; 7] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02];
/// Arcs below it.
const PUBLIC_KEY: u8 = 1;
const TERMINAL_AUTHENTICATION: u8 = 2;
const CHIP_AUTHENTICATION: u8 = 3;
const PACE: u8 = 4;

/// standardizedDomainParameters: 0.4.0.127.0.7.1.2.
const STANDARDIZED: [u8; 7] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x02];
/// Named curves, by domain parameters.
const NAMED: [(Curve, &[u8]); 5] = [
    (Curve::P256, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]),
    (
        Curve::BrainpoolP256r1,
        &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07],
    ),
    (Curve::P384, &[0x2B, 0x81, 0x04, 0x00, 0x22]),
    (
        Curve::BrainpoolP384r1,
        &[0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0B],
    ),
    (Curve::P521, &[0x2B, 0x81, 0x04, 0x00, 0x23]),
];

/// Something that is offered, and that the suite does not compute.
pub(super) struct Unknown(pub(super) String);

/// One SecurityInfo: the arcs of its protocol below [`PROTOCOLS`], and what is behind the object identifier.
struct Info<'a> {
    arcs: &'a [u8],
    fields: Vec<(u32, &'a [u8])>,
}

/// The SecurityInfos of a file, as far as they are of these protocols.
pub(super) struct Infos<'a>(Vec<Info<'a>>);

impl<'a> Infos<'a> {
    /// Takes a SET of SecurityInfo apart.
    pub(super) fn parse(bytes: &'a [u8]) -> Self {
        let set = find(bytes, 0x31).unwrap_or_default();
        let info = |(_, info): (u32, &'a [u8])| {
            let mut fields = objects(info);
            if fields.first()?.0 != 0x06 {
                return None;
            }
            let arcs = fields.remove(0).1.strip_prefix(&PROTOCOLS)?;
            Some(Info { arcs, fields })
        };
        Infos(objects(set).into_iter().filter_map(info).collect())
    }

    /// The PACEInfos, in order.
    pub(super) fn pace(&self) -> (Vec<PaceParameters>, Vec<Unknown>) {
        let (mut sets, mut unknown) = (Vec::new(), Vec::new());
        for info in &self.0 {
            let [PACE, mapping, cipher] = *info.arcs else {
                continue;
            };
            let parameter = info.integer(1);
            match pace_set(mapping, cipher, parameter) {
                Some(set) => sets.push(set),
                None => unknown.push(Unknown(format!(
                    "the suite does not compute PACE 0.4.0.127.0.7.2.2.4.{mapping}.{cipher} with {}",
                    parameter.map_or_else(
                        || "parameters of its own".into(),
                        |id| format!("the domain parameters {id}")
                    )
                ))),
            }
        }
        (with_ambiguity(&sets), unknown)
    }

    /// Whether there is a TerminalAuthenticationInfo of this version.
    pub(super) fn has_terminal_authentication(&self, version: u8) -> bool {
        self.0
            .iter()
            .any(|info| *info.arcs == [TERMINAL_AUTHENTICATION] && info.integer(0) == Some(version))
    }

    /// Whether there is a ChipAuthenticationInfo of this version. A key alone stands for 3DES and version 1.
    pub(super) fn has_chip_authentication(&self, version: u8) -> bool {
        let mut infos = self.chip_authentication_infos().peekable();
        if infos.peek().is_none() {
            return version == 1 && self.0.iter().any(|info| matches!(*info.arcs, [PUBLIC_KEY, _]));
        }
        infos.any(|info| info.integer(0) == Some(version))
    }

    fn chip_authentication_infos(&self) -> impl Iterator<Item = &Info<'a>> {
        self.0
            .iter()
            .filter(|info| matches!(*info.arcs, [CHIP_AUTHENTICATION, _, _]))
    }

    /// The keys of Chip Authentication with the ciphers that go with each.
    pub(super) fn chip_keys(&self) -> (Vec<ChipKey>, Vec<Unknown>) {
        let (mut keys, mut unknown) = (Vec::new(), Vec::new());
        for info in &self.0 {
            let [PUBLIC_KEY, _] = *info.arcs else {
                continue;
            };
            let id = info.integer(1);
            let spki = info.fields.first().map(|(_, spki)| *spki).unwrap_or_default();
            match public_key(spki) {
                Some((group, public)) => keys.push(ChipKey {
                    id,
                    group,
                    public,
                    ciphers: self.ciphers(group, id),
                }),
                None => unknown.push(Unknown(
                    "it has a key of Chip Authentication in a group that the suite does not compute in"
                        .into(),
                )),
            }
        }
        (keys, unknown)
    }

    /// Ciphers of the ChipAuthenticationInfos of version 1 for a key. Where there is none, it is 3DES (9303-11 §6.2).
    fn ciphers(&self, group: Group, id: Option<u8>) -> Vec<Cipher> {
        let agreement = if group.curve().is_some() { 2 } else { 1 };
        let ciphers: Vec<Cipher> = self
            .chip_authentication_infos()
            .filter(|info| info.integer(0) == Some(1) && info.integer(1) == id && info.arcs[1] == agreement)
            .filter_map(|info| Cipher::from_arc(info.arcs[2]))
            .collect();
        if ciphers.is_empty() && self.chip_authentication_infos().next().is_none() {
            return vec![Cipher::TripleDes];
        }
        ciphers
    }
}

impl Info<'_> {
    /// A field that is a small number.
    fn integer(&self, at: usize) -> Option<u8> {
        match self.fields.get(at)? {
            (0x02, [number]) | (0x02, [0, number]) => Some(*number),
            _ => None,
        }
    }
}

fn pace_set(mapping: u8, cipher: u8, parameter: Option<u8>) -> Option<PaceSet> {
    let group = group(parameter?)?;
    let mapping = match (mapping, group) {
        (1, Group::ModP(_)) | (2, Group::Curve(_)) => Mapping::Generic,
        (3, Group::ModP(_)) | (4, Group::Curve(_)) => Mapping::Integrated,
        (6, Group::Curve(_)) => Mapping::ChipAuthentication,
        _ => return None,
    };
    Some(PaceSet {
        mapping,
        cipher: Cipher::from_arc(cipher)?,
        group,
    })
}

/// The group of standardized domain parameters.
pub(in super::super) fn group(parameter_id: u8) -> Option<Group> {
    Group::all().find(|group| group.parameter_id() == parameter_id)
}

/// Whether these bytes are an element of the group.
pub(in super::super) fn is_element(group: Group, public: &[u8]) -> bool {
    group.multiply(public, &one(group)).is_some()
}

/// The private key one, whose public key is the generator.
fn one(group: Group) -> Vec<u8> {
    let mut one = vec![0; group.private_len()];
    if let Some(last) = one.last_mut() {
        *last = 1;
    }
    one
}

/// Group and key of a SubjectPublicKeyInfo. `None` for a group that is unknown here, and for what is no element of it.
pub(in crate::conformance) fn public_key(spki: &[u8]) -> Option<(Group, Vec<u8>)> {
    let fields = objects(spki);
    let [(0x30, algorithm), (0x03, bits)] = fields[..] else {
        return None;
    };
    let algorithm = objects(algorithm);
    let [(0x06, oid), (tag, parameters)] = algorithm[..] else {
        return None;
    };
    let group = match tag {
        0x02 if oid == STANDARDIZED => group(*parameters.last()?)?,
        0x06 => NAMED.iter().find(|(_, oid)| *oid == parameters)?.0.into(),
        0x30 => explicit_group(parameters)?,
        _ => return None,
    };
    let bits = bits.strip_prefix(&[0])?;
    let public = match group {
        Group::Curve(_) => bits.to_vec(),
        Group::ModP(_) => number(find(bits, 0x02)?).to_vec(),
    };
    is_element(group, &public).then_some((group, public))
}

/// The group whose generator these parameters have: explicit parameters of a curve, or those of a MODP group (p, g).
fn explicit_group(parameters: &[u8]) -> Option<Group> {
    let generator = |group: &Group| group.public(&one(*group));
    let fields = objects(parameters);
    let point = fields
        .iter()
        .find(|(tag, _)| *tag == 0x04)
        .map(|(_, point)| *point);
    let numbers: Vec<&[u8]> = fields
        .iter()
        .filter(|(tag, _)| *tag == 0x02)
        .map(|(_, value)| number(value))
        .collect();
    let wanted = point.or_else(|| numbers.get(1).copied())?;
    Group::all().find(|group| generator(group).is_some_and(|generator| generator == wanted))
}

/// An unsigned number without the zeros that it begins with.
fn number(value: &[u8]) -> &[u8] {
    let zeros = value.iter().take_while(|byte| **byte == 0).count();
    &value[zeros..]
}
