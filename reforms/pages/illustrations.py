"""The pictures of pages, drawn from what the API answers, with the figures beside them."""

from datetime import date, datetime
from typing import Any

from reforms.api.clocks import Clocks
from reforms.api.statistics import TimeSeriesViewSet
from reforms.dates import PartialDate, day_in
from reforms.pages import pictures
from reforms.pages.asking import Answer, Asking
from reforms.pages.looks import LOOKS
from reforms.pages.pictures import Lane
from reforms.pages.subjects import counted
from reforms.vocabulary import Status


def over_time(ask: Asking, kind: str, key: str) -> dict[str, Any]:
    """Promises of a reform, or of a programme's numbered directions, by status at the end of each
    quarter.
    """
    asked = counted(ask, kind, key) | {"interval": "quarter"}
    told = ask.ask(TimeSeriesViewSet, "retrieve", asked)
    points = told["results"]
    columns = [one for one in LOOKS if any(point["by_status"][one] for point in points)]
    for point in points:
        point["numbers"] = [point["by_status"][status] for status in columns]
    return {"points": points, "columns": columns, "series": pictures.over_time(points)}


def timeline(clocks: Clocks, promise: Answer, views: list[Answer], updates: list[Answer]) -> Any:
    """What each organisation said of a promise, since when; empty where nobody said anything.

    `promise` embeds its programme; `views` are its assessments, `updates` all of its updates.
    """
    if not views:
        return ""
    zone = promise["programme"]["time_zone"]
    today = clocks.as_of or day_in(zone, clocks.moment)
    first = PartialDate.parse(promise["programme"]["announced_on"]).first
    deadline = PartialDate.parse(promise["deadline"]) if promise["deadline"] else None
    lanes = [
        Lane(
            view["organisation"]["name"] or view["organisation"]["id"],
            _said(updates, view["organisation"]["id"], zone),
        )
        for view in views
    ]
    return pictures.timeline(lanes, first, today, deadline)


def _said(
    updates: list[Answer], organisation: str, zone: str
) -> list[tuple[date, Status, PartialDate]]:
    """What an organisation said that stands, by the day from which it counts."""
    said = [
        (
            # A date counts from its last day, and no later than the record said so.
            min(
                PartialDate.parse(one["effective_on"]).last,
                day_in(zone, datetime.fromisoformat(one["published_at"])),
            ),
            one["published_at"],
            Status(one["status"]),
            one["effective_on"],
        )
        for one in updates
        if one["stands"] and _id_of(one["organisation"]) == organisation
    ]
    return [(day, status, PartialDate.parse(since)) for day, _, status, since in sorted(said)]


def _id_of(organisation: Any) -> str:
    """The id of what may be embedded."""
    return str(organisation["id"] if isinstance(organisation, dict) else organisation)
