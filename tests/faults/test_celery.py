"""The broker of Celery is down at the moment of a call."""

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from kombu.exceptions import OperationalError

from tests.helpers.brokers import free_port, sending
from tests.helpers.worker import celery_app
from themis_htmx.tasks import notify_users_later


@pytest.mark.django_db(transaction=True)
def test_fan_out_in_the_background_raises_while_its_broker_is_down(users, titles):
    nowhere = f"amqp://guest:guest@127.0.0.1:{free_port()}//"
    with sending(celery_app(nowhere, "themis-nowhere", set_as_current=False)):
        with pytest.raises(OperationalError):
            notify_users_later(users, "News")
        with pytest.raises(OperationalError), transaction.atomic():  # noqa: PT012
            get_user_model().objects.create_user("new")
            assert notify_users_later(users, "News") == 1

    assert titles() == []
    assert get_user_model().objects.filter(username="new").exists()
