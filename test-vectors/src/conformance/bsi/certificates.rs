//! ISO7816_J: which certificates are accepted, and that a refused one leaves nothing behind.

mod chains;
mod date;
mod encoding;
mod session;

use crate::conformance::bench::{Bench, Chain, Opened, Opening};
use crate::conformance::case::Case;
use crate::conformance::verdict::Played;
use crate::oracle::cv_certificate::{CvBody, Role, rights};

const RSA: &str = "the suite makes certificates with keys on curves alone; a trust point with an RSA key cannot be given to it";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = session::cases();
    cases.extend(encoding::cases());
    cases.extend(date::cases());
    cases.extend(chains::cases());
    cases.extend(["ISO7816_J_32", "ISO7816_J_39", "ISO7816_J_40"].map(|id| Case::not_implemented(id, RSA)));
    cases.push(Case::not_implemented(
        "ISO7816_J_54",
        "became ISO7816_M_5 in version 1.1 of the guideline",
    ));
    cases
}

/// A case that is played with a right chain at hand, once for each way in.
fn each(
    id: &'static str,
    play: impl Fn(&mut Bench<'_>, &Opened, &Chain) -> Played + Copy + Send + Sync + 'static,
) -> Case {
    Case::new(id, move |bench| {
        bench.by_each_opening(|bench, opening| {
            let (opened, chain) = begin(bench, opening)?;
            play(bench, &opened, &chain)
        })
    })
}

/// The card opened, and a right chain made that was not shown.
fn begin(bench: &mut Bench<'_>, opening: Opening) -> Played<(Opened, Chain)> {
    let opened = bench.open_for_terminal(opening)?;
    let chain = bench.chain(&opened.authority, rights::BOTH, rights::BOTH);
    Ok((opened, chain))
}

/// The body of the verifier's certificate in a right chain.
fn verifier_body(opened: &Opened, chain: &Chain) -> CvBody {
    let authority = &opened.authority;
    authority.party.body_for(
        &chain.verifier,
        Role::DomesticVerifier,
        rights::BOTH,
        authority.valid(),
    )
}
