//! What a counter's work costs: reading a card, and passive authentication with every check.
//!
//! Reading: the APDUs of whole inspections of a virtual card, their time on the wire through readers of the field by the model of
//! [`wire_time`](host_issuer::transport::wire_time), the time that chip and terminal compute in this process, and beside them the time
//! that the same readings take by the clock through a real `pcscd` with the virtual card in a `vpcd` reader.
//!
//! Passive authentication: documents judged in a second by one thread, against a program in Python that does the same work with
//! `asn1crypto` and `cryptography` (which computes with OpenSSL), and against `openssl`, in the same run. CPU time, the best of several
//! rounds. Judges nothing; what cannot be measured it says.

#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark measures time, starts other programs and writes their files"
)]

#[path = "inspection/documents.rs"]
mod documents;
#[path = "inspection/passive_authentication.rs"]
mod passive_authentication;
#[path = "inspection/reading.rs"]
mod reading;
#[path = "inspection/through_pcsc.rs"]
mod through_pcsc;

use std::time::Instant;

fn main() {
    if through_pcsc::was_started_for_it() {
        return through_pcsc::read_in_this_process();
    }
    reading::measure();
    passive_authentication::measure();
}

/// Nanoseconds of CPU time (of wall clock where the system does not tell) that something takes.
fn time_of(work: impl FnOnce()) -> u64 {
    let started = Instant::now();
    let before = cpu_time();
    work();
    match (before, cpu_time()) {
        (Some(before), Some(after)) => after - before,
        _ => u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX),
    }
}

/// Nanoseconds that this thread has spent on a processor (Linux).
fn cpu_time() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}
