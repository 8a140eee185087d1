//! Random numbers that are the same in every run.

use sha2::{Digest, Sha256};

use super::curve::Curve;
use super::group::Group;

/// What a script says, then SHA-256 over a seed and a counter.
#[derive(Clone, Debug)]
pub struct Random {
    script: Vec<u8>,
    seed: u64,
    counter: u64,
}

impl Random {
    /// Starts with these bytes, and goes on from a seed.
    pub fn new(script: &[u8], seed: u64) -> Self {
        Random {
            script: script.to_vec(),
            seed,
            counter: 0,
        }
    }

    /// The next bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        let scripted = len.min(self.script.len());
        let mut out: Vec<u8> = self.script.drain(..scripted).collect();
        while out.len() < len {
            self.counter += 1;
            let block = [self.seed.to_be_bytes(), self.counter.to_be_bytes()].concat();
            out.extend_from_slice(&Sha256::digest(&block));
        }
        out.truncate(len);
        out
    }

    /// A private key.
    pub fn private(&mut self, group: Group) -> Vec<u8> {
        loop {
            let mut candidate = self.bytes(group.private_len());
            if group == Group::Curve(Curve::P521) {
                // The order has 521 bits.
                candidate[0] &= 0x01;
            }
            if group.is_private(&candidate) {
                return candidate;
            }
        }
    }
}
