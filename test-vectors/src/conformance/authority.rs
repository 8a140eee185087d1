//! Whom the card trusts to open DG3 and DG4: the lab's CVCA, with its private key.
//!
//! Terminal Authentication cannot be tested without it: the suite makes every chain of certificates itself, good and bad ones. A lab
//! gives the certificate that is the card's trust point and the key that goes with it.

use crate::faulty_chip::Hash;
use crate::naive::Curve;
use crate::oracle::cv_certificate::{
    CvBody, CvCertificate, CvDate, CvKey, CvPublicKey, Part, Party, Role, rights, tag,
};

/// The sequence number at a reference's end.
const SEQUENCE: usize = 5;
/// What the sequence number begins with once the mechanism was changed, by the hash.
const LETTERS: [(char, Hash); 4] = [
    ('B', Hash::Sha224),
    ('C', Hash::Sha256),
    ('D', Hash::Sha384),
    ('E', Hash::Sha512),
];
/// Keys of a CVCA that are looked for behind the one that the lab gave.
const MOST_SUCCESSORS: usize = 64;

/// Why what was given is no trust point that the suite can work with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// The certificate is malformed.
    #[error("the CVCA's certificate: {0}")]
    Certificate(&'static str),
    /// The certificate's key is of no kind that the suite signs with.
    #[error(
        "the CVCA's key is neither on P-256, P-384 or P-521 nor on brainpoolP256r1 or brainpoolP384r1; the suite makes \
         certificates with no other"
    )]
    Algorithm,
    /// The private key is not that of the certificate.
    #[error("the private key is not the one of the CVCA's certificate (PKCS#8, not encrypted)")]
    Key,
}

/// A trust point of the card, with the key that signs for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalAuthority {
    /// Its reference and key.
    pub party: Party,
    /// Domain parameters of its public key.
    pub domain: Vec<Part>,
    /// The first day of its certificate. A card that was never shown a later certificate thinks that this is today.
    pub effective: CvDate,
    /// The last day of its certificate.
    pub expiration: CvDate,
    /// What it may grant.
    pub rights: u8,
}

impl TerminalAuthority {
    /// A trust point from its private key (PrivateKeyInfo, DER) and its certificate (7F21).
    ///
    /// # Errors
    /// [`AuthorityError`] when the certificate is none of a CVCA, or the key not its.
    pub fn new(private_key: &[u8], certificate: &[u8]) -> Result<Self, AuthorityError> {
        let certificate = CvCertificate::parse(certificate).map_err(AuthorityError::Certificate)?;
        let body = certificate.body();
        let missing = AuthorityError::Certificate;
        let name = body
            .holder()
            .ok_or(missing("it has no holder reference (5F20)"))?;
        let (role, rights) = body
            .authorization()
            .ok_or(missing("it has no authorization (7F4C)"))?;
        let (effective, expiration) = body.valid().ok_or(missing("it has no valid dates"))?;
        if role != Role::Authority || name.len() <= SEQUENCE {
            return Err(missing("it is not one of a CVCA"));
        }
        let public_key = body.public_key().ok_or(missing("it has no public key (7F49)"))?;
        let curve: Curve = public_key.curve().ok_or(AuthorityError::Algorithm)?;
        let CvPublicKey::Curve { hash, point, domain } = public_key else {
            return Err(AuthorityError::Algorithm);
        };
        let key = CvKey::from_pkcs8(private_key, curve, hash).ok_or(AuthorityError::Key)?;
        if key.point() != point {
            return Err(AuthorityError::Key);
        }
        Ok(TerminalAuthority {
            party: Party {
                name: name.to_vec(),
                key,
            },
            domain,
            effective,
            expiration,
            rights,
        })
    }

    /// The CVCA's next key, as the suite makes it: it follows from the one before, so that a later run finds it again on a card whose
    /// trust point was moved. Its certificate begins a day later and ends a month later.
    #[must_use]
    pub fn successor(&self) -> Self {
        let (_, sequence) = self.party.name.split_at(self.party.name.len() - SEQUENCE);
        self.next(moved_to(sequence).map(|_| self.party.key.hash))
    }

