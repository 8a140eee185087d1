//! ISO7816_I: Chip Authentication version 1, by MSE:Set KAT and by MSE:Set AT with GENERAL AUTHENTICATE.
//!
//! I_30 is about Terminal Authentication, and stands with it.

use crate::conformance::bench::{Bench, EMRTD_AID, in_session};
use crate::conformance::case::Case;
use crate::conformance::expect::{StatusSet, expected};
use crate::conformance::verdict::{Finding, Played};
use crate::naive::{Cipher, Group, find, object};
use crate::oracle::keys::{Border, WrongKey, generator};
use crate::oracle::{ChipAuthentication, Command, Session};

/// How the terminal's key comes to the chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// MSE:Set KAT: 3DES.
    KeyAgreementTemplate,
    /// MSE:Set AT, then GENERAL AUTHENTICATE: AES.
    AuthenticationTemplate,
}

use Way::{AuthenticationTemplate, KeyAgreementTemplate};

impl Way {
    /// The step that brings the key.
    fn step(self) -> &'static str {
        match self {
            KeyAgreementTemplate => "MSE:Set KAT",
            AuthenticationTemplate => "GENERAL AUTHENTICATE of Chip Authentication",
        }
    }

    fn has(self, cipher: Cipher) -> bool {
        (cipher == Cipher::TripleDes) == (self == KeyAgreementTemplate)
    }

    /// The command that brings the key.
    fn command(self, run: &ChipAuthentication) -> Command {
        match self {
            KeyAgreementTemplate => run.set_key_agreement_template(),
            AuthenticationTemplate => run.agree(),
        }
    }

    /// That command with the key in another data object.
    fn command_with_tag(self, run: &ChipAuthentication) -> Command {
        let right = self.command(run);
        match self {
            KeyAgreementTemplate => {
                let reference = run.key_id.as_ref().map_or_else(Vec::new, |id| object(0x84, id));
                right.data([object(0x93, &run.public), reference].concat())
            }
            AuthenticationTemplate => right.data(object(0x7C, &object(0x81, &run.public))),
        }
    }
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (way, first) in [(KeyAgreementTemplate, 1), (AuthenticationTemplate, 16)] {
        let id = move |number: u8| format!("ISO7816_I_{}", first + number);
        // By MSE:Set KAT there is one case more, after Chip Authentication Mapping, behind the others.
        cases.extend([
            Case::new(id(0), move |bench| succeeds(bench, way)),
            Case::new(id(1), move |bench| ends_the_session_before(bench, way)),
            wrong_key(&id(2), way, WrongKey::OtherSize, any_group),
            Case::new(id(3), move |bench| without_a_session(bench, way)),
            Case::new(id(4), move |bench| outside_the_session(bench, way)),
            refused(&id(5), way, any_group, move |_, run| way.command_with_tag(run)),
            wrong_key(&id(6), way, WrongKey::Origin, on_a_curve),
            border(&id(7), way, Border::SmallX),
            border(&id(8), way, Border::LargeX),
            border(&id(9), way, Border::SmallY),
            border(&id(10), way, Border::LargeY),
            Case::new(id(11), move |bench| unknown_key(bench, way)),
            wrong_key(&id(12), way, WrongKey::AboveModulus, in_a_modp_group),
            wrong_key(&id(13), way, WrongKey::OffCurve, on_a_curve),
        ]);
    }
    cases.push(Case::not_implemented(
        "ISO7816_I_15",
        "whether a card that authenticated itself in PACE must do it once more, neither the extract of the suite nor 9303-11 says",
    ));
    cases
}

fn any_group(_: Group) -> bool {
    true
}

fn on_a_curve(group: Group) -> bool {
    group.curve().is_some()
}

fn in_a_modp_group(group: Group) -> bool {
    group.curve().is_none()
}

