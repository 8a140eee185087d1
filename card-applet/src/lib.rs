//! The chip of an electronic identity card.
