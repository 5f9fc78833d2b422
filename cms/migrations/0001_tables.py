"""Every table of the public site, as the models say it."""

import cases.clock
import cases.crypto
import cms.knowledge
import cms.models.frame
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import modelcluster.contrib.taggit
import modelcluster.fields
import uuid
import wagtail.fields
from django.conf import settings
from django.db import migrations, models

from cases.migrations._together import together


class Migration(migrations.Migration):

    initial = True
    replaces = [
        ('cms', '0001_initial'),
        ('cms', '0002_pages_of_a_site'),
        ('cms', '0003_news_library_and_registers'),
        ('cms', '0004_statistics_monitors_followers'),
        ('cms', '0005_a_programmes_page_in_each_language'),
        ('cms', '0006_what_is_taken_down'),
    ]

    dependencies = [
        ('cases', '0002_kept_by_the_database'),
        ('taggit', '0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
        ('wagtaildocs', '0014_alter_document_file_size'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = together([
        migrations.CreateModel(
            name='AccessRegisterPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
                ('rows', wagtail.fields.StreamField([('row', 4)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'What must be public', 'max_length': 200}), 1: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 2: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Where it is', 'required': False}), 3: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 4: ('wagtail.blocks.StructBlock', [[('what', 0), ('section', 1), ('page', 2), ('note', 3)]], {})})),
            ],
            options={
                'verbose_name': 'access-to-information register',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='BuiltPage',
            fields=[
                ('address', models.CharField(max_length=200, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='CharterPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
                ('promises', wagtail.fields.StreamField([('promise', 3)], block_lookup={0: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 2: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('matters', 'How soon each matter is taken and answered'), ('levels', 'How soon a level above answers'), ('paused', 'How long the clock may stand still'), ('kept', 'How long a closed case is kept')], 'label': 'table beside it', 'required': False}), 3: ('wagtail.blocks.StructBlock', [[('title', 0), ('text', 1), ('beside', 2)]], {})})),
            ],
            options={
                'verbose_name': 'service charter',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='ComplainPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
                ('steps', wagtail.fields.StreamField([('step', 2)], block_lookup={0: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 1: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 2: ('wagtail.blocks.StructBlock', [[('title', 0), ('text', 1)]], {})})),
            ],
            options={
                'verbose_name': 'how to complain and appeal',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='ConsultationListPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
            ],
            options={
                'verbose_name': 'consultations',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='DeskFinderPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
            ],
            options={
                'verbose_name': 'desk finder',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='EventListPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
            ],
            options={
                'verbose_name': 'events',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='EventPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
                ('first_day', models.DateField()),
                ('until', models.DateField(help_text='The last day; the same one for a single day.')),
                ('hours', models.CharField(blank=True, max_length=60)),
                ('place', models.CharField(max_length=160)),
                ('part_of', models.CharField(blank=True, help_text='Like “Social Protection Week 2027”.', max_length=80)),
                ('source', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'verbose_name': 'event',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='HomePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('headline', models.CharField(max_length=80)),
                ('introduction', models.TextField(max_length=400)),
                ('by_phone', wagtail.fields.RichTextField(help_text='How to use the phone menu. The code to dial is added.')),
                ('by_sms', wagtail.fields.RichTextField()),
                ('at_a_desk', wagtail.fields.RichTextField(help_text='The list of desks is added.')),
                ('on_the_web', wagtail.fields.RichTextField()),
                ('steps', wagtail.fields.StreamField([('step', 2)], block_lookup={0: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 1: ('wagtail.blocks.TextBlock', (), {'max_length': 300}), 2: ('wagtail.blocks.StructBlock', [[('title', 0), ('text', 1)]], {})}, help_text='What happens to a matter, from telling us to the last word.')),
                ('promise', wagtail.fields.RichTextField(help_text='Stands above the table of days.')),
                ('privacy', wagtail.fields.RichTextField(help_text="A citizen's rights over what is stored about them, in short.")),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='LibraryPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
            ],
            options={
                'verbose_name': 'library',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='MediaPackPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
            ],
            options={
                'verbose_name': 'media pack',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='MonitorsPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
            ],
            options={
                'verbose_name': 'what monitors say',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='NewsListPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
            ],
            options={
                'verbose_name': 'news',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='NewsPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
                ('day', models.DateField(default=django.utils.timezone.localdate)),
                ('source', models.CharField(blank=True, help_text='Who says so, where it is not this service itself.', max_length=200)),
            ],
            options={
                'verbose_name': 'news item',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='PartnerDirectoryPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
                ('rows', wagtail.fields.StreamField([('row', 6)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('public', 'Public body'), ('cso', 'Civil society'), ('union', 'Workers'), ('employers', 'Employers'), ('chief', 'Chief or headman'), ('faith', 'Faith leader'), ('line', 'Help line')]}), 2: ('wagtail.blocks.CharBlock', (), {'help_text': 'Districts, with commas; or: all.', 'max_length': 300}), 3: ('wagtail.blocks.CharBlock', (), {'label': 'Helps with', 'max_length': 200}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 120, 'required': False}), 5: ('wagtail.blocks.CharBlock', (), {'max_length': 200}), 6: ('wagtail.blocks.StructBlock', [[('name', 0), ('kind', 1), ('districts', 2), ('helps_with', 3), ('contact', 4), ('source', 5)]], {})})),
            ],
            options={
                'verbose_name': 'partner directory',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='PaymentCalendarPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
                ('rows', wagtail.fields.StreamField([('row', 5)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 1: ('wagtail.blocks.CharBlock', (), {'label': 'How often', 'max_length': 60}), 2: ('wagtail.blocks.DateBlock', (), {'label': 'Next payment from', 'required': False}), 3: ('wagtail.blocks.CharBlock', (), {'max_length': 160, 'required': False}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 200}), 5: ('wagtail.blocks.StructBlock', [[('programme', 0), ('how_often', 1), ('next_day', 2), ('where', 3), ('source', 4)]], {})})),
            ],
            options={
                'verbose_name': 'payment calendar',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='PlainPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
            ],
            options={
                'verbose_name': 'plain page',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='PlanTrackerPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
                ('rows', wagtail.fields.StreamField([('row', 5)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'max_length': 200}), 1: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 2: ('wagtail.blocks.CharBlock', (), {'max_length': 40, 'required': False}), 3: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('planned', 'Planned'), ('under_way', 'Under way'), ('done', 'Done'), ('late', 'Late'), ('unknown', 'Not known')]}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 120, 'required': False}), 5: ('wagtail.blocks.StructBlock', [[('action', 0), ('owner', 1), ('due', 2), ('status', 3), ('funding', 4), ('source', 0)]], {})})),
            ],
            options={
                'verbose_name': 'plan and recommendation tracker',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='ProgrammeListPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
            ],
            options={
                'verbose_name': 'list of programmes',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='ProgrammePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
                ('programme', models.CharField(help_text="The programme's code, like SCT or NHIS.", max_length=16)),
            ],
            options={
                'verbose_name': 'programme',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='ServicePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
                ('topics', models.CharField(help_text='The codes of the topics it serves, like register-worker, …', max_length=200)),
                ('read_out', models.CharField(blank=True, help_text="The handset texts to show: an agency's code.", max_length=24)),
            ],
            options={
                'verbose_name': 'service',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='StatisticsPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
            ],
            options={
                'verbose_name': 'statistics',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='StatisticsTable',
            fields=[
                ('source', models.TextField(blank=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('code', models.SlugField(primary_key=True, serialize=False)),
                ('title', models.CharField(help_text='Also the name of its sheet in the workbook.', max_length=31)),
                ('about', models.CharField(max_length=300)),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'verbose_name_plural': 'statistics tables',
                'ordering': ['order'],
            },
        ),
        migrations.CreateModel(
            name='TrainingRegisterPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
                ('rows', wagtail.fields.StreamField([('row', 5)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'max_length': 160}), 1: ('wagtail.blocks.CharBlock', (), {'label': 'For whom', 'max_length': 120}), 2: ('wagtail.blocks.DateBlock', (), {'required': False}), 3: ('wagtail.blocks.IntegerBlock', (), {'min_value': 0, 'required': False}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 200}), 5: ('wagtail.blocks.StructBlock', [[('course', 0), ('for_whom', 1), ('day', 2), ('women', 3), ('men', 3), ('source', 4)]], {})})),
            ],
            options={
                'verbose_name': 'training register',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='ConsultationPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
                ('opens', models.DateField()),
                ('closes', models.DateField()),
                ('how_to_take_part', wagtail.fields.RichTextField()),
                ('who_took_part', wagtail.fields.RichTextField(blank=True)),
                ('what_changed', wagtail.fields.RichTextField(blank=True, help_text='What was said, what changed, why.')),
                ('draft', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtaildocs.document')),
            ],
            options={
                'verbose_name': 'consultation',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='Happening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='Told twice it is still one.', max_length=60, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('address', models.CharField(help_text='Of the page, from the first slash on.', max_length=200)),
                ('subjects', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('at', models.DateTimeField(default=cases.clock.now)),
                ('spread_at', models.DateTimeField(blank=True, help_text='When its letters were laid down.', null=True)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('spread_at', None)), fields=['at'], name='to_be_spread')],
            },
        ),
        migrations.CreateModel(
            name='LibraryItemPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences under the title. Search engines and messengers show them too.', max_length=300)),
                ('body', wagtail.fields.StreamField([('words', 0), ('notice', 3), ('steps', 7), ('question', 9), ('quote', 12), ('picture', 15), ('table', 19), ('ladder', 23), ('help_lines', 24)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'description': 'Headings, paragraphs and lists.', 'features': ['h2', 'h3', 'bold', 'link', 'ul', 'ol', 'document-link'], 'icon': 'pilcrow', 'preview_value': '<h2>Who can come</h2><p>Everybody. You need no phone of your own.</p>', 'template': 'cms/blocks/words.html'}), 1: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('calm', 'Good to know'), ('warning', 'Take care')]}), 2: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol']}), 3: ('wagtail.blocks.StructBlock', [[('kind', 1), ('text', 2)]], {}), 4: ('wagtail.blocks.CharBlock', (), {'max_length': 60}), 5: ('wagtail.blocks.TextBlock', (), {'max_length': 400}), 6: ('wagtail.blocks.StructBlock', [[('title', 4), ('text', 5)]], {}), 7: ('wagtail.blocks.ListBlock', (6,), {'description': 'What to do first, second, third.', 'icon': 'list-ol', 'preview_value': [{'text': 'Your NRC, or its number.', 'title': 'Bring your card'}, {'text': 'The officer gives you a case number.', 'title': 'Get your number'}], 'template': 'cms/blocks/steps.html'}), 8: ('wagtail.blocks.CharBlock', (), {'max_length': 120}), 9: ('wagtail.blocks.StructBlock', [[('question', 8), ('answer', 2)]], {}), 10: ('wagtail.blocks.TextBlock', (), {'max_length': 500}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'Who said it, and when. With their consent.', 'max_length': 120}), 12: ('wagtail.blocks.StructBlock', [[('words', 10), ('who', 11)]], {}), 13: ('wagtail.images.blocks.ImageBlock', [], {}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 200, 'required': False}), 15: ('wagtail.blocks.StructBlock', [[('image', 13), ('caption', 14)]], {}), 16: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows, with date and source.', 'max_length': 150}), 17: ('wagtail.blocks.CharBlock', (), {'required': False}), 18: ('wagtail.contrib.typed_table_block.blocks.TypedTableBlock', [[('text', 17), ('words', 2)]], {}), 19: ('wagtail.blocks.StructBlock', [[('caption', 16), ('table', 18)]], {}), 20: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 21: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'link', 'ul', 'ol'], 'required': False}), 22: ('wagtail.blocks.ChoiceBlock', [], {'choices': cms.knowledge.names_of_ladders}), 23: ('wagtail.blocks.StructBlock', [[('title', 20), ('text', 21), ('ladder', 22)]], {}), 24: ('cms.blocks.HelpLines', (), {})}, verbose_name='words')),
                ('review_by', models.DateField(default=cms.models.frame.in_half_a_year, help_text='By when somebody reads this page again and checks that all of it still holds.')),
                ('kind', models.CharField(choices=[('law', 'Law'), ('report', 'Report'), ('brief', 'Brief'), ('manual', 'Manual')], max_length=8)),
                ('year', models.PositiveSmallIntegerField()),
                ('language', models.CharField(default='en', help_text='The language it is written in, by its code.', max_length=8)),
                ('by', models.CharField(blank=True, max_length=120, verbose_name='who wrote it')),
                ('source', models.CharField(help_text='Where it was taken from.', max_length=200)),
                ('document', models.ForeignKey(blank=True, help_text='The text itself.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtaildocs.document')),
            ],
            options={
                'verbose_name': 'law, report or brief',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='LibraryTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_object', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='tagged_items', to='cms.libraryitempage')),
                ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_items', to='taggit.tag')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='libraryitempage',
            name='tags',
            field=modelcluster.contrib.taggit.ClusterTaggableManager(blank=True, help_text='A comma-separated list of tags.', through='cms.LibraryTag', to='taggit.Tag', verbose_name='topics'),
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('once', models.UUIDField(default=uuid.uuid4, help_text='A form sent twice writes one.', unique=True)),
                ('kind', models.CharField(choices=[('note', 'Social-audit note'), ('scorecard', 'Community scorecard')], max_length=9)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Handed in'), ('returned', 'Given back'), ('published', 'Published'), ('withdrawn', 'Taken down')], default='draft', max_length=9)),
                ('organisation', models.CharField(help_text='As it was called when the note was written.', max_length=120)),
                ('title', models.CharField(max_length=120)),
                ('words', models.TextField(max_length=4000)),
                ('seen_on', models.DateField()),
                ('written_at', models.DateTimeField(default=cases.clock.now)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True, help_text='Why it was given back or taken down.')),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.officer')),
                ('moderator', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.officer')),
                ('monitor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='cases.officer')),
                ('place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.place')),
                ('programme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.programme')),
            ],
            options={
                'ordering': ['-published_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('place__isnull', False), ('programme__isnull', False), _connector='OR'), name='about_something'), models.CheckConstraint(condition=models.Q(models.Q(('moderator__isnull', False), ('published_at__isnull', False), ('state__in', ['published', 'withdrawn'])), ('published_at', None), _connector='OR'), name='published_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None), ('answered_by', None)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='answered_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField()),
                ('criterion', models.CharField(max_length=120)),
                ('score', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
                ('people', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100000)])),
                ('words', models.CharField(blank=True, max_length=300)),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='cms.note')),
            ],
            options={
                'ordering': ['order'],
                'constraints': [models.UniqueConstraint(fields=('note', 'order'), name='score_once'), models.CheckConstraint(condition=models.Q(('score__range', (1, 5))), name='scored_one_to_five')],
            },
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('source', models.TextField(blank=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('code', models.SlugField(primary_key=True, serialize=False)),
                ('tables', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(), help_text='The tables it stands in, by code.', size=None)),
                ('name', models.CharField(max_length=120)),
                ('unit', models.CharField(max_length=24)),
                ('split_by', models.CharField(blank=True, help_text='Like sex or province; a figure names its part.', max_length=24)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('programme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.programme')),
            ],
            options={
                'verbose_name_plural': 'statistics series',
                'ordering': ['order'],
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.TextField(blank=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('as_of', models.CharField(max_length=10)),
                ('split', models.CharField(blank=True, max_length=40)),
                ('value', models.DecimalField(decimal_places=2, max_digits=18)),
                ('note', models.CharField(blank=True, max_length=120)),
                ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='cms.series')),
            ],
            options={
                'verbose_name_plural': 'statistics figures',
                'ordering': ['series', 'as_of', 'split'],
                'constraints': [models.UniqueConstraint(fields=('series', 'as_of', 'split'), name='figure_once')],
            },
        ),
        migrations.CreateModel(
            name='SignOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=120)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('table', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_offs', to='cms.statisticstable')),
            ],
            options={
                'ordering': ['-at'],
                'constraints': [models.UniqueConstraint(fields=('table', 'digest'), name='signed_off_once')],
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=40)),
                ('address', cases.crypto.SealedTextField()),
                ('address_index', models.CharField(max_length=32)),
                ('asked_at', models.DateTimeField(default=cases.clock.now)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('subject', 'address_index'), name='followed_once')],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('due', 'Due'), ('going', 'Going'), ('sent', 'Sent'), ('failed', 'Failed')], default='due', max_length=6)),
                ('due_at', models.DateTimeField(default=cases.clock.now)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('happening', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='cms.happening')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='cms.subscription')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'due')), fields=['due_at'], name='letters_due')],
                'constraints': [models.UniqueConstraint(fields=('subscription', 'happening'), name='told_once')],
            },
        ),
    ])
