"""Whether a certificate was revoked, from lists (CRL, RFC 5280 §5) that the operator supplies. Nobody is asked."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography import x509

from kintrace.emblem.certificates import spki
from kintrace.errors import NotReadable

_PEM_CRL = b"-----BEGIN X509 CRL-----"
_PEM_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"
_UNDERSTOOD = {x509.CRLNumber.oid, x509.AuthorityKeyIdentifier.oid, x509.IssuingDistributionPoint.oid}

State = Literal["good", "revoked", "unknown"]


@dataclass(frozen=True)
class Revocations:
    """Revocation lists, each with the certificate of who signed it, and all issuers' certificates that were given."""

    lists: tuple[tuple[x509.CertificateRevocationList, x509.Certificate], ...]
    issuers: tuple[x509.Certificate, ...]

    def state(
        self, certificate: x509.Certificate, at: datetime, issuer_key_hash: bytes | None = None
    ) -> tuple[State, str]:
        """What the lists say of a certificate at a time, and why, in words. If one that holds says it is revoked, it is.

        Args:
            certificate: it.
            at: aware.
            issuer_key_hash: SHA-256 of its issuer's SubjectPublicKeyInfo, of a logged precertificate, which bears no signature.
        """
        why, good = "no revocation list of its issuer was given", False
        for issuer in self.issuers:
            if issuer.subject != certificate.issuer or not _issued(issuer, certificate, issuer_key_hash):
                continue
            why = "no revocation list that its issuer signed was given"
            for one, signer in self.lists:
                if signer != issuer:
                    continue
                if not one.last_update_utc <= at or one.next_update_utc is None or at >= one.next_update_utc:
                    why = f"the revocation list of its issuer does not hold at this time (made {one.last_update_utc:%Y-%m-%d})"
                elif not _speaks_of(one, certificate):
                    why = "the revocation list that was given is for other certificates of its issuer"
                elif one.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
                    return "revoked", "its issuer revoked it"
                else:
                    good = True
        return ("good", "") if good else ("unknown", why)


def read_revocations(files: Iterable[Path]) -> Revocations:
    """Lists and their issuers' certificates, from files in PEM or DER, in any order.

    Raises:
        NotReadable: a file is neither.
    """
    lists: list[x509.CertificateRevocationList] = []
    issuers: list[x509.Certificate] = []
    for file in files:
        try:
            data = file.read_bytes()
        except OSError as problem:
            raise NotReadable(
                f"{file} cannot be read ({problem.strerror}).", "", "Name a revocation list."
            ) from problem
        try:
            if _PEM_CRL in data or _PEM_CERTIFICATE in data:
                issuers += x509.load_pem_x509_certificates(data) if _PEM_CERTIFICATE in data else []
                lists += [x509.load_pem_x509_crl(_PEM_CRL + part) for part in data.split(_PEM_CRL)[1:]]
            else:
                lists.append(x509.load_der_x509_crl(data))
        except ValueError as problem:
            raise NotReadable(
                f"{file} holds no revocation list.",
                "",
                "Give the CRL of the certificate authority and, in PEM, the authority's certificate.",
            ) from problem
    signed = [(one, issuer) for one in lists for issuer in dict.fromkeys(issuers) if _signed(one, issuer)]
    return Revocations(tuple(signed), tuple(dict.fromkeys(issuers)))


def _issued(issuer: x509.Certificate, certificate: x509.Certificate, issuer_key_hash: bytes | None) -> bool:
    if issuer_key_hash is not None:
        return hashlib.sha256(spki(issuer)).digest() == issuer_key_hash
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:
        return False
    return True


def _signed(one: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return one.issuer == issuer.subject and one.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except Exception:
        return False


def _speaks_of(one: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether a list's scope holds the certificate: authorities with many certificates cut their lists in parts."""
    try:
        if any(extension.critical and extension.oid not in _UNDERSTOOD for extension in one.extensions):
            return False
        scope = one.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return True
    except (ValueError, x509.DuplicateExtension):
        return False
    if (
        (scope.only_contains_user_certs if _is_authority(certificate) else scope.only_contains_ca_certs)
        or scope.only_contains_attribute_certs
        or scope.indirect_crl
        or scope.only_some_reasons
    ):
        return False
    if scope.full_name is None:
        return scope.relative_name is None
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError, x509.DuplicateExtension):
        return False
    return any(name in scope.full_name for point in points for name in point.full_name or [])


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError, x509.DuplicateExtension):
        return False
