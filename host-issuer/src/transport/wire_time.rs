//! What a conversation with a chip costs on the wire: a deterministic model of the transmission protocols, so that ways of reading can
//! be compared without a reader, and the time of a chip and a host told from that of the wire.
//!
//! ```text
//! ISO/IEC 14443-4, type A, one direction of N bytes in frames of 256 (FSD and FSC):
//!     k = ⌈N / 253⌉ blocks              PCB, CRC_A (2) around each piece; each but the last is acknowledged by an R-block of 3
//!     W = N + 3k + 3(k − 1)             bytes on the wire
//!     t = (9W + 2(2k − 1)) / rate + (2k − 2)·FDT
//!                                       8 bits and parity a byte, start and end of each frame; FDT = 1172/fc before each answer
//!     an exchange adds 2·FDT; fc = 13.56 MHz, rate = fc/128, /64, /32, /16
//!
//! ISO/IEC 7816-3, T = 1, one direction of N bytes, IFSC = IFSD = 254:
//!     k = ⌈N / 254⌉ blocks              NAD, PCB, LEN, LRC around each piece; each but the last is acknowledged by an R-block of 4
//!     W = N + 4k + 4(k − 1)
//!     t = (11W + 22(2k − 1)) / rate     start, 8 bits, parity and a guard time of 1; block guard time of 22
//!     rate = f·D/F, f = 4.8 MHz
//! ```
//!
//! Left out: waiting-time extensions, activation, what reader and USB add, and the work of chip and host, which are measured.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::{Limits, Transport, TransportError};

/// Carrier frequency of ISO/IEC 14443, in Hz.
const FC: f64 = 13_560_000.0;
/// Frame delay time of type A, in seconds.
const FDT: f64 = 1172.0 / FC;
/// Clock of a contact reader, in Hz.
const CONTACT_CLOCK: f64 = 4_800_000.0;
/// DO'99', DO'8E' and the status word behind the data of a protected answer, in bytes.
const ANSWER_TRAILER: usize = 4 + 10 + 2;

/// How bytes travel between a reader and a chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// ISO/IEC 14443-4 type A, the same bit rate both ways.
    ContactlessA {
        /// Carrier cycles a bit: 128 (106 kbit/s), 64, 32 or 16 (848 kbit/s).
        cycles_per_bit: u32,
    },
    /// ISO/IEC 7816-3 with T = 1.
    Contact {
        /// Clock cycles a bit, F/D: 372 by default, 32 (TA1 = 95), 16 (96), 8 (97).
        cycles_per_bit: u32,
    },
}

/// A reader as the model knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderProfile {
    /// What people call it.
    pub name: &'static str,
    /// How its bytes travel.
    pub link: Link,
}

/// The readers of the field, the slowest of each kind first.
pub const READER_PROFILES: [ReaderProfile; 8] = [
    contactless("ISO 14443 106 kbit/s", 128),
    contactless("ISO 14443 212 kbit/s", 64),
    contactless("ISO 14443 424 kbit/s", 32),
    contactless("ISO 14443 848 kbit/s", 16),
    contact("T=1 TA1=11", 372),
    contact("T=1 TA1=95", 32),
    contact("T=1 TA1=96", 16),
    contact("T=1 TA1=97", 8),
];

const fn contactless(name: &'static str, cycles_per_bit: u32) -> ReaderProfile {
    ReaderProfile {
        name,
        link: Link::ContactlessA { cycles_per_bit },
    }
}

const fn contact(name: &'static str, cycles_per_bit: u32) -> ReaderProfile {
    ReaderProfile {
        name,
        link: Link::Contact { cycles_per_bit },
    }
}

/// A command APDU and its answer, by their lengths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// Bytes of the command APDU.
    pub command: usize,
    /// Bytes of the response APDU, status word included.
    pub response: usize,
}

