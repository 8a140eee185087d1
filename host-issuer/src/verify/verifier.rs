//! A counter that verifies cards: what it believes, what it insists on, and who it is.

use std::time::Duration;

use time::OffsetDateTime;

use super::attendant::{Attendant, OnProgress};
use super::attended::ReadLimits;
use super::error::ReadCardError;
use super::read::{ReadCard, ReadOptions};
use crate::environment::{self, Environment, Random};
use crate::inspect::{Face, Holder, Policy, ReadDocument, TrustStore, Verdict, VerificationReport, inspect};
use crate::terminal::password::Password;
use crate::terminal::terminal_auth::TerminalCredentials;
use crate::transport::Transport;

/// A counter that verifies one card after the other. See the [module](super) for an example.
pub struct Verifier {
    trust: TrustStore,
    policy: Policy,
    credentials: Option<TerminalCredentials>,
    now: Now,
    random: fn() -> Random,
    limits: ReadLimits,
    asks_for_bac: bool,
    stopwatch: fn() -> Duration,
}

/// Where the time comes from.
enum Now {
    /// This machine's clock.
    Clock,
    /// It stands still.
    Fixed(OffsetDateTime),
}

/// A card that was read and judged.
#[derive(Debug)]
pub struct Verification {
    /// What came back from the card.
    pub card: ReadCard,
    /// What may be said about it.
    pub report: VerificationReport,
}

impl Verifier {
    /// A counter that believes these State authorities and nobody else, with the strict policy and this machine's clock and
    /// random numbers.
    #[must_use]
    pub fn new(trust: TrustStore) -> Self {
        let system = Environment::system();
        Self {
            trust,
            policy: Policy::default(),
            credentials: None,
            now: Now::Clock,
            random: system.random,
            limits: ReadLimits::default(),
            asks_for_bac: false,
            stopwatch: environment::stopwatch,
        }
    }

    /// Insists on more than the strict policy does, or puts up with departures that real cards show.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Proves this terminal's rights to cards that guard fingers and irises.
    #[must_use]
    pub fn with_terminal(mut self, credentials: TerminalCredentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Judges at this time instead of now: an old card as of its day, or a test that must not depend on a clock.
    #[must_use]
    pub fn at(mut self, now: OffsetDateTime) -> Self {
        self.now = Now::Fixed(now);
        self
    }

    /// Draws random numbers (challenges, ephemeral keys) from another source.
    #[must_use]
    pub fn with_random(mut self, random: fn() -> Random) -> Self {
        self.random = random;
        self
    }

    /// Gives a card up sooner or later than by default.
    #[must_use]
    pub fn with_limits(mut self, limits: ReadLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Asks cards that were opened by PACE in the end whether they have Basic Access Control as well, which cards issued since 2028 may
    /// not have. Two commands more; the check `downgrade` says what came of it.
    #[must_use]
    pub fn asking_for_bac(mut self, ask: bool) -> Self {
        self.asks_for_bac = ask;
        self
    }

    /// Measures by another clock how long a card takes: the time since some fixed moment.
    #[must_use]
    pub fn with_stopwatch(mut self, stopwatch: fn() -> Duration) -> Self {
        self.stopwatch = stopwatch;
        self
    }

    /// Reads a card and judges it. A card that is not genuine is no error: the report says so.
    ///
    /// # Errors
    /// [`ReadCardError`] when the card could not be read; it says who is to blame.
    pub fn verify(
        &self,
        transport: impl Transport + 'static,
        password: &Password,
    ) -> Result<Verification, ReadCardError> {
        let card = self.read(Box::new(transport), password, &mut |_, _, _| {})?;
        let report = self.judge(&card.document, self.now());
        Ok(Verification { card, report })
    }

    /// Reads a card without a judgement. `progress` is told of each file's name, how many of its bytes are there, and how many
    /// there will be.
    ///
    /// # Errors
    /// [`ReadCardError`].
    pub fn read(
        &self,
        transport: Box<dyn Transport>,
        password: &Password,
        progress: &mut dyn FnMut(&str, u64, u64),
    ) -> Result<ReadCard, ReadCardError> {
        self.read_attended(transport, password, &mut OnProgress(progress))
    }

    /// [`read`](Self::read) with somebody who waits for it: who is told when the chip takes its time, and puts back a card that was
    /// taken away too soon.
    ///
    /// # Errors
    /// [`ReadCardError`].
    pub fn read_attended(
        &self,
        transport: Box<dyn Transport>,
        password: &Password,
        attendant: &mut dyn Attendant,
    ) -> Result<ReadCard, ReadCardError> {
        let options = ReadOptions {
            credentials: self.credentials.as_ref(),
            tolerance: self.policy.tolerance,
            limits: self.limits,
            ask_for_bac: self.asks_for_bac,
            stopwatch: &self.stopwatch,
        };
        ReadCard::read(transport, (self.random)(), password, &options, attendant)
    }

    /// Judges at this time what was read before, by this program or another. Never panics, whatever the bytes.
    ///
    /// ```
    /// use host_issuer::verify::{CheckId, Read, ReadDocument, TrustStore, Verdict, Verifier};
    ///
    /// let document = ReadDocument {
    ///     sod: Read::Bytes(b"no security object".to_vec()),
    ///     ..ReadDocument::empty()
    /// };
    /// let verifier = Verifier::new(TrustStore::new(&[], &[])?);
    /// let report = verifier.judge(&document, verifier.now());
    /// assert_eq!(report.verdict, Verdict::NotGenuine);
    /// let check = report.check(CheckId::CmsStructure).expect("it is in every report");
    /// assert_eq!(check.status_word(), "failed");
    /// assert!(report.holder.is_none(), "nothing unproved is shown");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn judge(&self, document: &ReadDocument, now: OffsetDateTime) -> VerificationReport {
        inspect(document, &self.trust, self.policy, now)
    }

    /// What this counter's clock says: the machine's, or the time of [`at`](Self::at).
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        match self.now {
            Now::Clock => Environment::system().clock.now(),
            Now::Fixed(now) => now,
        }
    }
}

impl Verification {
    /// The verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.report.verdict
    }

    /// In one sentence, why.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.report.reason
    }

    /// The holder's data; `None` unless passive authentication passed to a trusted CSCA.
    #[must_use]
    pub fn holder(&self) -> Option<&Holder> {
        self.report.holder.as_ref()
    }

    /// The face, on the same condition.
    #[must_use]
    pub fn face(&self) -> Option<&Face> {
        self.report.face.as_ref()
    }
}
