"""Searches that an index bears: by ids, by the words of promises, and by notes where they are few.

No index bears an `OR` over several tables. So what is found elsewhere is looked up first, and its
ids are asked for as long as they are few. What is common is met soon by walking the list.
"""

import re
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from reforms import search
from reforms.models import Promise, Reform

# So many ids are asked for by an index rather than by walking the list.
FEW = 500
_REFORM = re.compile(r"[a-z0-9]+-\d+", re.ASCII)
_PROMISE = re.compile(r"[a-z0-9]+-\d+-\d+", re.ASCII)


def cleaned(term: str) -> str:
    """What somebody typed, without what no column can hold."""
    return term.replace("\x00", "").strip()


def among(column: str, things: QuerySet[Any], few: int = FEW) -> Q:
    """That the column names one of the things; literally as long as they are few."""
    keys = list(things.order_by().values_list("pk", flat=True)[: few + 1])
    return Q((f"{column}__in", things.order_by().values("pk") if len(keys) > few else keys))


def holding(column: str, query: search.Query, fields: int = len(search.FIELDS)) -> Q:
    """That the column names a promise whose first `fields` fields hold all the words."""
    return among(column, Promise.objects.search(query, fields))


def as_promise(term: str) -> str:
    """The id of the promise that is named; nothing for another term, such as g-7-20."""
    name = term.lower()
    found = _PROMISE.fullmatch(name) and Promise.objects.filter(pk=name).exists()
    return name if found else ""


def as_reform(term: str) -> str:
    """The id of the reform that is named; nothing for another term, such as covid-19."""
    name = term.lower()
    found = _REFORM.fullmatch(name) and Reform.objects.filter(pk=name).exists()
    return name if found else ""


def as_uuid(term: str) -> UUID | None:
    """The id of a status update, if it is one."""
    try:
        return UUID(term)
    except ValueError:
        return None
