"""Which weights are in use, by which a candidate was weighed, and how far all cards were weighed anew by others."""

from typing import Any, ClassVar

import django.db.models.manager
from django.db import migrations, models


class Migration(migrations.Migration):
    """The fourth."""

    dependencies: ClassVar[list[Any]] = [("matching", "0003_who_made_a_known_pair")]

    operations: ClassVar[list[Any]] = [
        migrations.CreateModel(
            name="WeightsInUse",
            fields=[
                ("of", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("version", models.CharField(max_length=16)),
            ],
            options={"default_manager_name": "_all"},
            managers=[("_all", django.db.models.manager.Manager())],
        ),
        migrations.AddField("candidate", "weights", models.CharField(blank=True, default="", max_length=40)),
        migrations.AddField("followed", "anew_after", models.UUIDField(null=True)),
    ]