impl Exchange {
    /// READ BINARY of so many bytes in a session whose cipher has blocks of `block_len` bytes (8 or 16), by an even instruction.
    #[must_use]
    pub const fn protected_read(plain: usize, block_len: usize, extended: bool) -> Self {
        // Padding indicator and padded data.
        let protected = 1 + (plain / block_len + 1) * block_len;
        let length_field = match protected {
            0..0x80 => 1,
            0x80..0x100 => 2,
            _ => 3,
        };
        Self {
            // CLA INS P1 P2 Lc DO'97' DO'8E' Le: Lc, Le and the value of DO'97' are longer in extended form.
            command: if extended { 23 } else { 19 },
            response: 1 + length_field + protected + ANSWER_TRAILER,
        }
    }
}

/// What the wire costs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WireCost {
    /// Bytes on the wire, both ways, with the protocol's own.
    pub bytes: usize,
    /// Seconds.
    pub seconds: f64,
}

impl WireCost {
    /// The time.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}

impl std::iter::Sum for WireCost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::default(), |sum, cost| Self {
            bytes: sum.bytes + cost.bytes,
            seconds: sum.seconds + cost.seconds,
        })
    }
}

impl ReaderProfile {
    /// What these exchanges cost through this reader.
    pub fn cost<'a>(&self, exchanges: impl IntoIterator<Item = &'a Exchange>) -> WireCost {
        exchanges
            .into_iter()
            .map(|exchange| {
                let between = match self.link {
                    Link::ContactlessA { .. } => 2.0 * FDT,
                    Link::Contact { .. } => 0.0,
                };
                let delays = WireCost {
                    bytes: 0,
                    seconds: between,
                };
                let ways = [
                    self.link.one_way(exchange.command),
                    self.link.one_way(exchange.response),
                    delays,
                ];
                ways.into_iter().sum()
            })
            .sum()
    }
}

impl Link {
    /// One direction of so many bytes.
    fn one_way(self, bytes: usize) -> WireCost {
        match self {
            Self::ContactlessA { cycles_per_bit } => {
                let blocks = bytes.div_ceil(253).max(1);
                let wire = bytes + 3 * blocks + 3 * (blocks - 1);
                let bits = 9 * wire + 2 * (2 * blocks - 1);
                let rate = FC / f64::from(cycles_per_bit);
                WireCost {
                    bytes: wire,
                    seconds: bits as f64 / rate + (2 * blocks - 2) as f64 * FDT,
                }
            }
            Self::Contact { cycles_per_bit } => {
                let blocks = bytes.div_ceil(254).max(1);
                let wire = bytes + 4 * blocks + 4 * (blocks - 1);
                let bits = 11 * wire + 22 * (2 * blocks - 1);
                let rate = CONTACT_CLOCK / f64::from(cycles_per_bit);
                WireCost {
                    bytes: wire,
                    seconds: bits as f64 / rate,
                }
            }
        }
    }
}

/// What passed through a [`Metered`] transport; every clone sees the same.
#[derive(Clone, Debug, Default)]
pub struct WireLog(Rc<RefCell<Vec<Exchange>>>);

impl WireLog {
    /// What has passed so far.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.0.borrow().clone()
    }

    /// Forgets what has passed.
    pub fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

/// A transport that takes down how long every APDU is, for [`ReaderProfile::cost`].
pub struct Metered<T> {
    inner: T,
    log: WireLog,
}

impl<T: Transport> Metered<T> {
    /// Wraps `inner`; nothing has passed yet.
    pub fn new(inner: T) -> Self {
        Self {
            inner,
            log: WireLog::default(),
        }
    }

    /// What passes, to be looked at while the transport is in other hands.
    pub fn log(&self) -> WireLog {
        self.log.clone()
    }
}

