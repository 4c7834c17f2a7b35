"""Where webhooks may be sent: to the public internet over https, and nowhere else.

Whoever subscribes chooses the address, and who runs its name may change where that leads: so it is
vetted when it is given and again at every attempt, whose connection is made to what was vetted.
"""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings

from reforms.errors import RuleBroken
from reforms.links import Manners
from reforms.links.posting import DeliveryOutcome, Posted, post
from reforms.links.vetting import Forbidden, Unknown, vetted

# 8443 is where many run a second server with TLS; others would let us knock at any service.
PORTS = (443, 8443)
_ONLY_HTTPS = "only https is spoken; http would show the messages to others"
_MANNERS = Manners("reform-tracker webhooks", 5.0, 15.0, 20.0, ports=PORTS)


def manners() -> Manners:
    """How messages are handed over; with WEBHOOKS_INSECURE, also to this machine and its network.

    The whole takes 20 seconds at most, after up to 10 for looking up the name.
    """
    if settings.WEBHOOKS_INSECURE:
        return replace(_MANNERS, may_reach=lambda _: True, ports=None)
    return _MANNERS


def vet(url: str) -> None:
    """Raise RuleBroken, saying why, for an address that would not be sent to now.

    It looks up the name, which may take seconds: to be called while nothing is locked.
    """
    how = manners()
    try:
        if not _is_spoken(url):
            raise Forbidden(_ONLY_HTTPS)
        vetted(url, how.resolve, how.may_reach, how.ports)
    except (Forbidden, Unknown) as refusal:
        raise RuleBroken({"url": [f"nothing can be sent there: {refusal}"]}) from None


def hand_over(url: str, body: bytes, headers: Mapping[str, str]) -> Posted:
    """Send a message to an address, if that may be sent to now; it raises nothing."""
    if not _is_spoken(url):
        return Posted(DeliveryOutcome.OFF_LIMITS, f"Not asked: {_ONLY_HTTPS}.")
    return post(url, body, headers, manners())


def _is_spoken(url: str) -> bool:
    try:
        return settings.WEBHOOKS_INSECURE or urlsplit(url).scheme == "https"
    except ValueError:
        return False
