//! The checks before a batch: whether there is room on the disk, the clock can be right, the document signer may sign, the readers are
//! there, the stock has the chips, and somebody may do it.
//!
//! Nothing is changed by them, and the signer is not asked to sign: each signature is accounted.

mod clock;
mod disk;
pub mod finding;
mod ledger;
mod readers;
mod signer;

use std::path::Path;

use personalization::pki::directory::DocumentSignerDirectory;

pub use self::finding::{Area, Finding, State};
use crate::environment::Environment;
use crate::ledger::LedgerStore;
use crate::ledger::event::Role;

/// What cards are to be made with.
pub struct Needs<'a> {
    /// The station's name, as its stock and ledger have it.
    pub station: &'a str,
    /// The station's directory, where drafts, receipts and ledger are.
    pub directory: &'a Path,
    /// How many cards are to be made.
    pub cards: u32,
    /// How often the document signer signs for each: 1, or 2 with EF.CardSecurity.
    pub signatures_per_card: u32,
    /// The readers, as `--reader` names them; none means that any will do. `None` where nobody has chosen yet.
    pub readers: Option<&'a [String]>,
    /// The document signer, where it is known already.
    pub document_signer: Option<&'a DocumentSignerDirectory>,
}

/// Looks at everything. The findings are in the order in which somebody would mend them.
///
/// Never fails: what cannot be looked at is a finding.
#[must_use]
pub fn check(environment: &Environment, store: &dyn LedgerStore, needs: &Needs<'_>) -> Vec<Finding> {
    let now = environment.clock.now();
    let machine = &*environment.machine;
    let mut findings = vec![
        disk::room(machine, needs),
        ledger::tail(store),
        clock::plausible(store, now),
    ];
    if let Some(directory) = needs.document_signer {
        findings.extend(signer::may_sign(machine, directory, needs, now));
    }
    if let Some(readers) = needs.readers {
        findings.extend(readers::present(machine, &*environment.readers, readers));
    }
    findings.extend(ledger::stock(store, needs));
    findings.push(ledger::unsettled(store));
    findings.push(ledger::unpurged(store));
    findings.push(officers(store));
    findings
}

/// The first finding with which no card may be made, if there is one.
#[must_use]
pub fn obstacle(findings: &[Finding]) -> Option<&Finding> {
    findings.iter().find(|finding| finding.state == State::Missing)
}

/// Whoever asks and whoever says yes are two people.
fn officers(store: &dyn LedgerStore) -> Finding {
    let officers = match store.officers() {
        Ok(officers) => officers,
        Err(error) => return ledger::unreadable(&error),
    };
    let names = |role| -> Vec<&str> {
        let of_role = officers.iter().filter(|officer| officer.role == role);
        of_role.map(|officer| officer.name.as_str()).collect()
    };
    let (operators, supervisors) = (names(Role::Operator), names(Role::Supervisor));
    let two = supervisors.iter().any(|supervisor| {
        operators
            .iter()
            .chain(&supervisors)
            .any(|other| other != supervisor)
    });
    let found = format!(
        "operators: {}; supervisors: {}",
        listed(&operators),
        listed(&supervisors)
    );
    if two {
        Finding::ready(Area::Officers, "officers", found)
    } else {
        Finding::missing(Area::Officers, "officers", format!("no two people: {found}"))
            .mend("name an operator and another person with the role supervisor in the station's ledger")
    }
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
