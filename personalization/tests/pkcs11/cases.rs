//! What each process does with its token.

use std::collections::HashSet;
use std::sync::Mutex;

use cryptoki::context::Pkcs11;
use cryptoki::object::Attribute;
use cryptoki::session::{Session, UserType};
use personalization::hash::HashAlgorithm;
use personalization::key_file::Passphrase;
use personalization::pki::curves::NamedCurve;
use personalization::signer::pkcs11::{KeyKind, module};
use personalization::signer::{
    Engine, Pkcs11Uri, PublicKey, Signer, SignerError, TokenError, TokenSigner, verify,
};

use super::soft_token::{self, PIN, TOKEN, tokens};

/// Name and code of each case.
pub const ALL: [(&str, fn()); 8] = [
    (
        "keys_of_every_kind_are_made_in_the_token_and_sign",
        keys_of_every_kind,
    ),
    (
        "private_keys_can_sign_and_cannot_leave",
        private_keys_cannot_leave,
    ),
    ("a_name_that_is_wrong_says_what_is", wrong_names),
    ("a_wrong_pin_is_offered_once", wrong_pin),
    ("many_threads_sign_with_few_sessions", many_threads),
    ("whoever_logs_out_or_ends_the_module_is_survived", sessions_lost),
    ("a_dead_token_is_a_clear_stop_and_may_come_back", dead_token),
    ("a_token_that_comes_back_with_another_key_is_refused", another_key),
];

fn pin() -> Passphrase {
    Passphrase::new(PIN)
}

fn uri(object: &str) -> Pkcs11Uri {
    soft_token::uri(object).parse().unwrap()
}

fn made(object: &str, kind: KeyKind) -> TokenSigner {
    let (signer, made) =
        TokenSigner::open_or_generate(&uri(object), &pin(), kind, &mut getrandom::SysRng).unwrap();
    assert!(made);
    signer
}

