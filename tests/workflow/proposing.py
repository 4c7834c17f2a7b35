"""What organisations submit beside their status updates: sources, and publishers of them."""

from typing import Any

from reforms import workflow
from reforms.models import Promise, Publisher, Source, StatusUpdate
from reforms.workflow import Cited
from tests.fixtures import make_update

ADDRESS = "https://example.org/report"


def propose(
    organisation: str | None, url: str = ADDRESS, publisher: Any = "daily", **columns: Any
) -> Source:
    """A private source of the organisation; of the curators, if it is None."""
    source = Source(
        **{
            "id": workflow.random_id("s"),
            "title": {"en": f"As {organisation} calls it"},
            "kind": "article",
            "publisher_id": getattr(publisher, "pk", publisher),
            "url": url,
            "submitted_by_id": organisation,
        }
        | columns
    )
    workflow.save(source)
    return source


def propose_publisher(organisation: str, name: str | dict[str, str] = "Herald") -> Publisher:
    """A publisher that the organisation named."""
    publisher = Publisher(
        id=workflow.random_id("p"),
        name={"en": name} if isinstance(name, str) else name,
        type="independent_media",
        submitted_by_id=organisation,
    )
    workflow.save(publisher)
    return publisher


def submit(promise: Promise, organisation: str, *citations: Source | Cited) -> StatusUpdate:
    """Its submission, resting on these."""
    cited = [Cited(one.pk) if isinstance(one, Source) else one for one in citations]
    return make_update(
        promise, "implemented", organisation=organisation, citations=cited, publish=False
    )
