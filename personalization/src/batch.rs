//! Many cards at once: several threads prepare, one signer signs for all.
//!
//! ```text
//! items ──► workers (records → data groups → EF.SOD) ──► bounded queue ──► deliver, in this thread, one by one
//!                         └── all borrow the one signer, whose certificate was taken apart once
//! ```
//!
//! A record that cannot become a card is its own failure and stops nobody. A signer that fails stops the batch: what was
//! being prepared ends, nothing else begins, and what was delivered stays good.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use time::OffsetDateTime;

use crate::attestation::AttestedKey;
use crate::image::CardImage;
use crate::job::{PersonalizationJob, PrepareError};
use crate::signer::Signer;
use crate::sod::{SignerCertificate, SodError};

/// One card of a batch.
#[derive(Clone, Copy)]
pub struct BatchItem<'a> {
    /// What it is made of.
    pub job: PersonalizationJob<'a>,
    /// The keys that its chip drew; none where the profile's cards have none.
    pub keys: &'a [AttestedKey],
}

/// Why a batch ended before its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The document signer's certificate cannot be used; nothing was begun.
    #[error(transparent)]
    Certificate(SodError),
    /// The signer failed at one card; no further card was begun.
    #[error("the signer stopped the batch at card {} after {delivered} cards: {error}", index + 1)]
    Signer {
        /// The card's place in the batch, from 0.
        index: usize,
        /// Cards that were delivered.
        delivered: usize,
        /// What the signer said.
        error: SodError,
    },
    /// Whoever takes the cards wants no more.
    #[error("stopped after {delivered} cards")]
    Stopped {
        /// Cards that were delivered.
        delivered: usize,
    },
}

/// Whether whoever takes the cards wants more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The next one, please.
    Continue,
    /// No more: the disk is full, the operator interrupted.
    Stop,
}

/// Who prepares: a signer, its certificate, the time that is signed, and how many threads.
pub struct Batch<'a> {
    signer: &'a dyn Signer,
    certificate: Arc<SignerCertificate>,
    signing_time: OffsetDateTime,
    threads: NonZeroUsize,
}

impl<'a> Batch<'a> {
    /// For a document signer; with as many threads as the machine has cores.
    ///
    /// # Errors
    /// [`BatchError::Certificate`].
    pub fn new(
        signer: &'a dyn Signer,
        ds_certificate_der: &[u8],
        signing_time: OffsetDateTime,
    ) -> Result<Self, BatchError> {
        let certificate = SignerCertificate::from_der(ds_certificate_der)
            .map_err(|error| BatchError::Certificate(error.into()))?;
        Ok(Self {
            signer,
            certificate: Arc::new(certificate),
            signing_time,
            threads: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        })
    }

    /// With another number of threads: a token may have more sessions than the machine has cores.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads;
        self
    }

    /// Prepares all cards and hands each to `deliver` with its place in the batch, in the order in which they are ready.
    /// Returns how many were good.
    ///
    /// At most two cards for each thread wait to be delivered, so memory does not grow with the batch.
    ///
    /// # Errors
    /// [`BatchError::Signer`], [`BatchError::Stopped`].
    pub fn prepare(
        &self,
        items: &[BatchItem<'_>],
        mut deliver: impl FnMut(usize, Result<CardImage, PrepareError>) -> Flow,
    ) -> Result<usize, BatchError> {
        let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (send, receive) = mpsc::sync_channel(2 * self.threads.get());
        let mut delivered = 0;
        let mut end = None;
        thread::scope(|scope| {
            for _ in 0..self.threads.get().min(items.len()) {
                let (next, stop, send) = (&next, &stop, send.clone());
                scope.spawn(move || {
                    while !stop.load(Ordering::Acquire) {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(item) = items.get(index) else {
                            return;
                        };
                        let card = self.prepare_one(item);
                        if matches!(card, Err(PrepareError::SecurityObject(_))) {
                            stop.store(true, Ordering::Release);
                        }
                        if send.send((index, card)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(send);
            // The queue is emptied to the end: a card that was signed is not lost because another one failed.
            for (index, card) in receive {
                match card {
                    Err(PrepareError::SecurityObject(error)) => {
                        end.get_or_insert(BatchError::Signer {
                            index,
                            delivered: 0,
                            error,
                        });
                    }
                    card if matches!(end, Some(BatchError::Stopped { .. })) => drop(card),
                    card => {
                        delivered += usize::from(card.is_ok());
                        if deliver(index, card) == Flow::Stop {
                            stop.store(true, Ordering::Release);
                            end.get_or_insert(BatchError::Stopped { delivered: 0 });
                        }
                    }
                }
            }
        });
        match end {
            None => Ok(delivered),
            Some(BatchError::Signer { index, error, .. }) => Err(BatchError::Signer {
                index,
                delivered,
                error,
            }),
            Some(BatchError::Stopped { .. }) => Err(BatchError::Stopped { delivered }),
            Some(other) => Err(other),
        }
    }

    fn prepare_one(&self, item: &BatchItem<'_>) -> Result<CardImage, PrepareError> {
        item.job
            .begin_with(self.signer, &self.certificate, self.signing_time)?
            .sign(self.signer, item.keys)
    }
}
