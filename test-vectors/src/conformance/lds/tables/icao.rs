//! ICAO, part 3: units LDS_A, B, D.

use super::super::files::File::{Com, DataGroup, Sod};
use super::super::signed_data::{self, Signed};
use super::super::{LdsCase, com, mrz, outer, security_object};

pub(super) const UNITS: &[&[LdsCase]] = &[EF_COM, DG1, EF_SOD];

const EF_COM: &[LdsCase] = &[
    LdsCase::new("LDS_A_1", &[Com], |files| outer::tag(files, Com, 0x60)),
    LdsCase::new("LDS_A_2", &[Com], |files| outer::length(files, Com)),
    LdsCase::new("LDS_A_3", &[Com], com::lds_version),
    LdsCase::new("LDS_A_4", &[Com], com::unicode_version),
    LdsCase::new("LDS_A_5", &[Com], com::tag_list),
];

const DG1: &[LdsCase] = &[
    LdsCase::new("LDS_B_1", &[DataGroup(1)], |files| {
        outer::tag(files, DataGroup(1), 0x61)
    }),
    LdsCase::new("LDS_B_2", &[DataGroup(1)], |files| {
        outer::length(files, DataGroup(1))
    }),
    LdsCase::new("LDS_B_3", &[DataGroup(1)], mrz::data_object),
    LdsCase::new("LDS_B_4", &[DataGroup(1)], mrz::document_code),
    LdsCase::new("LDS_B_5", &[DataGroup(1)], mrz::issuing_state),
    LdsCase::new("LDS_B_6", &[DataGroup(1)], mrz::name),
    LdsCase::new("LDS_B_7", &[DataGroup(1)], mrz::document_number),
    LdsCase::new("LDS_B_8", &[DataGroup(1)], mrz::nationality),
    LdsCase::new("LDS_B_9", &[DataGroup(1)], mrz::date_of_birth),
    LdsCase::new("LDS_B_10", &[DataGroup(1)], mrz::sex),
    LdsCase::new("LDS_B_11", &[DataGroup(1)], mrz::date_of_expiry),
    LdsCase::new("LDS_B_12", &[DataGroup(1)], mrz::optional_data),
    LdsCase::new("LDS_B_13", &[DataGroup(1)], mrz::composite),
    LdsCase::new("LDS_B_14", &[DataGroup(1)], mrz::as_printed),
];

const EF_SOD: &[LdsCase] = &[
    LdsCase::new("LDS_D_1", &[Sod], |files| outer::tag(files, Sod, 0x77)),
    LdsCase::new("LDS_D_2", &[Sod], |files| outer::length(files, Sod)),
    LdsCase::new("LDS_D_3", &[Sod], |files| {
        signed_data::check_der(files, Signed::Sod)
    }),
    LdsCase::new("LDS_D_4", &[Sod], |files| {
        signed_data::check_values(files, Signed::Sod)
    }),
    LdsCase::new("LDS_D_5", &[Sod], |files| {
        signed_data::check_signers(files, Signed::Sod)
    }),
    LdsCase::new("LDS_D_6", &[Sod], security_object::check).and_all_data_groups(),
    LdsCase::new("LDS_D_7", &[Sod], |files| {
        signed_data::check_certificates(files, Signed::Sod)
    }),
];
