//! BSI TR-03105 part 3.2: units LDS_E to H and L.

use super::super::files::File::{self, AtrInfo, Cvca, DataGroup};
use super::super::{LdsCase, atr_info, biometric, chip_keys, cvca, outer};

pub(super) const UNITS: &[&[LdsCase]] = &[DG14, EF_CVCA, DG3, DG4, EF_ATR_INFO];

const DG14: &[LdsCase] = &[
    LdsCase::new("LDS_E_2", &[DataGroup(14)], chip_keys::terminal_authentication),
    LdsCase::new(
        "LDS_E_5",
        &[DataGroup(14)],
        chip_keys::terminal_authentication_syntax,
    ),
];

const EF_CVCA: &[LdsCase] = &[LdsCase::new("LDS_F_1", &[Cvca], cvca::check)];

const FINGERS: File = DataGroup(3);
/// Data blocks of ISO/IEC 19794 and of ISO/IEC 39794.
const DATA_BLOCKS: &[u32] = &[0x5F2E, 0x7F2E];

const DG3: &[LdsCase] = &[
    LdsCase::new("LDS_G_1", &[FINGERS], |files| outer::tag(files, FINGERS, 0x63)),
    LdsCase::new("LDS_G_2", &[FINGERS], |files| outer::length(files, FINGERS)),
    LdsCase::new("LDS_G_3", &[FINGERS], |files| {
        biometric::group_template(files, FINGERS)
    }),
    LdsCase::new("LDS_G_4", &[FINGERS], |files| {
        biometric::number_of_instances(files, FINGERS)
    }),
    LdsCase::new("LDS_G_5", &[FINGERS], |files| {
        biometric::information_templates(files, FINGERS)
    }),
    LdsCase::new("LDS_G_6", &[FINGERS], |files| {
        biometric::header_templates(files, FINGERS)
    }),
    LdsCase::new("LDS_G_7", &[FINGERS], |files| {
        biometric::format_owner(files, FINGERS)
    }),
    LdsCase::new("LDS_G_8", &[FINGERS], |files| {
        biometric::format_type(files, FINGERS, &[0x0007])
    }),
    LdsCase::new("LDS_G_9", &[FINGERS], |files| {
        biometric::finger_subtype(files, FINGERS)
    }),
    LdsCase::new("LDS_G_10", &[FINGERS], |files| {
        biometric::data_block_tag(files, FINGERS, DATA_BLOCKS)
    }),
    LdsCase::new("LDS_G_11", &[FINGERS], |files| {
        biometric::format_identifier(files, FINGERS, b"FIR\0")
    }),
];

const IRISES: File = DataGroup(4);

const DG4: &[LdsCase] = &[
    LdsCase::new("LDS_H_1", &[IRISES], |files| outer::tag(files, IRISES, 0x76)),
    LdsCase::new("LDS_H_2", &[IRISES], |files| outer::length(files, IRISES)),
    LdsCase::new("LDS_H_3", &[IRISES], |files| {
        biometric::group_template(files, IRISES)
    }),
    LdsCase::new("LDS_H_4", &[IRISES], |files| {
        biometric::number_of_instances(files, IRISES)
    }),
    LdsCase::new("LDS_H_5", &[IRISES], |files| {
        biometric::information_templates(files, IRISES)
    }),
    LdsCase::new("LDS_H_6", &[IRISES], |files| {
        biometric::header_templates(files, IRISES)
    }),
    LdsCase::new("LDS_H_7", &[IRISES], |files| {
        biometric::format_owner(files, IRISES)
    }),
    LdsCase::new("LDS_H_8", &[IRISES], |files| {
        biometric::format_type(files, IRISES, &[0x0009, 0x000B])
    }),
    LdsCase::new("LDS_H_9", &[IRISES], |files| {
        biometric::iris_subtype(files, IRISES)
    }),
    LdsCase::new("LDS_H_10", &[IRISES], |files| {
        biometric::data_block_tag(files, IRISES, DATA_BLOCKS)
    }),
    LdsCase::new("LDS_H_11", &[IRISES], |files| {
        biometric::format_identifier(files, IRISES, b"IIR\0")
    }),
];

const EF_ATR_INFO: &[LdsCase] = &[
    LdsCase::new("LDS_L_1", &[AtrInfo], atr_info::data_objects),
    LdsCase::new("LDS_L_2", &[AtrInfo], atr_info::extended_length),
    LdsCase::new("LDS_L_3", &[AtrInfo], atr_info::extended_lengths),
    LdsCase::new("LDS_L_4", &[AtrInfo], atr_info::command_chaining),
];
