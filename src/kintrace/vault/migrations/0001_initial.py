"""The first tables of the keyring."""

from typing import ClassVar

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """All tables."""

    initial = True

    dependencies: ClassVar[list[tuple[str, str]]] = []

    operations: ClassVar = [
        migrations.CreateModel(
            name="Generation",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("token", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="OfficeKey",
            fields=[
                ("office", models.UUIDField(primary_key=True, serialize=False)),
                ("wrapped", models.BinaryField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("turned_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                ("person", models.UUIDField(primary_key=True, serialize=False)),
                ("office", models.UUIDField(db_index=True)),
                ("wrapped", models.BinaryField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("turned_at", models.DateTimeField(null=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Rotation",
            fields=[
                ("name", models.CharField(max_length=90, primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("note", models.CharField(default="", max_length=90)),
            ],
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("wrapped", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="NameToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.UUIDField(db_index=True)),
                ("kind", models.CharField(max_length=20)),
                ("token", models.BinaryField(max_length=16)),
            ],
            options={
                "indexes": [models.Index(fields=["token"], name="vault_nametoken_token")],
            },
        ),
    ]
