"""Near-identical faces are found once and kept; the templates that are there wait to be compared by the worker."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0010_two_pictures"),
    ]

    operations = [
        migrations.AddField(
            model_name="template",
            name="compared",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="template",
            index=models.Index(fields=["compared"], name="casework_te_compare_7b1eaf_idx"),
        ),
        migrations.CreateModel(
            name="NearFace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="casework.template"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="casework.template"
                    ),
                ),
                ("score", models.FloatField()),
                ("by_submitter", models.BooleanField()),
                ("by_site", models.BooleanField()),
            ],
            options={
                "default_manager_name": "_all",
            },
            managers=[
                ("_all", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddConstraint(
            model_name="nearface",
            constraint=models.UniqueConstraint(fields=("one", "other"), name="near_face_once"),
        ),
    ]
