"""Asks whether a page is there, politely and within bounds; the page itself is not read."""

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from w3lib.url import safe_url_string

from reforms.addresses import canonical
from reforms.links.connecting import Distrusted, Failed, Manners, Talk
from reforms.links.outcomes import LinkOutcome
from reforms.links.vetting import Forbidden, Place, Unknown, vetted

MOST_REDIRECTS = 5
LONGEST_ADDRESS = 2000
_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)
_GONE = (404, 410)
_BUSY = (429, 503)


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking came to. `leads_to` is set where that is another address.

    `heard` tells whether anybody answered at all; `busy` that the host asks to be left alone.
    """

    outcome: LinkOutcome
    message: str = ""
    status: int | None = None
    leads_to: str = ""
    heard: bool = True
    busy: bool = False


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    location: str
    busy: bool


def ask(url: str, manners: Manners | None = None) -> Answer:
    """Ask for an address, follow where it leads, and say what came of it. It raises nothing."""
    try:
        return _Asking(manners or Manners()).follow(url)
    except Forbidden as refusal:
        return Answer(LinkOutcome.OFF_LIMITS, f"Not asked: {refusal}.", heard=False)
    except Distrusted as refusal:
        return Answer(LinkOutcome.REFUSED, f"Its certificate is not accepted: {refusal}.")
    except Unknown as failure:
        return Answer(LinkOutcome.FAILING, f"No answer: {failure}.", heard=False)
    except Failed as failure:
        return Answer(LinkOutcome.FAILING, f"No answer: {failure}.", heard=failure.heard)


class _Asking:
    """One address being asked, with all that it leads to, until its time is over."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        self.talk = Talk(manners)

    def follow(self, url: str) -> Answer:
        here = settled = url
        for_good = True
        for _ in range(MOST_REDIRECTS + 1):
            reply = self._reply(here)
            if reply.status not in _REDIRECTS or not reply.location:
                return _judged(url, here, settled, reply)
            here = _next(here, reply.location)
            # What a temporary redirect leads to is not where the page has moved.
            for_good = for_good and reply.status in _FOR_GOOD
            settled = here if for_good else settled
        told = f"It leads on and on (more than {MOST_REDIRECTS} times): perhaps it wants cookies."
        return Answer(LinkOutcome.REFUSED, told, reply.status)

    def _reply(self, url: str) -> _Reply:
        """The reply to HEAD, or to GET where the server has no use for HEAD."""
        place = vetted(url, self.manners.resolve, self.manners.may_reach, self.manners.ports)
        try:
            reply = self._asked(place, "HEAD")
            if reply.status < 400 or reply.status in _BUSY:
                return reply
        except Failed as failure:
            if not failure.heard:
                raise
        return self._asked(place, "GET")

    def _asked(self, place: Place, method: str) -> _Reply:
        reply = self.talk.exchange(place, method)
        location = reply.headers.get("Location", "").strip()
        waits = reply.status == 503 and "Retry-After" in reply.headers
        return _Reply(reply.status, location, busy=waits or reply.status == 429)


def _next(here: str, location: str) -> str:
    # Bytes of UTF-8, which many servers send as they are, were read one by one.
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode()
    try:
        return safe_url_string(urldefrag(urljoin(here, location)).url)
    except ValueError:
        raise Forbidden("it leads to what is no address") from None


def _judged(url: str, here: str, settled: str, reply: _Reply) -> Answer:
    """What the last reply says of the address that was asked first."""
    status = reply.status
    leads_to = here if here != url and len(here) <= LONGEST_ADDRESS else ""
    if status in _GONE:
        return Answer(LinkOutcome.GONE, f"There is no such page ({status}).", status, leads_to)
    if status == 408 or 500 <= status < 600:
        told = f"The server is in trouble ({status})."
        return Answer(LinkOutcome.FAILING, told, status, leads_to, busy=reply.busy)
    if status >= 400:
        told = f"The server lets no program look ({status})."
        return Answer(LinkOutcome.REFUSED, told, status, leads_to, busy=reply.busy)
    if not _is_same(url, settled):
        told = "It has moved."
        if not urlsplit(settled).path.strip("/") and urlsplit(url).path.strip("/"):
            told = "It leads to the front page of a site: most likely the page is gone."
        return Answer(LinkOutcome.MOVED, told, status, settled[:LONGEST_ADDRESS])
    return Answer(LinkOutcome.ALIVE, "", status, leads_to)


def _is_same(one: str, other: str) -> bool:
    """Whether both mean one document: https for http, or `www.` before the host, is no move."""
    try:
        return one == other or canonical(one) == canonical(other)
    except ValueError:
        return False
