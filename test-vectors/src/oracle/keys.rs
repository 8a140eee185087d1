//! Ephemeral keys for cases: of the edge of what is right, and wrong ones.

use crate::naive::{Curve, Group, Random};

/// Where a coordinate lies in its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// x is below p/256: it begins with a zero byte.
    SmallX,
    /// x is above p − p/256.
    LargeX,
    /// y is below p/256.
    SmallY,
    /// y is above p − p/256.
    LargeY,
}

/// How a public key is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongKey {
    /// A point of a curve of another size, or a number longer than the modulus.
    OtherSize,
    /// The point (0, 0), which is on none of the curves.
    Origin,
    /// A point beside the curve.
    OffCurve,
    /// A point of the curve whose first byte names no form.
    Form,
    /// Nothing but zeros, the first byte of a point, too.
    Zeros,
    /// An element with the modulus added: who reduces without a look takes it for the element.
    AboveModulus,
}

/// One of 256 points is beyond a border: that none of so many is, happens once in 10^13 searches.
const TRIES: usize = 8192;

impl Border {
    /// Whether a point, 04 ‖ x ‖ y, is there.
    pub fn has(self, curve: Curve, point: &[u8]) -> bool {
        let len = curve.field_len();
        let at = match self {
            Border::SmallX | Border::LargeX => 1,
            Border::SmallY | Border::LargeY => 1 + len,
        };
        let leading = |bytes: &[u8]| {
            let bytes = bytes.first_chunk::<8>().copied().unwrap_or_default();
            u64::from_be_bytes(bytes)
        };
        let order = leading(&curve.field_order());
        let coordinate = leading(point.get(at..).unwrap_or_default());
        match self {
            Border::SmallX | Border::SmallY => coordinate < order / 256,
            Border::LargeX | Border::LargeY => coordinate > order - order / 256,
        }
    }

    /// A private key and its multiple of `generator` that is there.
    pub fn key(self, curve: Curve, generator: &[u8], random: &mut Random) -> Option<(Vec<u8>, Vec<u8>)> {
        let first = random.private(curve.into());
        curve.first_multiple(generator, &first, TRIES, &|point| self.has(curve, point))
    }
}

/// The generator of the group's own parameters.
pub fn generator(group: Group) -> Vec<u8> {
    let mut one = vec![0; group.private_len()];
    if let Some(last) = one.last_mut() {
        *last = 1;
    }
    group.public(&one).unwrap_or_default()
}

impl WrongKey {
    /// A key that is wrong in this way. `None` in groups where that means nothing.
    pub fn make(self, group: Group, random: &mut Random) -> Option<Vec<u8>> {
        let len = group.field_len();
        match (self, group) {
            (WrongKey::OtherSize, Group::Curve(curve)) => {
                let other = Curve::ALL
                    .into_iter()
                    .find(|other| other.field_len() != curve.field_len())?;
                right(other.into(), random)
            }
            (WrongKey::OtherSize, Group::ModP(_)) => {
                // The first byte is none that a number begins with for nothing.
                Some([&[0x01][..], &random.bytes(len)].concat())
            }
            (WrongKey::Origin, Group::Curve(_)) => Some([vec![0x04], vec![0; 2 * len]].concat()),
            (WrongKey::OffCurve, Group::Curve(_)) => {
                let mut point = right(group, random)?;
                *point.last_mut()? ^= 0x01;
                Some(point)
            }
            (WrongKey::Form, Group::Curve(_)) => {
                let mut point = right(group, random)?;
                *point.first_mut()? = 0x05;
                Some(point)
            }
            (WrongKey::Zeros, Group::Curve(_)) => Some(vec![0; 1 + 2 * len]),
            (WrongKey::Zeros, Group::ModP(_)) => Some(vec![0; len]),
            (WrongKey::AboveModulus, Group::ModP(modp)) => {
                // About every second sum is not longer than the modulus.
                (0..256).find_map(|_| modp.plus_modulus(&right(group, random)?))
            }
            (WrongKey::Origin | WrongKey::OffCurve | WrongKey::Form, Group::ModP(_))
            | (WrongKey::AboveModulus, Group::Curve(_)) => None,
        }
    }
}

fn right(group: Group, random: &mut Random) -> Option<Vec<u8>> {
    group.public(&random.private(group))
}
