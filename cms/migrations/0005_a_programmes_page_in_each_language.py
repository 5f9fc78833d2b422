from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0004_statistics_monitors_followers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='programmepage',
            name='programme',
            field=models.CharField(help_text="The programme's code, like SCT or NHIS.", max_length=16),
        ),
    ]
