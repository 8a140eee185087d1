//! A CSCA of another State and its list signers, made and worked by OpenSSL in a temporary folder.
#![allow(dead_code, reason = "each test file uses its part of this module")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Valid until 2081: the tests look at it from 2060.
const DAYS: &str = "20000";

/// A temporary folder in which OpenSSL works.
pub struct OpenSsl {
    folder: TempDir,
}

/// The CSCA and its list signers.
pub struct ForeignPki {
    work: OpenSsl,
}

impl std::ops::Deref for ForeignPki {
    type Target = OpenSsl;

    fn deref(&self) -> &OpenSsl {
        &self.work
    }
}

/// The signer of a kind of lists, by the purpose in its certificate.
#[derive(Debug, Clone, Copy)]
pub enum ListSigner {
    MasterList,
    DeviationList,
}

impl ListSigner {
    fn purpose(self) -> &'static str {
        match self {
            Self::MasterList => "2.23.136.1.1.3",
            Self::DeviationList => "2.23.136.1.1.8",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::MasterList => "2.23.136.1.1.2",
            Self::DeviationList => "2.23.136.1.1.7",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::MasterList => "mls",
            Self::DeviationList => "dls",
        }
    }
}

impl OpenSsl {
    #[allow(clippy::new_without_default, reason = "it makes a folder")]
    pub fn new() -> Self {
        Self {
            folder: TempDir::new().expect("temporary folder"),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    #[allow(clippy::disallowed_methods, reason = "a test's own file")]
    pub fn write(&self, name: &str, content: &[u8]) {
        fs::write(self.path(name), content).expect("written");
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect("read")
    }

    /// Runs `openssl` in the folder.
    #[track_caller]
    pub fn openssl(&self, arguments: &[&str]) -> Vec<u8> {
        let output = Command::new("openssl")
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .expect("openssl");
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    pub fn der(&self, pem: &str) -> Vec<u8> {
        self.openssl(&["x509", "-in", pem, "-outform", "DER"])
    }

    /// Signs a list's content as CMS, DER or, with `-stream` among the options, BER.
    pub fn sign(
        &self,
        signer: ListSigner,
        content: &[u8],
        options: &[&str],
        beside: Option<&str>,
    ) -> Vec<u8> {
        self.write("content", content);
        let (pem, key) = (format!("{}.pem", signer.name()), format!("{}.key", signer.name()));
        let mut arguments = vec![
            "cms",
            "-sign",
            "-binary",
            "-nodetach",
            "-in",
            "content",
            "-econtent_type",
            signer.content_type(),
            "-signer",
            &pem,
            "-inkey",
            &key,
            "-outform",
            "DER",
            "-out",
            "signed",
            "-nosmimecap",
        ];
        if let Some(beside) = beside {
            arguments.extend(["-certfile", beside]);
        }
        if !options.contains(&"-md") {
            arguments.extend(["-md", "sha256"]);
        }
        arguments.extend(options);
        self.openssl(&arguments);
        self.read("signed")
    }
}

impl ForeignPki {
    /// CSCA Utopia with an explicit P-256 key, and its two list signers.
    pub fn new() -> Self {
        let pki = Self { work: OpenSsl::new() };
        pki.self_signed(
            "csca",
            "/C=UT/O=Utopia/CN=CSCA Utopia",
            &[
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-pkeyopt",
                "ec_param_enc:explicit",
            ],
            &[],
        );
        for signer in [ListSigner::MasterList, ListSigner::DeviationList] {
            pki.list_signer(signer);
        }
        pki
    }

    /// A self-signed CA certificate NAME.pem with its key NAME.key; returns DER.
    pub fn self_signed(&self, name: &str, subject: &str, key: &[&str], options: &[&str]) -> Vec<u8> {
        let (pem, key_file) = (format!("{name}.pem"), format!("{name}.key"));
        let mut arguments = vec!["req", "-x509", "-nodes", "-newkey"];
        arguments.extend(key);
        arguments.extend(["-keyout", &key_file, "-out", &pem]);
        if !options.contains(&"-config") {
            arguments.extend(["-subj", subject]);
        }
        if !options.contains(&"-days") {
            arguments.extend(["-days", DAYS]);
        }
        arguments.extend(options);
        arguments.extend([
            "-addext",
            "basicConstraints=critical,CA:TRUE,pathlen:0",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign",
        ]);
        self.openssl(&arguments);
        self.der(&pem)
    }

    /// A CA certificate over somebody's public key (PEM in NAME.pub), signed by the CSCA: what a link certificate is.
    pub fn certified(&self, name: &str, subject: &str) -> Vec<u8> {
        self.certified_with(name, subject, "")
    }

    /// The same with more extensions, each in a line.
    pub fn certified_with(&self, name: &str, subject: &str, more: &str) -> Vec<u8> {
        let extensions = format!(
            "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n{more}"
        );
        self.write("link.ext", extensions.as_bytes());
        let (public, pem) = (format!("{name}.pub"), format!("{name}.pem"));
        self.openssl(&[
            "x509",
            "-new",
            "-force_pubkey",
            &public,
            "-subj",
            subject,
            "-CA",
            "csca.pem",
            "-CAkey",
            "csca.key",
            "-CAcreateserial",
            "-days",
            DAYS,
            "-extfile",
            "link.ext",
            "-out",
            &pem,
        ]);
        self.der(&pem)
    }

    fn list_signer(&self, signer: ListSigner) {
        let name = signer.name();
        let extensions = format!(
            "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,{}\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n",
            signer.purpose()
        );
        self.write("signer.ext", extensions.as_bytes());
        let (key, csr, pem) = (
            format!("{name}.key"),
            format!("{name}.csr"),
            format!("{name}.pem"),
        );
        let subject = format!("/C=UT/CN=List Signer {name}");
        self.openssl(&[
            "req",
            "-new",
            "-nodes",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:brainpoolP256r1",
            "-keyout",
            &key,
            "-out",
            &csr,
            "-subj",
            &subject,
        ]);
        self.openssl(&[
            "x509",
            "-req",
            "-in",
            &csr,
            "-CA",
            "csca.pem",
            "-CAkey",
            "csca.key",
            "-set_serial",
            "77",
            "-days",
            DAYS,
            "-extfile",
            "signer.ext",
            "-out",
            &pem,
        ]);
    }

    /// Signs a list's content as CMS, its CSCA's certificate beside it; see [`OpenSsl::sign`].
    pub fn sign(&self, signer: ListSigner, content: &[u8], options: &[&str]) -> Vec<u8> {
        self.work.sign(signer, content, options, Some("csca.pem"))
    }
}

/// A DER element.
pub fn element(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes = vec![tag];
    match length {
        0..0x80 => bytes.push(u8::try_from(length).expect("short")),
        _ => {
            let digits = length.to_be_bytes();
            let digits: Vec<u8> = digits.into_iter().skip_while(|&digit| digit == 0).collect();
            bytes.push(0x80 | u8::try_from(digits.len()).expect("short"));
            bytes.extend(digits);
        }
    }
    bytes.extend_from_slice(body);
    bytes
}

/// `CscaMasterList`, its certificates in the order given.
pub fn master_list_content(certificates: &[Vec<u8>]) -> Vec<u8> {
    let set = element(0x31, &certificates.concat());
    element(0x30, &[vec![2, 1, 0], set].concat())
}

/// The path as OpenSSL and `eid` take it.
pub fn text(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}
