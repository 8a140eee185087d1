//! ICAO, part 3: units LDS_A to E, G to K, N and O.

use super::super::files::File::{self, CardAccess, CardSecurity, Com, DataGroup, Sod};
use super::super::security_infos::{self, Source};
use super::super::signed_data::{self, Signed};
use super::super::{
    LdsCase, biometric, card_access, chip_keys, com, details, face, face_39794, mrz, outer, security_object,
};

pub(super) const UNITS: &[&[LdsCase]] = &[
    EF_COM,
    DG1,
    DG2,
    DG2_19794,
    DG2_39794,
    EF_SOD,
    DG14,
    DG3,
    DG4,
    EF_CARD_ACCESS,
    DG15,
    EF_CARD_SECURITY,
    DG11,
    DG12,
];

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

const FACE: File = DataGroup(2);

const DG2: &[LdsCase] = &[
    LdsCase::new("LDS_C_1", &[FACE], |files| outer::tag(files, FACE, 0x75)),
    LdsCase::new("LDS_C_2", &[FACE], |files| outer::length(files, FACE)),
    LdsCase::new("LDS_C_3", &[FACE], |files| biometric::group_template(files, FACE)),
    LdsCase::new("LDS_C_4", &[FACE], |files| {
        biometric::number_of_instances(files, FACE)
    }),
    LdsCase::new("LDS_C_5", &[FACE], |files| {
        biometric::information_templates(files, FACE)
    }),
    LdsCase::new("LDS_C_6", &[FACE], |files| {
        biometric::header_templates(files, FACE)
    }),
    LdsCase::new("LDS_C_7", &[FACE], |files| biometric::format_owner(files, FACE)),
];

const DG2_19794: &[LdsCase] = &[
    LdsCase::new("LDS_C_8", &[FACE], |files| {
        biometric::format_type(files, FACE, &[0x0008])
    }),
    LdsCase::new("LDS_C_9", &[FACE], |files| {
        biometric::data_block_tag(files, FACE, &[0x5F2E])
    }),
    LdsCase::new("LDS_C_10", &[FACE], face::header),
    LdsCase::new("LDS_C_11", &[FACE], face::information),
    LdsCase::new("LDS_C_12", &[FACE], face::feature_point),
    LdsCase::new("LDS_C_13", &[FACE], face::image_information),
];

