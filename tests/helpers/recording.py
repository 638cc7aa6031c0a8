"""A broker of a project, which records what is published, and fails when a test says so."""


class RecordingBroker:
    """Every instance records into the class, since the kit makes its own."""

    published = []
    failure = None
    attempts = 0

    def __init__(self, **options):
        self.options = options

    def publish(self, user_keys):
        type(self).attempts += 1
        if self.failure:
            raise self.failure
        self.published.append(user_keys)

    def stream_url(self, request):
        if self.failure:
            raise self.failure
        return f"https://live.example.org/?user={request.user.pk}&a=1"
