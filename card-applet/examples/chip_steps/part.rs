//! A part of the script, and how it is written down for the firmware in the emulator.

use crate::support::TestCard;
use crate::{begin, end_of_step};
use std::path::Path;

/// A part of the script: the chip as it begins, and the names of its steps.
pub struct Part {
    pub card: TestCard,
    memory: Vec<u8>,
    names: Vec<String>,
}

impl Part {
    pub fn begins(mut card: TestCard) -> Self {
        let memory = card.nvm_mut().content().to_vec();
        card.reset();
        card.rng.drawn.borrow_mut().clear();
        card.sent = Some(Vec::new());
        begin();
        Self {
            card,
            memory,
            names: Vec::new(),
        }
    }

    /// Commands since the last step belong to this one.
    pub fn ends(&mut self, name: &str) {
        end_of_step(name);
        let commands = self.card.sent.as_ref().map_or(0, Vec::len);
        self.names.resize(commands, name.to_owned());
    }

    pub fn belongs_to_no_step(&mut self) {
        self.ends("-");
    }

    /// Writes what the firmware needs to go the same way: the memory, the numbers to draw, the commands behind their
    /// lengths, and a line with the step's name for each.
    #[allow(
        clippy::disallowed_methods,
        reason = "a measurement's own folder, made anew each time"
    )]
    pub fn write(&self, folder: &Path, name: &str) -> std::io::Result<()> {
        let commands = self.card.sent.iter().flatten().map(|command| {
            let len = u16::try_from(command.len()).expect("a command");
            [&len.to_be_bytes()[..], command].concat()
        });
        let files = [
            ("memory", self.memory.clone()),
            ("random", self.card.rng.drawn.borrow().clone()),
            ("commands", commands.collect::<Vec<_>>().concat()),
            ("names", (self.names.join("\n") + "\n").into_bytes()),
        ];
        for (kind, content) in files {
            std::fs::write(folder.join(format!("{name}.{kind}")), content)?;
        }
        Ok(())
    }
}
