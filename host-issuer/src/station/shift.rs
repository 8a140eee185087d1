//! The end of a shift: what lies on the shelf was counted by two people, and compared with the ledger.

use super::approvals::{Act, Presented, authorise};
use super::desk::Desk;
use super::stock::StockError;
use super::stock::reconcile::{Counted, Reconciliation, reconcile};
use crate::ledger::Event;

/// What two people sign: what should be there, and what was counted.
///
/// # Errors
/// [`StockError::Ledger`].
pub fn act(desk: &Desk<'_>, counted: &Counted) -> Result<Act, StockError> {
    Ok(closing(desk, &reconcile(desk, counted)?))
}

fn closing(desk: &Desk<'_>, reconciliation: &Reconciliation) -> Act {
    Act::CloseShift {
        station: desk.station.to_owned(),
        counted: reconciliation.lines.clone(),
    }
}

/// Closes the shift: the stock is reconciled, and whoever asked and whoever said yes stand in the ledger with what they counted.
/// Nothing may have changed since they signed.
///
/// # Errors
/// [`StockError::Approval`], [`StockError::Ledger`].
pub fn close(
    desk: &Desk<'_>,
    counted: &Counted,
    presented: &Presented,
) -> Result<Reconciliation, StockError> {
    let reconciliation = reconcile(desk, counted)?;
    let yes = authorise(desk, &closing(desk, &reconciliation), presented)?;
    let (operator, supervisor) = yes.people();
    let (operator, supervisor) = (operator.to_owned(), supervisor.to_owned());
    yes.commit(desk, |approval| {
        vec![Event::ShiftClosed {
            operator,
            supervisor,
            counted: reconciliation.lines.clone(),
            approval: approval.to_owned(),
        }]
    })?;
    Ok(reconciliation)
}
