#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    card_applet_fuzz::targets::scp03(data);
});
