//! What the printer gets of a card (`eid.print/1`), the CAN among it. To be destroyed after printing.

use personalization::citizen::{CitizenRecord, Expiry};
use personalization::image::{Can, HolderSecrets};
use personalization::job;
use personalization::mrz::MrzError;
use personalization::profile::CheckedProfile;
use serde::Serialize;
use zeroize::Zeroizing;

/// `eid.print/1`.
#[derive(Serialize)]
pub struct PrintData<'a> {
    schema: &'static str,
    card_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    can: Option<&'a str>,
    /// For the sealed letter to the holder, never for the card itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    letter: Option<LetterJson<'a>>,
    mrz: Vec<String>,
    citizen_number: &'a str,
    full_name: String,
    birth_date: String,
    sex: &'static str,
    nationality: &'a str,
    place_of_origin: &'a str,
    residence: &'a str,
    issue_date: String,
    /// `YYYY-MM-DD`, or `unlimited`.
    expiry_date: String,
}

/// What only the holder may know.
#[derive(Serialize)]
struct LetterJson<'a> {
    pin: &'a str,
    puk: &'a str,
}

impl<'a> PrintData<'a> {
    /// What is printed on this person's card.
    ///
    /// # Errors
    /// [`MrzError`] when the record fits no machine-readable zone; none for one that a card was made of.
    pub fn new(
        record: &'a CitizenRecord,
        profile: &CheckedProfile,
        card_id: &'a str,
        can: &'a Can,
        holder: Option<&'a HolderSecrets>,
    ) -> Result<Self, MrzError> {
        let zone = job::mrz(record, profile)?;
        // A card without PACE has no use for a CAN, and none is printed.
        let has_pace = !profile.pace_infos().is_empty();
        Ok(Self {
            schema: "eid.print/1",
            card_id,
            can: has_pace.then(|| can.digits()),
            letter: holder.map(|secrets| LetterJson {
                pin: secrets.pin(),
                puk: secrets.puk(),
            }),
            mrz: zone.lines().into_iter().map(str::to_owned).collect(),
            citizen_number: record.citizen_number().as_str(),
            full_name: record.full_name(),
            birth_date: record.birth_date().iso(),
            sex: record.sex().vietnamese(),
            nationality: record.nationality(),
            place_of_origin: record.place_of_origin(),
            residence: record.residence(),
            issue_date: record.issue_date().to_string(),
            expiry_date: match record.expiry() {
                Expiry::On(date) => date.to_string(),
                Expiry::Unlimited => "unlimited".to_owned(),
            },
        })
    }

    /// The file's content.
    ///
    /// # Errors
    /// The encoder's own; none is known.
    pub fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
        serde_json::to_vec_pretty(self).map(Zeroizing::new)
    }
}
