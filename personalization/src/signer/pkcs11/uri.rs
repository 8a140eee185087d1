//! PKCS #11 URIs (RFC 7512): `pkcs11:token=eid;object=ds-1?module-path=/usr/lib/softhsm/libsofthsm2.so`.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::error::TokenError;

/// The longest URI that is read, in bytes.
const MAX_LEN: usize = 2048;

/// The name of a key in a token. It holds no PIN: a URI with `pin-value` is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pkcs11Uri {
    /// The module: the maker's library (`module-path`).
    pub module_path: PathBuf,
    /// `CK_TOKEN_INFO.label` (`token`).
    pub token: Option<String>,
    /// `CK_TOKEN_INFO.serialNumber` (`serial`).
    pub serial: Option<String>,
    /// `CK_TOKEN_INFO.manufacturerID` (`manufacturer`).
    pub manufacturer: Option<String>,
    /// `CK_TOKEN_INFO.model` (`model`).
    pub model: Option<String>,
    /// The slot (`slot-id`).
    pub slot_id: Option<u64>,
    /// `CKA_LABEL` of the key pair (`object`).
    pub object: Option<String>,
    /// `CKA_ID` of the key pair (`id`).
    pub id: Option<Vec<u8>>,
}

impl Pkcs11Uri {
    /// Whether a text means to be such a URI.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        text.get(..7)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("pkcs11:"))
    }

    /// The module's path.
    #[must_use]
    pub fn module_path(&self) -> &Path {
        &self.module_path
    }

    /// Refuses a URI that names no key.
    ///
    /// # Errors
    /// [`TokenError::Uri`].
    pub fn must_name_a_key(&self) -> Result<(), TokenError> {
        if self.object.is_none() && self.id.is_none() {
            return Err(TokenError::Uri(
                "object= or id= is missing: it names no key".into(),
            ));
        }
        Ok(())
    }
}

impl FromStr for Pkcs11Uri {
    type Err = TokenError;

    /// Reads a URI. Attributes that would be ignored are refused: a name that means less than it says finds the wrong key.
    fn from_str(text: &str) -> Result<Self, TokenError> {
        let refuse = |why: String| Err(TokenError::Uri(why));
        if text.len() > MAX_LEN {
            return refuse(format!("longer than {MAX_LEN} bytes"));
        }
        if !Self::is_one(text) {
            return refuse("does not start with pkcs11:".into());
        }
        let (path, query) = text[7..].split_once('?').unwrap_or((&text[7..], ""));
        let mut module_path = None;
        let mut uri = Self {
            module_path: PathBuf::new(),
            token: None,
            serial: None,
            manufacturer: None,
            model: None,
            slot_id: None,
            object: None,
            id: None,
        };
        let parts = path.split(';').map(|part| (part, false));
        let parts = parts.chain(query.split('&').map(|part| (part, true)));
        for (part, in_query) in parts.filter(|(part, _)| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return refuse(format!("`{part}` has no ="));
            };
            if matches!(name, "pin-value" | "pin-source") {
                return refuse(format!(
                    "{name} is not taken: the PIN comes from a file, the environment or a prompt"
                ));
            }
            let bytes = decode(value)
                .ok_or_else(|| TokenError::Uri(format!("{name}: malformed percent-encoding")))?;
            if (name, in_query) == ("id", false) {
                if uri.id.replace(bytes).is_some() {
                    return refuse("id is given twice".into());
                }
                continue;
            }
            let value =
                String::from_utf8(bytes).map_err(|_| TokenError::Uri(format!("{name}: not UTF-8")))?;
            let twice = match (name, in_query) {
                ("token", false) => uri.token.replace(value).is_some(),
                ("serial", false) => uri.serial.replace(value).is_some(),
                ("manufacturer", false) => uri.manufacturer.replace(value).is_some(),
                ("model", false) => uri.model.replace(value).is_some(),
                ("object", false) => uri.object.replace(value).is_some(),
                ("slot-id", false) => match value.parse() {
                    Ok(number) => uri.slot_id.replace(number).is_some(),
                    Err(_) => return refuse("slot-id: not a number".into()),
                },
                // Both halves of the pair are used; whichever is named, the same key is meant.
                ("type", false) if matches!(value.as_str(), "private" | "public") => false,
                ("module-path", true) => module_path.replace(PathBuf::from(value)).is_some(),
                _ => return refuse(format!("the attribute {name} is not known here")),
            };
            if twice {
                return refuse(format!("{name} is given twice"));
            }
        }
        match module_path {
            Some(path) if path.is_absolute() => uri.module_path = path,
            Some(_) => return refuse("module-path must be absolute".into()),
            None => {
                return refuse("?module-path= is missing: the PKCS#11 library of the token's maker".into());
            }
        }
        Ok(uri)
    }
}

