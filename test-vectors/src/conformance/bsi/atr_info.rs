//! LDS_L_5: EF.ATR/INFO is in the master file. What is in it, [`lds`](crate::conformance::lds) looks at.

use crate::conformance::case::Case;
use crate::conformance::expect::StatusSet;
use crate::conformance::lds::File;
use crate::conformance::statement::Need;
use crate::oracle::Command;

pub(super) fn cases() -> Vec<Case> {
    let case = Case::new("LDS_L_5", |bench| {
        bench
            .send_plain(&Command::select_master_file())?
            .expect("SELECT of the master file", StatusSet::SUCCESS)?;
        bench
            .send_plain(&Command::select_file(File::AtrInfo.fid()))?
            .expect("SELECT of EF.ATR/INFO", StatusSet::SUCCESS)?;
        Ok(())
    });
    vec![case.needs(Need::MasterFile)]
}
