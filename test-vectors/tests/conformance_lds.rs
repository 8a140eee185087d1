//! The cases of the units LDS_*: good files pass them, and of every case there is a change that fails it and no other of its unit.

#[path = "conformance_lds/alterations.rs"]
mod alterations;
#[path = "conformance_lds/bases.rs"]
mod bases;
#[path = "conformance_lds/bsi.rs"]
mod bsi;
#[path = "conformance_lds/curves.rs"]
mod curves;
#[path = "conformance_lds/details.rs"]
mod details;
#[path = "conformance_lds/edit.rs"]
mod edit;
#[path = "conformance_lds/hostile.rs"]
mod hostile;
#[path = "conformance_lds/icao.rs"]
mod icao;
#[path = "conformance_lds/iso_39794.rs"]
mod iso_39794;
#[path = "conformance_lds/published.rs"]
mod published;
#[path = "conformance_lds/signed.rs"]
mod signed;
