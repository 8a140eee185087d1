//! The facial record of ISO/IEC 19794-5:2005 §5 inside DG2, field by field.
//!
//! ```text
//! header   "FAC" 0 · "010" 0 · length of record (4) · number of images (2)
//! image    length of block (4) · feature points (2) · gender · eye colour · hair colour · properties (3) · expression (2) ·
//!          pose (3) · pose uncertainty (3) · feature points × 8 · image type · data type · width (2) · height (2) · … 12 in all · file
//! ```

use super::Flaw;
use crate::inspect::face::{ImageFormat, format_of};

const VERSION: &[u8] = b"FAC\x00010\x00";
/// Header of the facial information block, and of the image behind the feature points.
const BLOCK_HEADER_LEN: usize = 20;
const IMAGE_HEADER_LEN: usize = 12;
/// Length of one feature point.
const FEATURE_POINT_LEN: usize = 8;
/// Codes of table 3 to 5; FF is "other" or "unknown".
const GENDERS: [u8; 4] = [0, 1, 2, 0xFF];
const EYE_COLOURS: u8 = 7;
const HAIR_COLOURS: u8 = 9;
/// 0 is unspecified, then -180 to 180 degrees in steps of two.
const MOST_POSE: u8 = 181;
/// Basic, full frontal, token frontal.
const IMAGE_TYPES: u8 = 2;

/// Judges a record that begins as one.
pub(super) fn judge(record: &[u8]) -> Result<(), Flaw> {
    let mut rest = Fields { rest: record };
    if rest.take(8)? != VERSION {
        return Err(flaw("the version of the face record is unknown"));
    }
    if rest.number(4)? != record.len() {
        return Err(flaw("the face record has another length than it says"));
    }
    let images = rest.number(2)?;
    if images == 0 {
        return Err(flaw("there is no face"));
    }
    let mut odd = Ok(());
    for _ in 0..images {
        match image(&mut rest) {
            Ok(()) => {}
            Err(Flaw::Value(why)) => odd = odd.and(Err(Flaw::Value(why))),
            Err(flaw) => return Err(flaw),
        }
    }
    if !rest.rest.is_empty() {
        return Err(flaw("bytes follow the faces"));
    }
    odd
}

fn image(rest: &mut Fields<'_>) -> Result<(), Flaw> {
    let block_len = rest.number(4)?;
    let block = rest.take(
        block_len
            .checked_sub(4)
            .ok_or_else(|| flaw("the facial block has no length"))?,
    )?;
    let mut block = Fields { rest: block };
    let feature_points = block.number(2)?;
    let &[
        gender,
        eye,
        hair,
        _,
        _,
        _,
        _,
        _,
        yaw,
        pitch,
        roll,
        yaw_uncertainty,
        pitch_uncertainty,
        roll_uncertainty,
    ] = block.take(BLOCK_HEADER_LEN - 6)?
    else {
        return Err(flaw("the facial information is too short"));
    };
    block.take(feature_points.saturating_mul(FEATURE_POINT_LEN))?;
    let &[image_type, data_type, ..] = block.take(IMAGE_HEADER_LEN)? else {
        return Err(flaw("the image information is too short"));
    };
    let file = block.rest;
    if file.is_empty() {
        return Err(flaw("there is no image"));
    }
    let format = format_of(file).map_err(Flaw::Structure)?;
    for (what, right) in [
        ("gender", GENDERS.contains(&gender)),
        ("eye colour", eye <= EYE_COLOURS || eye == 0xFF),
        ("hair colour", hair <= HAIR_COLOURS || hair == 0xFF),
        ("yaw", yaw <= MOST_POSE),
        ("pitch", pitch <= MOST_POSE),
        ("roll", roll <= MOST_POSE),
        ("uncertainty of the yaw", yaw_uncertainty <= MOST_POSE),
        ("uncertainty of the pitch", pitch_uncertainty <= MOST_POSE),
        ("uncertainty of the roll", roll_uncertainty <= MOST_POSE),
        ("face image type", image_type <= IMAGE_TYPES),
        (
            "image data type",
            data_type == u8::from(format == ImageFormat::Jpeg2000),
        ),
    ] {
        if !right {
            return Err(Flaw::Value(format!("the {what} is none of ISO/IEC 19794-5")));
        }
    }
    Ok(())
}

fn flaw(what: &str) -> Flaw {
    Flaw::structure(format!("DG2: {what}"))
}

struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Flaw> {
        let split = self.rest.split_at_checked(count);
        let (taken, rest) = split.ok_or_else(|| flaw("the face record ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn number(&mut self, bytes: usize) -> Result<usize, Flaw> {
        let digits = self.take(bytes)?;
        Ok(digits.iter().fold(0, |sum, &byte| (sum << 8) | usize::from(byte)))
    }
}
