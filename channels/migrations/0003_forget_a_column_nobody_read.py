from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0002_receipts_and_budget'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='caller',
            name='noticed_version',
        ),
    ]
