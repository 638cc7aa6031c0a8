"""A page that was loaded before a fault, and what becomes of it."""

import re

from django.test import Client
from django.urls import reverse

BELL = reverse("themis:bell")


class Page:
    """A page that was loaded before the fault, and its polls."""

    def __init__(self, user):
        self.client = Client(raise_request_exception=False)
        self.client.force_login(user)
        html = self.client.get("/page/").content.decode()
        self.token = re.search(r'name="token"\s+value="([^"]+)"', html)[1]
        assert self.poll().status_code == 204

    def poll(self):
        return self.client.get(BELL, {"token": self.token})

    def read(self, notification):
        return self.client.post(reverse("themis:read", args=[notification.pk]))

    def is_left_alone_by(self, response):
        """Tell whether the answer is none of the kit's, so that nothing of it is swapped in."""
        return response.status_code == 500 and "Themis" not in response.headers

    def shows(self, count):
        response = self.poll()
        is_kits = response.status_code == 200 and "Themis" in response.headers
        return is_kits and f'<bdi dir="ltr">{count}</bdi>' in response.content.decode()