/// A run with each key of DG14 and each of its ciphers that go this way.
fn runs(bench: &mut Bench<'_>, way: Way, fits: fn(Group) -> bool) -> Played<Vec<ChipAuthentication>> {
    let mut runs = Vec::new();
    for key in bench.statement.chip_keys.iter().filter(|key| fits(key.group)) {
        for cipher in key.ciphers.iter().filter(|cipher| way.has(**cipher)) {
            runs.push(ChipAuthentication::new(
                key.group,
                *cipher,
                key.id,
                &key.public,
                &mut bench.random,
            ));
        }
    }
    if runs.is_empty() {
        return Err(Finding::NotApplicable(match way {
            KeyAgreementTemplate => "DG14 offers no such key with 3DES".into(),
            AuthenticationTemplate => "DG14 offers no such key with AES".into(),
        }));
    }
    Ok(runs)
}

/// MSE:Set AT, where there is one.
fn choose(bench: &mut Bench<'_>, way: Way, run: &ChipAuthentication) -> Played {
    if way == AuthenticationTemplate {
        let answer = bench.send(&run.set_at())?;
        in_session(answer, "MSE:Set AT of Chip Authentication", StatusSet::SUCCESS)?;
    }
    Ok(())
}

fn new_session(run: &ChipAuthentication) -> Played<Session> {
    run.session()
        .ok_or_else(|| Finding::failed("DG14: the chip's key is none of its group"))
}

/// A whole run; the session restarts under the new keys.
fn authenticate(bench: &mut Bench<'_>, way: Way, run: &ChipAuthentication) -> Played {
    choose(bench, way, run)?;
    let answer = bench.send(&way.command(run))?;
    let answer = in_session(answer, way.step(), StatusSet::SUCCESS)?;
    match way {
        KeyAgreementTemplate => {
            answer.expect_no_data(way.step())?;
        }
        AuthenticationTemplate => {
            let is_empty = find(&answer.data, 0x7C).is_some_and(<[u8]>::is_empty);
            expected(is_empty, way.step(), "an empty DO'7C'")?;
        }
    }
    bench.session = Some(new_session(run)?);
    Ok(())
}

/// After each access protocol, with each key and cipher: only the chip that has the key goes on in the new session.
fn succeeds(bench: &mut Bench<'_>, way: Way) -> Played {
    for opening in bench.openings()? {
        for run in runs(bench, way, any_group)? {
            bench.open_by(opening.protocol())?;
            authenticate(bench, way, &run)?;
            bench.session_lives("Chip Authentication")?;
        }
    }
    Ok(())
}

/// The keys of the session before are good for nothing afterwards; who uses them ends the new session, too.
fn ends_the_session_before(bench: &mut Bench<'_>, way: Way) -> Played {
    for run in runs(bench, way, any_group)? {
        bench.open()?;
        choose(bench, way, &run)?;
        let answer = bench.send(&way.command(&run))?;
        in_session(answer, way.step(), StatusSet::SUCCESS)?;
        let before = bench.session.replace(new_session(&run)?);
        if let Some(before) = before {
            bench.keys_open_nothing(before, "Chip Authentication, under the keys before it")?;
        }
        bench.session_is_dead("a command under the keys before Chip Authentication")?;
    }
    Ok(())
}

