"""A list of the deployment's in one row, sealed under a secret of the deployment: who can write to the database alone cannot
change it. The block list and the trust list are such."""

import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db.models import F

from kintrace.casework.picturerecords import SealedRow
from kintrace.errors import KintraceError
from kintrace.vault import secret

NONCE = 12


@dataclass(frozen=True)
class SealedList:
    """Where a list is kept, and what is said where it does not open."""

    rows: type[SealedRow]
    name: str
    """Of the secret; sealed with the list, too."""
    broken: KintraceError

    def read(self, *, locked: bool = False) -> tuple[int, bytes | None]:
        """The list's version, and the list; version 0 and None where there was never one.

        Args:
            locked: so that nobody changes it before the end of the transaction.

        Raises:
            KintraceError: ``broken``: it was changed, or belongs to another keyring.
        """
        rows = self.rows._all.select_for_update() if locked else self.rows._all
        row = rows.filter(id=1).first()
        if row is None:
            return 0, None
        sealed = bytes(row.content)
        try:
            return row.version, self._cipher().decrypt(sealed[:NONCE], sealed[NONCE:], self.name.encode())
        except InvalidTag:
            raise type(self.broken)(self.broken.what, self.broken.kept, self.broken.todo) from None

    def write(self, data: bytes) -> None:
        """Put another in its place. Inside a transaction in which it was read ``locked``, or the ledger has an entry."""
        nonce = secrets.token_bytes(NONCE)
        sealed = nonce + self._cipher().encrypt(nonce, data, self.name.encode())
        if not self.rows._all.filter(id=1).update(content=sealed, version=F("version") + 1):
            self.rows._all.create(id=1, content=sealed)

    def version(self) -> int:
        """How often it was written."""
        return self.rows._all.filter(id=1).values_list("version", flat=True).first() or 0

    def _cipher(self) -> AESGCM:
        return AESGCM(secret(self.name))
