//! Two-letter codes of certificates against three-letter codes of machine readable zones.
//!
//! Doc 9303-12 §7.1.1 puts the ISO 3166-1 alpha-2 code into certificates; Doc 9303-3 §5 puts the
//! alpha-3 code, or a code of its own, into the zone.

/// ISO 3166-1, and from Doc 9303-3 §5: European Union, United Nations, Kosovo, Sovereign Order of
/// Malta, and Utopia of the specimens.
const CODES: &str = "\
    AF:AFG AX:ALA AL:ALB DZ:DZA AS:ASM AD:AND AO:AGO AI:AIA AQ:ATA AG:ATG AR:ARG AM:ARM AW:ABW AU:AUS AT:AUT \
    AZ:AZE BS:BHS BH:BHR BD:BGD BB:BRB BY:BLR BE:BEL BZ:BLZ BJ:BEN BM:BMU BT:BTN BO:BOL BQ:BES BA:BIH BW:BWA \
    BV:BVT BR:BRA IO:IOT BN:BRN BG:BGR BF:BFA BI:BDI CV:CPV KH:KHM CM:CMR CA:CAN KY:CYM CF:CAF TD:TCD CL:CHL \
    CN:CHN CX:CXR CC:CCK CO:COL KM:COM CG:COG CD:COD CK:COK CR:CRI CI:CIV HR:HRV CU:CUB CW:CUW CY:CYP CZ:CZE \
    DK:DNK DJ:DJI DM:DMA DO:DOM EC:ECU EG:EGY SV:SLV GQ:GNQ ER:ERI EE:EST SZ:SWZ ET:ETH FK:FLK FO:FRO FJ:FJI \
    FI:FIN FR:FRA GF:GUF PF:PYF TF:ATF GA:GAB GM:GMB GE:GEO DE:DEU GH:GHA GI:GIB GR:GRC GL:GRL GD:GRD GP:GLP \
    GU:GUM GT:GTM GG:GGY GN:GIN GW:GNB GY:GUY HT:HTI HM:HMD VA:VAT HN:HND HK:HKG HU:HUN IS:ISL IN:IND ID:IDN \
    IR:IRN IQ:IRQ IE:IRL IM:IMN IL:ISR IT:ITA JM:JAM JP:JPN JE:JEY JO:JOR KZ:KAZ KE:KEN KI:KIR KP:PRK KR:KOR \
    KW:KWT KG:KGZ LA:LAO LV:LVA LB:LBN LS:LSO LR:LBR LY:LBY LI:LIE LT:LTU LU:LUX MO:MAC MG:MDG MW:MWI MY:MYS \
    MV:MDV ML:MLI MT:MLT MH:MHL MQ:MTQ MR:MRT MU:MUS YT:MYT MX:MEX FM:FSM MD:MDA MC:MCO MN:MNG ME:MNE MS:MSR \
    MA:MAR MZ:MOZ MM:MMR NA:NAM NR:NRU NP:NPL NL:NLD NC:NCL NZ:NZL NI:NIC NE:NER NG:NGA NU:NIU NF:NFK MK:MKD \
    MP:MNP NO:NOR OM:OMN PK:PAK PW:PLW PS:PSE PA:PAN PG:PNG PY:PRY PE:PER PH:PHL PN:PCN PL:POL PT:PRT PR:PRI \
    QA:QAT RE:REU RO:ROU RU:RUS RW:RWA BL:BLM SH:SHN KN:KNA LC:LCA MF:MAF PM:SPM VC:VCT WS:WSM SM:SMR ST:STP \
    SA:SAU SN:SEN RS:SRB SC:SYC SL:SLE SG:SGP SX:SXM SK:SVK SI:SVN SB:SLB SO:SOM ZA:ZAF GS:SGS SS:SSD ES:ESP \
    LK:LKA SD:SDN SR:SUR SJ:SJM SE:SWE CH:CHE SY:SYR TW:TWN TJ:TJK TZ:TZA TH:THA TL:TLS TG:TGO TK:TKL TO:TON \
    TT:TTO TN:TUN TR:TUR TM:TKM TC:TCA TV:TUV UG:UGA UA:UKR AE:ARE GB:GBR US:USA UM:UMI UY:URY UZ:UZB VU:VUT \
    VE:VEN VN:VNM VG:VGB VI:VIR WF:WLF EH:ESH YE:YEM ZM:ZMB ZW:ZWE EU:EUE UN:UNO KS:RKS XO:XOM UT:UTO";

/// Bytes of an entry, with the space behind it.
const ENTRY: usize = 7;

/// True when both codes, of two or three letters each, name the same state. Germany writes `D`.
pub(crate) fn same(left: &str, right: &str) -> bool {
    alpha_3(left) == alpha_3(right)
}

fn alpha_3(code: &str) -> String {
    let code = code.trim().to_uppercase();
    if code == "D" {
        return "DEU".into();
    }
    if code.len() != 2 {
        return code;
    }
    let mut entries = CODES.as_bytes().chunks(ENTRY);
    let entry = entries.find(|entry| entry.starts_with(code.as_bytes()));
    let of_two = entry.and_then(|entry| std::str::from_utf8(entry.get(3..6)?).ok());
    of_two.map_or(code, str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_specimens() {
        assert!(same("DE", "D"));
        assert!(same("VN", "VNM"));
        assert!(same("vn", "VN"));
        assert!(!same("VN", "D"));
        assert!(!same("VN", "VNN"));
        // What is no code of two letters is looked for nowhere in the table.
        for odd in ["", "F:", "G ", " A", "ÀB", "FG"] {
            assert!(!same(odd, "AFG"), "{odd}");
        }
        let codes = CODES.split_whitespace().filter_map(|pair| pair.split_once(':'));
        assert!(codes.clone().all(|(alpha_2, alpha_3)| same(alpha_2, alpha_3)));
        assert_eq!(codes.filter(|(alpha_2, _)| same(alpha_2, "UTO")).count(), 1);
    }
}
