"""A model about a person, with sealed fields and a file, in no app: its table is made where a test needs it."""

from typing import Any, ClassVar

from django.db import connection, models

from kintrace.vault.fields import BlobField, SealedField, SealedModel


class Note(SealedModel):
    key_owner = "person_id"

    person_id = models.UUIDField()
    name = SealedField(null=True)
    remark = SealedField(null=True)
    photo = BlobField(blank=True, default="")

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        app_label = "vault_sample"


def make_table() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Note)


def drop_table() -> None:
    with connection.schema_editor() as editor:
        editor.delete_model(Note)
