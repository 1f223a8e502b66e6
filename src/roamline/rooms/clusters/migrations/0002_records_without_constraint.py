"""Records without a constraint to their cluster, which PostgreSQL looks at for every single row."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The column stays as it is."""

    dependencies = [("clusters", "0001_initial")]

    operations = [
        migrations.AlterField(
            "record",
            "cluster",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="records",
                to="clusters.cluster",
            ),
        )
    ]
