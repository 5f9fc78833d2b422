"""Every table of the channels, as the models say it."""

import cases.crypto
import django.db.models.deletion
import django.utils.timezone
import wagtail.models.preview
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ('channels', '0001_initial'),
        ('channels', '0002_receipts_and_budget'),
        ('channels', '0003_forget_a_column_nobody_read'),
        ('channels', '0004_delivery_counted'),
        ('channels', '0005_indexes_that_are_read'),
    ]

    dependencies = [
        ('cases', '0002_kept_by_the_database'),
    ]

    operations = [
        migrations.CreateModel(
            name='Caller',
            fields=[
                ('index', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('language', models.CharField(blank=True, max_length=8)),
                ('opted_out_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='InfoText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text="A programme's or agency's code.", max_length=24)),
                ('language', models.CharField(default='en', max_length=8)),
                ('title', models.CharField(max_length=24)),
                ('text', models.TextField(max_length=600)),
                ('source', models.TextField(blank=True)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('loaded_digest', models.CharField(blank=True, editable=False, help_text='Digest of the text as last loaded from the country pack.', max_length=64)),
            ],
            options={
                'ordering': ['order', 'key'],
                'constraints': [models.UniqueConstraint(fields=('key', 'title', 'language'), name='info_text_once')],
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.CreateModel(
            name='ScreenCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('channel', models.CharField(max_length=4)),
                ('language', models.CharField(max_length=8)),
                ('screen', models.CharField(max_length=40)),
                ('left', models.PositiveIntegerField(default=0)),
                ('finished', models.PositiveIntegerField(default=0)),
                ('resumed', models.PositiveIntegerField(db_default=0, help_text='Of both: those that went on with an earlier call.')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'channel', 'language', 'screen'), name='screen_counted_once')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('key', models.CharField(help_text='gateway:session id', max_length=120, primary_key=True, serialize=False)),
                ('caller', models.CharField(blank=True, help_text='Blind index; emptied for an anonymous case.', max_length=32)),
                ('screen', models.CharField(blank=True, help_text='The screen now showing, by its name.', max_length=40)),
                ('language', models.CharField(blank=True, max_length=8)),
                ('sealed', models.BinaryField()),
                ('hops', models.PositiveIntegerField(default=1)),
                ('ended', models.BooleanField(default=False)),
                ('resumable', models.BooleanField(default=False)),
                ('resumed', models.BooleanField(db_default=False, help_text='It went on where an earlier call had stopped.')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended', False)), fields=['caller', '-updated_at'], name='session_of_caller'), models.Index(fields=['updated_at'], name='session_age')],
            },
        ),
        migrations.CreateModel(
            name='SmsCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(help_text='On which a gateway took it; where none did, on which it was given up.')),
                ('gateway', models.CharField(blank=True, max_length=20)),
                ('network', models.CharField(blank=True, help_text='By the number, where that is known.', max_length=24)),
                ('district', models.CharField(blank=True, help_text='None where the matter is sensitive.', max_length=12)),
                ('fate', models.CharField(help_text='sent, delivered, or why it failed.', max_length=12)),
                ('messages', models.PositiveIntegerField(default=0)),
                ('parts', models.PositiveIntegerField(default=0, help_text='That a gateway took, and that are paid for.')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'gateway', 'network', 'district', 'fate'), name='sms_counted_once')],
            },
        ),
        migrations.CreateModel(
            name='StrayReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=20)),
                ('provider_id', models.CharField(max_length=100)),
                ('status', models.CharField(max_length=9)),
                ('raw', models.CharField(blank=True, max_length=60)),
                ('reason', models.CharField(blank=True, max_length=80)),
                ('network', models.CharField(blank=True, max_length=16)),
                ('opted_out', models.BooleanField(default=False)),
                ('arrived_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(fields=['provider_id'], name='stray_receipt')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.CharField(choices=[('in', 'From the citizen'), ('out', 'To the citizen')], max_length=3)),
                ('state', models.CharField(choices=[('queued', 'Waiting to be sent'), ('leased', 'Being sent'), ('sent', 'Sent'), ('delivered', 'Delivered'), ('failed', 'Failed'), ('arrived', 'Arrived'), ('handled', 'Handled')], max_length=9)),
                ('notice', models.CharField(blank=True, help_text='Which words these are, by channels/notices.py.', max_length=20)),
                ('language', models.CharField(blank=True, max_length=8)),
                ('phone', cases.crypto.SealedTextField()),
                ('phone_index', models.CharField(max_length=32)),
                ('to', models.CharField(blank=True, help_text='Incoming: our short code it was sent to.', max_length=24)),
                ('text', cases.crypto.SealedTextField()),
                ('parts', models.PositiveSmallIntegerField(default=1)),
                ('gateway', models.CharField(blank=True, max_length=20)),
                ('provider_id', models.CharField(blank=True, max_length=100, null=True)),
                ('network', models.CharField(blank=True, max_length=16)),
                ('cost', models.CharField(blank=True, max_length=24)),
                ('raw_status', models.CharField(blank=True, help_text="The provider's own word, known to us or not.", max_length=60)),
                ('failure', models.CharField(blank=True, max_length=60)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('counted', models.CharField(blank=True, help_text='In which state it was counted.', max_length=9)),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='cases.case')),
                ('event', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='cases.event')),
                ('counted_in', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.smscount')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'leased'])), fields=['due_at'], name='message_outbox'), models.Index(condition=models.Q(('state', 'arrived')), fields=['created_at'], name='message_inbox'), models.Index(fields=['phone_index', '-created_at'], name='message_of_phone'), models.Index(condition=models.Q(('direction', 'out'), ('state__in', ['sent', 'delivered', 'failed']), models.Q(('counted', models.F('state')), _negated=True)), fields=['id'], name='message_uncounted'), models.Index(condition=models.Q(('direction', 'out'), ('sent_at__isnull', False)), fields=['sent_at'], name='message_spent')],
                'constraints': [models.UniqueConstraint(fields=('gateway', 'provider_id', 'direction'), name='provider_message_once'), models.UniqueConstraint(condition=models.Q(('direction', 'out'), ('event__isnull', False)), fields=('event',), name='event_told_once')],
            },
        ),
    ]
