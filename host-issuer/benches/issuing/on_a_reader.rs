//! Simulated time of a card on a contact reader, against the limit: the wire or the memory, whichever takes longer.

use card_applet::sim::memory::RamMemory;
use host_issuer::transport::wire_time::{READER_PROFILES, ReaderProfile};

use crate::cards::Issuer;
use crate::timed::{Chronometer, TimedMemory, TimedReader, Times};

/// The readers of a station.
const READERS: [&str; 2] = ["T=1 TA1=97", "T=1 TA1=96"];

/// Prints it.
pub fn measure() {
    let issuer = Issuer::new();
    println!(
        "Issuing on a contact reader, simulated (memory: 4 ms for 64 bytes or the erasure of a page; vn-cc-2024; from SELECT to ACTIVATE):"
    );
    println!(
        "  {:<12} {:>7} {:>9} {:>9} {:>9} {:>9} {:>7}",
        "", "bytes", "wire", "memory", "limit", "takes", "ratio"
    );
    for profile in READER_PROFILES
        .iter()
        .filter(|profile| READERS.contains(&profile.name))
    {
        let (bytes, times) = on(&issuer, *profile);
        let limit = times.wire.max(times.memory);
        println!(
            "  {:<12} {bytes:>7} {:>7.3} s {:>7.3} s {limit:>7.3} s {:>7.3} s {:>7.2}",
            profile.name,
            times.wire,
            times.memory,
            times.total,
            times.total / limit
        );
        println!(
            "  {:<12} rows programmed {}, pages erased {}, waits for the memory {}; its files alone are {:.3} s of memory",
            "",
            times.rows,
            times.erased,
            times.syncs,
            bytes as f64 / 64.0 * 0.004
        );
    }
}

fn on(issuer: &Issuer, profile: ReaderProfile) -> (usize, Times) {
    let clock = Chronometer::default();
    let memory = TimedMemory {
        inner: RamMemory::new(),
        clock: clock.clone(),
    };
    let (chip, manifest) = issuer.blank(memory, 1);
    clock.restart();
    let reader = TimedReader {
        inner: chip,
        profile,
        clock: clock.clone(),
    };
    let bytes = issuer.issue(reader, &manifest, 1);
    (bytes, clock.times())
}
