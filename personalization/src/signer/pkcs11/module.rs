//! The library of the token's maker, loaded and initialised once a process; finding a token in it and logging in.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

use super::error::{TokenError, is_pin};
use super::uri::Pkcs11Uri;

/// A module is initialised once a process, whoever uses it (PKCS #11 §5.4); so it is kept for as long as the process lives.
static MODULES: Mutex<Option<HashMap<PathBuf, Pkcs11>>> = Mutex::new(None);

/// The module at a path, loaded and initialised.
///
/// # Errors
/// [`TokenError::Module`].
pub fn load(path: &Path) -> Result<Pkcs11, TokenError> {
    let failed = |why: String| TokenError::Module {
        module: path.display().to_string(),
        why,
    };
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    let modules = modules.get_or_insert_default();
    let module = match modules.get(path) {
        Some(module) => module.clone(),
        None => {
            let module = Pkcs11::new(path).map_err(|error| failed(error.to_string()))?;
            modules.insert(path.to_owned(), module.clone());
            module
        }
    };
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // Somebody else in this process may have ended it in between; whoever finds it running is content.
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(module),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// The one token that a URI names.
///
/// # Errors
/// [`TokenError::NoToken`], with the labels of those that are there.
pub fn find_token(module: &Pkcs11, uri: &Pkcs11Uri) -> Result<Slot, TokenError> {
    let mut found = Vec::new();
    let mut labels = Vec::new();
    for slot in module.get_slots_with_token()? {
        // A slot whose token was just pulled is none.
        let Ok(info) = module.get_token_info(slot) else {
            continue;
        };
        if !info.token_initialized() {
            continue;
        }
        labels.push(format!("{:?}", info.label()));
        let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
        if is(&uri.token, info.label())
            && is(&uri.serial, info.serial_number())
            && is(&uri.manufacturer, info.manufacturer_id())
            && is(&uri.model, info.model())
            && uri.slot_id.is_none_or(|wanted| wanted == slot.id())
        {
            found.push(slot);
        }
    }
    match found.as_slice() {
        [slot] => Ok(*slot),
        [] if labels.is_empty() => Err(TokenError::NoToken("no token is there".into())),
        [] => Err(TokenError::NoToken(format!(
            "no token is the one of the URI; there are {}",
            labels.join(", ")
        ))),
        _ => Err(TokenError::NoToken(
            "several tokens are the one of the URI: add serial=".into(),
        )),
    }
}

/// Opens a session in which private keys can be used. Logging in holds for all sessions of this process.
///
/// # Errors
/// [`TokenError::Pin`]: the caller must not offer the same PIN again, tokens count wrong ones. Others as the token says.
pub fn open_session(
    module: &Pkcs11,
    slot: Slot,
    pin: &AuthPin,
    writable: bool,
) -> Result<Session, TokenError> {
    let session = if writable {
        module.open_rw_session(slot)?
    } else {
        module.open_ro_session(slot)?
    };
    match session.login(UserType::User, Some(pin)) {
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
        Err(error) if is_pin(&error) => Err(TokenError::Pin(error.to_string())),
        Err(error) => Err(error.into()),
    }
}
