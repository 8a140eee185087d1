//! Published worked examples as data with provenance.
