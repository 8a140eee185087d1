//! What is wrong with a card: a rule that it neglects, a step that it does wrong, or a file that was altered.

use test_vectors::faulty_chip::{BadProtection, Fault, FaultyChip, Lapse, Misdeed, Setup, Step};

use crate::alteration::Alteration;
use crate::chip::Chip;

/// A defect.
#[derive(Clone, Debug)]
pub enum Defect {
    /// A rule that is neglected.
    Lapse(Lapse),
    /// A step that is done wrong.
    Fault(&'static str, Fault),
    /// A file that is not what it was.
    Alteration(Alteration),
}

impl Defect {
    /// Every lapse and fault.
    pub fn of_behaviour() -> Vec<Defect> {
        let lapses = Lapse::ALL.iter().copied().map(Defect::Lapse);
        let protection = |bad| Fault::new(Step::Read, Misdeed::Protection(bad));
        let faults = [
            ("fault-read-without-mac", protection(BadProtection::NoMac)),
            ("fault-read-with-wrong-mac", protection(BadProtection::WrongMac)),
            ("fault-read-without-status", protection(BadProtection::NoStatus)),
            ("fault-read-in-plain", protection(BadProtection::Plain)),
            (
                "fault-select-of-the-master-file",
                Fault::new(Step::SelectMasterFile, Misdeed::Refuse(0x6D00)),
            ),
            (
                "fault-pace-without-point",
                Fault::new(Step::PaceKeyAgreement, Misdeed::NoData),
            ),
        ];
        let faults = faults.map(|(name, fault)| Defect::Fault(name, fault));
        lapses.chain(faults).collect()
    }

    /// Its name in the table.
    pub fn name(&self) -> String {
        match self {
            Defect::Lapse(lapse) => lapse.name(),
            Defect::Fault(name, _) => (*name).to_owned(),
            Defect::Alteration(alteration) => alteration.name(),
        }
    }

    /// The cards that it may be seen on.
    pub fn concerns(&self, card: &str) -> bool {
        let name = self.name();
        let cards: &[&str] = match name.split('-').next().unwrap_or_default() {
            "pace" => &["full", "mapping", "mod-p", "integrated"],
            "pin" | "puk" => &["integrated", "pin"],
            "chip" => &["full", "mapping", "mod-p"],
            "signs" => &["full", "mapping"],
            "terminal" => &["full"],
            _ if name.contains("bac") => &["full", "basic"],
            _ => &["full", "mapping", "basic"],
        };
        match self {
            Defect::Alteration(alteration) => alteration.card() == card,
            _ => cards.contains(&card),
        }
    }

    /// The card with this defect.
    pub fn chip(&self, setup: &Setup) -> Chip {
        let setup = setup.clone();
        Chip(match self {
            Defect::Lapse(lapse) => FaultyChip::new(setup, Vec::new()).neglecting(&[*lapse]),
            Defect::Fault(_, fault) => FaultyChip::new(setup, vec![fault.clone()]),
            Defect::Alteration(alteration) => FaultyChip::new(alteration.of(setup), Vec::new()),
        })
    }
}
