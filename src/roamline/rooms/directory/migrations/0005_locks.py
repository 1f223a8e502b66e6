"""Locked accounts are counted in an index that has no others."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0004_super_users")]

    operations = [
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                fields=["locked_until"], condition=models.Q(("locked_until__isnull", False)), name="locks"
            ),
        )
    ]
