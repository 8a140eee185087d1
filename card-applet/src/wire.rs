//! Formats without keys or state: APDUs, status words, BER-TLV, file identifiers, object identifiers, security
//! infos, access conditions. Chip and host use the same code here, and every format is pinned by published
//! vectors; what a role *does* with a format is written once for each role, elsewhere.

pub mod access;
pub mod apdu;
pub mod cvc;
pub mod domain_parameters;
pub mod global_platform;
pub mod instruction;
pub mod key_generation;
pub mod lds;
pub mod oid;
pub mod security_info;
pub mod status;
pub mod tlv;
