//! Cards that one core makes in an hour of chips in the same process, chip and host together: what is left when reader, wire and memory
//! take no time.

use std::time::{Duration, Instant};

use card_applet::sim::memory::RamMemory;

use crate::cards::Issuer;

/// How long it is measured.
const AT_LEAST: Duration = Duration::from_secs(3);

/// Prints it.
pub fn measure() {
    let issuer = Issuer::new();
    let chips: Vec<_> = (0..64)
        .map(|number| issuer.blank(RamMemory::new(), number))
        .collect();
    let (mut cards, mut spent) = (0u32, Duration::ZERO);
    for (number, (chip, manifest)) in chips.into_iter().enumerate() {
        let started = Instant::now();
        issuer.issue(chip, &manifest, number as u64);
        spent += started.elapsed();
        cards += 1;
        if spent > AT_LEAST {
            break;
        }
    }
    let each = spent.as_secs_f64() / f64::from(cards);
    println!(
        "Issuing in this process (keys drawn, signed, loaded, read back, activated; chip and host on one core):"
    );
    println!("  {:<44} {:>12.1} ms", "a card", each * 1e3);
    println!("  {:<44} {:>12.0}", "cards an hour", 3600.0 / each);
}
