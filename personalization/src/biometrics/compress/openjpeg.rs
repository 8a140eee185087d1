//! JPEG 2000 through `openjp2`, OpenJPEG in Rust, whose interface is the C library's.
//!
//! The only code of this crate that calls unsafe functions, because no encoder with a safe interface and control of the file's size is
//! at hand. It gives the encoder pixels that were decoded and measured here, never a file of somebody else's; what comes
//! out is decoded by another library before it is used.
#![allow(unsafe_code, reason = "the encoder's interface; see the module documentation")]

use core::ffi::c_void;

use openjp2::image::{opj_image, opj_image_comptparm};
use openjp2::openjpeg::{
    CODEC_FORMAT, OPJ_CLRSPC_GRAY, OPJ_CLRSPC_SRGB, opj_codec_t, opj_cparameters_t, opj_create_compress,
    opj_destroy_codec, opj_encode, opj_end_compress, opj_setup_encoder, opj_start_compress,
    opj_stream_create, opj_stream_destroy, opj_stream_set_seek_function, opj_stream_set_skip_function,
    opj_stream_set_user_data, opj_stream_set_write_function, opj_stream_t,
};

use super::super::image::Colour;
use super::{CompressError, Encoded, Photograph};

/// The least rate that is accepted, in bytes for a hundred pixels: 0.32 bits a pixel.
const MIN_RATE: usize = 4;

/// Attempts at a file within the budget; the encoder's aim is good to some per cent.
const ATTEMPTS: usize = 6;

/// Resolution levels at most: five halvings.
const MAX_RESOLUTIONS: i32 = 6;

/// Bytes that the encoder collects before it writes.
const STREAM_BUFFER: usize = 64 * 1024;

/// The largest file within the budget that the encoder's rate control finds.
pub(super) fn encode(photograph: &Photograph, budget: usize) -> Result<Encoded, CompressError> {
    let least = (photograph.width() * photograph.height() * MIN_RATE).div_ceil(100);
    if budget < least {
        return Ok(Encoded::TooLong(least * 100 / budget));
    }
    let mut aim = budget;
    for _ in 0..ATTEMPTS {
        let file = encode_to(photograph, aim)?;
        if file.len() <= budget {
            return Ok(Encoded::Fits(file));
        }
        // By so much too long; and a little more, so that it ends.
        aim = (aim * budget / file.len()).saturating_sub(64);
        if aim < budget / 2 {
            break;
        }
    }
    Ok(Encoded::TooLong(100))
}

fn encode_to(photograph: &Photograph, bytes: usize) -> Result<Vec<u8>, CompressError> {
    let failed = |what: &str| CompressError::Encoder(format!("the JPEG 2000 encoder cannot {what}"));
    let mut image = image(photograph).ok_or_else(|| failed("take the pixels"))?;
    let mut parameters = parameters(photograph, bytes);
    let codec = Codec::new().ok_or_else(|| failed("start"))?;
    let mut output = Output::default();
    let stream = Stream::new(&mut output);
    // SAFETY: codec and stream were made by the library and are not null, parameters and image outlive the calls; the library keeps
    // no pointer to the parameters.
    let done = unsafe {
        opj_setup_encoder(codec.0, &raw mut parameters, &raw mut *image) != 0
            && opj_start_compress(codec.0, &raw mut *image, stream.0) != 0
            && opj_encode(codec.0, stream.0) != 0
            && opj_end_compress(codec.0, stream.0) != 0
    };
    drop(stream);
    if done {
        Ok(output.bytes)
    } else {
        Err(failed("encode"))
    }
}

/// Lossy, one layer of the wanted size, colours decorrelated.
#[allow(
    clippy::field_reassign_with_default,
    reason = "the type has a destructor, so nothing moves out of a default"
)]
fn parameters(photograph: &Photograph, bytes: usize) -> opj_cparameters_t {
    let raw = photograph.samples().len();
    let mut parameters = opj_cparameters_t::default();
    parameters.irreversible = 1;
    parameters.cp_disto_alloc = 1;
    parameters.tcp_numlayers = 1;
    #[allow(clippy::cast_precision_loss, reason = "a ratio")]
    {
        parameters.tcp_rates[0] = raw as f32 / bytes as f32;
    }
    parameters.tcp_mct = (photograph.channels() == 3).into();
    let halvings = photograph.width().min(photograph.height()).ilog2();
    parameters.numresolution = MAX_RESOLUTIONS.min(i32::try_from(halvings).unwrap_or(1));
    parameters
}

