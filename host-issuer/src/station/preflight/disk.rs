//! Room on the disk.

use super::{Area, Finding, Needs};
use crate::environment::Machine;

/// What a card takes at most while it is made: the sealed application with its images, the draft with the signed image, receipt, print
/// data and some ten events, each with its copy in the ledger's write-ahead log.
const BYTES_PER_CARD: u64 = 1024 * 1024;

/// What has to be left for everything else.
const RESERVE: u64 = 64 * 1024 * 1024;

pub(super) fn room(machine: &dyn Machine, needs: &Needs<'_>) -> Finding {
    let wanted = RESERVE + BYTES_PER_CARD * u64::from(needs.cards);
    let directory = needs.directory.display();
    match machine.free_bytes(needs.directory) {
        Ok(free) if free >= wanted => Finding::ready(
            Area::Storage,
            "disk",
            format!("{} MiB free in {directory}", mebibytes(free)),
        ),
        Ok(free) => Finding::missing(
            Area::Storage,
            "disk.full",
            format!(
                "{} MiB free in {directory}, {} cards take {} MiB",
                mebibytes(free),
                needs.cards,
                mebibytes(wanted)
            ),
        )
        .mend(format!("df -h {directory}"))
        .mend("free some space, or make fewer cards with --limit"),
        Err(error) => Finding::attention(
            Area::Storage,
            "disk.unknown",
            format!("nobody knows how much is free in {directory}: {error}"),
        )
        .mend(format!("df -h {directory}")),
    }
}

const fn mebibytes(bytes: u64) -> u64 {
    bytes / (1024 * 1024)
}
