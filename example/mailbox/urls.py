"""The addresses of the mailbox."""

from django.urls import path

from example.mailbox import views

urlpatterns = [
    path("", views.mailbox, name="mailbox"),
    path("deliver/", views.deliver, name="mailbox-deliver"),
    path("<int:number>/", views.email, name="mailbox-email"),
    path("<int:number>/html/", views.html, name="mailbox-html"),
]
