"""Count how many headsets that nobody knew each device reports in a day."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("headsets", "0001_initial")]

    operations = [
        migrations.AddField("phonemachine", "new_headsets", models.PositiveIntegerField(default=0)),
        migrations.AddField("phonemachine", "new_headsets_on", models.DateField(null=True)),
    ]
