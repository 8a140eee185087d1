//! EF.DIR: the applications on the card (9303-10, section 3.11.2).

use card_applet::wire::lds::AID_EMRTD;

use super::tlv;

/// Encodes EF.DIR with one application template, that of the eMRTD application: `61 { 4F AID }`.
#[must_use]
pub fn encode() -> Vec<u8> {
    tlv(0x61, &tlv(0x4F, &AID_EMRTD))
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_template() {
        assert_eq!(super::encode(), hex::decode("61094F07A0000002471001").unwrap());
    }
}
