//! Instruction bytes (ISO/IEC 7816-4 table 4, 7816-8, 7816-9; GlobalPlatform Card Specification 11.1).

/// DEACTIVATE FILE (7816-9).
pub const DEACTIVATE_FILE: u8 = 0x04;
/// MANAGE SECURITY ENVIRONMENT (7816-8).
pub const MANAGE_SECURITY_ENVIRONMENT: u8 = 0x22;
/// PERFORM SECURITY OPERATION (7816-8).
pub const PERFORM_SECURITY_OPERATION: u8 = 0x2A;
/// ACTIVATE FILE (7816-9).
pub const ACTIVATE_FILE: u8 = 0x44;
/// GENERATE ASYMMETRIC KEY PAIR, data in BER-TLV (7816-8).
pub const GENERATE_KEY_PAIR: u8 = 0x47;
/// INITIALIZE UPDATE (GlobalPlatform).
pub const INITIALIZE_UPDATE: u8 = 0x50;
/// EXTERNAL AUTHENTICATE, called MUTUAL AUTHENTICATE in ICAO 9303-11 (7816-4 and GlobalPlatform).
pub const EXTERNAL_AUTHENTICATE: u8 = 0x82;
/// GET CHALLENGE (7816-4).
pub const GET_CHALLENGE: u8 = 0x84;
/// GENERAL AUTHENTICATE (7816-4).
pub const GENERAL_AUTHENTICATE: u8 = 0x86;
/// INTERNAL AUTHENTICATE (7816-4).
pub const INTERNAL_AUTHENTICATE: u8 = 0x88;
/// SELECT (7816-4).
pub const SELECT: u8 = 0xA4;
/// READ BINARY, offset in P1-P2 (7816-4).
pub const READ_BINARY: u8 = 0xB0;
/// READ BINARY, offset in DO'54' (7816-4).
pub const READ_BINARY_ODD: u8 = 0xB1;
/// UPDATE BINARY, offset in P1-P2 (7816-4).
pub const UPDATE_BINARY: u8 = 0xD6;
/// UPDATE BINARY, offset in DO'54' (7816-4).
pub const UPDATE_BINARY_ODD: u8 = 0xD7;
/// PUT KEY (GlobalPlatform).
pub const PUT_KEY: u8 = 0xD8;
/// PUT DATA (7816-4).
pub const PUT_DATA: u8 = 0xDA;
/// CREATE FILE (7816-9).
pub const CREATE_FILE: u8 = 0xE0;
/// DELETE FILE (7816-9).
pub const DELETE_FILE: u8 = 0xE4;
