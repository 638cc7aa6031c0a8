"""Live updates by a Mercure hub, version 0.x.

    THEMIS_LIVE = {
        "BROKER": "example.live.mercure.Mercure",
        "OPTIONS": {"hub": "https://live.example.org/.well-known/mercure", "key": "…"},
    }

``key`` is the hub's key for publishers and subscribers. The hub needs ``cors_origins`` if it has
another origin than the site, and the Content Security Policy names it in ``connect-src``.
"""

from urllib.parse import urlencode
from urllib.request import Request, urlopen

from example.live.signing import spread, token, topic


class Mercure:
    """Publishes one update a call, to a private topic of each user."""

    def __init__(self, hub, key, public_hub=None):
        """``public_hub`` is the address for browsers, if they need another one than the site."""
        self.hub, self.public_hub, self.key = hub, public_hub or hub, key

    def publish(self, user_keys):
        """Post the update; an error or a second without an answer is raised."""
        fields = [("topic", topic(key)) for key in user_keys]
        fields += [("type", "changed"), ("data", spread(user_keys)), ("private", "on")]
        bearer = token({"mercure": {"publish": ["*"]}}, self.key)
        headers = {"Authorization": f"Bearer {bearer}"}
        request = Request(self.hub, urlencode(fields).encode(), headers)  # noqa: S310
        urlopen(request, timeout=1).close()  # noqa: S310

    def stream_url(self, request):
        """Return the address of the user's stream, with a token for that topic alone."""
        mine = topic(request.user.pk)
        bearer = token({"mercure": {"subscribe": [mine]}}, self.key)
        return f"{self.public_hub}?{urlencode({'topic': mine, 'authorization': bearer})}"
