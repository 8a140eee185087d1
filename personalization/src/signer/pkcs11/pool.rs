//! Sessions for several threads.
//!
//! A session does one thing at a time, so each signature borrows one; when all are lent, the next waits. When a session
//! turns out to be lost (token pulled, connection to the module cut, logged out by somebody else in this process), the
//! pool opens everything again: the module, the token, the login, the key, which must have the same public key. Whoever
//! finds the loss first does it for all; how many losses one signature outlasts,
//! [`MAX_LOSSES`](super::token_signer::MAX_LOSSES) says. A PIN that the token refused is never offered again: tokens count.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use cryptoki::context::Pkcs11;
use cryptoki::error::{Error, RvError};
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

use super::error::TokenError;
use super::module;
use super::object::{self, KeyPair};
use super::uri::Pkcs11Uri;
use crate::signer::public_key::PublicKey;

/// How often a module is asked for a token before the token is gone.
const CONNECTION_ATTEMPTS: usize = 3;

/// Sessions to one key of one token.
pub struct Pool {
    uri: Pkcs11Uri,
    pin: AuthPin,
    public: PublicKey,
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    /// None while the token is gone.
    token: Option<Token>,
    /// The most sessions that are open at once.
    limit: usize,
    /// Grows each time that everything is opened again; sessions of an older one are thrown away.
    generation: u64,
    idle: Vec<Session>,
    /// Sessions of this generation, lent or idle.
    open: usize,
    /// Set when the token refused the PIN.
    refused: Option<TokenError>,
}

struct Token {
    module: Pkcs11,
    slot: Slot,
    key: ObjectHandle,
}

/// A borrowed session.
pub struct Lease<'a> {
    pool: &'a Pool,
    session: Option<Session>,
    generation: u64,
    /// The key in it.
    pub key: ObjectHandle,
}

impl Pool {
    /// Opens the first session and finds the key.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn open(uri: Pkcs11Uri, pin: AuthPin, limit: usize) -> Result<Self, TokenError> {
        let (token, session, public) = connect(&uri, &pin)?;
        Ok(Self {
            uri,
            pin,
            public,
            state: Mutex::new(State {
                token: Some(token),
                limit: limit.max(1),
                generation: 0,
                idle: vec![session],
                open: 1,
                refused: None,
            }),
            returned: Condvar::new(),
        })
    }

    /// The name of the key.
    pub fn uri(&self) -> &Pkcs11Uri {
        &self.uri
    }

    /// The public key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Borrows a session; waits while all are lent.
    ///
    /// # Errors
    /// [`TokenError`]; one that [`is a loss`](super::error) is worth a [`Self::reconnect`].
    pub fn lease(&self) -> Result<Lease<'_>, TokenError> {
        let mut state = self.state();
        loop {
            if let Some(refused) = &state.refused {
                return Err(refused.clone());
            }
            let Some(token) = &state.token else {
                return Err(TokenError::Gone("it did not come back".into()));
            };
            let (module, slot, key) = (token.module.clone(), token.slot, token.key);
            let generation = state.generation;
            let lend = |session| Lease {
                pool: self,
                session: Some(session),
                generation,
                key,
            };
            if let Some(session) = state.idle.pop() {
                return Ok(lend(session));
            }
            if state.open < state.limit {
                // Logged in is the process, not the session.
                match module.open_ro_session(slot) {
                    Ok(session) => {
                        state.open += 1;
                        return Ok(lend(session));
                    }
                    // The token has fewer sessions than were asked for.
                    Err(Error::Pkcs11(RvError::SessionCount, _)) if state.open > 0 => {
                        state.limit = state.open
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Opens everything again after a loss in the generation that a lease was of, or after the token was gone.
    ///
    /// # Errors
    /// [`TokenError::Gone`] when the token does not come back; [`TokenError::Pin`] when it does not accept the PIN any more;
    /// [`TokenError::Key`] when it came back with another key.
    pub fn reconnect(&self, lost: u64) -> Result<(), TokenError> {
        let mut state = self.state();
        if let Some(refused) = &state.refused {
            return Err(refused.clone());
        }
        if state.generation != lost && state.token.is_some() {
            return Ok(()); // another thread did it
        }
        state.token = None;
        state.generation += 1;
        state.open = 0;
        state.idle.clear();
        let mut again = connect(&self.uri, &self.pin);
        for _ in 1..CONNECTION_ATTEMPTS {
            // Another thread may be ending something in the module just now, or have logged out before the key was found, which
            // then seems not to be there. A PIN that was refused is not offered again.
            if matches!(again, Ok(_) | Err(TokenError::Pin(_))) {
                break;
            }
            again = connect(&self.uri, &self.pin);
        }
        self.returned.notify_all();
        match again {
            Ok((_, _, public)) if public != self.public => {
                Err(TokenError::Key("another key has its name now".into()))
            }
            Ok((token, session, _)) => {
                state.token = Some(token);
                state.idle.push(session);
                state.open = 1;
                Ok(())
            }
            Err(error @ TokenError::Pin(_)) => {
                state.refused = Some(error.clone());
                Err(error)
            }
            Err(error @ TokenError::Gone(_)) => Err(error),
            Err(error) => Err(TokenError::Gone(error.to_string())),
        }
    }

    /// The generation to hand to [`Self::reconnect`] when no lease could be had.
    pub fn generation(&self) -> u64 {
        self.state().generation
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease<'_> {
    /// The session.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// When it was opened: for [`Pool::reconnect`].
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Throws the session away instead of giving it back.
    pub fn discard(mut self) {
        drop(self.session.take());
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        if state.generation == self.generation {
            match self.session.take() {
                Some(session) => state.idle.push(session),
                None => state.open = state.open.saturating_sub(1),
            }
        }
        drop(state);
        self.pool.returned.notify_one();
    }
}

/// Module, token, login, key: everything from the start.
fn connect(uri: &Pkcs11Uri, pin: &AuthPin) -> Result<(Token, Session, PublicKey), TokenError> {
    let module = module::load(uri.module_path())?;
    let slot = module::find_token(&module, uri)?;
    let session = module::open_session(&module, slot, pin, false)?;
    let Some(KeyPair { private, public }) = object::find(&session, uri)? else {
        return Err(TokenError::Key("there is none of this name".into()));
    };
    let mechanism = object::mechanism_of(&public);
    if !module.get_mechanism_list(slot)?.contains(&mechanism) {
        return Err(TokenError::Key(format!("the token does not compute {mechanism}")));
    }
    let token = Token {
        module,
        slot,
        key: private,
    };
    Ok((token, session, public))
}
