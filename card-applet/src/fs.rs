//! The file system: an MF, dedicated files with their application identifiers, transparent elementary files
//! (ISO/IEC 7816-4, 7.2–7.4).

pub(crate) mod access;
pub(crate) mod body;
pub(crate) mod descriptor;
mod entry;
pub(crate) mod security_infos;
pub(crate) mod tree;
