from django.db import migrations

import themis_htmx.indexes


class Migration(migrations.Migration):

    dependencies = [
        ('themis', '0002_latest_indexes'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='usernotification',
            index=themis_htmx.indexes.AnySetIndex(any_set=['dismissed_at', 'expires_at'], fields=['id'], name='themis_ended'),
        ),
    ]
