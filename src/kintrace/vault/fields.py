"""Fields and models whose values are sealed under the key of the person they are about."""

import uuid
from functools import cache
from typing import Any, ClassVar

from django.apps import apps
from django.db import models

from kintrace.vault.place import Place


class SealedField(models.BinaryField):
    """A column of ciphertext. :class:`SealedModel` fills and opens it; plain access gives the ciphertext."""

    def get_prep_value(self, value: Any) -> Any:
        """Refuse what is not ciphertext, so that a mistake in the code cannot store a value in clear."""
        if value and (
            not isinstance(value, bytes | bytearray | memoryview) or len(value) < 33 or bytes(value[:1]) != b"\1"
        ):
            raise TypeError(f"{self.name}: only sealed values can be stored; use seal()")
        return super().get_prep_value(value)


class BlobField(models.CharField):
    """The id of a sealed file in the blob store; empty where there is none."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options["max_length"] = 32
        super().__init__(*args, **options)


class SealedModel(models.Model):
    """A row about one person, with sealed fields. The id is set before the row is saved, since values are bound to it."""

    key_owner: ClassVar[str] = "person_id"
    """Attribute that gives the id of the person whose key seals the row; may be ``pk``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        """No table of its own."""

        abstract = True

    def seal(self, **values: bytes | str | None) -> None:
        """Seal values into the fields named; text as UTF-8, None as null. The row is not saved by this.

        Raises:
            KeyDestroyed: the person was erased.
            KeyMissing: the person has no key.
        """
        from kintrace.vault.sealing import seal_many

        person = getattr(self, self.key_owner)
        given = {
            name: value.encode() if isinstance(value, str) else value
            for name, value in values.items()
            if value is not None
        }
        sealed = seal_many([(person, self.place(name), value) for name, value in given.items()])
        fresh = dict(zip(given, sealed, strict=True))
        for name in values:
            setattr(self, name, fresh.get(name))

    def unseal(self, name: str) -> bytes:
        """The value of a sealed field.

        Raises:
            KeyDestroyed: the person was erased.
            KeyMissing: the person has no key.
            SealBroken: it was changed, or belongs to another row, field or person.
        """
        from kintrace.vault.sealing import unseal

        return unseal(getattr(self, self.key_owner), self.place(name), bytes(getattr(self, name) or b""))

    def unseal_text(self, name: str) -> str:
        """The value of a sealed field as text; see :meth:`unseal`."""
        return self.unseal(name).decode()

    @classmethod
    def sealed_fields(cls) -> list[str]:
        """Names of the sealed fields."""
        return [field.name for field in cls._meta.concrete_fields if isinstance(field, SealedField)]

    @classmethod
    def blob_fields(cls) -> list[str]:
        """Names of the fields that hold ids of sealed files."""
        return [field.name for field in cls._meta.concrete_fields if isinstance(field, BlobField)]

    def place(self, name: str) -> Place:
        """Where the value of a sealed field belongs.

        Raises:
            TypeError: the field is not a sealed one.
        """
        return self.place_of(self.pk, name)

    @classmethod
    def place_of(cls, row: Any, name: str) -> Place:
        """The same of a row that is known by its id alone.

        Raises:
            TypeError: the field is not a sealed one.
        """
        if name not in _sealed(cls):  # type: ignore[arg-type]  # a class has a hash; mypy asks its instances
            raise TypeError(f"{name} is not a sealed field of {cls.__name__}")
        return Place(cls._meta.db_table, str(row), name)


@cache
def _sealed(model: type[SealedModel]) -> frozenset[str]:
    return frozenset(model.sealed_fields())


def sealed_models() -> list[type[SealedModel]]:
    """All models, of all apps, with sealed fields or sealed files."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, SealedModel) and not model._meta.proxy and (model.sealed_fields() or model.blob_fields())
    ]
