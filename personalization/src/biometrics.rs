//! Biometric records: images that are checked, the records of ISO/IEC 19794 and 39794 around them, and the CBEFF groups of DG2, DG3,
//! DG4 and whatever else a profile names.
//!
//! | module | what |
//! |---|---|
//! | [`enrolment`] | everything that was taken of one person, and what could not be taken |
//! | [`face`], [`finger`] | images, recognized and measured from their bytes |
//! | [`face_record`] | ISO/IEC 19794-5 |
//! | [`iso_19794_4`] | ISO/IEC 19794-4 |
//! | [`cbeff`] | groups of biometric information templates (ISO/IEC 7816-11) |
//!
//! Encoders take checked values and cannot fail. Decoders hand out slices of what was read, so what is hashed is what was read.

pub mod cbeff;
mod cursor;
pub mod enrolment;
pub mod error;
pub mod face;
pub mod face_record;
pub mod finger;
mod image;
pub mod iso_19794_4;
mod jpeg;
mod jpeg2000;
mod png;
mod wsq;