/// A case in which the command that brings the key is bent, and refused; the session before goes on.
fn refused<B>(id: &str, way: Way, fits: fn(Group) -> bool, bend: B) -> Case
where
    B: Fn(&mut Bench<'_>, &ChipAuthentication) -> Command + Send + Sync + 'static,
{
    Case::new(id, move |bench| {
        for run in runs(bench, way, fits)? {
            bench.open()?;
            choose(bench, way, &run)?;
            let command = bend(bench, &run);
            let answer = bench.send(&command)?;
            in_session(answer, way.step(), StatusSet::REFUSAL)?.expect_no_data(way.step())?;
            bench.session_lives("a refused Chip Authentication")?;
        }
        Ok(())
    })
}

fn wrong_key(id: &str, way: Way, wrong: WrongKey, fits: fn(Group) -> bool) -> Case {
    refused(id, way, fits, move |bench, run| {
        let mut bent = run.clone();
        if let Some(key) = wrong.make(run.group, &mut bench.random) {
            bent.public = key;
        }
        way.command(&bent)
    })
}

/// A key at the edge of the field is a key: the chip authenticates itself with it.
fn border(id: &str, way: Way, border: Border) -> Case {
    Case::new(id, move |bench| {
        for mut run in runs(bench, way, on_a_curve)? {
            bench.open()?;
            let curve = run.group.curve();
            let key = curve.and_then(|curve| border.key(curve, &generator(run.group), &mut bench.random));
            // A search that finds nothing says nothing of the card.
            let key = key.ok_or_else(|| Finding::NotApplicable("no such key was found".into()))?;
            (run.private, run.public) = key;
            authenticate(bench, way, &run)?;
            bench.session_lives("Chip Authentication")?;
        }
        Ok(())
    })
}

/// DO'84' names a key that the chip does not have: refused in the session, which goes on. A card may look at it only with the key.
fn unknown_key(bench: &mut Bench<'_>, way: Way) -> Played {
    let keys = &bench.statement.chip_keys;
    let is_known = |id: u8| keys.iter().any(|key| key.id == Some(id));
    let unknown = (0x40..=0x7F).find(|id| !is_known(*id)).unwrap_or(0x7F);
    for mut run in runs(bench, way, any_group)? {
        run.key_id = Some(vec![unknown]);
        bench.open()?;
        if way == AuthenticationTemplate {
            let step = "MSE:Set AT of Chip Authentication with an unknown key";
            let answer = bench.send(&run.set_at())?.expect_protected(step)?;
            if !StatusSet::REFUSAL.has(answer.status) {
                answer.expect(step, StatusSet::SUCCESS)?;
            }
        }
        let answer = bench.send(&way.command(&run))?;
        in_session(answer, way.step(), StatusSet::REFUSAL)?.expect_no_data(way.step())?;
        bench.session_lives("a refused Chip Authentication")?;
    }
    Ok(())
}

/// The commands of a run in plain: the last is refused.
fn refused_in_plain(bench: &mut Bench<'_>, way: Way, run: &ChipAuthentication) -> Played {
    if way == AuthenticationTemplate {
        let step = "MSE:Set AT of Chip Authentication in plain";
        let answer = bench.send_plain(&run.set_at())?.expect_no_data(step)?;
        if !StatusSet::REFUSAL.has(answer.status) {
            answer.expect(step, StatusSet::SUCCESS)?;
        }
    }
    bench
        .send_plain(&way.command(run))?
        .expect(way.step(), StatusSet::REFUSAL)?
        .expect_no_data(way.step())?;
    Ok(())
}

/// Before PACE or BAC.
fn without_a_session(bench: &mut Bench<'_>, way: Way) -> Played {
    for run in runs(bench, way, any_group)? {
        bench.reset()?;
        bench
            .send_plain(&Command::select_application(&EMRTD_AID))?
            .expect("SELECT of the eMRTD application", StatusSet::SUCCESS_OR_NO_ACCESS)?;
        refused_in_plain(bench, way, &run)?;
        bench.nothing_is_open("a refused Chip Authentication")?;
        bench.keys_open_nothing(new_session(&run)?, "a Chip Authentication in plain")?;
        bench.open()?;
    }
    Ok(())
}

/// After PACE or BAC, but in plain: that ends the session.
fn outside_the_session(bench: &mut Bench<'_>, way: Way) -> Played {
    for run in runs(bench, way, any_group)? {
        bench.open()?;
        refused_in_plain(bench, way, &run)?;
        bench.session_is_dead("a plain command")?;
        bench.keys_open_nothing(new_session(&run)?, "a Chip Authentication in plain")?;
    }
    Ok(())
}