fn token_error(result: Result<TokenSigner, SignerError>) -> TokenError {
    match result {
        Err(SignerError::Token(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn signs(signer: &dyn Signer) {
    let signature = signer.sign(b"message").unwrap();
    assert!(verify(
        signer.public_key(),
        signer.algorithm(),
        b"message",
        &signature
    ));
    assert!(!verify(
        signer.public_key(),
        signer.algorithm(),
        b"massage",
        &signature
    ));
}

/// A session of somebody else in this process.
fn somebody_elses_session(login: bool) -> (Pkcs11, Session) {
    let module = module::load(uri("any").module_path()).unwrap();
    let slot = module::find_token(&module, &uri("any")).unwrap();
    let session = module.open_rw_session(slot).unwrap();
    if login {
        let _ = session.login(UserType::User, Some(&PIN.into()));
    }
    (module, session)
}

fn keys_of_every_kind() {
    let kinds = [
        KeyKind::Curve(NamedCurve::P256),
        KeyKind::Curve(NamedCurve::P384),
        KeyKind::Curve(NamedCurve::P521),
        KeyKind::Curve(NamedCurve::BrainpoolP256r1),
        KeyKind::Curve(NamedCurve::BrainpoolP384r1),
        KeyKind::Rsa(2048),
    ];
    for (number, kind) in kinds.into_iter().enumerate() {
        let name = format!("key {number}");
        let name = name.replace(' ', "%20");
        let mut signer = made(&name, kind);
        signs(&signer);
        for hash in HashAlgorithm::ALL {
            signer = signer.with_hash(hash);
            signs(&signer);
            // The other engine judges too.
            let algorithm = signer.algorithm();
            let digest = algorithm.digest(b"message");
            let signature = signer.sign_digest(&digest).unwrap();
            assert!(Engine::Portable.verify_digest(signer.public_key(), algorithm, &digest, &signature));
        }
        assert!(matches!(
            signer.sign_digest(&[0; 20]),
            Err(SignerError::DigestLength { .. })
        ));
        // The same name is the same key from now on, and not one of another kind.
        let again = TokenSigner::open_or_generate(&uri(&name), &pin(), kind, &mut getrandom::SysRng).unwrap();
        assert!(!again.1);
        assert_eq!(again.0.public_key(), signer.public_key());
        let other = KeyKind::Rsa(3072);
        let error = TokenSigner::open_or_generate(&uri(&name), &pin(), other, &mut getrandom::SysRng);
        assert!(matches!(error, Err(SignerError::Token(TokenError::Key(_)))));
    }
}

fn private_keys_cannot_leave() {
    made("ds", KeyKind::Curve(NamedCurve::P256));
    let (_module, session) = somebody_elses_session(true);
    let keys = session
        .find_objects(&[Attribute::Label(b"ds".to_vec()), Attribute::Private(true)])
        .unwrap();
    assert_eq!(keys.len(), 1);
    use cryptoki::object::AttributeType as Type;
    let types = [
        Type::Sensitive,
        Type::Extractable,
        Type::AlwaysSensitive,
        Type::NeverExtractable,
        Type::Sign,
        Type::Decrypt,
        Type::Unwrap,
        Type::Value,
    ];
    let attributes = session.get_attributes(keys[0], &types).unwrap();
    for expected in [
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::AlwaysSensitive(true),
        Attribute::NeverExtractable(true),
        Attribute::Sign(true),
        Attribute::Decrypt(false),
        Attribute::Unwrap(false),
    ] {
        assert!(
            attributes.contains(&expected),
            "{expected:?} is not in {attributes:?}"
        );
    }
    assert!(
        !attributes
            .iter()
            .any(|attribute| matches!(attribute, Attribute::Value(_)))
    );
}

fn wrong_names() {
    made("ds", KeyKind::Curve(NamedCurve::P256));
    let open = |text: String| token_error(TokenSigner::open(&text.parse().unwrap(), &pin()));
    let module = soft_token::module();
    let error = open("pkcs11:object=ds?module-path=/nowhere/module.so".into());
    assert!(matches!(error, TokenError::Module { .. }), "{error}");
    let error = open(format!("pkcs11:token=other;object=ds?module-path={module}"));
    assert!(
        matches!(error, TokenError::NoToken(_)) && error.to_string().contains(TOKEN),
        "{error}"
    );
    let error = open(format!("pkcs11:token={TOKEN};object=csca?module-path={module}"));
    assert!(matches!(error, TokenError::Key(_)), "{error}");
    let error = open(format!("pkcs11:token={TOKEN}?module-path={module}"));
    assert!(matches!(error, TokenError::Uri(_)), "{error}");
    // Two keys of one name: the identifier tells them apart.
    let (_module, session) = somebody_elses_session(true);
    let second: Pkcs11Uri = format!("pkcs11:token={TOKEN};object=ds;id=%42?module-path={module}")
        .parse()
        .unwrap();
    personalization::signer::pkcs11::object::generate(
        &session,
        &second,
        KeyKind::Curve(NamedCurve::P384),
        b"unused",
    )
    .unwrap();
    let error = open(format!("pkcs11:token={TOKEN};object=ds?module-path={module}"));
    assert!(
        matches!(error, TokenError::Key(_)) && error.to_string().contains("id="),
        "{error}"
    );
    let signer = TokenSigner::open(&second, &pin()).unwrap();
    assert_eq!(signer.public_key().curve(), Some(NamedCurve::P384));
    signs(&signer);
}

fn wrong_pin() {
    let error = token_error(TokenSigner::open(&uri("ds"), &Passphrase::new("wrong-pin-1")));
    assert!(matches!(error, TokenError::Pin(_)), "{error}");
    assert!(!error.to_string().contains("wrong-pin-1"));

    // The PIN is changed while a signer is at work: when it must log in again, the old one is offered once.
    let signer = made("ds", KeyKind::Curve(NamedCurve::P256));
    signs(&signer);
    let (_module, session) = somebody_elses_session(false);
    session.set_pin(&PIN.into(), &"another-pin-12".into()).unwrap();
    session.logout().unwrap();
    for _ in 0..20 {
        let error = signer.sign(b"message").unwrap_err();
        assert!(matches!(error, SignerError::Token(TokenError::Pin(_))), "{error}");
    }
    // The token still takes the right one.
    signs(&TokenSigner::open(&uri("ds"), &Passphrase::new("another-pin-12")).unwrap());
}

fn many_threads() {
    const THREADS: usize = 8;
    const SIGNATURES: usize = 25;
    let kind = KeyKind::Curve(NamedCurve::P256);
    TokenSigner::open_or_generate(&uri("ds"), &pin(), kind, &mut getrandom::SysRng).unwrap();
    let signer = TokenSigner::open_with(&uri("ds"), &pin(), 3).unwrap();
    let signatures = Mutex::new(HashSet::new());
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (signer, signatures) = (&signer, &signatures);
            scope.spawn(move || {
                for number in 0..SIGNATURES {
                    let message = format!("{thread} {number}");
                    let signature = signer.sign(message.as_bytes()).unwrap();
                    let key: &PublicKey = signer.public_key();
                    assert!(verify(key, signer.algorithm(), message.as_bytes(), &signature));
                    signatures.lock().unwrap().insert(signature);
                }
            });
        }
    });
    assert_eq!(signatures.into_inner().unwrap().len(), THREADS * SIGNATURES);
    let (module, session) = somebody_elses_session(false);
    let slot = session.get_session_info().unwrap().slot_id();
    let open = module.get_token_info(slot).unwrap().session_count();
    assert!(
        open.is_none_or(|open| open <= 3 + 1),
        "{open:?} sessions are open"
    );
}

fn sessions_lost() {
    let signer = made("ds", KeyKind::Rsa(2048));
    signs(&signer);
    for _ in 0..3 {
        let (_module, session) = somebody_elses_session(false);
        session.logout().unwrap();
        signs(&signer);
    }
    for _ in 0..3 {
        let (module, session) = somebody_elses_session(false);
        drop(session);
        module.finalize().unwrap();
        signs(&signer);
    }
    // The loss in the middle of the work of several threads: every signature succeeds.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    signs(&signer);
                }
            });
        }
        for _ in 0..5 {
            let (_module, session) = somebody_elses_session(false);
            let _ = session.logout();
        }
    });
    signs(&signer);
}

