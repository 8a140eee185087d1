//! EF.SOD by every algorithm of Doc 9303-12 §4.4 that OpenSSL makes (TR-03105-5.1, positive cases of unit LDS_H): certificates, lists and
//! CMS are OpenSSL's, only the LDS security object is written here.

use sha2::Digest as _;

use crate::foreign_pki::ForeignPki;
use crate::test_issuer::der::{algorithm, oid};
use crate::test_issuer::groups::{Face, MAU, Zone, group};
use crate::test_issuer::tlv;

const PSS: [&str; 4] = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"];
const CMS_PSS: [&str; 4] = ["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:-1"];

/// How a document is signed.
pub struct Row {
    pub ids: &'static [&'static str],
    /// Keys of CSCA and document signer.
    keys: (&'static str, &'static str),
    /// Hash under the certificates' signatures, and whether they are PSS.
    certificates: (&'static str, bool),
    /// Hash under the signature of EF.SOD, and whether it is PSS.
    pub sod: (&'static str, bool),
    /// Hash of the data groups.
    groups: &'static str,
    /// The algorithm is named `sha*WithRSAEncryption`, and not `rsaEncryption` as OpenSSL does.
    named: bool,
}

impl Row {
    /// The same in words.
    pub fn words(&self) -> String {
        let signature = |(hash, pss): (&str, bool)| format!("{hash}{}", if pss { " PSS" } else { "" });
        format!(
            "CSCA {} and document signer {}, certificates {}, EF.SOD {}, data groups {}",
            self.keys.0,
            self.keys.1,
            signature(self.certificates),
            signature(self.sod),
            self.groups
        )
    }
}

const fn row(
    ids: &'static [&'static str],
    keys: (&'static str, &'static str),
    hash: &'static str,
    pss: bool,
    named: bool,
) -> Row {
    Row {
        ids,
        keys,
        certificates: (hash, pss),
        sod: (hash, pss),
        groups: hash,
        named,
    }
}

const RSA: (&str, &str) = ("rsa3072", "rsa2048");

/// Every way.
pub const ROWS: [Row; 23] = [
    row(&["LDS_H_01"], RSA, "sha1", false, true),
    row(&["LDS_H_02"], RSA, "sha1", true, false),
    row(&["LDS_H_03"], RSA, "sha256", true, false),
    row(&["LDS_H_04"], RSA, "sha224", false, true),
    row(&["LDS_H_05"], RSA, "sha256", false, true),
    row(&["LDS_H_06"], RSA, "sha384", false, true),
    row(&["LDS_H_07"], RSA, "sha512", false, true),
    row(&["LDS_H_79"], RSA, "sha1", false, false),
    row(&["LDS_H_80"], RSA, "sha224", false, false),
    row(&["LDS_H_81"], RSA, "sha256", false, false),
    row(&["LDS_H_82"], RSA, "sha384", false, false),
    row(&["LDS_H_83"], RSA, "sha512", false, false),
    row(&["LDS_H_94"], RSA, "sha224", true, false),
    row(&["LDS_H_95"], RSA, "sha384", true, false),
    row(&["LDS_H_96"], RSA, "sha512", true, false),
    row(&["LDS_H_09"], ("P-256", "P-224"), "sha1", false, false),
    row(&["LDS_H_70"], ("P-256", "P-224"), "sha224", false, false),
    row(
        &["LDS_H_71"],
        ("brainpoolP256r1", "P-256"),
        "sha256",
        false,
        false,
    ),
    row(
        &["LDS_H_72"],
        ("P-384", "brainpoolP384r1"),
        "sha384",
        false,
        false,
    ),
    row(
        &["LDS_H_73"],
        ("brainpoolP512r1", "P-521"),
        "sha512",
        false,
        false,
    ),
    Row {
        groups: "sha256",
        ..row(&["LDS_H_74"], RSA, "sha512", true, false)
    },
    Row {
        certificates: ("sha224", false),
        ..row(
            &["LDS_H_75", "LDS_H_76"],
            ("P-256", "rsa2048"),
            "sha256",
            false,
            true,
        )
    },
    Row {
        certificates: ("sha256", false),
        ..row(&["LDS_H_77", "LDS_H_78"], RSA, "sha256", true, false)
    },
];

fn digest(hash: &str, bytes: &[u8]) -> Vec<u8> {
    match hash {
        "sha1" => sha1::Sha1::digest(bytes).to_vec(),
        "sha224" => sha2::Sha224::digest(bytes).to_vec(),
        "sha256" => sha2::Sha256::digest(bytes).to_vec(),
        "sha384" => sha2::Sha384::digest(bytes).to_vec(),
        _ => sha2::Sha512::digest(bytes).to_vec(),
    }
}

fn hash_oid(hash: &str) -> &'static str {
    match hash {
        "sha1" => oid::SHA_1,
        "sha224" => "608648016503040204",
        "sha256" => oid::SHA_256,
        "sha384" => "608648016503040202",
        _ => "608648016503040203",
    }
}

/// DG1 and DG2 of a document that is valid long enough.
pub fn groups() -> [(u8, Vec<u8>); 2] {
    let zone = Zone {
        expiry: "600812",
        ..MAU
    };
    [
        (1, tlv(0x61, &[&tlv(0x5F1F, &[zone.td1().as_bytes()])])),
        (2, group(0x75, &[Face::default().template()])),
    ]
}

