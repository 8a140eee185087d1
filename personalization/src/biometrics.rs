//! Biometric records: what goes inside DG2.

pub mod face;
pub mod face_record;
mod image;
mod jpeg;
mod jpeg2000;
