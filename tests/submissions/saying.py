"""How these tests submit: a faultless submission, and what is wrong with another."""

from collections.abc import Callable
from typing import Any

import pytest

from reforms import submissions
from reforms.models import Key, Organisation
from reforms.submissions import SubmissionRefused

ARTICLE = {
    "url": "https://daily.example/2022/threshold",
    "title": "Five thousand are enough",
    "publisher": "Daily",
}


def content(**more: Any) -> dict[str, Any]:
    """A submission without fault; `more` replaces its fields, and leaves out those that are None."""
    whole = {
        "promise": "demo2020-1-1",
        "status": "implemented",
        "effective_on": "2022-11",
        "citations": [{"source": "demo2020-address"}],
    } | more
    return {name: value for name, value in whole.items() if value is not None}


FULL = content(
    assessed_on="2023-01-10",
    note={"en": "In force.", "ru": "Действует."},
    language="ru",
    external_id="row-7",
    citations=[
        ARTICLE
        | {
            "published_on": "2022-11-05",
            "kind": "news",
            "source_language": "kk",
            "stance": "disputes",
            "basis": "relays",
            "origin": "Ministry",
            "locator": "line 3",
            "note": "Quoted.",
        }
    ],
)


def key_of(organisation: str, *scopes: str, programme: str | None = None) -> Key:
    """Somebody who submits for the organisation."""
    owner = Organisation.objects.get(pk=organisation)
    return Key(organisation=owner, scopes=list(scopes or ("submit",)), programme_id=programme)


def submit(organisation: str = "lantern", **more: Any) -> Any:
    """The status update that a submission becomes."""
    who = key_of(organisation)
    return submissions.submit(content(**more), who.organisation, who).update


def wrong(call: Callable[..., Any], *arguments: Any) -> list[tuple[str, str]]:
    """All that is refused, as pairs of pointer and code."""
    with pytest.raises(SubmissionRefused) as refusal:
        call(*arguments)
    for one in refusal.value.complaints:
        assert one.detail.endswith((".", "?")), one.detail
    return [(one.pointer, one.code) for one in refusal.value.complaints]


def refused(**more: Any) -> list[tuple[str, str]]:
    """What is wrong with a submission of lantern's."""
    return wrong(lambda: submit(**more))
