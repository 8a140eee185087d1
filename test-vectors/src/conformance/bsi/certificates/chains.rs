//! Who may sign whom, and with which keys.

use super::{begin, each};
use crate::conformance::bench::{Bench, Chain, Opened, Opening};
use crate::conformance::case::Case;
use crate::conformance::verdict::Played;
use crate::oracle::cv_certificate::{CvCertificate, Party, Role, ShortKey, rights, tag};

/// A point in a public key.
const POINT: u32 = 0x86;

pub(super) fn cases() -> Vec<Case> {
    use Role::{Authority, DomesticVerifier, ForeignVerifier, Terminal};
    let mut cases = vec![
        each("ISO7816_J_43", |bench, opened, chain| {
            let authority = &opened.authority;
            let certificate = authority.verifier(&chain.terminal, Terminal, rights::BOTH);
            let what = "a terminal's certificate that the CVCA signed";
            bench.show_refused(&authority.party.name, &certificate, what)?;
            bench.expect_trust_unchanged(opened)
        }),
        each("ISO7816_J_55", |bench, opened, chain| {
            let authority = &opened.authority;
            let short = ShortKey::below(authority.party.key.curve, &mut bench.random);
            let certificate = authority
                .party
                .body_for(&chain.verifier, DomesticVerifier, rights::BOTH, authority.valid())
                .within(tag::PUBLIC_KEY, |parts| point(parts, &short))
                .sign(&authority.party.key);
            let what = "a verifier's certificate with a key that is too short";
            bench.show_refused(&authority.party.name, &certificate, what)?;
            let body = chain
                .verifier
                .body_for(&chain.terminal, Terminal, rights::BOTH, authority.valid());
            let signature = short.sign(authority.party.key.hash, &body.to_bytes());
            let what = "a terminal's certificate under the key that is too short";
            bench.show_under_unknown(&chain.verifier.name, &body.signed(signature), what)?;
            bench.expect_trust_unchanged(opened)
        }),
        each("ISO7816_J_56", |bench, opened, chain| {
            let authority = &opened.authority;
            let short = ShortKey::below(authority.party.key.curve, &mut bench.random);
            let what = "the verifier's certificate";
            bench.show(&authority.party.name, &chain.verifier_certificate, what)?;
            let certificate = chain
                .verifier
                .body_for(&chain.terminal, Terminal, rights::BOTH, authority.valid())
                .within(tag::PUBLIC_KEY, |parts| point(parts, &short))
                .sign(&chain.verifier.key);
            let what = "a terminal's certificate with a key that is too short";
            bench.show_refused(&chain.verifier.name, &certificate, what)?;
            bench.expect_trust_unchanged(opened)
        }),
    ];
    cases.extend(
        [
            ("ISO7816_J_44", DomesticVerifier, Authority),
            ("ISO7816_J_45", ForeignVerifier, Authority),
            ("ISO7816_J_46", DomesticVerifier, DomesticVerifier),
            ("ISO7816_J_47", DomesticVerifier, ForeignVerifier),
            ("ISO7816_J_48", ForeignVerifier, DomesticVerifier),
            ("ISO7816_J_49", ForeignVerifier, ForeignVerifier),
        ]
        .map(|(id, verifier, holder)| {
            Case::new(id, move |bench| {
                bench.by_each_opening(|bench, opening| under_verifier(bench, opening, verifier, holder))
            })
        }),
    );
    cases.extend(
        [
            ("ISO7816_J_50", ForeignVerifier),
            ("ISO7816_J_51", DomesticVerifier),
            ("ISO7816_J_52", Terminal),
            ("ISO7816_J_53", Authority),
        ]
        .map(|(id, holder)| {
            each(id, move |bench, opened, chain| {
                under_terminal(bench, opened, chain, holder)
            })
        }),
    );
    cases
}

/// The point of this key among the objects of a public key.
fn point(parts: &mut [crate::oracle::cv_certificate::Part], key: &ShortKey) {
    for part in parts.iter_mut().filter(|part| part.tag == POINT) {
        part.value = key.point();
    }
}

/// A certificate for a holder in this role that `issuer` may not sign; a CVCA's has domain parameters.
fn unlawful(bench: &mut Bench<'_>, opened: &Opened, issuer: &Party, role: Role) -> CvCertificate {
    let authority = &opened.authority;
    if role == Role::Authority {
        let successor = authority.successor();
        return authority
            .link_body(&successor)
            .with(tag::AUTHORITY, issuer.name.clone())
            .sign(&issuer.key);
    }
    let holder = bench.party(authority, "TESTXX");
    issuer.certify(&holder, role, rights::BOTH, authority.valid())
}

/// CVCA → verifier → what a verifier may not sign.
fn under_verifier(bench: &mut Bench<'_>, opening: Opening, verifier: Role, holder: Role) -> Played {
    let (opened, _) = begin(bench, opening)?;
    let chain = bench.chain_under(&opened.authority, verifier, rights::BOTH, rights::BOTH);
    let authority = &opened.authority.party.name;
    bench.show(
        authority,
        &chain.verifier_certificate,
        "the verifier's certificate",
    )?;
    let certificate = unlawful(bench, &opened, &chain.verifier, holder);
    let what = format!("a certificate of {holder:?} that a verifier signed");
    bench.show_refused(&chain.verifier.name, &certificate, &what)?;
    bench.expect_trust_unchanged(&opened)
}

/// CVCA → verifier → terminal → what a terminal may not sign: anything.
fn under_terminal(bench: &mut Bench<'_>, opened: &Opened, chain: &Chain, holder: Role) -> Played {
    bench.show_chain(opened, chain)?;
    let certificate = unlawful(bench, opened, &chain.terminal, holder);
    let what = format!("a certificate of {holder:?} that a terminal signed");
    bench.show_under_unknown(&chain.terminal.name, &certificate, &what)?;
    bench.expect_trust_unchanged(opened)
}
