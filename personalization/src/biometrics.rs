//! Biometric records: images that are checked, the records of ISO/IEC 19794 and 39794 around them, and the CBEFF groups of DG2, DG3,
//! DG4 and whatever else a profile names.
//!
//! | module | what |
//! |---|---|
//! | [`enrolment`] | everything that was taken of one person, and what could not be taken |
//! | [`face`], [`finger`], [`iris`], [`picture`] | images, recognized and measured from their bytes |
//! | [`compress`] | a photograph made small enough for a card |
//! | [`iso_19794_4`], [`iso_19794_5`], [`iso_19794_6`] | records of finger, face and iris, the older series |
//! | [`iso_39794_4`], [`iso_39794_5`] | records of finger and face, for cards issued from 2030 on |
//! | [`iso_39794_6`] | the same of iris, read only |
//! | [`modality`] | what a profile names beside them: voice, DNA, or anything else, opaque |
//! | [`cbeff`] | groups of biometric information templates (ISO/IEC 7816-11) |
//!
//! Encoders take checked values and cannot fail. Decoders hand out slices of what was read, so what is hashed is what was read.

pub mod cbeff;
pub mod compress;
mod cursor;
pub mod enrolment;
pub mod error;
pub mod face;
pub mod finger;
pub mod format;
mod image;
pub mod iris;
pub mod iso_19794_4;
pub mod iso_19794_5;
pub mod iso_19794_6;
mod iso_39794;
pub mod iso_39794_4;
pub mod iso_39794_5;
pub mod iso_39794_6;
mod jpeg;
mod jpeg2000;
pub mod modality;
pub mod opaque_group;
pub mod picture;
mod png;
mod wsq;
