"""What is sent about webhooks: fields, words and whole numbers, each read strictly."""

from dataclasses import dataclass
from typing import Any

from reforms.api.entry_filters import ObjectType
from reforms.api.values import COMPARED_IDS, LISTED_IDS, MOST_VALUES
from reforms.errors import nearest, suggestion
from reforms.models import PublicObject, Webhook
from reforms.submissions.complaints import Complaint, Place, printable
from reforms.submissions.readers import Address, Reader, Text, Word, found, is_fit, is_text
from reforms.submissions.shapes import Field, Shape
from reforms.vocabulary import EntryAction, Term
from reforms.webhooks.filters import CONCERNING, ever_public
from reforms.webhooks.subscribing import LONGEST_OVERLAP

_LONGEST_ID = 100
_BIGGEST = 2**53 - 1  # what every program reads as a whole number
MOST_HOURS = int(LONGEST_OVERLAP.total_seconds() // 3_600)
OVERLAP_HOURS = 24


class ResumeFrom(Term):
    """From where a webhook that is enabled goes on."""

    WHERE_IT_STOPPED = "where_it_stopped", "everything that was missed is sent, in its order"
    NOW = "now", "what was missed is passed over"


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    least: int
    most: int = _BIGGEST

    def read(self, value: Any, place: Place) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int):
            place.complain("wrong_type", f"Expected a whole number, found {found(value)}.")
        elif not self.least <= value <= self.most:
            detail = f"{value} is not from {self.least} to {self.most}."
            place.complain("out_of_range", detail if abs(value) <= _BIGGEST else "It is too large.")
        else:
            return value
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Known:
    """The id of something that is public, or was."""

    model: type[PublicObject]

    def read(self, value: Any, place: Place) -> str | None:
        if not is_text(value, place, "an id") or not is_fit(value, _LONGEST_ID, place):
            return None
        known = ever_public(self.model)
        if known.filter(pk=value).exists():
            return str(value)
        ids = tuple(known.order_by("pk").values_list("pk", flat=True)[:COMPARED_IDS])
        close = nearest(value, ids)
        detail = f"There is no {self.model._meta.verbose_name} “{printable(value)}”."
        listed = ids if len(ids) <= LISTED_IDS else ()
        place.complaints.append(
            Complaint(place.pointer, "unknown_value", detail + suggestion(close), listed, close)
        )
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": _LONGEST_ID}


@dataclass(frozen=True, slots=True)
class Values:
    """One value or more, each once."""

    reader: Reader

    def read(self, value: Any, place: Place) -> list[Any] | None:
        if not isinstance(value, list):
            place.complain("wrong_type", f"Expected a list, found {found(value)}.")
        elif not value:
            place.complain("empty", "It is empty; leave it out to let everything through.")
        elif len(value) > MOST_VALUES:
            detail = f"There are {len(value)}; at most {MOST_VALUES} are allowed."
            place.complain("too_many", detail)
        else:
            read = [self.reader.read(one, place.at(index)) for index, one in enumerate(value)]
            return [*dict.fromkeys(read)]
        return None

    def schema(self) -> dict[str, Any]:
        items = self.reader.schema()
        return {"type": "array", "items": items, "minItems": 1, "maxItems": MOST_VALUES}


FILTERS = Shape(
    (
        Field("type", Values(Word(ObjectType)), "What sort of object an entry is about."),
        Field("action", Values(Word(EntryAction)), "What happened."),
        *(
            Field(
                name,
                Values(Known(model)),
                f"{name.capitalize()}s, by id, with all that belongs to them.",
            )
            for name, (model, _) in CONCERNING.items()
        ),
    )
)
_CONTENT = (
    Field(
        "name",
        Text(Webhook._meta.get_field("name").max_length or 0),
        "What it is for.",
        required=True,
    ),
    Field(
        "url",
        Address(Webhook._meta.get_field("url").max_length or 0),
        "Where events are sent: https, on the public internet, port 443 or 8443.",
        required=True,
    ),
    Field("filters", FILTERS, "Which entries are sent; all that is given holds. Without it: all."),
)
SUBSCRIPTION = Shape(
    (
        *_CONTENT,
        Field("after", Whole(0), "Begin behind this entry; by default behind the last one."),
    )
)
CHANGE = Shape(_CONTENT, is_part=True)
ROTATION = Shape(
    (
        Field(
            "overlap_hours",
            Whole(0, MOST_HOURS),
            f"For how long the old secret signs as well; {OVERLAP_HOURS} by default.",
        ),
    )
)
ENABLING = Shape(
    (Field("resume_from", Word(ResumeFrom), "Where it goes on; where_it_stopped by default."),)
)
REPLAY = Shape(
    (
        Field("after", Whole(0), "Send everything behind this entry again, in its order."),
        Field("sequence", Whole(1), "Send this one entry again, beside the order."),
    )
)
NOTHING = Shape(())
