//! The issuing station: many cards a day on several readers, none lost, none twice.

pub mod preflight;
