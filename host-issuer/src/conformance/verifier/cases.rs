//! Cases of BSI TR-03105-5.1 (version 1.5 of 2020) that are not played, or whose demand other standards have overtaken.

/// How a case stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// What it demands holds.
    InForce,
    /// The guideline itself withdrew it, or a newer standard demands the opposite; why. Its documents are judged by what holds today.
    Obsolete(&'static str),
    /// It cannot be played; why.
    NotPlayed(&'static str),
}

const WITHDRAWN: &str = "withdrawn by the guideline itself";
const SHA_1: &str = "wants SHA-1 to be believed, which is not among the hash algorithms of Doc 9303-12 §4.4: its document must not be \
                     believed";
const DSA: &str = "DSA is in no library that this verifier uses and in no document that is issued: INCONCLUSIVE, as the document \
                   `ds-with-a-key-of-dsa`";

/// How a case stands today.
#[must_use]
pub fn standing(id: &str) -> Standing {
    use Standing::{InForce, NotPlayed, Obsolete};
    match id {
        "ISO7816_F_03" => {
            Obsolete("withdrawn: Doc 9303-11 §6.1 has no Active Authentication with RSASSA-PSS")
        }
        "LDS_H_16" | "LDS_H_34" | "LDS_H_35" => Obsolete(WITHDRAWN),
        "LDS_H_01" | "LDS_H_02" | "LDS_H_09" | "LDS_H_79" => Obsolete(SHA_1),
        "LDS_H_15" => Obsolete(
            "wants an EF.SOD without its signer's certificate to be believed, which Doc 9303-10 §4.6.2.2 requires there: its document \
             must not be believed",
        ),
        "LDS_H_08" | "LDS_H_97" | "LDS_H_98" => NotPlayed(DSA),
        _ => InForce,
    }
}
