"""The tables: entries, the head of their chain, and signed checkpoints. Triggers refuse to change what was written."""

import json
from typing import Any

from django.db import models


class Entry(models.Model):
    """One thing that happened. Written by :func:`kintrace.ledger.record` only; :mod:`~kintrace.ledger.canonical` says how it
    is hashed."""

    number = models.BigIntegerField(primary_key=True)
    """1, 2, 3 … without a gap."""
    at = models.DateTimeField()
    who = models.CharField(max_length=64)
    role = models.CharField(max_length=128, blank=True)
    office = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=64)
    record = models.CharField(max_length=128, blank=True)
    purpose = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=16)
    details = models.TextField()
    """JSON as it is hashed; :attr:`facts` reads it."""
    salt = models.CharField(max_length=32)
    """Random, so that nobody can find from the hashes in a proof what its neighbours hold by trying."""
    content = models.CharField(max_length=64)
    chain = models.CharField(max_length=64)

    _all = models.Manager()

    class Meta:
        """Indexes for the questions that are asked: who did, what happened to a record, what happened when."""

        default_manager_name = "_all"
        indexes = (
            models.Index(fields=["who", "at"], name="ledger_who"),
            models.Index(fields=["record", "number"], name="ledger_record"),
            models.Index(fields=["at"], name="ledger_at"),
            models.Index(fields=["action", "number"], name="ledger_action"),
        )

    def __str__(self) -> str:
        """Number, action and outcome."""
        return f"{self.number} {self.action} {self.outcome}"

    @property
    def facts(self) -> dict[str, Any]:
        """The details as data."""
        return dict(json.loads(self.details))


class Head(models.Model):
    """Where the chain ends: one row, locked by whoever writes an entry until their transaction ends."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    deployment = models.CharField(max_length=36)
    """Random id with which the chain starts."""
    number = models.BigIntegerField(default=0)
    chain = models.CharField(max_length=64)

    _all = models.Manager()

    class Meta:
        """Of its one row."""

        default_manager_name = "_all"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="ledger_one_head"),)


class SignedCheckpoint(models.Model):
    """A :class:`~kintrace.ledger.Checkpoint` as it is stored."""

    number = models.BigIntegerField(primary_key=True)
    deployment = models.CharField(max_length=36)
    chain = models.CharField(max_length=64)
    at = models.CharField(max_length=27)
    """The very text that was signed."""
    key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    _all = models.Manager()

    class Meta:
        """The manager that is used."""

        default_manager_name = "_all"
