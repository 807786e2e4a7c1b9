"""Whether a logged certificate leads to an authority that the operator trusts: its issuer's signature, and the chain above it.

A log has looked at that before it took the certificate (RFC 6962 §3.1), by its own list of authorities; the draft recommends that
who checks looks, too (draft-linker-diem-adem-core-02 §6). What was signed is the precertificate, which logs keep beside the leaf.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import verification

from kintrace.emblem import der
from kintrace.emblem.certificates import Entry, read_chain, spki
from kintrace.emblem.logs import NotAsked, NotProved
from kintrace.errors import NotReadable

MOST_ABOVE = 16
"""Certificates above one that are looked at."""
_POISON = b"\x06\x0a\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x03"
"""The extension that makes a certificate a precertificate (RFC 6962 §3.1): its object identifier, DER."""
_ERRORS = (
    ValueError,
    TypeError,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    x509.InvalidVersion,
    UnsupportedAlgorithm,
)


@dataclass(frozen=True)
class Roots:
    """The certificates of authorities that the operator trusts."""

    anchors: tuple[x509.Certificate, ...]

    def lead(
        self, entry: Entry, above: Iterable[bytes], others: Sequence[x509.Certificate], at: datetime
    ) -> list[x509.Certificate]:
        """The chain from a logged certificate to one of these authorities, without the first and the last.

        Signatures, times, and what each authority may certify are checked. What the certificate is for (extended key usage) is
        not: one that serves nothing commits as well.

        Args:
            entry: from a log, with what was handed in.
            above: certificates that may stand above it, DER.
            others: more such.
            at: the time to check for, aware.

        Raises:
            NotProved: it leads to none of them.
            NotAsked: what was handed in is not there, or somebody else than the issuer signed it.
        """
        leaf = _signed(entry)
        between = [*_readable(list(above)[:MOST_ABOVE]), *others[:MOST_ABOVE]]
        try:
            chain = _verifier(self.anchors, at).verify(leaf, between).chain
        except verification.VerificationError as problem:
            raise NotProved("the certificate leads to no authority in the list of roots") from problem
        except _ERRORS as problem:
            raise NotProved("the certificate, or one above it, is damaged") from problem
        if entry.issuer_key_hash not in (None, hashlib.sha256(spki(chain[1])).digest()):
            raise NotAsked("it is logged, but its precertificate was signed by another than its issuer")
        return list(chain[1:-1])


def read_roots(files: Iterable[Path]) -> Roots:
    """Certificates of authorities, from files in PEM, such as those that systems bring along.

    Raises:
        NotReadable: a file holds none.
    """
    found: list[x509.Certificate] = []
    for file in files:
        try:
            found += read_chain(file.read_bytes())
        except OSError as problem:
            raise NotReadable(
                f"{file} cannot be read ({problem.strerror}).", "", "Name a file of roots, in PEM."
            ) from problem
        except NotReadable as problem:
            raise NotReadable(
                f"{file} holds no certificates of authorities. {problem.what}", "", "Give them in PEM."
            ) from problem
    return Roots(tuple(dict.fromkeys(found)))


def _verifier(anchors: Sequence[x509.Certificate], at: datetime) -> verification.ClientVerifier:
    """The library's rules for signatures, times, lengths of paths and constraints of names. Which extensions there are is freer
    than on the web, but an authority must be marked as one."""
    free = verification.ExtensionPolicy.permit_all()
    agnostic = verification.Criticality.AGNOSTIC
    authorities = free.require_present(x509.BasicConstraints, agnostic, _marked).may_be_present(
        x509.KeyUsage, agnostic, _may_sign
    )
    logged = free.may_be_present(x509.PrecertPoison, agnostic, None)
    policy = verification.PolicyBuilder().store(verification.Store(list(anchors))).time(at.astimezone(UTC))
    return policy.extension_policies(ca_policy=authorities, ee_policy=logged).build_client_verifier()


def _marked(policy: verification.Policy, certificate: x509.Certificate, found: x509.BasicConstraints) -> None:
    if not found.ca:
        raise ValueError("it is no authority")


def _may_sign(policy: verification.Policy, certificate: x509.Certificate, found: x509.KeyUsage | None) -> None:
    if found is not None and not found.key_cert_sign:
        raise ValueError("its key may not sign certificates")


def _signed(entry: Entry) -> x509.Certificate:
    """What the issuer signed: the certificate, or the precertificate, once it is seen to be that of the leaf.

    Raises:
        NotAsked: it is not.
    """
    if entry.issuer_key_hash is None:
        return entry.certificate()
    if not entry.submitted:
        raise NotAsked("it is logged, but the log does not give the precertificate with its issuer's signature")
    try:
        found = x509.load_der_x509_certificate(entry.submitted)
        same = without_poison(found.tbs_certificate_bytes) == entry.logged
    except (NotReadable, *_ERRORS) as problem:
        raise NotAsked("it is logged, but the precertificate that the log gives is damaged") from problem
    if not same:
        raise NotAsked(
            "it is logged, but the precertificate that the log gives is another, or not signed by its issuer"
        )
    return found


def without_poison(tbs: bytes) -> bytes:
    """The TBSCertificate of a precertificate as logs have it in their leaves (RFC 6962 §3.2).

    Raises:
        NotReadable: it is none.
    """
    parts = list(der.elements(der.contents(tbs, der.SEQUENCE)))
    for place, part in enumerate(parts):
        if part[0] == der.EXTENSIONS:
            listed = der.contents(der.contents(part, der.EXTENSIONS), der.SEQUENCE)
            kept = [each for each in der.elements(listed) if not der.contents(each, der.SEQUENCE).startswith(_POISON)]
            parts[place] = der.wrapped(der.EXTENSIONS, der.wrapped(der.SEQUENCE, b"".join(kept)))
    return der.wrapped(der.SEQUENCE, b"".join(parts))


def _readable(above: Iterable[bytes]) -> list[x509.Certificate]:
    found = []
    for each in above:
        try:
            found.append(x509.load_der_x509_certificate(each))
        except _ERRORS:
            continue
    return found
