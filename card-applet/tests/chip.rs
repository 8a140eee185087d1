//! The chip as a reader or an issuer sees it: bytes in, bytes out, through `Card::process`.

#[allow(dead_code, reason = "the tear test uses the rest")]
#[path = "chip/support.rs"]
mod support;

#[allow(dead_code, reason = "the tear test uses the rest")]
#[path = "chip/reader.rs"]
mod reader;

/// The engine of the chips on the bench.
type BenchEngine = remembering::RememberingEngine;

#[path = "chip/administration.rs"]
mod administration;
#[path = "chip/application.rs"]
mod application;
#[path = "chip/before_pace.rs"]
mod before_pace;
#[path = "chip/files.rs"]
mod files;
#[path = "chip/integrated_mapping.rs"]
mod integrated_mapping;
#[path = "chip/key_generation.rs"]
mod key_generation;
#[path = "chip/life.rs"]
mod life;
#[path = "chip/openpace.rs"]
mod openpace;
#[path = "chip/parameter_sets.rs"]
mod parameter_sets;
#[path = "chip/pin.rs"]
mod pin;
#[path = "chip/pki.rs"]
mod pki;
#[path = "chip/proof.rs"]
mod proof;
#[path = "chip/published.rs"]
mod published;
#[path = "chip/remembering.rs"]
mod remembering;
#[path = "chip/scp03.rs"]
mod scp03;
#[path = "chip/secure_messaging.rs"]
mod secure_messaging;
#[path = "chip/session.rs"]
mod session;
#[path = "chip/terminal.rs"]
mod terminal;