/// The pixels in planes, as the library has them.
fn image(photograph: &Photograph) -> Option<Box<opj_image>> {
    let (width, height) = (
        u32::try_from(photograph.width()).ok()?,
        u32::try_from(photograph.height()).ok()?,
    );
    let component = opj_image_comptparm {
        dx: 1,
        dy: 1,
        w: width,
        h: height,
        prec: 8,
        bpp: 8,
        ..opj_image_comptparm::default()
    };
    let channels = photograph.channels();
    let space = match photograph.colour() {
        Colour::Grey => OPJ_CLRSPC_GRAY,
        Colour::Rgb => OPJ_CLRSPC_SRGB,
    };
    let mut image = opj_image::create(&vec![component; channels], space)?;
    (image.x1, image.y1) = (width, height);
    for (channel, component) in image.comps_mut()?.iter_mut().enumerate() {
        let samples = photograph.samples().iter().skip(channel).step_by(channels);
        for (to, from) in component.data_mut()?.iter_mut().zip(samples) {
            *to = i32::from(*from);
        }
    }
    Some(image)
}

/// An encoder of the library's, destroyed on drop.
struct Codec(*mut opj_codec_t);

impl Codec {
    fn new() -> Option<Self> {
        // SAFETY: takes no pointer; what it returns is checked.
        let codec = unsafe { opj_create_compress(CODEC_FORMAT::OPJ_CODEC_JP2) };
        (!codec.is_null()).then_some(Self(codec))
    }
}

impl Drop for Codec {
    fn drop(&mut self) {
        // SAFETY: made by `opj_create_compress`, not null, destroyed once.
        unsafe { opj_destroy_codec(self.0) }
    }
}

/// What was written, and where the next byte goes.
#[derive(Default)]
struct Output {
    bytes: Vec<u8>,
    position: usize,
}

/// A stream of the library's that writes into an [`Output`]; destroyed, and so flushed, on drop.
struct Stream<'o>(*mut opj_stream_t, core::marker::PhantomData<&'o mut Output>);

impl<'o> Stream<'o> {
    fn new(output: &'o mut Output) -> Self {
        // SAFETY: the stream is made here and not null (the library boxes it); the callbacks take the pointer for what it is, an
        // `Output`, which outlives the stream by the lifetime; nothing frees it but its owner.
        unsafe {
            let stream = opj_stream_create(STREAM_BUFFER, 0);
            opj_stream_set_user_data(stream, (&raw mut *output).cast::<c_void>(), None);
            opj_stream_set_write_function(stream, Some(write));
            opj_stream_set_skip_function(stream, Some(skip));
            opj_stream_set_seek_function(stream, Some(seek));
            Self(stream, core::marker::PhantomData)
        }
    }
}

impl Drop for Stream<'_> {
    fn drop(&mut self) {
        // SAFETY: made by `opj_stream_create`, destroyed once.
        unsafe { opj_stream_destroy(self.0) }
    }
}

/// What the library takes as a failure of write and skip.
const FAILED: usize = usize::MAX;

/// The largest file: an encoder that runs away is stopped.
const MAX_OUTPUT: usize = 64 * 1024 * 1024;

unsafe extern "C" fn write(buffer: *mut c_void, count: usize, output: *mut c_void) -> usize {
    if buffer.is_null() || output.is_null() {
        return FAILED;
    }
    // SAFETY: the library gives `count` readable bytes, and the `Output` that the stream was made with, which nothing else uses
    // while the library runs.
    let (bytes, output) = unsafe {
        (
            core::slice::from_raw_parts(buffer.cast::<u8>(), count),
            &mut *output.cast::<Output>(),
        )
    };
    let Some(end) = output
        .position
        .checked_add(count)
        .filter(|end| *end <= MAX_OUTPUT)
    else {
        return FAILED;
    };
    if output.bytes.len() < end {
        output.bytes.resize(end, 0);
    }
    output.bytes[output.position..end].copy_from_slice(bytes);
    output.position = end;
    count
}

/// Moves forwards, and backwards, too: the library goes back to write a length.
unsafe extern "C" fn skip(count: i64, output: *mut c_void) -> i64 {
    // SAFETY: as for `write`.
    let Some(output) = (unsafe { output.cast::<Output>().as_mut() }) else {
        return -1;
    };
    let position = i64::try_from(output.position)
        .ok()
        .and_then(|position| position.checked_add(count));
    match position.and_then(|position| usize::try_from(position).ok()) {
        Some(position) if position <= MAX_OUTPUT => {
            output.position = position;
            // One byte back must not look like a failure.
            if count == -1 { 0 } else { count }
        }
        _ => -1,
    }
}

unsafe extern "C" fn seek(position: i64, output: *mut c_void) -> i32 {
    // SAFETY: as for `write`.
    let Some(output) = (unsafe { output.cast::<Output>().as_mut() }) else {
        return 0;
    };
    match usize::try_from(position) {
        Ok(position) if position <= MAX_OUTPUT => {
            output.position = position;
            1
        }
        _ => 0,
    }
}