const DG2_39794: &[LdsCase] = &[
    LdsCase::new("LDS_C_14", &[FACE], |files| {
        biometric::format_type(files, FACE, &[0x002A])
    }),
    LdsCase::new("LDS_C_15", &[FACE], |files| {
        biometric::data_block_tag(files, FACE, &[0x7F2E])
    }),
    LdsCase::new("LDS_C_16", &[FACE], |files| {
        biometric::standardized_format(files, FACE)
    }),
    LdsCase::new("LDS_C_17", &[FACE], |files| {
        biometric::iso_39794_block(files, FACE, 0x65, "face image data block")
    }),
    LdsCase::new("LDS_C_18", &[FACE], face_39794::version),
    LdsCase::new("LDS_C_19", &[FACE], face_39794::representations),
    LdsCase::new("LDS_C_20", &[FACE], face_39794::representation_block),
    LdsCase::new("LDS_C_21", &[FACE], face_39794::gender),
    LdsCase::new("LDS_C_22", &[FACE], face_39794::image_representation_choice),
    LdsCase::new("LDS_C_23", &[FACE], face_39794::representation_2d),
    LdsCase::new("LDS_C_24", &[FACE], face_39794::image_data_format),
    LdsCase::new("LDS_C_25", &[FACE], face_39794::image_kind),
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

const OPTIONS: File = DataGroup(14);

const DG14: &[LdsCase] = &[
    LdsCase::new("LDS_E_1", &[OPTIONS], |files| {
        outer::tag(files, OPTIONS, 0x6E)?;
        outer::length(files, OPTIONS)
    }),
    LdsCase::new("LDS_E_2", &[OPTIONS], |files| {
        security_infos::check_der(files, Source::Dg14)
    }),
    LdsCase::new("LDS_E_3", &[OPTIONS], |files| {
        chip_keys::public_keys(files, Source::Dg14)
    }),
    LdsCase::new("LDS_E_4", &[OPTIONS], chip_keys::infos),
    LdsCase::new("LDS_E_5", &[OPTIONS, CardAccess], |files| {
        security_infos::check_card_access(files, Source::Dg14)
    }),
    LdsCase::new("LDS_E_6", &[OPTIONS], chip_keys::active_authentication_info),
    LdsCase::new("LDS_E_7", &[OPTIONS], chip_keys::chip_authentication_too),
    LdsCase::new("LDS_E_8", &[OPTIONS], chip_keys::terminal_authentication),
    LdsCase::new("LDS_E_9", &[OPTIONS], chip_keys::terminal_authentication_syntax),
];

const FINGERS: File = DataGroup(3);

const DG3: &[LdsCase] = &[
    LdsCase::new("LDS_G_12", &[FINGERS], |files| {
        biometric::format_type(files, FINGERS, &[0x0028])
    }),
    LdsCase::new("LDS_G_13", &[FINGERS], |files| {
        biometric::data_block_tag(files, FINGERS, &[0x7F2E])
    }),
    LdsCase::new("LDS_G_14", &[FINGERS], |files| {
        biometric::standardized_format(files, FINGERS)
    }),
];

const IRISES: File = DataGroup(4);

const DG4: &[LdsCase] = &[
    LdsCase::new("LDS_H_12", &[IRISES], |files| {
        biometric::format_type(files, IRISES, &[0x002C])
    }),
    LdsCase::new("LDS_H_13", &[IRISES], |files| {
        biometric::data_block_tag(files, IRISES, &[0x7F2E])
    }),
    LdsCase::new("LDS_H_14", &[IRISES], |files| {
        biometric::standardized_format(files, IRISES)
    }),
    LdsCase::new("LDS_H_15", &[IRISES], |files| {
        biometric::iso_39794_block(files, IRISES, 0x66, "iris image data block")
    }),
];

const EF_CARD_ACCESS: &[LdsCase] = &[
    LdsCase::new("LDS_I_1", &[CardAccess], |files| {
        security_infos::check_der(files, Source::CardAccess)
    }),
    LdsCase::new("LDS_I_2", &[CardAccess], card_access::pace_infos),
    LdsCase::new("LDS_I_3", &[CardAccess], card_access::domain_parameter_infos),
    LdsCase::new("LDS_I_4", &[CardAccess], card_access::another_mapping),
];

const KEY: File = DataGroup(15);

const DG15: &[LdsCase] = &[
    LdsCase::new("LDS_J_1", &[KEY], |files| outer::tag(files, KEY, 0x6F)),
    LdsCase::new("LDS_J_2", &[KEY], |files| outer::length(files, KEY)),
    LdsCase::new("LDS_J_3", &[KEY], chip_keys::active_authentication_key_der),
    LdsCase::new("LDS_J_4", &[KEY], chip_keys::active_authentication_algorithm),
    LdsCase::new("LDS_J_5", &[KEY], chip_keys::active_authentication_key),
];

const EF_CARD_SECURITY: &[LdsCase] = &[
    LdsCase::new("LDS_K_1", &[CardSecurity], |files| {
        security_infos::check_der(files, Source::CardSecurity)
    }),
    LdsCase::new("LDS_K_2", &[CardSecurity], |files| {
        chip_keys::public_keys(files, Source::CardSecurity)
    }),
    LdsCase::new("LDS_K_3", &[CardSecurity, CardAccess], |files| {
        security_infos::check_card_access(files, Source::CardSecurity)
    }),
    LdsCase::new("LDS_K_4", &[CardSecurity], chip_keys::key_of_mapping),
    LdsCase::new("LDS_K_5", &[CardSecurity], |files| {
        signed_data::check_der(files, Signed::CardSecurity)
    }),
    LdsCase::new("LDS_K_6", &[CardSecurity], |files| {
        signed_data::check_values(files, Signed::CardSecurity)
    }),
    LdsCase::new("LDS_K_7", &[CardSecurity], |files| {
        signed_data::check_signers(files, Signed::CardSecurity)
    }),
    LdsCase::new("LDS_K_8", &[CardSecurity], |files| {
        signed_data::check_certificates(files, Signed::CardSecurity)
    }),
];

const PERSON: File = DataGroup(11);

const DG11: &[LdsCase] = &[
    LdsCase::new("LDS_N_2", &[PERSON], |files| outer::length(files, PERSON)),
    LdsCase::new("LDS_N_3", &[PERSON], |files| details::tag_list(files, PERSON)),
    LdsCase::new("LDS_N_4", &[PERSON], |files| {
        details::name(files, PERSON, 0x5F0E, "name of holder")
    }),
    LdsCase::new("LDS_N_5", &[PERSON], |files| {
        details::repeated(files, PERSON, 0x5F0F, "other names")
    }),
    LdsCase::new("LDS_N_6", &[PERSON], |files| {
        details::text(files, PERSON, 0x5F10, "personal number")
    }),
    LdsCase::new("LDS_N_7", &[PERSON], |files| {
        details::date(files, PERSON, 0x5F2B, "full date of birth", true)
    }),
    LdsCase::new("LDS_N_8", &[PERSON], |files| {
        details::text(files, PERSON, 0x5F11, "place of birth")
    }),
    LdsCase::new("LDS_N_9", &[PERSON], |files| {
        details::text(files, PERSON, 0x5F42, "address")
    }),
    LdsCase::new("LDS_N_10", &[PERSON], |files| {
        details::telephone(files, PERSON, 0x5F12, "telephone")
    }),
    LdsCase::new("LDS_N_11", &[PERSON], |files| {
        details::text(files, PERSON, 0x5F13, "profession")
    }),
    LdsCase::new("LDS_N_12", &[PERSON], |files| {
        details::text(files, PERSON, 0x5F14, "title")
    }),
    LdsCase::new("LDS_N_13", &[PERSON], |files| {
        details::text(files, PERSON, 0x5F15, "personal summary")
    }),
    LdsCase::new("LDS_N_14", &[PERSON], |files| {
        details::image(files, PERSON, 0x5F16, "proof of citizenship")
    }),
    LdsCase::new("LDS_N_15", &[PERSON], |files| {
        details::text(files, PERSON, 0x5F17, "other travel documents")
    }),
];

const DOCUMENT: File = DataGroup(12);

const DG12: &[LdsCase] = &[
    LdsCase::new("LDS_O_2", &[DOCUMENT], |files| outer::length(files, DOCUMENT)),
    LdsCase::new("LDS_O_3", &[DOCUMENT], |files| details::tag_list(files, DOCUMENT)),
    LdsCase::new("LDS_O_4", &[DOCUMENT], |files| {
        details::text(files, DOCUMENT, 0x5F19, "issuing authority")
    }),
    LdsCase::new("LDS_O_5", &[DOCUMENT], |files| {
        details::date(files, DOCUMENT, 0x5F26, "date of issue", false)
    }),
    LdsCase::new("LDS_O_6", &[DOCUMENT], |files| {
        details::repeated(files, DOCUMENT, 0x5F1A, "other persons")
    }),
    LdsCase::new("LDS_O_7", &[DOCUMENT], |files| {
        details::text(files, DOCUMENT, 0x5F1B, "endorsements")
    }),
    LdsCase::new("LDS_O_8", &[DOCUMENT], |files| {
        details::text(files, DOCUMENT, 0x5F1C, "tax and exit requirements")
    }),
    LdsCase::new("LDS_O_9", &[DOCUMENT], |files| {
        details::image(files, DOCUMENT, 0x5F1D, "image of the front")
    }),
    LdsCase::new("LDS_O_10", &[DOCUMENT], |files| {
        details::image(files, DOCUMENT, 0x5F1E, "image of the rear")
    }),
    LdsCase::new("LDS_O_11", &[DOCUMENT], |files| {
        details::date_and_time(files, DOCUMENT, 0x5F55, "personalization time")
    }),
    LdsCase::new("LDS_O_12", &[DOCUMENT], |files| {
        details::text(
            files,
            DOCUMENT,
            0x5F56,
            "serial number of the personalization device",
        )
    }),
];
