"""Whether the found person said that the family may know where they are: asked for itself, from now on."""

from typing import Any, ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """The fifth."""

    dependencies: ClassVar[list[Any]] = [("matching", "0004_weights_in_use")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField(model_name="disclosure", name="where_too", field=models.BooleanField(default=False)),
    ]
