from django.contrib.auth.views import LogoutView
from django.urls import path

from tests.urls import urlpatterns as tested

urlpatterns = [*tested, path("logout/", LogoutView.as_view(next_page="/"))]
