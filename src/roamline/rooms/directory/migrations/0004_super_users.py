"""The standard group of the users who may log in in every cluster."""

from uuid import uuid4

from django.db import migrations, models

NAME = "Standard EM Roaming Across Clusters Super Users"


def forwards(apps, schema_editor):
    group = apps.get_model("directory", "AccessControlGroup")
    group.objects.get_or_create(
        name=NAME, defaults={"roles": ["em roaming"], "is_standard": True, "uuid": uuid4()}
    )


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_policies")]
    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='accesscontrolgroup',
            name='roles',
            field=models.JSONField(blank=True, default=list, help_text='administration, read only, help desk, em authentication proxy, axl, em roaming'),
        ),
    ]
