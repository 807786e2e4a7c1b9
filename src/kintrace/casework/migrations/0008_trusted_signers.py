"""The list of authorities whose signers are trusted."""

import django.db.models.manager
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0007_quicker_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrustedSigners",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("content", models.BinaryField()),
                ("version", models.PositiveBigIntegerField(default=1)),
            ],
            options={
                "default_manager_name": "_all",
            },
            managers=[
                ("_all", django.db.models.manager.Manager()),
            ],
        ),
    ]
