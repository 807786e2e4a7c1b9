"""Entries, the head of their chain and checkpoints, with the triggers that refuse to change them."""

from typing import Any, ClassVar

import django.db.models.manager
from django.db import migrations, models

from kintrace.ledger import triggers


def guard(_apps: Any, editor: Any) -> None:
    """Make the triggers."""
    for statement in triggers.create(editor.connection.vendor):
        editor.execute(statement)


def unguard(_apps: Any, editor: Any) -> None:
    """Drop the triggers."""
    for statement in triggers.drop(editor.connection.vendor):
        editor.execute(statement)


class Migration(migrations.Migration):
    """The first."""

    initial = True

    dependencies: ClassVar[list[Any]] = []

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="SignedCheckpoint",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("deployment", models.CharField(max_length=36)),
                ("chain", models.CharField(max_length=64)),
                ("at", models.CharField(max_length=27)),
                ("key", models.CharField(max_length=64)),
                ("signature", models.CharField(max_length=128)),
            ],
            options={
                "default_manager_name": "_all",
            },
            managers=[
                ("_all", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("who", models.CharField(max_length=64)),
                ("role", models.CharField(blank=True, max_length=128)),
                ("office", models.CharField(blank=True, max_length=64)),
                ("action", models.CharField(max_length=64)),
                ("record", models.CharField(blank=True, max_length=128)),
                ("purpose", models.CharField(blank=True, max_length=64)),
                ("outcome", models.CharField(max_length=16)),
                ("details", models.TextField()),
                ("salt", models.CharField(max_length=32)),
                ("content", models.CharField(max_length=64)),
                ("chain", models.CharField(max_length=64)),
            ],
            options={
                "default_manager_name": "_all",
                "indexes": [
                    models.Index(fields=["who", "at"], name="ledger_who"),
                    models.Index(fields=["record", "number"], name="ledger_record"),
                    models.Index(fields=["at"], name="ledger_at"),
                ],
            },
            managers=[
                ("_all", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("deployment", models.CharField(max_length=36)),
                ("number", models.BigIntegerField(default=0)),
                ("chain", models.CharField(max_length=64)),
            ],
            options={
                "default_manager_name": "_all",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="ledger_one_head")],
            },
            managers=[
                ("_all", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunPython(guard, unguard),
    ]
