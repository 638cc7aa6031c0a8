from django.conf import settings
from django.db import migrations

import themis_htmx.indexes


class Migration(migrations.Migration):

    dependencies = [
        ('themis', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name='usernotification', name='themis_unread'),
        migrations.RemoveIndex(model_name='usernotification', name='themis_inbox'),
        migrations.AddIndex(
            model_name='usernotification',
            index=themis_htmx.indexes.LatestIndex(fields=['user', 'read_at', 'id', 'expires_at'], name='themis_unread'),
        ),
        migrations.AddIndex(
            model_name='usernotification',
            index=themis_htmx.indexes.LatestIndex(fields=['user', 'dismissed_at', 'id'], mariadb=['expires_at'], name='themis_inbox'),
        ),
    ]
