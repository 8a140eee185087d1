//! Command chaining (ISO/IEC 7816-4, 5.3.3): the data fields of commands whose class byte says that more follow are
//! put together; the last command acts on all. A chain that is broken never acts.

use crate::error::Error;
use crate::limits::CHAIN_BUFFER;
use heapless::Vec;
use zeroize::Zeroize;

/// INS, P1, P2: the same in every command of a chain.
type Header = [u8; 3];

/// The chain under way.
#[derive(Default)]
pub(crate) struct Chain {
    header: Option<Header>,
    data: Vec<u8, CHAIN_BUFFER, u16>,
}

/// What is to be done with a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// It is a command by itself.
    Single,
    /// It was put to the chain; nothing else is to be done.
    Kept,
    /// It was the last of the chain; the chain's data are to be taken.
    Last,
}

impl Chain {
    /// Whether a chain is under way.
    pub(crate) const fn is_open(&self) -> bool {
        self.header.is_some()
    }

    /// Takes a command in.
    ///
    /// # Errors
    /// [`Error::Chain`] for a command that does not continue the chain under way, which is then gone;
    /// [`Error::Length`] when the chain gets longer than its buffer.
    pub(crate) fn accept(&mut self, header: Header, more_follow: bool, data: &[u8]) -> Result<Link, Error> {
        match (self.header, more_follow) {
            (None, false) => return Ok(Link::Single),
            (Some(begun), _) if begun != header => {
                self.clear();
                return Err(Error::Chain);
            }
            _ => {}
        }
        if self.data.extend_from_slice(data).is_err() {
            self.clear();
            return Err(Error::Length);
        }
        if more_follow {
            self.header = Some(header);
            Ok(Link::Kept)
        } else {
            self.header = None;
            Ok(Link::Last)
        }
    }

    /// The data fields of the whole chain, after [`Link::Last`].
    pub(crate) fn data(&self) -> &[u8] {
        &self.data
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.header = None;
        self.data.as_mut_slice().zeroize();
        self.data.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_chain_is_gone() {
        let mut chain = Chain::default();
        assert_eq!(chain.accept([1, 2, 3], false, b"x"), Ok(Link::Single));
        assert_eq!(chain.accept([1, 2, 3], true, b"ab"), Ok(Link::Kept));
        assert_eq!(chain.accept([1, 2, 3], true, b"cd"), Ok(Link::Kept));
        assert_eq!(chain.accept([1, 2, 3], false, b"e"), Ok(Link::Last));
        assert_eq!(chain.data(), b"abcde");
        chain.clear();
        assert_eq!(chain.accept([1, 2, 3], true, b"ab"), Ok(Link::Kept));
        assert_eq!(chain.accept([1, 2, 4], false, b"c"), Err(Error::Chain));
        assert!(!chain.is_open() && chain.data().is_empty());
        assert_eq!(chain.accept([1, 2, 3], true, &[0; 700]), Ok(Link::Kept));
        assert_eq!(chain.accept([1, 2, 3], true, &[0; 100]), Err(Error::Length));
        assert!(!chain.is_open() && chain.data().is_empty());
    }
}