    /// The CVCA's next key, whose signatures are made with another hash: the mechanism is another one. Its reference says so by a letter
    /// before the number.
    #[must_use]
    pub fn moved_successor(&self) -> Self {
        self.next(Some(match self.party.key.hash {
            Hash::Sha512 => Hash::Sha256,
            _ => Hash::Sha512,
        }))
    }

    /// The trust point with this reference: this one, or one that an earlier run of the suite put in its place.
    pub fn named(&self, reference: &[u8]) -> Option<TerminalAuthority> {
        let line = |first: Self| {
            std::iter::successors(Some(first), |authority| Some(authority.successor())).take(MOST_SUCCESSORS)
        };
        let is_named = |authority: &Self| authority.party.name == reference;
        let (_, sequence) = reference.split_at_checked(reference.len().checked_sub(SEQUENCE)?)?;
        line(self.clone()).find(is_named).or_else(|| {
            let hash = moved_to(sequence)?;
            line(self.clone()).find_map(|authority| line(authority.next(Some(hash))).find(is_named))
        })
    }

    /// The next key; with another hash, if the mechanism is one that the CVCA was moved to.
    fn next(&self, moved_to: Option<Hash>) -> Self {
        let (mnemonic, sequence) = self.party.name.split_at(self.party.name.len() - SEQUENCE);
        let number = number_of(sequence).map_or(1, |number| number.saturating_add(1));
        let mut key = self.party.key.derived(u64::from(number));
        let sequence = match moved_to {
            Some(hash) => {
                key.hash = hash;
                format!("{}{:04}", letter(hash), number % 10_000)
            }
            None => format!("{:05}", number % 100_000),
        };
        TerminalAuthority {
            party: Party {
                name: [mnemonic, sequence.as_bytes()].concat(),
                key,
            },
            domain: self.domain.clone(),
            effective: self.effective.plus_days(1),
            expiration: self.expiration.plus_days(30),
            rights: self.rights,
        }
    }

    /// The body of the link certificate by which this CVCA passes its trust on.
    pub fn link_body(&self, successor: &TerminalAuthority) -> CvBody {
        let valid = (successor.effective, successor.expiration);
        let key = successor.party.key.parts(&successor.domain);
        self.party
            .body_for(&successor.party, Role::Authority, successor.rights, valid)
            .within(tag::PUBLIC_KEY, |parts| parts.clone_from(&key))
    }

    /// The link certificate by which this CVCA passes its trust on.
    pub fn link(&self, successor: &TerminalAuthority) -> CvCertificate {
        self.link_body(successor).sign(&self.party.key)
    }

    /// All days of its certificate. Certificates that it gives for these are valid on a card of any date, and move no date.
    pub fn valid(&self) -> (CvDate, CvDate) {
        (self.effective, self.expiration)
    }

    /// A right certificate that it gives to a verifier, for all its days.
    pub fn verifier(&self, holder: &Party, role: Role, rights: u8) -> CvCertificate {
        self.party.certify(holder, role, rights, self.valid())
    }

    /// Whether it may grant fingerprints and irises; without them half of the cases of effective rights cannot tell anything.
    pub fn grants_both(&self) -> bool {
        self.rights & rights::BOTH == rights::BOTH
    }
}

/// The hash of the mechanism that a CVCA with this sequence number was moved to, if it was.
fn moved_to(sequence: &[u8]) -> Option<Hash> {
    let first = char::from(*sequence.first()?);
    let found = LETTERS.into_iter().find(|(letter, _)| *letter == first);
    found.map(|(_, hash)| hash)
}

fn letter(hash: Hash) -> char {
    let found = LETTERS.into_iter().find(|(_, known)| *known == hash);
    found.map_or('A', |(letter, _)| letter)
}

/// The number in a sequence number.
fn number_of(sequence: &[u8]) -> Option<u32> {
    let digits = sequence.get(usize::from(moved_to(sequence).is_some())..)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}
