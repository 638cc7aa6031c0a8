"""Live updates by Centrifugo, version 5 or 6.

    THEMIS_LIVE = {
        "BROKER": "example.live.centrifugo.Centrifugo",
        "OPTIONS": {
            "api": "http://127.0.0.1:8000/api",
            "api_key": "…",
            "stream": "https://live.example.org/connection/uni_sse",
            "token_key": "…",
        },
    }

``token_key`` is Centrifugo's HMAC key for tokens of connections. Its ``uni_sse`` has to be enabled,
and the site an allowed origin. The Content Security Policy names it in ``connect-src``.
"""

import json
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from example.live.signing import spread, token, topic


class Centrifugo:
    """Broadcasts once a call, to a channel of each user."""

    def __init__(self, api, api_key, stream, token_key):
        self.api, self.api_key = api, api_key
        self.stream, self.token_key = stream, token_key

    def publish(self, user_keys):
        """Post the broadcast; an error or a second without an answer is raised."""
        channels = [topic(key) for key in user_keys]
        body = {"channels": channels, "data": {"changed": spread(user_keys)}}
        headers = {"X-API-Key": self.api_key, "Content-Type": "application/json"}
        data = json.dumps(body).encode()
        request = Request(f"{self.api}/broadcast", data, headers)  # noqa: S310
        urlopen(request, timeout=1).close()  # noqa: S310

    def stream_url(self, request):
        """Return the address of the user's stream, with a token for that channel alone."""
        mine = topic(request.user.pk)
        connect = {"token": token({"sub": mine, "channels": [mine]}, self.token_key)}
        return f"{self.stream}?{urlencode({'cf_connect': json.dumps(connect)})}"
