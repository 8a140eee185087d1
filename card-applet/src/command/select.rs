//! SELECT (ISO/IEC 7816-4, 11.2.2).

use super::Selection;
use crate::error::Error;
use crate::fs::access::{Actor, may_read};
use crate::fs::body::Body;
use crate::fs::descriptor::{Kind, Parent, dedicated_fcp};
use crate::fs::tree::{FileTree, Found};
use crate::life_cycle::LifeCycle;
use crate::wire::lds::{AID_ISSUER_SECURITY_DOMAIN, fid};

/// What is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Current {
    /// The dedicated file.
    pub(crate) dedicated: Parent,
    /// The EF, by its index.
    pub(crate) elementary: Option<u8>,
    /// Whether the issuer security domain is selected instead of an application.
    pub(crate) issuer_domain: bool,
}

impl Current {
    /// After reset: the MF.
    pub(crate) const fn master_file() -> Self {
        Self::dedicated(Parent::MasterFile)
    }

    const fn dedicated(dedicated: Parent) -> Self {
        Self {
            dedicated,
            elementary: None,
            issuer_domain: false,
        }
    }
}

/// For whom SELECT looks, and in which card.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SelectContext<'a> {
    /// For whom.
    pub(crate) actor: Actor<'a>,
    /// The card's life cycle.
    pub(crate) life_cycle: LifeCycle,
    /// Whether there are keys that open a session with the issuer security domain.
    pub(crate) has_issuer_domain: bool,
}

/// Selects a file and answers its FCP where asked.
///
/// # Errors
/// [`Error::FileNotFound`], and the current file stays; [`Error::SecurityStatus`] for an EF that may not be read now, and for
/// whatever is not of the application that has the session.
#[inline(never)]
pub(crate) fn select(
    selection: Selection<'_>,
    answer_fcp: bool,
    files: &FileTree,
    current: &mut Current,
    context: &SelectContext<'_>,
) -> Result<Body, Error> {
    let SelectContext {
        actor,
        life_cycle,
        has_issuer_domain,
    } = *context;
    if let Selection::Application(aid) = selection
        && AID_ISSUER_SECURITY_DOMAIN.starts_with(aid)
        && aid.len() >= 5
        && has_issuer_domain
    {
        *current = Current {
            issuer_domain: true,
            ..Current::master_file()
        };
        let fcp = dedicated_fcp(fid::MF, Some(&AID_ISSUER_SECURITY_DOMAIN), life_cycle)?;
        return if answer_fcp { body(&fcp) } else { Ok(Body::empty()) };
    }
    let found = match selection {
        Selection::MasterFile => Some(Found::Dedicated(Parent::MasterFile)),
        Selection::Identifier(fid) => files.by_fid(current.dedicated, fid, false),
        Selection::Child(fid) => match files.child(current.dedicated, fid) {
            Some(Found::Dedicated(Parent::Dedicated(index))) => {
                Some(Found::Dedicated(Parent::Dedicated(index)))
            }
            _ => None,
        },
        Selection::Elementary(fid) => files.by_fid(current.dedicated, fid, true),
        // Applications are directly under the MF.
        Selection::Above => match current.dedicated {
            Parent::MasterFile => None,
            Parent::Dedicated(_) => Some(Found::Dedicated(Parent::MasterFile)),
        },
        Selection::Application(aid) => files
            .by_aid(aid)
            .map(|index| Found::Dedicated(Parent::Dedicated(index))),
        Selection::PathFromMasterFile(path) => files.by_path(Parent::MasterFile, path),
        Selection::PathFromCurrent(path) => files.by_path(current.dedicated, path),
    };
    let found = found.ok_or(Error::FileNotFound)?;
    if let Actor::Application(application) = actor
        && files.dedicated_of(found) != Some(Parent::Dedicated(application))
    {
        return Err(Error::SecurityStatus);
    }
    match found {
        Found::Dedicated(dedicated) => {
            *current = Current::dedicated(dedicated);
            if !answer_fcp {
                return Ok(Body::empty());
            }
            match dedicated {
                Parent::MasterFile => body(&dedicated_fcp(fid::MF, None, life_cycle)?),
                Parent::Dedicated(index) => body(&files.get(index).ok_or(Error::Memory)?.fcp(life_cycle)?),
            }
        }
        Found::Elementary(index) => {
            let descriptor = files.get(index).ok_or(Error::Memory)?;
            let Kind::Transparent(file) = &descriptor.kind else {
                return Err(Error::Memory);
            };
            // The issuer selects what it writes, fingers included; others only what they may read.
            if !matches!(actor, Actor::Issuer) && !may_read(file, actor) {
                return Err(Error::SecurityStatus);
            }
            *current = Current {
                dedicated: descriptor.parent,
                elementary: Some(index),
                issuer_domain: false,
            };
            if answer_fcp {
                body(&descriptor.fcp(life_cycle)?)
            } else {
                Ok(Body::empty())
            }
        }
    }
}

fn body(bytes: &[u8]) -> Result<Body, Error> {
    Body::bytes(bytes).ok_or(Error::Fault)
}
