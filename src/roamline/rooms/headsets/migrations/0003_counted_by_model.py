"""Headsets of each model are counted in an index alone."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("headsets", "0002_new_headsets_counted")]

    operations = [
        migrations.AddIndex(model_name="headset", index=models.Index(fields=["model"], name="headsets_of_a_model"))
    ]
