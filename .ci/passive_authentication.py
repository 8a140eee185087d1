#!/usr/bin/env python3
"""Passive authentication as a program in Python does it, for `make bench`: asn1crypto takes apart, cryptography computes.

    passive_authentication.py DIRECTORY once|each ROUNDS

DIRECTORY has csca.der, crl.der and a folder for each document with sod.bin and dgN.bin. Every document must pass: structure, hashes of
the data groups, signed attributes, signature, profile, validity and revocation of the document signer, its signature by the CSCA. With
`once` the document signer's certificate is taken apart and verified when it is first seen, with `each` for every document. The CRL's
signature is verified once. Prints nanoseconds of CPU time for a document, the best round.
"""

import hashlib
import pathlib
import sys
import time

from asn1crypto import cms, core, crl, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils


class DataGroupHash(core.Sequence):
    _fields = [("data_group_number", core.Integer), ("data_group_hash_value", core.OctetString)]


class DataGroupHashes(core.SequenceOf):
    _child_spec = DataGroupHash


class LdsVersionInfo(core.Sequence):
    _fields = [("lds_version", core.PrintableString), ("unicode_version", core.PrintableString)]


class LdsSecurityObject(core.Sequence):
    _fields = [
        ("version", core.Integer),
        ("hash_algorithm", cms.DigestAlgorithm),
        ("data_group_hash_values", DataGroupHashes),
        ("lds_version_info", LdsVersionInfo, {"optional": True}),
    ]


LDS_SECURITY_OBJECT = "2.23.136.1.1.1"
PRIMES = {
    0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF: ec.SECP256R1(),
    2**384 - 2**128 - 2**96 + 2**32 - 1: ec.SECP384R1(),
    2**521 - 1: ec.SECP521R1(),
    0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377: ec.BrainpoolP256R1(),
}
HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}


def require(holds, what):
    if not holds:
        sys.exit(f"error: {what}")


def public_key(certificate):
    """9303-12 asks for explicit parameters, which cryptography refuses: the curve is told by its prime."""
    info = certificate["tbs_certificate"]["subject_public_key_info"]
    parameters = info["algorithm"]["parameters"]
    require(parameters.name == "specified", "the parameters are not explicit")
    curve = PRIMES[parameters.chosen["field_id"]["parameters"].native]
    return ec.EllipticCurvePublicKey.from_encoded_point(curve, bytes(info["public_key"].native))


def verify(key, hash_name, message, signature):
    digest = hashlib.new(hash_name, message).digest()
    try:
        key.verify(signature, digest, ec.ECDSA(utils.Prehashed(HASHES[hash_name])))
    except InvalidSignature:
        require(False, "a signature does not verify")


class Trust:
    def __init__(self, directory):
        self.csca = x509.Certificate.load((directory / "csca.der").read_bytes())
        self.key = public_key(self.csca)
        self.crl = crl.CertificateList.load((directory / "crl.der").read_bytes())
        tbs = self.crl["tbs_cert_list"]
        verify(self.key, self.crl["signature_algorithm"].hash_algo, tbs.dump(), self.crl["signature"].native)
        self.next_update = tbs["next_update"].native
        revoked = tbs["revoked_certificates"]
        self.revoked = {entry["user_certificate"].native for entry in revoked} if revoked else set()
        self.known = {}

    def document_signer(self, der, keep):
        known = self.known.get(der)
        if known is None:
            certificate = x509.Certificate.load(der)
            require(certificate.issuer == self.csca.subject, "another issuer")
            require(certificate.authority_key_identifier == self.csca.key_identifier, "another key of the issuer")
            require(certificate.key_usage_value.native == {"digital_signature"}, "another key usage")
            require(certificate.basic_constraints_value is None, "it has basic constraints")
            require(certificate.extended_key_usage_value is None, "it has an extended key usage")
            tbs = certificate["tbs_certificate"]
            verify(self.key, certificate["signature_algorithm"].hash_algo, tbs.dump(), certificate.signature)
            validity = tbs["validity"]
            known = (
                certificate,
                public_key(certificate),
                validity["not_before"].native,
                validity["not_after"].native,
                (certificate.issuer, certificate.serial_number),
            )
            if keep:
                self.known[der] = known
        return known

    def judge(self, sod, groups, now, keep):
        require(sod[0] == 0x77, "no EF.SOD")
        header = 2 + (sod[1] & 0x7F if sod[1] >= 0x80 else 0)
        info = cms.ContentInfo.load(sod[header:])
        require(info["content_type"].native == "signed_data", "no SignedData")
        signed = info["content"]
        content = signed["encap_content_info"]
        require(content["content_type"].native == LDS_SECURITY_OBJECT, "no LDS security object")
        econtent = content["content"].native
        lds = LdsSecurityObject.load(bytes(econtent))
        hash_name = lds["hash_algorithm"]["algorithm"].native
        listed = {
            entry["data_group_number"].native: entry["data_group_hash_value"].native
            for entry in lds["data_group_hash_values"]
        }
        require(listed.keys() == groups.keys(), "other data groups")
        for number, group in groups.items():
            require(hashlib.new(hash_name, group).digest() == listed[number], "another digest")

        (certificate,) = signed["certificates"]
        _, key, not_before, not_after, identity = self.document_signer(certificate.chosen.dump(), keep)
        require(not_before <= now <= not_after and now <= self.next_update, "not valid now")
        require(identity[1] not in self.revoked, "revoked")
        (signer,) = signed["signer_infos"]
        sid = signer["sid"].chosen
        require((sid["issuer"], sid["serial_number"].native) == identity, "another signer")
        hash_name = signer["digest_algorithm"]["algorithm"].native
        attributes = {attribute["type"].native: attribute["values"] for attribute in signer["signed_attrs"]}
        require(attributes["content_type"][0].native == LDS_SECURITY_OBJECT, "another content type")
        digest = hashlib.new(hash_name, bytes(econtent)).digest()
        require(attributes["message_digest"][0].native == digest, "another message digest")
        require(not_before <= attributes["signing_time"][0].native <= not_after, "signed at another time")
        message = signer["signed_attrs"].dump()
        verify(key, hash_name, b"\x31" + message[1:], signer["signature"].native)


def main():
    directory, mode, rounds = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    documents = []
    for folder in sorted(path for path in directory.iterdir() if path.is_dir()):
        groups = {int(path.stem[2:]): path.read_bytes() for path in folder.glob("dg*.bin")}
        documents.append(((folder / "sod.bin").read_bytes(), groups))
    best = None
    for _ in range(rounds):
        trust = Trust(directory)
        now = trust.crl["tbs_cert_list"]["this_update"].native
        started = time.process_time_ns()
        for sod, groups in documents:
            trust.judge(sod, groups, now, mode == "once")
        spent = time.process_time_ns() - started
        best = spent if best is None else min(best, spent)
    print(best // len(documents))


main()