impl<T: Transport> Transport for Metered<T> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        self.inner.transmit(command, response)?;
        self.log.0.borrow_mut().push(Exchange {
            command: command.len(),
            response: response.len(),
        });
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.inner.reset()
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn atr(&self) -> &[u8] {
        self.inner.atr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of DG2 in the published comparison.
    const DG2: usize = 20_480;
    /// Blocks of AES.
    const AES: usize = 16;

    /// Pieces of `piece` bytes until `len` are read, from the first byte that is left.
    fn pieces(len: usize, piece: usize, extended: bool) -> Vec<Exchange> {
        (0..len)
            .step_by(piece)
            .map(|offset| Exchange::protected_read(piece.min(len - offset), AES, extended))
            .collect()
    }

    /// SELECT by file identifier in a session: DO'87' over one block, DO'8E'; the answer has no data.
    const SELECT: Exchange = Exchange {
        command: 4 + 1 + 19 + 10 + 1,
        response: ANSWER_TRAILER,
    };

    fn profile(name: &str) -> ReaderProfile {
        *READER_PROFILES
            .iter()
            .find(|profile| profile.name.ends_with(name))
            .unwrap()
    }

    /// DG2 of 20,480 bytes read by other programs and by this one: APDUs, bytes on the wire of ISO/IEC 14443, seconds at 106 and
    /// 848 kbit/s and over T = 1 with TA1 = 97. The figures were computed elsewhere from the same formulae.
    #[test]
    fn a_face_costs_what_the_table_says() {
        let look_ahead = |bytes| vec![SELECT, Exchange::protected_read(bytes, AES, false)];
        let rows = [
            (
                "160 bytes, SELECT, 4 bytes looked at first",
                [look_ahead(4), pieces(DG2 - 4, 160, false)].concat(),
                (130, 28_389, [2.44, 0.33, 0.54]),
            ),
            (
                "223 bytes, SELECT, 8 bytes looked at first",
                [look_ahead(8), pieces(DG2, 223, false)].concat(),
                (94, 24_833, [2.13, 0.28, 0.47]),
            ),
            (
                "223 bytes by short identifier",
                pieces(DG2, 223, false),
                (92, 24_716, [2.12, 0.28, 0.46]),
            ),
            (
                "2 KiB, extended",
                pieces(DG2, 2048, true),
                (10, 21_620, [1.86, 0.25, 0.41]),
            ),
            (
                "one extended APDU",
                pieces(DG2, DG2, true),
                (1, 21_032, [1.80, 0.24, 0.39]),
            ),
        ];
        for (name, exchanges, (apdus, bytes, seconds)) in rows {
            assert_eq!(exchanges.len(), apdus, "{name}");
            let contactless = profile("106 kbit/s").cost(&exchanges);
            assert_eq!(contactless.bytes, bytes, "{name}");
            for (reader, expected) in ["106 kbit/s", "848 kbit/s", "TA1=97"].into_iter().zip(seconds) {
                let seconds: f64 = profile(reader).cost(&exchanges).seconds;
                // The table is rounded to hundredths, some up.
                assert!(
                    (seconds - expected).abs() < 0.006,
                    "{name}, {reader}: {seconds} s"
                );
            }
        }
    }

    #[test]
    fn a_protected_read_has_the_lengths_of_secure_messaging() {
        // The largest that a short answer of 256 bytes holds, and one more.
        assert_eq!(Exchange::protected_read(231, 8, false).response, 252);
        assert_eq!(Exchange::protected_read(223, 16, false).response, 244);
        assert!(Exchange::protected_read(232, 8, false).response > 258);
        assert!(Exchange::protected_read(224, 16, false).response > 258);
        // Doc 9303-11 appendix D.4: READ BINARY of 18 bytes with 3DES.
        assert_eq!(
            Exchange::protected_read(18, 8, false),
            Exchange {
                command: 19,
                response: 27 + 4 + 10 + 2
            }
        );
    }

    #[test]
    fn an_exchange_is_never_free() {
        for profile in READER_PROFILES {
            let nothing = profile.cost(&[]);
            assert_eq!((nothing.bytes, nothing.duration()), (0, Duration::ZERO));
            let empty = profile.cost(&[Exchange::default()]);
            assert!(
                empty.bytes > 0 && empty.duration() > Duration::ZERO,
                "{}",
                profile.name
            );
        }
    }
}
