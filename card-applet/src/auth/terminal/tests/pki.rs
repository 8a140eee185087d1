//! A PKI that is written out byte by byte, and a chip that trusts it.

use super::super::certificate::{ImportedKey, first_trust_point};
use super::super::trust::TrustStore;
use super::super::{Binding, Selected, Verifying};
use crate::crypto::curve::{Curve, Generator, PrivateKey};
use crate::crypto::signature::sign;
use crate::error::Error;
use crate::nvm::journal::{Journal, Transaction};
use crate::nvm::record::RecordKey;
use crate::platform::SoftwareEngine;
use crate::sim::memory::RamMemory;
use crate::wire::cvc::DomainParameters;
use crate::wire::cvc::InspectionRights;
use sha2::{Digest, Sha256, Sha384};

pub(super) const BINDING: Binding<'static> = Binding {
    id_ic: &[0x1C; 32],
    terminal_key: &[0x7E; 32],
};

pub(super) fn object(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let len = match value.len() {
        len @ ..0x80 => vec![len as u8],
        len @ ..0x100 => vec![0x81, len as u8],
        len => vec![0x82, (len >> 8) as u8, len as u8],
    };
    [tag, &len, value].concat()
}

/// A holder of a key.
#[derive(Clone)]
pub(super) struct Holder {
    pub(super) name: &'static str,
    pub(super) curve: Curve,
    pub(super) private: PrivateKey,
}

impl Holder {
    pub(super) fn new(name: &'static str) -> Self {
        Self::on(Curve::P256, name)
    }

    pub(super) fn on(curve: Curve, name: &'static str) -> Self {
        let mut scalar = vec![0x11; curve.field_len()];
        scalar[1..=name.len()].copy_from_slice(name.as_bytes());
        Self {
            name,
            curve,
            private: PrivateKey::from_bytes(curve, &scalar).unwrap(),
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let digest = match self.curve.field_len() {
            32 => Sha256::digest(message).to_vec(),
            _ => Sha384::digest(message).to_vec(),
        };
        sign(&self.private, &digest, &[]).unwrap().as_bytes().to_vec()
    }

    pub(super) fn hash_arc(&self) -> u8 {
        if self.curve.field_len() == 32 { 3 } else { 4 }
    }
}

/// What a certificate says; a test changes what it is about.
#[derive(Clone)]
pub(super) struct Certificate<'a> {
    pub(super) issuer: &'a Holder,
    pub(super) holder: &'a Holder,
    pub(super) car: &'a str,
    pub(super) chat: u8,
    pub(super) from: [u8; 6],
    pub(super) to: [u8; 6],
    pub(super) hash_arc: u8,
    pub(super) domain: Option<Curve>,
}

impl<'a> Certificate<'a> {
    pub(super) fn new(issuer: &'a Holder, holder: &'a Holder, chat: u8) -> Self {
        Self {
            issuer,
            holder,
            car: issuer.name,
            chat,
            from: [2, 6, 0, 6, 0, 1],
            to: [2, 8, 0, 5, 3, 1],
            hash_arc: holder.hash_arc(),
            domain: (chat >= 0xC0).then_some(holder.curve),
        }
    }

    pub(super) fn valid(mut self, from: [u8; 6], to: [u8; 6]) -> Self {
        (self.from, self.to) = (from, to);
        self
    }

    pub(super) fn body(&self) -> Vec<u8> {
        let point = Generator::Standard(self.holder.curve)
            .public_key(&self.holder.private)
            .unwrap();
        let mut key = vec![6, 10, 4, 0, 0x7F, 0, 7, 2, 2, 2, 2, self.hash_arc];
        if let Some(curve) = self.domain {
            let domain = DomainParameters::of(curve);
            for (tag, value) in [
                (0x81, domain.prime),
                (0x82, domain.a),
                (0x83, domain.b),
                (0x84, domain.base),
                (0x85, domain.order),
            ] {
                key.extend(object(&[tag], value));
            }
        }
        key.extend(object(&[0x86], point.as_bytes()));
        if self.domain.is_some() {
            key.extend([0x87, 1, 1]);
        }
        let chat = [6, 9, 4, 0, 0x7F, 0, 7, 3, 1, 2, 1, 0x53, 1, self.chat];
        let body = [
            object(&[0x5F, 0x29], &[0]),
            object(&[0x42], self.car.as_bytes()),
            object(&[0x7F, 0x49], &key),
            object(&[0x5F, 0x20], self.holder.name.as_bytes()),
            object(&[0x7F, 0x4C], &chat),
            object(&[0x5F, 0x25], &self.from),
            object(&[0x5F, 0x24], &self.to),
        ]
        .concat();
        object(&[0x7F, 0x4E], &body)
    }

