"""The addresses of the gallery."""

from django.urls import path

from example.gallery import views

urlpatterns = [
    path("", views.index, name="gallery"),
    *(
        path(f"<slug:host>/{address}", views.page, {"name": name}, name=f"gallery-{name}")
        for name, address in {
            "home": "",
            "list": "list/",
            "preferences": "preferences/",
        }.items()
    ),
    path("<slug:host>/states/", views.states, name="gallery-states"),
    path("<slug:host>/states/<slug:only>/", views.states, name="gallery-state"),
]
