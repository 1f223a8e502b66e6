"""Phones of a device pool are counted in an index alone."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("phones", "0008_register_reason")]

    operations = [
        migrations.AddIndex(
            model_name="phone",
            index=models.Index(fields=["device_pool", "em_enabled"], name="phones_of_a_pool"),
        )
    ]
