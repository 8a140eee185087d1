//! Formats and primitives of this crate's own reading of the standards, the short way: what the second chip and the oracle terminal
//! compute with.
//!
//! Nothing here is shared with the rest of the project. It is held against the published examples through the two roles that use it.
//! It takes its time where it likes and keeps no secret from a debugger: nothing of it belongs into a product's chip or reader.

pub(crate) mod cipher;
pub(crate) mod curve;
pub(crate) mod data_object;
pub(crate) mod group;
pub(crate) mod integrated_mapping;
pub(crate) mod mod_p;
pub(crate) mod prime_curve;
pub(crate) mod random;
pub(crate) mod session_keys;

pub use cipher::Cipher;
pub use curve::Curve;
pub use data_object::{find, object, objects, objects_exactly};
pub use group::Group;
pub use mod_p::ModP;
pub use prime_curve::PrimeCurve;
pub use random::Random;
pub use session_keys::SessionKeys;