fn lds_security_object(hash: &str) -> Vec<u8> {
    let entries: Vec<u8> = groups()
        .iter()
        .flat_map(|(number, file)| {
            tlv(
                0x30,
                &[&[0x02, 0x01, *number], &tlv(0x04, &[&digest(hash, file)])],
            )
        })
        .collect();
    let algorithm = algorithm(hash_oid(hash));
    tlv(0x30, &[&[0x02, 0x01, 0x00], &algorithm, &tlv(0x30, &[&entries])])
}

/// Makes a key of this kind, once.
fn key(pki: &ForeignPki, kind: &str) -> String {
    let file = format!("{kind}.key");
    if !pki.path(&file).exists() {
        let option = match kind.strip_prefix("rsa") {
            Some(bits) => ["RSA".to_owned(), format!("rsa_keygen_bits:{bits}")],
            None => ["EC".to_owned(), format!("ec_paramgen_curve:{kind}")],
        };
        pki.openssl(&[
            "genpkey",
            "-algorithm",
            &option[0],
            "-pkeyopt",
            &option[1],
            "-out",
            &file,
        ]);
    }
    file
}

/// CSCA certificate, document signer certificate and EF.SOD.
pub fn sign(pki: &ForeignPki, row: &Row) -> (Vec<u8>, Vec<u8>) {
    let (csca_key, ds_key) = (key(pki, row.keys.0), key(pki, row.keys.1));
    let (hash, pss) = row.certificates;
    let hash_option = format!("-{hash}");
    let options: &[&str] = if pss { &PSS } else { &[] };
    let csca = [
        "req",
        "-x509",
        "-key",
        &csca_key,
        &hash_option,
        "-subj",
        "/C=VN/CN=CSCA",
        "-days",
        "20000",
        "-out",
        "signing-csca.pem",
        "-addext",
        "basicConstraints=critical,CA:TRUE,pathlen:0",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
    ];
    pki.openssl(&[&csca[..], options].concat());
    pki.write(
        "ds.ext",
        b"keyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n",
    );
    pki.openssl(&[
        "req",
        "-new",
        "-key",
        &ds_key,
        "-subj",
        "/C=VN/CN=DS",
        "-out",
        "ds.csr",
    ]);
    let ds = [
        "x509",
        "-req",
        "-in",
        "ds.csr",
        "-CA",
        "signing-csca.pem",
        "-CAkey",
        &csca_key,
        "-set_serial",
        "7",
        "-days",
        "20000",
        "-extfile",
        "ds.ext",
        &hash_option,
        "-out",
        "ds.pem",
    ];
    pki.openssl(&[&ds[..], options].concat());
    pki.write("object", &lds_security_object(row.groups));
    let (hash, pss) = row.sod;
    let cms = [
        "cms",
        "-sign",
        "-binary",
        "-nodetach",
        "-in",
        "object",
        "-econtent_type",
        "2.23.136.1.1.1",
        "-signer",
        "ds.pem",
        "-inkey",
        &ds_key,
        "-md",
        hash,
        "-outform",
        "DER",
        "-out",
        "sod",
        "-nosmimecap",
    ];
    let options: &[&str] = if pss { &CMS_PSS } else { &[] };
    pki.openssl(&[&cms[..], options].concat());
    let mut sod = pki.read("sod");
    if row.named {
        name_algorithm(&mut sod, hash);
    }
    (pki.der("signing-csca.pem"), tlv(0x77, &[&sod]))
}

/// The revocation list of the CSCA that signed last, between these times (`YYYYMMDDHHMMSSZ`): nobody is on it.
pub fn revocation_list(pki: &ForeignPki, row: &Row, between: (&str, &str)) -> Vec<u8> {
    let (hash, pss) = row.certificates;
    let configuration = "[ca]\ndefault_ca=own\n[own]\ndatabase=index\ncrl_extensions=extensions\n\
                         [extensions]\nauthorityKeyIdentifier=keyid\n";
    pki.write("ca.conf", configuration.as_bytes());
    pki.write("index", b"");
    let csca_key = key(pki, row.keys.0);
    let arguments = [
        "ca",
        "-gencrl",
        "-config",
        "ca.conf",
        "-keyfile",
        &csca_key,
        "-cert",
        "signing-csca.pem",
        "-md",
        hash,
        "-crl_lastupdate",
        between.0,
        "-crl_nextupdate",
        between.1,
        "-out",
        "list.pem",
    ];
    let options: &[&str] = if pss { &PSS } else { &[] };
    pki.openssl(&[&arguments[..], options].concat());
    pki.openssl(&["crl", "-in", "list.pem", "-outform", "DER"])
}

/// Replaces `rsaEncryption` in the SignerInfo, which nobody signs, by the name that has the hash in it.
fn name_algorithm(sod: &mut [u8], hash: &str) {
    let rsa_encryption = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
    let last = sod
        .windows(rsa_encryption.len())
        .rposition(|window| window == rsa_encryption)
        .expect("the signature algorithm");
    sod[last + 8] = match hash {
        "sha1" => 5,
        "sha224" => 14,
        "sha256" => 11,
        "sha384" => 12,
        _ => 13,
    };
}
