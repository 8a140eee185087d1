#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    personalization_fuzz::targets::office(data);
});