impl fmt::Display for Pkcs11Uri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut path = Vec::new();
        let texts = [
            ("token", &self.token),
            ("serial", &self.serial),
            ("manufacturer", &self.manufacturer),
            ("model", &self.model),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                path.push(format!("{name}={}", encode(value.as_bytes())));
            }
        }
        if let Some(number) = self.slot_id {
            path.push(format!("slot-id={number}"));
        }
        if let Some(value) = &self.object {
            path.push(format!("object={}", encode(value.as_bytes())));
        }
        if let Some(value) = &self.id {
            let digits = value.iter().map(|byte| format!("%{byte:02X}"));
            path.push(format!("id={}", digits.collect::<String>()));
        }
        let module = encode(self.module_path.to_string_lossy().as_bytes());
        write!(formatter, "pkcs11:{}?module-path={module}", path.join(";"))
    }
}

/// Undoes percent-encoding (RFC 3986 §2.1).
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| {
            char::from(byte?)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        };
        bytes.push(digit(rest.next())? << 4 | digit(rest.next())?);
    }
    Some(bytes)
}

/// Leaves unreserved characters and slashes, encodes all others.
fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Pkcs11Uri, String> {
        text.parse().map_err(|error: TokenError| error.to_string())
    }

    #[test]
    fn the_examples_of_rfc_7512_are_read() {
        // §3, with a module path where the example has none.
        let uri = parse(
            "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;\
             object=my-certificate;type=private;id=%69%95%3E%5C%F4%BD%EC%91;serial=?module-path=/lib/snake.so",
        )
        .unwrap();
        assert_eq!(uri.token.as_deref(), Some("The Software PKCS#11 Softtoken"));
        assert_eq!(uri.manufacturer.as_deref(), Some("Snake Oil, Inc."));
        assert_eq!(uri.serial.as_deref(), Some(""));
        assert_eq!(
            uri.id.as_deref(),
            Some(&[0x69, 0x95, 0x3E, 0x5C, 0xF4, 0xBD, 0xEC, 0x91][..])
        );
        assert_eq!(uri.module_path(), Path::new("/lib/snake.so"));
    }

    #[test]
    fn what_names_less_than_it_says_is_refused() {
        let refused = |text: &str, why: &str| {
            let error = parse(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        };
        refused("ds.key", "pkcs11:");
        refused("pkcs11:object=ds", "module-path= is missing");
        refused("pkcs11:object=ds?module-path=lib.so", "absolute");
        refused(
            "pkcs11:object=ds?module-path=/a&pin-value=1234",
            "pin-value is not taken",
        );
        refused(
            "pkcs11:object=ds?module-path=/a&pin-source=file:/x",
            "pin-source is not taken",
        );
        refused("pkcs11:object=a;object=b?module-path=/a", "twice");
        refused("pkcs11:object=%4?module-path=/a", "percent");
        refused("pkcs11:object=%FF?module-path=/a", "UTF-8");
        refused("pkcs11:objekt=a?module-path=/a", "not known");
        refused("pkcs11:type=cert?module-path=/a", "not known");
        refused("pkcs11:slot-id=x?module-path=/a", "number");
        refused(&format!("pkcs11:object={}", "a".repeat(5000)), "longer");
        let nameless = parse("pkcs11:token=a?module-path=/a").unwrap();
        assert!(nameless.must_name_a_key().is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(token in ".{0,20}", object in ".{0,20}", id in proptest::collection::vec(any::<u8>(), 0..9)) {
            let uri = Pkcs11Uri {
                module_path: PathBuf::from("/usr/lib/a module;?&.so"),
                token: Some(token),
                serial: None,
                manufacturer: None,
                model: None,
                slot_id: Some(7),
                object: Some(object),
                id: Some(id),
            };
            prop_assert_eq!(parse(&uri.to_string()).unwrap(), uri);
        }

        #[test]
        fn no_text_panics(text in "pkcs11:.{0,60}") {
            let _ = parse(&text);
        }
    }
}
