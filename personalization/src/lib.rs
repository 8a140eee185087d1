//! From a citizen record to a signed card image.
