//! A card that is taken away before all was read, and put back; and another that is put in its place.

use std::time::Duration;

use host_issuer::inspect::{CheckId, Verdict};
use host_issuer::transport::pulled::{Moment, PulledCard};
use host_issuer::transport::{Limits, Transport, TransportError};
use host_issuer::verify::{Attendant, Password, ReadCard, ReadCardError};
use test_vectors::faulty_chip::{Fault, Misdeed, Step};

use crate::faulty_reader::{Bench, FaultyReader, MRZ_INFORMATION, NOW};

/// A clerk who puts cards back, or does not.
#[derive(Default)]
struct Clerk {
    patience: Duration,
    asked: usize,
    back: usize,
}

impl Clerk {
    fn patient() -> Self {
        Self {
            patience: Duration::from_secs(30),
            ..Self::default()
        }
    }
}

impl Attendant for Clerk {
    fn card_lifted(&mut self) -> Duration {
        self.asked += 1;
        self.patience
    }

    fn card_back(&mut self) {
        self.back += 1;
    }
}

fn read(
    bench: &Bench,
    transport: impl Transport + 'static,
    clerk: &mut Clerk,
) -> Result<ReadCard, ReadCardError> {
    let password = Password::mrz(MRZ_INFORMATION).expect("the zone's own fields");
    bench
        .verifier()
        .read_attended(Box::new(transport), &password, clerk)
}

#[test]
fn reading_goes_on_from_every_command() {
    let bench = Bench::pace();
    let (whole, reader) = bench.verify();
    let whole = whole.expect("a card");
    let commands = reader.chip().commands();
    for carried in 0..commands {
        for moment in [Moment::BeforeCommand, Moment::BeforeAnswer] {
            let reader = bench.reader();
            let mut clerk = Clerk::patient();
            let pulled = PulledCard::new(reader.clone(), carried, moment).returning(1_000);
            let card =
                read(&bench, pulled, &mut clerk).unwrap_or_else(|error| panic!("after {carried}: {error}"));
            assert_eq!((clerk.asked, clerk.back), (1, 1));
            let files = |card: &ReadCard| -> Vec<_> {
                card.document
                    .files()
                    .map(|(name, bytes)| (name, bytes.to_vec()))
                    .collect()
            };
            assert_eq!(files(&card), files(&whole.card), "after {carried}");
            let report = bench.verifier().judge(&card.document, NOW);
            assert_eq!(
                report.verdict,
                Verdict::Genuine,
                "after {carried}: {}",
                report.reason
            );
            assert!(
                card.notes.iter().any(|note| note.contains("put back")),
                "{:?}",
                card.notes
            );
            // Files that were there are not read again, but for EF.SOD.
            assert!(
                reader.chip().commands() <= carried + 1 + commands,
                "after {carried}"
            );
        }
    }
}

#[test]
fn a_card_that_comes_and_goes_is_given_up() {
    let bench = Bench::pace();
    let mut clerk = Clerk::patient();
    let flickering = (0..20).fold(
        PulledCard::new(bench.reader(), 3, Moment::BeforeCommand),
        |pulled, _| pulled.returning(2),
    );
    let error = read(&bench, flickering, &mut clerk).expect_err("a card that is never there");
    assert_eq!(error.transport(), Some(&TransportError::CardRemoved));
    assert!(clerk.asked < 10, "{}", clerk.asked);
}

#[test]
fn nobody_waits_unasked() {
    let bench = Bench::pace();
    let mut clerk = Clerk::default();
    let pulled = PulledCard::new(bench.reader(), 10, Moment::BeforeCommand).returning(1_000);
    let error = read(&bench, pulled, &mut clerk).expect_err("nobody puts it back");
    assert_eq!(error.transport(), Some(&TransportError::CardRemoved));
    assert_eq!((clerk.asked, clerk.back), (1, 0));
    // And where nobody puts it back, patience has an end.
    let mut clerk = Clerk::patient();
    let pulled = PulledCard::new(bench.reader(), 10, Moment::BeforeCommand);
    assert!(read(&bench, pulled, &mut clerk).is_err());
    assert_eq!((clerk.asked, clerk.back), (1, 0));
}

/// A reader in which another card lies after the first was taken away.
struct Exchanged {
    first: PulledCard<FaultyReader>,
    second: FaultyReader,
    exchanged: bool,
}

impl Transport for Exchanged {
    fn transmit(&mut self, command: &[u8], response: &mut Vec<u8>) -> Result<(), TransportError> {
        if self.exchanged {
            self.second.transmit(command, response)
        } else {
            self.first.transmit(command, response)
        }
    }

    fn wait_for_card(&mut self, _limit: Duration) -> Result<(), TransportError> {
        self.exchanged = true;
        Ok(())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        if self.exchanged {
            self.second.reset()
        } else {
            self.first.reset()
        }
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }

    fn atr(&self) -> &[u8] {
        self.second.atr()
    }
}

fn exchange(first: &Bench, carried: usize, second: &Bench) -> Result<ReadCard, ReadCardError> {
    let exchanged = Exchanged {
        first: PulledCard::new(first.reader(), carried, Moment::BeforeAnswer),
        second: second.reader(),
        exchanged: false,
    };
    read(first, exchanged, &mut Clerk::patient())
}

#[test]
fn another_card_is_refused() {
    let first = Bench::pace();
    let commands = first.verify().1.chip().commands();
    let number =
        Bench::pace().change(|bench| bench.setup.mrz_information = "L898902C<369080619406236".into());
    let access = Bench::pace().change(|bench| bench.recipe.announced_infos.reverse());
    let data = Bench::pace().change(|bench| bench.recipe.national[1].1 = "Nguyễn Thị Khác".into());
    for (second, words) in [
        (&number, "does not open it"),
        (&access, "EF.CardAccess differs"),
        (&data, "EF.SOD differs"),
    ] {
        // When EF.SOD was there.
        for carried in [commands - 1, commands - 4] {
            let error = exchange(&first, carried, second).expect_err(words);
            assert!(matches!(error, ReadCardError::AnotherCard(_)), "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}

/// The same data in another chip: what the first chip proved does not count for the second.
#[test]
fn a_copy_that_is_put_back_is_a_copy() {
    let first = Bench::pace();
    let commands = first.verify().1.chip().commands();
    let copies = [
        (
            Fault::new(Step::ChipAuthentication, Misdeed::OtherKey),
            CheckId::ChipAuthentication,
        ),
        (
            Fault::new(Step::ActiveAuthentication, Misdeed::WrongSignature),
            CheckId::ActiveAuthentication,
        ),
    ];
    for (fault, check) in copies {
        let copy = Bench::pace().fault(fault);
        let card = exchange(&first, commands - 1, &copy).expect("it reads like the first");
        let report = first.verifier().judge(&card.document, NOW);
        assert_eq!(report.verdict, Verdict::NotGenuine, "{}", report.reason);
        assert!(report.reason.starts_with(&check.to_string()), "{}", report.reason);
    }
}
