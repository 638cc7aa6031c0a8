"""Fields that behave alike on every database."""

import pytest
from django.db import connection

from themis_htmx.models import UserNotification
from themis_htmx.models.fields import ExactCharField

ALIKE = ["a", "A", "a ", " a", "á", "à", "ａ", "a\u0301"]


@pytest.mark.parametrize("column", ["source_app", "source_model", "source_id"])
def test_source_columns_tell_lookalike_values_apart(notify, column):
    for value in ALIKE:
        notify(**{column: value})

    for value in ALIKE:
        assert UserNotification.objects.filter(**{column: value}).count() == 1
    assert UserNotification.objects.values(column).distinct().count() == len(ALIKE)


def test_exact_char_field_names_a_collation_only_on_mariadb(db):
    collation = ExactCharField(max_length=9).db_parameters(connection).get("collation")

    assert (collation is not None) == (connection.vendor == "mysql")


def test_profile_attribute_of_the_user_class_names_its_relation(django_user_model):
    assert django_user_model.themis_profile.related.name == "themis_profile"
