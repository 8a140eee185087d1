//! What a card may neglect, as data: each lapse breaks one rule, and a chip with it shows whether the conformance suite can tell.

use std::cell::RefCell;
use std::collections::BTreeSet;

macro_rules! lapses {
    ($($(#[$doc:meta])* $variant:ident,)+) => {
        /// A rule that the chip does not keep.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Lapse {
            $($(#[$doc])* $variant,)+
        }

        impl Lapse {
            /// Every one.
            pub const ALL: &[Lapse] = &[$(Lapse::$variant),+];
        }
    };
}

lapses! {
    // Secure messaging: 9303-11 §9.8.
    /// In a session a READ BINARY in plain must not be answered (§9.8.1); this one is, and the session goes on.
    AnswersPlainReads,
    /// A command in plain must end the session (§9.8.1); after SELECT in plain it goes on.
    KeepsSessionAfterPlainSelect,
    /// A wrong MAC must end the session (§9.8.4); it goes on.
    KeepsSessionAfterWrongMac,
    /// A missing MAC must end the session (§9.8.4); it goes on.
    KeepsSessionAfterMissingMac,
    /// DO'8E' must be checked (§9.8.4).
    TakesWrongMac,
    /// DO'8E' must be there (§9.8.4).
    TakesMissingMac,
    /// Each command counts one (§9.8.6); commands that are ahead are taken, too.
    TakesCountersAhead,
    /// Answers in a session must be protected (§9.8.1); refusals come in plain, and the session goes on.
    RefusesInPlain,
    /// An ordinary error must not end the session (§9.8.4).
    EndsSessionWithRefusal,
    /// The class byte must be one that the command has (ISO/IEC 7816-4 §5.4.1).
    IgnoresClass,

    // Basic Access Control: 9303-11 §4.3.
    /// RND.IC has eight bytes (§4.3.2).
    ShortensBacChallenge,
    /// Only the last RND.IC serves (§4.3.2); those before it do, too.
    KeepsBacChallenges,
    /// M.IFD must be checked (§4.3.2).
    IgnoresBacMac,
    /// RND.IC must come back (§4.3.2).
    IgnoresBacChallenge,
    /// M.IC is over E.IC (§4.3.2); it is wrong.
    AnswersWrongBacMac,

    // Files: 9303-10 §3, ISO/IEC 7816-4 §11.
    /// Files of the application are read in a session only (9303-11 §4.1); a selected one is not.
    GivesSelectedFilesToAnybody,
    /// The same; by short identifier it is not.
    GivesShortlyNamedFilesToAnybody,
    /// EF.CardSecurity is read after PACE only (9303-11 §9.2.11).
    GivesCardSecurityToAnybody,
    /// EF.CVCA is read in a session only (9303-10 §4.6.5).
    GivesTrustPointsToAnybody,
    /// DG3 is read by terminals with the right to it only (9303-11 §7).
    GivesFingersToAnybody,
    /// DG4 is read by terminals with the right to it only (9303-11 §7).
    GivesIrisesToAnybody,
    /// READ BINARY with an odd instruction has no access rule.
    GivesAnythingToOddReads,
    /// A file that is not there cannot be selected (ISO/IEC 7816-4 §11.2.2).
    SelectsWhatIsNotThere,
    /// SELECT by file identifier must be supported (9303-10 §3.6.2).
    SelectsNoFile,
    /// The application can be selected by its name (9303-10 §3.6.1).
    SelectsNoApplication,
    /// READ BINARY by short identifier must be supported (9303-10 §3.6.3).
    ReadsNoShortlyNamedFile,
    /// Each short identifier names its file (9303-10 table 33 and figures); these are all one file's.
    ReadsAnotherShortlyNamedFile,
    /// READ BINARY with an odd instruction begins at its offset (ISO/IEC 7816-4 §11.3.3).
    IgnoresOddOffsets,
    /// READ BINARY with an odd instruction is answered with DO'53' (ISO/IEC 7816-4 §11.3.3).
    ForgetsDiscretionaryObject,
    /// READ BINARY with an odd instruction is not there.
    ReadsNothingOddly,
    /// READ BINARY beyond the end is an error (ISO/IEC 7816-4 §11.3.3); answered 9000 without data.
    ReadsBeyondTheEnd,
    /// A Le beyond the end is answered with what is there (ISO/IEC 7816-4 §11.3.3); refused here.
    RefusesLongReads,
    /// READ BINARY is answered 9000 without data.
    ReadsNothing,

    // PACE: 9303-11 §4.4.
    /// DO'80' has the protocol (§4.4.4.1); any first object is taken for it.
    PaceTakesAnyProtocolTag,
    /// DO'80' names a protocol that is offered (§4.4.4.1); anything else is taken for the first of them.
    PaceTakesAnyProtocol,
    /// DO'80' is compared whole (§4.4.4.1).
    PaceComparesProtocolsPartly,
    /// DO'80' must be there (§4.4.4.1).
    PaceNeedsNoProtocol,
    /// DO'83' names a password that is there (§4.4.4.1); anything else is taken for the CAN.
    PaceTakesAnyPassword,
    /// DO'83' must be there (§4.4.4.1).
    PaceNeedsNoPassword,
    /// DO'84' names domain parameters that are offered (§4.4.4.1); what it says does not matter.
    PaceIgnoresParameters,
    /// DO'84' may be there though nothing is ambiguous (§4.4.4.1).
    PaceRefusesParameters,
    /// DO'84' need not be there when nothing is ambiguous (§4.4.4.1).
    PaceDemandsParameters,
    /// The MRZ is a password of PACE (§4.4.1).
    PaceKnowsNoMrz,
    /// The CAN is a password of PACE where there is one (§4.4.1).
    PaceKnowsNoCan,
    /// The template of dynamic authentication data is DO'7C' (§4.4.4.2).
    PaceTakesAnyTemplate,
    /// The template must be there (§4.4.4.2).
    PaceNeedsNoTemplate,
    /// The object in the template is that of the step (§4.4.4.2).
    PaceTakesAnyObject,
    /// There is one object in the template (§4.4.4.2).
    PaceTakesMoreObjects,
    /// All steps but the last are chained (§4.4.4.2).
    PaceIgnoresChaining,
    /// Another command ends the run: it breaks the chain (ISO/IEC 7816-4 §5.4.2).
    PaceGoesOnAfterOtherCommands,
    /// A nonce is drawn each time that it is asked for (§4.4.4); within a run it is the same.
    PaceGivesNoncesTwice,
    /// A public key is as long as the parameters have it (§4.4.4.3).
    PaceTakesKeysOfAnotherSize,
    /// A point begins with 04 (§9.4.4).
    PaceTakesKeysOfAnotherForm,
    /// A public key of zeros is none (§4.4.4.3).
    PaceTakesZeroKeys,
    /// A public key in a MODP group is less than its prime (§4.4.4.3).
    PaceTakesKeysBeyondThePrime,
    /// A point must be on the curve (§4.4.4.3).
    PaceTakesPointsOffTheCurve,
    /// The nonce of integrated mapping is as long as a key (§4.4.3.3.2).
    PaceTakesNoncesOfAnyLength,
    /// T_IFD must be checked (§4.4.4.4).
    PaceTakesWrongTokens,
    /// T_IFD is compared whole (§4.4.4.4): a shorter one, or one with more behind it, is taken.
    PaceComparesTokensPartly,
    /// T_IFD is over DO'7F49' (§9.4); one over its content is taken.
    PaceTakesTokensOfTheBareKey,
    /// T_IC must be right (§4.4.4.4).
    PaceAnswersWrongTokens,
    /// DO'8A' is sent with chip authentication mapping only (§4.4.4.4).
    PaceProvesUnasked,
    /// DO'8A' must prove the static key (§4.4.3.3.3).
    PaceProvesAnotherKey,
    /// PACE inside a session is refused, or the rights are gone (§4.4); they are kept.
    PaceKeepsRights,

    // PIN and PUK: TR-03110-2 §2.4.
    /// With one try left the PIN is suspended.
    PinIsNeverSuspended,
    /// Without a try left the PIN is blocked.
    PinIsNeverBlocked,
    /// A PIN that the CAN resumed is suspended again once the power was gone.
    PinStaysResumed,
    /// A right PIN gives back the tries.
    PinStaysCounted,
    /// Who proved the PIN may change it.
    PinNeverChanges,
    /// Nobody changes the PIN who proved neither it nor the PUK.
    PinIsChangedByAnybody,
    /// A PIN has six digits at least.
    PinIsOfAnyLength,
    /// The PUK unblocks the PIN.
    PukUnblocksNothing,

    // Chip Authentication: 9303-11 §6.2.
    /// The session begins anew with the new keys (§6.2.3); it goes on under the old ones.
    ChipKeepsOldKeys,
    /// When it fails the old session goes on (§6.2.4.3).
    ChipFailureEndsSession,
    /// It needs a session (§6.2.1).
    ChipNeedsNoSession,
    /// DO'91', or DO'80' in DO'7C', has the terminal's key (§6.2.4).
    ChipTakesAnyObject,
    /// DO'84' names a key that is there (§6.2.4).
    ChipTakesAnyReference,
    /// A public key is as long as the parameters have it (§6.2.3), and a point begins with 04 (§9.4.4).
    ChipTakesKeysOfAnotherSize,
    /// A public key of zeros is none (§6.2.3).
    ChipTakesZeroKeys,
    /// A public key in a MODP group is less than its prime (§6.2.3).
    ChipTakesKeysBeyondThePrime,
    /// A point must be on the curve (§6.2.3).
    ChipTakesPointsOffTheCurve,
    /// MSE:Set KAT is refused.
    ChipKnowsNoKat,
    /// MSE:Set AT is refused.
    ChipKnowsNoAt,

    // Active Authentication: 9303-11 §6.1.
    /// RND.IFD has eight bytes (§6.1.2); fewer are taken.
    SignsShortChallenges,
    /// RND.IFD has eight bytes (§6.1.2); more are taken.
    SignsLongChallenges,
    /// The signature is over RND.IFD (§6.1.2).
    SignsSomethingElse,
    /// It is possible in a session (§6.1).
    SignsNothing,

    // Terminal Authentication: TR-03110-1 §3.5, TR-03110-3 appendices B, C and D; 9303-11 §7.
    /// Certificates are taken in a session only.
    TerminalNeedsNoSession,
    /// DO'83' of MSE:Set DST names a key that the chip knows; any other is taken for the trust point.
    TerminalTakesAnyAuthority,
    /// PSO:VERIFY CERTIFICATE needs MSE:Set DST before it.
    TerminalNeedsNoSetDst,
    /// A certificate must be looked at; any is answered 9000, and nothing comes of it.
    TerminalTakesAnyCertificate,
    /// A certificate's signature must be checked.
    TerminalTakesAnySignature,
    /// A certificate has every object, each in its place and no other.
    TerminalTakesStrayObjects,
    /// The body is in DO'7F4E' and the signature in DO'5F37'.
    TerminalTakesAnyTags,
    /// A CHAT must be there and be of inspection systems.
    TerminalNeedsNoChat,
    /// The dates must be there.
    TerminalNeedsNoDates,
    /// The dates are days of the calendar.
    TerminalTakesAnyDates,
    /// A certificate does not expire before it begins.
    TerminalTakesReversedDates,
    /// The public key is of id-TA and whole.
    TerminalTakesAnyKeys,
    /// Authorities sign verifiers, verifiers terminals, and nobody else anybody.
    TerminalIgnoresRoles,
    /// Certificates that have expired are refused.
    TerminalTakesExpired,
    /// The date does not move by a certificate that is refused.
    TerminalMovesDateByRefused,
    /// The date does not move by the certificate of a foreign terminal.
    TerminalMovesDateByForeign,
    /// The date moves by the certificate of a domestic terminal.
    TerminalKeepsDateOfTerminals,
    /// The date moves by the certificate of a verifier.
    TerminalKeepsDateOfVerifiers,
    /// A link certificate moves the trust point.
    TerminalKeepsTrustPoint,
    /// EF.CVCA names the trust points.
    TerminalKeepsEfCvca,
    /// The keys of certificates are forgotten with the session.
    TerminalKeepsKeys,
    /// DO'83' of MSE:Set AT names the key of a terminal that was shown; any other is taken for it.
    TerminalTakesAnyReference,
    /// Only a terminal's key gives rights, no verifier's and no authority's.
    TerminalTakesAnyHolder,
    /// MSE:Set AT is DO'83' and nothing else.
    TerminalTakesStrayReferences,
    /// EXTERNAL AUTHENTICATE needs MSE:Set AT before it.
    TerminalNeedsNoSetAt,
    /// EXTERNAL AUTHENTICATE needs GET CHALLENGE before it; a challenge of zeros is taken.
    TerminalNeedsNoChallenge,
    /// A challenge serves once, and only the last one.
    TerminalKeepsChallenges,
    /// r_IC is signed whole.
    TerminalTakesShortChallenges,
    /// The terminal's signature must be checked.
    TerminalTakesAnyProof,
    /// The terminal's signature is over ID_IC, too.
    TerminalIgnoresIdentity,
    /// The rights are those that all certificates have.
    TerminalTakesOwnRights,
    /// Certificates alone give no rights.
    TerminalNeedsNoProof,
    /// Rights end with the session.
    TerminalKeepsRights,
    /// Terminal Authentication is refused.
    TerminalKnowsNothing,
}

impl Lapse {
    /// Its name in tables: `answers-plain-reads`.
    pub fn name(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }
}

/// The rules that a chip does not keep, and those that ever mattered.
#[derive(Clone, Debug, Default)]
pub(super) struct Lapses {
    held: Vec<Lapse>,
    asked: RefCell<BTreeSet<Lapse>>,
}

impl Lapses {
    pub(super) fn new(held: &[Lapse]) -> Self {
        Lapses {
            held: held.to_vec(),
            asked: RefCell::default(),
        }
    }

    /// Whether the rule is neglected. To be asked where it makes a difference, and nowhere else.
    pub(super) fn has(&self, lapse: Lapse) -> bool {
        self.asked.borrow_mut().insert(lapse);
        self.held.contains(&lapse)
    }

    /// What was asked for.
    pub(super) fn asked(&self) -> BTreeSet<Lapse> {
        self.asked.borrow().clone()
    }
}
