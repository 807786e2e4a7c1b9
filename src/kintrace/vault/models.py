"""The keyring's tables: wrapped keys, tombstones of destroyed ones, and the blind index."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class Generation(models.Model):
    """One row, whose token changes whenever unwrapped keys in memory must be forgotten, in every process.

    The token is random and not a count, so that a keyring restored from a backup can never come to a count seen before.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.BigIntegerField()


class Secret(models.Model):
    """A secret of the whole deployment, wrapped by the root key."""

    name = models.CharField(max_length=60, primary_key=True)
    wrapped = models.BinaryField()


class OfficeKey(models.Model):
    """An office's keyset, wrapped by the root key."""

    office = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)
    """When its newest key was made."""
    turned_at = models.DateTimeField(null=True)
    """Since when it holds older keys beside the newest; null where it does not."""


class PersonKey(models.Model):
    """A person's keyset, wrapped by their office's key; once destroyed, a tombstone without a key."""

    person = models.UUIDField(primary_key=True)
    office = models.UUIDField(db_index=True)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)
    """When its newest key was made."""
    turned_at = models.DateTimeField(null=True)
    """Since when it holds older keys beside the newest; null where it does not."""
    destroyed_at = models.DateTimeField(null=True)


class NameToken(models.Model):
    """A keyed fingerprint of one token of a person's names."""

    person = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=20)
    token = models.BinaryField(max_length=16)

    class Meta:
        """Looked up by fingerprint."""

        indexes: ClassVar = [models.Index(fields=["token"], name="vault_nametoken_token")]


class Rotation(models.Model):
    """A rotation that was begun and is not finished: ``root``, ``office`` or ``person``, and which of them."""

    name = models.CharField(max_length=90, primary_key=True)
    started_at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=90, default="")