/// Ends the module, as a program does whose connection to its HSM breaks.
fn end_module() {
    let module = Pkcs11::new(soft_token::module()).unwrap();
    module.finalize().unwrap();
}

fn dead_token() {
    let signer = made("ds", KeyKind::Curve(NamedCurve::P256));
    signs(&signer);
    let away = tokens().with_extension("away");
    std::fs::rename(tokens(), &away).unwrap();
    end_module();
    for _ in 0..2 {
        let error = signer.sign(b"message").unwrap_err();
        assert!(
            matches!(error, SignerError::Token(TokenError::Gone(_))),
            "{error}"
        );
    }
    std::fs::rename(&away, tokens()).unwrap();
    signs(&signer);
}

fn another_key() {
    let signer = made("ds", KeyKind::Curve(NamedCurve::P256));
    signs(&signer);
    let (_module, session) = somebody_elses_session(true);
    for object in session.find_objects(&[Attribute::Label(b"ds".to_vec())]).unwrap() {
        session.destroy_object(object).unwrap();
    }
    personalization::signer::pkcs11::object::generate(
        &session,
        &uri("ds"),
        KeyKind::Curve(NamedCurve::P256),
        b"other",
    )
    .unwrap();
    let error = signer.sign(b"message").unwrap_err();
    assert!(matches!(error, SignerError::Token(TokenError::Key(_))), "{error}");
}
