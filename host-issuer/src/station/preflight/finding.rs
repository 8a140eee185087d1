//! What a check found, and what mends it.

/// Whose matter it is; decides the exit code of a command that stops at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// This machine: random numbers, the clock.
    Machine,
    /// Readers and the PC/SC service.
    Readers,
    /// The disk and the ledger.
    Storage,
    /// The document signer.
    Signer,
    /// The chips.
    Stock,
    /// Who may do it.
    Officers,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In order.
    Ready,
    /// Work can go on; somebody should see to it.
    Attention,
    /// Nothing can be done without it.
    Missing,
}

impl State {
    /// Its name in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Attention => "attention",
            Self::Missing => "missing",
        }
    }
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whose matter it is.
    pub area: Area,
    /// Stable name of the check and of what it found, such as `pcsc.not_installed`.
    pub id: &'static str,
    /// How bad it is.
    pub state: State,
    /// What was found, for a person.
    pub found: String,
    /// What mends it, each a command for a shell or a sentence; in this order.
    pub mend: Vec<String>,
}

impl Finding {
    /// Something that is in order.
    pub fn ready(area: Area, id: &'static str, found: impl Into<String>) -> Self {
        Self::new(area, id, State::Ready, found)
    }

    /// Something that somebody should see to.
    pub fn attention(area: Area, id: &'static str, found: impl Into<String>) -> Self {
        Self::new(area, id, State::Attention, found)
    }

    /// Something without which nothing can be done.
    pub fn missing(area: Area, id: &'static str, found: impl Into<String>) -> Self {
        Self::new(area, id, State::Missing, found)
    }

    fn new(area: Area, id: &'static str, state: State, found: impl Into<String>) -> Self {
        Self {
            area,
            id,
            state,
            found: found.into(),
            mend: Vec::new(),
        }
    }

    /// Says one more thing that mends it.
    #[must_use]
    pub fn mend(mut self, what: impl Into<String>) -> Self {
        self.mend.push(what.into());
        self
    }
}
