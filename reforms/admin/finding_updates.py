"""Status updates by what somebody typed: an id, words of their promise, or words of their note."""

from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib import messages
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from reforms import roles, search
from reforms.admin.finding import among, as_promise, as_reform, as_uuid, cleaned, holding
from reforms.models import Organisation, StatusUpdate
from reforms.vocabulary import LANGUAGES, PUBLIC_STATES, ReviewState

# Few at any time: what was rejected or withdrawn is forgotten after a while.
_PRIVATE = [state.value for state in ReviewState if state not in PUBLIC_STATES]
# Of a promise's texts all but the notes, which are those of its updates.
_BUT_NOTES = search.FIELDS.index("notes")


def matching(request: HttpRequest, listed: QuerySet[Any], term: str) -> QuerySet[Any]:
    """Those of the updates that match what the user typed."""
    term = cleaned(term)
    if not term:
        return listed
    if key := as_uuid(term):
        return listed.filter(pk=key)
    if promise := as_promise(term):
        return listed.filter(promise=promise)
    if reform := as_reform(term):
        return listed.filter(promise__reform=reform)
    by_id = _by_id(request.user, term)
    try:
        query = search.parse(term)
    except ValueError as error:
        messages.warning(request, f"Search: {error}.")
        return listed.filter(by_id)
    noted = _noted(query)
    private = listed.filter(noted, review_state__in=_PRIVATE)
    return listed.filter(
        by_id
        | holding("promise", query, _BUT_NOTES)
        # The words of public notes are indexed with the promise: its updates are few.
        | (holding("promise", query) & noted)
        | among("pk", private)
    )


def _by_id(user: Any, term: str) -> Q:
    """By the id of its organisation, or the one that its organisation gave it, which is for those
    who may see inside.
    """
    spoken_for = (
        Organisation.objects.order_by().values_list("pk", flat=True)
        if roles.reviews(user)
        else roles.organisations_of(user)
    )
    # The index begins with the organisation, and what was superseded has handed its id on.
    own = StatusUpdate.objects.filter(
        organisation__in=list(spoken_for), external_id=term, successor=None
    )
    return Q(organisation=term.lower()) | among("pk", own)


def _noted(query: search.Query) -> Q:
    """That a note holds all the words and phrases, in whichever language."""
    wanted = [*query.words, *(" ".join(phrase) for phrase in query.phrases)]
    return reduce(and_, (_in_a_note(words) for words in wanted))


def _in_a_note(words: str) -> Q:
    spelled = {words}
    if connection.vendor == "sqlite" and not words.isascii():
        # SQLite folds the case of a to z alone.
        spelled |= {words.upper(), words.capitalize(), words.title()}
    return reduce(
        or_,
        (Q((f"note__{one}__icontains", spelling)) for one in LANGUAGES for spelling in spelled),
    )
