//! Changes for the units LDS_E to H and L of the BSI.

use test_vectors::conformance::lds::File::{self, AtrInfo, Cvca, DataGroup};
use test_vectors::conformance::lds::Files;

use crate::alterations::{Alteration, row};
use crate::bases::{bsi_2008, vn_cccd_2021};
use crate::edit::{append, patch, with};
use crate::icao::add_info;

const DG3: File = DataGroup(3);
const DG4: File = DataGroup(4);

pub fn rows() -> Vec<Alteration> {
    [options(), fingers(), irises(), master_file()]
        .into_iter()
        .flatten()
        .collect()
}

fn options() -> Vec<Alteration> {
    vec![
        row("LDS_E_2", vn_cccd_2021, |files| {
            add_info(files, "300F060A04007F00070202020203020101")
        }),
        row("LDS_E_5", vn_cccd_2021, |files| {
            add_info(files, "3011060804007F0007020202020101020200FF")
        }),
        row("LDS_F_1", vn_cccd_2021, |files| {
            with(files, Cvca, |content| *content.last_mut().unwrap() = 1);
        }),
    ]
}

fn fingers() -> Vec<Alteration> {
    vec![
        row("LDS_G_1", bsi_2008, |files| patch(files, DG3, "6382", "6482")),
        row("LDS_G_2", bsi_2008, |files| append(files, DG3, 0)),
        row("LDS_G_3", bsi_2008, |files| patch(files, DG3, "7F61", "7F62")),
        row("LDS_G_4", bsi_2008, |files| {
            patch(files, DG3, "0201027F60", "0201037F60")
        }),
        row("LDS_G_5", bsi_2008, |files| patch(files, DG3, "7F60", "7F62")),
        row("LDS_G_6", bsi_2008, |files| patch(files, DG3, "A10E81", "A20E81")),
        row("LDS_G_7", bsi_2008, |files| {
            patch(files, DG3, "87020101", "87020102")
        }),
        row("LDS_G_8", bsi_2008, |files| {
            patch(files, DG3, "88020007", "88020008")
        }),
        row("LDS_G_9", bsi_2008, |files| patch(files, DG3, "820109", "820107")),
        row("LDS_G_10", bsi_2008, |files| patch(files, DG3, "5F2E", "5F2D")),
        row("LDS_G_11", bsi_2008, |files| {
            patch(files, DG3, "46495200", "46495300")
        }),
    ]
}

fn irises() -> Vec<Alteration> {
    vec![
        row("LDS_H_1", bsi_2008, |files| patch(files, DG4, "7682", "7582")),
        row("LDS_H_2", bsi_2008, |files| append(files, DG4, 0)),
        row("LDS_H_3", bsi_2008, |files| patch(files, DG4, "7F61", "7F62")),
        row("LDS_H_4", bsi_2008, |files| {
            patch(files, DG4, "0201027F60", "0201037F60")
        }),
        row("LDS_H_5", bsi_2008, |files| patch(files, DG4, "7F60", "7F62")),
        row("LDS_H_6", bsi_2008, |files| {
            patch(files, DG4, "A1128002", "A2128002")
        }),
        row("LDS_H_7", bsi_2008, |files| {
            patch(files, DG4, "87020101", "87020102")
        }),
        row("LDS_H_8", bsi_2008, |files| {
            patch(files, DG4, "88020009", "8802000A")
        }),
        row("LDS_H_9", bsi_2008, |files| patch(files, DG4, "820101", "820104")),
        row("LDS_H_10", bsi_2008, |files| patch(files, DG4, "5F2E", "5F2D")),
        row("LDS_H_11", bsi_2008, |files| {
            patch(files, DG4, "49495200", "49495300")
        }),
    ]
}

fn capabilities(files: &mut Files) {
    patch(files, AtrInfo, "47038401E0", "4703840160");
}

fn master_file() -> Vec<Alteration> {
    vec![
        row("LDS_L_1", vn_cccd_2021, |files| {
            with(files, AtrInfo, |content| content.extend([0x43, 5, 0]))
        }),
        row("LDS_L_2", vn_cccd_2021, |files| {
            patch(files, AtrInfo, "7F66", "7F65")
        }),
        row("LDS_L_3", vn_cccd_2021, |files| {
            patch(files, AtrInfo, "02020800", "04020800")
        }),
        row("LDS_L_4", vn_cccd_2021, capabilities),
    ]
}
