"""The URLs of e-mail, which ``themis_htmx.urls`` includes where the app is installed."""

from django.urls import path

from themis_htmx.mail import views

urlpatterns = [
    path("preferences/", views.mail_preferences, name="mail_preferences"),
    path("unsubscribe/<str:token>/", views.mail_unsubscribe, name="mail_unsubscribe"),
]