    pub(super) fn content(&self) -> Vec<u8> {
        let body = self.body();
        let signature = self.issuer.sign(&body);
        [body, object(&[0x5F, 0x37], &signature)].concat()
    }
}

/// The chip's side of a session.
pub(super) struct Chip {
    pub(super) nvm: RamMemory,
    pub(super) journal: Journal,
    pub(super) imported: Option<ImportedKey>,
}

impl Chip {
    /// A chip whose date is 2026-01-15, and which trusts this CVCA certificate.
    pub(super) fn trusting(certificate: &[u8]) -> Self {
        let mut nvm = RamMemory::new();
        let mut journal = Journal::format(&mut nvm).unwrap();
        journal
            .commit(
                &mut nvm,
                Transaction::new().put(RecordKey::CURRENT_DATE, &[2, 6, 0, 1, 1, 5]),
            )
            .unwrap();
        let mut chip = Self {
            nvm,
            journal,
            imported: None,
        };
        let (point, _) = first_trust_point(certificate, &mut SoftwareEngine).unwrap();
        let trust = chip.trust();
        trust
            .update(Some(&point), None, &mut chip.journal, &mut chip.nvm)
            .unwrap();
        chip
    }

    pub(super) fn trust(&self) -> TrustStore {
        TrustStore::load(&self.journal, &self.nvm).unwrap()
    }

    pub(super) fn today(&self) -> String {
        self.trust().date().unwrap().to_string()
    }

    /// MSE:Set DST and PSO:VERIFY CERTIFICATE.
    pub(super) fn verify_under(&mut self, reference: &str, content: &[u8]) -> Result<(), Error> {
        let trust = self.trust();
        let data = object(&[0x83], reference.as_bytes());
        let step = Verifying::select(&data, &trust, self.imported.as_ref())?;
        let imported = step.verify(
            content,
            self.imported.as_ref(),
            &trust,
            &mut self.journal,
            &mut self.nvm,
            &mut SoftwareEngine,
        )?;
        if imported.is_some() {
            self.imported = imported;
        }
        Ok(())
    }

    pub(super) fn verify(&mut self, certificate: &Certificate<'_>) -> Result<(), Error> {
        self.verify_under(certificate.car, &certificate.content())
    }

    /// MSE:Set AT, GET CHALLENGE, EXTERNAL AUTHENTICATE with a signature over what the terminal thinks it must sign.
    pub(super) fn authenticate(
        &mut self,
        terminal: &Holder,
        binding: Binding<'_>,
    ) -> Result<InspectionRights, Error> {
        let data = object(&[0x83], terminal.name.as_bytes());
        let selected = Selected::select(&data, self.imported.as_ref())?;
        let (r_ic, challenged) = selected.challenge(&mut Counting(7)).unwrap();
        let signature = terminal.sign(&[binding.id_ic, &r_ic, binding.terminal_key].concat());
        let key = self.imported.as_ref().unwrap();
        challenged
            .authenticate(&signature, key, BINDING, &mut SoftwareEngine)
            .map(|evidence| evidence.rights())
    }
}

pub(super) struct Counting(pub(super) u8);

impl rand_core::TryRng for Counting {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        out.fill(self.0);
        self.0 = self.0.wrapping_add(1);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Counting {}

/// CVCA, document verifier, terminal.
pub(super) fn holders() -> [Holder; 3] {
    ["VNCVCA00001", "VNDV00001", "VNIS00001"].map(Holder::new)
}

/// A chip with the chain verified.
pub(super) fn chip_with_chain(chats: [u8; 3]) -> (Chip, Holder) {
    let [cvca, dv, terminal] = holders();
    let mut chip = Chip::trusting(&Certificate::new(&cvca, &cvca, chats[0]).content());
    chip.verify(&Certificate::new(&cvca, &dv, chats[1])).unwrap();
    chip.verify(&Certificate::new(&dv, &terminal, chats[2])).unwrap();
    (chip, terminal)
}
