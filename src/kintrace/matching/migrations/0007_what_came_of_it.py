"""What came of it is recorded apart from that the family was told: of those told until now, both at once."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def ended_as_told(apps: Any, _editor: Any) -> None:
    """Until now nobody recorded that a family was told without what came of it."""
    told = apps.get_model("matching", "Disclosure")._base_manager.exclude(told_at=None)
    told.update(ended_by=F("told_by"), ended_at=F("told_at"))


class Migration(migrations.Migration):
    """The seventh."""

    dependencies: ClassVar[list[Any]] = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("matching", "0006_who_answered"),
    ]

    operations: ClassVar[list[Any]] = [
        migrations.AddField(
            model_name="disclosure",
            name="ended_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(model_name="disclosure", name="ended_at", field=models.DateTimeField(null=True)),
        migrations.RunPython(ended_as_told, migrations.RunPython.noop),
    ]
