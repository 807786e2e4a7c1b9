"""Who made a known pair is kept beside it: of those there are, the ledger tells."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import migrations, models


def told_by_the_ledger(apps: Any, _editor: Any) -> None:
    """Write beside each known pair who made it."""
    entries = apps.get_model("ledger", "Entry")._base_manager.filter(action="review.control", outcome="done")
    for record, who in entries.values_list("record", "who"):
        try:
            control, user = UUID(record.removeprefix("control:")), UUID(who)
        except ValueError:
            continue
        apps.get_model("matching", "Control")._base_manager.filter(id=control).update(made_by=user)


class Migration(migrations.Migration):
    """The third."""

    dependencies: ClassVar[list[Any]] = [("matching", "0002_saved_searches"), ("ledger", "0002_by_action")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField(model_name="control", name="made_by", field=models.UUIDField(null=True)),
        migrations.RunPython(told_by_the_ledger, migrations.RunPython.noop),
    ]
