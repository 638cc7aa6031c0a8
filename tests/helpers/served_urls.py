from django.http import HttpResponse
from django.urls import path

from tests.urls import urlpatterns as tested
from themis_htmx.notifications import anotify_user


async def tell(request):
    made = await anotify_user(await request.auser(), "From async code")
    return HttpResponse(made.pk)


urlpatterns = [*tested, path("tell/", tell)]
