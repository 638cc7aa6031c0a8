"""What is simulated: who is there, what they do, and what happens to them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """From when to when the server, or the network of some, is not there."""

    name: str
    begin: float
    end: float


DEPLOY = Trouble("deploy", 600, 605)
OUTAGE = Trouble("outage", 1500, 1800)
NETWORK = Trouble("network", 2880, 3000)


@dataclass(frozen=True)
class Plan:
    """Who is there, what they do, and what happens to them; times are in seconds."""

    people: int = 100_000
    interval: float = 60
    seed: int = 1
    # The share that looks elsewhere, and for how long one looks at the page.
    hidden_share: float = 0.4
    looks: float = 180
    # How long one stays on a page, and how soon one tries again whom an error page met.
    stays: float = 300
    retries: tuple[float, float] = (5, 30)
    deploy: Trouble | None = DEPLOY
    outage: Trouble | None = OUTAGE
    # A network that comes back, to such a share of people and within so many seconds.
    network: Trouble | None = NETWORK
    network_share: float = 0.05
    network_spread: float = 5
    reload_spread: float = 0
    retry_after: float = 0
    # After so long a request is given up, and a poll's token is renewed, as the kit has it.
    timeout: float = 10
    token_life: float = 600
    lasts: int = 3600
    warm_up: int = 240

    def troubles(self) -> list[Trouble]:
        """What happens, in order of time."""
        return [trouble for trouble in (self.deploy, self.outage, self.network) if trouble]
