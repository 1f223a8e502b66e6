"""Alarms of phones that did not take up their configuration (EM-44)."""

from django.db import migrations, models
from django.db.models import deletion


class Migration(migrations.Migration):
    dependencies = [("mobility", "0003_feature_report"), ("phones", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="PhoneAlarm",
            fields=[
                (
                    "phone",
                    models.OneToOneField(
                        on_delete=deletion.CASCADE,
                        primary_key=True,
                        related_name="alarm",
                        serialize=False,
                        to="phones.phone",
                    ),
                ),
                ("version", models.BigIntegerField(help_text="The configuration version that it did not take up.")),
                ("since", models.DateTimeField()),
            ],
            options={"ordering": ["since"]},
        )
    ]
