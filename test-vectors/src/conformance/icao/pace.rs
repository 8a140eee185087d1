//! ISO7816_P: PACE with every mapping, step by step.

mod full;
mod key_agreement;
mod mapping;
mod nonce;
mod sequence;
mod set_at;
mod token;

use crate::conformance::bench::{Bench, PaceStep, Password};
use crate::conformance::case::Case;
use crate::conformance::expect::StatusSet;
use crate::conformance::statement::PaceParameters;
use crate::conformance::verdict::{Finding, Played};
use crate::faulty_chip::{Mapping, PaceSet};
use crate::naive::{find, object, objects};
use crate::oracle::keys::WrongKey;
use crate::oracle::{Command, Pace};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = full::cases();
    cases.extend(set_at::cases());
    cases.extend(nonce::cases());
    cases.extend(mapping::cases());
    cases.extend(key_agreement::cases());
    cases.extend(token::cases());
    cases.extend(sequence::cases());
    cases
}

/// Which parameter sets a case is about.
type Fits = fn(&PaceSet) -> bool;

fn every(_: &PaceSet) -> bool {
    true
}

fn on_a_curve(set: &PaceSet) -> bool {
    set.group.curve().is_some()
}

fn in_a_modp_group(set: &PaceSet) -> bool {
    !on_a_curve(set)
}

/// The terminal sends a mapping key.
fn maps_by_keys(set: &PaceSet) -> bool {
    set.mapping != Mapping::Integrated
}

/// One parameter set of each kind that the card has: mapping, and curve or MODP group.
fn kinds(bench: &Bench<'_>, fits: impl Fn(&PaceSet) -> bool) -> Played<Vec<PaceParameters>> {
    let mut kinds: Vec<PaceParameters> = Vec::new();
    for parameters in bench.statement.pace.iter().filter(|sets| fits(&sets.set)) {
        let kind = |set: &PaceSet| (set.mapping, on_a_curve(set));
        if !kinds
            .iter()
            .any(|known| kind(&known.set) == kind(&parameters.set))
        {
            kinds.push(parameters.clone());
        }
    }
    if kinds.is_empty() {
        return Err(Finding::NotApplicable(
            "EF.CardAccess offers no PACE of this kind that the suite computes".into(),
        ));
    }
    Ok(kinds)
}

/// The suite's password is that of the MRZ; the CAN where only that is known.
fn password(bench: &Bench<'_>) -> Played<Password> {
    match bench.password(Password::Mrz) {
        Ok(_) => Ok(Password::Mrz),
        Err(_) => bench.pace_password(),
    }
}

/// A run on a card that was reset, up to and without this step.
fn run_before(bench: &mut Bench<'_>, parameters: &PaceParameters, step: PaceStep) -> Played<Pace> {
    bench.reset()?;
    let password = password(bench)?;
    let mut pace = bench.pace(parameters, password)?;
    let before = PaceStep::ALL.into_iter().rfind(|other| *other < step);
    if let Some(last) = before {
        bench.pace_until(&mut pace, last)?;
    }
    Ok(pace)
}

/// Goes on with a run from this step to its end; its session works.
fn complete(bench: &mut Bench<'_>, pace: &mut Pace, from: PaceStep) -> Played {
    for step in PaceStep::ALL.into_iter().filter(|step| *step >= from) {
        let answer = bench.send_plain(&step.command(pace))?;
        let answer = answer.expect(step.name(), StatusSet::SUCCESS)?;
        bench.pace_take(pace, step, &answer)?;
    }
    bench.session_lives("PACE")
}

/// Goes on with a run that must not come to its end: one of the steps from this one on is refused.
fn is_refused_somewhere(bench: &mut Bench<'_>, pace: &mut Pace, from: PaceStep) -> Played {
    for step in PaceStep::ALL.into_iter().filter(|step| *step >= from) {
        let answer = bench.send_plain(&step.command(pace))?;
        if StatusSet::REFUSAL.has(answer.status) {
            answer.expect_no_data(step.name())?;
            return Ok(());
        }
        let answer = answer.expect(step.name(), StatusSet::SUCCESS)?;
        bench.pace_take(pace, step, &answer)?;
    }
    bench.session = None;
    Err(Finding::failed(
        "PACE: expected a refusal at one of its steps, the card went through all of them",
    ))
}

/// The card refuses this command as a step of PACE, and says nothing else.
fn is_refused(bench: &mut Bench<'_>, step: PaceStep, command: &Command) -> Played {
    bench
        .send_plain(command)?
        .expect(step.name(), StatusSet::REFUSAL)?
        .expect_no_data(step.name())?;
    Ok(())
}

/// What must be true behind a refused step: what keys there were open nothing, and a fresh run succeeds.
fn after_refusal(bench: &mut Bench<'_>, parameters: &PaceParameters, pace: &Pace) -> Played {
    if let Some(session) = pace.session.clone() {
        bench.keys_open_nothing(session, "a refused step of PACE")?;
        bench.nothing_is_open("a refused step of PACE")?;
        bench.reset()?;
    }
    let password = password(bench)?;
    bench.pace_succeeds_afresh(parameters, password)?;
    Ok(())
}

/// A case in which one step's command is bent, and refused.
fn refused<B>(id: &str, step: PaceStep, fits: Fits, bend: B) -> Case
where
    B: Fn(&mut Bench<'_>, &Pace, Command) -> Command + Send + Sync + 'static,
{
    Case::new(id, move |bench| {
        for parameters in kinds(bench, fits)? {
            let pace = run_before(bench, &parameters, step)?;
            let command = bend(bench, &pace, step.command(&pace));
            is_refused(bench, step, &command)?;
            after_refusal(bench, &parameters, &pace)?;
        }
        Ok(())
    })
}

/// A case in which the key of a step is none, and refused.
fn wrong_key(id: &str, step: PaceStep, tag: u32, wrong: WrongKey, fits: Fits) -> Case {
    refused(id, step, fits, move |bench, pace, right| {
        let key = wrong.make(pace.set.group, &mut bench.random);
        key.map_or(right, |key| pace.exchange_key(tag, &key))
    })
}

/// The dynamic authentication data of a command.
fn content(command: &Command) -> &[u8] {
    find(&command.data, 0x7C).unwrap_or_default()
}

/// The outermost tag is another.
fn retagged(command: Command, tag: u32) -> Command {
    let data = object(tag, content(&command));
    command.data(data)
}

/// Nothing is around the inner object.
fn unwrapped(command: Command) -> Command {
    let data = content(&command).to_vec();
    command.data(data)
}

/// The inner object's tag is another.
fn inner_retagged(command: Command, tag: u32) -> Command {
    let inner = objects(content(&command))
        .first()
        .map_or(&[][..], |(_, value)| value);
    let data = object(0x7C, &object(tag, inner));
    command.data(data)
}

/// One object more stands behind the inner one.
fn with_another(command: Command, tag: u32) -> Command {
    let inner = [content(&command), &object(tag, &[0x01])].concat();
    command.data(object(0x7C, &inner))
}
