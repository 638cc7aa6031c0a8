"""The addresses of the example, and a view that notifies, as a project has them."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from themis.notifications import notify_user


@csrf_exempt
@require_POST
@transaction.atomic
def notify(request: HttpRequest) -> HttpResponse:
    """Notify a user in the request's transaction. The same number twice notifies once."""
    number = request.POST["number"]
    notify_user(
        get_user_model().objects.get(pk=request.POST["user"]),
        f"View {number}",
        source_app="soak",
        source_model="view",
        source_id=number,
        deduplicate=True,
    )
    return HttpResponse(status=204)


urlpatterns = [path("soak/notify/", notify), path("", include("example.urls"))]
