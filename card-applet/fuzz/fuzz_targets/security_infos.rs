#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    card_applet_fuzz::targets::security_infos(data);
});
