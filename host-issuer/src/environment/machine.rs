//! What the operating system says of this machine: for whoever has to find out why nothing works, and before a day's work begins.

use std::fs;
use std::io;
use std::path::Path;

/// Longest text that is read, in bytes: the lists of drivers have some 100 KiB.
const MAX_TEXT: u64 = 1024 * 1024;

/// Most names of a directory that are looked at.
const MAX_NAMES: usize = 4096;

/// What can be asked of a machine. Nothing here changes anything.
pub trait Machine {
    /// Bytes that this user may still write into the file system that `path` is in, or would be: its nearest directory that exists
    /// counts.
    ///
    /// # Errors
    /// What the system says; `Unsupported` where it does not tell.
    fn free_bytes(&self, path: &Path) -> io::Result<u64>;

    /// Whether there is something of this name.
    fn exists(&self, path: &Path) -> bool;

    /// The names in a directory, sorted, at most 4096; none where there is no such directory or it may not be read.
    fn names(&self, directory: &Path) -> Vec<String>;

    /// A text of at most 1 MiB; `None` where there is none, or it may not be read or is no UTF-8.
    fn text(&self, path: &Path) -> Option<String>;

    /// Knocks at a local socket, and hangs up at once.
    ///
    /// # Errors
    /// `NotFound` where there is none, `ConnectionRefused` where nobody listens, `PermissionDenied` where this user may not.
    fn knock(&self, socket: &Path) -> io::Result<()>;
}

/// The machine that this program runs on.
pub struct SystemMachine;

impl Machine for SystemMachine {
    #[cfg(unix)]
    fn free_bytes(&self, path: &Path) -> io::Result<u64> {
        let there = path.ancestors().find(|ancestor| ancestor.exists());
        let there = there.unwrap_or(Path::new("."));
        let system = rustix::fs::statvfs(there)?;
        Ok(system.f_bavail.saturating_mul(system.f_frsize))
    }

    #[cfg(not(unix))]
    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn names(&self, directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .take(MAX_NAMES)
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn text(&self, path: &Path) -> Option<String> {
        use io::Read as _;
        let mut text = String::new();
        let read = fs::File::open(path)
            .ok()?
            .take(MAX_TEXT)
            .read_to_string(&mut text);
        read.ok().map(|_| text)
    }

    #[cfg(unix)]
    fn knock(&self, socket: &Path) -> io::Result<()> {
        std::os::unix::net::UnixStream::connect(socket).map(drop)
    }

    #[cfg(not(unix))]
    fn knock(&self, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_not_there_yet_has_the_room_of_its_parent() {
        let folder = tempfile::TempDir::new().unwrap();
        let free = SystemMachine.free_bytes(folder.path()).unwrap();
        assert!(free > 0);
        assert!(
            SystemMachine
                .free_bytes(&folder.path().join("not/yet/there"))
                .is_ok()
        );
    }

    #[test]
    fn a_socket_says_whether_anybody_listens() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("socket");
        let kind = |path: &Path| SystemMachine.knock(path).map_err(|error| error.kind());
        assert_eq!(kind(&path), Err(io::ErrorKind::NotFound));
        let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        assert_eq!(kind(&path), Ok(()));
        drop(listener);
        assert_eq!(kind(&path), Err(io::ErrorKind::ConnectionRefused));
    }

    #[test]
    fn what_is_not_there_has_no_names_and_no_text() {
        let nowhere = Path::new("/nonexistent/folder");
        assert!(SystemMachine.names(nowhere).is_empty());
        assert_eq!(SystemMachine.text(nowhere), None);
        assert!(SystemMachine.names(Path::new("/")).contains(&"proc".to_owned()));
    }
}
