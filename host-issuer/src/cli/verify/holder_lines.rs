//! The holder's data as lines of a label and a value, for the screen and for the page.

use crate::inspect::{Holder, NationalData, PersonalDetails};

/// One line. What a value says is the card's: it is escaped where it is shown.
pub(super) struct HolderLine {
    /// What it is.
    pub(super) label: &'static str,
    /// What the card says.
    pub(super) value: String,
    /// Whether a clerk needs it in any case.
    pub(super) essential: bool,
}

/// Everything that the card says of its holder, the essential lines first in each group.
pub(super) fn holder_lines(holder: &Holder) -> Vec<HolderLine> {
    let national = holder.national.as_ref();
    let field = |pick: fn(&NationalData) -> &Option<String>| national.and_then(|data| pick(data).clone());
    let personal = holder.personal.as_ref();
    let detail = |pick: fn(&PersonalDetails) -> &Option<String>| personal.and_then(|data| pick(data).clone());
    let document = holder.document.as_ref();
    let mut lines = Vec::new();
    let mut line = |label, value: Option<String>, essential| {
        lines.extend(value.map(|value| HolderLine {
            label,
            value,
            essential,
        }));
    };
    line("Name", Some(holder.name()), true);
    let number = field(|data| &data.citizen_number).or_else(|| detail(|data| &data.personal_number));
    line(
        "Number",
        number.or_else(|| Some(holder.document_number.clone())),
        true,
    );
    let born = field(|data| &data.birth_date).or_else(|| detail(|data| &data.birth_date));
    line("Born", born.or_else(|| Some(holder.birth_date.clone())), true);
    // A card without end has a date in the zone all the same, and the words for it in DG13.
    let until = field(|data| &data.expiry_date).or_else(|| holder.expiry_date.clone());
    line(
        "Valid until",
        until.or_else(|| Some("no expiry".to_owned())),
        true,
    );
    let card = format!(
        "{} {} {}",
        holder.document_code, holder.issuing_state, holder.document_number
    );
    line("Document", Some(card), false);
    line(
        "Sex",
        field(|data| &data.sex).or_else(|| Some(holder.sex.to_string())),
        false,
    );
    let nationality = field(|data| &data.nationality);
    line(
        "Nationality",
        nationality.or_else(|| Some(holder.nationality.clone())),
        false,
    );
    line("Origin", field(|data| &data.place_of_origin), false);
    line("Born in", detail(|data| &data.place_of_birth), false);
    let residence = field(|data| &data.residence).or_else(|| detail(|data| &data.address));
    line("Residence", residence, false);
    line("Telephone", detail(|data| &data.telephone), false);
    line("Profession", detail(|data| &data.profession), false);
    line("Title", detail(|data| &data.title), false);
    line("Marks", field(|data| &data.identifying_marks), false);
    let issued = field(|data| &data.issue_date);
    line(
        "Issued",
        issued.or_else(|| document.and_then(|data| data.issue_date.clone())),
        false,
    );
    line(
        "Issued by",
        document.and_then(|data| data.issuing_authority.clone()),
        false,
    );
    line(
        "Endorsed",
        document.and_then(|data| data.endorsements.clone()),
        false,
    );
    for person in &holder.persons_to_notify {
        let known = [&person.name, &person.telephone, &person.address];
        let known: Vec<&str> = known.into_iter().flatten().map(String::as_str).collect();
        line("Notify", Some(known.join("; ")), false);
    }
    lines
}
