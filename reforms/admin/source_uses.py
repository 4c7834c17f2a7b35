"""How much rests on a source, counted no further than anybody reads."""

from typing import Any

from django.db.models import OuterRef
from django.db.models.functions import Coalesce

from reforms.admin.counting import CountUpTo
from reforms.models import Citation, Paragraph, Source

# How many citations and paragraphs of a source are counted.
MOST_COUNTED = 500


class CountOfPromises(CountUpTo):
    """How many promises a number of citations speaks of."""

    template = "(SELECT COUNT(DISTINCT spoken_of) FROM (%(subquery)s) counted)"


def count_uses(sources: Any) -> None:
    """Count the promises that rest on each source, and its paragraphs: no further than anybody
    reads. Of more than `MOST_COUNTED` citations only as many are looked at.
    """
    citing = Citation.objects.public().filter(source=OuterRef("pk")).order_by()
    spoken_of = citing.annotate(spoken_of=Coalesce("promise_id", "update__promise_id"))
    text = Paragraph.objects.filter(source=OuterRef("pk")).order_by().values("pk")
    counted = Source.objects.order_by().annotate(
        promise_count=CountOfPromises(spoken_of.values("spoken_of")[:MOST_COUNTED]),
        citation_count=CountUpTo(citing.values("pk")[: MOST_COUNTED + 1]),
        paragraph_count=CountUpTo(text[: MOST_COUNTED + 1]),
    )
    names = ("promise_count", "citation_count", "paragraph_count")
    found = {one["pk"]: one for one in counted.filter(pk__in=sources).values("pk", *names)}
    for source in sources:
        for name in names:
            setattr(source, name, found.get(source.pk, {}).get(name, 0))
