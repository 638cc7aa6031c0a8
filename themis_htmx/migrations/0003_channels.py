from typing import Any

import django.db.models.deletion
import themis_htmx.models.zones
from django.conf import settings
from django.db import migrations, models


def turn_off_the_bell(apps: Any, schema_editor: Any) -> None:
    """A row used to say that a source is muted, and now says so in a column."""
    preferences = apps.get_model("themis", "SourcePreference")
    preferences.objects.using(schema_editor.connection.alias).update(bell=False)


def delete_what_mutes_nothing(apps: Any, schema_editor: Any) -> None:
    """Without the columns, each row that is left would mute its source."""
    preferences = apps.get_model("themis", "SourcePreference")
    rows = preferences.objects.using(schema_editor.connection.alias)
    rows.exclude(bell=False).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('themis', '0002_attention'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='userprofile',
            name='quiet_from',
            field=models.TimeField(blank=True, null=True, verbose_name='quiet from'),
        ),
        migrations.AddField(
            model_name='userprofile',
            name='quiet_to',
            field=models.TimeField(blank=True, null=True, verbose_name='quiet to'),
        ),
        migrations.AddField(
            model_name='userprofile',
            name='quiet_lets_urgent_through',
            field=models.BooleanField(default=True, verbose_name='urgent ones come through quiet hours'),
        ),
        migrations.AddField(
            model_name='userprofile',
            name='time_zone',
            field=models.CharField(blank=True, default='', help_text='Such as Europe/Berlin; empty for the time zone of the site.', max_length=64, validators=[themis_htmx.models.zones.validate_zone], verbose_name='time zone'),
        ),
        migrations.RenameModel(old_name='MutedSource', new_name='SourcePreference'),
        migrations.AlterModelOptions(
            name='sourcepreference',
            options={'verbose_name': 'source preference', 'verbose_name_plural': 'source preferences'},
        ),
        migrations.AlterField(
            model_name='sourcepreference',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='themis_source_preferences', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        # The new one first: MariaDB needs an index that begins with the user, for the foreign key.
        migrations.AddConstraint(
            model_name='sourcepreference',
            constraint=models.UniqueConstraint(fields=('user', 'source_app'), name='themis_source_preference'),
        ),
        migrations.RemoveConstraint(
            model_name='sourcepreference',
            name='themis_muted_source',
        ),
        migrations.AddField(
            model_name='sourcepreference',
            name='bell',
            field=models.BooleanField(blank=True, null=True, verbose_name='bell'),
        ),
        migrations.AddField(
            model_name='sourcepreference',
            name='desktop',
            field=models.BooleanField(blank=True, null=True, verbose_name='desktop'),
        ),
        migrations.AddField(
            model_name='sourcepreference',
            name='email',
            field=models.BooleanField(blank=True, null=True, verbose_name='e-mail'),
        ),
        migrations.RunPython(turn_off_the_bell, delete_what_mutes_nothing),
    ]
