"""The standard access control groups; their names are the field's own."""

from uuid import uuid4

from django.db import migrations

GROUPS = {
    "Standard CCM Super Users": ["administration", "axl"],
    "Standard CCM Read Only": ["read only"],
    "Standard Help Desk": ["help desk"],
    "Standard EM Authentication Proxy Rights": ["em authentication proxy"],
}


def forwards(apps, schema_editor):
    group = apps.get_model("directory", "AccessControlGroup")
    for name, roles in GROUPS.items():
        group.objects.get_or_create(name=name, defaults={"roles": roles, "is_standard": True, "uuid": uuid4()})


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
