//! How many cases of a unit came to which verdict.

use crate::conformance::catalogue::{Suite, layers};
use crate::conformance::record::{CaseRecord, Kind};

/// A unit in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerTally {
    /// The suite.
    pub suite: Suite,
    /// The unit.
    pub layer: String,
    /// Cases by verdict, in the order of [`Kind::ALL`].
    pub counts: [usize; 4],
}

/// The units of which there are cases, in the catalogue's order.
pub fn tally(cases: &[CaseRecord]) -> Vec<LayerTally> {
    let mut tallies: Vec<LayerTally> = layers()
        .iter()
        .map(|layer| LayerTally {
            suite: layer.suite,
            layer: layer.name.clone(),
            counts: [0; 4],
        })
        .collect();
    for case in cases {
        let of_case = |tally: &&mut LayerTally| tally.suite == case.suite && tally.layer == case.layer;
        match tallies.iter_mut().find(of_case) {
            Some(tally) => tally.count(case.verdict),
            // A report of another version of the suite may have other units.
            None => {
                let mut tally = LayerTally {
                    suite: case.suite,
                    layer: case.layer.clone(),
                    counts: [0; 4],
                };
                tally.count(case.verdict);
                tallies.push(tally);
            }
        }
    }
    tallies.retain(|tally| tally.counts != [0; 4]);
    tallies
}

impl LayerTally {
    fn count(&mut self, verdict: Kind) {
        self.counts[verdict as usize] += 1;
    }
}

/// All units together.
pub(super) fn sum(tallies: &[LayerTally]) -> [usize; 4] {
    tallies.iter().fold([0; 4], |mut sum, tally| {
        for (sum, count) in sum.iter_mut().zip(tally.counts) {
            *sum += count;
        }
        sum
    })
}
