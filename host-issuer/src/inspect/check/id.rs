//! The names of the checks. They are a contract: programs read them from `eid verify --json`.

use std::fmt;

/// Makes [`CheckId`], its names and the list of all of them from one table, so that none is forgotten in any.
macro_rules! checks {
    (
        $( $(#[$comment:meta])+ $name:ident = $text:literal, )+
        numbered: $( $(#[$numbered_comment:meta])+ $numbered:ident = $before:literal $after:literal, )+
    ) => {
        /// One named check.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum CheckId {
            $( $(#[$comment])+ $name, )+
            $( $(#[$numbered_comment])+ $numbered(u8), )+
        }

        impl CheckId {
            /// Every check, those of data groups with each of the numbers 1 to 16.
            pub fn all() -> impl Iterator<Item = Self> {
                let single = [$( Self::$name, )+];
                let numbered = (1..=16).flat_map(|number| [$( Self::$numbered(number), )+]);
                single.into_iter().chain(numbered)
            }

            /// The check of this name; `None` when there is none.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::all().find(|id| id.to_string() == name)
            }
        }

        impl fmt::Display for CheckId {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $( Self::$name => formatter.write_str($text), )+
                    $( Self::$numbered(number) => write!(formatter, "{}{number}{}", $before, $after), )+
                }
            }
        }
    };
}

checks! {
    /// How the chip was opened: PACE by which mapping, Basic Access Control, or not at all (Doc 9303-11 §4).
    Access = "access",
    /// The chip was opened with the strongest that it offers: no PACE failed before, nothing weaker was picked.
    Downgrade = "downgrade",
    /// EF.SOD is CMS SignedData as Doc 9303-10 §4.6.2.2 profiles it, with its signer's certificate.
    CmsStructure = "cms_structure",
    /// The signed content is an LDS security object (Doc 9303-10 §4.6.2.3).
    LdsSecurityObject = "lds_security_object",
    /// Every hash of the chain of trust is one that is believed (Doc 9303-12 §4.4); SHA-1 is not.
    HashPolicy = "hash_policy",
    /// The signed attributes name the LDS security object and hold its digest (RFC 5652 §11).
    SignedAttributes = "signed_attributes",
    /// The document signer signed (RFC 5652 §5.6).
    SodSignature = "sod_signature",
    /// The signer's certificate may sign documents and nothing else (Doc 9303-12 §7.1.1).
    DsProfile = "ds_profile",
    /// A trusted CSCA with the issuer's name and key identifier is known.
    Chain = "chain",
    /// That CSCA signed the document signer's certificate.
    ChainSignature = "chain_signature",
    /// The document was signed while the document signer's key was in use.
    DsKeyUsagePeriod = "ds_key_usage_period",
    /// Both certificates are valid now.
    CertificateValidity = "certificate_validity",
    /// The document signer's certificate was issued while the CSCA's key was in use.
    CscaKeyUsagePeriod = "csca_key_usage_period",
    /// The date of issue, where EF.SOD has a signing time beside it, is in the use of the document signer's key as well.
    IssueDate = "issue_date",
    /// A fresh CRL of that CSCA does not list the document signer (Doc 9303-12 §7.1.4).
    Revocation = "revocation",
    /// EF.COM and EF.SOD list the same data groups and are of the same versions (Doc 9303-10 §4.6.1).
    ComMatchesSod = "com_matches_sod",
    /// What EF.CardAccess announced in clear is in the signed DG14 (Doc 9303-11 §9.2).
    CardAccessMatchesDg14 = "card_access_matches_dg14",
    /// What EF.CardAccess announced in clear is in the signed EF.CardSecurity (Doc 9303-11 §9.2.11).
    CardAccessMatchesCardSecurity = "card_access_matches_card_security",
    /// EF.CardSecurity and DG14 have the same key under the same identifier.
    CardSecurityMatchesDg14 = "card_security_matches_dg14",
    /// DG1 is a machine readable zone and its check digits hold (Doc 9303-3 §4.9).
    Mrz = "mrz",
    /// CSCA, document signer and DG1 are of one country (Doc 9303-12 §7.1.1).
    Country = "country",
    /// The document signer may sign documents of DG1's type (document type list).
    DocumentType = "document_type",
    /// DG1 and the national data of DG13 say the same about the holder.
    Dg1MatchesDg13 = "dg1_matches_dg13",
    /// DG1 and DG11 say the same about the holder.
    Dg1MatchesDg11 = "dg1_matches_dg11",
    /// DG11 and the national data of DG13 say the same about the holder.
    Dg11MatchesDg13 = "dg11_matches_dg13",
    /// DG12 and the national data of DG13 say the same about the document.
    Dg12MatchesDg13 = "dg12_matches_dg13",
    /// DG1 is the machine readable zone that is printed on the card.
    Dg1MatchesPrintedMrz = "dg1_matches_printed_mrz",
    /// The QR code that is printed on the card and DG1 say the same.
    QrMatchesDg1 = "qr_matches_dg1",
    /// The QR code that is printed on the card and DG13 say the same.
    QrMatchesDg13 = "qr_matches_dg13",
    /// The document has not expired.
    DocumentExpiry = "document_expiry",
    /// EF.CardSecurity is signed by a trusted document signer.
    CardSecurity = "card_security",
    /// The chip proved a signed key in PACE with chip authentication mapping (Doc 9303-11 §4.4.3.5).
    PaceCam = "pace_cam",
    /// The chip proved a signed key by Chip Authentication (Doc 9303-11 §6.2).
    ChipAuthentication = "chip_authentication",
    /// The chip proved the key of DG15 by Active Authentication (Doc 9303-11 §6.1).
    ActiveAuthentication = "active_authentication",
    /// The chip granted this terminal its rights (Doc 9303-11 §7.1). Says nothing of the document.
    TerminalAuthentication = "terminal_authentication",
    /// The chip proved in one of these ways that it is no copy.
    CloneProof = "clone_proof",
    /// The issuing State's deviation list names no fault of documents like this one (Doc 9303-3 §7.3). Moves no verdict.
    DeviationList = "deviation_list",
    /// The issuing State's deviation list does not say that Active Authentication keys of such documents are in other hands; is
    /// there only where it does.
    AaKeyCompromised = "aa_key_compromised",
    numbered:
    /// A data group that EF.SOD lists has the signed digest.
    DgDigest = "dg" "_digest",
    /// A data group that the chip gave is listed in EF.SOD.
    DgListed = "dg" "_listed",
    /// A data group is built as Doc 9303-10 §4.7 has it. DG1 is judged by `mrz`.
    DgStructure = "dg" "_structure",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back() {
        let all: Vec<_> = CheckId::all().collect();
        assert_eq!(all.len(), 38 + 3 * 16);
        for id in &all {
            assert_eq!(CheckId::from_name(&id.to_string()), Some(*id));
        }
        assert_eq!(CheckId::from_name("dg17_digest"), None);
    }
}
