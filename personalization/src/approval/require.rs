//! Who has to approve, and whether they did.

use super::Approval;
use super::error::{APPROVALS, ApprovalError};
use super::officer::{self, Officer};

/// A place among those who approve. Each is taken by another person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat<'a, R> {
    /// The roles of which one is needed.
    pub roles: &'a [R],
    /// The officer whose place it is, where it is one's.
    pub officer: Option<&'a str>,
}

/// Checks that two different ones of these officers approved `subject`.
///
/// # Errors
/// [`ApprovalError`]: the first approval that is wrong, or how many are missing.
pub fn require(officers: &[Officer], approvals: &[Approval], subject: &[u8]) -> Result<(), ApprovalError> {
    let officers: Vec<(Officer, ())> = officers.iter().map(|officer| (officer.clone(), ())).collect();
    let anybody = Seat {
        roles: &[()],
        officer: None,
    };
    require_in_roles(&officers, approvals, subject, &[anybody; APPROVALS])
}

/// Checks that every seat is taken by another one of these officers, who has a role for it and approved `subject`. Seats are given
/// in their order, to the first who may have them: put those of a certain officer first.
///
/// # Errors
/// [`ApprovalError`]: the first approval that is wrong, whose role is not enough, or how many are missing. An approval that no seat
/// needs must be right all the same.
pub fn require_in_roles<R: Copy + PartialEq>(
    officers: &[(Officer, R)],
    approvals: &[Approval],
    subject: &[u8],
    seats: &[Seat<'_, R>],
) -> Result<(), ApprovalError> {
    let everybody: Vec<&Officer> = officers.iter().map(|(officer, _)| officer).collect();
    officer::check(&everybody)?;
    let mut free = Vec::new();
    for (index, approval) in approvals.iter().enumerate() {
        let (officer, role) = officers
            .iter()
            .find(|(officer, _)| officer.name() == approval.officer())
            .ok_or_else(|| ApprovalError::Stranger(approval.officer().to_owned()))?;
        must_be_by(approval, officer, &everybody, subject)?;
        let same = |other: &Approval| other.officer() == approval.officer();
        if approvals.iter().take(index).any(same) {
            return Err(ApprovalError::SamePerson(approval.officer().to_owned()));
        }
        free.push((officer, *role));
    }
    for seat in seats {
        let in_place = |officer: &Officer| seat.officer.is_none_or(|name| name == officer.name());
        let taken = free
            .iter()
            .position(|(officer, role)| in_place(officer) && seat.roles.contains(role));
        match taken {
            Some(index) => drop(free.remove(index)),
            None => {
                let unfit = free.iter().find(|(officer, _)| in_place(officer));
                return Err(match unfit {
                    Some((officer, _)) => ApprovalError::Role(officer.name().to_owned()),
                    None => ApprovalError::Missing {
                        found: approvals.len().min(seats.len().saturating_sub(1)),
                    },
                });
            }
        }
    }
    Ok(())
}

/// Whether this officer signed it; who did, where it was another.
fn must_be_by(
    approval: &Approval,
    officer: &Officer,
    everybody: &[&Officer],
    subject: &[u8],
) -> Result<(), ApprovalError> {
    if approval.is_by(officer, subject) {
        return Ok(());
    }
    let other = everybody.iter().find(|other| approval.is_by(other, subject));
    Err(match other {
        Some(other) => ApprovalError::OtherKey {
            officer: officer.name().to_owned(),
            by: other.name().to_owned(),
        },
        None => ApprovalError::Invalid(officer.name().to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use time::macros::datetime;

    use super::*;
    use crate::approval::check_officers;
    use crate::signer::{FileSigner, Signer as _};

    const AT: OffsetDateTime = datetime!(2026-11-24 09:00 UTC);

    fn person(name: &str) -> (Officer, FileSigner) {
        let key = FileSigner::generate(&mut getrandom::SysRng).unwrap();
        (Officer::new(name, &key.public_point()).unwrap(), key)
    }

    #[test]
    fn two_officers_approve_and_nobody_else() {
        let (an, an_key) = person("An");
        let (binh, binh_key) = person("Bình");
        let (_, stranger_key) = person("Chi");
        let officers = [an, binh];
        let subject = b"a proposal";
        let sign = |name: &str, key: &FileSigner| Approval::sign(name, subject, AT, key).unwrap();
        let (first, second) = (sign("An", &an_key), sign("Bình", &binh_key));
        let json = serde_json::to_vec(&first).unwrap();
        assert_eq!(Approval::from_json(&json).unwrap(), first);

        let both = [first.clone(), second.clone()];
        assert_eq!(require(&officers, &both, subject), Ok(()));
        assert_eq!(
            require(&officers, &both, b"another proposal"),
            Err(ApprovalError::Invalid("An".into()))
        );
        assert_eq!(
            require(&officers, &both[..1], subject),
            Err(ApprovalError::Missing { found: 1 })
        );
        assert_eq!(
            require(&officers, &[first.clone(), first.clone()], subject),
            Err(ApprovalError::SamePerson("An".into()))
        );
        let as_somebody = sign("Chi", &stranger_key);
        assert_eq!(
            require(&officers, &[first.clone(), as_somebody], subject),
            Err(ApprovalError::Stranger("Chi".into()))
        );
        let as_another = sign("Bình", &an_key);
        assert_eq!(
            require(&officers, &[first.clone(), as_another], subject),
            Err(ApprovalError::OtherKey {
                officer: "Bình".into(),
                by: "An".into()
            })
        );
        // Each field is signed, and has one form.
        let json = String::from_utf8(first.to_json().unwrap()).unwrap();
        let (other_at, other_name) = (json.replace("T09", "T10"), json.replace("\"An\"", "\"Bình\""));
        let small = json
            .to_lowercase()
            .replace("an\"", "An\"")
            .replace("t09:00:00z", "T09:00:00Z");
        for altered in [other_at, other_name, small] {
            let altered = Approval::from_json(altered.as_bytes()).unwrap();
            assert_ne!(altered, first);
            assert!(require(&officers, &[altered, second.clone()], subject).is_err());
        }
    }

    #[test]
    fn a_role_is_needed_for_each_seat_and_nobody_has_two() {
        let (an, an_key) = person("An");
        let (binh, binh_key) = person("Bình");
        let (chi, chi_key) = person("Chi");
        let officers = [(an, 'o'), (binh, 's'), (chi, 'a')];
        let sign = |name: &str, key: &FileSigner| Approval::sign(name, b"it", AT, key).unwrap();
        let (by_an, by_binh) = (sign("An", &an_key), sign("Bình", &binh_key));
        let by_chi = sign("Chi", &chi_key);
        let seats = [
            Seat {
                roles: &['o', 's'],
                officer: Some("An"),
            },
            Seat {
                roles: &['s'],
                officer: None,
            },
        ];
        let check = |approvals: &[&Approval]| {
            let approvals: Vec<Approval> = approvals.iter().map(|&approval| approval.clone()).collect();
            require_in_roles(&officers, &approvals, b"it", &seats)
        };
        assert_eq!(check(&[&by_binh, &by_an]), Ok(()), "in any order");
        assert_eq!(check(&[&by_an, &by_chi]), Err(ApprovalError::Role("Chi".into())));
        assert_eq!(check(&[&by_an]), Err(ApprovalError::Missing { found: 1 }));
        assert_eq!(check(&[&by_binh]), Err(ApprovalError::Missing { found: 1 }));
        assert_eq!(
            check(&[&by_binh, &by_chi]),
            Err(ApprovalError::Missing { found: 1 })
        );
        assert_eq!(
            check(&[&by_an, &by_an]),
            Err(ApprovalError::SamePerson("An".into()))
        );
        assert_eq!(check(&[&by_an, &by_binh, &by_chi]), Ok(()), "one more is no harm");
    }

    #[test]
    fn officers_are_two_different_people() {
        let (an, _) = person("An");
        let (namesake, _) = person("An");
        let point = hex::decode(an.public_key()).unwrap();
        let same_key = Officer::new("Bình", &point).unwrap();
        assert!(check_officers(std::slice::from_ref(&an)).is_err());
        assert!(check_officers(&[an.clone(), namesake]).is_err());
        assert!(check_officers(&[an.clone(), same_key]).is_err());
        assert!(Officer::new("two\nlines", &point).is_err());
        assert!(Officer::new("An", &[0]).is_err());
        assert!(Officer::from_json(b"{}").is_err());
    }
}
