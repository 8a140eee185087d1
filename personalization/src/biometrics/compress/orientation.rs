//! A photograph turned as its EXIF data say (Exif 2.3, table 4).

use super::Photograph;

/// The picture that a person sees, of one that is stored with this orientation: 1 as it is, 2 to 4 mirrored or upside down, 5 to 8 with
/// its rows as columns.
pub(super) fn upright(stored: Photograph, orientation: u8) -> Photograph {
    let (width, height) = (stored.width, stored.height);
    let (right, bottom) = (width.saturating_sub(1), height.saturating_sub(1));
    // From a place in the upright picture to that in the stored one.
    let source = |x: usize, y: usize| match orientation {
        2 => (right - x, y),
        3 => (right - x, bottom - y),
        4 => (x, bottom - y),
        5 => (y, x),
        6 => (y, bottom - x),
        7 => (right - y, bottom - x),
        8 => (right - y, x),
        _ => (x, y),
    };
    let (upright_width, upright_height) = match orientation {
        2..=4 => (width, height),
        5..=8 => (height, width),
        _ => return stored,
    };
    let channels = stored.channels();
    let mut samples = Vec::with_capacity(stored.samples.len());
    for y in 0..upright_height {
        for x in 0..upright_width {
            let (from_x, from_y) = source(x, y);
            let at = (from_y * width + from_x) * channels;
            samples.extend_from_slice(&stored.samples[at..at + channels]);
        }
    }
    Photograph {
        width: upright_width,
        height: upright_height,
        samples,
        ..stored
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::biometrics::face::Colour;

    /// ```text
    /// 1 2 3
    /// 4 5 6
    /// ```
    #[test]
    fn each_orientation() {
        for (orientation, width, expected) in [
            (1, 3, [1, 2, 3, 4, 5, 6]),
            (2, 3, [3, 2, 1, 6, 5, 4]),
            (3, 3, [6, 5, 4, 3, 2, 1]),
            (4, 3, [4, 5, 6, 1, 2, 3]),
            (5, 2, [1, 4, 2, 5, 3, 6]),
            (6, 2, [4, 1, 5, 2, 6, 3]),
            (7, 2, [6, 3, 5, 2, 4, 1]),
            (8, 2, [3, 6, 2, 5, 1, 4]),
            (9, 3, [1, 2, 3, 4, 5, 6]),
        ] {
            let stored = Photograph {
                width: 3,
                height: 2,
                colour: Colour::Grey,
                samples: vec![1, 2, 3, 4, 5, 6],
            };
            let turned = upright(stored, orientation);
            assert_eq!((turned.width, turned.height), (width, 6 / width), "{orientation}");
            assert_eq!(turned.samples, expected, "{orientation}");
        }
    }
}
