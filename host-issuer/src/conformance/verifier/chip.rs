//! A chip of the corpus: what is in it, what it does wrong, who verifies it, and what must be said of it.

use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use test_vectors::faulty_chip::{Fault, Setup};
use time::OffsetDateTime;

use super::fields::{FieldError, Hex, Trust, all_bytes, bytes, noon, tolerance};
use super::judgement::Judgement;
use super::plausible;
use super::reader::ChipReader;
use crate::inspect::{Policy, Printed};
use crate::verify::{Password, ReadCardError, TerminalCredentials, Verification, Verifier};

/// The value of `schema`.
pub const SCHEMA: &str = "eid.corpus.chip/1";

/// More commands than any chip of the corpus takes, even one that promises more and more bytes.
const MANY_COMMANDS: usize = 420;

/// One chip of the corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChipPlay {
    /// [`SCHEMA`].
    pub schema: String,
    /// Cases of BSI TR-03105-5.1 that it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tr_03105_5_1: Vec<String>,
    /// The day of the verification, `YYYY-MM-DD`; at noon, UTC.
    pub on: String,
    /// What must be said.
    pub expected: Judgement,
    /// Who verifies the chip.
    pub counter: Counter,
    /// Whom the verifier trusts.
    pub trust: Trust,
    /// What it does wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// What is in it. What is not said is as [`Setup::default`] has it.
    #[serde(serialize_with = "what_is_unusual")]
    pub setup: Setup,
}

/// Who verifies a chip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// The MRZ information that it reads the chip with: document number, dates of birth and expiry, each with its check digit.
    pub mrz: String,
    /// Its certificates and key for Terminal Authentication, if it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<Terminal>,
    /// Departures that it puts up with ([`Quirk::id`](crate::quirk::Quirk::id)).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tolerate: Vec<String>,
    /// The machine readable zone that is printed, where it is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printed_mrz: Option<String>,
    /// The QR code that is printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qr: Option<String>,
}

/// A terminal's credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terminal {
    /// Card verifiable certificates (7F21).
    pub certificates: Vec<Hex>,
    /// The private key of the last: PKCS#8, DER, unencrypted. A generated one, which opens no card but this.
    pub key: Hex,
}

impl Terminal {
    /// The certificates and the private key.
    ///
    /// # Errors
    /// [`FieldError`] for what is not hexadecimal.
    pub fn bytes(&self) -> Result<(Vec<Vec<u8>>, Vec<u8>), FieldError> {
        let certificates = all_bytes("counter.terminal.certificates", &self.certificates)?;
        Ok((certificates, bytes("counter.terminal.key", &self.key)?))
    }
}

/// The setup without what is as usual.
fn what_is_unusual<S: Serializer>(setup: &Setup, serializer: S) -> Result<S::Ok, S::Error> {
    let value = |setup: &Setup| serde_json::to_value(setup).map_err(S::Error::custom);
    let (mut value, usual) = (value(setup)?, value(&Setup::default())?);
    leave_out(&mut value, &usual);
    value.serialize(serializer)
}

/// Takes out of an object what another has as well; in objects inside, too.
fn leave_out(value: &mut Value, usual: &Value) {
    let (Value::Object(value), Value::Object(usual)) = (value, usual) else {
        return;
    };
    value.retain(|name, inner| match usual.get(name) {
        Some(same) if same == inner => false,
        Some(other) => {
            leave_out(inner, other);
            true
        }
        None => true,
    });
}

impl ChipPlay {
    /// The text of its file.
    ///
    /// # Errors
    /// When a map or string cannot be written as JSON, which none of these is.
    pub fn text(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Whether every field holds what it must. A chip that is checked does not panic, whatever it is sent.
    ///
    /// # Errors
    /// [`FieldError`] for the first that does not.
    pub fn check(&self) -> Result<(), FieldError> {
        if self.schema != SCHEMA {
            return Err(FieldError::new("schema", format!("not {SCHEMA}")));
        }
        self.verifier()?;
        self.password()?;
        plausible::check(&self.setup, &self.faults)
    }

    /// The chip in a reader, just powered.
    #[must_use]
    pub fn reader(&self) -> ChipReader {
        ChipReader::new(self.setup.clone(), self.faults.clone())
    }

    /// Noon of the day of the verification.
    ///
    /// # Errors
    /// [`FieldError`] when it is none.
    pub fn noon(&self) -> Result<OffsetDateTime, FieldError> {
        noon("on", &self.on)
    }

    /// The password with which the chip is read.
    ///
    /// # Errors
    /// [`FieldError`] when it is no MRZ.
    pub fn password(&self) -> Result<Password, FieldError> {
        Password::mrz(&self.counter.mrz).map_err(|error| FieldError::new("counter.mrz", error))
    }

    /// The verifier that judges it.
    ///
    /// # Errors
    /// [`FieldError`] for a field that does not hold what it must.
    pub fn verifier(&self) -> Result<Verifier, FieldError> {
        let policy = Policy {
            tolerance: tolerance("counter.tolerate", &self.counter.tolerate)?,
            ..Policy::default()
        };
        let verifier = Verifier::new(self.trust.store()?)
            .at(self.noon()?)
            .with_policy(policy);
        let Some(terminal) = &self.counter.terminal else {
            return Ok(verifier);
        };
        let (certificates, key) = terminal.bytes()?;
        let named = certificates.into_iter().enumerate();
        let named = named.map(|(index, bytes)| (format!("certificate {index}"), bytes));
        let credentials = TerminalCredentials::new(named.collect(), &key)
            .map_err(|error| FieldError::new("counter.terminal", error))?;
        Ok(verifier.with_terminal(credentials))
    }

    /// Has this crate's verifier read and judge the chip; gives the chip for a look.
    ///
    /// # Errors
    /// [`FieldError`] for a field that does not hold what it must.
    pub fn verify(&self) -> Result<(Result<Verification, ReadCardError>, ChipReader), FieldError> {
        self.check()?;
        let (verifier, password) = (self.verifier()?, self.password()?);
        let reader = self.reader();
        let read = verifier.read(Box::new(reader.clone()), &password, &mut |_, _, _| {});
        let outcome = read.map(|mut card| {
            card.document.printed = Printed {
                mrz: self.counter.printed_mrz.clone(),
                qr: self.counter.qr.clone(),
            };
            let report = verifier.judge(&card.document, verifier.now());
            Verification { card, report }
        });
        Ok((outcome, reader))
    }

    /// What is wrong with this crate's judgement, if anything.
    ///
    /// # Errors
    /// [`FieldError`] for a field that does not hold what it must.
    pub fn misjudged(&self) -> Result<Option<String>, FieldError> {
        let (outcome, reader) = self.verify()?;
        let commands = reader.chip().commands();
        if commands >= MANY_COMMANDS {
            return Ok(Some(format!(
                "the verifier gave up after {commands} commands only"
            )));
        }
        let first = reader.chip().terminal_keys().to_vec();
        let mut again = Ok(Vec::new());
        let misjudged = self.expected.misjudged(&outcome, || {
            again = self
                .verify()
                .map(|(_, reader)| reader.chip().terminal_keys().to_vec());
            let second = again.as_deref().unwrap_or_default();
            (first.len(), second.len()) == (1, 1) && first != second
        });
        again.map(|_| misjudged)
    }
}
