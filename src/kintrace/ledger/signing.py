"""Signing checkpoints, and proving that an entry stands before one."""

from datetime import UTC, datetime

from django.db import transaction

from kintrace.errors import LedgerError
from kintrace.ledger.canonical import instant, start_of
from kintrace.ledger.models import Entry, Head, SignedCheckpoint
from kintrace.ledger.proofs import Proof
from kintrace.ledger.signatures import Checkpoint, check_checkpoint, public_key, signed
from kintrace.ledger.walking import walk
from kintrace.ledger.writing import fields_of, locked_head


def checkpoint(signing_key: bytes) -> Checkpoint:
    """Sign the ledger as it is, once the entries since the last checkpoint were checked. Others wait meanwhile.

    Where the last entry was signed already, that checkpoint is given: nothing is signed twice.

    Args:
        signing_key: 32 bytes, Ed25519.

    Raises:
        LedgerError: the key is none, the ledger is empty, or not what it was at the last checkpoint. Nothing is signed.
    """
    public_key(signing_key)
    with transaction.atomic():
        head = locked_head()
        if not head.number:
            raise LedgerError("The ledger is empty.", "Nothing was signed.")
        last = SignedCheckpoint._all.order_by("-number").first()
        number, chain = (last.number, last.chain) if last else (0, start_of(head.deployment))
        number, chain, bad, _ = walk(number, chain, lambda _number, _chain: None)
        if bad is not None or (number, chain) != (head.number, head.chain):
            raise LedgerError(
                f"The ledger is not what was written: entry {number + 1} is the first that is not right.",
                "Nothing was signed.",
                "Run: kintrace ledger verify",
            )
        if last and last.number == number:
            return _plain(last)
        made = signed(signing_key, head.deployment, number, chain, instant(datetime.now(UTC)))
        _store(made)
        return made


def checkpoints() -> list[Checkpoint]:
    """The checkpoints stored in the database, oldest first."""
    return [_plain(row) for row in SignedCheckpoint._all.order_by("number")]


def add_checkpoint(kept: Checkpoint, key: bytes) -> bool:
    """Put back a checkpoint that was kept elsewhere, as after a restore.

    Args:
        kept: the checkpoint.
        key: the public key it must be signed with.

    Returns:
        Whether it was not there yet.

    Raises:
        LedgerError: it is not signed with the key, or does not fit the ledger.
    """
    with transaction.atomic():
        head = locked_head()
        held = Entry._all.filter(number=kept.number).values_list("chain", flat=True).first()
        if not check_checkpoint(kept, key) or kept.deployment != head.deployment or kept.chain != held:
            raise LedgerError(
                f"Checkpoint {kept.number} is not one of this ledger.",
                "Nothing was changed.",
                "If it was kept in a safe place, the ledger was changed. Run: kintrace ledger verify",
            )
        if SignedCheckpoint._all.filter(number=kept.number).exists():
            return False
        _store(kept)
        return True


def prove(number: int) -> Proof:
    """A proof that an entry stands in the ledger. It grows by 67 bytes for each entry up to the next checkpoint.

    Raises:
        LedgerError: there is no such entry, or no checkpoint at it or after.
    """
    entry = Entry._all.filter(number=number).first()
    if entry is None:
        raise LedgerError(f"There is no entry {number}.")
    mark = SignedCheckpoint._all.filter(number__gte=number).order_by("number").first()
    if mark is None:
        raise LedgerError(
            f"Entry {number} is not covered by a checkpoint yet.", "", "Sign one: kintrace ledger checkpoint"
        )
    if number == 1:
        before = start_of(Head._all.get(id=1).deployment)
    else:
        before = Entry._all.values_list("chain", flat=True).get(number=number - 1)
    following = Entry._all.filter(number__gt=number, number__lte=mark.number).order_by("number")
    return Proof(
        number, tuple(fields_of(entry)), before, tuple(following.values_list("content", flat=True)), _plain(mark)
    )


def _plain(row: SignedCheckpoint) -> Checkpoint:
    return Checkpoint(row.deployment, row.number, row.chain, row.at, row.key, row.signature)


def _store(mark: Checkpoint) -> None:
    SignedCheckpoint._all.create(
        number=mark.number,
        deployment=mark.deployment,
        chain=mark.chain,
        at=mark.at,
        key=mark.key,
        signature=mark.signature,
    )
