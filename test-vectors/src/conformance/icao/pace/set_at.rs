//! MSE:Set AT: mechanism, password, domain parameters (9303-11 §4.4.4.1).

use super::{after_refusal, every, is_refused, is_refused_somewhere, kinds, run_before};
use crate::conformance::bench::{Bench, PaceStep};
use crate::conformance::case::Case;
use crate::conformance::expect::StatusSet;
use crate::conformance::verdict::Played;
use crate::faulty_chip::{Mapping, PaceSet};
use crate::naive::{Cipher, Curve, ModP, object};
use crate::oracle::{Command, Pace};

/// The template's objects, each as it is sent.
struct Template {
    mechanism: Vec<u8>,
    password: Vec<u8>,
    parameters: Vec<u8>,
}

impl Template {
    /// With nothing wrong in it. DO'84' may always be sent.
    fn right(pace: &Pace) -> Self {
        Template {
            mechanism: object(0x80, &pace.set.oid()),
            password: object(0x83, &[pace.reference]),
            parameters: object(0x84, &[pace.set.group.parameter_id()]),
        }
    }

    fn command(self) -> Command {
        let data = [self.mechanism, self.password, self.parameters].concat();
        Command::manage_security_environment(0xC1, 0xA4, data)
    }
}

/// A password that no card has.
const NO_PASSWORDS: [u8; 3] = [0x00, 0x05, 0xFF];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        mechanism("ISO7816_P_5", |oid| object(0x81, oid)),
        mechanism("ISO7816_P_6", |oid| {
            object(0x80, &[&oid[..oid.len() - 2], &[0x7F, 0x02]].concat())
        }),
        mechanism("ISO7816_P_7", |oid| object(0x80, &object(0x06, oid))),
        at_some_step("ISO7816_P_9", |bench, _, template| Template {
            parameters: object(0x84, &[unknown_parameters(bench)]),
            ..template
        }),
        at_some_step("ISO7816_P_64", |_, _, template| Template {
            mechanism: Vec::new(),
            ..template
        }),
        mechanism("ISO7816_P_65", |_| object(0x80, &[])),
        mechanism("ISO7816_P_66", |oid| object(0x80, &[oid, &[0x02]].concat())),
        mechanism("ISO7816_P_67", |oid| object(0x80, &oid[..oid.len() - 1])),
        mechanism_of("ISO7816_P_68", |bench, _| {
            object(0x80, &not_offered(bench).unwrap_or_default())
        }),
        password("ISO7816_P_69", |_| Vec::new()),
        password("ISO7816_P_70", |_| object(0x83, &[])),
        password("ISO7816_P_71", |reference| vec![0x83, 0x03, reference]),
        password("ISO7816_P_72", |reference| object(0x83, &[reference, 0xFF])),
        at_set_at("ISO7816_P_75", |_, _, template| Template {
            parameters: object(0x84, &[]),
            ..template
        }),
        mechanism("ISO7816_P_77", |oid| object(0x06, oid)),
    ];
    cases.push(Case::new("ISO7816_P_8", |bench| {
        for reference in NO_PASSWORDS {
            refused_at_set_at(bench, &move |_, _, template| Template {
                password: object(0x83, &[reference]),
                ..template
            })?;
        }
        Ok(())
    }));
    cases
}

type Bent = dyn Fn(&Bench<'_>, &Pace, Template) -> Template;

/// Refused at MSE:Set AT, or, where a card looks at it only then, at the GENERAL AUTHENTICATE behind it.
fn refused_at_set_at(bench: &mut Bench<'_>, bend: &Bent) -> Played {
    for parameters in kinds(bench, every)? {
        let pace = run_before(bench, &parameters, PaceStep::SetAt)?;
        let command = bend(bench, &pace, Template::right(&pace)).command();
        let step = PaceStep::SetAt.name();
        let answer = bench.send_plain(&command)?.expect_no_data(step)?;
        if !StatusSet::REFUSAL.has(answer.status) {
            answer.expect(step, StatusSet::SUCCESS)?;
        }
        is_refused(bench, PaceStep::Nonce, &pace.ask_nonce())?;
        after_refusal(bench, &parameters, &pace)?;
    }
    Ok(())
}

fn at_set_at(
    id: &str,
    bend: impl Fn(&Bench<'_>, &Pace, Template) -> Template + Send + Sync + 'static,
) -> Case {
    Case::new(id, move |bench| refused_at_set_at(bench, &bend))
}

/// Refused at MSE:Set AT or at any step behind it: the suite plays the whole run.
fn at_some_step(
    id: &str,
    bend: impl Fn(&Bench<'_>, &Pace, Template) -> Template + Send + Sync + 'static,
) -> Case {
    Case::new(id, move |bench| {
        for parameters in kinds(bench, every)? {
            let mut pace = run_before(bench, &parameters, PaceStep::SetAt)?;
            let command = bend(bench, &pace, Template::right(&pace)).command();
            let step = PaceStep::SetAt.name();
            let answer = bench.send_plain(&command)?.expect_no_data(step)?;
            if !StatusSet::REFUSAL.has(answer.status) {
                answer.expect(step, StatusSet::SUCCESS)?;
                is_refused_somewhere(bench, &mut pace, PaceStep::Nonce)?;
            }
            after_refusal(bench, &parameters, &pace)?;
        }
        Ok(())
    })
}

fn mechanism_of(id: &str, bent: impl Fn(&Bench<'_>, &[u8]) -> Vec<u8> + Send + Sync + 'static) -> Case {
    at_set_at(id, move |bench, pace, template| Template {
        mechanism: bent(bench, &pace.set.oid()),
        ..template
    })
}

fn mechanism(id: &str, bent: fn(&[u8]) -> Vec<u8>) -> Case {
    mechanism_of(id, move |_, oid| bent(oid))
}

fn password(id: &str, bent: fn(u8) -> Vec<u8>) -> Case {
    at_set_at(id, move |_, pace, template| Template {
        password: bent(pace.reference),
        ..template
    })
}

/// Domain parameters that the card does not offer: of those reserved for future use.
fn unknown_parameters(bench: &Bench<'_>) -> u8 {
    let sets = &bench.statement.pace;
    let is_known = |id: u8| sets.iter().any(|known| known.set.group.parameter_id() == id);
    (19..=31).rev().find(|id| !is_known(*id)).unwrap_or(31)
}

/// The object identifier of a protocol of PACE that the card does not offer.
fn not_offered(bench: &Bench<'_>) -> Option<[u8; 10]> {
    let mappings = [Mapping::Generic, Mapping::Integrated, Mapping::ChipAuthentication];
    let ciphers = [Cipher::Aes256, Cipher::Aes192, Cipher::Aes128, Cipher::TripleDes];
    let groups = [Curve::P256.into(), ModP::Bits2048Order256.into()];
    let is_offered = |oid: &[u8; 10]| bench.statement.pace.iter().any(|known| known.set.oid() == *oid);
    for mapping in mappings {
        for cipher in ciphers {
            for group in groups {
                // The mapping with a chip's key is on curves, and has AES.
                if mapping == Mapping::ChipAuthentication
                    && (cipher == Cipher::TripleDes || group != Curve::P256.into())
                {
                    continue;
                }
                let oid = PaceSet {
                    mapping,
                    cipher,
                    group,
                }
                .oid();
                if !is_offered(&oid) {
                    return Some(oid);
                }
            }
        }
    }
    None
}
