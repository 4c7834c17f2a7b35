"""Hands a message to an address over HTTP, once: vetted, within bounds, following nothing."""

import email.utils
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

from reforms.dates import now
from reforms.links.connecting import Distrusted, Failed, Manners, Reply, Talk
from reforms.links.vetting import Forbidden, Unknown, vetted
from reforms.vocabulary import Term

# What is kept of an answer, so that its owner can see what their program said.
MOST_BYTES = 500
_BUSY = (429, 503)


class DeliveryOutcome(Term):
    """What came of handing over a message."""

    DELIVERED = "delivered", "it was taken: the answer was 2xx"
    REDIRECTED = "redirected", "the answer was 3xx: redirects are not followed"
    GONE = "gone", "the answer was 410: nobody there wants any more of it"
    BUSY = "busy", "the answer was 429 or 503: to be tried again later"
    REFUSED = "refused", "any other answer"
    SLOW = "slow", "no answer in time"
    UNREACHABLE = "unreachable", "nobody can be connected to, or the host is unknown"
    BROKEN = "broken", "it broke off, or what answers does not speak HTTP"
    DISTRUSTED = "distrusted", "its certificate is not accepted"
    OFF_LIMITS = "off_limits", "not asked: the address leads into a private network"


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of it: `begins` is how the answer begins, `wait` the seconds it asks us to wait."""

    outcome: DeliveryOutcome
    detail: str = ""
    status: int | None = None
    begins: str = ""
    wait: float = 0.0


def post(url: str, body: bytes, headers: Mapping[str, str], manners: Manners) -> Posted:
    """Send the body to the address, which is vetted first; it raises nothing."""
    talk = Talk(manners)
    try:
        place = vetted(url, manners.resolve, manners.may_reach, manners.ports)
        return _judged(talk.exchange(place, "POST", headers, body, MOST_BYTES))
    except Forbidden as refusal:
        return Posted(DeliveryOutcome.OFF_LIMITS, f"Not asked: {refusal}.")
    except Distrusted as refusal:
        told = f"Its certificate is not accepted: {refusal}."
        return Posted(DeliveryOutcome.DISTRUSTED, told)
    except Unknown as failure:
        return Posted(DeliveryOutcome.UNREACHABLE, f"No answer: {failure}.")
    except Failed as failure:
        outcome = DeliveryOutcome.BROKEN if failure.heard else DeliveryOutcome.UNREACHABLE
        return Posted(DeliveryOutcome.SLOW if failure.late else outcome, f"No answer: {failure}.")


def _judged(reply: Reply) -> Posted:
    status = reply.status
    begins = reply.begins.decode("utf-8", "replace")
    wait = _seconds(reply.headers.get("Retry-After", ""))
    if 200 <= status < 300:
        return Posted(DeliveryOutcome.DELIVERED, "", status, begins)
    if 300 <= status < 400:
        told = f"It redirects ({status}), which is not followed: change the address."
        return Posted(DeliveryOutcome.REDIRECTED, told, status, begins)
    if status == 410:
        return Posted(DeliveryOutcome.GONE, "It wants no more (410).", status, begins)
    if status in _BUSY:
        return Posted(DeliveryOutcome.BUSY, f"It is busy ({status}).", status, begins, wait)
    return Posted(DeliveryOutcome.REFUSED, f"It answered {status}.", status, begins, wait)


def _seconds(retry_after: str) -> float:
    """How long to wait: `Retry-After` holds seconds or a date; what cannot be read says nothing."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now()).total_seconds())
