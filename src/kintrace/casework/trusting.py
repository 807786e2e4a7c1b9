"""The agency's trust list: authorities whose signers' content credentials count as trusted. For who runs or oversees the agency.

The list is one row, sealed under a secret of the deployment: who can write to the database alone puts nobody on it. Every process
that looks into files reads it before each file.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction

from kintrace.casework.people import login_of
from kintrace.casework.picturerecords import TrustedSigners
from kintrace.casework.records import Photo
from kintrace.casework.scope import Scope
from kintrace.casework.sealedlists import SealedList
from kintrace.errors import NotPossible, TrustListError
from kintrace.provenance import Decision, TrustList
from kintrace.provenance.text import shown
from kintrace.vault import Place, unseal_many

MARK = 16
"""Letters of an authority's mark: the first of its certificate's SHA-256."""
BATCH = 2000
LIST = SealedList(
    TrustedSigners,
    "trust-list",
    TrustListError(
        "The trust list does not open: it was changed, or belongs to another keyring.",
        "No signer is trusted by it.",
        "Restore records and keyring from one backup.",
    ),
)

Progress = Callable[[int, int], None]


def trusted_pem() -> tuple[int, str]:
    """The list's version, and its certificates as PEM; empty where the agency trusts nobody."""
    version, data = LIST.read()
    return version, "".join(each["pem"] for each in _entries(data) if "removed" not in each)


def trust_version() -> int:
    """The version of the list as it is now. In a transaction that is in the ledger it stays so until its end."""
    return LIST.version()


def trust(scope: Scope, pem: bytes, reason: str) -> dict[str, Any]:
    """Put authorities on the list; those on it already stay as they are.

    Args:
        scope: of an administrator or a data protection officer.
        pem: certificates of authorities, one after the other.
        reason: why their signers are trusted.

    Returns:
        ``{added, known}``: marks of the authorities.

    Raises:
        Denied, DecisionError, TrustListError: the list is as it was.
    """
    scope.require("trust.change")
    by = Decision(login_of(scope.user), reason.strip())
    given = x509.load_pem_x509_certificates(TrustList.read(pem).pem.encode())
    with transaction.atomic():
        scope.note("trust.add", authorities=[mark_of(each) for each in given])  # the ledger's lock is held from here
        held = _held()
        known = {each["mark"] for each in held if "removed" not in each}
        new = {mark_of(each): each for each in given if mark_of(each) not in known}
        _save(held + [
            {"mark": mark, "pem": each.public_bytes(Encoding.PEM).decode(), "by": by.by, "reason": by.reason,
             "added": _today()}
            for mark, each in new.items()
        ])  # fmt: skip
    return {"added": list(new), "known": [mark_of(each) for each in given if mark_of(each) in known]}


def distrust(scope: Scope, mark: str, reason: str) -> None:
    """Take an authority off the list.

    Raises:
        Denied, DecisionError, NotPossible: the list is as it was.
    """
    scope.require("trust.change")
    by = Decision(login_of(scope.user), reason.strip())
    with transaction.atomic():
        there = [each["mark"] for each in _on_it() if each["mark"] == mark.lower()]
        scope.note("trust.remove", outcome="done" if there else "empty", authorities=there)
        held = _held()
        for each in held:
            if each["mark"] in there and "removed" not in each:
                each["removed"] = {"by": by.by, "reason": by.reason, "at": _today()}
        if there:
            _save(held)
    if not there:
        raise NotPossible("There is no such authority.", "The list is as it was.", "See: kintrace trust list")


def trusted(scope: Scope, *, removed: bool = False) -> list[dict[str, Any]]:
    """The list: of each authority its mark, name, how long its certificate is valid, who put it there, when and why.

    Args:
        scope: who asks.
        removed: also those that were taken off; of them who did that, when and why, as ``removed``.

    Raises:
        Denied: for administrators and data protection officers only.
    """
    scope.require("trust.read")
    held = _held() if removed else _on_it()
    with transaction.atomic():
        scope.note("trust.read", outcome="done" if held else "empty", authorities=len(held))
    told = []
    for each in held:
        certificate = x509.load_pem_x509_certificate(each["pem"].encode())
        told.append({
            "mark": each["mark"], "name": shown(certificate.subject.rfc4514_string()),
            "until": certificate.not_valid_after_utc.date().isoformat(),
            **{name: value for name, value in each.items() if name in ("by", "reason", "added", "removed")},
        })  # fmt: skip
    return told


def look_again(scope: Scope, progress: Progress | None = None) -> int:
    """Let the background job look again into every photo with content credentials, as after the list changed.

    Whoever is stopped halfway can begin again. What a person decided on a photo stays.

    Returns:
        How many photos wait for it.
    """
    scope.require("trust.change")
    rows = Photo._all.exclude(file_facts=None).order_by("id")
    table, total, seen, found = Photo._meta.db_table, rows.count(), 0, 0
    last = None
    while batch := list((rows.filter(id__gt=last) if last else rows).only("id", "person_id", "file_facts")[:BATCH]):
        last = batch[-1].id
        sealed = ((row.person_id, Place(table, str(row.id), "file_facts"), bytes(row.file_facts)) for row in batch)
        signed = [
            row.id
            for row, data in zip(batch, unseal_many(sealed), strict=True)
            if data is not None and json.loads(data)["credentials"]["state"] != "absent"
        ]
        if signed:
            with transaction.atomic():
                scope.note("trust.again", photos=len(signed))
                found += Photo._all.filter(id__in=signed).update(checked=0, tries=0, lease=None)
        seen += len(batch)
        if progress:
            progress(seen, max(total, seen))
    return found


def mark_of(certificate: x509.Certificate) -> str:
    """A short name of an authority: the beginning of its certificate's SHA-256, as other programs show it."""
    return sha256(certificate.public_bytes(Encoding.DER)).hexdigest()[:MARK]


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _on_it() -> list[dict[str, Any]]:
    return [each for each in _held() if "removed" not in each]


def _held() -> list[dict[str, Any]]:
    return _entries(LIST.read()[1])


def _entries(data: bytes | None) -> list[dict[str, Any]]:
    return json.loads(data) if data is not None else []


def _save(held: list[dict[str, Any]]) -> None:
    LIST.write(json.dumps(held, ensure_ascii=False).encode())
