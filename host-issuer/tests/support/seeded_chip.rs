//! The project's own chip with random numbers that a seed decides and a memory that the test brings along: what it does can be repeated
//! exactly, and what is in it can be copied, kept and looked at.
#![allow(dead_code, reason = "each test file uses its part of this module")]

use std::convert::Infallible;
use std::marker::PhantomData;

use card_applet::card::{Card, TransportKeys};
use card_applet::platform::{Nvm, Platform, ResponseSink, SoftwareEngine, Timer};
use host_issuer::load::put_issuer_keys;
use host_issuer::transport::{Limits, Transport, TransportError};
use personalization::attestation::StockManifest;
use personalization::keys::ChipKeys;
use rand_core::{TryCryptoRng, TryRng};

/// Random numbers of a seed (splitmix64): good enough to draw keys that no one needs, the same in every run.
#[derive(Clone, Debug)]
pub struct Seeded(pub u64);

impl Seeded {
    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.draw() % end as u64).expect("below a usize")
    }

    fn fill(&mut self, out: &mut [u8]) {
        for piece in out.chunks_mut(8) {
            piece.copy_from_slice(&self.draw().to_le_bytes()[..piece.len()]);
        }
    }
}

impl TryRng for Seeded {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.draw() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.draw())
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.fill(out);
        Ok(())
    }
}

impl TryCryptoRng for Seeded {}

/// The same as the host's source of random numbers.
pub struct HostRandom(pub Seeded);

impl TryRng for HostRandom {
    type Error = getrandom::Error;

    fn try_next_u32(&mut self) -> Result<u32, getrandom::Error> {
        Ok((self.0.draw() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, getrandom::Error> {
        Ok(self.0.draw())
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), getrandom::Error> {
        self.0.fill(out);
        Ok(())
    }
}

impl TryCryptoRng for HostRandom {}

/// A timer that lets no time pass.
pub struct NoTime;

impl Timer for NoTime {
    fn delay_milliseconds(&mut self, _: u32) {}
}

/// The chip's surroundings, with this memory.
pub struct SeededPlatform<N>(PhantomData<N>);

impl<N: Nvm> Platform for SeededPlatform<N> {
    type Nvm = N;
    type Rng = Seeded;
    type Engine = SoftwareEngine;
    type Timer = NoTime;
}

#[derive(Default)]
struct Sink {
    bytes: Vec<u8>,
    abandoned: bool,
}

impl ResponseSink for Sink {
    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn abandon(&mut self) {
        self.abandoned = true;
    }
}

/// A chip on the table.
pub struct SeededChip<N: Nvm>(Card<SeededPlatform<N>>);

impl<N: Nvm> SeededChip<N> {
    /// A chip with this memory, which was a chip's before.
    pub fn with_memory(memory: N, seed: u64) -> Self {
        Self(Card::power_on(memory, Seeded(seed), SoftwareEngine, NoTime))
    }

    /// Makes a chip in Personalisation, with the issuer's keys and its stock manifest.
    pub fn blank(
        mut memory: N,
        serial: &[u8; 10],
        seed: u64,
        keys_of: impl FnOnce(&[u8; 10]) -> ChipKeys,
    ) -> (Self, StockManifest) {
        let mut random = Seeded(seed);
        let transport_keys = ChipKeys::random(&mut random).expect("random");
        let keys = TransportKeys {
            enc: &transport_keys.enc[..],
            mac: &transport_keys.mac[..],
            dek: &transport_keys.dek[..],
        };
        let attestation_key = Card::<SeededPlatform<N>>::manufacture(
            &mut memory,
            &mut random,
            &mut SoftwareEngine,
            serial,
            keys,
        );
        let attestation_key = attestation_key.expect("a chip is manufactured");
        let mut chip = Self::with_memory(memory, seed);
        put_issuer_keys(&mut chip, &mut random, &transport_keys, keys_of).expect("the issuer's keys");
        let manifest = StockManifest::new(*serial, attestation_key.as_bytes()).expect("a manifest");
        chip.power_cycle();
        (chip, manifest)
    }

    /// The power goes and comes back: sessions are gone, memory stays.
    pub fn power_cycle(&mut self) {
        self.0.reset();
    }

    /// Its memory.
    pub fn memory(&mut self) -> &mut N {
        self.0.nvm_mut()
    }

    /// Takes it apart.
    pub fn into_memory(self) -> N {
        self.0.into_nvm()
    }
}

/// The answer to reset of every virtual card.
pub const ATR: [u8; 10] = [0x3B, 0x85, 0x80, 0x01, 0x80, 0x73, 0xB4, 0x21, 0xE0, 0x82];

impl<N: Nvm> Transport for SeededChip<N> {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        let mut buffer = command.to_vec();
        let mut sink = Sink::default();
        self.0.process(&mut buffer, &mut sink);
        response.clear();
        if sink.abandoned {
            return Err(TransportError::Mute);
        }
        response.append(&mut sink.bytes);
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.power_cycle();
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }

    fn atr(&self) -> &[u8] {
        &ATR
    }
}
