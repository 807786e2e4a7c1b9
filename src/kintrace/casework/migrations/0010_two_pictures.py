"""A person can say that two photos that count as one picture are two."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0009_quicker_counts"),
    ]

    operations = [
        migrations.AddField(
            model_name="samepicture",
            name="two",
            field=models.BooleanField(default=False),
        ),
    ]
