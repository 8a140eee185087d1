//! A scripted chip, and a PKI of our own.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use card_applet::wire::cvc::{Date, InspectionRights};
use personalization::pki::cv_certificate::{CvSubject, CvValidity};
use personalization::pki::cvca::{CvAuthority, issue_cvca};
use personalization::signer::{FileSigner, Signer};

use super::FINGERS;
use crate::transport::{Limits, Transport, TransportError};

/// A chip that gives these answers, and keeps what it was sent.
pub(super) struct Scripted {
    answers: VecDeque<Vec<u8>>,
    sent: Rc<RefCell<Vec<Vec<u8>>>>,
}

impl Scripted {
    pub(super) fn new(answers: Vec<Vec<u8>>) -> (Self, Rc<RefCell<Vec<Vec<u8>>>>) {
        let sent = Rc::default();
        let scripted = Self {
            answers: answers.into(),
            sent: Rc::clone(&sent),
        };
        (scripted, sent)
    }
}

impl Transport for Scripted {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        self.sent.borrow_mut().push(command.to_vec());
        *response = self.answers.pop_front().ok_or(TransportError::CardRemoved)?;
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }

    fn atr(&self) -> &[u8] {
        &[]
    }
}

pub(super) fn response(digits: &str) -> Vec<u8> {
    hex::decode(digits.replace(' ', "")).unwrap()
}

pub(super) fn valid(from: u8, to: u8) -> CvValidity {
    CvValidity {
        from: Date::new(from, 6, 1).unwrap(),
        to: Date::new(to, 6, 1).unwrap(),
    }
}

/// A key, and the same as PKCS #8.
pub(super) fn key() -> (FileSigner, Vec<u8>) {
    let directory = tempfile::tempdir().unwrap();
    let signer = FileSigner::generate(&mut getrandom::SysRng).unwrap();
    let passphrase = personalization::key_file::Passphrase::new("specimen");
    let path = directory.path().join("key");
    signer.save(&path, &passphrase, &mut getrandom::SysRng).unwrap();
    let der = personalization::key_file::read_sealed(
        &path,
        personalization::signer::PRIVATE_KEY_LABEL,
        &passphrase,
    )
    .unwrap();
    (signer, der.to_vec())
}

/// CVCA, its successor, the link between them, the successor's verifier, a terminal with its key.
pub(super) struct Pki {
    pub(super) files: Vec<(String, Vec<u8>)>,
    pub(super) terminal_key: Vec<u8>,
}

pub(super) fn pki() -> Pki {
    let [
        (first_key, _),
        (second_key, _),
        (dv_key, _),
        (terminal_signer, terminal_key),
    ] = std::array::from_fn(|_| key());
    let first = issue_cvca("VNCVCA00001", InspectionRights::ALL, valid(25, 28), &first_key).unwrap();
    let second = issue_cvca("VNCVCA00002", InspectionRights::ALL, valid(26, 30), &second_key).unwrap();
    let link = CvAuthority::new(&first, &first_key)
        .unwrap()
        .issue_link(&second)
        .unwrap();
    let (dv_point, terminal_point) = (dv_key.public_point(), terminal_signer.public_point());
    let subject = |reference, public_point| CvSubject {
        reference,
        public_point,
        rights: FINGERS,
        validity: valid(26, 27),
    };
    let dv = CvAuthority::new(&second, &second_key)
        .unwrap()
        .issue_verifier(&subject("VNDV00001", &dv_point), true)
        .unwrap();
    let terminal = CvAuthority::new(&dv, &dv_key)
        .unwrap()
        .issue_terminal(&subject("VNIS00001", &terminal_point))
        .unwrap();
    let files = [
        ("terminal", terminal),
        ("second", second),
        ("dv", dv),
        ("link", link),
        ("first", first),
    ];
    Pki {
        files: files
            .into_iter()
            .map(|(name, bytes)| (name.to_owned(), bytes))
            .collect(),
        terminal_key,
    }
}
