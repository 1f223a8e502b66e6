"""Links that an administrator cut; troubles as texts that can be put in any language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Troubles are written anew by the node that speaks."""

    dependencies = [("clusters", "0002_records_without_constraint")]

    operations = [
        migrations.AddField("cluster", "is_cut", models.BooleanField(default=False)),
        migrations.AlterField("cluster", "alarm", models.TextField(blank=True)),
        migrations.AlterField("cluster", "error", models.TextField(blank=True)),
    ]
