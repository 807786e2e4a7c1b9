"""Who answered for the found person, an answer to be asked later, and why a disclosure was not approved."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kintrace.matching.models


class Migration(migrations.Migration):
    """The sixth."""

    dependencies: ClassVar[list[Any]] = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("matching", "0005_where_too"),
    ]

    operations: ClassVar[list[Any]] = [
        migrations.AlterField(
            model_name="disclosure",
            name="answer",
            field=models.CharField(
                choices=[
                    ("not_asked", "not asked"), ("yes", "yes"), ("no", "no"), ("later", "later"),
                    ("cannot_be_asked", "cannot be asked"),
                ],
                default=kintrace.matching.models.Answer["NOT_ASKED"],
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="capacity",
            field=models.CharField(
                blank=True,
                choices=[("self", "self"), ("guardian", "guardian"), ("best_interest", "best interest")],
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(model_name="disclosure", name="by_whom", field=models.BinaryField(null=True)),
        migrations.AddField(
            model_name="disclosure",
            name="refused_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(model_name="disclosure", name="refused_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="disclosure", name="refusal", field=models.BinaryField(null=True)),
    ]  # fmt: skip
