"""Fields that behave alike on every database."""

import pytest
from django.db import connection

from themis_htmx.models import UserNotification
from themis_htmx.models.fields import ExactCharField

ALIKE = ["a", "A", "a ", " a", "á", "à", "ａ", "a\u0301"]


@pytest.mark.parametrize("column", ["source_app", "source_model", "source_id"])
def test_source_columns_tell_apart_what_only_looks_alike(notify, column):
    for value in ALIKE:
        notify(**{column: value})

    for value in ALIKE:
        assert UserNotification.objects.filter(**{column: value}).count() == 1
    assert UserNotification.objects.values(column).distinct().count() == len(ALIKE)


def test_only_where_the_database_would_fold_is_a_collation_named(db):
    collation = ExactCharField(max_length=9).db_parameters(connection).get("collation")

    assert (collation is not None) == (connection.vendor == "mysql")


def test_the_profile_side_answers_on_the_class_as_any_relation_does(django_user_model):
    assert django_user_model.themis_profile.related.name == "themis_profile"
